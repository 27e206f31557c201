//! The editor of visit types: the list with its order, and one visit type with a preview.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::availability::{Draft, VisitType};
use rendez_domain::booking;
use rendez_domain::directory::{self, DirectoryRefusal, NewVisitType};
use rendez_vocab::ids::VisitTypeId;
use serde_json::Value;

use super::preview::PreviewView;
use super::visit_type_form::{VisitTypeForm, changeable};
use super::{Asked, Editor};
use crate::pages::day::whose_day;
use crate::pages::error::PageError;
use crate::pages::form::Posted;
use crate::pages::page::{Link, Notice, Page};
use crate::pages::query::Lenient;
use crate::pages::views::{name_of, visit_type_text};
use crate::pages::visitor::{Visitor, go};

/// More than any practitioner offers.
const MOST_VISIT_TYPES: usize = 50;
/// In the address of a visit type that is not there yet.
const NEW: &str = "new";

/// A visit type in the list.
struct Line {
    id: String,
    name: String,
    facts: String,
    href: String,
    active: bool,
    first: bool,
    last: bool,
}

#[derive(Template)]
#[template(path = "visit_types.html")]
struct ListPage {
    page: Page,
    person: String,
    practitioner: String,
    colleagues: Vec<Link>,
    notice: Option<Notice>,
    lines: Vec<Line>,
    version: i64,
    /// Where one more is made; empty if there are too many.
    add: String,
}

#[derive(Template)]
#[template(path = "visit_type.html")]
struct OnePage {
    page: Page,
    heading: String,
    person: String,
    practitioner: String,
    action: String,
    back: String,
    notice: Option<Notice>,
    wrongs: Vec<(String, String)>,
    form: VisitTypeForm,
    version: i64,
    seen: String,
    preview: Option<PreviewView>,
}

/// `GET /practice/visit-types`
pub(in crate::pages) async fn list(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let Some(editor) = Editor::open(&visitor, &asked.practitioner).await? else {
                return Ok(whose_day(&visitor));
            };
            let notice = match asked.done.as_str() {
                "saved" => Some(Notice::good(visitor.t("visit-type-saved"))),
                "changed" => Some(Notice::warn(visitor.t("visit-type-changed"))),
                _ => None,
            };
            let known = &editor.person.visit_types;
            let id = editor.person.id;
            let lines = known.iter().enumerate().map(|(at, visit_type)| Line {
                id: visit_type.id.to_string(),
                name: visit_type.name.clone(),
                facts: facts(&visitor, visit_type),
                href: format!("/practice/visit-types/{}?practitioner={id}", visit_type.id),
                active: visit_type.active,
                first: at == 0,
                last: at + 1 == known.len(),
            });
            let add = if known.len() < MOST_VISIT_TYPES {
                format!("/practice/visit-types/{NEW}?practitioner={id}")
            } else {
                String::new()
            };
            let page = ListPage {
                page: visitor.page(),
                person: name_of(&editor.person),
                practitioner: id.to_string(),
                colleagues: editor.pills("/practice/visit-types"),
                notice,
                lines: lines.collect(),
                version: editor.person.version,
                add,
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// Length, who may book, and what is unusual, on one line.
fn facts(visitor: &Visitor, visit_type: &VisitType) -> String {
    let page = visitor.page();
    let mut parts = vec![page.tn("visit-type-length", "minutes", visit_type.duration_minutes)];
    let buffers = visit_type.buffer_before_minutes + visit_type.buffer_after_minutes;
    if buffers > 0 {
        parts.push(page.tn("visit-type-buffers", "minutes", buffers));
    }
    parts.push(visitor.t(&format!("visit-type-who-{}", visit_type.who_may_book.as_str())));
    if visit_type.telehealth {
        parts.push(visitor.t("visit-type-telehealth"));
    }
    parts.join(" · ")
}

/// `POST /practice/visit-types`: one further up or down.
pub(in crate::pages) async fn order(posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let Some(editor) = Editor::open(visitor, posted.field("practitioner")).await? else {
                return Err(PageError::NotFound);
            };
            let mut ids: Vec<VisitTypeId> = editor.person.visit_types.iter().map(|known| known.id).collect();
            let (up, name) = match (posted.field("up"), posted.field("down")) {
                ("", down) => (false, down),
                (up, _) => (true, up),
            };
            let id: VisitTypeId = name.parse().map_err(|_| PageError::NotFound)?;
            let at = ids.iter().position(|known| *known == id).ok_or(PageError::NotFound)?;
            let to = if up { at.saturating_sub(1) } else { (at + 1).min(ids.len() - 1) };
            ids.swap(at, to);
            let version = posted.field("version").parse().unwrap_or(0);
            let done =
                match directory::order_visit_types(&posted.ctx, editor.person.id, Some(version), ids).await {
                    Ok(()) => "saved",
                    Err(DirectoryRefusal::VersionMismatch) => "changed",
                    Err(refusal) => return Err(refusal.into()),
                };
            Ok(go(&format!("/practice/visit-types?practitioner={}&done={done}", editor.person.id)))
        })
        .await
}

/// The visit type that an address names; `None` for one that is to be made.
fn named(editor: &Editor, id: &str) -> Result<Option<VisitType>, PageError> {
    if id == NEW {
        return Ok(None);
    }
    let id: VisitTypeId = id.parse().map_err(|_| PageError::NotFound)?;
    let known = editor.person.visit_types.iter().find(|known| known.id == id);
    known.cloned().map(Some).ok_or(PageError::NotFound)
}

/// `GET /practice/visit-types/{id}`, with `new` for one more.
pub(in crate::pages) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            let Some(editor) = Editor::open(&visitor, &asked.practitioner).await? else {
                return Ok(whose_day(&visitor));
            };
            let known = named(&editor, &id)?;
            let usual = NewVisitType { name: String::new(), duration_minutes: 20, ..NewVisitType::default() };
            let form = VisitTypeForm::stored(&visitor, &known.as_ref().map_or(usual, changeable));
            let version = editor.person.version;
            Ok(page(&visitor, &editor, known.as_ref(), form, version, None, None, StatusCode::OK))
        })
        .await
}

/// `POST /practice/visit-types/{id}`: a preview, or the save.
pub(in crate::pages) async fn send(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let Some(editor) = Editor::open(visitor, posted.field("practitioner")).await? else {
                return Err(PageError::NotFound);
            };
            let known = named(&editor, &id)?;
            let mut form = VisitTypeForm::new(visitor, |name| posted.field(name).to_owned());
            let version = posted.field("version").parse().unwrap_or(0);
            let Some(new) = form.read(visitor) else {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(page(visitor, &editor, known.as_ref(), form, version, None, None, status));
            };
            let mut notice = None;
            let (mut status, mut version) = (StatusCode::OK, version);
            if posted.field("do") == "save" {
                notice = Some(Notice::warn(visitor.t("settings-look-again")));
                if posted.field("seen") == form.digest() {
                    let ctx = posted.once("POST /practice/visit-types/{id}", &[&id]);
                    let saved = directory::visit_type_change(
                        &ctx,
                        editor.person.id,
                        known.as_ref().map(|known| known.id),
                        Some(version),
                        new.clone(),
                        |_| Value::Null,
                    );
                    match saved.await {
                        Ok(_) => {
                            let id = editor.person.id;
                            return Ok(go(&format!("/practice/visit-types?practitioner={id}&done=saved")));
                        }
                        Err(DirectoryRefusal::VersionMismatch) => {
                            notice = Some(Notice::warn(visitor.t("visit-type-changed")));
                            status = StatusCode::CONFLICT;
                            version = editor.person.version;
                        }
                        Err(refusal) => return Err(refusal.into()),
                    }
                }
            }
            let drafted = drafted(visitor, known.as_ref(), &new);
            let added = [(drafted.id, drafted.name.clone())];
            let draft = Draft { visit_type: Some(drafted), ..Draft::default() };
            let preview = booking::preview(&visitor.ctx, editor.person.id, draft).await?;
            let view = PreviewView::new(visitor, &editor.person, &preview, &added).await?;
            Ok(page(visitor, &editor, known.as_ref(), form, version, Some(view), notice, status))
        })
        .await
}

/// The visit type as the schedule would have it.
fn drafted(visitor: &Visitor, known: Option<&VisitType>, new: &NewVisitType) -> VisitType {
    let made = || VisitTypeId::new(visitor.ctx.clock.now(), &*visitor.ctx.entropy);
    VisitType {
        id: known.map_or_else(made, |known| known.id),
        name: new.name.clone(),
        duration_minutes: new.duration_minutes,
        buffer_before_minutes: new.buffer_before_minutes,
        buffer_after_minutes: new.buffer_after_minutes,
        min_notice_minutes: new.min_notice_minutes,
        max_horizon_days: new.max_horizon_days,
        hold_minutes: new.hold_minutes,
        telehealth: new.telehealth,
        who_may_book: new.who_may_book,
        room_kind: new.room_kind.clone(),
        active: new.active,
    }
}

fn page(
    visitor: &Visitor,
    editor: &Editor,
    known: Option<&VisitType>,
    form: VisitTypeForm,
    version: i64,
    preview: Option<PreviewView>,
    notice: Option<Notice>,
    status: StatusCode,
) -> Response {
    let practitioner = editor.person.id.to_string();
    let named = known.map_or_else(|| NEW.to_owned(), |known| known.id.to_string());
    let shown = OnePage {
        page: visitor.page().at(format!("/practice/visit-types/{named}?practitioner={practitioner}")),
        heading: known.map_or_else(|| visitor.t("visit-type-new"), |known| visit_type_text(visitor, known)),
        person: name_of(&editor.person),
        action: format!("/practice/visit-types/{named}"),
        back: format!("/practice/visit-types?practitioner={practitioner}"),
        notice,
        wrongs: form.wrongs(),
        version,
        seen: if preview.is_some() { form.digest() } else { String::new() },
        preview,
        practitioner,
        form,
    };
    visitor.show(status, &shown)
}
