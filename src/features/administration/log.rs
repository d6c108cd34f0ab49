//! 操作記録: who did what to what, when and from where; verified on the spot. Reading it is written down in it.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::matter::Matters;
use super::store::{self, Entry, Wish};
use super::{ProveLog, SeeLog, looks};
use crate::kernel::access::Permission;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::calendar::DateError;
use crate::kernel::clock::moment;
use crate::kernel::error::{Message, Result};
use crate::kernel::jobs::housekeeping::VerifyLog;
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::web::dates::{Dates, thousands};
use crate::web::extract::{Posted, Query};
use crate::web::forms::Form;
use crate::web::icons::Icon;
use crate::web::locale::Words;
use crate::web::parts::{DayField, Empty, Fact, Facts, Tag, TagTone};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::{Shell, Tone};
use crate::web::tables::{Cell, Filter, Filters, Head, ListBar, NARROW, Pager, Row, Table};

const ROWS: usize = 50;
/// What the log tells of, in the order of the filter.
const ENTITIES: [&str; 30] = [
    "request",
    "account",
    "system",
    "person",
    "department",
    "post",
    "stand_in",
    "stand_in_proposal",
    "acting_rule",
    "absence",
    "movement",
    "draft",
    "roster_import",
    "filing_table",
    "parameter",
    "procedure",
    "regulation",
    "clause",
    "ledger",
    "organisation",
    "calendar",
    "audit",
    "route",
    "session",
    "sign_in",
    "setting",
    "job",
    "mail",
    "privileged",
    "privileged_use",
];

/// How the log is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    what: String,
    outcome: String,
    person: String,
    number: String,
    from: String,
    until: String,
    after: String,
}

impl Asked {
    /// The conditions, by their names in addresses and forms.
    pub const NAMES: [&str; 6] = ["what", "outcome", "person", "number", "from", "until"];

    /// The conditions that a form carries.
    pub fn from_form(form: &Form) -> Self {
        let [what, outcome, person, number, from, until] = Self::NAMES.map(|name| form.text(name).to_owned());
        Self { what, outcome, person, number, from, until, after: String::new() }
    }

    /// The conditions with their names.
    pub fn pairs(&self) -> [(&'static str, &str); 6] {
        let values = [&self.what, &self.outcome, &self.person, &self.number, &self.from, &self.until];
        let [a, b, c, d, e, f] = values.map(String::as_str);
        let [what, outcome, person, number, from, until] = Self::NAMES;
        [(what, a), (outcome, b), (person, c), (number, d), (from, e), (until, f)]
    }

    /// The conditions in force, in words.
    pub fn said(&self, w: Words, dates: &Dates) -> Vec<(String, String)> {
        let labelled = |(name, value): (&str, &str)| {
            let said = match name {
                "what" => what(w, value),
                "outcome" => w.of("administration-outcome", value).into_owned(),
                "from" | "until" => dates.read(value).map_or_else(|_| value.to_owned(), |day| dates.long(day)),
                _ => value.to_owned(),
            };
            let label = if name == "person" { "who" } else { name };
            (w.of("administration-audit", label).into_owned(), said)
        };
        let wish = self.wish(dates);
        // what the list does not understand narrows nothing
        let counts = |name: &str| match name {
            "what" => wish.entity.is_some(),
            "outcome" => wish.outcome.is_some(),
            "person" => wish.person.is_some(),
            "number" => wish.number.is_some(),
            "from" => wish.from.is_some(),
            _ => wish.until.is_some(),
        };
        self.pairs().into_iter().filter(|(name, _)| counts(name)).map(labelled).collect()
    }

    /// What the log is asked for.
    pub fn wish(&self, dates: &Dates) -> Wish {
        let filled = |typed: &str| Some(text::clean_line(typed)).filter(|typed| !typed.is_empty());
        let day = |typed: &str| dates.read(typed).ok();
        let begins = |day: NaiveDate| moment(day.and_time(NaiveTime::MIN));
        Wish {
            entity: ENTITIES.into_iter().find(|entity| *entity == self.what).map(str::to_owned),
            outcome: ["ok", "denied", "failed"].into_iter().find(|outcome| *outcome == self.outcome).map(str::to_owned),
            person: filled(&self.person),
            number: filled(&text::digits(&self.number)).map(|number| number.to_uppercase()),
            from: day(&self.from).map(begins),
            until: day(&self.until).and_then(|day| day.checked_add_days(Days::new(1))).map(begins),
            after: place(&self.after),
            id: None,
        }
    }

    /// The same conditions, from another row on.
    pub fn address(&self, path: &str, after: Option<&Entry>) -> String {
        let after = after.map(|entry| format!("{}_{}", entry.occurred_at.timestamp_micros(), entry.id));
        let pairs = self.pairs().into_iter().chain([("after", after.as_deref().unwrap_or_default())]);
        text::with_query(path, pairs.filter(|(_, value)| !value.is_empty()))
    }

    fn narrows(&self) -> bool {
        self.pairs().into_iter().any(|(_, value)| !value.is_empty())
    }
}

fn place(text: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (at, id) = text.split_once('_')?;
    Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse().ok()?))
}

#[derive(Template)]
#[template(path = "administration/audit.html")]
struct List {
    shell: Shell,
    filters: Filters,
    bar: ListBar,
    table: Table,
    empty: Option<Empty>,
    proof: Proof,
    export: Option<String>,
}

/// That nobody touched the log, as it was last verified and signed.
struct Proof {
    verified: String,
    tag: Option<Tag>,
    /// how many events were verified
    events: String,
    signed: String,
    /// what does not hold, where anything does not
    findings: Option<Facts>,
}

/// GET /audit
pub async fn list(
    State(app): State<App>,
    me: Can<SeeLog>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let look = Event::done("audit.viewed", "audit", "log");
    looks::note(&app, &me, look, &asked.address("/audit", None)).await?;
    let mut read = app.read(&me).await?;
    let most = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = store::events(read.conn(), &asked.wish(&screen.dates), most).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let matters = Matters::of(&app, read.conn(), (w, &me), &found).await?;
    let proof = proof(&mut read, &screen).await?;
    let shell = screen.shell(&app, &mut read, w.t("administration-audit"), &["portal.log"]).await?;
    let empty = found.is_empty().then(|| Empty::new(Icon::History, w.t("administration-audit-none")));
    page(&List {
        filters: filters(&screen, &asked),
        bar: ListBar {
            w,
            range: None,
            total: w.n("administration-audit-shown", u64::try_from(found.len()).unwrap_or_default()).into_owned(),
            kana: Vec::new(),
            kana_label: String::new(),
            pager: Pager {
                w,
                previous: None,
                next: found.last().filter(|_| more).map(|last| asked.address("/audit", Some(last))),
            },
        },
        table: table(&screen, &found, &matters),
        empty,
        proof,
        export: me.may(Permission::AuditVerify).then(|| asked.address("/audit/export", None)),
        shell,
    })
}

fn filters(screen: &Screen, asked: &Asked) -> Filters {
    let w = screen.w;
    let all = || (String::new(), w.t("administration-audit-all").into_owned());
    let pick = |name: &str, label: &str, value: &str, options: Vec<(String, String)>| Filter::Pick {
        name: name.to_owned(),
        label: w.t(label).into_owned(),
        value: value.to_owned(),
        options: std::iter::once(all()).chain(options).collect(),
    };
    let words = |name: &str, label: &str, value: &str| Filter::Words {
        name: name.to_owned(),
        label: w.t(label).into_owned(),
        value: value.to_owned(),
        hint: w.t(&format!("{label}-hint")).into_owned(),
    };
    let day = |name: &str, label: &str, typed: &str| {
        let (value, why) = match screen.dates.read(typed) {
            Ok(day) => (screen.dates.machine(day), None),
            Err(DateError::Empty) => (String::new(), None),
            Err(why) => (typed.to_owned(), Some(why)),
        };
        Filter::Day(DayField::new(w, format!("q-{name}"), name, w.t(label), value, why))
    };
    let entities = ENTITIES.map(|entity| (entity.to_owned(), w.of("administration-entity", entity).into_owned()));
    let outcomes =
        ["ok", "denied", "failed"].map(|key| (key.to_owned(), w.of("administration-outcome", key).into_owned()));
    Filters {
        w,
        action: "/audit".to_owned(),
        keep: Vec::new(),
        filters: vec![
            pick("what", "administration-audit-what", &asked.what, entities.to_vec()),
            pick("outcome", "administration-audit-outcome", &asked.outcome, outcomes.to_vec()),
            words("person", "administration-audit-who", &asked.person),
            words("number", "administration-audit-number", &asked.number),
            day("from", "administration-audit-from", &asked.from),
            day("until", "administration-audit-until", &asked.until),
        ],
        verb: NARROW,
        clear: asked.narrows().then(|| "/audit".to_owned()),
        faults: Vec::new(),
    }
}

/// The kind of thing that an event was about.
pub fn what(w: Words, entity: &str) -> String {
    let entity = if entity == "log" { "audit" } else { entity };
    if ENTITIES.contains(&entity) { w.of("administration-entity", entity).into_owned() } else { entity.to_owned() }
}

/// What was done, in words; kinds that only machines read keep their name.
pub fn act(w: Words, kind: &str) -> String {
    let words = w.of("administration-event", kind.replace('.', "-"));
    if words.starts_with('⟦') { kind.to_owned() } else { words.into_owned() }
}

/// Why: as somebody wrote it, or for the end of a session whether its owner ended it (操作) or the portal (失効).
fn why(w: Words, entry: &Entry) -> String {
    let fact = |name: &str| entry.facts.get(name).and_then(|fact| fact.as_str()).filter(|fact| !fact.is_empty());
    match entry.kind.as_str() {
        "sign_in.released" => fact("reason").unwrap_or_default().to_owned(),
        "sign_in.ended" => w.of("administration-ended", "owner").into_owned(),
        "session.ended" => w.of("administration-ended", fact("why").unwrap_or("owner").replace('_', "-")).into_owned(),
        _ => String::new(),
    }
}

/// Who did it. Where nobody is named, what came from somewhere was done by a visitor, and the rest by the portal itself.
pub(super) fn who(w: Words, entry: &Entry) -> String {
    let nobody = if entry.source.is_some() { "administration-audit-visitor" } else { "administration-audit-portal" };
    entry.actor.clone().unwrap_or_else(|| w.t(nobody).into_owned())
}

fn table(screen: &Screen, found: &[Entry], matters: &Matters<'_>) -> Table {
    let w = screen.w;
    let heads = [
        "administration-audit-at",
        "administration-audit-who",
        "administration-audit-kind",
        "administration-audit-matter",
        "administration-audit-outcome",
        "administration-audit-source",
    ];
    let row = |entry: &Entry| {
        let outcome = Cell::new(w.of("administration-outcome", &entry.outcome)).nowrap();
        let outcome = match entry.outcome.as_str() {
            "ok" => outcome,
            _ => Cell::default().tag(Tag::new(TagTone::Bad, w.of("administration-outcome", &entry.outcome))),
        };
        let who = who(w, entry);
        let about = matters.tell(entry);
        let said = match entry.login.as_deref() {
            Some(login) => w.t1("administration-matter-login", "login", login).into_owned(),
            None => what(w, &entry.entity),
        };
        let said = if said == about.text { String::new() } else { said };
        let matter = Cell::new(about.text).sub(said);
        let cells = vec![
            Cell::new(screen.dates.short_exact(entry.occurred_at)).nowrap().href(format!("/audit/{}", entry.id)),
            Cell::new(who).sub(entry.actor_number.clone().unwrap_or_default()).nowrap(),
            Cell::new(act(w, &entry.kind)).sub(why(w, entry)).nowrap(),
            match about.href {
                Some(href) => matter.href(href),
                None => matter,
            },
            outcome,
            Cell::new(entry.source.clone().unwrap_or_default()).nowrap(),
        ];
        Row { cells, bad: false }
    };
    Table::new(
        w.t("administration-audit"),
        heads.map(|key| Head::new(w.t(key))).to_vec(),
        found.iter().map(row).collect(),
    )
    .stick()
}

/// The last verification and the last signature.
async fn proof(read: &mut crate::kernel::app::Read, screen: &Screen) -> Result<Proof> {
    let w = screen.w;
    let verified = store::last_verified(read.conn()).await?;
    let signed = store::last_signed(read.conn()).await?;
    let never = || w.t("administration-audit-never").into_owned();
    let signed = signed.map_or_else(never, |(seq, at)| {
        w.t2("administration-audit-signed-at", "at", screen.dates.short_at(at), "seq", thousands(seq)).into_owned()
    });
    let Some(verified) = verified else {
        return Ok(Proof { verified: never(), tag: None, events: String::new(), signed, findings: None });
    };
    let whole = verified.outcome == "ok";
    let (tone, result) = if whole { (TagTone::Good, "whole") } else { (TagTone::Bad, "touched") };
    let finding = |finding: &serde_json::Value| {
        let what = finding["what"].as_str().unwrap_or_default();
        let seq = finding["seq"].as_i64().map(|seq| seq.to_string()).unwrap_or_default();
        Fact::new(w.t1("administration-audit-finding", "seq", seq), w.of("administration-tampering", what))
    };
    let findings: Vec<Fact> = verified.facts["findings"].as_array().into_iter().flatten().map(finding).collect();
    Ok(Proof {
        verified: screen.dates.short_at(verified.at),
        tag: Some(Tag::new(tone, w.of("administration-audit-result", result))),
        events: w.n("administration-audit-count", verified.facts["events"].as_u64().unwrap_or_default()).into_owned(),
        signed,
        findings: (!findings.is_empty()).then(|| Facts::new(w, findings)),
    })
}

/// POST /audit/verification
pub async fn verify(State(app): State<App>, me: Can<ProveLog>, screen: Screen, posted: Posted) -> Result<Response> {
    posted.only(&[])?;
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        work.enqueue(&VerifyLog).await?;
        work.record(Event::done("audit.verification_asked", "audit", "log")).await?;
        work.settle(posted.once, "/audit").await
    })
    .await?;
    Ok(screen.go(&app, "/audit", Some((Tone::Info, Message::new("administration-audit-asked")))))
}
