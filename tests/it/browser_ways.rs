//! The ways in which people use a page: with the brightness that they chose, with letters of twice the size, with the keyboard.
use crate::support::browser::{Browser, Colours};
use crate::support::ground::Ground;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visit::Visit;

/// Pages of every kind: home, list with filters, row, form, inbox, chart, table of many columns, settings of one's own.
const PAGES: [&str; 9] = [
    "/",
    "/people",
    "/people/001001",
    "/people/new",
    "/requests/new/account.register",
    "/requests/all",
    "/functions/chart",
    "/permissions",
    "/me/sessions",
];

/// A page that was asked for in this brightness, and is light.
fn light(chosen: &str) -> (String, bool) {
    (chosen.to_owned(), false)
}

/// The same, and is dark.
fn dark(chosen: &str) -> (String, bool) {
    (chosen.to_owned(), true)
}

async fn open() -> Visit {
    let portal = Portal::open().await;
    Ground::lay(&portal).await;
    Visit::to(portal).await
}

#[tokio::test]
async fn browser_keeps_the_brightness_that_somebody_chose() {
    let office = open().await;
    let keeper = office.enter("中村").await;
    assert_eq!(keeper.brightness().await, light("system"));
    keeper.set_colours(Colours::Dark).await;
    assert_eq!(keeper.brightness().await, dark("system"), "who chose nothing has what the device has");
    keeper.click("明るさを選ぶ").await;
    keeper.follow("明るくする").await;
    assert_eq!(keeper.brightness().await, light("light"));
    // from page to page, where the way back led, and for the next who signs in at this browser
    keeper.goto("/people").await;
    assert_eq!(keeper.brightness().await, light("light"));
    keeper.set_colours(Colours::Light).await;
    keeper.click("明るさを選ぶ").await;
    keeper.follow("暗くする").await;
    keeper.wait_for_path("/people").await;
    assert_eq!(keeper.brightness().await, dark("dark"));
    keeper.reload().await;
    assert_eq!(keeper.brightness().await, dark("dark"));
    keeper.assert_no_barriers("dark by choice").await;
    assert_eq!(keeper.faults_on_paper().await, [""; 0]);
    keeper.follow("ログアウトする").await;
    assert_eq!(keeper.brightness().await, dark("dark"));
    keeper.sign_in("ito", PASSWORD).await;
    assert_eq!(keeper.brightness().await, dark("dark"));
    keeper.click("明るさを選ぶ").await;
    keeper.follow("端末の設定に合わせる").await;
    assert_eq!(keeper.brightness().await, light("system"));
}

#[tokio::test]
async fn browser_with_letters_of_twice_the_size_is_never_pushed_sideways() {
    let office = open().await;
    let keeper = office.signed_in(Browser::open_with_large_letters(&office.address).await, "中村").await;
    let mut wrong = Vec::new();
    for address in PAGES {
        keeper.goto(address).await;
        wrong.extend(keeper.sticking_out().await.into_iter().map(|what| format!("{address} {what}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn browser_shows_the_focus_wherever_the_keyboard_leads() {
    let office = open().await;
    let keeper = office.enter("中村").await;
    keeper.goto("/people").await;
    // the way past the menu is the first that is offered, and leads into the page
    keeper.press(Browser::TAB).await;
    assert!(keeper.has_focus_in("a.skip").await);
    keeper.press(Browser::ENTER).await;
    assert!(keeper.has_focus_in("main").await);
    keeper.press(Browser::TAB).await;
    assert!(keeper.has_focus_in("main a, main button, main input").await, "it does not lead past the menu");
    for address in ["/people/001001", "/requests/new/account.register", "/requests/all"] {
        keeper.goto(address).await;
        let stops = keeper.tab_through().await;
        assert!(stops > 10, "{address}: Tab stops at {stops} places only");
    }
}
