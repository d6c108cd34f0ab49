//! The second wall: what the database itself refuses to the portal's own roles, whatever a page might be talked into.
use std::collections::BTreeSet;

use futures::FutureExt as _;
use mamori::kernel::database::Role;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::password_reset::claim;
use crate::support::ground::{Ground, hand};
use crate::support::portal::Portal;

/// What the runtime may see without saying who looks: the organisation's name, its days and rules, and hashes.
const OPEN: &[&str] = &[
    "public.organisation",
    "public.holiday",
    "public.closure",
    "public.adoption",
    "public.adoption_taken_back",
    "public.parameter_value",
    "public.own_route",
    "public.own_route_taken_back",
    "audit.chain",
    "audit.head",
    "audit.checkpoint",
];
/// What can only be added to.
const KEPT: &[&str] = &[
    "public.decision",
    "public.execution",
    "public.acknowledgement",
    "public.request_round",
    "public.request_comment",
    "public.evidence",
    "public.adoption",
    "public.adoption_taken_back",
    "public.parameter_value",
    "public.own_route",
    "public.own_route_taken_back",
    "audit.event",
    "audit.chain",
    "audit.checkpoint",
];

/// The code with which a statement ends: empty when it was carried out. Nothing of it stays.
async fn code(conn: &mut PgConnection, sql: impl Into<String>) -> String {
    let sql: String = sql.into();
    let mut tx = conn.begin().await.unwrap();
    let done = (&mut *tx).execute(AssertSqlSafe(sql)).await;
    tx.rollback().await.unwrap();
    match done {
        Ok(_) => String::new(),
        Err(error) => {
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned()
        }
    }
}

async fn rows(conn: &mut PgConnection, sql: impl Into<String>) -> Vec<PgRow> {
    let sql: String = sql.into();
    conn.fetch_all(AssertSqlSafe(sql)).await.unwrap()
}

/// Says who looks, as `app.read` does, until the end of the connection.
async fn look_as(conn: &mut PgConnection, person: &str, departments: &str, all: bool) {
    sqlx::query(
        "select set_config('mamori.person', $1, false), set_config('mamori.departments', $2, false),
                set_config('mamori.scope_all', $3, false)",
    )
    .bind(person)
    .bind(departments)
    .bind(if all { "on" } else { "off" })
    .execute(conn)
    .await
    .unwrap();
}

async fn tables(db: &mut PgConnection) -> Vec<String> {
    let found = rows(
        db,
        "select n.nspname || '.' || c.relname
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ('public', 'auth', 'audit') and c.relkind in ('r', 'p') and c.relname <> '_sqlx_migrations'
          order by 1",
    )
    .await;
    found.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn whoever_does_not_say_who_looks_sees_nothing() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    assert_eq!(ground.requests.len(), 4);
    let mut db = portal.superuser().await;
    let mut app = portal.runtime("mamori_app").await;
    let mut filled = BTreeSet::new();
    for table in tables(&mut db).await {
        let there: i64 = rows(&mut db, format!("select count(*) from {table}")).await[0].get(0);
        if there > 0 {
            filled.insert(table.clone());
        }
        if OPEN.contains(&table.as_str()) {
            continue;
        }
        let seen = app.fetch_one(AssertSqlSafe(format!("select count(*) from {table}"))).await;
        let seen: i64 = seen.map_or(0, |row| row.get(0));
        assert_eq!(seen, 0, "{table} shows {seen} of {there} rows to nobody in particular");
    }
    for table in
        ["public.person", "public.request", "public.decision", "public.account", "audit.event", "auth.credential"]
    {
        assert!(filled.contains(table), "{table} has no rows, so nothing was tried");
    }
}

#[tokio::test]
async fn a_manager_sees_the_rows_of_the_own_department_and_no_others() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let mut app = portal.runtime("mamori_app").await;
    let (sales, manager) = (portal.cast.sales, portal.cast.get("佐藤").id);
    look_as(&mut app, &manager.to_string(), &sales.to_string(), false).await;
    let requests = rows(&mut app, "select department_id, number from request").await;
    assert_eq!(requests.len(), ground.requests.len());
    assert!(requests.iter().all(|row| row.get::<uuid::Uuid, _>(0) == sales.0));
    let accounts =
        rows(&mut app, "select department_id from account union all select department_id from account_history").await;
    assert!(!accounts.is_empty() && accounts.iter().all(|row| row.get::<uuid::Uuid, _>(0) == sales.0));
    for table in ["request_round", "request_step", "request_line", "decision", "execution"] {
        let foreign =
            format!("select 1 from {table} x where not exists (select from request r where r.id = x.request_id)");
        assert!(rows(&mut app, foreign).await.is_empty(), "{table} shows what belongs to a request out of reach");
    }
    let events = rows(&mut app, "select department_id, actor_id, concerns from audit.event").await;
    assert!(events.iter().all(|row| {
        row.get::<Option<uuid::Uuid>, _>(0) == Some(sales.0)
            || row.get::<Option<uuid::Uuid>, _>(1) == Some(manager.0)
            || row.get::<Vec<uuid::Uuid>, _>(2).contains(&manager.0)
    }));
    // one who may not see a request cannot decide on it either
    let number = &ground.requests["asked"];
    let (stranger, general) = (portal.cast.get("高橋").id, portal.cast.general);
    look_as(&mut app, &stranger.to_string(), &general.to_string(), false).await;
    let request = portal_request(&portal, number).await;
    assert_ne!(code(&mut app, request.decision(stranger.0, None)).await, "");
}

/// What an act on a request has to name.
struct Seen {
    id: uuid::Uuid,
    round: i32,
    step: i32,
    key: String,
    hash: String,
}

async fn portal_request(portal: &Portal, number: &str) -> Seen {
    let mut db = portal.superuser().await;
    let row = sqlx::query(
        "select r.id, r.round, r.step, s.key, encode(r.content_hash, 'hex')
           from request r
           join request_step s on s.request_id = r.id and s.round = r.round and s.at = r.step
          where r.number = $1",
    )
    .bind(number)
    .fetch_one(&mut db)
    .await
    .unwrap();
    Seen { id: row.get(0), round: row.get(1), step: row.get(2), key: row.get(3), hash: row.get(4) }
}

impl Seen {
    fn decision(&self, by: uuid::Uuid, acting_for: Option<uuid::Uuid>) -> String {
        let acting_for = acting_for.map_or("null".to_owned(), |person| format!("'{person}'"));
        format!(
            "insert into decision (id, request_id, round, step, step_key, decider, acting_for, tier, verdict, content_hash, decided_at)
             values (gen_random_uuid(), '{}', {}, {}, '{}', '{by}', {acting_for}, 'manager', 'approve', '\\x{}', now())",
            self.id, self.round, self.step, self.key, self.hash
        )
    }

    fn execution(&self, by: uuid::Uuid) -> String {
        self.execution_for(by, None)
    }

    fn execution_for(&self, by: uuid::Uuid, acting_for: Option<uuid::Uuid>) -> String {
        let acting_for = acting_for.map_or("null".to_owned(), |person| format!("'{person}'"));
        format!(
            "insert into execution (id, request_id, round, step, step_key, line, executor, acting_for, tier, outcome, content_hash, executed_at)
             values (gen_random_uuid(), '{}', {}, {}, '{}', 1, '{by}', {acting_for}, 'sysadmin', 'done', '\\x{}', now())",
            self.id, self.round, self.step, self.key, self.hash
        )
    }

    fn concerns(&self, person: uuid::Uuid) -> String {
        format!(
            "update request set beneficiary_id = '{person}', lock_version = lock_version + 1 where id = '{}'",
            self.id
        )
    }

    fn receipt(&self, by: uuid::Uuid) -> String {
        format!(
            "insert into acknowledgement (id, request_id, round, line, entered_by, acknowledged_at)
             values (gen_random_uuid(), '{}', {}, 1, '{by}', now())",
            self.id, self.round
        )
    }
}

#[tokio::test]
async fn nobody_decides_works_or_receives_in_a_matter_of_their_own_even_by_direct_sql() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let id = |name: &str| portal.cast.get(name).id.0;
    let mut db = portal.superuser().await;
    let admin = uuid::Uuid::new_v4();
    sqlx::query(
        "insert into person (id, employee_no, family_name, reading, employment, owner_person, joined_on)
         values ($1, 'adm-1', '田中（管理用）', 'たなか', 'permanent', $2, '2020-04-01')",
    )
    .bind(admin)
    .bind(id("田中"))
    .execute(&mut db)
    .await
    .unwrap();
    let mut app = portal.runtime("mamori_app").await;
    let asked = portal_request(&portal, &ground.requests["asked"]).await;
    let tries = [
        ("the applicant", id("田中"), None),
        ("the person concerned", id("山本"), None),
        ("the applicant's administrator account", admin, None),
        ("a stand-in of the applicant", id("佐藤"), Some(id("田中"))),
        ("a stand-in of the person concerned", id("佐藤"), Some(id("山本"))),
    ];
    for (who, by, acting_for) in tries {
        look_as(&mut app, &by.to_string(), "", true).await;
        assert_eq!(code(&mut app, asked.decision(by, acting_for)).await, "PT403", "{who} decides");
    }
    look_as(&mut app, &id("佐藤").to_string(), "", true).await;
    assert_eq!(code(&mut app, asked.decision(id("佐藤"), None)).await, "", "the manager decides");
    look_as(&mut app, &id("伊藤").to_string(), "", true).await;
    assert_eq!(code(&mut app, asked.execution(id("伊藤"))).await, "PT403", "work before approval");
    let unseen = Seen { hash: "00".repeat(32), ..portal_request(&portal, &ground.requests["asked"]).await };
    look_as(&mut app, &id("佐藤").to_string(), "", true).await;
    assert_eq!(code(&mut app, unseen.decision(id("佐藤"), None)).await, "PT409", "a content nobody saw");

    let approved = portal_request(&portal, &ground.requests["approved"]).await;
    for (who, by) in [
        ("the applicant", id("田中")),
        ("the person concerned", id("山本")),
        ("the applicant's administrator account", admin),
        ("the manager who approved", id("佐藤")),
    ] {
        look_as(&mut app, &by.to_string(), "", true).await;
        assert_eq!(code(&mut app, approved.execution(by)).await, "PT403", "{who} carries it out");
    }
    look_as(&mut app, &id("伊藤").to_string(), "", true).await;
    assert_eq!(code(&mut app, approved.execution(id("伊藤"))).await, "", "the administrator carries it out");
    let handed = portal_request(&portal, &ground.requests["handed"]).await;
    assert_eq!(code(&mut app, handed.receipt(id("伊藤"))).await, "PT403", "somebody else confirms the receipt");
    look_as(&mut app, &id("田中").to_string(), "", true).await;
    assert_eq!(code(&mut app, handed.receipt(id("田中"))).await, "", "the user confirms the receipt");
}

#[tokio::test]
async fn nobody_writes_into_the_record_in_another_name() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let id = |name: &str| portal.cast.get(name).id.0;
    let asked = portal_request(&portal, &ground.requests["asked"]).await;
    let approved = portal_request(&portal, &ground.requests["approved"]).await;
    let handed = portal_request(&portal, &ground.requests["handed"]).await;
    let returned = portal_request(&portal, &ground.requests["returned"]).await;
    let comment = format!(
        "insert into request_comment (id, request_id, author, body, written_at) values (gen_random_uuid(), '{}', '{}', '書き込み', now())",
        asked.id,
        id("田中")
    );
    let filed = format!(
        "insert into request (id, number, kind, title, subject, requester_id, department_id, phase, content_hash, filed_at)
         select gen_random_uuid(), 'R8-ACC-9001', kind, title, subject, '{}', department_id, phase, content_hash, filed_at
           from request
          where id = '{}'",
        id("田中"),
        asked.id
    );
    let round = format!(
        "insert into request_round (request_id, round, content, shown, content_hash, submitted_by, submitted_at)
         select request_id, 2, content, shown, content_hash, '{}', now() from request_round where request_id = '{}'",
        id("田中"),
        returned.id
    );
    let mut app = portal.runtime("mamori_app").await;
    for (what, name, sql) in [
        ("a decision", "佐藤", asked.decision(id("佐藤"), None)),
        ("a piece of work", "伊藤", approved.execution(id("伊藤"))),
        ("a receipt", "田中", handed.receipt(id("田中"))),
        ("a sentence", "田中", comment),
        ("a request", "田中", filed),
        ("a second round", "田中", round),
    ] {
        for other in ["渡辺", "吉田", "高橋"] {
            look_as(&mut app, &id(other).to_string(), "", true).await;
            assert_eq!(code(&mut app, &sql).await, "PT403", "{what} of {name}, by {other}");
        }
        look_as(&mut app, "", "", true).await;
        assert_eq!(code(&mut app, &sql).await, "PT403", "{what} of {name}, by nobody");
        look_as(&mut app, &id(name).to_string(), "", true).await;
        assert_eq!(code(&mut app, &sql).await, "", "{what} of {name}");
    }
}

#[tokio::test]
async fn whose_identity_is_confirmed_has_not_worked_on_it() {
    let portal = Portal::open().await;
    claim(&portal.browser(), "ito", "伊藤 翔").await;
    let id = |name: &str| portal.cast.get(name).id.0;
    let mut db = portal.superuser().await;
    let admin = uuid::Uuid::new_v4();
    sqlx::query(
        "insert into person (id, employee_no, family_name, reading, employment, owner_person, joined_on)
         values ($1, 'adm-1', '伊藤（管理用）', 'いとう', 'permanent', $2, '2020-04-01')",
    )
    .bind(admin)
    .bind(id("伊藤"))
    .execute(&mut db)
    .await
    .unwrap();
    let asked = portal_request(&portal, "R8-PWD-0001").await;
    let mut app = portal.runtime("mamori_app").await;
    for (what, by, acting_for, concerned) in [
        ("their own", id("伊藤"), None, id("伊藤")),
        ("that of their administrator's account", id("伊藤"), None, admin),
        ("their own, by an administrator's account", admin, None, id("伊藤")),
        ("the one they stand in for", id("渡辺"), Some(id("伊藤")), id("伊藤")),
    ] {
        look_as(&mut app, &by.to_string(), "", true).await;
        let sql = format!("{}; {}", asked.execution_for(by, acting_for), asked.concerns(concerned));
        assert_eq!(code(&mut app, sql).await, "PT403", "whoever worked reissues {what}");
    }
    look_as(&mut app, &id("渡辺").to_string(), "", true).await;
    let sql = format!("{}; {}", asked.execution(id("渡辺")), asked.concerns(id("伊藤")));
    assert_eq!(code(&mut app, sql).await, "", "a colleague does it");
}

#[tokio::test]
async fn what_was_decided_done_and_recorded_is_neither_changed_nor_removed() {
    let portal = Portal::open().await;
    Ground::lay(&portal).await;
    let mut db = portal.superuser().await;
    for role in ["mamori_app", "mamori_worker", "mamori_auth", "mamori_verify"] {
        let mut conn = portal.runtime(role).await;
        look_as(&mut conn, &portal.cast.get("伊藤").id.to_string(), "", true).await;
        for table in KEPT {
            let column = rows(
                &mut db,
                format!("select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum = 1"),
            )
            .await;
            let column: String = column[0].get(0);
            for sql in [
                format!("update {table} set {column} = {column}"),
                format!("delete from {table}"),
                format!("truncate {table} cascade"),
            ] {
                let refused = code(&mut conn, &sql).await;
                assert!(["42501", "PT423"].contains(&refused.as_str()), "{role}: 「{sql}」 ended with 「{refused}」");
            }
        }
    }
    // not even the owner of a table empties it
    for table in KEPT {
        assert_eq!(
            code(&mut db, format!("truncate {table} cascade")).await,
            "PT423",
            "{table} is emptied by its owner"
        );
    }
    // rows of ledgers are retired, never removed, and keep every version
    let mut app = portal.runtime("mamori_app").await;
    look_as(&mut app, &portal.cast.get("伊藤").id.to_string(), "", true).await;
    for sql in [
        "delete from account",
        "delete from information_system",
        "delete from account_history",
        "update account_history set account_name = 'x'",
        "delete from request",
        "update account set account_name = account_name || 'x'",
        "update request set requester_id = beneficiary_id",
    ] {
        assert!(["42501", "PT423", "PT409"].contains(&code(&mut app, sql).await.as_str()), "{sql}");
    }
}

#[tokio::test]
async fn what_proves_a_person_is_read_by_sign_in_alone_and_the_runtime_builds_nothing() {
    let portal = Portal::open().await;
    for role in ["mamori_app", "mamori_worker", "mamori_verify"] {
        let mut conn = portal.runtime(role).await;
        look_as(&mut conn, &portal.cast.get("伊藤").id.to_string(), "", true).await;
        for sql in [
            "select hash from auth.credential",
            "select * from auth.credential",
            "update auth.credential set hash = 'x'",
            "select * from auth.past_password",
            "select code_hash from auth.activation",
            "select data from auth.session",
            "select mark_hash from auth.trusted_browser",
            "select * from auth.step_up",
            "insert into auth.session (id_hash) values ('x')",
            "create table public.mine (id int)",
            "create table audit.mine (id int)",
            "alter table audit.event disable trigger all",
            "alter table request disable row level security",
            "set session_replication_role = replica",
            "set role mamori_owner",
            "set role mamori_audit_owner",
            "update audit.head set seq = seq",
            "select audit.ensure_partitions(current_date, 1) from pg_authid",
            "copy (select 1) to program 'true'",
            "select pg_read_file('/etc/passwd')",
        ] {
            assert_eq!(code(&mut conn, sql).await, "42501", "{role}: {sql}");
        }
    }
    let mut auth = portal.runtime("mamori_auth").await;
    for sql in [
        "select * from request",
        "select * from account",
        "update person set family_name = 'x'",
        "select * from decision",
    ] {
        assert_eq!(code(&mut auth, sql).await, "42501", "mamori_auth: {sql}");
    }
    // evidence is the database's own too: nobody writes what no event says
    let made_up = "insert into evidence (event_id, mechanism, outcome, occurred_at, kind, entity, entity_id, entity_number)
                   values (gen_random_uuid(), 'account.handover', 'ok', now(), 'account.handed_over', 'account', 'x', 'R8-ACC-0001')";
    for role in ["mamori_app", "mamori_auth", "mamori_worker", "mamori_verify"] {
        let mut conn = portal.runtime(role).await;
        look_as(&mut conn, "", "", true).await;
        assert_eq!(code(&mut conn, made_up).await, "42501", "{role} makes evidence up");
    }
    // the moment at which an event was written is the database's own
    let mut app = portal.runtime("mamori_app").await;
    let backdated =
        "insert into audit.event (id, recorded_at, occurred_at, kind, outcome, entity, entity_id, canon, mac, mac_key)
                     values (gen_random_uuid(), '2020-01-01', now(), 'x', 'ok', 'x', 'x', '', sha256(''), 1)";
    assert_eq!(code(&mut app, backdated).await, "42501", "a backdated event");
}

#[tokio::test]
async fn who_looked_is_forgotten_when_the_transaction_ends() {
    let portal = Portal::open().await;
    let auditor = hand(&portal, "吉田").await;
    for _ in 0..8 {
        let mut read = portal.app.read(&auditor.viewer).await.unwrap();
        let seen: i64 = sqlx::query_scalar("select count(*) from person").fetch_one(read.conn()).await.unwrap();
        assert!(seen > 0, "the auditor sees people");
    }
    for _ in 0..8 {
        portal.app.change(&auditor.viewer.actor(), async |_| Ok(())).await.unwrap();
    }
    let pool = &portal.app.database().app;
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(pool.acquire().await.unwrap());
    }
    for conn in &mut held {
        let (person, departments, all): (String, String, String) = sqlx::query_as(
            "select coalesce(current_setting('mamori.person', true), ''), coalesce(current_setting('mamori.departments', true), ''),
                    coalesce(current_setting('mamori.scope_all', true), '')",
        )
        .fetch_one(&mut **conn)
        .await
        .unwrap();
        assert_eq!((person.as_str(), departments.as_str(), all.as_str()), ("", "", ""));
        let seen: i64 = sqlx::query_scalar("select count(*) from person").fetch_one(&mut **conn).await.unwrap();
        assert_eq!(seen, 0, "a pooled connection still knows who looked");
    }
}

#[tokio::test]
async fn what_pages_ask_is_planned_and_run_never_compiled() {
    let portal = Portal::open().await;
    let auditor = hand(&portal, "吉田").await;
    let mut read = portal.app.read(&auditor.viewer).await.unwrap();
    let jit: String = sqlx::query_scalar("show jit").fetch_one(read.conn()).await.unwrap();
    assert_eq!(jit, "off", "an export of a few hundred rows would take seconds");
}

/// Whoever goes away while a transaction begins (a page that is closed) leaves no connection behind inside of one.
#[tokio::test]
async fn a_beginning_that_nobody_waits_for_leaves_no_transaction_open() {
    let portal = Portal::open().await;
    for _ in 0..40 {
        portal.app.read_all(Role::App).await.unwrap();
        // polled once, and dropped
        drop(portal.app.read_all(Role::App).now_or_never());
        let pool = portal.app.database().pool(Role::App);
        let level: String = sqlx::query_scalar("show transaction_isolation").fetch_one(pool).await.unwrap();
        assert_eq!(level, "read committed", "a connection came back inside a transaction");
    }
    portal.sign_in("田中").await.get("/").await.ok();
}
