//! Signing in and passwords under the city standard (osaka-standard): temporary passwords, locks that the section releases, and
//! privileged rights of the portal (10(8), 11(1)).
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::accounts::{add_owned, handed, hidden, number_of, option, person_without_sign_in, send};
use crate::requests::decide;
use crate::support::portal::{PASSWORD, Page, Portal};
use crate::under_coop_sign_in::{WRONG, fail, mails, own_account, tried};

const REGULATION: &str = "osaka-standard";

fn code_of(page: &Page) -> String {
    page.text().split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_temporary_password_opens_only_the_page_that_replaces_it_by_another() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add_owned(&portal, "SYS-001", "守り（ポータル）", true, portal.cast.general).await;
    person_without_sign_in(&portal).await;
    let clerk = portal.sign_in("田中").await;
    let path = "/requests/new/account.register";
    let form = clerk.get(path).await;
    let grants = format!("grants.{itself}");
    let fields = [
        ("person", crate::accounts::employee_no("木村")),
        ("grants", itself.to_string()),
        (grants.as_str(), option(&form, &grants, "参照")),
        ("reason", "窓口で使うため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    let number = number_of(&send(&clerk, path, &form, &fields).await);
    let owner = portal.sign_in("高橋").await;
    decide(&owner, &number, "approve", "").await;
    let line = format!("/requests/{number}/lines/1");
    let (name, seen) = hidden(owner.get(&line).await.ok(), "seen");
    let mut fields = vec![(name.as_str(), seen.as_str())];
    fields.extend(handed("kimura"));
    let code = code_of(owner.post(&line, &fields).await.ok());
    let row: String = sqlx::query_scalar("select id::text from account where account_name = 'kimura'")
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    let still = "仮パスワードのまま";
    owner.get("/ledgers/accounts").await.ok().says(&format!("有効{still}"));
    owner.get(&format!("/ledgers/accounts/{row}")).await.ok().says(still);

    let user = portal.browser();
    user.get("/activate").await.ok();
    user.post("/activate", &[("login", "kimura"), ("code", &code)]).await;
    for path in ["/", "/requests", "/me/sessions", "/ledgers/accounts", "/requests/new"] {
        assert_eq!(user.get(path).await.location().as_deref(), Some("/me/password"), "{path}");
    }
    owner.get(&format!("/ledgers/accounts/{row}")).await.ok().says(still);
    // the temporary one again, however it is typed
    for again in [code.clone(), code.to_lowercase()] {
        user.get("/me/password").await.ok();
        let page = user.post("/me/password", &[("new", &again), ("again", &again)]).await;
        page.refuses("仮のパスワード（有効化コード）と異なるパスワードにしてください");
    }
    let fresh = [("new", "Zh_kulo7"), ("again", "Zh_kulo7")];
    assert_eq!(user.post("/me/password", &fresh).await.status, StatusCode::SEE_OTHER);
    user.get("/requests").await.ok();
    owner.get("/ledgers/accounts").await.ok().says("kimura").hides(&format!("有効{still}"));
    owner.get(&format!("/ledgers/accounts/{row}")).await.ok().hides(still).says("パスワードの最終変更日 R8.4.1");
    portal.proves(REGULATION, &["10-8-1-b"]);
}

#[tokio::test]
async fn a_lock_is_shown_to_the_head_of_the_section_who_releases_it_with_a_reason() {
    let portal = Portal::open_under(REGULATION).await;
    for _ in 0..4 {
        fail(&portal, "tanaka", 1).await.refuses("ログインIDかパスワードが違うか");
    }
    assert_eq!(portal.events("sign_in.locked").await, 0);
    fail(&portal, "tanaka", 1).await.refuses("ログインIDかパスワードが違うか");
    portal.advance(TimeDelta::days(2));
    tried(&portal, "tanaka", PASSWORD).await.refuses("いまは使えません");
    assert_eq!((portal.events("sign_in.locked").await, portal.events("sign_in.failed").await), (1, 5));

    // the head of the person's section hears of it, sees it among the section's IDs alone, and releases it
    assert_eq!(mails(&portal, "sign_in.locked", "佐藤").await, 1);
    assert_eq!(mails(&portal, "sign_in.locked", "高橋").await, 0);
    let path = "/sign-ins/001001/release";
    let head = portal.sign_in("佐藤").await;
    let list = head.get("/sign-ins").await;
    list.ok().says("tanaka").says("使用停止（失敗回数超過）").says("yamamoto").hides("suzuki").hides("ito");
    head.get("/people/001001").await.ok().says("使用停止（失敗回数超過）");
    let other = portal.sign_in("高橋").await;
    other.get("/sign-ins").await.ok().hides("tanaka");
    assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.sign_in("山本").await.get("/sign-ins").await.status, StatusCode::FORBIDDEN);
    let form = |reason: &'static str| {
        [
            ("method", "対面"),
            ("contact", "課の窓口"),
            ("result", "matched"),
            ("checked_on", "2026-04-03"),
            ("checked_time", "9:05"),
            ("reason", reason),
            ("own_password", PASSWORD),
        ]
    };
    head.get(path).await.ok();
    head.post(path, &form("")).await.refuses("解除の理由を入力してください");
    assert!(other.post(path, &form("他課の者")).await.status.is_client_error());
    assert_eq!(portal.events("sign_in.released").await, 0);
    head.submit(path, &form("席で本人の打ち間違いを確かめたため")).await.ok().says("解除しました");
    portal.sign_in("田中").await.get("/requests").await.ok();
    let log = portal.sign_in("吉田").await.get("/audit?what=person").await;
    log.ok().says("使用停止（失敗回数超過）").says("席で本人の打ち間違いを確かめたため").says("佐藤 直樹");

    // one source that tries many IDs is limited, whatever IDs they are
    let mut guesser = portal.browser();
    guesser.source = std::net::IpAddr::from([10, 9, 9, 9]);
    guesser.get("/sign-in").await.ok();
    let mut last = StatusCode::OK;
    for at in 0..70 {
        let login = format!("guess{at}");
        last = guesser.post("/sign-in", &[("login", &login), ("password", WRONG)]).await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    portal.sign_in("田中").await.get("/requests").await.ok();
    portal.proves(REGULATION, &["11-1-2-2"]);
}

#[tokio::test]
async fn a_privileged_right_of_the_portal_is_confirmed_by_another_and_its_secret_is_kept_in_the_register() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add_owned(&portal, "SYS-001", "守り（ポータル）", true, portal.cast.general).await;
    let system = add_owned(&portal, "SYS-002", "住民情報システム", false, portal.cast.general).await;
    // a post by itself administers nothing
    let advisor = portal.sign_in("伊藤").await;
    assert_eq!(advisor.get("/jobs").await.status, StatusCode::FORBIDDEN);
    let file = async |on: mamori::kernel::ids::SystemId| {
        let clerk = portal.sign_in("鈴木").await;
        let path = "/requests/new/privileged.grant";
        let form = clerk.get(path).await;
        let grants = format!("grants.{on}");
        let fields = [
            ("person", portal.cast.get("鈴木").id.to_string()),
            ("grants", on.to_string()),
            (grants.as_str(), option(form.ok(), &grants, "管理者")),
            ("reason", "一括の訂正のため".to_owned()),
            ("from", "2026-04-01T09:00".to_owned()),
            ("until", "2026-04-08T18:00".to_owned()),
        ];
        number_of(&send(&clerk, path, &form, &fields).await)
    };
    let answer = async |name: &str, number: &str, verdict: &str| {
        let browser = portal.sign_in(name).await;
        let page = browser.get(&format!("/requests/{number}")).await;
        let seen = page.ok().attribute("name=\"_seen\" value=\"").unwrap_or_else(|| "0".repeat(64));
        let fields = [("_seen", seen.as_str()), ("verdict", verdict), ("words", "支障ありません")];
        browser.post(&format!("/requests/{number}/decision"), &fields).await
    };
    let passes = async |name: &str, number: &str, verdict: &str| {
        let answered = answer(name, number, verdict).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{name} {verdict}: {}", answered.words());
    };
    let issue = async |number: &str, id: &'static str| {
        let owner = portal.sign_in("高橋").await;
        let line = format!("/requests/{number}/lines/1");
        let form = owner.get(&line).await;
        let seen = form.attribute("name=\"_seen\" value=\"").unwrap_or_else(|| "0".repeat(64));
        let mut fields = vec![("_seen", seen.as_str()), ("kept_at", "課の金庫の封筒")];
        fields.extend(handed(id));
        owner.post(&line, &fields).await
    };
    let number = file(itself).await;
    passes("伊藤", &number, "opinion").await;
    passes("高橋", &number, "approve").await;
    issue(&number, "adm-suzuki").await.refuses("別の特権者の確認がありません");
    // neither the person concerned nor whoever issues it confirms
    for (name, words) in [("鈴木", "この操作に必要な権限がありません"), ("高橋", "この段階はIT管理者が担当します")]
    {
        answer(name, &number, "approve").await.refuses(words);
    }
    assert_eq!(portal.acted("privileged.ledger").await, 0);
    passes("渡辺", &number, "approve").await;
    issue(&number, "adm-suzuki").await.ok().says("有効化コード");
    let log = portal.sign_in("吉田").await.get(&format!("/audit?number={number}")).await;
    log.ok().says("渡辺 結衣").says("高橋 遼");
    // the section's own system has no such step
    let plain = file(system).await;
    passes("伊藤", &plain, "opinion").await;
    passes("高橋", &plain, "approve").await;
    let done = issue(&plain, "root").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    // the register: where it lies sealed, who may use it, the last change, and what it was used for
    let list = portal.sign_in("高橋").await.get("/ledgers/privileged?q=root").await;
    let at = list.ok().attribute("class=\"main-link\" href=\"").unwrap();
    let keeper = portal.sign_in("伊藤").await;
    let form = keeper.get(&format!("{at}/safekeeping")).await;
    let (name, version) = hidden(form.ok(), "version");
    let kept = [(name.as_str(), version.as_str()), ("safe_place", "課の金庫の封筒"), ("may_use", "001004\r\n001005")];
    let saved = keeper.post(&format!("{at}/safekeeping"), &kept).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.words());
    keeper.get(&format!("{at}/secret")).await.ok();
    keeper.post(&format!("{at}/secret"), &[("changed_on", "2026-03-30")]).await;
    let form = keeper.get("/ledgers/privileged-uses/new").await;
    let account = option(form.ok(), "account", "住民情報システム root");
    let used = [
        ("account", account.as_str()),
        ("on", "2026-04-01"),
        ("from", "8:00"),
        ("until", "08:30"),
        ("work", "障害の切分けのための再起動"),
        ("result", "復旧した"),
    ];
    let recorded = keeper.post("/ledgers/privileged-uses", &used).await;
    assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.words());
    let row = keeper.get(&at).await;
    row.ok().says("課の金庫の封筒").says("高橋 遼（001005）").says("R8.3.30").says("障害の切分けのための再起動");

    // one of them leaves: a task, and red until the date of the change is there
    portal.advance(TimeDelta::days(1));
    portal.loses_sign_in("高橋").await;
    assert_eq!(mails(&portal, "privileged.secret_due", "伊藤").await, 1);
    let keeper = portal.sign_in("伊藤").await;
    let task = "パスワード等を変更する：住民情報システム root";
    let red = async || keeper.get("/ledgers/privileged?q=root").await.ok().text().contains("class=\"row-bad\"");
    keeper.get("/").await.ok().says(task).says("関係者の離任 4月2日");
    keeper.get(&at).await.ok().says("変更が必要").says("関係者の離任");
    keeper.get("/ledgers/privileged?view=secret-due").await.ok().says("root");
    assert!(red().await);
    keeper.post(&format!("{at}/secret"), &[("changed_on", "2026-04-01")]).await;
    keeper.get(&at).await.ok().says("変更が必要");
    keeper.get("/").await.ok().says(task);
    assert!(red().await, "changed before they left");
    keeper.post(&format!("{at}/secret"), &[("changed_on", "2026-04-02")]).await;
    keeper.get(&at).await.ok().says("保管中").says("4月2日(木) 09:00");
    keeper.get("/").await.ok().hides(task);
    assert!(!red().await);
    // the administration of the portal is open to an account of that kind alone
    let administrator = own_account(&portal, itself, "渡辺").await;
    portal.sign_in_as(&administrator).await.get("/jobs").await.ok();
    portal.proves(REGULATION, &["11-1-2-4-c"]);
}
