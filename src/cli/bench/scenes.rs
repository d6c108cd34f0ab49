//! What is measured: who opens which page, files what, takes which list out of the house.
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sqlx::PgConnection;

use super::client::Client;
use super::processes::{Pair, Used};

/// How many are opened before anything is counted.
const WARM: usize = 40;

/// What one answer costs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// processor time of one
    pub used: Used,
    /// how long it takes, in the middle
    pub median: Duration,
}

impl Cost {
    /// Processor time of portal and database, in milliseconds.
    #[must_use]
    pub fn milliseconds(&self) -> f64 {
        self.used.portal + self.used.database
    }
}

/// Opens these pages in turn, so often, and says what one of them costs.
pub async fn cost(pair: Pair, client: &mut Client, paths: &[String], times: usize) -> anyhow::Result<Cost> {
    ensure!(!paths.is_empty(), "there is nothing to open");
    for at in 0..WARM {
        client.open(&paths[at % paths.len()]).await?;
    }
    let before = pair.used();
    let mut took = Vec::with_capacity(times);
    for at in 0..times {
        took.push(client.open(&paths[at % paths.len()]).await?.whole);
    }
    let used = pair.used().since(before);
    took.sort_unstable();
    let each = times as f64;
    let used = Used { portal: used.portal / each, database: used.database / each };
    Ok(Cost { used, median: took[took.len() / 2] })
}

/// How many answers a second at so many connections, and how long the slowest hundredth takes.
pub async fn rush(first: &Client, path: &str, connections: usize, lasts: Duration) -> anyhow::Result<(f64, Duration)> {
    let until = Instant::now() + lasts;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (mut client, path) = (first.another(), path.to_owned());
        all.spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < until {
                took.push(client.open(&path).await?.whole);
            }
            anyhow::Ok(took)
        });
    }
    let mut took = Vec::new();
    while let Some(one) = all.join_next().await {
        took.extend(one??);
    }
    took.sort_unstable();
    let slowest = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    Ok((took.len() as f64 / lasts.as_secs_f64(), slowest))
}

/// A form that is filled in and waits to be sent.
pub struct Filled {
    id: String,
    department: String,
    person: String,
    system: String,
    right: String,
    from: String,
}

/// Fills in so many requests for new accounts in the section of whoever signs in so.
pub async fn filled(
    conn: &mut PgConnection,
    client: &mut Client,
    login: &str,
    count: usize,
) -> anyhow::Result<Vec<Filled>> {
    let wishes = sqlx::query!(
        r#"select n.id as person, o.department_id as department, s.id as system,
                  (select r.id from system_right r where r.system_id = s.id and r.withdrawn_on is null order by r.position limit 1) as "right!",
                  current_date + 7 as "from!"
             from auth.credential c
             join post m on m.person_id = c.person_id and m.main
             join post o on o.department_id = m.department_id and o.main and o.tier = 'staff'
             join person n on n.id = o.person_id and n.employment = 'permanent' and n.left_on is null
             join auth.credential k on k.person_id = n.id and k.disabled_at is null
            cross join information_system s
            where c.login = $1 and not s.is_portal and s.retired_on is null
              and not exists (select from account a where a.holder_id = n.id and a.system_id = s.id)
              and not exists (select from request r join request_line l on l.request_id = r.id
                               where r.beneficiary_id = n.id and r.closed_at is null and l.data ->> 'system' = s.id::text)
            order by n.id, s.id
            limit $2"#,
        login,
        i64::try_from(count)?
    )
    .fetch_all(conn)
    .await?;
    let mut forms = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let form = client.open("/requests/new/account.register").await?;
        forms.push(Filled {
            id: form.behind("name=\"_id\" value=\"").context("the form has no id")?,
            department: wish.department.to_string(),
            person: wish.person.to_string(),
            system: wish.system.to_string(),
            right: wish.right.to_string(),
            from: wish.from.to_string(),
        });
    }
    Ok(forms)
}

/// Files one of them; answers with its number.
pub async fn file(client: &mut Client, form: &Filled) -> anyhow::Result<String> {
    let right = format!("grants.{}", form.system);
    let fields = [
        ("_id", form.id.as_str()),
        ("_step", "send"),
        ("department", &form.department),
        ("person", &form.person),
        ("grants", &form.system),
        (&right, &form.right),
        ("reason", "月次の締め作業を分担するため。"),
        ("from", &form.from),
    ];
    let answer = client.post("/requests/new/account.register", &fields).await?;
    ensure!(answer.status == 303, "a request could not be filed: {} {}", answer.status, answer.text());
    let to = answer.header("location").unwrap_or_default();
    Ok(to.rsplit('/').next().unwrap_or_default().to_owned())
}

/// The numbers of the requests that a page leads to.
#[must_use]
pub fn numbers(page: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for rest in page.split("href=\"/requests/R").skip(1) {
        let number = rest.split(['"', '?', '#', '/']).next().unwrap_or_default();
        let path = format!("/requests/R{number}");
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// The account ledger as CSV, the password given again where it is asked for.
pub async fn export(client: &mut Client, password: &str) -> anyhow::Result<super::client::Answer> {
    // those in use: all of them are more rows than one file may hold
    const EXPORT: &str = "/ledgers/accounts/export?view=active";
    client.open(EXPORT).await?;
    let answer = client.post(EXPORT, &[("format", "csv")]).await?;
    if answer.status != 303 {
        return Ok(answer);
    }
    let to = answer.header("location").unwrap_or_default().to_owned();
    let page = client.open(&to).await?;
    let value = |name: &str| page.behind(&format!("name=\"{name}\" value=\"")).unwrap_or_default();
    let (action, target, next) = (value("action"), value("target"), value("to"));
    let fields = [("action", &*action), ("target", &*target), ("to", &*next), ("password", password)];
    let given = client.post("/step-up", &fields).await?;
    ensure!(given.status == 303, "the password was not taken: {}", given.status);
    client.open(EXPORT).await?;
    client.post(EXPORT, &[("format", "csv")]).await
}

/// A first visit: the page and everything that it asks for, as a browser loads it. Requests and bytes as they came.
pub async fn first_visit(at: SocketAddr, path: &str, signed_in: &Client) -> anyhow::Result<(usize, usize)> {
    let mut client = signed_in.another();
    client.accepts = None;
    let plain = client.open(path).await?.text();
    client.accepts = Some("gzip, br");
    let mut wanted = vec![path.to_owned()];
    wanted.extend(assets(&plain));
    let (mut at_once, mut bytes) = (0, 0);
    let mut open = Client::new(at);
    while at_once < wanted.len() {
        let next = wanted[at_once].clone();
        let browser = if at_once == 0 { &mut client } else { &mut open };
        browser.accepts = Some("gzip, br");
        bytes += browser.open(&next).await?.body.len();
        if next.ends_with(".js") {
            browser.accepts = None;
            let text = browser.open(&next).await?.text();
            let folder = next.rsplit_once('/').map_or("", |(folder, _)| folder);
            for module in text.split("from \"./").skip(1).chain(text.split("import \"./").skip(1)) {
                let name = module.split('"').next().unwrap_or_default();
                let path = format!("{folder}/{name}");
                if !wanted.contains(&path) {
                    wanted.push(path);
                }
            }
        }
        at_once += 1;
    }
    Ok((at_once, bytes))
}

fn assets(page: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for rest in page.split("\"/static/").skip(1) {
        let path = format!("/static/{}", rest.split(['"', '#']).next().unwrap_or_default());
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}
