//! A booking without a mouse.

use fantoccini::key::Key;

use crate::browser::Browser;
use crate::stage::{PASSWORD, play};

/// Nobody tabs further than that.
const TABS_AT_MOST: usize = 80;

/// Tabs until the element with the focus matches a CSS selector; every step on the way must show where it is.
async fn tab_to(browser: &Browser, selector: &str) {
    let script = format!(
        "const at = document.activeElement; const style = getComputedStyle(at); \
         return [at.matches({selector:?}), at === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none', \
         at.outerHTML.slice(0, 200)]"
    );
    for _ in 0..TABS_AT_MOST {
        browser.keys(&char::from(Key::Tab).to_string()).await;
        let at = browser.run(&script).await;
        assert_eq!(at[1], true, "the focus cannot be seen on {}", at[2]);
        if at[0] == true {
            return;
        }
    }
    panic!("{selector} is not reached within {TABS_AT_MOST} steps");
}

async fn enter(browser: &Browser) {
    browser.keys(&char::from(Key::Enter).to_string()).await;
}

#[tokio::test]
async fn a_visit_is_booked_with_the_keyboard_alone() {
    play(async |stage, browser| {
        stage.somebody("nolwenn@example.org").await;
        browser.go("/").await;
        tab_to(browser, ".skip").await;
        enter(browser).await;
        tab_to(browser, "#q").await;
        browser.keys(&stage.doctor_name()).await;
        tab_to(browser, "#place").await;
        browser.keys("Rennes").await;
        enter(browser).await;
        browser.first(".result .slot").await;
        tab_to(browser, ".slot").await;
        enter(browser).await;
        browser.see("You chose").await;
        tab_to(browser, "#email").await;
        browser.keys("nolwenn@example.org").await;
        tab_to(browser, "#password").await;
        browser.keys(PASSWORD).await;
        enter(browser).await;
        browser.see("This time is kept for you until").await;
        tab_to(browser, "#reason").await;
        browser.keys("A cough").await;
        tab_to(browser, "button[data-needs-hold]").await;
        enter(browser).await;
        browser.see("Your visit is booked").await;
        browser.see("A cough").await;
    })
    .await;
}
