//! One line of the log with everything that was written down about it: 変更の前後, 理由, 本人確認の方法 …
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::log::{act, what, who};
use super::matter::Matters;
use super::store::{self, Entry, Named, Wish};
use super::{SeeLog, looks};
use crate::kernel::access::Tier;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Result};
use crate::web::extract::Path;
use crate::web::parts::{Fact, Facts};
use crate::web::routing::Can;
use crate::web::screen::{House, Naming, Screen, page};
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "administration/entry.html")]
struct EntryPage {
    shell: Shell,
    about: Facts,
    matter: Option<String>,
    details: Option<Facts>,
}

/// GET /audit/{id}
pub async fn show(State(app): State<App>, me: Can<SeeLog>, screen: Screen, Path(id): Path<Uuid>) -> Result<Response> {
    let w = screen.w;
    let look = Event::done("audit.viewed", "audit", "log");
    looks::note(&app, &me, look, &format!("/audit/{id}")).await?;
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let found = store::events(read.conn(), &Wish { id: Some(id), ..Wish::default() }, 1).await?;
    let entry = found.first().ok_or(Error::NotFound)?;
    let matters = Matters::of(&app, read.conn(), (w, &me), &found).await?;
    let named = store::names(read.conn(), &ids(&entry.facts).into_iter().collect::<Vec<_>>()).await?;
    let reader = Reader { screen: &screen, naming: &naming, named: &named };
    let matter = matters.tell(entry);
    let details = reader.details(&entry.facts);
    let shell = screen.shell(&app, &mut read, act(w, &entry.kind), &["portal.log"]).await?;
    let shell = shell.crumb("/audit", w.t("administration-audit")).crumb_here(act(w, &entry.kind));
    page(&EntryPage {
        about: about(&screen, entry, matter.text),
        matter: matter.href,
        details: (!details.is_empty()).then(|| Facts::new(w, details)),
        shell,
    })
}

fn about(screen: &Screen, entry: &Entry, matter: String) -> Facts {
    let w = screen.w;
    let fact = |key: &str, value: String| Fact::new(w.t(key), value);
    let mut facts = vec![
        fact("administration-audit-at", screen.dates.short_exact(entry.occurred_at)),
        fact("administration-audit-who", who(w, entry)),
        fact("administration-audit-kind", act(w, &entry.kind)),
        fact("administration-audit-what", what(w, &entry.entity)),
        fact("administration-audit-matter", matter),
        fact("administration-audit-outcome", w.of("administration-outcome", &entry.outcome).into_owned()),
    ];
    facts.extend(entry.acting_for.clone().map(|name| fact("administration-audit-for", name)));
    if !entry.concerned.is_empty() {
        facts.push(fact("administration-audit-concerned", entry.concerned.join("、")));
    }
    facts.extend(entry.source.clone().map(|source| fact("administration-audit-source", source)));
    facts.push(fact("administration-audit-key", entry.kind.clone()));
    facts.push(fact("administration-audit-id", entry.id.to_string()));
    Facts::new(w, facts)
}

/// All ids that stand in the facts, whatever they belong to.
fn ids(facts: &Value) -> BTreeSet<Uuid> {
    match facts {
        Value::String(text) => text.parse().into_iter().collect(),
        Value::Array(all) => all.iter().flat_map(ids).collect(),
        Value::Object(all) => all.values().flat_map(ids).collect(),
        _ => BTreeSet::new(),
    }
}

struct Reader<'a> {
    screen: &'a Screen,
    naming: &'a Naming,
    named: &'a [Named],
}

impl Reader<'_> {
    fn details(&self, facts: &Value) -> Vec<Fact> {
        let Value::Object(all) = facts else { return Vec::new() };
        let fact = |(key, value): (&String, &Value)| {
            let words = self.value(key, value);
            (!words.is_empty()).then(|| Fact::new(self.label(key), words))
        };
        all.iter().filter_map(fact).collect()
    }

    /// What a key is called; one that only machines read keeps its name.
    fn label(&self, key: &str) -> String {
        let words = self.screen.w.of("administration-fact", key.replace('_', "-"));
        if words.starts_with('⟦') { key.to_owned() } else { words.into_owned() }
    }

    fn value(&self, key: &str, value: &Value) -> String {
        let w = self.screen.w;
        match value {
            Value::Null => String::new(),
            Value::Bool(yes) => {
                w.t(if *yes { "administration-fact-is" } else { "administration-fact-is-not" }).into_owned()
            }
            Value::Number(number) => number.to_string(),
            Value::String(text) => self.text(key, text),
            Value::Array(all) => all.iter().map(|one| self.value(key, one)).collect::<Vec<_>>().join("、"),
            Value::Object(all) => {
                let pair = |(key, value): (&String, &Value)| format!("{}：{}", self.label(key), self.value(key, value));
                all.iter().map(pair).collect::<Vec<_>>().join("／")
            }
        }
    }

    fn text(&self, key: &str, text: &str) -> String {
        let dates = &self.screen.dates;
        if let Some(named) = text.parse::<Uuid>().ok().and_then(|id| self.named.iter().find(|named| named.id == id)) {
            return named
                .number
                .as_ref()
                .map_or_else(|| named.name.clone(), |number| format!("{number} {}", named.name));
        }
        if key == "tier"
            && let Some(tier) = Tier::from_key(text)
        {
            return self.naming.tier(self.screen.w, tier);
        }
        let said = self.screen.w.of("administration-value", text);
        if !text.is_empty() && !said.starts_with('⟦') {
            return said.into_owned();
        }
        if let Ok(day) = text.parse::<NaiveDate>() {
            return dates.short(day);
        }
        text.parse::<DateTime<Utc>>().map_or_else(|_| text.to_owned(), |at| dates.short_exact(at))
    }
}
