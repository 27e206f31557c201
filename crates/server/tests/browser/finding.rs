//! Somebody narrows a search, and finds nothing but what comes close.

use crate::browser::{Browser, DESK, PHONE, SMALL_PHONE, Scripts, until};
use crate::rules;
use crate::stage::{play, play_with};

/// Chooses a value in a field of the filters.
async fn choose(browser: &Browser, id: &str, value: &str) {
    browser.first(&format!("#{id}")).await.select_by_value(value).await.expect("it can be chosen");
}

/// Applies the filters, where no script has done so already.
async fn apply(browser: &Browser) {
    if browser.scripts == Scripts::Off {
        browser.press("Apply").await;
    }
}

async fn narrow(browser: &Browser) {
    browser.go("/search?place=Rennes").await;
    assert!(browser.count(".result").await > 0);
    assert!(browser.count(".pills a").await > 1, "the specialties of the matches are proposed");
    browser.press_first(".filters summary").await;
    browser.picture("filters").await;
    choose(browser, "hours", "morning").await;
    choose(browser, "distance", "50").await;
    browser.press_first("#new").await;
    browser.press_first("#day-mon").await;
    browser.press_first("#day-thu").await;
    apply(browser).await;
    browser.see("Filters (4 set)").await;
    assert_eq!(browser.count("#day-mon:checked, #day-thu:checked, #new:checked").await, 3);
    assert!(browser.count(".result .slot").await > 0);
    browser.picture("filtered").await;
    browser.press("Without filters").await;
    browser.find("//summary[normalize-space(.)='Filters']").await;
}

#[tokio::test]
async fn a_search_goes_on_to_the_next_page_and_back() {
    play(async |_, browser| {
        browser.go("/search?place=Rennes&distance=300").await;
        browser.see("near Rennes (35000)").await;
        let first = browser.text_of(".result h2 a").await;
        browser.press("More results").await;
        browser.see("Back to the first results").await;
        assert_ne!(browser.text_of(".result h2 a").await, first);
        rules::judge(browser).await;
        browser.press("Back to the first results").await;
        assert_eq!(browser.text_of(".result h2 a").await, first);
    })
    .await;
}

#[tokio::test]
async fn language_and_fees_are_chosen_with_their_counts_and_a_far_day_leads_back() {
    play(async |_, browser| {
        browser.go("/search?place=Rennes&distance=100").await;
        browser.press_first(".filters summary").await;
        choose(browser, "language", "br").await;
        apply(browser).await;
        browser.see("Filters (2 set)").await;
        assert!(browser.count(".result").await > 0, "somebody speaks Breton");
        browser.go("/search?place=Rennes&distance=100").await;
        browser.press_first(".filters summary").await;
        choose(browser, "sector", "sector-1").await;
        apply(browser).await;
        browser.see("Filters (2 set)").await;
        assert!(browser.count(".result").await > 0);
        browser.go("/search?place=Rennes&date=2099-01-04").await;
        browser.see("This day lies far ahead").await;
        browser.picture("far-day").await;
        browser.press("The same search from today").await;
        assert!(browser.count(".result .slot").await > 0);
    })
    .await;
}

#[tokio::test]
async fn towns_of_one_name_are_told_apart() {
    play(async |_, browser| {
        browser.go("/search?place=Saint-Denis").await;
        browser.see("Another town of that name?").await;
        browser.picture("towns").await;
        browser.press("Saint-Denis (93200)").await;
        browser.see("near Saint-Denis (93200)").await;
        rules::judge(browser).await;
        browser.go("/search?place=Renes").await;
        browser.see("Did you mean another town?").await;
        browser.press("Rennes (35000)").await;
        assert!(browser.count(".result").await > 0);
    })
    .await;
}

#[tokio::test]
async fn filters_are_plain_fields_of_the_form() {
    play(async |_, browser| narrow(browser).await).await;
}

#[tokio::test]
async fn filters_need_no_script() {
    play_with(Scripts::Off, async |_, browser| narrow(browser).await).await;
}

#[tokio::test]
async fn nothing_free_leads_to_what_comes_close() {
    play(async |_, browser| {
        browser.go("/search?q=dermatologue&place=Ouessant&distance=5").await;
        browser.see("No free time fits this search. This comes close:").await;
        browser.see("Farther away").await;
        assert!(browser.count(".result .slot").await > 0);
        browser.picture("close-by").await;
        browser.go("/search?q=dermatologue&place=Ouessant&distance=5&lang=fr").await;
        browser.see("Plus loin").await;
        browser.look_at(PHONE).await;
        rules::judge(browser).await;
        browser.look_at(DESK).await;
        browser.press_first(".result .slot").await;
        browser.see("Vous avez choisi").await;
    })
    .await;
}

/// What is wrong with the sketch of where the results are, as sentences.
const SKETCH: &str = "
const wrong = [];
const svg = document.querySelector('.map svg');
const frame = svg.getBoundingClientRect();
if (frame.left < 0 || frame.right > document.documentElement.clientWidth || frame.height > innerHeight) wrong.push('the sketch is larger than the screen');
for (const text of svg.querySelectorAll('text')) {
  const box = text.getBoundingClientRect();
  if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) wrong.push(`cut off: ${text.textContent}`);
  if (box.height < 11) wrong.push(`too small to read: ${text.textContent}`);
}
const cards = [...document.querySelectorAll('.result .pin-number')].map((number) => number.textContent);
const reaches = [];
for (const pin of svg.querySelectorAll('a')) {
  const label = pin.getAttribute('aria-label');
  if (!/^[0-9, …]+: \\p{L}/u.test(label)) wrong.push(`a pin says nobody: ${label}`);
  for (const number of pin.querySelector('text').textContent.match(/[0-9]+/g)) if (!cards.includes(number)) wrong.push(`no card ${number}`);
  if (!document.querySelector(pin.getAttribute('href'))) wrong.push(`a pin leads nowhere: ${label}`);
  const box = pin.querySelector('circle').getBoundingClientRect();
  if (box.width < 24) wrong.push(`too small to press: ${label}`);
  if (reaches.some((other) => Math.hypot(other.x - box.x, other.y - box.y) < box.width - 1)) wrong.push(`two pins on each other: ${label}`);
  reaches.push(box);
}
const ring = svg.querySelector('.here circle')?.getBoundingClientRect();
for (const name of svg.querySelectorAll('.town text')) {
  const box = name.getBoundingClientRect();
  if (ring && box.bottom - 3 > ring.top && box.top < ring.bottom && box.left < ring.right && box.right > ring.left) wrong.push(`the ring lies on ${name.textContent}`);
}
return wrong;";

#[tokio::test]
async fn on_a_phone_the_sketch_shows_where_the_results_are() {
    play(async |_, browser| {
        for screen in [PHONE, SMALL_PHONE, DESK] {
            browser.look_at(screen).await;
            for distance in ["5", "100"] {
                browser.go(&format!("/search?place=Rennes&distance={distance}")).await;
                assert!(browser.count(".map svg a").await > 0);
                assert_eq!(browser.run(SKETCH).await, serde_json::json!([]), "within {distance} km");
            }
        }
        browser.picture("sketch").await;
        browser.look_at(PHONE).await;
        // What it is and is not stands under it; the list says everything without it.
        browser.see("roads are not drawn").await;
        browser.see("The ring is where you searched").await;
        browser.press("Where they are").await;
        let on_screen = "const box = document.querySelector('.map svg').getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0";
        until("the sketch is on the screen", async || browser.run(on_screen).await == true).await;
        browser.press_first(".map svg a").await;
        let at_card = "const card = document.querySelector(':target')?.closest('.result')?.getBoundingClientRect();
            return Boolean(card) && card.top < innerHeight && card.bottom > 0";
        until("a pin leads to its card", async || browser.run(at_card).await == true).await;
    })
    .await;
}
