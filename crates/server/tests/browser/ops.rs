//! The operator's page.

use crate::browser::{DESK, PHONE, SMALL_PHONE, Scripts};
use crate::stage::{play, play_with};

#[tokio::test]
async fn the_operator_pauses_a_kind_of_jobs_and_lets_it_go_on() {
    play(async |stage, browser| {
        browser.go("/sign-in").await;
        browser.press("Who runs this installation").await;
        browser.see("Whose day?").await;
        browser.go("/ops").await;
        browser.see("All well").await;
        let version = env!("CARGO_PKG_VERSION");
        browser.see(version).await;
        browser.picture("ops").await;
        let job = "//li[contains(., 'mail.confirmation')]";
        browser.find(&format!("{job}//a[contains(., 'Pause')]")).await.click().await.expect("pressed");
        browser.see("Pause mail.confirmation?").await;
        browser.picture("ops-confirm").await;
        browser.press_first("main button").await;
        browser.see("Paused.").await;

        let patient = stage.world.patient_with_mail("ana@example.org").await;
        stage.squeeze_in(patient, 5).await;
        browser.go("/ops").await;
        browser.find(&format!("{job}[contains(., 'Paused for')]//*[contains(@class, 'tag')][contains(., 'due')]/strong[.='1']")).await;
        browser.find(&format!("{job}//a[contains(., 'Go on')]")).await.click().await.expect("pressed");
        browser.press_first("main button").await;
        browser.see("They go on.").await;
        // The page reads itself again until the worker has done it.
        browser.find(&format!("{job}[contains(., 'Nothing waits.')]")).await;
        for screen in [PHONE, SMALL_PHONE] {
            browser.look_at(screen).await;
            browser.go("/ops").await;
        }
        browser.look_at(DESK).await;
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_operator_refreshes_by_a_link() {
    play_with(Scripts::Off, async |_, browser| {
        browser.go("/sign-in").await;
        browser.press("Who runs this installation").await;
        browser.see("Whose day?").await;
        browser.press("Operations").await;
        browser.see("All well").await;
        browser.press("Refresh").await;
        browser.see("Slowest routes").await;
    })
    .await;
}
