//! Who works for the practice: members and their rights, invitations, practitioners.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::identity::{
    self, INVITATION_HOURS, IdentityRefusal, LinkMail, LinkToken, NewInvitation, Rights,
};
use rendez_domain::practice::Workplace;
use rendez_vocab::Actor;
use rendez_vocab::ids::AccountId;
use serde::Deserialize;

use super::{at, houses, workplace};
use crate::pages::day::whose_day;
use crate::pages::error::PageError;
use crate::pages::fields::{Choice, Field};
use crate::pages::form::Posted;
use crate::pages::page::{Link, Notice, Page};
use crate::pages::query::Lenient;
use crate::pages::sign_up::is_address;
use crate::pages::visitor::{Visitor, go};
use crate::pages::when;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Asked {
    #[serde(default)]
    organization: String,
    #[serde(default)]
    practitioner: String,
    #[serde(default)]
    done: String,
}

/// A member in the list.
struct MemberView {
    id: String,
    email: String,
    rights: &'static str,
    rights_text: String,
    /// What their rights can be changed to, and what the button says.
    other: &'static str,
    other_text: String,
    yourself: bool,
}

struct InvitationView {
    id: String,
    email: String,
    facts: String,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct StaffPage {
    page: Page,
    houses: Vec<Link>,
    practice: String,
    organization: String,
    notice: Option<Notice>,
    members: Vec<MemberView>,
    invitations: Vec<InvitationView>,
    /// Name, and the address they sign in with.
    practitioners: Vec<(String, String)>,
    fields: Vec<Field>,
}

/// `GET /practice/staff`
pub(in crate::pages) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let Some(place) = workplace(&visitor, &asked.organization, &asked.practitioner).await? else {
                return Ok(whose_day(&visitor));
            };
            let notice = match asked.done.as_str() {
                "invited" => Some(Notice::good(visitor.t("staff-invited"))),
                "changed" => Some(Notice::good(visitor.t("staff-changed"))),
                "removed" => Some(Notice::good(visitor.t("staff-removed"))),
                "withdrawn" => Some(Notice::plain(visitor.t("staff-withdrawn"))),
                "last" => Some(Notice::warn(visitor.t("staff-last-manager"))),
                _ => None,
            };
            page(&visitor, &place, notice, fields(&visitor, "", "desk"), StatusCode::OK).await
        })
        .await
}

/// `POST /practice/staff`: an invitation.
pub(in crate::pages) async fn invite(posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let place = place(&posted).await?;
            let (email, named) = (posted.field("email"), posted.field("rights"));
            let mut fields = fields(visitor, email, named);
            let rights = Rights::named(named);
            if !is_address(email) {
                fields[0].refuse(visitor.t("wrong-email"));
            }
            if rights.is_none() {
                fields[1].refuse(visitor.t("wrong-choice"));
            }
            let (Some(rights), true) = (rights, is_address(email)) else {
                return page(visitor, &place, None, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
            };
            let new = NewInvitation { email: email.to_owned(), rights };
            let ctx = posted.once("POST /practice/staff", &[email, named]);
            let words = mail_in_words(visitor);
            match identity::invite(&ctx, place.organization(), new, words).await {
                Ok(()) => Ok(go(&format!("{}&done=invited", at("/practice/staff", &place)))),
                Err(IdentityRefusal::EmailTaken) => {
                    fields[0].refuse(visitor.t("staff-already"));
                    page(visitor, &place, None, fields, StatusCode::CONFLICT).await
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// The mail in the language of whoever invites: nothing else is known of the reader.
fn mail_in_words(visitor: &Visitor) -> impl FnOnce(&str, &LinkToken) -> LinkMail + Send + use<> {
    let (locale, base) = (visitor.locale, visitor.app.settings.public_url.clone());
    move |practice, token| {
        let link = format!("{base}/invitations/{}", token.reveal());
        let arguments = || {
            [
                ("practice", practice.to_owned().into()),
                ("link", link.clone().into()),
                ("hours", INVITATION_HOURS.into()),
            ]
        };
        LinkMail {
            subject: locale.text_with("invitation-mail-subject", arguments()),
            body: locale.text_with("invitation-mail-body", arguments()),
        }
    }
}

/// `POST /practice/staff/{id}/rights`
pub(in crate::pages) async fn rights(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let place = place(&posted).await?;
            let rights = Rights::named(posted.field("rights")).ok_or(PageError::NotFound)?;
            let account: AccountId = id.parse().map_err(|_| PageError::NotFound)?;
            let done = match identity::set_rights(&posted.ctx, place.organization(), account, rights).await {
                Ok(()) => "changed",
                Err(IdentityRefusal::LastManager) => "last",
                Err(refusal) => return Err(refusal.into()),
            };
            Ok(go(&format!("{}&done={done}", at("/practice/staff", &place))))
        })
        .await
}

/// `POST /practice/staff/{id}/remove`
pub(in crate::pages) async fn remove(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let place = place(&posted).await?;
            let account: AccountId = id.parse().map_err(|_| PageError::NotFound)?;
            let done = match identity::remove_member(&posted.ctx, place.organization(), account).await {
                Ok(()) => "removed",
                Err(IdentityRefusal::LastManager) => "last",
                Err(refusal) => return Err(refusal.into()),
            };
            Ok(go(&format!("{}&done={done}", at("/practice/staff", &place))))
        })
        .await
}

/// `POST /practice/staff/invitations/{id}/withdraw`
pub(in crate::pages) async fn withdraw(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let place = place(&posted).await?;
            let invitation = id.parse().map_err(|_| PageError::NotFound)?;
            identity::withdraw_invitation(&posted.ctx, place.organization(), invitation).await?;
            Ok(go(&format!("{}&done=withdrawn", at("/practice/staff", &place))))
        })
        .await
}

async fn place(posted: &Posted) -> Result<Workplace, PageError> {
    workplace(posted.visitor(), posted.field("organization"), "").await?.ok_or(PageError::NotFound)
}

fn fields(visitor: &Visitor, email: &str, rights: &str) -> Vec<Field> {
    let choices = Rights::ALL.map(|known| Choice::new(known.as_str(), rights_text(visitor, known)));
    vec![
        Field {
            autocomplete: "off",
            ..Field::new("email", "email", visitor.t("field-email"), email).required().at_most(254)
        },
        Field::new("select", "rights", visitor.t("staff-rights"), rights).one_of(choices.to_vec()),
    ]
}

fn rights_text(visitor: &Visitor, rights: Rights) -> String {
    visitor.t(match rights {
        Rights::Desk => "rights-desk",
        Rights::Manager => "rights-manager",
    })
}

async fn page(
    visitor: &Visitor,
    place: &Workplace,
    notice: Option<Notice>,
    fields: Vec<Field>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let staff = identity::staff(&visitor.ctx, place.organization()).await?;
    let zone = when::zone_named(place.time_zone());
    let own = match &visitor.ctx.actor {
        Actor::Staff { subject, .. } => subject.clone(),
        _ => String::new(),
    };
    let members = staff.members.into_iter().map(|member| {
        let (other, key) = match member.rights {
            Rights::Desk => (Rights::Manager, "staff-make-manager"),
            Rights::Manager => (Rights::Desk, "staff-make-desk"),
        };
        MemberView {
            id: member.account.to_string(),
            email: member.email,
            rights: member.rights.as_str(),
            rights_text: rights_text(visitor, member.rights),
            other: other.as_str(),
            other_text: visitor.t(key),
            yourself: member.account.to_string() == own,
        }
    });
    let invitations = staff.invitations.into_iter().map(|open| {
        let until = when::moment(visitor.locale, &open.expires_at.to_zoned(zone.clone()));
        let facts = visitor.page().t1("staff-invitation-until", "until", until);
        InvitationView {
            id: open.id.to_string(),
            email: open.email,
            facts: format!("{} · {facts}", rights_text(visitor, open.rights)),
        }
    });
    let practitioners = staff
        .practitioners
        .into_iter()
        .map(|known| (known.name, known.email.unwrap_or_else(|| visitor.t("staff-no-account"))));
    let shown = StaffPage {
        page: visitor.page().at(at("/practice/staff", place)),
        houses: houses(visitor, "/practice/staff", place).await?,
        practice: place.name().to_owned(),
        organization: place.organization().to_string(),
        notice,
        members: members.collect(),
        invitations: invitations.collect(),
        practitioners: practitioners.collect(),
        fields,
    };
    Ok(visitor.show(status, &shown))
}
