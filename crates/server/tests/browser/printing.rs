//! The day on paper, which a reception prints in case the network fails.

use crate::agenda::{self, Day, visit};
use crate::browser::{A4, Browser, DESK};
use crate::stage::{Stage, play};

/// What stands on paper: its words, what on it could only be pressed, and how much wider than the paper it is.
const ON_PAPER: &str = "
const shown = [...document.querySelectorAll('nav, button, form, input, select, summary, .button, .pills')].filter((element) => element.checkVisibility());
const root = document.documentElement;
return [document.body.innerText, shown.map((element) => element.outerHTML.slice(0, 100)), root.scrollWidth - root.clientWidth]";

/// Looks at the page as it is printed, and returns its words.
async fn on_paper(browser: &Browser, name: &str) -> String {
    browser.look_at(A4).await;
    browser.set_paper(true).await;
    let paper = browser.run(ON_PAPER).await;
    assert_eq!(paper[1].as_array().map(Vec::len), Some(0), "nothing on paper can be pressed: {}", paper[1]);
    assert_eq!(paper[2], 0, "it fits the paper");
    let words = paper[0].as_str().expect("words").to_owned();
    let sheets = browser.print(name).await;
    assert_eq!(sheets, 1, "one sheet suffices: {words}");
    browser.set_paper(false).await;
    browser.look_at(DESK).await;
    words
}

async fn a_day_with_two_visits(stage: &Stage, browser: &Browser) -> Day {
    let day = Day::open(stage).await;
    day.book(stage, "Goulven", 0).await;
    let enora = day.book(stage, "Enora", 75).await;
    agenda::sign_in(browser).await;
    browser.go(&day.address(stage)).await;
    browser.first(&visit(&enora)).await;
    day
}

#[tokio::test]
async fn the_reception_prints_the_day() {
    play(async |stage, browser| {
        let day = a_day_with_two_visits(stage, browser).await;
        assert_eq!(browser.count("[data-print-day]:not([hidden])").await, 1, "a button prints");
        let words = on_paper(browser, "agenda-paper").await;
        let visit_type = &stage.doctor.visit_types[0].name;
        let (first, last) = ("09:00", "10:15");
        for part in
            ["Sunday", &stage.doctor_name(), first, "Goulven Tanguy", last, "Enora Tanguy", visit_type]
        {
            assert!(words.contains(part), "{part} is missing: {words}");
        }
        assert!(words.find("Goulven") < words.find("Enora"), "in the order of the day: {words}");
        // The grid of the screen is not printed a second time, and no hour without a visit.
        assert_eq!(words.matches("Goulven Tanguy").count(), 1, "{words}");
        assert!(!words.contains("11:00"), "{words}");

        // What another desk books is on the next print.
        let late = day.book(stage, "Malo", 120).await;
        browser.first(&visit(&late)).await;
        assert!(on_paper(browser, "agenda-paper-later").await.contains("Malo Tanguy"));
    })
    .await;
}

#[tokio::test]
async fn the_list_of_the_day_is_printed_too() {
    play(async |stage, browser| {
        let day = a_day_with_two_visits(stage, browser).await;
        browser.go(&format!("/practice/day?practitioner={}&date={}", stage.doctor.id, day.date)).await;
        let words = on_paper(browser, "day-paper").await;
        for part in ["09:00", "Goulven Tanguy", "10:15", "Enora Tanguy"] {
            assert!(words.contains(part), "{part} is missing: {words}");
        }
    })
    .await;
}
