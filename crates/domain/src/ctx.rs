//! Who asks, from where, and with what: the first argument of every command.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::SignedDuration;
use rendez_platform::auth::Passwords;
use rendez_platform::change_log::ChangeWaker;
use rendez_platform::store::Store;
use rendez_vocab::ids::PractitionerId;
use rendez_vocab::{Actor, Clock, Entropy};

use crate::availability::ScheduleCache;
use crate::committed::Committed;
use crate::idempotency::IdempotencyKey;
use crate::regions::Pack;
use crate::search::Searching;

/// What commands and queries work with. One a process.
pub struct Services {
    /// PostgreSQL.
    pub store: Store,
    /// Schedules by practitioner, compared by version in every write.
    pub schedules: ScheduleCache,
    /// Booking's settings.
    pub booking: BookingSettings,
    /// The country this cell serves.
    pub pack: &'static Pack,
    /// Hashes and checks passwords, a few at a time.
    pub passwords: Passwords,
    /// This process's clock: for ids and tokens. Deadlines are the database's.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Wakes this process's followers after a commit.
    pub waker: ChangeWaker,
    /// Who is told of a commit before its caller.
    pub committed: Arc<dyn Committed>,
    /// By what searches are answered.
    pub search: Searching,
    /// How people reach this installation, without a slash at the end: for links in mails.
    pub public_url: String,
}

/// Limits of booking that belong to the installation, not to a visit type.
#[derive(Debug, Clone, Copy)]
pub struct BookingSettings {
    /// Live holds that one patient may have.
    pub max_holds_per_patient: i16,
    /// How long a flow begun in time may outlast the notice rule.
    pub notice_grace: SignedDuration,
    /// Live wishes on the waiting list that one patient may have.
    pub max_wishes_per_patient: i16,
    /// How long a time that is offered to somebody who waits is kept for them, at least.
    pub offer: SignedDuration,
}

impl Default for BookingSettings {
    fn default() -> Self {
        Self {
            max_holds_per_patient: 3,
            notice_grace: SignedDuration::from_mins(5),
            max_wishes_per_patient: 5,
            offer: SignedDuration::from_hours(2),
        }
    }
}

/// Where a request came from, for the audit.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The caller's address, as far as trusted proxies tell it.
    pub address: Option<IpAddr>,
    /// The request's id, as the logs know it.
    pub request_id: Option<String>,
}

/// One request's context. Cheap to clone, so that a write can outlive the request.
#[derive(Clone)]
pub struct Ctx {
    /// The process's services.
    pub services: Arc<Services>,
    /// Who asks.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// The caller's key, if this request may be repeated.
    pub idempotency: Option<IdempotencyKey>,
}

impl Ctx {
    /// What a practitioner is or offers was changed and committed: those who must know of it are told.
    pub(crate) async fn tell_changed(&self, practitioner: PractitionerId) {
        self.waker.wake();
        self.committed.changed(practitioner).await;
    }

    /// The server itself acting: jobs and sweeps.
    pub fn server(services: Arc<Services>) -> Self {
        Self { services, actor: Actor::Server, origin: Origin::default(), idempotency: None }
    }
}

impl std::ops::Deref for Ctx {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}
