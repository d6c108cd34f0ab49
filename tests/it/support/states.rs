//! Further states of the ground, each needed by those alone who look into every corner of one room: work that waits at each
//! of its steps, what is locked, shared or asked once more. All of it came into being through actions and pages, as it does
//! in use.
use chrono::NaiveDate;
use mamori::engines::requests::actions::deciding::{Reply, decide};
use mamori::engines::requests::actions::kinds;
use mamori::engines::requests::drafts::actions::{Making, send};
use mamori::engines::requests::model::{Typed, Verdict};
use mamori::engines::requests::store;
use mamori::features::accounts::actions::{open, open_shared};
use mamori::features::accounts::model::{Kind, Opening, Sharing};
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::error::Error;
use mamori::kernel::ids::{PersonId, SystemId, uuid_at};
use mamori::kernel::work::Work;
use mamori::people::absences::{self, NewAbsence};
use mamori::people::acting::{self, Terms, Who};
use mamori::people::roster::{NewPerson, NewPost, add_person, appoint, set_telephone};
use std::net::{IpAddr, Ipv4Addr};
use uuid::Uuid;

use super::crawl::Room;
use super::ground::{Ground, approve, ask as file_for, carry_out, file_as, hand};
use super::portal::{Browser, PASSWORD, Portal};
use crate::accounts::{add, number_of, right_of};
use crate::password_reset::{claim, lock_out, work};
use crate::procedures::{PATH, Step, entered, send_to};
use crate::under_osaka::{ask, owned};

const FROM: &str = "2026-04-01";
const HANDED: [(&str, &str); 3] =
    [("handover_method", "in_person"), ("identity_check", "対面"), ("handed_over_at", "2026-04-01T09:00")];

/// Lists by what the ground keeps as somebody's own view: there they can be forgotten again.
const KEPT_VIEWS: [&str; 4] =
    ["/ledgers/accounts?q=1", "/ledgers/systems?q=1", "/ledgers/privileged?q=1", "/ledgers/privileged-uses?q=1"];

/// Leads the ground into the states that this room knows besides; where they are looked at.
pub async fn further(room: Room, portal: &Portal, ground: &Ground) -> Vec<String> {
    match room {
        Room::Requests => work_at_each_step(portal).await,
        Room::Filing => ground.addresses("/requests/tables/{id}").unwrap(),
        Room::Accounts => {
            vec![KEPT_VIEWS[0].to_owned(), format!("/ledgers/accounts/{}/password", shared_account(portal).await)]
        }
        Room::Systems => vec![KEPT_VIEWS[1].to_owned(), "/ledgers/systems?q=2".to_owned()],
        Room::Privileged => KEPT_VIEWS[2..].iter().map(|page| (*page).to_owned()).collect(),
        Room::People => {
            telephone(portal, "鈴木").await;
            lock_out(portal, "suzuki").await;
            let list = ground.addresses("/imports/{id}").unwrap().remove(0);
            let more = ["/sign-ins/001004/release".to_owned(), format!("{list}?columns=edit")];
            [more.to_vec(), rule_to_come(portal).await].concat()
        }
        Room::Own => vec!["/step-up?action=export&target=accounts&to=%2Fledgers%2Faccounts".to_owned()],
        Room::House => vec!["/jobs?state=dead".to_owned()],
        Room::Regulation => Vec::new(),
    }
}

/// Work of every kind: to be begun, in its second part, one line of two, and with nobody who could confirm it.
async fn work_at_each_step(portal: &Portal) -> Vec<String> {
    let itself = add(portal, "SYS-001", "守り（ポータル）", true).await;
    let ledger = add(portal, "SYS-901", "会計システム", false).await;
    let archive = add(portal, "SYS-902", "文書管理システム", false).await;
    let first = newcomer(portal, "009001", "木村").await;
    let second = newcomer(portal, "009002", "大野").await;
    let third = newcomer(portal, "009003", "佐々木").await;
    let mut numbers = claims(portal).await;
    for (person, begun) in [(first, false), (second, true)] {
        let number = register(portal, person, &[itself]).await;
        approve(portal, &number).await;
        if begun {
            carry_out(portal, &number, &[("issued_id", "ono")]).await;
        }
        numbers.push(number);
    }
    // nobody signs in who could confirm what is done: it waits for the signed slip
    let slip = register(portal, first, &[ledger]).await;
    let half = register(portal, third, &[ledger, archive]).await;
    for (number, id) in [(&slip, "kimura"), (&half, "sasaki")] {
        approve(portal, number).await;
        carry_out(portal, number, &[&HANDED[..], &[("issued_id", id)]].concat()).await;
    }
    numbers.extend([slip, half]);
    numbers.extend(changes(portal, ledger).await);
    numbers.push(decided_by_rule(portal, second).await);
    numbers
        .iter()
        .flat_map(|number| ["", "/lines/1", "/lines/2"].map(|page| format!("/requests/{number}{page}")))
        .collect()
}

/// 代決規程: managers are stood in for by this rule from this day on.
async fn acting_rule(portal: &Portal, who: Who, from: &str) -> String {
    let terms = Terms {
        tier: Tier::Manager,
        who,
        when_absent: true,
        after_days: None,
        excluded: Vec::new(),
        review_days: 5,
        effective_on: from.parse().unwrap(),
        reason: "代決規程".to_owned(),
    };
    let office = hand(portal, "中村").await.viewer.actor();
    portal.app.change(&office, async |work| acting::enter(work, &terms).await).await.unwrap().to_string()
}

async fn absent(portal: &Portal, name: &str) {
    let (person, day) = (portal.cast.get(name).id, FROM.parse().unwrap());
    let absence = NewAbsence { person, from: day, last: day, reason: "出張".to_owned() };
    let office = hand(portal, "中村").await.viewer.actor();
    portal.app.change(&office, async |work| absences::enter(work, &absence).await.map(drop)).await.unwrap();
}

/// A rule that can be taken back, and an absence that can be ended.
async fn rule_to_come(portal: &Portal) -> Vec<String> {
    let id = acting_rule(portal, Who::Above, "2026-05-01").await;
    absent(portal, "高橋").await;
    vec![format!("/acting-rules/{id}/taking-back"), "/absences".to_owned()]
}

/// 代決: 山本 decided in the absence of 佐藤, who has not read it yet.
async fn decided_by_rule(portal: &Portal, about: PersonId) -> String {
    let system = add(portal, "SYS-905", "旅費システム", false).await;
    acting_rule(portal, Who::Title("主事".to_owned()), FROM).await;
    absent(portal, "佐藤").await;
    let number = register(portal, about, &[system]).await;
    let deputy = hand(portal, "山本").await;
    let decided = async |work: &mut Work| {
        let seen = store::find(work.conn(), &number).await?.ok_or(Error::NotFound)?.hash()?;
        let yes = Verdict::Approve { note: "月末の締切のため".to_owned() };
        decide(work, &deputy, &number, Reply::plain(seen, yes)).await.map(drop)
    };
    portal.app.change(&deputy.viewer.actor(), decided).await.unwrap();
    number
}

/// 再発行: the check of one claim is still to be made, the code of the other was issued and nobody was told yet.
async fn claims(portal: &Portal) -> Vec<String> {
    telephone(portal, "田中").await;
    telephone(portal, "山本").await;
    claim(&portal.browser(), "tanaka", "田中 陽向").await;
    claim(&portal.browser(), "yamamoto", "山本 蓮").await;
    let check = [
        ("person", "001002"),
        ("method", "電話返信"),
        ("contact", "03-1234-5678"),
        ("result", "matched"),
        ("checked_at", "2026-04-01T09:00"),
        ("own_password", PASSWORD),
    ];
    let administrator = portal.sign_in("伊藤").await;
    work(&administrator, "R8-PWD-0002", 1, &check).await.ok().says("有効化コード");
    ["R8-PWD-0001", "R8-PWD-0002"].map(str::to_owned).to_vec()
}

/// 変更 and 削除 of accounts of 山本, approved.
async fn changes(portal: &Portal, system: SystemId) -> Vec<String> {
    let account = open_for(portal, system, "yamamoto.k").await;
    let (rights, wider) = (format!("accounts.{account}"), right_of(portal, system, "登録・修正").await);
    let archive = add(portal, "SYS-903", "勤怠管理システム", false).await;
    let stopped = open_for(portal, archive, "yamamoto.t").await;
    let asked = [
        ("account.change", vec![("accounts", account.as_str()), (rights.as_str(), wider.as_str()), ("from", FROM)]),
        ("account.stop", vec![("accounts", stopped.as_str()), ("stop_on", FROM)]),
    ];
    let mut numbers = Vec::new();
    for (kind, more) in asked {
        let mut said = about(portal, portal.cast.get("山本").id, "担当が替わったため");
        said.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let number = file_as(portal, "田中", kind, Typed::new(said)).await;
        approve(portal, &number).await;
        numbers.push(number);
    }
    numbers
}

/// What every form about somebody of 営業部 asks.
fn about(portal: &Portal, person: PersonId, reason: &str) -> Vec<(String, String)> {
    let said =
        [("department", portal.cast.sales.to_string()), ("person", person.to_string()), ("reason", reason.to_owned())];
    said.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// Files アカウント登録申請 for somebody of 営業部 on these systems.
async fn register(portal: &Portal, person: PersonId, systems: &[SystemId]) -> String {
    let mut said = about(portal, person, "受注の登録を担当するため。");
    said.push(("from".to_owned(), FROM.to_owned()));
    for system in systems {
        said.push(("grants".to_owned(), system.to_string()));
        said.push((format!("grants.{system}"), right_of(portal, *system, "参照").await));
    }
    file_as(portal, "田中", "account.register", Typed::new(said)).await
}

/// Somebody new of 営業部 who does not sign in yet.
async fn newcomer(portal: &Portal, employee_no: &str, family_name: &str) -> PersonId {
    let from: NaiveDate = FROM.parse().unwrap();
    let department = portal.cast.sales;
    let add = async |work: &mut Work| {
        let new = NewPerson {
            employee_no,
            family_name,
            given_name: "さくら",
            reading: "さくら",
            mail: None,
            employment: "permanent",
            owner: None,
            joined_on: from,
        };
        let person = add_person(work, &new).await?;
        let post = NewPost { person, department, tier: Tier::Staff, function: None, title: "", main: true, from };
        appoint(work, &post).await?;
        Ok(person)
    };
    portal.app.change(&Actor::portal(), add).await.unwrap()
}

async fn telephone(portal: &Portal, name: &str) {
    let person = portal.cast.get(name).id;
    let set = async |work: &mut Work| set_telephone(work, person, "03-1234-5678").await;
    portal.app.change(&Actor::portal(), set).await.unwrap();
}

async fn opening(portal: &Portal, system: SystemId, name: &str, kind: Kind) -> Opening {
    let holder = portal.cast.get("山本");
    Opening {
        system,
        name: name.to_owned(),
        holder: holder.id,
        department: holder.department,
        rights: vec![right_of(portal, system, "参照").await.parse().unwrap()],
        necessity: "受注の登録".to_owned(),
        kind,
        until: None,
        request: None,
    }
}

/// An account of 山本; its id.
async fn open_for(portal: &Portal, system: SystemId, name: &str) -> String {
    let opening = opening(portal, system, name, Kind::Personal).await;
    portal.app.change(&Actor::portal(), async |work| open(work, &opening).await).await.unwrap().to_string()
}

/// One that several people use; its id.
async fn shared_account(portal: &Portal) -> String {
    let system = add(portal, "SYS-904", "窓口システム", false).await;
    let opening = opening(portal, system, "madoguchi", Kind::Shared).await;
    let sharing = Sharing {
        keeper: opening.holder,
        users: ["田中", "山本"].map(|name| portal.cast.get(name).id.0).to_vec(),
        approved_by: portal.cast.get("伊藤").id,
        until: None,
        rule: String::new(),
    };
    let opened = portal.app.change(&Actor::portal(), async |work| open_shared(work, &opening, &sharing).await).await;
    opened.unwrap().to_string()
}

/// States that another regulation alone knows; where they are looked at.
pub async fn under(regulation: &str, portal: &Portal) -> Vec<String> {
    match regulation {
        "coop-operations" => {
            let named: String = sqlx::query_scalar("select post_id::text from designation")
                .fetch_one(&mut portal.superuser().await)
                .await
                .unwrap();
            let ending = format!("/designees/{named}/ending");
            vec!["/designees".to_owned(), "/designees/new".to_owned(), ending, prepared(portal).await]
        }
        "osaka-standard" => {
            let system = owned(portal, "SYS-002", "住民情報システム", portal.cast.general, false).await;
            let filed = ask(&portal.sign_in("田中").await, "山本", &[system]).await;
            vec![format!("/requests/{}", number_of(&filed))]
        }
        _ => {
            for last in [10, 11] {
                at_a_terminal(portal, last).await;
            }
            let steps: [Step<'_>; 1] = [("permit", "sysadmin", "organisation", "3")];
            let office = portal.sign_in("中村").await;
            let done = entered(&office, &steps, "2026-05-01", PASSWORD).await;
            assert_eq!(done.location().as_deref(), Some("/procedures"), "{}", done.words());
            let waiting = behind_another(portal, &office).await;
            let version: String =
                sqlx::query_scalar("select id::text from own_route where effective_on = '2026-05-01'")
                    .fetch_one(&mut portal.superuser().await)
                    .await
                    .unwrap();
            let back = format!("/procedures/routes/{version}");
            ["/me/sessions", "/me/pledge", &back, "/procedures/account.register", &waiting].map(str::to_owned).to_vec()
        }
    }
}

/// A request that waits for the manager, which the office may pull up; its address.
async fn behind_another(portal: &Portal, office: &Browser<'_>) -> String {
    let steps: [Step<'_>; 2] = [("decide", "manager", "department", "3"), ("decide", "office", "organisation", "2")];
    let facts = [("pull_up", "yes"), ("effective_on", "2026-04-01"), ("reason", "急ぐ件があるため")];
    let sent = [("own_password", PASSWORD), ("_step", "send")];
    let done = send_to(office, PATH, &steps, &[&facts[..], &sent].concat()).await;
    assert_eq!(done.location().as_deref(), Some("/procedures"), "{}", done.words());
    let system = owned(portal, "SYS-003", "税務システム", portal.cast.general, false).await;
    let mut db = portal.superuser().await;
    format!("/requests/{}", file_for(portal, &mut db, "田中", "山本", system).await)
}

/// A draft that 田中 fills in for 佐藤, who files it; its address.
async fn prepared(portal: &Portal) -> String {
    let hand = hand(portal, "田中").await;
    let registered = kinds(&portal.app).unwrap().get("account.register").unwrap().clone();
    let typed = Typed::new(about(portal, portal.cast.get("山本").id, "共済の受付を担当するため"));
    let id: Uuid = uuid_at(portal.now());
    let making = Making { id, to: None, typed, note: "4月3日から要ります。".to_owned(), from: None };
    let sent = portal.app.change(&hand.viewer.actor(), async |work| send(work, &hand, &registered, making).await).await;
    format!("/requests/drafts/{}", sent.unwrap().id)
}

/// 田中 signs in at a terminal of this address while others are in use.
async fn at_a_terminal(portal: &Portal, last: u8) {
    let mut browser = portal.browser();
    browser.source = IpAddr::V4(Ipv4Addr::new(203, 0, 113, last));
    browser.get("/sign-in").await.ok();
    browser.post("/sign-in", &[("login", "tanaka"), ("password", PASSWORD)]).await;
    browser.get("/").await.ok();
}
