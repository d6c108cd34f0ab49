//! Ground for the guards' tests: rows of 営業部 and of 総務部 in every state that a page knows, all made through actions,
//! and how the `{parameters}` of addresses are filled from them.
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use mamori::engines::regulations::actions::{Adoption, adopt};
use mamori::engines::regulations::{Regulations, Role as Followed, blanks};
use mamori::engines::requests::actions::deciding::{Reply, decide};
use mamori::engines::requests::actions::filing::{Filed, file};
use mamori::engines::requests::actions::working::{Worked, execute};
use mamori::engines::requests::actions::{Hand, kinds};
use mamori::engines::requests::model::{Typed, Verdict};
use mamori::engines::requests::store;
use mamori::features::movements::model::Kind as Change;
use mamori::features::{accounts, privileged, systems};
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::database::Role;
use mamori::kernel::error::{Error, Message};
use mamori::kernel::ids::{DepartmentId, PersonId, RequestId, SystemId, uuid_at};
use mamori::kernel::notices::Notice;
use mamori::kernel::work::Work;
use mamori::people::model::ProposalId;
use mamori::people::permissions;
use mamori::people::proposals;
use mamori::people::roster::{NewPost, appoint};
use mamori::people::stand_ins::{Entered, NewStandIn, enter};
use mamori::people::store::{Facts, viewer_of};
use mamori::web::locale::{Lang, Words};
use sqlx::PgConnection;
use uuid::Uuid;

use super::portal::{Cast, Portal};
use crate::movements::moved;

/// The function that somebody holds.
const FUNCTION: &str = "server_administrator";

/// Who walks through the portal for each tier that the regulation names, in the order of the table's columns.
pub const VISITORS: [(&str, &str); 10] = [
    ("staff", "田中"),
    ("manager", "佐藤"),
    ("operator", "斎藤"),
    ("sysadmin", "伊藤"),
    ("office", "中村"),
    ("ciso", "小林"),
    ("committee", "加藤"),
    ("auditor", "吉田"),
    ("designer", "松本"),
    ("vendor", "井上"),
];

/// What fills a `{parameter}`: the same for everybody, or a row of each of the two departments.
#[derive(Debug, Clone)]
pub enum Fill {
    /// no department's
    Any(String),
    /// of 営業部, of 総務部
    Rows(String, String),
}

/// The seeded rows.
pub struct Ground {
    /// which parameter of which addresses is filled with what
    fills: Vec<(&'static str, &'static str, Fill)>,
    /// requests of 営業部 by their state: asked, approved, returned, handed
    pub requests: BTreeMap<&'static str, String>,
}

impl Ground {
    /// Sets everything up.
    pub async fn lay(portal: &Portal) -> Self {
        let cast = &portal.cast;
        let mut db = portal.superuser().await;
        let mut system = BTreeMap::new();
        for (code, owner) in [("A", cast.sales), ("B", cast.general), ("C", cast.it)] {
            system.insert(code, add_system(portal, code, owner).await);
        }
        let own = open_account(portal, &mut db, system["C"], "田中").await;
        let other = open_account(portal, &mut db, system["C"], "鈴木").await;
        let privileged =
            (grant_right(portal, system["C"], "田中").await, grant_right(portal, system["C"], "鈴木").await);
        let uses = (use_right(portal, &mut db, "田中").await, use_right(portal, &mut db, "鈴木").await);
        let mut requests = BTreeMap::new();
        for (state, person, on) in
            [("asked", "山本", "A"), ("approved", "山本", "B"), ("returned", "田中", "A"), ("handed", "田中", "B")]
        {
            let number = ask(portal, &mut db, "田中", person, system[on]).await;
            lead(portal, &number, state).await;
            requests.insert(state, number);
        }
        let elsewhere = ask(portal, &mut db, "鈴木", "鈴木", system["A"]).await;
        let stand_ins = (stand_in(portal, "佐藤", "山本").await, stand_in(portal, "高橋", "鈴木").await);
        let proposals = (propose(portal, "佐藤", "山本").await, propose(portal, "高橋", "鈴木").await);
        let mut views = Vec::new();
        for ledger in ["accounts", "systems", "privileged", "uses"] {
            let own = keep_view(portal, &mut db, "佐藤", ledger).await;
            views.push(Fill::Rows(own, keep_view(portal, &mut db, "高橋", ledger).await));
        }
        let sessions = (second_session(portal, &mut db, "田中").await, second_session(portal, &mut db, "鈴木").await);
        let import_of_office = list_of_departments(portal, "中村").await;
        let drafts = (keep_draft(portal, "田中").await, keep_draft(portal, "鈴木").await);
        let files = (attach(portal, "田中", &requests["asked"]).await, attach(portal, "鈴木", &elsewhere).await);
        let tables = (keep_table(portal, "田中").await, keep_table(portal, "鈴木").await);
        hold_function(portal, "渡辺", FUNCTION).await;
        let closure = close_a_day(portal, &mut db, "中村").await;
        let movement = moved(portal, "山本", Change::Leave, "2026-05-01").await;
        let rows = |(own, other): (String, String)| Fill::Rows(own, other);
        let any = |text: &str| Fill::Any(text.to_owned());
        let fills = vec![
            ("/requests/new/", "kind", any("account.register")),
            ("/requests/drafts/", "id", rows(drafts)),
            ("/requests/tables/", "id", rows(tables)),
            ("/requests/files/", "id", rows(files)),
            ("/requests/", "number", rows((requests["asked"].clone(), elsewhere))),
            ("/requests/", "line", any("1")),
            ("/ledgers/accounts/views/", "id", views.remove(0)),
            ("/ledgers/systems/views/", "id", views.remove(0)),
            ("/ledgers/privileged/views/", "id", views.remove(0)),
            ("/ledgers/privileged-uses/views/", "id", views.remove(0)),
            ("/ledgers/privileged/", "id", rows(privileged)),
            ("/ledgers/privileged-uses/", "id", rows(uses)),
            ("/ledgers/accounts/", "id", rows((own, other))),
            ("/ledgers/systems/", "id", rows((system["A"].to_string(), system["B"].to_string()))),
            (
                "/people/",
                "number",
                rows((number_of(&mut db, "田中", cast).await, number_of(&mut db, "鈴木", cast).await)),
            ),
            ("/posts/", "id", rows((post_of(&mut db, "田中", cast).await, post_of(&mut db, "鈴木", cast).await))),
            (
                "/sign-ins/",
                "number",
                rows((number_of(&mut db, "田中", cast).await, number_of(&mut db, "鈴木", cast).await)),
            ),
            ("/stand-ins/", "id", rows(stand_ins)),
            ("/me/stand-ins/", "id", rows(proposals)),
            ("/functions/", "key", any(FUNCTION)),
            ("/designees/", "post", any("00000000-0000-7000-8000-000000000000")),
            ("/acting-rules/", "id", any("00000000-0000-7000-8000-000000000000")),
            ("/absences/", "id", any("00000000-0000-7000-8000-000000000000")),
            ("/departments/", "code", any("100")),
            ("/activate/link/", "login", any("tanaka")),
            ("/activate/link/", "token", any("nothing-that-opens-anything")),
            ("/me/sessions/", "reference", rows(sessions)),
            (
                "/notices/",
                "id",
                rows((notice_of(portal, &mut db, "田中").await, notice_of(portal, &mut db, "鈴木").await)),
            ),
            ("/me/sessions/elsewhere/", "id", any("00000000-0000-7000-8000-000000000000")),
            ("/clauses/", "regulation", any("system-management")),
            ("/set-up/", "step", any("check")),
            ("/clauses/", "clause", any("4.1.1-1-a")),
            ("/parameters/", "name", any("password_reminders_days")),
            ("/adoptions/to-come/", "id", any(&to_come(portal, &mut db).await)),
            ("/adoptions/", "edition", any("mutual-aid-policy")),
            ("/procedures/routes/", "id", any("00000000-0000-7000-8000-000000000000")),
            ("/procedures/", "kind", any("account.register")),
            ("/audit/", "id", any(&newest(&mut db, "audit.event").await)),
            ("/calendar/closures/", "id", any(&closure)),
            ("/imports/", "id", any(&import_of_office)),
            ("/movements/", "id", any(&movement)),
            ("/jobs/", "id", any(&dead_job(&mut db).await)),
            ("/outbox/", "id", any(&newest(&mut db, "outbox").await)),
        ];
        Self { fills, requests }
    }

    /// The address with its parameters filled: once, or with the row of each department. `Err` names what nobody fills.
    pub fn addresses(&self, path: &str) -> Result<Vec<String>, String> {
        let mut filled = vec![path.to_owned()];
        for part in path.split('/').filter(|part| part.starts_with('{')) {
            let name = part.trim_matches(['{', '}']);
            let fill = self.fills.iter().find(|(prefix, key, _)| path.starts_with(prefix) && *key == name);
            let Some((_, _, fill)) = fill else { return Err(format!("{path}: nothing fills {part}")) };
            filled = match fill {
                Fill::Any(text) => filled.iter().map(|path| path.replace(part, text)).collect(),
                Fill::Rows(own, other) => {
                    let path = filled.first().cloned().unwrap_or_default();
                    vec![path.replace(part, own), path.replace(part, other)]
                }
            };
        }
        Ok(filled)
    }
}

/// This person of the cast as one who acts, today.
pub async fn hand(portal: &Portal, name: &str) -> Hand {
    hand_of(portal, portal.cast.get(name).id).await
}

/// The same of anybody.
pub async fn hand_of(portal: &Portal, person: PersonId) -> Hand {
    let clock = portal.app.clock();
    let facts = Facts {
        session: None,
        source: None,
        request_ref: uuid_at(clock.now()),
        must_change_password: false,
        unread: 0,
    };
    let mut read = portal.app.read_all(Role::App).await.unwrap();
    let table = permissions::in_force(&portal.app).unwrap();
    let viewer = viewer_of(read.conn(), &table, person, clock.today(), facts).await.unwrap().unwrap();
    Hand::new(&portal.app, &Arc::new(viewer), Words(Lang::Ja)).unwrap()
}

/// A regulation adopted beside for a day that is still to come; the adoption's id.
async fn to_come(portal: &Portal, db: &mut PgConnection) -> String {
    let day = NaiveDate::from_ymd_opt(2027, 4, 1).unwrap();
    let regulations = portal.app.part::<Regulations>().unwrap();
    let library = regulations.library();
    let key = "osaka-standard";
    let filled = blanks::proposed(library.get(key).unwrap(), day);
    let (approved_on, approved_by) = (portal.app.clock().today(), "取締役会");
    let adoption =
        Adoption { key, role: Followed::Tracked, approved_on, effective_on: day, approved_by, filled: &filled };
    portal.app.change(&Actor::portal(), async |work| adopt(work, library, &adoption).await).await.unwrap();
    regulations.refresh(&portal.app).await.unwrap();
    let id: Uuid =
        sqlx::query_scalar("select id from adoption where effective_on = $1").bind(day).fetch_one(db).await.unwrap();
    id.to_string()
}

/// A system with one standard right.
pub async fn add_system(portal: &Portal, code: &str, owner: DepartmentId) -> SystemId {
    use systems::model::{Facts, Importance, Level, RightNames};
    let facts = Facts {
        code: format!("SYS-{code}"),
        name: format!("試験システム{code}"),
        reading: "しけんしすてむ".to_owned(),
        purpose: "試験のため".to_owned(),
        owner,
        importance: Importance::Middle,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![(Level::Standard, "参照".to_owned())]);
    portal
        .app
        .change(&Actor::portal(), async |work| {
            systems::actions::register(work, SystemId::new(work.now), &facts, &rights, false).await
        })
        .await
        .unwrap()
}

async fn right_of(db: &mut PgConnection, system: SystemId) -> Uuid {
    sqlx::query_scalar("select id from system_right where system_id = $1").bind(system.0).fetch_one(db).await.unwrap()
}

/// An account on a system; its id.
pub async fn open_account(portal: &Portal, db: &mut PgConnection, system: SystemId, holder: &str) -> String {
    use accounts::model::{Kind, Opening};
    let someone = portal.cast.get(holder);
    let opening = Opening {
        system,
        name: format!("{}-1", someone.login),
        holder: someone.id,
        department: someone.department,
        rights: vec![right_of(db, system).await],
        necessity: String::new(),
        kind: Kind::Personal,
        until: None,
        request: None,
    };
    let opened = portal.app.change(&Actor::portal(), async |work| accounts::actions::open(work, &opening).await).await;
    opened.unwrap().to_string()
}

/// A privileged account of somebody; its id.
pub async fn grant_right(portal: &Portal, system: SystemId, holder: &str) -> String {
    use privileged::model::Granting;
    let someone = portal.cast.get(holder);
    let now = portal.now();
    let granting = Granting {
        system,
        name: format!("adm-{}", someone.login),
        holder: someone.id,
        department: someone.department,
        rights: Vec::new(),
        scope: "OSの管理".to_owned(),
        purpose: "保守のため".to_owned(),
        from: now,
        until: now + chrono::TimeDelta::days(90),
        approved: None,
        request: None,
        safe_place: "金庫の2段目".to_owned(),
        may_use: vec![someone.id],
        secret_changed: None,
    };
    let granted =
        portal.app.change(&Actor::portal(), async |work| privileged::actions::grant(work, &granting).await).await;
    granted.unwrap().id.to_string()
}

/// Work that somebody did with administrator rights; the id of its record.
pub async fn use_right(portal: &Portal, db: &mut PgConnection, user: &str) -> String {
    use privileged::model::{Source, Used};
    let someone = portal.cast.get(user);
    let used = Used {
        account: None,
        system: None,
        user: someone.id,
        department: someone.department,
        source: Source::Unplanned,
        work: "障害の切分けのため".to_owned(),
        result: "復旧した".to_owned(),
        from: portal.now(),
        until: portal.now(),
        request: None,
        line: 1,
    };
    let recorded =
        portal.app.change(&Actor::portal(), async |work| privileged::actions::record_use(work, &used).await).await;
    recorded.unwrap();
    sqlx::query_scalar("select id::text from privileged_use where user_id = $1")
        .bind(someone.id.0)
        .fetch_one(db)
        .await
        .unwrap()
}

/// Files a request for an account.
pub async fn ask(portal: &Portal, db: &mut PgConnection, by: &str, about: &str, system: SystemId) -> String {
    ask_with(portal, db, by, about, system, &[]).await
}

/// The same with answers to further questions.
pub async fn ask_with(
    portal: &Portal,
    db: &mut PgConnection,
    by: &str,
    about: &str,
    system: SystemId,
    more: &[(&str, &str)],
) -> String {
    let person = portal.cast.get(about);
    let right = right_of(db, system).await;
    let asked = [
        ("department".to_owned(), person.department.to_string()),
        ("person".to_owned(), person.id.to_string()),
        ("grants".to_owned(), system.to_string()),
        (format!("grants.{system}"), right.to_string()),
        ("reason".to_owned(), "受注の登録を担当するため。".to_owned()),
        ("from".to_owned(), "2026-04-01".to_owned()),
    ];
    let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    file_as(portal, by, "account.register", Typed::new(asked.into_iter().chain(more))).await
}

/// Files a request of this kind; its number.
pub async fn file_as(portal: &Portal, by: &str, kind: &str, typed: Typed) -> String {
    let hand = hand(portal, by).await;
    let registered = kinds(&portal.app).unwrap().get(kind).unwrap().clone();
    let filed = portal
        .app
        .change(&hand.viewer.actor(), async |work| {
            file(work, &hand, &registered, RequestId::new(work.now), typed).await
        })
        .await
        .unwrap();
    match filed {
        Filed::Done { number } => number,
        Filed::Mend(draft) => panic!("the request could not be filed: {:?}", draft.errors),
    }
}

/// Leads a request of 営業部 to a state.
async fn lead(portal: &Portal, number: &str, state: &str) {
    match state {
        "asked" => {}
        "returned" => {
            let reason = "理由を具体的に書いてください。".to_owned();
            answered(portal, number, Verdict::Return { reason, to: None }).await;
        }
        _ => approve(portal, number).await,
    }
    if state == "handed" {
        let said = [
            ("issued_id", "tanaka-b"),
            ("handover_method", "in_person"),
            ("identity_check", "対面"),
            ("handed_over_at", "2026-04-01T09:00"),
        ];
        carry_out(portal, number, &said).await;
    }
}

/// The manager of 営業部 says yes.
pub async fn approve(portal: &Portal, number: &str) {
    answered(portal, number, Verdict::Approve { note: String::new() }).await;
}

async fn answered(portal: &Portal, number: &str, verdict: Verdict) {
    let manager = hand(portal, "佐藤").await;
    portal
        .app
        .change(&manager.viewer.actor(), async |work| {
            let seen = store::find(work.conn(), number).await?.ok_or(Error::NotFound)?.hash()?;
            decide(work, &manager, number, Reply::plain(seen, verdict)).await.map(drop)
        })
        .await
        .unwrap();
}

/// The work on the first line, with these entries.
pub async fn carry_out(portal: &Portal, number: &str, entries: &[(&str, &str)]) {
    let worker = hand(portal, "伊藤").await;
    let typed = Typed::new(entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let worked = portal
        .app
        .change(&worker.viewer.actor(), async |work| {
            let seen = store::find(work.conn(), number).await?.ok_or(Error::NotFound)?.hash()?;
            execute(work, &worker, number, 1, seen, typed).await
        })
        .await
        .unwrap();
    if let Worked::Mend(form) = worked {
        panic!("the line could not be carried out: {:?}", form.errors);
    }
}

async fn stand_in(portal: &Portal, holder: &str, deputy: &str) -> String {
    let office = hand(portal, "中村").await;
    let day = |day| NaiveDate::from_ymd_opt(2026, 4, day).unwrap();
    let new = NewStandIn {
        post: portal.cast.get(holder).post,
        person: portal.cast.get(deputy).id,
        from: day(20),
        last: day(24),
        reason: "出張のため。".to_owned(),
    };
    let entered = portal.app.change(&office.viewer.actor(), async |work| enter(work, &new).await).await.unwrap();
    match entered {
        Entered::Done(id) => id.to_string(),
        Entered::Mend(field, message) => panic!("no stand-in: {field} {}", message.key),
    }
}

/// A stand-in that somebody proposes for themselves.
async fn propose(portal: &Portal, holder: &str, deputy: &str) -> String {
    let holder_hand = hand(portal, holder).await;
    let day = |day| NaiveDate::from_ymd_opt(2026, 5, day).unwrap();
    let new = NewStandIn {
        post: portal.cast.get(holder).post,
        person: portal.cast.get(deputy).id,
        from: day(1),
        last: day(5),
        reason: "休暇のため。".to_owned(),
    };
    let id = ProposalId::new(portal.now());
    let propose = async |work: &mut Work| proposals::propose(work, id, &new).await;
    let done = portal.app.change(&holder_hand.viewer.actor(), propose).await.unwrap();
    assert!(matches!(done, proposals::Done::Done), "{done:?}");
    id.to_string()
}

/// A form that somebody keeps for later.
async fn keep_draft(portal: &Portal, by: &str) -> String {
    use mamori::engines::requests::drafts::actions::{Making, keep};
    let hand = hand(portal, by).await;
    let registered = kinds(&portal.app).unwrap().get("account.register").unwrap().clone();
    let typed = Typed::new([("reason".to_owned(), "受注の登録を担当するため。".to_owned())]);
    let id = uuid_at(portal.now());
    let making = Making { id, to: None, typed, note: String::new(), from: None };
    let kept = portal.app.change(&hand.viewer.actor(), async |work| keep(work, &hand, &registered, making).await).await;
    kept.unwrap().id.to_string()
}

/// A table that waits to be filed, with one row to be mended besides; its id.
/// A file of a request that somebody filed.
async fn attach(portal: &Portal, by: &str, number: &str) -> String {
    use mamori::engines::requests::attachments::store::{New, file, insert};
    use mamori::kernel::audit::Event;
    use mamori::kernel::{files::Media, keys::sha256};
    let (hand, number) = (hand(portal, by).await, number.to_owned());
    let content = b"%PDF-1.7\n%%EOF\n";
    let attach = async |work: &mut Work| {
        let request = store::find(work.conn(), &number).await?.unwrap();
        let new = New {
            id: uuid_at(work.now),
            kind: "account.register",
            field: "papers",
            by: hand.viewer.person,
            at: work.now,
            name: "見積書.pdf",
            media: Media::Pdf,
            digest: sha256(content),
            content,
        };
        insert(work.conn(), &new).await?;
        file(work.conn(), request.id, &[new.id]).await?;
        work.record(Event::done("attachment.uploaded", "attachment", new.id)).await?;
        Ok(new.id)
    };
    portal.app.change(&hand.viewer.actor(), attach).await.unwrap().to_string()
}

async fn keep_table(portal: &Portal, by: &str) -> String {
    use mamori::engines::requests::tables::actions::{keep, kind, read};
    let hand = hand(portal, by).await;
    let registered = kind(&portal.app, &hand, "account.register").unwrap();
    let file = "利用者,システムと権限,申請の理由,利用の開始日\r\n\
        山本　蓮,試験システムC,受注の登録を担当するため,2026/4/1\r\n山本,試験システムC,もう一度,きのう\r\n"
        .as_bytes();
    let table = read(&portal.app, &hand, &registered, file).await.unwrap();
    portal.app.change(&hand.viewer.actor(), async |work| keep(work, &hand, &table, file).await).await.unwrap();
    table.id.to_string()
}

async fn keep_view(portal: &Portal, db: &mut PgConnection, name: &str, ledger: &str) -> String {
    let id = Uuid::new_v4();
    sqlx::query(
        "insert into ledger_view (id, person_id, ledger, name, query, created_at)
         values ($1, $2, $3, '私の表示', 'q=1', now())",
    )
    .bind(id)
    .bind(portal.cast.get(name).id.0)
    .bind(ledger)
    .execute(db)
    .await
    .unwrap();
    id.to_string()
}

/// Signs this person in once more, elsewhere; the reference under which their own page names that session.
async fn second_session(portal: &Portal, db: &mut PgConnection, name: &str) -> String {
    portal.sign_in(name).await;
    let hash: Vec<u8> =
        sqlx::query_scalar("select id_hash from auth.session where person_id = $1 order by created_at desc limit 1")
            .bind(portal.cast.get(name).id.0)
            .fetch_one(db)
            .await
            .unwrap();
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Tells this person something; the notice.
async fn notice_of(portal: &Portal, db: &mut PgConnection, name: &str) -> String {
    let person = portal.cast.get(name).id;
    let said = Message::new("password-reset-mail-reissued");
    let notice = Notice::new(person, "test.told", said, ("person", person)).at("/me/password");
    portal.app.change(&Actor::portal(), async |work: &mut Work| work.notify(notice).await).await.unwrap();
    let sql = "select id::text from notice where person_id = $1 order by id desc limit 1";
    sqlx::query_scalar(sql).bind(person.0).fetch_one(db).await.unwrap()
}

async fn post_of(db: &mut PgConnection, name: &str, cast: &Cast) -> String {
    sqlx::query_scalar("select id::text from post where person_id = $1 and main and upper_inf(during)")
        .bind(cast.get(name).id.0)
        .fetch_one(db)
        .await
        .unwrap()
}

async fn number_of(db: &mut PgConnection, name: &str, cast: &Cast) -> String {
    sqlx::query_scalar("select employee_no from person where id = $1")
        .bind(cast.get(name).id.0)
        .fetch_one(db)
        .await
        .unwrap()
}

/// Somebody holds a function of their tier.
async fn hold_function(portal: &Portal, name: &str, function: &str) {
    let someone = portal.cast.get(name);
    let from = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let post = NewPost {
        person: someone.id,
        department: someone.department,
        tier: Tier::Sysadmin,
        function: Some(function),
        title: "",
        main: false,
        from,
    };
    portal.app.change(&Actor::portal(), async |work| appoint(work, &post).await).await.unwrap();
}

/// A day on which the organisation is closed; its id.
async fn close_a_day(portal: &Portal, db: &mut PgConnection, by: &str) -> String {
    let office = portal.sign_in(by).await;
    office.get("/calendar").await.ok();
    let closure = [("name", "創立記念日"), ("from", "2026-06-01"), ("to", "2026-06-01")];
    let done = office.post("/calendar/closures", &closure).await;
    assert_eq!(done.location().as_deref(), Some("/calendar"), "{}", done.words());
    sqlx::query_scalar("select id::text from closure").fetch_one(db).await.unwrap()
}

/// A job that failed too often, which no act of ours brings about; its id.
async fn dead_job(db: &mut PgConnection) -> String {
    let sql = "insert into job (id, kind, payload, state, run_at, attempts, last_error, created_at)
               values (gen_random_uuid(), 'portal.verify_log', 'null', 'dead', '2026-04-01', 10, 'the disk was full', '2026-04-01')
               returning id::text";
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
}

/// A row of the log or of the mails, which the acts before left there.
async fn newest(db: &mut PgConnection, table: &str) -> String {
    let sql = format!("select id::text from {table} order by id desc limit 1");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(db).await.unwrap()
}

/// A list of departments that somebody uploaded and has not confirmed.
async fn list_of_departments(portal: &Portal, by: &str) -> String {
    use mamori::people::import;
    let file = "部署コード,部署名\r\n100,営業部\r\n400,品質保証部\r\n".as_bytes();
    let actor = hand(portal, by).await.viewer.actor();
    let rows = import::read(&portal.app, file, import::AT_A_SCREEN).await.unwrap();
    let kept =
        portal.app.change(&actor, async |work| import::keep(work, import::Kind::Departments, file, &rows).await).await;
    kept.unwrap().to_string()
}
