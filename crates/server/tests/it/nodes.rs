//! A process without an index asks those that have one, and does without when they do not answer.

use std::net::SocketAddr;
use std::time::Duration;

use rendez_domain::search::Searching;
use rendez_testkit::TestDatabase;
use rendez_web::internal::{self, NodeSettings};
use rendez_web::serve::{ServeSettings, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::app::{PATIENCE, Setup, TestApp, process, until};
use crate::practice::Practice;

const SECRET: &str = "only the nodes know it";

/// A port that nobody listens on yet.
async fn free_port() -> SocketAddr {
    listener("127.0.0.1:0".parse().expect("an address")).await.local_addr().expect("bound")
}

/// A node may come back where another has just been.
async fn listener(address: SocketAddr) -> TcpListener {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option");
    socket.bind(address).expect("a free address");
    socket.listen(64).expect("a listener")
}

/// A process with the index, until it is dropped.
struct SearchNode {
    _stop: DropGuard,
    serving: JoinHandle<()>,
}

impl SearchNode {
    async fn start(address: SocketAddr, database: &TestDatabase) -> Self {
        let stop = CancellationToken::new();
        let (services, _feed, _follower) = process(database, Searching::default(), true, &stop).await;
        let router = internal::router(services, SECRET);
        let listener = listener(address).await;
        let settings =
            ServeSettings { shutdown: Duration::ZERO, only_http2: true, ..ServeSettings::default() };
        let stopped = stop.clone();
        let serving = tokio::spawn(async move {
            serve(listener, router, settings, stopped).await.expect("it is served");
        });
        Self { _stop: stop.drop_guard(), serving }
    }

    /// It is gone at once, with its connections.
    async fn kill(self) {
        drop(self._stop);
        self.serving.await.expect("it ends");
    }
}

/// A process that takes connections and never says a word.
async fn stuck(address: SocketAddr) -> JoinHandle<()> {
    let listener = listener(address).await;
    tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            connections.push(connection);
        }
    })
}

/// A web node that asks these, patiently enough for a busy machine.
async fn web_node(nodes: &[SocketAddr], change: impl FnOnce(&mut NodeSettings)) -> TestApp {
    let mut settings = NodeSettings {
        nodes: nodes.iter().map(|address| format!("http://{address}")).collect(),
        token: SECRET.to_owned(),
        timeout: PATIENCE,
        hedge_after: PATIENCE,
        failures: 3,
        pause: Duration::from_millis(50),
    };
    change(&mut settings);
    TestApp::with(Setup { nodes: Some(settings), ..Setup::default() }).await
}

async fn search(app: &TestApp) -> Value {
    app.nobody().get("/v1/search?place=Rennes").await.ok()
}

/// Whether some node answered, rather than the database.
fn is_ranked(answer: &Value) -> bool {
    answer.get("notice").is_none()
}

/// What the web node says of a node: whether it is left alone.
async fn is_left_alone(app: &TestApp, node: SocketAddr) -> bool {
    let figures = app.nobody().get("/metrics").await.text;
    figures.contains(&format!("rendez_search_node_open{{node=\"{node}\"}} 1"))
}

#[tokio::test]
async fn two_nodes_stand_in_for_each_other_and_the_database_for_both() {
    let (one, two) = (free_port().await, free_port().await);
    let app = web_node(&[one, two], |_| {}).await;
    let practice = Practice::usual(&app).await;
    practice.open(app.at(3, 10, 0), 60).await;
    let first = SearchNode::start(one, &app.world.database).await;
    let second = SearchNode::start(two, &app.world.database).await;
    for _ in 0..2 {
        let answer = search(&app).await;
        assert!(is_ranked(&answer), "{answer}");
        assert_eq!(answer["total"], 1);
        assert_eq!(answer["results"][0]["practitioner"]["id"], practice.practitioner);
        assert_eq!(answer["results"][0]["next_slots"].as_array().map(Vec::len), Some(3));
    }
    first.kill().await;
    for _ in 0..4 {
        assert!(is_ranked(&search(&app).await), "the other answers");
    }
    second.kill().await;
    for _ in 0..4 {
        let answer = search(&app).await;
        assert_eq!(answer["notice"], "approximate");
        assert_eq!(answer["results"][0]["practitioner"]["id"], practice.practitioner);
    }
    app.close().await;
}

#[tokio::test]
async fn a_node_that_says_nothing_is_overtaken_by_another() {
    let (silent, good) = (free_port().await, free_port().await);
    let _silent = stuck(silent).await;
    let app = web_node(&[silent, good], |settings| settings.hedge_after = Duration::from_millis(1)).await;
    Practice::usual(&app).await.open(app.at(3, 10, 0), 15).await;
    let _good = SearchNode::start(good, &app.world.database).await;
    // Whoever's turn it is.
    for _ in 0..4 {
        assert!(is_ranked(&search(&app).await));
    }
    app.close().await;
}

#[tokio::test]
async fn a_node_that_fails_is_left_alone_until_it_answers_again() {
    let node = free_port().await;
    let app = web_node(&[node], |_| {}).await;
    Practice::usual(&app).await.open(app.at(3, 10, 0), 15).await;
    for _ in 0..3 {
        assert!(!is_ranked(&search(&app).await));
    }
    assert!(is_left_alone(&app, node).await, "after three failures");
    let _node = SearchNode::start(node, &app.world.database).await;
    until("the node is asked again", async || is_ranked(&search(&app).await)).await;
    assert!(!is_left_alone(&app, node).await);
    app.close().await;
}

#[tokio::test]
async fn a_node_answers_only_who_knows_the_secret_and_only_on_its_own_listener() {
    let node = free_port().await;
    let app = web_node(&[node], |settings| settings.token = "a guess".to_owned()).await;
    Practice::usual(&app).await.open(app.at(3, 10, 0), 15).await;
    let _node = SearchNode::start(node, &app.world.database).await;
    assert!(!is_ranked(&search(&app).await), "a wrong secret gets no answer, and the patient gets one");
    let http = reqwest::Client::builder().no_proxy();
    let old = http.build().expect("a client");
    let http = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().expect("a client");
    let url = format!("http://{node}/internal/v1/search");
    let body = json!({"days": [], "limit": 1});
    for (token, status) in [(None, 401), (Some("a guess"), 401), (Some(SECRET), 200)] {
        let mut request = http.post(&url).json(&body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), status, "{token:?}");
    }
    old.post(&url).bearer_auth(SECRET).json(&body).send().await.expect_err("HTTP/1 is not spoken here");
    let endless =
        reqwest::Body::wrap_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let stranger = http.post(&url).bearer_auth("a guess").body(endless).send().await.expect("an answer");
    assert_eq!(stranger.status().as_u16(), 401, "before its body is read");
    let garbage = http.post(&url).bearer_auth(SECRET).body("[]").send().await.expect("an answer");
    assert_eq!(garbage.status().as_u16(), 422);
    app.nobody().post("/internal/v1/search", body).await.refused(404, "unknown-url");
    app.close().await;
}

#[tokio::test]
async fn a_lone_node_that_says_nothing_is_done_without() {
    let silent = free_port().await;
    let _silent = stuck(silent).await;
    let app = web_node(&[silent], |settings| {
        settings.timeout = Duration::from_millis(50);
        settings.pause = PATIENCE;
    })
    .await;
    let practice = Practice::usual(&app).await;
    practice.open(app.at(3, 10, 0), 15).await;
    for _ in 0..4 {
        let answer = search(&app).await;
        assert_eq!(answer["notice"], "approximate");
        assert_eq!(answer["results"][0]["practitioner"]["id"], practice.practitioner);
    }
    assert!(is_left_alone(&app, silent).await, "its silence counts as failing");
    app.close().await;
}

#[tokio::test]
async fn a_node_whose_index_is_not_loaded_says_so_and_the_database_answers() {
    let node = free_port().await;
    let app = web_node(&[node], |_| {}).await;
    Practice::usual(&app).await.open(app.at(3, 10, 0), 15).await;
    let stop = CancellationToken::new();
    let (services, _feed, _follower) = process(&app.world.database, Searching::default(), false, &stop).await;
    let settings = ServeSettings { shutdown: Duration::ZERO, only_http2: true, ..ServeSettings::default() };
    tokio::spawn(serve(listener(node).await, internal::router(services, SECRET), settings, stop.clone()));
    let _stop = stop.drop_guard();
    let http = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().expect("a client");
    let url = format!("http://{node}/internal/v1/search");
    let body = json!({"days": [], "limit": 1});
    let said = http.post(&url).bearer_auth(SECRET).json(&body).send().await.expect("an answer");
    assert_eq!(said.status().as_u16(), 503);
    assert!(!is_ranked(&search(&app).await));
    app.close().await;
}

#[tokio::test]
async fn whoever_pages_on_while_no_node_answers_begins_again_in_the_database() {
    let node = free_port().await;
    let app = web_node(&[node], |_| {}).await;
    for name in ["Un", "Deux", "Trois"] {
        Practice::with(&app, json!({"family_name": name})).await.open(app.at(3, 10, 0), 15).await;
    }
    let searching = SearchNode::start(node, &app.world.database).await;
    let page = async |query: &str| app.nobody().get(format!("/v1/search?limit=2{query}")).await.ok();
    let first = page("").await;
    assert!(is_ranked(&first));
    searching.kill().await;
    let mut seen = 0;
    let mut cursor = first["next_cursor"].as_str().expect("three are more than two").to_owned();
    loop {
        let next = page(&format!("&cursor={cursor}")).await;
        assert_eq!(next["notice"], "approximate");
        seen += next["results"].as_array().map_or(0, Vec::len);
        match next["next_cursor"].as_str() {
            Some(more) => cursor = more.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, 3, "better some twice than some never");
    app.close().await;
}
