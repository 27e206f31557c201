//! Mail by SMTP, or kept where it is for demonstrations.
//!
//! A mail's id makes its Message-ID, so that one sent twice is recognised. It does not know why a mail is written, and
//! no error of it names the recipient.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use uuid::Uuid;

use crate::fault::Fault;
use crate::jobs::JobError;

/// One conversation with the mail server may take so long.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Makes the Message-ID.
    pub id: Uuid,
    /// The address, without a name.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// An iCalendar object (RFC 5545) for the recipient's calendar program.
    pub calendar: Option<String>,
    /// What the program should do with it: the object's own METHOD (RFC 5546), such as `PUBLISH`, `REQUEST`, `CANCEL`.
    pub calendar_method: &'static str,
}

/// Why a mail was not taken. No sentence names the recipient.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The mail server will never take it.
    #[error("{0}")]
    Refused(String),
    /// It may work later.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<SendError> for JobError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(reason) => Self::Never(reason),
            SendError::Fault(fault) => Self::Again(fault),
        }
    }
}

impl From<SendError> for Fault {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(reason) => Self::new("sending a mail", reason),
            SendError::Fault(fault) => fault,
        }
    }
}

/// How mail leaves this process.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(SmtpMailer),
    /// Nowhere: the rows of the table `mail` are all there is, to be read by a developer.
    Kept,
}

/// A mail server and the sender's address.
#[derive(Debug, Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// A mailer to `smtp://user:password@host:587?tls=required` or `smtps://…`, or one that keeps mail if there is no
    /// URL. `from` is an address, perhaps with a name: `Rendez <visits@example.org>`.
    pub fn new(smtp_url: Option<&str>, from: &str) -> Result<Self, Fault> {
        let Some(url) = smtp_url else { return Ok(Self::Kept) };
        let from = from.parse().map_err(|error| Fault::new("reading the sender's address", error))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            // The URL has the password in it, so only the kind of error goes on.
            .map_err(|_| Fault::plain("reading the mail server's URL"))?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self::Smtp(SmtpMailer { transport, from }))
    }

    /// Sends a mail, or keeps it.
    pub async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Kept => Ok(()),
        }
    }
}

impl SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = self.message(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // The server's sentence often repeats the address: the code says enough.
            Err(error) if error.is_permanent() => {
                let code = error.status().map(|code| code.to_string()).unwrap_or_default();
                Err(SendError::Refused(
                    format!("the mail server refused the mail {code}").trim_end().to_owned(),
                ))
            }
            Err(error) => {
                let reason = match error.status() {
                    Some(code) => format!("code {code}"),
                    None if error.is_timeout() => "no answer in time".to_owned(),
                    None => "no conversation".to_owned(),
                };
                Err(Fault::passing("talking to the mail server", reason).into())
            }
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, SendError> {
        let to: Address = mail
            .to
            .parse()
            .map_err(|_| SendError::Refused("the recipient's address is not one".to_owned()))?;
        let builder = Message::builder()
            .from(self.from.clone())
            .to(to.into())
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@{}>", mail.id.simple(), self.from.email.domain())));
        let message = match &mail.calendar {
            None => builder.singlepart(SinglePart::plain(mail.body.clone())),
            Some(calendar) => {
                let kind = format!("text/calendar; charset=utf-8; method={}", mail.calendar_method);
                let kind =
                    ContentType::parse(&kind).map_err(|error| Fault::new("naming a calendar part", error))?;
                let file = Attachment::new("visit.ics".to_owned()).body(calendar.clone(), kind);
                builder.multipart(
                    MultiPart::mixed().singlepart(SinglePart::plain(mail.body.clone())).singlepart(file),
                )
            }
        };
        message.map_err(|error| Fault::new("writing a mail", error).into())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    fn mail() -> Mail {
        Mail {
            id: Uuid::from_u128(7),
            to: "marie@example.org".to_owned(),
            subject: "Votre rendez-vous\r\nBcc: all@example.org".to_owned(),
            body: "À bientôt".to_owned(),
            calendar: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned()),
            calendar_method: "REQUEST",
        }
    }

    /// A mail server for one conversation, which answers a recipient with `verdict`. Gives the mailer and what it heard.
    async fn server(verdict: &'static str) -> (Mailer, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (reader, mut writer) = stream.into_split();
            let mut lines = BufReader::new(reader).lines();
            let mut heard = Vec::new();
            let mut in_data = false;
            writer.write_all(b"220 here\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                heard.push(line.clone());
                let answer = match line.split(' ').next().unwrap() {
                    "." => {
                        in_data = false;
                        "250 taken"
                    }
                    _ if in_data => continue,
                    "RCPT" => verdict,
                    "DATA" => {
                        in_data = true;
                        "354 go on"
                    }
                    "QUIT" => "221 bye",
                    _ => "250 fine",
                };
                if writer.write_all(format!("{answer}\r\n").as_bytes()).await.is_err()
                    || answer.starts_with("221")
                {
                    break;
                }
            }
            heard
        });
        (Mailer::new(Some(&url), "Rendez <visits@rendez.example>").unwrap(), heard)
    }

    #[tokio::test]
    async fn a_mail_arrives_with_its_id_and_its_calendar() {
        let (mailer, heard) = server("250 known").await;
        mailer.send(&mail()).await.unwrap();
        drop(mailer);
        let heard = heard.await.unwrap().join("\n");
        for expected in [
            "MAIL FROM:<visits@rendez.example>",
            "RCPT TO:<marie@example.org>",
            "Message-ID: <00000000000000000000000000000007@rendez.example>",
            "text/calendar; charset=utf-8; method=REQUEST",
        ] {
            assert!(heard.contains(expected), "{expected} in:\n{heard}");
        }
        assert!(!heard.lines().any(|line| line.starts_with("Bcc:")), "a subject makes no header");
    }

    #[tokio::test]
    async fn a_refusal_for_good_is_never_tried_again_and_names_nobody() {
        let (mailer, _heard) = server("550 marie@example.org is unknown").await;
        let SendError::Refused(reason) = mailer.send(&mail()).await.unwrap_err() else {
            panic!("it is for good")
        };
        assert!(reason.contains("550") && !reason.contains("marie"), "{reason}");
    }

    #[tokio::test]
    async fn a_busy_or_absent_server_is_tried_again() {
        let (mailer, _heard) = server("451 later").await;
        assert!(matches!(mailer.send(&mail()).await, Err(SendError::Fault(_))));
        let nobody = Mailer::new(Some("smtp://127.0.0.1:1"), "a@example.org").unwrap();
        assert!(matches!(nobody.send(&mail()).await, Err(SendError::Fault(_))));
        assert!(Mailer::new(None, "").unwrap().send(&mail()).await.is_ok());
    }
}
