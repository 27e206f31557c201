//! Sending mail: one SMTP relay, or nobody (then mails are only kept where they can be read).
//!
//! It does not know what a mail says. A Message-ID made from the mail's id lets receivers recognise a second try.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

use crate::fault::Fault;

/// How long the relay may take for one mail.
const TIME_OUT: Duration = Duration::from_secs(20);

/// A mail to send.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its id, the same at each try.
    pub id: Uuid,
    /// The receiver's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// An iCalendar object to attach.
    pub calendar: Option<String>,
    /// The attachment's iTIP method, such as `PUBLISH`.
    pub calendar_method: &'static str,
}

/// Where mails go.
pub enum Mailer {
    /// To a relay.
    Smtp {
        /// The connection pool to it.
        relay: Box<AsyncSmtpTransport<Tokio1Executor>>,
        /// The sender.
        from: Mailbox,
    },
    /// Nowhere: they stay where they were written.
    Kept,
}

impl Mailer {
    /// A mailer by settings: `smtp://user:password@host:port?tls=required`, `smtps://…`, or none at all.
    pub fn new(smtp_url: Option<&str>, from: &str) -> Result<Self, Fault> {
        let Some(url) = smtp_url else { return Ok(Self::Kept) };
        // The URL may hold a password, so no error repeats it.
        let relay = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| Fault::plain("reading the SMTP URL (smtp://user:password@host:port?tls=required)"))?
            .timeout(Some(TIME_OUT))
            .build();
        let from = from.parse().map_err(|error| Fault::new("reading the sender's address", Box::new(error)))?;
        Ok(Self::Smtp { relay: Box::new(relay), from })
    }

    /// Hands a mail to the relay. Trying again with the same mail is safe.
    pub async fn send(&self, mail: &Mail) -> Result<(), Fault> {
        let Self::Smtp { relay, from } = self else { return Ok(()) };
        let message = message(from, mail)?;
        relay.send(message).await.map_err(|error| Fault::passing("sending a mail", error))?;
        Ok(())
    }
}

fn message(from: &Mailbox, mail: &Mail) -> Result<Message, Fault> {
    // An address that cannot be parsed is a person's: it must not reach the log.
    let to: Mailbox = mail.to.parse().map_err(|_| Fault::plain("reading a receiver's address"))?;
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(mail.body.clone());
    let mut parts = MultiPart::mixed().singlepart(text);
    if let Some(calendar) = &mail.calendar {
        let kind = format!("text/calendar; charset=utf-8; method={}", mail.calendar_method);
        let kind = ContentType::parse(&kind).map_err(|error| Fault::new("naming an attachment's type", error))?;
        parts = parts.singlepart(Attachment::new("visit.ics".to_owned()).body(calendar.clone(), kind));
    }
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(mail.subject.clone())
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .multipart(parts)
        .map_err(|error| Fault::new("building a mail", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_carries_its_calendar_file_and_a_stable_message_id() {
        let mail = Mail {
            id: Uuid::from_u128(7),
            to: "patient@example.org".into(),
            subject: "Votre rendez-vous".into(),
            body: "Bonjour".into(),
            calendar: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".into()),
            calendar_method: "PUBLISH",
        };
        let from = "Rendez <rendez@example.org>".parse().expect("a literal");
        let text = String::from_utf8(message(&from, &mail).expect("a mail").formatted()).expect("ASCII");
        assert!(text.contains("Message-ID: <00000000-0000-0000-0000-000000000007@example.org>"));
        assert!(text.contains("method=PUBLISH"));
        assert!(text.contains("filename=\"visit.ics\""));
    }

    #[test]
    fn without_a_relay_mails_are_kept() {
        assert!(matches!(Mailer::new(None, "nobody"), Ok(Mailer::Kept)));
        assert!(Mailer::new(Some("not a url"), "a@b.example").is_err());
    }
}
