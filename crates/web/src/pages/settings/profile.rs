//! The editor of what patients read of a practitioner: a few words, the telephone, whether somebody new may book.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::directory::{self, DirectoryRefusal, Practitioner, PractitionerChange};

use super::{Asked, Editor};
use crate::pages::day::whose_day;
use crate::pages::error::PageError;
use crate::pages::fields::{Field, wrongs};
use crate::pages::form::Posted;
use crate::pages::page::{Link, Notice, Page};
use crate::pages::query::Lenient;
use crate::pages::views::{name_of, telephone};
use crate::pages::visitor::{Visitor, go};

/// As the table's own check.
const ABOUT: usize = 2000;

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    page: Page,
    person: String,
    practitioner: String,
    /// The page as patients see it.
    public: String,
    colleagues: Vec<Link>,
    notice: Option<Notice>,
    wrongs: Vec<(String, String)>,
    fields: Vec<Field>,
    version: i64,
}

/// `GET /practice/profile`
pub(in crate::pages) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let Some(editor) = Editor::open(&visitor, &asked.practitioner).await? else {
                return Ok(whose_day(&visitor));
            };
            let notice = (asked.done == "saved").then(|| Notice::good(visitor.t("profile-saved")));
            let fields = stored(&visitor, &editor.person);
            page(&visitor, &editor, fields, notice, StatusCode::OK)
        })
        .await
}

/// `POST /practice/profile`
pub(in crate::pages) async fn send(posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let Some(editor) = Editor::open(visitor, posted.field("practitioner")).await? else {
                return Err(PageError::NotFound);
            };
            let mut form = fields(visitor, |name| posted.field(name).to_owned());
            let Some(change) = read(visitor, &mut form) else {
                return page(visitor, &editor, form, None, StatusCode::UNPROCESSABLE_ENTITY);
            };
            let version = posted.field("version").parse().unwrap_or(0);
            match directory::update_practitioner(&posted.ctx, editor.person.id, Some(version), change).await {
                Ok(_) => Ok(go(&format!("/practice/profile?practitioner={}&done=saved", editor.person.id))),
                Err(DirectoryRefusal::VersionMismatch) => {
                    // What was typed stays; sending it again is a decision.
                    let notice = Some(Notice::warn(visitor.t("profile-changed-meanwhile")));
                    page(visitor, &editor, form, notice, StatusCode::CONFLICT)
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

fn stored(visitor: &Visitor, person: &Practitioner) -> Vec<Field> {
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    fields(visitor, |name| match name {
        "about" => person.about.clone().unwrap_or_default(),
        "phone" => person.phone.as_deref().map(|phone| telephone(visitor, phone)).unwrap_or_default(),
        "accepts_new" => yes(person.accepts_new_patients),
        _ => yes(person.telehealth),
    })
}

fn fields(visitor: &Visitor, value: impl Fn(&str) -> String) -> Vec<Field> {
    let t = |key: &str| visitor.t(key);
    vec![
        Field::new("textarea", "about", t("profile-about"), value("about"))
            .hint(t("profile-about-hint"))
            .at_most(ABOUT),
        Field::new("tel", "phone", t("field-phone"), value("phone"))
            .hint(t("profile-phone-hint"))
            .at_most(30),
        Field::new("check", "accepts_new", t("profile-accepts-new"), value("accepts_new")),
        Field::new("check", "telehealth", t("profile-telehealth"), value("telehealth"))
            .hint(t("profile-telehealth-hint")),
    ]
}

/// Judges the fields; the change if all are right.
fn read(visitor: &Visitor, form: &mut [Field]) -> Option<PractitionerChange> {
    let [about, phone, accepts_new, telehealth] = form else { return None };
    let about_text = about.text(visitor);
    let number = match phone.value.as_str() {
        "" => None,
        typed => {
            let number = visitor.ctx.pack.phone().international(typed);
            if number.is_none() {
                phone.refuse(visitor.t("wrong-phone"));
            }
            number
        }
    };
    (about.wrong.is_none() && phone.wrong.is_none()).then(|| PractitionerChange {
        about: Some(about_text),
        phone: Some(number),
        accepts_new_patients: Some(accepts_new.value == "yes"),
        telehealth: Some(telehealth.value == "yes"),
        ..PractitionerChange::default()
    })
}

fn page(
    visitor: &Visitor,
    editor: &Editor,
    fields: Vec<Field>,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let id = editor.person.id;
    let shown = ProfilePage {
        page: visitor.page().at(format!("/practice/profile?practitioner={id}")),
        person: name_of(&editor.person),
        practitioner: id.to_string(),
        public: format!("/practitioners/{id}"),
        colleagues: editor.pills("/practice/profile"),
        notice,
        wrongs: wrongs(&fields),
        version: editor.person.version,
        fields,
    };
    Ok(visitor.show(status, &shown))
}
