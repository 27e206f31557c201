//! The asking side: which node, how long, and when a second one is asked.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rendez_domain::search::{RemoteSearch, SearchRequest, SearchResults};
use rendez_platform::fault::Fault;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::SEARCH;
use super::breaker::Breaker;
use super::hedging::Budget;
use super::wire::{Answered, Asked};

/// Far more than a hundred results take.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Whom to ask and how patiently.
#[derive(Debug, Clone)]
pub struct NodeSettings {
    /// Their addresses, such as `http://10.0.0.7:7070`.
    pub nodes: Vec<String>,
    /// The shared secret.
    pub token: String,
    /// How long an answer may take, whoever gives it.
    pub timeout: Duration,
    /// After how long a second node is asked.
    pub hedge_after: Duration,
    /// So many failures in a row, and a node is left alone.
    pub failures: u32,
    /// For how long.
    pub pause: Duration,
}

/// The processes that have the index.
pub struct Nodes {
    nodes: Vec<Arc<Node>>,
    /// Whose turn it is.
    turn: AtomicUsize,
    hedges: Budget,
    settings: NodeSettings,
}

struct Node {
    address: Uri,
    /// The address, for figures and the log.
    name: String,
    authorization: String,
    http: Client<HttpConnector, Full<Bytes>>,
    breaker: Mutex<Breaker>,
}

/// What a node said.
enum Said {
    /// The answer, or that it has none for this.
    Answer(Option<Box<SearchResults>>),
    /// Nothing, or nothing that helps.
    Failure(&'static str),
}

/// A question that is on its way. Dropped, it is taken back.
struct Question {
    node: Arc<Node>,
    asked_at: Instant,
    said: JoinHandle<Said>,
}

impl Drop for Question {
    fn drop(&mut self) {
        self.said.abort();
    }
}

/// The right to ask that the breaker gave. Whoever has it says how it went, or gives it back, whatever happens.
struct Admitted {
    node: Arc<Node>,
    is_told: bool,
}

impl Admitted {
    fn tell(mut self, said: &Said) {
        self.is_told = true;
        match said {
            Said::Answer(_) => self.node.judge(|breaker, _| breaker.answered(), "it answers"),
            Said::Failure(reason) => self.node.judge(Breaker::failed, reason),
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        if !self.is_told {
            self.node.judge(Breaker::abandoned, "nobody waited for it");
        }
    }
}

impl Nodes {
    /// The nodes of the settings; none is connected to before the first question.
    pub fn new(settings: NodeSettings) -> Result<Self, Fault> {
        let nodes = settings.nodes.iter().map(|node| Node::new(node, &settings).map(Arc::new));
        let nodes = nodes.collect::<Result<_, _>>()?;
        Ok(Self { nodes, turn: AtomicUsize::new(0), hedges: Budget::full(), settings })
    }

    /// Puts a question to the next node that is worth asking.
    fn ask(&self, body: &Bytes, tried: &mut usize) -> Option<Question> {
        let first = self.turn.load(Ordering::Relaxed);
        while *tried < self.nodes.len() {
            let node = &self.nodes[(first + *tried) % self.nodes.len()];
            *tried += 1;
            let now = Instant::now();
            if node.breaker().admits(now) {
                let admitted = Admitted { node: Arc::clone(node), is_told: false };
                let said = tokio::spawn(answered(admitted, body.clone()));
                return Some(Question { node: Arc::clone(node), asked_at: now, said });
            }
        }
        None
    }

    async fn first_answer(&self, request: &SearchRequest) -> Option<SearchResults> {
        let body = Bytes::from(serde_json::to_vec(&Asked::from(request)).ok()?);
        self.turn.fetch_add(1, Ordering::Relaxed);
        self.hedges.earn();
        let mut tried = 0;
        let mut asked: Vec<Question> = self.ask(&body, &mut tried).into_iter().collect();
        let mut end = pin!(tokio::time::sleep(self.settings.timeout));
        let mut hedge = pin!(tokio::time::sleep(self.settings.hedge_after));
        let mut hedged = false;
        while !asked.is_empty() {
            tokio::select! {
                (said, at) = any(&mut asked) => {
                    asked.remove(at);
                    match said {
                        Said::Answer(results) => {
                            // Those that were asked before it are slow; those after it had no time.
                            for slow in &asked[..at] {
                                slow.node.judge(Breaker::failed, "another answered before it");
                            }
                            return results.map(|results| *results);
                        }
                        Said::Failure(_) => asked.extend(self.ask(&body, &mut tried)),
                    }
                }
                () = &mut hedge, if !hedged => {
                    hedged = true;
                    if tried < self.nodes.len() && self.hedges.spend() {
                        let second = self.ask(&body, &mut tried);
                        metrics::counter!("rendez_search_hedges_total").increment(u64::from(second.is_some()));
                        asked.extend(second);
                    }
                }
                () = &mut end => {
                    let had_time = |question: &&Question| question.asked_at.elapsed() * 2 >= self.settings.timeout;
                    for late in asked.iter().filter(had_time) {
                        late.node.judge(Breaker::failed, "it did not answer in time");
                    }
                    return None;
                }
            }
        }
        None
    }
}

/// Asks, and lets the breaker know how it went.
async fn answered(admitted: Admitted, body: Bytes) -> Said {
    let said = admitted.node.exchange(body).await;
    admitted.tell(&said);
    said
}

/// The first of several questions that is answered, and which it was.
async fn any(asked: &mut [Question]) -> (Said, usize) {
    let answers = asked.iter_mut().map(|question| &mut question.said);
    let (said, at, _) = futures_util::future::select_all(answers).await;
    (said.unwrap_or(Said::Failure("the task that asked it broke")), at)
}

impl RemoteSearch for Nodes {
    fn search<'a>(&'a self, request: &'a SearchRequest) -> BoxFuture<'a, Option<SearchResults>> {
        Box::pin(self.first_answer(request))
    }
}

impl Node {
    fn new(address: &str, settings: &NodeSettings) -> Result<Self, Fault> {
        let wrong = |error| Fault::new("reading a search node's address", error);
        let address: Uri = format!("{}{SEARCH}", address.trim_end_matches('/')).parse().map_err(wrong)?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(settings.timeout));
        let http = Client::builder(TokioExecutor::new())
            .http2_only(true)
            // A node that vanished without a word is noticed before it is asked.
            .http2_keep_alive_interval(Duration::from_secs(5))
            .http2_keep_alive_timeout(Duration::from_secs(1))
            .http2_keep_alive_while_idle(true)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .build(connector);
        Ok(Self {
            name: address.authority().map(ToString::to_string).unwrap_or_default(),
            address,
            authorization: format!("Bearer {}", settings.token),
            http,
            breaker: Mutex::new(Breaker::new(settings.failures, settings.pause)),
        })
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is thought of the node.
    fn judge(&self, verdict: impl FnOnce(&mut Breaker, Instant), reason: &'static str) {
        let mut breaker = self.breaker();
        let was_open = breaker.is_open();
        verdict(&mut breaker, Instant::now());
        let is_open = breaker.is_open();
        drop(breaker);
        if is_open == was_open {
            return;
        }
        metrics::gauge!("rendez_search_node_open", "node" => self.name.clone())
            .set(f64::from(u8::from(is_open)));
        match is_open {
            true => tracing::warn!(node = self.name, reason, "a search node is left alone for a while"),
            false => tracing::info!(node = self.name, "a search node answers again"),
        }
    }

    async fn exchange(&self, body: Bytes) -> Said {
        let request = Request::post(self.address.clone())
            .header(header::AUTHORIZATION, &self.authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body));
        let Ok(request) = request else { return Said::Failure("its address or the secret cannot be sent") };
        let Ok(response) = self.http.request(request).await else {
            return Said::Failure("it cannot be reached");
        };
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NO_CONTENT => return Said::Answer(None),
            StatusCode::SERVICE_UNAVAILABLE => return Said::Failure("its index is not loaded yet"),
            StatusCode::UNAUTHORIZED => return Said::Failure("it does not know the secret"),
            _ => return Said::Failure("it does not understand the request"),
        }
        let Ok(body) = Limited::new(response.into_body(), LARGEST_ANSWER).collect().await else {
            return Said::Failure("its answer breaks off");
        };
        let answered: Option<Answered> = serde_json::from_slice(&body.to_bytes()).ok();
        match answered.and_then(Answered::results) {
            Some(results) => Said::Answer(Some(Box::new(results))),
            None => Said::Failure("its answer cannot be understood"),
        }
    }
}
