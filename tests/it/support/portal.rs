//! A whole portal of one's own: a database copied from the migrated template, the real router, a clock that stands still
//! at 2026-04-01 09:00 in Tokyo, and a small cast of people who all came into being through actions.
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http_body_util::BodyExt as _;
use mamori::engines::regulations::Regulations;
use mamori::features::designees::matters;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::app::App;
use mamori::kernel::clock::{Clock, moment};
use mamori::kernel::config::{Config, Mode};
use mamori::kernel::database::{Database, PoolSizes, Role};
use mamori::kernel::ids::{DepartmentId, PersonId, PostId, uuid_at};
use mamori::kernel::keys::Keys;
use mamori::people::designees::{Named, NewDesignee, name};
use mamori::people::permissions;
use mamori::people::roster::{NewDepartment, NewPerson, NewPost, add_department, add_person, appoint};
use mamori::people::sign_ins::open_with_password;
use mamori::people::store::{Facts, viewer_of};
use mamori::web::locale::{Lang, Words};
use mamori::web::routing::Route;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tower::ServiceExt as _;
use uuid::Uuid;

use super::claims::{self, Claims};
pub use super::page::Page;

/// The password that every person of the cast has.
pub const PASSWORD: &str = "Mamori-no-Kagi!8";
/// The portal's key, for commands that are to read it from a file.
pub const KEY: [u8; 32] = [7; 32];
/// Where the tests' portal lives.
pub const ORIGIN: &str = "http://127.0.0.1:8080";

/// One portal with its own database, dropped at the end.
pub struct Portal {
    pub app: App,
    router: Router,
    database: String,
    pub cast: Cast,
    claims: Claims,
    data_dir: std::path::PathBuf,
}

/// A person of the cast.
#[derive(Debug, Clone)]
pub struct Someone {
    pub id: PersonId,
    pub login: String,
    pub name: String,
    pub department: DepartmentId,
    pub post: PostId,
}

/// 営業部(sales) and 総務部(general) with clerk and manager each; 情報システム部(it) with two administrators.
#[derive(Debug, Clone)]
pub struct Cast {
    pub sales: DepartmentId,
    pub general: DepartmentId,
    pub it: DepartmentId,
    people: BTreeMap<&'static str, Someone>,
}

impl Cast {
    /// 田中 (clerk of sales), 山本 (another clerk of sales), 佐藤 (manager of sales), 鈴木 / 高橋 (clerk / manager of general), 伊藤 / 渡辺 (sysadmins),
    /// 中村 (office), 小林 (ciso), 加藤 (committee), 吉田 (auditor), 斎藤 (operator), 松本 (designer), 井上 (vendor); and
    /// 森 (head), where the regulation has one.
    pub fn get(&self, name: &str) -> &Someone {
        self.people.get(name).unwrap_or_else(|| panic!("nobody of the cast is called {name}"))
    }
}

fn tables_url() -> PgConnectOptions {
    let url =
        std::env::var("TEST_DATABASE_URL").expect("run the tests with `make test`, or `cargo with-pg cargo test`");
    url.parse().unwrap()
}

fn lay_regulations(data_dir: &std::path::Path, files: &[(&str, &str)]) {
    std::fs::create_dir_all(data_dir.join("regulations")).unwrap();
    for (name, text) in files {
        std::fs::write(data_dir.join("regulations").join(name), text).unwrap();
    }
}

impl Portal {
    /// An open portal with the cast, under the system-management regulation.
    pub async fn open() -> Self {
        Self::open_under("system-management").await
    }

    /// The same under another regulation: those of the cast whose tier that regulation does not know are not there.
    pub async fn open_under(regulation: &str) -> Self {
        Self::open_beside(regulation, &[]).await
    }

    /// The same where these files (name, text) lie in its folder of further regulations.
    pub async fn open_beside(regulation: &str, files: &[(&str, &str)]) -> Self {
        let database = format!("it_{}", Uuid::new_v4().simple());
        let options = tables_url();
        let mut maintenance = PgConnection::connect_with(&options).await.unwrap();
        let create = format!("create database {database} template mamori_template strategy file_copy");
        maintenance.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
        let data_dir = std::env::temp_dir().join(&database);
        lay_regulations(&data_dir, files);
        let start = moment(NaiveDate::from_ymd_opt(2026, 4, 1).unwrap().and_hms_opt(9, 0, 0).unwrap());
        let app = process(&database, &data_dir, start).await;
        let founding = mamori::portal::Founding {
            name: "青野商事株式会社".to_owned(),
            help_line: "情報システム部（内線 2451）".to_owned(),
            regulation: regulation.to_owned(),
            made_by: "test",
        };
        mamori::portal::found(&app, &founding).await.unwrap();
        let cast = found_cast(&app).await;
        let router = mamori::portal::router(&app);
        Self { app, router, database, cast, claims: Claims::kept_in(claims::directory()), data_dir }
    }

    /// From now on the portal sends its mails to a mail server, which nobody runs.
    pub async fn gets_a_mail_server(&mut self) {
        self.is_configured(|config| config.smtp_url = Some("smtp://127.0.0.1:9".to_owned().into())).await;
    }

    /// From now on people reach it at this address, over these proxies.
    pub async fn is_reached_at(&mut self, origin: &str, proxies: &[IpAddr]) {
        let set = |config: &mut Config| {
            config.origin = origin.to_owned();
            config.trusted_proxies = proxies.to_vec();
        };
        self.is_configured(set).await;
    }

    /// From now on passwords are hashed as they are in use, and no longer as cheaply as tests want it.
    pub async fn hashes_as_in_use(&mut self) {
        self.is_configured(|config| config.argon2 = mamori::kernel::config::ARGON2).await;
    }

    async fn is_configured(&mut self, set: impl FnOnce(&mut Config)) {
        self.app = try_process_with(&self.database, &self.data_dir, self.now(), set).await.unwrap();
        self.router = mamori::portal::router(&self.app);
    }

    /// From now on it serves these routes and no others, in all that stands around a route.
    pub fn serves(&mut self, routes: Vec<Route>) {
        self.router = mamori::portal::dressed(&self.app, routes);
    }

    /// A portal without an organisation, as it is started for the first time: it serves set-up and nothing else.
    pub async fn empty() -> Self {
        Self::empty_beside(&[]).await
    }

    /// The same where these files (name, text) lie in its folder of further regulations.
    pub async fn empty_beside(files: &[(&str, &str)]) -> Self {
        let database = format!("it_{}", Uuid::new_v4().simple());
        let mut maintenance = PgConnection::connect_with(&tables_url()).await.unwrap();
        let create = format!("create database {database} template mamori_template strategy file_copy");
        maintenance.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
        let data_dir = std::env::temp_dir().join(&database);
        lay_regulations(&data_dir, files);
        let start = moment(NaiveDate::from_ymd_opt(2026, 4, 1).unwrap().and_hms_opt(9, 0, 0).unwrap());
        let app = process(&database, &data_dir, start).await;
        let nowhere = DepartmentId(Uuid::nil());
        let cast = Cast { sales: nowhere, general: nowhere, it: nowhere, people: BTreeMap::new() };
        let router = mamori::portal::setup_router(&app);
        Self { app, router, database, cast, claims: Claims::kept_in(claims::directory()), data_dir }
    }

    /// The same portal put together anew, as it is once an organisation is there.
    pub async fn restart(&mut self) {
        self.app = self.another().await;
        self.router = mamori::portal::router(&self.app);
    }

    /// A second process of the same portal, whose clock stands where this one's stands now.
    pub async fn another(&self) -> App {
        process(&self.database, &self.data_dir, self.now()).await
    }

    /// The same, where it may be that it does not start.
    pub async fn try_another(&self) -> anyhow::Result<App> {
        try_process(&self.database, &self.data_dir, self.now()).await
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock().now()
    }

    pub fn advance(&self, by: TimeDelta) {
        self.app.clock().advance(by);
    }

    /// Ends the sign-in of somebody of the cast.
    pub async fn loses_sign_in(&self, name: &str) {
        let person = self.cast.get(name).id;
        let end = async |work: &mut mamori::kernel::work::Work| {
            mamori::people::sign_ins::disable_sign_in(work, person, "request").await
        };
        self.app.change(&Actor::portal(), end).await.unwrap();
    }

    /// Serves it for a real browser for as long as the test runs; the address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // the portal answers under its own name alone: what the browser calls this port, it is told under that one
        let named = tower::util::MapRequestLayer::new(|mut request: Request<Body>| {
            request.headers_mut().insert(header::HOST, header::HeaderValue::from_static("127.0.0.1:8080"));
            request
        });
        let service = self.router.clone().layer(named).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        format!("http://{address}")
    }

    /// Notes that this test shows what these clauses' `portal` lines say; written down when the test passes.
    pub fn proves(&self, regulation: &str, clauses: &[&str]) {
        self.claims.add(regulation, clauses);
    }

    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            portal: self,
            cookies: Mutex::new(BTreeMap::new()),
            token: Mutex::new(String::new()),
            source: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    /// A browser in which this person of the cast has signed in, through the sign-in page.
    pub async fn sign_in(&self, name: &str) -> Browser<'_> {
        self.sign_in_as(&self.cast.get(name).login).await
    }

    /// The same for whoever has this login and the password of the cast.
    pub async fn sign_in_as(&self, login: &str) -> Browser<'_> {
        let browser = self.browser();
        browser.get("/sign-in").await.ok();
        let page = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{login} could not sign in: {}", page.text());
        browser.get("/").await;
        browser
    }

    /// The address of this test's database, over the limited login or over another.
    pub fn url(&self, login: &str) -> String {
        tables_url().database(&self.database).username(login).to_url_lossy().to_string()
    }

    /// Where this portal keeps its files.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.data_dir
    }

    /// A connection of a superuser to this test's database: for what only an attacker or the DBA could do.
    pub async fn superuser(&self) -> PgConnection {
        PgConnection::connect_with(&tables_url().database(&self.database)).await.unwrap()
    }

    /// A connection as the runtime login, in this role, for direct SQL against the walls.
    pub async fn runtime(&self, role: &str) -> PgConnection {
        let mut conn =
            PgConnection::connect_with(&tables_url().database(&self.database).username("mamori_login")).await.unwrap();
        conn.execute(sqlx::AssertSqlSafe(format!("set role {role}"))).await.unwrap();
        conn
    }

    /// How often an event of this kind stands in the log.
    pub async fn events(&self, kind: &str) -> i64 {
        let mut conn = self.superuser().await;
        let count: (i64,) = sqlx::query_as("select count(*) from audit.event where kind = $1")
            .bind(kind)
            .fetch_one(&mut conn)
            .await
            .unwrap();
        count.0
    }

    /// How often a mechanism acted, according to the log.
    pub async fn acted(&self, mechanism: &str) -> i64 {
        let mut conn = self.superuser().await;
        let count: (i64,) = sqlx::query_as("select count(*) from audit.event where mechanism = $1 and outcome = 'ok'")
            .bind(mechanism)
            .fetch_one(&mut conn)
            .await
            .unwrap();
        count.0
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let database = self.database.clone();
        let opened = self.app.database().clone();
        let _ = std::fs::remove_dir_all(&self.data_dir);
        // a runtime of its own: the test's may be gone when this runs
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                drop(opened);
                let mut maintenance = PgConnection::connect_with(&tables_url()).await.unwrap();
                let _ = maintenance
                    .execute(sqlx::AssertSqlSafe(format!("drop database if exists {database} with (force)")))
                    .await;
            });
        });
        let _ = cleaning.join();
    }
}

/// A process of the portal on this database.
/// Hashes that cost next to nothing, for tests that are not about them.
const CHEAP: (u32, u32, u32) = (8, 1, 1);

async fn process(database: &str, data_dir: &std::path::Path, now: DateTime<Utc>) -> App {
    try_process(database, data_dir, now).await.unwrap()
}

async fn try_process(database: &str, data_dir: &std::path::Path, now: DateTime<Utc>) -> anyhow::Result<App> {
    try_process_with(database, data_dir, now, |_| ()).await
}

async fn try_process_with(
    database: &str,
    data_dir: &std::path::Path,
    now: DateTime<Utc>,
    set: impl FnOnce(&mut Config),
) -> anyhow::Result<App> {
    let limited = tables_url().database(database).username("mamori_login");
    let opened = Database::open(limited, PoolSizes { app: 6, auth: 3, worker: 3 }).await.unwrap();
    let mut config = Config {
        mode: Mode::Test,
        origin: ORIGIN.to_owned(),
        data_dir: data_dir.to_owned(),
        checkpoint_dir: None,
        regulations_dir: Some(data_dir.join("regulations")).filter(|folder| folder.is_dir()),
        mail_from: "mamori@example.jp".to_owned(),
        smtp_url: None,
        digest_at: chrono::NaiveTime::from_hms_opt(8, 30, 0).unwrap(),
        trusted_proxies: Vec::new(),
        argon2: CHEAP,
        reader: env!("CARGO_BIN_EXE_mamori").into(),
    };
    set(&mut config);
    mamori::portal::build(opened, Clock::held(now), config, Keys::from_bytes(KEY)).await
}

async fn found_cast(app: &App) -> Cast {
    let from = NaiveDate::from_ymd_opt(2020, 4, 1).unwrap();
    let portal = Actor::portal();
    let (company, sales, general, it) = app
        .change(&portal, async |work| {
            let department = |code, name, reading, parent| NewDepartment { code, name, reading, parent, from };
            let company = add_department(work, &department("000", "青野商事", "あおのしょうじ", None)).await?;
            let sales = add_department(work, &department("100", "営業部", "えいぎょうぶ", Some(company))).await?;
            let general = add_department(work, &department("200", "総務部", "そうむぶ", Some(company))).await?;
            let it = add_department(work, &department("300", "情報システム部", "じょうほうしすてむぶ", Some(company)))
                .await?;
            Ok((company, sales, general, it))
        })
        .await
        .unwrap();
    let cast = [
        ("田中", "陽向", "たなか ひなた", "tanaka", sales, Tier::Staff, "主事"),
        ("山本", "蓮", "やまもと れん", "yamamoto", sales, Tier::Staff, "主事"),
        ("佐藤", "直樹", "さとう なおき", "sato", sales, Tier::Manager, "部長"),
        ("鈴木", "美咲", "すずき みさき", "suzuki", general, Tier::Staff, "主事"),
        ("高橋", "遼", "たかはし りょう", "takahashi", general, Tier::Manager, "部長"),
        ("伊藤", "翔", "いとう しょう", "ito", it, Tier::Sysadmin, "主任"),
        ("渡辺", "結衣", "わたなべ ゆい", "watanabe", it, Tier::Sysadmin, "主査"),
        ("中村", "彩", "なかむら あや", "nakamura", it, Tier::Office, "課長"),
        ("小林", "健一", "こばやし けんいち", "kobayashi", company, Tier::Ciso, "取締役"),
        ("加藤", "誠", "かとう まこと", "kato", company, Tier::Committee, "委員"),
        ("吉田", "恵", "よしだ めぐみ", "yoshida", company, Tier::Auditor, "監査役"),
        ("斎藤", "大輔", "さいとう だいすけ", "saito", it, Tier::Operator, "主事"),
        ("松本", "奏", "まつもと かなで", "matsumoto", it, Tier::Designer, "主任"),
        ("井上", "颯太", "いのうえ そうた", "inoue", it, Tier::Vendor, "派遣"),
        ("森", "和夫", "もり かずお", "mori", company, Tier::Head, "理事長"),
    ];
    let adopted = app.part::<Regulations>().unwrap().adopted().unwrap();
    let known = |tier: Tier| adopted.title(tier, "ja").is_some();
    let mut people = BTreeMap::new();
    let cast = cast.into_iter().filter(|(.., tier, _)| known(*tier));
    // whom a step of the regulation names by their function holds that one
    let functions = adopted.binding().kinds.iter().flat_map(|kind| &kind.steps);
    let functions: Vec<(String, String)> = functions
        .filter_map(|step| Some((step.by.first().map(|by| String::from(*by))?, step.function.clone()?)))
        .collect();
    // where nobody is an operator but by being named, 斎藤 is a clerk whom 伊藤 names
    let named = permissions::in_force(app).unwrap().only_named(Tier::Operator);
    let cast = cast.map(|(family, given, reading, login, department, tier, title)| {
        let tier = if named && tier == Tier::Operator { Tier::Staff } else { tier };
        (family, given, reading, login, department, tier, title)
    });
    for (at, (family, given, reading, login, department, tier, title)) in cast.enumerate() {
        let number = format!("{:06}", 1001 + at);
        let mail = format!("{login}@example.jp");
        let (id, post) = app
            .change(&portal, async |work| {
                let function = functions.iter().find(|(of, _)| of == tier.key()).map(|(_, key)| key.as_str());
                let new = NewPerson {
                    employee_no: &number,
                    family_name: family,
                    given_name: given,
                    reading,
                    mail: Some(&mail),
                    employment: "permanent",
                    owner: None,
                    joined_on: from,
                };
                let person = add_person(work, &new).await?;
                let post =
                    appoint(work, &NewPost { person, department, tier, function, title, main: true, from }).await?;
                Ok((person, post))
            })
            .await
            .unwrap();
        open_with_password(app, id, login, PASSWORD).await.unwrap();
        people.insert(
            family,
            Someone { id, login: login.to_owned(), name: format!("{family} {given}"), department, post },
        );
    }
    if named {
        name_all(app, &people["伊藤"], &people["斎藤"]).await;
    }
    Cast { sales, general, it, people }
}

/// 指名: one names the other for all that the regulation leaves to whom they name, for a year.
async fn name_all(app: &App, by: &Someone, whom: &Someone) {
    let (now, today) = (app.clock().now(), app.clock().today());
    let facts =
        Facts { session: None, source: None, request_ref: uuid_at(now), must_change_password: false, unread: 0 };
    let table = permissions::in_force(app).unwrap();
    let mut read = app.read_all(Role::App).await.unwrap();
    let viewer = viewer_of(read.conn(), &table, by.id, today, facts).await.unwrap().unwrap();
    drop(read);
    let matters = matters::all(app, Words(Lang::Ja)).unwrap();
    let new = NewDesignee {
        by_post: by.post,
        person: whom.id,
        matters: matters.into_iter().map(|matter| matter.key).collect(),
        from: today,
        last: NaiveDate::from_ymd_opt(2027, 3, 31).unwrap(),
        reason: "業務を分担するため".to_owned(),
    };
    let named = app.change(&viewer.actor(), async |work| name(work, &new).await).await.unwrap();
    assert!(matches!(named, Named::Done(_)), "{named:?}");
}

/// A browser: cookies, and the form token of the last page it saw.
pub struct Browser<'p> {
    portal: &'p Portal,
    pub cookies: Mutex<BTreeMap<String, String>>,
    pub token: Mutex<String>,
    pub source: IpAddr,
}

impl Browser<'_> {
    /// This minute of the portal, as a form takes it.
    pub fn minute(&self) -> String {
        mamori::kernel::clock::local(self.portal.now()).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// Opens a page if its cookies can be sent at all.
    pub async fn get_raw(&self, path: &str) -> Option<Page> {
        let cookies = self.cookies.lock().unwrap().clone();
        let said = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        header::HeaderValue::from_bytes(said.as_bytes()).ok()?;
        Some(self.get(path).await)
    }

    /// Sends a form of ours: with this session's token and a key of its own.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_once(path, fields, &Uuid::new_v4().to_string()).await
    }

    /// Sends a form with this idempotency key (a double click sends one twice).
    pub async fn post_once(&self, path: &str, fields: &[(&str, &str)], once: &str) -> Page {
        let token = self.token.lock().unwrap().clone();
        let mut all: Vec<(&str, &str)> = vec![("_token", &token), ("_once", once)];
        all.extend_from_slice(fields);
        let body = serde_urlencoded::to_string(&all).unwrap();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, ORIGIN);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form of ours with a file, as a browser does: its own name and kind go along.
    pub async fn post_file(&self, path: &str, field: &str, file: (&str, &[u8])) -> Page {
        self.post_file_with(path, &[], field, file).await
    }

    /// The same with further answers.
    pub async fn post_file_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        field: &str,
        (name, file): (&str, &[u8]),
    ) -> Page {
        let (token, once) = (self.token.lock().unwrap().clone(), Uuid::new_v4().to_string());
        let mut body = Vec::new();
        for (hidden, value) in [("_token", token.as_str()), ("_once", once.as_str())].iter().chain(fields) {
            body.extend(
                format!("--zq\r\nContent-Disposition: form-data; name=\"{hidden}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        let head = format!("--zq\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n");
        body.extend(head.bytes().chain(*b"Content-Type: text/csv\r\n\r\n").chain(file.iter().copied()));
        body.extend(*b"\r\n--zq--\r\n");
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=zq")
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, ORIGIN);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form and opens the page it leads to.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields).await;
        match answer.location() {
            Some(to) => self.get(&to).await,
            None => answer,
        }
    }

    /// The beginning of any request of this browser.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies = self.cookies.lock().unwrap();
        let cookies = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::USER_AGENT, "test");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        request
    }

    /// Opens an answer that does not end by itself, as a page does that listens.
    pub async fn listen(&self, mut request: Request<Body>) -> (StatusCode, Body) {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.source, 40_000)));
        let response = self.portal.router.clone().oneshot(request).await.unwrap();
        (response.status(), response.into_body())
    }

    /// Sends any request through the whole portal.
    pub async fn send(&self, mut request: Request<Body>) -> Page {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.source, 40_000)));
        let response = self.portal.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        // a transfer that breaks off is an internal error that came too late for its status
        let (status, body) = match body.collect().await {
            Ok(whole) => (parts.status, whole.to_bytes().to_vec()),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string().into_bytes()),
        };
        let page = Page { status, headers: parts.headers, body };
        if let Some(token) = page.attribute(r#"name="_token" value=""#) {
            *self.token.lock().unwrap() = token;
        }
        page
    }

    fn keep(&self, cookie: &str) {
        let first = cookie.split(';').next().unwrap_or_default();
        let Some((name, value)) = first.split_once('=') else { return };
        let mut cookies = self.cookies.lock().unwrap();
        if value.is_empty() || cookie.contains("Max-Age=0") {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
