//! 対象: what an event was about, by the number and the name that people know, with the way there for those who may go it.
//! The names of a whole page come with one query.
use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::log::what;
use super::store::{self, Entry, Named};
use crate::engines::regulations::Regulations;
use crate::kernel::access::{Permission, Reach, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::web::locale::Words;

/// What stands behind the events of a page.
pub struct Matters<'a> {
    w: Words,
    viewer: &'a Viewer,
    named: HashMap<(String, Uuid), Named>,
    regulations: std::sync::Arc<Regulations>,
}

/// One of them in words.
pub struct Matter {
    /// 「001001 田中 陽向」, 「4.1.1 第1項」, 「POST /requests/…」
    pub text: String,
    /// where it lies, when the reader may open it
    pub href: Option<String>,
}

impl<'a> Matters<'a> {
    /// Reads the names behind these events.
    pub async fn of(
        app: &App,
        conn: &mut PgConnection,
        (w, viewer): (Words, &'a Viewer),
        entries: &[Entry],
    ) -> Result<Self> {
        let ids: Vec<Uuid> = entries.iter().filter_map(|entry| entry.entity_id.parse().ok()).collect();
        let named = store::names(conn, &ids).await?;
        let named = named.into_iter().map(|named| ((named.entity.clone(), named.id), named)).collect();
        Ok(Self { w, viewer, named, regulations: app.part()? })
    }

    /// What this event was about.
    #[must_use]
    pub fn tell(&self, entry: &Entry) -> Matter {
        let plain = || entry.entity_number.clone().unwrap_or_else(|| entry.entity_id.clone());
        let (text, href) = match entry.entity.as_str() {
            "request" => (plain(), entry.entity_number.as_ref().map(|number| format!("/requests/{number}"))),
            "clause" => self.clause(&entry.entity_id),
            "regulation" => (self.regulation(&entry.entity_id), Some("/adoptions".to_owned())),
            "procedure" => (self.procedure(&entry.entity_id), Some("/procedures".to_owned())),
            "parameter" => {
                (self.word("regulations-parameter", &entry.entity_id.replace('_', "-")), Some("/parameters".to_owned()))
            }
            "setting" => (
                self.word("regulations-mechanism", &entry.entity_id.replace(['.', '_'], "-")),
                Some("/parameters".to_owned()),
            ),
            "ledger" => (self.ledger(&entry.entity_id), Some(format!("/ledgers/{}", entry.entity_id))),
            "route" => (route(entry), None),
            "sign_in" => (self.unknown(entry), None),
            "organisation" | "calendar" => (entry.named.clone().unwrap_or_else(|| self.whole(&entry.entity)), None),
            "audit" | "log" => (self.whole("audit"), None),
            _ => match self.find(entry) {
                Some(named) => (self.name(named), place(named)),
                None => (self.somebody(entry), None),
            },
        };
        let may_open = needed(&entry.entity).is_some_and(|needed| self.viewer.reach(needed) == Reach::Organisation);
        Matter { text, href: href.filter(|_| may_open) }
    }

    /// What has no name of its own is known by its number, by whom it concerns, or by what it is; nobody reads an id.
    fn somebody(&self, entry: &Entry) -> String {
        let number = entry.entity_number.clone();
        let comma = self.w.t("web-list-comma");
        let concerned = (!entry.concerned.is_empty()).then(|| entry.concerned.join(&comma));
        let whole = || {
            if entry.entity_id.parse::<Uuid>().is_ok() { what(self.w, &entry.entity) } else { entry.entity_id.clone() }
        };
        number.or(concerned).unwrap_or_else(whole)
    }

    fn find(&self, entry: &Entry) -> Option<&Named> {
        self.named.get(&(entry.entity.clone(), entry.entity_id.parse().ok()?))
    }

    fn name(&self, named: &Named) -> String {
        let other = named.other.as_deref().filter(|other| !other.is_empty());
        let name = match (named.entity.as_str(), other) {
            ("stand_in" | "stand_in_proposal", Some(holder)) => {
                self.w.t2("administration-matter-stand-in", "name", &named.name, "holder", holder).into_owned()
            }
            (_, Some(other)) => {
                self.w.t2("administration-matter-with", "name", &named.name, "other", other).into_owned()
            }
            (_, None) => named.name.clone(),
        };
        named.number.as_deref().map_or_else(|| name.clone(), |number| format!("{number} {name}"))
    }

    fn clause(&self, id: &str) -> (String, Option<String>) {
        let Some((regulation, clause)) = id.split_once('/') else { return (id.to_owned(), None) };
        let in_force = self.regulations.in_force();
        let adopted = in_force.get(regulation);
        let entry = adopted
            .map(|adopted| adopted.entry())
            .or_else(|| self.regulations.library().get(regulation).map(|entry| &**entry));
        let found = entry.and_then(|entry| entry.catalogue.clause(clause));
        let text = found.map_or_else(|| id.to_owned(), |clause| format!("{} {}", clause.place, clause.heading));
        let open = adopted.is_some_and(|adopted| adopted.discloses_to(self.viewer));
        (text, (open && found.is_some()).then(|| format!("/clauses/{id}")))
    }

    fn regulation(&self, key: &str) -> String {
        self.regulations.library().get(key).map_or_else(|| key.to_owned(), |entry| entry.catalogue.title.clone())
    }

    fn procedure(&self, key: &str) -> String {
        let operating = self.regulations.operating();
        let kind = operating.as_ref().and_then(|adopted| adopted.binding().kind(key));
        kind.map_or_else(|| key.to_owned(), |kind| kind.title.in_language(self.w.lang().code()).to_owned())
    }

    fn ledger(&self, key: &str) -> String {
        let words = self.w.t(&format!("{key}-title"));
        if words.starts_with('⟦') { key.to_owned() } else { words.into_owned() }
    }

    fn word(&self, family: &str, key: &str) -> String {
        let words = self.w.of(family, key);
        if words.starts_with('⟦') { key.to_owned() } else { words.into_owned() }
    }

    fn whole(&self, entity: &str) -> String {
        self.w.of("administration-entity", entity).into_owned()
    }

    /// What was typed may be a password in the wrong field: the log keeps a digest, by which the same wrong ID is known again.
    fn unknown(&self, entry: &Entry) -> String {
        let digest = entry.login_digest.as_deref().unwrap_or_default();
        self.w.t1("administration-matter-unknown", "digest", digest).into_owned()
    }
}

/// 「POST /requests/R8-ACC-0001/decision」
fn route(entry: &Entry) -> String {
    let path = entry.path.as_deref().unwrap_or(&entry.entity_id);
    entry.method.as_deref().map_or_else(|| path.to_owned(), |method| format!("{method} {path}"))
}

/// Where a row with a name lies.
fn place(named: &Named) -> Option<String> {
    match named.entity.as_str() {
        "person" | "post" | "stand_in" | "stand_in_proposal" => {
            named.number.as_deref().map(|number| format!("/people/{number}"))
        }
        "account" => Some(format!("/ledgers/accounts/{}", named.id)),
        "system" => Some(format!("/ledgers/systems/{}", named.id)),
        "mail" => Some(format!("/outbox/{}", named.id)),
        "job" => Some("/jobs".to_owned()),
        _ => None,
    }
}

/// What one needs to open it: events are everybody's, so only those with all of it in view are led there.
fn needed(entity: &str) -> Option<Permission> {
    Some(match entity {
        "request" => Permission::RequestsView,
        "person" | "post" | "stand_in" | "stand_in_proposal" => Permission::PeopleView,
        "account" => Permission::AccountsView,
        "system" => Permission::SystemsView,
        "clause" | "regulation" => Permission::ClausesView,
        "parameter" | "setting" | "procedure" => Permission::ParametersView,
        "ledger" => Permission::AccountsView,
        "mail" => Permission::OutboxView,
        "job" => Permission::JobsView,
        _ => return None,
    })
}
