//! Administrator rights: their own ledger, granting, using by instruction, changing secrets, and their end (coop 21-2, 21-3,
//! 24; osaka 11(1)②エ; system-management 4.2.3(6)).
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::movements::model::Kind as Change;
use mamori::features::privileged::ending::ends_of_today;
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::jobs::Runner;
use mamori::kernel::work::Work;

use crate::accounts::{add, add_owned, handed, hidden, number_of, option, send};
use crate::requests::stand_in;
use crate::support::ground::{grant_right, open_account};
use crate::support::portal::{Browser, Page, Portal};

const CLAUSE_OF_SM: (&str, &str) = ("system-management", "4.2.3-6-b");
const COOP: &str = "coop-operations";

/// Follows a form that was taken, to the page it leads to.
async fn taken(browser: &Browser<'_>, answer: &Page) -> (String, Page) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    let to = answer.location().unwrap();
    let page = browser.get(&to).await;
    page.ok();
    (to, page)
}

fn row<'a>(system: &'a str, account: &'a str, until: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("system", system),
        ("account", account),
        ("scope", "OSの管理"),
        ("holder", "001006"),
        ("purpose", "サーバの保守のため"),
        ("until", until),
        ("safe_place", "金庫の2段目"),
        ("may_use", "001006"),
        ("changed_on", ""),
    ]
}

#[tokio::test]
async fn where_no_request_brings_it_the_administrator_keeps_the_register_by_hand() {
    let portal = Portal::open().await;
    let system = add(&portal, "SYS-002", "販売管理システム", false).await.to_string();
    let administrator = portal.sign_in("伊藤").await;
    administrator.get("/ledgers/privileged/new").await.ok().hides("パスワードを入力");

    let path = "/ledgers/privileged";
    // nobody gives rights to themselves: another administrator enters them
    administrator.post(path, &row(&system, "root", "2026-09-30")).await.refuses("自分の管理者権限は登録できません");
    let another = portal.sign_in("渡辺").await;
    another.get("/ledgers/privileged/new").await.ok();
    let post = async |fields: &[(&str, &str)]| another.post(path, fields).await;
    post(&row(&system, "ito", "2026-09-30"))
        .await
        .refuses("通常業務用と異なるアカウントを指定してください")
        .says("サーバの保守のため");
    post(&row(&system, "=root", "2026-09-30")).await.refuses("空白のない64字以内");
    post(&row(&system, "root", "2026-03-31"))
        .await
        .refuses("終了日は、今日（令和8年4月1日(水)）か、今日より後の日にしてください");
    post(&row(&system, "root", "2028-12-01")).await.refuses("期間は1年以内にしてください");
    let mut nobody = row(&system, "root", "2026-09-30");
    nobody.iter_mut().filter(|(name, _)| *name == "may_use").for_each(|(_, value)| *value = "999999");
    post(&nobody).await.refuses("職員番号「999999」の人は見つかりません");

    let mut oneself = row(&system, "root", "2026-09-30");
    oneself.iter_mut().filter(|(name, _)| *name == "may_use").for_each(|(_, value)| *value = "001006\r\n001007");
    post(&oneself).await.refuses("自分を「利用できる者」に加えることはできません");
    let (at, _) = taken(&administrator, &post(&row(&system, "root", "2026-09-30")).await).await;
    // nor afterwards; another administrator adds whoever else may use it
    let safe = format!("{at}/safekeeping");
    let keep = async |by: &Browser<'_>| {
        let form = by.get(&safe).await;
        let (name, version) = hidden(form.ok(), "version");
        by.post(&safe, &[(&name, &version), ("safe_place", "金庫の2段目"), ("may_use", "001006\r\n001007")]).await
    };
    keep(&another).await.refuses("自分を「利用できる者」に加えることはできません");
    let (_, page) = taken(&administrator, &keep(&administrator).await).await;
    page.says("root").says("伊藤 翔").says("OSの管理").says("金庫の2段目").says("渡辺 結衣（001007）").says("有効");
    post(&row(&system, "ROOT", "2026-09-30")).await.refuses("台帳ですでに使われています");
    // two are wanted for each server (4.2.2(4)), and one is there
    administrator.get("/ledgers/privileged/systems").await.ok().says("販売管理システム11 不足（2人以上）0");

    // the date of a change and nothing of the value
    let form = administrator.get(&format!("{at}/secret")).await;
    form.ok().says("日付だけを入力します。値は入力しません。");
    let secret = format!("{at}/secret");
    administrator
        .post(&secret, &[("changed_on", "2026-04-02")])
        .await
        .refuses("パスワード等を変更した日は、今日（令和8年4月1日(水)）か、今日より前の日にしてください");
    taken(&administrator, &administrator.post(&secret, &[("changed_on", "2026-03-30")]).await).await.1.says("R8.3.30");

    // somebody who may use it leaves: red until it was changed
    portal.advance(TimeDelta::days(1));
    portal.loses_sign_in("渡辺").await;
    let administrator = portal.sign_in("伊藤").await;
    let row = administrator.get(&at).await;
    row.ok().says("変更が必要").says("関係者の離任");
    administrator.get("/ledgers/privileged?view=secret-due").await.ok().says("root");
    administrator.post(&secret, &[("changed_on", "2026-04-01")]).await;
    administrator.get(&at).await.ok().says("変更が必要");
    taken(&administrator, &administrator.post(&secret, &[("changed_on", "2026-04-02")]).await).await.1.says("保管中");

    // work outside routine, with its reason
    let form = administrator.get("/ledgers/privileged-uses/new").await;
    let account = option(form.ok(), "account", "販売管理システム root");
    let mut used = vec![
        ("account", account.as_str()),
        ("on", "2026-04-02"),
        ("from", "8:00"),
        ("until", "08:30"),
        ("work", ""),
        ("result", "復旧した"),
    ];
    administrator.post("/ledgers/privileged-uses", &used).await.refuses("作業の内容と理由");
    used[4].1 = "障害の切分けのため、定常の作業でない再起動をした";
    taken(&administrator, &administrator.post("/ledgers/privileged-uses", &used).await).await.1.says("障害の切分け");
    administrator.get(&at).await.ok().says("障害の切分け");
    assert_eq!(portal.acted("privileged.record").await, 1);

    // with a second person the warning is gone
    let mut second = self::row(&system, "root2", "2026-09-30");
    second.iter_mut().filter(|(name, _)| ["holder", "may_use"].contains(name)).for_each(|(_, value)| *value = "001008");
    taken(&administrator, &administrator.post(path, &second).await).await;
    administrator.get("/ledgers/privileged/systems").await.ok().says("販売管理システム22").hides("不足");

    // nobody else writes, a clerk sees nothing of it, and nothing is removed
    let office = portal.sign_in("中村").await;
    office.get(&at).await.ok().says("金庫の2段目");
    assert_eq!(office.get("/ledgers/privileged/new").await.status, StatusCode::FORBIDDEN);
    let clerk = portal.sign_in("田中").await;
    assert_eq!(clerk.get(&at).await.status, StatusCode::NOT_FOUND);
    let mut superuser = portal.superuser().await;
    assert!(sqlx::query("delete from privileged_account").execute(&mut superuser).await.is_err());
    portal.proves(CLAUSE_OF_SM.0, &[CLAUSE_OF_SM.1]);
}

/// A portal under coop-operations with two systems in its register.
struct Coop {
    portal: Portal,
    itself: SystemId,
    system: SystemId,
}

impl Coop {
    async fn open() -> Self {
        let portal = Portal::open_under(COOP).await;
        let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
        let system = add(&portal, "SYS-002", "販売管理システム", false).await;
        Self { portal, itself, system }
    }

    /// Files 管理者権限付与申請 for 斎藤.
    async fn ask(&self, browser: &Browser<'_>, system: SystemId, rights: &[&str], from: &str, until: &str) -> Page {
        let path = "/requests/new/privileged.grant";
        let form = browser.get(path).await;
        form.ok();
        let grants = format!("grants.{system}");
        let mut fields = vec![
            ("person", self.portal.cast.get("斎藤").id.to_string()),
            ("grants", system.to_string()),
            ("reason", "夜間の保守を担当するため".to_owned()),
            ("from", from.to_owned()),
            ("until", until.to_owned()),
        ];
        for right in rights {
            fields.push((grants.as_str(), option(&form, &grants, right)));
        }
        send(browser, path, &form, &fields).await
    }

    async fn answer(&self, name: &str, number: &str, fields: &[(&str, &str)]) -> Page {
        let browser = self.portal.sign_in(name).await;
        let page = browser.get(&format!("/requests/{number}")).await;
        // whoever's turn it is not is shown no such form
        let seen = page.ok().attribute("name=\"_seen\" value=\"").unwrap_or_else(|| "0".repeat(64));
        let mut all = vec![("_seen", seen.as_str())];
        if fields.iter().all(|(name, _)| *name != "words") {
            all.push(("words", ""));
        }
        all.extend_from_slice(fields);
        browser.post(&format!("/requests/{number}/decision"), &all).await
    }

    async fn passes(&self, name: &str, number: &str) {
        let answer = self.answer(name, number, &[("verdict", "approve")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    }
}

/// Works on the line of a request with these entries.
async fn work_on(browser: &Browser<'_>, number: &str, entries: &[(&str, &str)]) -> Page {
    let path = format!("/requests/{number}/lines/1");
    let form = browser.get(&path).await;
    let (name, seen) = hidden(form.ok(), "seen");
    let mut fields = vec![(name.as_str(), seen.as_str())];
    fields.extend_from_slice(entries);
    browser.post(&path, &fields).await
}

#[tokio::test]
async fn administrator_rights_are_granted_after_approval_on_an_account_of_their_own_and_end() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let administrator = portal.sign_in("伊藤").await;
    let (from, until) = ("2026-04-01T10:00", "2026-04-08T18:00");

    // by request alone; with an end; apart from the rights of daily work; not for a day before its approval
    let to = administrator.get("/ledgers/privileged/new").await;
    assert_eq!(to.location().as_deref(), Some("/requests/new/privileged.grant"));
    let ask = async |rights: &[&str], from: &str, until: &str| {
        coop.ask(&administrator, coop.system, rights, from, until).await
    };
    ask(&["管理者"], from, "").await.refuses("終了日時を指定してください");
    ask(&["参照"], from, until).await.refuses("管理者権限は職務用アカウントと分けてください");
    ask(&["管理者"], "2026-03-31T10:00", until).await.refuses("統括管理者の事前承認より前の日付です");
    let number = number_of(&ask(&["管理者"], from, until).await);

    // nobody sets it before the chief has approved, and the chief is the only one who does
    let early = work_on_directly(&administrator, &number).await;
    assert!(early.status.is_client_error(), "{}", early.words());
    portal.advance(TimeDelta::minutes(30));
    coop.passes("小林", &number).await;
    portal.advance(TimeDelta::minutes(30));

    let administrator = portal.sign_in("伊藤").await;
    let given = |issued: &'static str, at: &'static str| {
        let mut entries = handed(issued);
        entries[3].1 = at;
        entries
    };
    let work = async |issued, at| work_on(&administrator, &number, &given(issued, at)).await;
    work("saito", "2026-04-01T10:00").await.refuses("通常業務用と異なるアカウントを指定してください");
    work("adm-saito", "2026-04-01T09:10").await.refuses("統括管理者の事前承認より前の日付です");
    let other = portal.sign_in("渡辺").await;
    let by_other = work_on_directly(&other, &number).await;
    assert!(by_other.status.is_client_error(), "another administrator: {}", by_other.words());
    let done = work("adm-saito", "2026-04-01T10:00").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    // a ledger of its own, with the duties and the business rights beside
    open_account(portal, &mut portal.superuser().await, coop.system, "斎藤").await;
    let list = administrator.get("/ledgers/privileged").await;
    list.ok().says("販売管理システム saito-1（");
    list.ok().says("adm-saito").says("斎藤 大輔").says("情報システム部 主事").says("管理者").says(&number).says("有効");
    administrator.get("/ledgers/accounts").await.ok().hides("adm-saito");
    // and no account of daily work is asked for with a right of administration
    let movement = crate::movements::moved(portal, "山本", Change::Reassignment, "2026-04-01").await;
    let manager = portal.sign_in("佐藤").await;
    let path = "/requests/new/account.register";
    let form = manager.get(path).await;
    let grants = format!("grants.{}", coop.system);
    let fields = [
        ("person", portal.cast.get("山本").id.to_string()),
        ("grants", coop.system.to_string()),
        (grants.as_str(), option(form.ok(), &grants, "管理者")),
        ("movement", movement.clone()),
        ("reason", "担当のため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    send(&manager, path, &form, &fields).await.refuses("管理者権限は職務用アカウントと分けてください");

    // over: it waits for its withdrawal, the administrators are called, and the chief the day after
    portal.advance(TimeDelta::days(7) + TimeDelta::hours(9));
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    let mails = async |kind: &str| {
        let mut db = portal.superuser().await;
        let count: i64 = sqlx::query_scalar("select count(*) from outbox where kind = $1")
            .bind(kind)
            .fetch_one(&mut db)
            .await
            .unwrap();
        count
    };
    assert_eq!((mails("privileged.to_withdraw").await, mails("privileged.overdue").await), (2, 0));
    portal.advance(TimeDelta::days(1));
    ends_of_today(&portal.app).await.unwrap();
    ends_of_today(&portal.app).await.unwrap();
    assert_eq!((mails("privileged.to_withdraw").await, mails("privileged.overdue").await), (2, 1));
    let administrator = portal.sign_in("伊藤").await;
    let list = administrator.get("/ledgers/privileged?view=to-withdraw").await;
    let at = list.ok().says("剥奪待ち").attribute("class=\"main-link\" href=\"").unwrap();
    let form = administrator.get(&format!("{at}/withdrawal")).await;
    let (name, version) = hidden(form.ok(), "version");
    let (_, page) =
        taken(&administrator, &administrator.post(&format!("{at}/withdrawal"), &[(&name, &version)]).await).await;
    page.says("終了").says("権限の剥奪").says("伊藤 翔");
    portal.proves(COOP, &["24-1-1", "24-1-2", "24-1-3"]);
}

/// No clause of theirs asks for it: a procedure of the organisation's own (組織が定めた手続), decided and carried out by two.
#[tokio::test]
async fn where_no_clause_asks_for_it_rights_are_granted_by_a_procedure_of_the_organisations_own() {
    for (regulation, decides, works) in [("katsuura-operations", "伊藤", "斎藤"), ("mutual-aid-policy", "中村", "伊藤")]
    {
        let portal = Portal::open_under(regulation).await;
        let system = add(&portal, "SYS-002", "販売管理システム", false).await;
        let coop = Coop { itself: system, system, portal };
        let portal = &coop.portal;
        let path = "/requests/new/privileged.grant";
        let clerk = portal.sign_in("鈴木").await;
        clerk.get("/requests/new").await.ok().says("組織が定めた手続");
        let form = clerk.get(path).await;
        form.ok();
        let grants = format!("grants.{system}");
        let fields = |until: &str| {
            vec![
                ("person", portal.cast.get("鈴木").id.to_string()),
                ("grants", system.to_string()),
                (grants.as_str(), option(&form, &grants, "管理者")),
                ("reason", "夜間の保守を担当するため".to_owned()),
                ("from", "2026-04-01T09:00".to_owned()),
                ("until", until.to_owned()),
            ]
        };
        send(&clerk, path, &form, &fields("")).await.refuses("終了日時を指定してください");
        send(&clerk, path, &form, &fields("2126-04-08T18:00")).await.refuses("期間は1年以内にしてください");
        let number = number_of(&send(&clerk, path, &form, &fields("2026-04-08T18:00")).await);
        let own = coop.answer("鈴木", &number, &[("verdict", "approve")]).await;
        assert!(own.status.is_client_error(), "{regulation}: {}", own.words());
        coop.passes(decides, &number).await;
        let worker = portal.sign_in(works).await;
        let done = work_on(&worker, &number, &handed("adm-suzuki")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{regulation}: {}", done.words());
        let clerk = portal.sign_in("鈴木").await;
        clerk.get(&format!("/requests/{number}")).await.ok();
        let received = clerk.post(&format!("/requests/{number}/lines/1/receipt"), &[]).await;
        assert_eq!(received.status, StatusCode::SEE_OTHER, "{regulation}: {}", received.words());
        clerk.get(&format!("/requests/{number}")).await.ok().says("完了");
        let administrator = portal.sign_in("伊藤").await;
        administrator.get("/ledgers/privileged").await.ok().says("adm-suzuki").says(&number).says("有効");
    }
}

#[tokio::test]
async fn the_owning_section_decides_on_a_privileged_id_and_sees_how_many_there_are() {
    let portal = Portal::open_under("osaka-standard").await;
    let system = add_owned(&portal, "SYS-002", "販売管理システム", false, portal.cast.sales).await;
    grant_right(&portal, system, "高橋").await;
    let coop = Coop { itself: system, system, portal };
    let portal = &coop.portal;
    let clerk = portal.sign_in("鈴木").await;
    let path = "/requests/new/privileged.grant";
    let file = async |reason: &str, until: &str| {
        let form = clerk.get(path).await;
        form.ok();
        let grants = format!("grants.{system}");
        let fields = [
            ("person", portal.cast.get("鈴木").id.to_string()),
            ("grants", system.to_string()),
            (grants.as_str(), option(&form, &grants, "管理者")),
            ("reason", reason.to_owned()),
            ("from", "2026-04-01T09:00".to_owned()),
            ("until", until.to_owned()),
        ];
        send(&clerk, path, &form, &fields).await
    };
    file("", "2026-04-08T18:00").await.refuses("付与の理由");
    file("一括の訂正", "").await.refuses("終了日時を指定してください");
    let number = number_of(&file("一括の訂正", "2026-04-08T18:00").await);
    // whoever is consulted neither approves nor refuses, and nobody decides before the opinion is there
    for (name, verdict) in [("伊藤", "approve"), ("伊藤", "refuse"), ("佐藤", "approve")] {
        let refused = coop.answer(name, &number, &[("verdict", verdict), ("words", "不要です")]).await;
        assert!(refused.status.is_client_error(), "{name} {verdict}: {}", refused.words());
    }
    let advised = coop.answer("伊藤", &number, &[("verdict", "opinion"), ("words", "支障ありません")]).await;
    assert_eq!(advised.status, StatusCode::SEE_OTHER, "{}", advised.words());

    // the manager of the owning section sees the present number before deciding
    let manager = portal.sign_in("佐藤").await;
    manager.get(&format!("/requests/{number}")).await.ok().says("特権アカウントの数 1→2").says("一括の訂正");
    coop.passes("佐藤", &number).await;
    let mut entries = handed("adm-suzuki").to_vec();
    entries.push(("kept_at", "課の金庫"));
    let done = work_on(&manager, &number, &entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    manager.get("/ledgers/privileged").await.ok().says("adm-suzuki").says("鈴木 美咲").says("4/8(水) 18:00");
    manager.get("/ledgers/privileged/systems").await.ok().says("販売管理システム220");
    // no ordinary account takes its place: the choice is shown with where it is asked for, and cannot be made
    let path = "/requests/new/account.register";
    let form = clerk.get(path).await;
    let right = option(form.ok(), &format!("grants.{system}"), "管理者");
    assert!(form.text().contains(&format!("<option value=\"{right}\" disabled>")), "{}", form.text());
    assert!(form.text().contains("<a href=\"/requests/new/privileged.grant\">特権が要るときの申請</a>"));
    let grants = format!("grants.{system}");
    let fields = [
        ("person", portal.cast.get("鈴木").id.to_string()),
        ("grants", system.to_string()),
        (grants.as_str(), option(form.ok(), &grants, "管理者")),
        ("reason", "担当のため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    send(&clerk, path, &form, &fields).await.refuses("管理者権限は職務用アカウントと分けてください");
    portal.proves("osaka-standard", &["11-1-2-4-b"]);
}

/// Sends work without having been let to its page.
async fn work_on_directly(browser: &Browser<'_>, number: &str) -> Page {
    let page = browser.get(&format!("/requests/{number}")).await;
    let seen = page.attribute("name=\"_seen\" value=\"").unwrap_or_else(|| "0".repeat(64));
    let mut fields = vec![("_seen", seen.as_str())];
    let entries = handed("adm-saito");
    fields.extend_from_slice(&entries);
    browser.post(&format!("/requests/{number}/lines/1"), &fields).await
}

#[tokio::test]
async fn a_right_of_the_portal_is_a_sign_in_of_its_own_and_is_taken_away_at_its_time() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let administrator = portal.sign_in("伊藤").await;
    let asked = coop.ask(&administrator, coop.itself, &["管理者"], "2026-04-01T09:00", "2026-04-01T12:00").await;
    let number = number_of(&asked);
    coop.passes("小林", &number).await;
    let shown = work_on(&administrator, &number, &handed("adm-saito")).await;
    shown.ok().says("有効化コード");

    // it stands in its own ledger, and the person's ordinary sign-in stays what it was
    administrator.get("/ledgers/accounts").await.ok().hides("adm-saito");
    let ordinary = portal.sign_in("斎藤").await;
    assert_eq!(ordinary.get("/jobs").await.status, StatusCode::FORBIDDEN);
    let mut db = portal.superuser().await;
    let of: (String, bool) = sqlx::query_as(
        "select c.login, c.disabled_at is null from auth.credential c join person p on p.id = c.person_id where p.owner_person = $1",
    )
    .bind(portal.cast.get("斎藤").id.0)
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(of, ("adm-saito".to_owned(), true));

    portal.advance(TimeDelta::hours(3) + TimeDelta::minutes(1));
    Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    let stopped: bool =
        sqlx::query_scalar("select disabled_at is not null from auth.credential where login = 'adm-saito'")
            .fetch_one(&mut db)
            .await
            .unwrap();
    assert!(stopped, "the right is gone at its time");
    portal.sign_in("中村").await.get("/ledgers/privileged").await.ok().says("adm-saito").says("終了");
    assert_eq!(portal.acted("privileged.expiry").await, 1);
    portal.proves(COOP, &["24-1-3"]);
}

#[tokio::test]
async fn administrator_rights_are_used_by_instruction_and_each_has_one_record() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let administrator = portal.sign_in("伊藤").await;
    let path = "/requests/new/privileged.use";
    let form = administrator.get(path).await;
    let fields = [
        ("systems", coop.system.to_string()),
        ("work", "退職者のアカウントの停止".to_owned()),
        ("from", "2026-04-01T09:00".to_owned()),
        ("until", "2026-04-01T18:00".to_owned()),
    ];
    let number = number_of(&send(&administrator, path, form.ok(), &fields).await);

    // no record without an instruction
    let record = async |browser: &Browser<'_>, number: &str| {
        browser.get("/ledgers/privileged-uses/new").await.ok();
        browser.post("/ledgers/privileged-uses", &[("number", number)]).await
    };
    for none in ["", "R8-ADM-0999", number.as_str()] {
        record(&administrator, none).await.refuses("事務管理者の指示がありません");
    }
    let used = [("used_from", "2026-04-01T09:00"), ("used_until", "2026-04-01T09:20"), ("result", "停止した")];
    let page = administrator.get(&format!("/requests/{number}")).await;
    let seen = page.ok().attribute("name=\"_seen\" value=\"").unwrap_or_else(|| "0".repeat(64));
    let mut early = vec![("_seen", seen.as_str())];
    early.extend_from_slice(&used);
    administrator.post(&format!("/requests/{number}/lines/1"), &early).await.refuses("事務管理者の指示がありません");

    // of those who work under the instruction nobody gives it, not even as whoever stands in for its giver
    stand_in(portal, "中村", "渡辺").await;
    let other = portal.sign_in("渡辺").await;
    other.get("/requests/inbox").await.ok().hides(&number);
    let fields = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
    let refused = other.post(&format!("/requests/{number}/decision"), &fields).await;
    assert!(refused.status.is_client_error(), "{}", refused.words());
    refused.says("あなたは情報システム管理者でもあるため、この段階を代わりに判断できません");

    // the answer is called what it is, and whoever does the work is named
    let office = portal.sign_in("中村").await;
    let page = office.get(&format!("/requests/{number}")).await;
    let seen = page.ok().attribute("name=\"_seen\" value=\"").unwrap();
    let fields = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
    let instructed = office.submit(&format!("/requests/{number}/decision"), &fields).await;
    instructed.ok().says(&format!("{number} を指示しました"));
    office.get(&format!("/requests/{number}")).await.ok().says("いま：伊藤 翔の実施待ち");
    portal.advance(TimeDelta::minutes(30));
    let administrator = portal.sign_in("伊藤").await;
    let to = record(&administrator, &number).await;
    assert_eq!(to.location(), Some(format!("/requests/{number}")));
    let mut late = used;
    late[0].1 = "2026-04-01T08:00";
    assert!(work_on(&administrator, &number, &late).await.status.is_client_error());
    let done = work_on(&administrator, &number, &used).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    let list = administrator.get("/ledgers/privileged-uses").await;
    list.ok()
        .says(&number)
        .says("退職者のアカウントの停止")
        .says("伊藤 翔")
        .says("販売管理システム")
        .says("使用の指示");
    let again = work_on_directly(&administrator, &number).await;
    assert!(again.status.is_client_error(), "a second record of one instruction: {}", again.words());
    administrator.get("/ledgers/privileged/systems").await.ok().says("R8.410");
    // the result comes back to the office
    let office = portal.sign_in("中村").await;
    office.get(&format!("/requests/{number}")).await.ok().says("停止した").says("完了");

    // an approved request for an account is the instruction for its own work, and hands its number on
    let movement = crate::movements::moved(portal, "山本", Change::Reassignment, "2026-04-01").await;
    let manager = portal.sign_in("佐藤").await;
    let path = "/requests/new/account.register";
    let form = manager.get(path).await;
    let grants = format!("grants.{}", coop.system);
    let fields = [
        ("person", portal.cast.get("山本").id.to_string()),
        ("grants", coop.system.to_string()),
        (grants.as_str(), option(form.ok(), &grants, "参照")),
        ("movement", movement.clone()),
        ("reason", "担当のため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    let number = number_of(&send(&manager, path, &form, &fields).await);
    let permitted = coop.answer("伊藤", &number, &[("verdict", "approve.1")]).await;
    assert_eq!(permitted.status, StatusCode::SEE_OTHER, "{}", permitted.words());
    coop.passes("中村", &number).await;
    let other = portal.sign_in("渡辺").await;
    let mut entries = handed("yamamoto.r").to_vec();
    entries[3].1 = "2026-04-01T09:30";
    for told in ["notice_management", "notice_access", "notice_scope", "notice_prohibited"] {
        entries.push((told, "本人に知らせた"));
    }
    let done = work_on(&other, &number, &entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let list = other.get("/ledgers/privileged-uses?view=request").await;
    list.ok().says(&number).says("渡辺 結衣").says("承認された申請").says("アカウント登録申請");
    let to = record(&other, &number).await;
    assert_eq!(to.location(), Some(format!("/requests/{number}")));
    portal.proves(COOP, &["21-2"]);
}

#[tokio::test]
async fn the_office_instructs_by_itself_and_the_result_comes_back_to_it() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let path = "/requests/new/privileged.order";
    assert!(portal.sign_in("伊藤").await.get(path).await.status.is_client_error(), "the office alone instructs");
    let office = portal.sign_in("中村").await;
    let form = office.get(path).await;
    let fields = [
        ("systems", coop.system.to_string()),
        ("work", "退職者のアカウントの停止".to_owned()),
        ("from", "2026-04-01T09:00".to_owned()),
        ("until", "2026-04-01T18:00".to_owned()),
    ];
    let number = number_of(&send(&office, path, form.ok(), &fields).await);
    portal.advance(TimeDelta::minutes(30));
    let administrator = portal.sign_in("伊藤").await;
    administrator.get("/requests/work").await.ok().says(&number).says("管理者権限使用指示");
    let used = [("used_from", "2026-04-01T09:00"), ("used_until", "2026-04-01T09:20"), ("result", "停止した")];
    let mut late = used;
    late[1].1 = "2026-04-01T18:30";
    assert!(work_on(&administrator, &number, &late).await.status.is_client_error(), "beyond the instruction");
    let done = work_on(&administrator, &number, &used).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let list = administrator.get("/ledgers/privileged-uses").await;
    list.ok().says(&number).says("伊藤 翔").says("販売管理システム").says("使用の指示");
    portal.sign_in("中村").await.get(&format!("/requests/{number}")).await.ok().says("停止した").says("完了");
    portal.proves(COOP, &["21-2"]);
}

#[tokio::test]
async fn an_administrator_secret_is_checked_then_instructed_then_changed_and_never_entered() {
    let coop = Coop::open().await;
    let portal = &coop.portal;
    let id = grant_right(portal, coop.system, "斎藤").await;
    let administrator = portal.sign_in("伊藤").await;
    let to = administrator.get(&format!("/ledgers/privileged/{id}/secret")).await;
    assert_eq!(to.location(), Some(format!("/requests/new/privileged.secret?secret={id}")));
    let by_hand =
        administrator.post(&format!("/ledgers/privileged/{id}/secret"), &[("changed_on", "2026-04-01")]).await;
    by_hand.refuses("事務管理者の指示がありません");

    let path = "/requests/new/privileged.secret";
    let file = async || {
        let form = administrator.get(path).await;
        form.ok();
        let fields = [
            ("secret", id.clone()),
            ("planned_on", "2026-04-01".to_owned()),
            ("reason", "担当者の異動のため".to_owned()),
        ];
        number_of(&send(&administrator, path, &form, &fields).await)
    };
    let check = async |number: &str, impact: &str, checked: &str| {
        let page = administrator.get(&format!("/requests/{number}/answer")).await;
        let (name, seen) = hidden(page.ok(), "seen");
        let all = [
            (name.as_str(), seen.as_str()),
            ("verdict", "approve"),
            ("words", ""),
            ("impact", impact),
            ("checked", checked),
        ];
        administrator.post(&format!("/requests/{number}/decision"), &all).await
    };

    // without the check, and with a disruption, nothing is instructed
    let disturbed = file().await;
    check(&disturbed, "", "").await.refuses("支障がないことの確認が先に必要です");
    let early = coop.answer("中村", &disturbed, &[("verdict", "approve")]).await;
    assert!(early.status.is_client_error(), "{}", early.words());
    let said = check(&disturbed, "some", "夜間の連携が止まる").await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.words());
    let refused = coop.answer("中村", &disturbed, &[("verdict", "approve")]).await;
    refused.refuses("支障がないことの確認が先に必要です");
    let back = coop
        .answer("中村", &disturbed, &[("verdict", "refuse"), ("words", "連携を止めてから出し直してください")])
        .await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.words());

    // check, instruction, change
    let number = file().await;
    let said = check(&number, "none", "連携は使っていない").await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.words());
    let early = work_on_directly(&administrator, &number).await;
    early.refuses("事務管理者の指示がありません");
    coop.passes("中村", &number).await;
    portal.advance(TimeDelta::minutes(30));
    let administrator = portal.sign_in("伊藤").await;
    let done = work_on(&administrator, &number, &[("changed_at", "2026-04-01T09:20")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let row = administrator.get(&format!("/ledgers/privileged/{id}")).await;
    row.ok().says("パスワード等の最終変更日時 4月1日(水) 09:20").says(&number);
    assert_eq!(portal.acted("privileged.secret").await, 1, "the change, and nothing before it");
    portal.proves(COOP, &["21-3"]);
}

/// 4.1.4: where administration is not kept apart, whoever administers the portal does so by their post, and is counted.
#[tokio::test]
async fn those_who_administer_the_portal_by_their_post_are_counted() {
    let portal = Portal::open().await;
    add(&portal, "SYS-001", "守り（ポータル）", true).await;
    add(&portal, "SYS-002", "税務システム", false).await;
    let administrator = portal.sign_in("伊藤").await;
    let page = administrator.get("/ledgers/privileged/systems").await;
    page.ok().says("守り（ポータル）2 うち、職によるもの 2件2").says("税務システム0");
    // whoever cannot sign in administers nothing
    let other = portal.cast.get("渡辺").id;
    let stop = async |work: &mut Work| mamori::people::sign_ins::disable_sign_in(work, other, "stopped").await;
    portal.app.change(&Actor::portal(), stop).await.unwrap();
    let page = administrator.get("/ledgers/privileged/systems").await;
    page.ok().says("守り（ポータル）1 うち、職によるもの 1件1");
}
