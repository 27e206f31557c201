//! A visitor's browser, in a visitor's words: open, press, write, see.
//!
//! Nothing here sleeps: what is not there yet is looked for again until a deadline.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::rules;

/// Longer than the slowest machine needs.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// A desk's screen.
pub(crate) const DESK: Screen = Screen { width: 1280, height: 900, is_phone: false };
/// A usual phone.
pub(crate) const PHONE: Screen = Screen { width: 390, height: 844, is_phone: true };
/// The narrowest phone that still counts (WCAG 2.2, section 1.4.10).
pub(crate) const SMALL_PHONE: Screen = Screen { width: 320, height: 640, is_phone: true };

/// A tablet on a reception's desk, upright.
pub(crate) const TABLET: Screen = Screen { width: 820, height: 1180, is_phone: true };
/// A sheet of A4 between margins of a centimetre.
pub(crate) const A4: Screen = Screen { width: 718, height: 1047, is_phone: false };

/// Whether the browser runs the pages' scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// What the visitor looks at, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    height: u32,
    is_phone: bool,
}

/// A browser with one window.
pub(crate) struct Browser {
    client: Client,
    http: reqwest::Client,
    /// The session's address at the driver.
    session: String,
    home: String,
    pub(crate) scripts: Scripts,
    pictures: AtomicU32,
}

impl Browser {
    /// Opens a browser without history at a desk's screen. `home` is where addresses without a host lead.
    pub(crate) async fn open(driver: &str, home: &str, profile: &Path, scripts: Scripts) -> Self {
        let mut options = json!({
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--lang=en-GB", "--hide-scrollbars",
                format!("--user-data-dir={}", profile.display()),
            ],
            "prefs": {"intl.accept_languages": "en-GB,en"},
        });
        if scripts == Scripts::Off {
            options["prefs"]["profile.managed_default_content_settings.javascript"] = 2.into();
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let capabilities = capabilities.as_object().expect("an object").clone();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver)
            .await
            .expect("chromedriver opens Chromium; these tests need the package chromium");
        let id = client.session_id().await.expect("a session").expect("with a number");
        let browser = Self {
            client,
            http: reqwest::Client::new(),
            session: format!("{driver}/session/{id}"),
            home: home.to_owned(),
            scripts,
            pictures: AtomicU32::new(0),
        };
        browser.look_at(DESK).await;
        browser
    }

    /// Ends it.
    pub(crate) async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }

    /// Tells the reader of a failed test where the visitor stood.
    pub(crate) async fn describe(&self) {
        let address = self.client.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let text = self.run("return document.body.innerText").await;
        eprintln!("the browser stands at {address}:\n{}", text.as_str().unwrap_or_default());
    }

    /// Opens a page of the program and judges it.
    pub(crate) async fn go(&self, path: &str) {
        self.open_page(path).await;
        rules::judge(self).await;
    }

    /// Opens a page, whatever it is.
    pub(crate) async fn open_page(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.home)).await.expect("the page opens");
    }

    /// Opens a page in a tab of its own, which is closed when the visitor leaves it.
    pub(crate) async fn open_tab(&self, path: &str) {
        let tab = self.client.new_window(true).await.expect("a tab");
        self.client.switch_to_window(tab.handle).await.expect("the tab is there");
        self.open_page(path).await;
    }

    /// Closes the tab and goes back to the first one.
    pub(crate) async fn close_tab(&self) {
        self.client.close_window().await.expect("a tab closes");
        let first = self.client.windows().await.expect("tabs").remove(0);
        self.client.switch_to_window(first).await.expect("the first tab is there");
    }

    /// Cuts the connection, or mends it.
    pub(crate) async fn set_offline(&self, offline: bool) {
        let link =
            json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.emulateNetworkConditions", link).await;
    }

    /// A file of the visitor's own, as text.
    pub(crate) async fn download(&self, path: &str) -> String {
        let cookies = self.client.get_all_cookies().await.expect("cookies");
        let cookies: Vec<String> =
            cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
        let asked = self.http.get(format!("{}{path}", self.home)).header("Cookie", cookies.join("; "));
        let answer = asked.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.expect("a text")
    }

    /// The path of the page that is open.
    pub(crate) async fn path(&self) -> String {
        self.client.current_url().await.expect("an address").path().to_owned()
    }

    /// Waits until the page says something, and judges it.
    pub(crate) async fn see(&self, text: &str) {
        self.find(&format!("//main//*[contains(normalize-space(.), {})]", quoted(text))).await;
        rules::judge(self).await;
    }

    /// Waits for an element by its XPath.
    pub(crate) async fn find(&self, path: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK_EVERY);
        match wait.for_element(Locator::XPath(path)).await {
            Ok(element) => element,
            Err(error) => panic!("{path} is not on the page: {error}"),
        }
    }

    /// How many elements a CSS selector finds.
    pub(crate) async fn count(&self, selector: &str) -> usize {
        self.client.find_all(Locator::Css(selector)).await.expect("an answer").len()
    }

    /// Presses the first button or link with these words.
    pub(crate) async fn press(&self, words: &str) {
        let words = quoted(words);
        let path = format!("//*[self::a or self::button][contains(normalize-space(.), {words})]");
        self.press_found(async || self.find(&path).await, &words).await;
    }

    /// Presses the first element that a CSS selector finds.
    pub(crate) async fn press_first(&self, selector: &str) {
        self.press_found(async || self.first(selector).await, selector).await;
    }

    async fn press_found(&self, find: impl AsyncFn() -> Element, what: &str) {
        loop {
            match find().await.click().await {
                Ok(()) => return,
                Err(error) if is_replaced(&error) => {}
                Err(error) => panic!("{what} cannot be pressed: {error}"),
            }
        }
    }

    /// What stands in the first element that a CSS selector finds.
    pub(crate) async fn text_of(&self, selector: &str) -> String {
        loop {
            match self.first(selector).await.text().await {
                Ok(text) => return text,
                Err(error) if is_replaced(&error) => {}
                Err(error) => panic!("{selector} cannot be read: {error}"),
            }
        }
    }

    /// Drags with the mouse from the middle of one element to that of another.
    pub(crate) async fn drag(&self, from: &str, to: &str) {
        self.bring(from).await;
        let (from, to) = (self.middle(from).await, self.middle(to).await);
        let halfway = (from.0, (from.1 + to.1) / 2.0);
        for (kind, (x, y), buttons) in [
            ("mouseMoved", from, 0),
            ("mousePressed", from, 1),
            ("mouseMoved", halfway, 1),
            ("mouseMoved", to, 1),
            ("mouseReleased", to, 0),
        ] {
            let button = if kind == "mouseMoved" && buttons == 0 { "none" } else { "left" };
            let event =
                json!({"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1});
            self.devtools("Input.dispatchMouseEvent", event).await;
        }
    }

    /// A finger comes down on an element.
    pub(crate) async fn finger_on(&self, selector: &str) {
        self.bring(selector).await;
        self.touch("touchStart", Some(self.middle(selector).await)).await;
    }

    /// The finger goes from one element to another, wherever that is now.
    pub(crate) async fn finger_from_to(&self, from: &str, to: &str) {
        let (from, to) = (self.middle(from).await, self.middle(to).await);
        for step in 1..=8 {
            let part = f64::from(step) / 8.0;
            let at = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            self.touch("touchMove", Some(at)).await;
        }
    }

    /// A finger comes down on an element and pushes what is there up, without waiting anywhere.
    pub(crate) async fn swipe_up(&self, selector: &str, distance: u32) {
        let (x, y) = self.middle(selector).await;
        self.touch("touchStart", Some((x, y))).await;
        for step in 1..=8 {
            self.touch("touchMove", Some((x, y - f64::from(distance * step) / 8.0))).await;
        }
        self.finger_off().await;
    }

    /// A finger touches an element and leaves at once.
    pub(crate) async fn tap(&self, selector: &str) {
        let at = self.middle(selector).await;
        self.touch("touchStart", Some(at)).await;
        self.finger_off().await;
    }

    /// Scrolls until an element is in the middle of the window.
    pub(crate) async fn bring(&self, selector: &str) {
        self.first(selector).await;
        self.run(&format!("document.querySelector(\"{selector}\").scrollIntoView({{block: 'center'}})"))
            .await;
    }

    /// The finger leaves.
    pub(crate) async fn finger_off(&self) {
        self.touch("touchEnd", None).await;
    }

    async fn touch(&self, kind: &str, at: Option<(f64, f64)>) {
        let points: Vec<Value> = at.into_iter().map(|(x, y)| json!({"x": x, "y": y})).collect();
        self.devtools("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points})).await;
    }

    /// A screen for fingers, or for a mouse.
    pub(crate) async fn set_touch(&self, touch: bool) {
        self.devtools("Emulation.setTouchEmulationEnabled", json!({"enabled": touch})).await;
    }

    /// Where an element is in the window: in the middle of its upper edge, inside.
    async fn middle(&self, selector: &str) -> (f64, f64) {
        self.first(selector).await;
        let place = format!(
            "const at = document.querySelector(\"{selector}\").getBoundingClientRect(); return [at.x + at.width / 2, at.y + 3]"
        );
        let at = self.run(&place).await;
        let number = |place: usize| at[place].as_f64().expect("a place");
        (number(0), number(1))
    }

    /// Waits for the first element that a CSS selector finds.
    pub(crate) async fn first(&self, selector: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK_EVERY);
        match wait.for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => panic!("{selector} is not on the page: {error}"),
        }
    }

    /// Writes into the field with this id, in place of what stands there.
    pub(crate) async fn write(&self, id: &str, text: &str) {
        let field = self.first(&format!("#{id}")).await;
        field.clear().await.expect("a field can be emptied");
        field.send_keys(text).await.expect("a field takes text");
    }

    /// Types where the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("it takes keys");
    }

    /// Runs a script in the page and returns its answer.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What the console said since the last time, warnings and errors.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.driver("se/log", json!({"type": "browser"})).await;
        entries
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Changes the screen.
    pub(crate) async fn look_at(&self, screen: Screen) {
        let Screen { width, height, is_phone } = screen;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Day or night, as the visitor's system has it.
    async fn set_dark(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        // Without motion, so that no picture shows a colour on its way to another.
        let media = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// The page as paper shows it, or as a screen does.
    pub(crate) async fn set_paper(&self, paper: bool) {
        let media = if paper { "print" } else { "" };
        self.devtools("Emulation.setEmulatedMedia", json!({"media": media})).await;
    }

    /// Prints on A4, and returns on how many sheets. Whoever keeps pictures keeps the print, too,
    /// and how the page looks now.
    pub(crate) async fn print(&self, name: &str) -> usize {
        let centimetre = 1.0 / 2.54;
        let paper = json!({
            "paperWidth": 21.0 * centimetre, "paperHeight": 29.7 * centimetre,
            "marginTop": centimetre, "marginBottom": centimetre,
            "marginLeft": centimetre, "marginRight": centimetre,
        });
        let printed = self.devtools("Page.printToPDF", paper).await;
        let printed = printed["data"].as_str().expect("a print");
        let pdf = STANDARD.decode(printed).expect("base64");
        if let Some(folder) = std::env::var_os("RENDEZ_SCREENSHOTS") {
            std::fs::create_dir_all(&folder).expect("a folder for pictures");
            std::fs::write(Path::new(&folder).join(format!("{name}.pdf")), &pdf)
                .expect("a print can be kept");
            let png = self.client.screenshot().await.expect("a picture");
            std::fs::write(Path::new(&folder).join(format!("{name}.png")), png)
                .expect("a picture can be kept");
        }
        let sheet = b"/Type /Page\n";
        pdf.windows(sheet.len()).filter(|part| part == sheet).count()
    }

    /// Keeps pictures of the whole page, at a desk and on a phone, by day and by night, if somebody wants to look at them.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("RENDEZ_SCREENSHOTS") else { return };
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let number = self.pictures.fetch_add(1, Ordering::Relaxed);
        for (screen, on) in [(PHONE, "phone"), (DESK, "desk")] {
            self.look_at(screen).await;
            // The window becomes as high as the page, so that nothing is cut off.
            let height = self.run("return document.documentElement.scrollHeight").await;
            let height =
                height.as_u64().and_then(|height| u32::try_from(height).ok()).unwrap_or(screen.height);
            self.look_at(Screen { height: height.max(screen.height), ..screen }).await;
            for (dark, light) in [(true, "night"), (false, "day")] {
                self.set_dark(dark).await;
                let png = self.client.screenshot().await.expect("a picture");
                let file = Path::new(&folder).join(format!("{name}-{number:02}-{on}-{light}.png"));
                std::fs::write(file, png).expect("a picture can be kept");
            }
        }
        self.look_at(DESK).await;
    }

    /// Gives the browser itself a command.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver("goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    async fn driver(&self, command: &str, body: Value) -> Value {
        let sent = self.http.post(format!("{}/{command}", self.session)).json(&body).send().await;
        let answer: Value = sent.expect("chromedriver answers").json().await.expect("JSON");
        let value = answer["value"].clone();
        assert!(value.get("error").is_none(), "{command}: {value}");
        value
    }
}

/// Whether a page that follows changes has put another element in the place of the one that was found.
fn is_replaced(error: &CmdError) -> bool {
    error.is_stale_element_reference()
}

/// Looks again and again until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    let mut beat = tokio::time::interval(LOOK_EVERY);
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}: it did not come about");
        beat.tick().await;
    }
}

/// A text in an XPath.
fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "{text}");
    format!("\"{text}\"")
}
