//! Accounts under 情報システム運用要領 (a cooperative): the manager applies, use is permitted system by system, the office
//! approves, the person is told four things and confirms, and the work is done only when its report was read (21-4).
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::requests::actions::reminding::remind;
use mamori::features::accounts::actions;
use mamori::features::accounts::model::{Kind as AccountKind, Opening};
use mamori::features::movements::model::Kind as Change;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::clock::local;
use mamori::kernel::database::Role;
use mamori::kernel::ids::{PersonId, SystemId};
use mamori::kernel::work::Work;
use mamori::people::roster::{NewPerson, NewPost, add_person, appoint};

use crate::accounts::{add, employee_no, hidden, number_of, option, send};
use crate::movements::{moved, moved_person};
use crate::requests::content_hash;
use crate::support::portal::{Browser, Page, Portal};

const REGULATION: &str = "coop-operations";
const REGISTER: &str = "/requests/new/account.register";
const WORKED: &str = "2026-04-01T09:00";

/// A portal under the regulation, with two systems in its register.
pub struct Coop {
    pub portal: Portal,
    pub sales: SystemId,
    pub stock: SystemId,
}

impl Coop {
    pub async fn open() -> Self {
        let portal = Portal::open_under(REGULATION).await;
        let sales = add(&portal, "SYS-002", "販売管理システム", false).await;
        let stock = add(&portal, "SYS-003", "在庫管理システム", false).await;
        Self { portal, sales, stock }
    }

    pub async fn at(&self, name: &str) -> Browser<'_> {
        self.portal.sign_in(name).await
    }

    /// 佐藤 applies for 山本, on these systems.
    async fn try_to_file(&self, systems: &[SystemId], reason: &str) -> Page {
        let movement = moved(&self.portal, "山本", Change::Reassignment, "2026-04-01").await;
        let manager = self.at("佐藤").await;
        let form = manager.get(REGISTER).await;
        form.ok();
        let names: Vec<String> = systems.iter().map(|system| format!("grants.{system}")).collect();
        let mut fields = vec![
            ("person", employee_no("山本")),
            ("movement", movement),
            ("reason", reason.to_owned()),
            ("from", "2026-04-01".to_owned()),
        ];
        for (system, name) in systems.iter().zip(&names) {
            fields.push(("grants", system.to_string()));
            fields.push((name.as_str(), option(&form, name, "参照")));
        }
        send(&manager, REGISTER, &form, &fields).await
    }

    pub async fn file(&self, systems: &[SystemId]) -> String {
        number_of(&self.try_to_file(systems, "受注の登録を担当するため").await)
    }

    /// Through permission and approval.
    async fn approved(&self, systems: &[SystemId]) -> String {
        let number = self.file(systems).await;
        let administrator = self.at("伊藤").await;
        for line in 1..=systems.len() {
            taken(&answer(self, &administrator, &number, &format!("approve.{line}"), &[]).await);
        }
        taken(&answer(self, &self.at("中村").await, &number, "approve", &[]).await);
        number
    }

    /// Through the work and the confirmation by 山本; 渡辺 did the work.
    async fn told(&self) -> String {
        let number = self.approved(&[self.sales]).await;
        taken(&execute(&self.at("渡辺").await, &number, 1, "yamamoto.r").await);
        confirm(&self.at("山本").await, &number).await;
        number
    }
}

/// Sends an answer to what the page of the request shows.
pub async fn answer(coop: &Coop, browser: &Browser<'_>, number: &str, verdict: &str, entries: &[(&str, &str)]) -> Page {
    browser.get(&format!("/requests/{number}")).await.ok();
    let seen = content_hash(&coop.portal, number).await;
    let mut fields = vec![("_seen", seen.as_str()), ("verdict", verdict)];
    fields.extend_from_slice(entries);
    browser.post(&format!("/requests/{number}/decision"), &fields).await
}

/// Carries out a line with the notice as the portal proposes it.
async fn execute(browser: &Browser<'_>, number: &str, line: u16, id: &str) -> Page {
    let path = format!("/requests/{number}/lines/{line}");
    let form = browser.get(&path).await;
    form.ok();
    let (name, seen) = hidden(&form, "seen");
    let notices = ["notice_management", "notice_access", "notice_scope", "notice_prohibited"];
    let notices: Vec<(&str, String)> = notices.into_iter().map(|name| (name, typed(&form, name))).collect();
    let mut fields = vec![
        (name.as_str(), seen.as_str()),
        ("issued_id", id),
        ("handover_method", "sealed"),
        ("identity_check", "対面"),
        ("handed_over_at", WORKED),
    ];
    fields.extend(notices.iter().map(|(name, text)| (*name, text.as_str())));
    browser.post(&path, &fields).await
}

/// The person confirms what they were told about line 1.
async fn confirm(person: &Browser<'_>, number: &str) {
    person.get(&format!("/requests/{number}")).await.ok().says("確認した");
    taken(&person.post(&format!("/requests/{number}/lines/1/receipt"), &[]).await);
}

/// What stands in a text area.
fn typed(page: &Page, name: &str) -> String {
    let html = page.text();
    let from = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name}: {}", page.words()));
    let rest = &html[from..];
    let rest = &rest[rest.find('>').unwrap() + 1..];
    rest[..rest.find("</textarea>").unwrap()].trim().to_owned()
}

#[track_caller]
fn taken(page: &Page) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
}

const REPORT: [(&str, &str); 3] = [("done", "申請どおり登録した"), ("worked_at", WORKED), ("deviation", "none")];

#[tokio::test]
async fn a_clerk_is_told_who_files_and_the_manager_files() {
    let coop = Coop::open().await;
    let clerk = coop.at("田中").await;
    clerk.get("/requests/new").await.ok().says("申請するのは所属の部門の管理者です").says("アカウント登録申請");
    clerk.get("/requests/new").await.ok().says("情報システム管理者が申請します");
    clerk.get(REGISTER).await.ok().says("この申請は部門管理者が行います").says("佐藤 直樹さん（営業部 部長）");
    let forged = clerk.post(REGISTER, &[("_id", "00000000-0000-7000-8000-000000000000"), ("_step", "send")]).await;
    assert!(forged.status.is_client_error() && forged.words().contains("この申請は部門管理者が行います"));

    let number = coop.file(&[coop.sales]).await;
    assert_eq!(coop.portal.events("request.filed").await, 1);
    coop.at("佐藤").await.get(&format!("/requests/{number}")).await.ok().says("情報システム管理者又は指名された者");
}

#[tokio::test]
async fn use_is_permitted_system_by_system_before_the_office_approves() {
    let coop = Coop::open().await;
    let number = coop.file(&[coop.sales, coop.stock]).await;
    let (administrator, designee, office) = (coop.at("伊藤").await, coop.at("斎藤").await, coop.at("中村").await);
    let page = format!("/requests/{number}");
    let waits = "使用許可が済んでいないシステムがあります";

    office.get("/requests/inbox").await.ok().hides(&number);
    office.get(&page).await.ok().says(waits).says("使用許可待ち");
    answer(&coop, &office, &number, "approve", &[]).await.refuses(waits);
    administrator.get("/requests/inbox").await.ok().says(&number);
    designee.get("/requests/inbox").await.ok().says(&number);

    // the administrator for one system, whom he named for the other; an answer for the whole is none
    answer(&coop, &administrator, &number, "approve", &[]).await.refuses("");
    taken(&answer(&coop, &administrator, &number, "approve.1", &[]).await);
    office.get("/requests/inbox").await.ok().hides(&number);
    answer(&coop, &office, &number, "approve", &[]).await.refuses(waits);
    taken(&answer(&coop, &designee, &number, "refuse.2", &[("words", "在庫の業務では使いません")]).await);
    designee.get(&page).await.ok().says("1行を許可しませんでした");

    office.get("/requests/inbox").await.ok().says(&number);
    office
        .get(&page)
        .await
        .ok()
        .hides(waits)
        .hides("実施済")
        .says("6段階のうち1段階が済み")
        .says("不許可")
        .says("伊藤 翔")
        .says("斎藤 大輔");
    let pane = office.get(&format!("/requests/inbox?open={number}")).await;
    pane.ok().says("不許可").says("在庫の業務では使いません").says("斎藤 大輔が「在庫");
    // the work comes after the approval, and is that of neither who permitted
    let worker = coop.at("渡辺").await;
    let early = worker.get(&format!("{page}/lines/1")).await;
    early.refuses("事務管理者の承認がありません");
    assert_eq!(coop.portal.acted("account.ledger.created").await, 0);
    taken(&answer(&coop, &office, &number, "approve", &[]).await);
    for permitted in [&administrator, &designee] {
        permitted.get(&format!("{page}/lines/1")).await.refuses("");
    }
    worker.get(&format!("{page}/lines/2")).await.refuses("");
    taken(&execute(&worker, &number, 1, "yamamoto.r").await);
    assert_eq!(coop.portal.acted("account.ledger.created").await, 1);
    coop.portal.proves(REGULATION, &["21-4-4"]);
}

#[tokio::test]
async fn the_person_is_told_four_things_and_the_request_waits_until_they_are_confirmed() {
    let coop = Coop::open().await;
    let number = coop.approved(&[coop.sales]).await;
    let worker = coop.at("渡辺").await;
    let form = worker.get(&format!("/requests/{number}/lines/1")).await;
    let parts = ["アカウントとパスワード等の管理方法", "アクセス方法", "アクセスできる範囲", "禁止事項"];
    for part in parts {
        form.ok().says(part);
    }
    // the notice is made from the request
    let scope = typed(&form, "notice_scope");
    assert!(scope.contains("販売管理システム") && scope.contains("参照"), "{scope}");
    assert!(typed(&form, "notice_prohibited").contains("受注の登録を担当するため"));
    taken(&execute(&worker, &number, 1, "yamamoto.r").await);

    let (person, page) = (coop.at("山本").await, format!("/requests/{number}"));
    person.get("/requests").await.ok().says("通知確認待ち");
    let shown = person.get(&page).await;
    for part in parts {
        shown.ok().says(part);
    }
    shown.says(&scope).says("確認した").says("通知確認待ち");
    worker.post(&format!("{page}/lines/1/receipt"), &[]).await.refuses("");
    assert_eq!(coop.portal.events("request.completed").await, 0);

    // whoever does not confirm is reminded, once a day, and the request says so
    let remind_all = async |work: &mut Work| remind(work).await;
    let app = &coop.portal.app;
    assert_eq!(app.change_as(Role::Worker, &Actor::portal(), remind_all).await.unwrap(), 0, "not late yet");
    coop.portal.advance(TimeDelta::days(12));
    assert_eq!(app.change_as(Role::Worker, &Actor::portal(), remind_all).await.unwrap(), 1);
    assert_eq!(app.change_as(Role::Worker, &Actor::portal(), remind_all).await.unwrap(), 0, "once a day");
    let person = coop.at("山本").await;
    person.get(&page).await.ok().says("本人に催促しました");
    taken(&person.post(&format!("{page}/lines/1/receipt"), &[]).await);
    person.get(&page).await.ok().says("作業報告待ち").says("山本 蓮").says("4月13日(月) 09:00");
    assert_eq!(coop.portal.acted("account.handover").await, 2, "handed over, and confirmed by the person");
    coop.portal.proves(REGULATION, &["21-4-6"]);
}

#[tokio::test]
async fn work_is_done_when_somebody_else_has_read_its_report() {
    let coop = Coop::open().await;
    let number = coop.told().await;
    let (worker, office, page) = (coop.at("渡辺").await, coop.at("中村").await, format!("/requests/{number}"));
    worker.get("/requests/work").await.ok().says(&number);
    worker.get(&page).await.ok().says("作業報告待ち");
    answer(&coop, &office, &number, "approve", &[]).await.refuses("作業の報告がまだありません");

    // the office sees work without a report, with the days
    coop.portal.advance(TimeDelta::days(3));
    let (worker, office) = (coop.at("渡辺").await, coop.at("中村").await);
    let unreported = office.get("/requests/inbox?view=unreported").await;
    unreported.ok().says(&number).says("作業から3日、報告なし");
    worker.get("/requests/inbox").await.ok().hides("報告のない作業");

    // a report without its parts comes back with what was typed
    let form = worker.get(&format!("{page}/answer")).await;
    form.ok().says("作業の内容").says("作業日時").says("申請との相違");
    let lacking =
        answer(&coop, &worker, &number, "report", &[("done", "参照だけを登録した"), ("deviation", "some")]).await;
    assert_eq!(lacking.status, StatusCode::UNPROCESSABLE_ENTITY);
    lacking.says("参照だけを登録した").says("作業日時").says("相違の内容と理由");
    assert_eq!(coop.portal.events("request.reported").await, 0);
    taken(&answer(&coop, &worker, &number, "report", &REPORT).await);

    office.get(&page).await.ok().says("報告済").says("申請どおり登録した").says("相違なし");
    office.get("/requests/inbox?view=unreported").await.ok().hides(&number);
    answer(&coop, &worker, &number, "approve", &[]).await.refuses("作業者は報告の確認者になれません");
    assert_eq!(coop.portal.events("request.completed").await, 0);
    // whoever confirms reads the report where the decision is taken
    office.get("/requests/inbox").await.ok().says(&number).says("申請どおり登録した").says("相違なし");
    taken(&answer(&coop, &office, &number, "approve", &[]).await);
    office.get(&page).await.ok().says("完了");
    assert_eq!(coop.portal.events("request.completed").await, 1);
    coop.portal.proves(REGULATION, &["21-4-7"]);
}

#[tokio::test]
async fn only_what_is_needed_is_asked_for_and_whatever_is_not_given_is_refused() {
    let coop = Coop::open().await;
    let clerk = coop.at("田中").await;
    let refused = coop.portal.events("access.denied").await;
    for path in ["/requests/inbox", "/requests/work", "/audit", "/parameters"] {
        let page = clerk.get(path).await;
        if page.status != StatusCode::NOT_FOUND {
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            page.says("この操作に必要な権限がありません");
        }
    }
    assert!(coop.portal.events("access.denied").await > refused);

    // without a need there is no request, and the row of the ledger names the request it comes from
    let needless = coop.try_to_file(&[coop.sales], "").await;
    assert_eq!(needless.status, StatusCode::UNPROCESSABLE_ENTITY);
    needless.says("業務上の必要");
    assert_eq!(coop.portal.events("request.filed").await, 0);
    let number = coop.told().await;
    let manager = coop.at("佐藤").await;
    manager.get("/ledgers/accounts?q=yamamoto.r").await.ok().says("yamamoto.r").says("参照");
    let row = manager.get("/ledgers/accounts?q=yamamoto.r").await.attribute("href=\"/ledgers/accounts/0").unwrap();
    manager.get(&format!("/ledgers/accounts/0{row}")).await.ok().says(&number).says("受注の登録を担当するため");
    coop.portal.proves(REGULATION, &["19a"]);
}

#[tokio::test]
async fn the_manager_keeps_the_accounts_of_the_own_section_by_requests_alone() {
    let coop = Coop::open().await;
    let number = coop.told().await;
    let (manager, other) = (coop.at("佐藤").await, coop.at("高橋").await);
    let list = manager.get("/ledgers/accounts").await;
    list.ok().says("yamamoto.r").says("販売管理システム").says("有効");
    other.get("/ledgers/accounts").await.ok().hides("yamamoto.r");
    let row = list.attribute("href=\"/ledgers/accounts/0").unwrap();
    let path = format!("/ledgers/accounts/0{}", row.split('?').next().unwrap());
    let detail = manager.get(&path).await;
    detail.ok().says("参照").says(&number);
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    // a change and a cancellation begin at the row, and nothing else writes it
    let html = detail.text();
    for kind in ["account.change", "account.stop"] {
        assert!(html.contains(&format!("/requests/new/{kind}?")), "{kind}");
    }
    for direct in [path.clone(), format!("{path}/correction")] {
        let page = manager.post(&direct, &[("state", "stopped")]).await;
        assert!(page.status.is_client_error(), "{direct}: {}", page.status);
    }

    nobody_but_the_manager_files(&coop, &manager).await;
    let movement = moved(&coop.portal, "山本", Change::Reassignment, "2026-04-01").await;
    let change = html.split("href=\"/requests/new/account.change?").nth(1).unwrap().split('"').next().unwrap();
    let change = format!("/requests/new/account.change?{}", change.replace("&amp;", "&").replace("&#38;", "&"));
    let form = manager.get(&change).await;
    form.ok().says("yamamoto.r");
    let account = row_id(&path);
    let right = format!("accounts.{account}");
    let fields = [
        ("person", employee_no("山本")),
        ("movement", movement),
        (right.as_str(), option(&form, &right, "変更 → 登録・修正")),
        ("reason", "請求も担当するため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    without_row(&manager, "/requests/new/account.change", &form, &fields).await;
    let number = number_of(&send(&manager, "/requests/new/account.change", &form, &fields).await);
    coop.at("伊藤").await.get(&format!("/requests/{number}/lines/1")).await.refuses("事務管理者の承認がありません");
    coop.at("伊藤").await.get("/requests/work").await.ok().hides(&number);
    finish(&coop, &number, &[true]).await;
    manager.get(&path).await.ok().says("登録・修正");

    let movement = moved(&coop.portal, "山本", Change::Unneeded, "2026-04-01").await;
    let form = manager.get("/requests/new/account.stop").await;
    let fields = [
        ("person", employee_no("山本")),
        ("movement", movement),
        ("accounts", account),
        ("stop_on", "2026-04-01".to_owned()),
        ("reason", "使わなくなったため".to_owned()),
    ];
    without_row(&manager, "/requests/new/account.stop", &form, &fields).await;
    let number = number_of(&send(&manager, "/requests/new/account.stop", &form, &fields).await);
    coop.at("伊藤").await.get(&format!("/requests/{number}/lines/1")).await.refuses("事務管理者の承認がありません");
    finish(&coop, &number, &[false]).await;
    manager.get(&path).await.ok().says("停止").says(&number);
    coop.portal.proves(REGULATION, &["21-1", "21-4-1"]);
}

/// Registering, changing and cancelling: only whoever heads a section files them, the row of the table in hand.
async fn nobody_but_the_manager_files(coop: &Coop, manager: &Browser<'_>) {
    for kind in ["account.register", "account.change", "account.stop"] {
        let path = format!("/requests/new/{kind}");
        for name in ["田中", "中村", "伊藤", "斎藤"] {
            let browser = coop.at(name).await;
            let forged =
                browser.post(&path, &[("_id", "00000000-0000-7000-8000-000000000000"), ("_step", "send")]).await;
            assert!(forged.status.is_client_error(), "{name} files {kind}: {}", forged.status);
        }
        manager.get(&path).await.ok().says("人事異動対応表の行");
    }
    let form = manager.get(REGISTER).await;
    let grants = format!("grants.{}", coop.stock);
    let fields = [
        ("person", employee_no("山本")),
        ("grants", coop.stock.to_string()),
        (grants.as_str(), option(&form, &grants, "参照")),
        ("reason", "在庫を調べるため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    without_row(manager, REGISTER, &form, &fields).await;
}

/// No row, or somebody else's: nothing is filed.
async fn without_row(manager: &Browser<'_>, path: &str, form: &Page, fields: &[(&str, String)]) {
    for row in ["", "00000000-0000-7000-8000-000000000000"] {
        let mut fields: Vec<_> = fields.iter().filter(|(name, _)| *name != "movement").cloned().collect();
        fields.push(("movement", row.to_owned()));
        let refused = send(manager, path, form, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.words());
        refused.says("人事異動対応表の行を、表示されているものから選んでください");
    }
}

fn row_id(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// Approval, work by the one whom the administrator named, notice where there is one, report and its confirmation. One entry a
/// line: is the person told of it?
pub async fn finish(coop: &Coop, number: &str, told: &[bool]) {
    let (office, designee) = (coop.at("中村").await, coop.at("斎藤").await);
    taken(&answer(coop, &office, number, "approve", &[]).await);
    designee.get("/requests/work").await.ok().says(number);
    for (line, told) in (1..).zip(told) {
        let path = format!("/requests/{number}/lines/{line}");
        let form = designee.get(&path).await;
        form.ok();
        let (name, seen) = hidden(&form, "seen");
        let notices: Vec<(&str, String)> = ["notice_management", "notice_access", "notice_scope", "notice_prohibited"]
            .into_iter()
            .filter(|_| *told)
            .map(|name| (name, typed(&form, name)))
            .collect();
        let mut fields = vec![(name.as_str(), seen.as_str())];
        fields.extend(notices.iter().map(|(name, text)| (*name, text.as_str())));
        taken(&designee.post(&path, &fields).await);
    }
    if told.contains(&true) {
        let person = coop.at("山本").await;
        for (line, _) in (1..).zip(told) {
            taken(&person.post(&format!("/requests/{number}/lines/{line}/receipt"), &[]).await);
        }
    }
    let now = local(coop.portal.now()).format("%Y-%m-%dT%H:%M").to_string();
    let report = REPORT.map(|(name, value)| (name, if name == "worked_at" { now.as_str() } else { value }));
    taken(&answer(coop, &designee, number, "report", &report).await);
    answer(coop, &designee, number, "approve", &[]).await.refuses("作業者は報告の確認者になれません");
    taken(&answer(coop, &office, number, "approve", &[]).await);
    office.get(&format!("/requests/{number}")).await.ok().says("完了");
}

/// Somebody from a contractor who works in 営業部.
async fn contractor(portal: &Portal) -> PersonId {
    let add = async |work: &mut Work| {
        let new = NewPerson {
            employee_no: "002001",
            family_name: "派遣",
            given_name: "花子",
            reading: "はけん はなこ",
            mail: None,
            employment: "contractor",
            owner: None,
            joined_on: "2026-04-01".parse().unwrap(),
        };
        let person = add_person(work, &new).await?;
        let (department, from) = (portal.cast.sales, new.joined_on);
        let (tier, title) = (Tier::Vendor, "派遣");
        appoint(work, &NewPost { person, department, tier, function: None, title, main: true, from }).await?;
        Ok(person)
    };
    portal.app.change(&Actor::portal(), add).await.unwrap()
}

#[tokio::test]
async fn nobody_is_given_more_than_their_role_may_have() {
    let coop = Coop::open().await;
    let person = contractor(&coop.portal).await;
    let manager = coop.at("佐藤").await;
    let grants = format!("grants.{}", coop.sales);
    let hired = moved_person(&coop.portal, person, Change::Hire, "2026-04-01").await;
    let reassigned = moved(&coop.portal, "田中", Change::Reassignment, "2026-04-01").await;
    let ask = async |person: &str, movement: &str, right: &str, until: &str| {
        let form = manager.get(REGISTER).await;
        let fields = [
            ("person", person.to_owned()),
            ("movement", movement.to_owned()),
            ("grants", coop.sales.to_string()),
            (grants.as_str(), option(form.ok(), &grants, right)),
            ("reason", "受注の承認を担当するため".to_owned()),
            ("from", "2026-04-01".to_owned()),
            ("until", until.to_owned()),
        ];
        send(&manager, REGISTER, &form, &fields).await
    };
    let refusal = "この役割に許される権限を超えています";
    ask(&person.to_string(), &hired, "承認", "2026-09-30").await.refuses(refusal).says("受注の承認を担当するため");
    assert_eq!(coop.portal.events("request.filed").await, 0);
    number_of(&ask(&person.to_string(), &hired, "登録・修正", "2026-09-30").await);
    number_of(&ask(&employee_no("田中"), &reassigned, "承認", "").await);

    // the table stands beside that of the portal's own screens and acts, and limits a change as well
    let office = coop.at("中村").await;
    office
        .get("/permissions")
        .await
        .ok()
        .says("役割ごとの、システムの権限の上限")
        .says("委託業者")
        .says("職務の標準権限まで");
    let account = {
        let mut db = coop.portal.superuser().await;
        let rights: Vec<uuid::Uuid> =
            sqlx::query_scalar("select id from system_right where system_id = $1 and name = '参照'")
                .bind(coop.stock.0)
                .fetch_all(&mut db)
                .await
                .unwrap();
        let opening = Opening {
            system: coop.stock,
            name: "haken.h".to_owned(),
            holder: person,
            department: coop.portal.cast.sales,
            rights,
            necessity: "入出庫の登録".to_owned(),
            kind: AccountKind::Personal,
            until: Some("2026-09-30".parse().unwrap()),
            request: None,
        };
        let open = async |work: &mut Work| actions::open(work, &opening).await;
        coop.portal.app.change(&Actor::portal(), open).await.unwrap().to_string()
    };
    let path = format!("/requests/new/account.change?person={person}&accounts={account}");
    let (form, name) = (manager.get(&path).await, format!("accounts.{account}"));
    let fields = [
        ("person", person.to_string()),
        ("accounts", account.clone()),
        (name.as_str(), option(form.ok(), &name, "変更 → 承認")),
        ("movement", moved_person(&coop.portal, person, Change::Reassignment, "2026-04-01").await),
        ("reason", "承認も担当するため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    send(&manager, "/requests/new/account.change", &form, &fields).await.refuses(refusal);

    // the portal's own screens and acts are those of the role, and nothing else
    let clerk = coop.at("田中").await;
    let denied = clerk.get("/audit").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert_eq!(clerk.post("/audit/verification", &[]).await.status, StatusCode::FORBIDDEN);
    clerk.get("/permissions").await.ok().says("役職員等");
    coop.portal.proves(REGULATION, &["21-6a"]);
}
