//! `rendez token`: a bearer token for scripts and first steps.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::auth::{Issuer, IssuerSettings, claims};
use rendez_platform::config::Settings;
use rendez_vocab::clock::SystemClock;

use crate::cli::Token;

/// Prints a token and nothing else, so that it can be taken by a script.
pub(crate) fn print(arguments: &Token) -> Result<()> {
    let settings = Settings::load(arguments.config.as_deref(), std::env::vars())?;
    let mut organizations = arguments.organization.clone();
    let subject = match (&arguments.subject, arguments.role.as_str()) {
        // An organization as the subject of staff means somebody who works there.
        (Some(subject), "staff") if subject.starts_with("org_") => {
            organizations.push(subject.clone());
            "cli".to_owned()
        }
        (Some(subject), _) => subject.clone(),
        (None, "admin" | "system" | "staff") => "cli".to_owned(),
        (None, role) => bail!("a token of the role `{role}` needs --subject, such as --subject pat_…"),
    };
    let actor =
        claims::actor(&arguments.role, &subject, &organizations).context("the token cannot be made")?;
    let issuer = Issuer::open(
        IssuerSettings::in_data_dir(&arguments.data_dir, &settings.auth.issuer, &settings.auth.audience),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    )
    .with_context(|| format!("the keys in {} cannot be read", arguments.data_dir.display()))?;
    println!("{}", issuer.issue(&actor, SignedDuration::from_hours(settings.auth.token_hours.into()))?);
    Ok(())
}
