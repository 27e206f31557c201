//! Who asks, from the bearer token (RFC 6750 section 2.1), and from where.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use rendez_domain::{Ctx, Origin, identity};
use rendez_platform::auth::TokenRefusal;
use rendez_platform::fault::Fault;
use rendez_vocab::Actor;

use crate::middleware::shell::RequestOrigin;
use crate::problem::{Problem, codes};
use crate::state::App;

/// A caller, signed in or not: for what everybody may read. A token that is not believed is 401 all the same.
pub struct Caller {
    /// The request's context, without an idempotency key.
    pub ctx: Ctx,
}

/// A caller who proved who they are; 401 for everybody else.
pub struct SignedIn {
    /// The request's context, without an idempotency key.
    pub ctx: Ctx,
}

/// Kept with the request, so that a token is judged once however many ask.
#[derive(Clone)]
struct Judged(Result<Actor, Problem>);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let actor = actor(parts, app).await?;
        Ok(Self { ctx: context(parts, app, actor) })
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Caller { ctx } = Caller::from_request_parts(parts, app).await?;
        if ctx.actor.is_somebody() { Ok(Self { ctx }) } else { Err(Problem::new(&codes::UNAUTHENTICATED)) }
    }
}

/// A request's context for an actor that a token or a page's session proved.
pub fn context(parts: &Parts, app: &App, actor: Actor) -> Ctx {
    let origin = match parts.extensions.get::<RequestOrigin>() {
        Some(origin) => Origin { address: origin.address, request_id: Some(origin.request_id.to_string()) },
        None => Origin::default(),
    };
    Ctx { services: app.services.clone(), actor, origin, idempotency: None }
}

/// Who the token of a request says it is; nobody without a token.
pub(crate) async fn actor(parts: &mut Parts, app: &App) -> Result<Actor, Problem> {
    if let Some(Judged(known)) = parts.extensions.get::<Judged>() {
        return known.clone();
    }
    let judged = judge(&parts.headers, app).await;
    parts.extensions.insert(Judged(judged.clone()));
    judged
}

async fn judge(headers: &HeaderMap, app: &App) -> Result<Actor, Problem> {
    match bearer(headers)? {
        Some(token) => {
            let proof = app.verifier.verify(token, app.services.clock.now()).await.map_err(refused)?;
            match proof.account {
                Some(account) if !identity::token_stands(&app.services.store, account).await? => {
                    Err(Problem::because(&codes::INVALID_TOKEN, "The token was ended. Ask for a new one."))
                }
                _ => Ok(proof.actor),
            }
        }
        None => Ok(Actor::Nobody),
    }
}

/// The token behind `Bearer`, whose case does not matter (RFC 9110 section 11.1).
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let unread =
        || Problem::because(&codes::INVALID_TOKEN, "Send one header `Authorization: Bearer` and the token.");
    let text = value.to_str().map_err(|_| unread())?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && values.next().is_none() => {
            Ok(Some(token.trim()))
        }
        _ => Err(unread()),
    }
}

fn refused(refusal: TokenRefusal) -> Problem {
    match refusal {
        TokenRefusal::IssuerUnreachable(fault) => {
            Problem::from(Fault::passing("asking the token's issuer for its keys", fault))
        }
        refusal => Problem::because(&codes::INVALID_TOKEN, sentence(&refusal.to_string())),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(value: &'static str) -> Result<Option<String>, &'static str> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        bearer(&headers).map(|token| token.map(str::to_owned)).map_err(|problem| problem.code().name)
    }

    #[test]
    fn only_bearer_tokens_are_read() {
        assert_eq!(bearer(&HeaderMap::new()).expect("no header"), None);
        assert_eq!(read("Bearer a.b.c"), Ok(Some("a.b.c".to_owned())));
        assert_eq!(read("bearer a.b.c"), Ok(Some("a.b.c".to_owned())));
        for wrong in ["Basic abc", "Bearer", "a.b.c"] {
            assert_eq!(read(wrong), Err("invalid-token"), "{wrong}");
        }
    }
}
