//! The pages of adoption (規程の採用): what is in force, to come and known; and of one text what it changes.
use super::{Reader, edition_words, parameter_word, value_words, waiting_values};
use crate::engines::regulations::adopted::{Adopted, InForce, Role};
use crate::engines::regulations::binding::{self, By};
use crate::engines::regulations::catalogue::Clause;
use crate::engines::regulations::compare::{Change, Difference};
use crate::engines::regulations::impact::{Impact, KindChange};
use crate::engines::regulations::in_force::Regulations;
use crate::engines::regulations::library::Entry;
use crate::engines::regulations::store::AdoptionRow;
use crate::kernel::access::{FunctionKey, Permission, Tier, Viewer};
use crate::kernel::settings::Source;
use crate::web::dates::Dates;
use crate::web::forms::Form;
use crate::web::locale::Words;
use crate::web::shell::Shell;
use askama::Template;
use chrono::NaiveDate;
use std::cmp::Ordering;
use std::sync::Arc;

/// What a text is called, with its version.
#[must_use]
pub fn title(w: Words, entry: &Entry) -> String {
    edition_words(w, &entry.catalogue)
}

/// A regulation in force or to come.
#[derive(Debug, Clone)]
pub struct AdoptedRow {
    pub title: String,
    pub href: String,
    pub role: String,
    pub approved: String,
    pub effective: String,
    pub by: String,
    /// The way to taking it back, while it is to come.
    pub take_back: Option<String>,
}

/// A text that is known.
#[derive(Debug, Clone)]
pub struct KnownRow {
    pub title: String,
    pub href: String,
    pub issuer: String,
    pub clauses: String,
    pub state: String,
}

/// An adoption of the history.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    pub title: String,
    pub role: String,
    pub effective: String,
    pub approved: String,
    pub entered: String,
    pub taken_back: Option<String>,
}

/// 規程の採用
#[derive(Template)]
#[template(path = "regulations/adoptions.html")]
pub struct List {
    pub shell: Shell,
    pub in_force: Vec<AdoptedRow>,
    pub to_come: Vec<AdoptedRow>,
    pub known: Vec<KnownRow>,
    /// Files that cannot be read: what is wrong, line by line.
    pub faults: Vec<String>,
    pub history: Vec<HistoryRow>,
}

/// Builds the list.
#[must_use]
pub fn list(
    shell: Shell,
    w: Words,
    dates: Dates,
    viewer: &Viewer,
    regulations: &Regulations,
    rows: &[AdoptionRow],
) -> List {
    let adoptions = regulations.adoptions();
    let may = viewer.may(Permission::ParametersEdit);
    let library = regulations.library();
    let role = |role: Role| w.of("regulations-role", role.key()).into_owned();
    let row = |adopted: &Arc<Adopted>| AdoptedRow {
        title: title(w, adopted.entry()),
        href: format!("/adoptions/{}", adopted.entry().edition()),
        role: role(adopted.role),
        approved: dates.short(adopted.approved_on),
        effective: dates.short(adopted.effective_on),
        by: adopted.approved_by.clone(),
        take_back: (may && adopted.effective_on > dates.today).then(|| format!("/adoptions/to-come/{}", adopted.id)),
    };
    let open = |adopted: &&Arc<Adopted>| adopted.discloses_to(viewer);
    let now = adoptions.on(dates.today);
    let in_force: Vec<AdoptedRow> = now.iter().filter(open).map(row).collect();
    let known = library.iter().filter_map(|entry| {
        let binding = entry.binding.as_ref()?;
        let readable = viewer.posts.iter().any(|post| binding.discloses_to(post.tier));
        let adopted = now.iter().any(|adopted| adopted.entry().edition() == entry.edition());
        let amends = now.get(&entry.catalogue.key).is_some();
        (readable && !adopted).then(|| KnownRow {
            title: title(w, entry),
            href: format!("/adoptions/{}", entry.edition()),
            issuer: entry.catalogue.issuer_kind.clone(),
            clauses: w.n("regulations-clauses", entry.catalogue.asking().count()).into_owned(),
            state: w.t(if amends { "regulations-amends" } else { "regulations-further" }).into_owned(),
        })
    });
    let name = |edition: &str| library.get(edition).map_or_else(|| edition.to_owned(), |entry| title(w, entry));
    let past = |row: &AdoptionRow| {
        let who = |person: &Option<String>| person.clone().unwrap_or_else(|| w.t("regulations-by-portal").into_owned());
        HistoryRow {
            title: name(&row.regulation_key),
            role: Role::from_key(&row.role).map(role).unwrap_or_default(),
            effective: dates.short(row.effective_on),
            approved: format!("{} {}", dates.short(row.approved_on), row.approved_by),
            entered: format!("{} {}", dates.short_at(row.entered_at), who(&row.entered_by)),
            taken_back: row.taken_back_at.map(|at| {
                let reason = row.taken_back_reason.clone().unwrap_or_default();
                let by = format!("{} {}", dates.short_at(at), who(&row.taken_back_by));
                w.t2("regulations-taken-back", "by", by, "reason", reason).into_owned()
            }),
        }
    };
    List {
        in_force,
        to_come: adoptions.to_come(dates.today).filter(open).map(row).collect(),
        known: known.collect(),
        faults: if may {
            library.faulty().flat_map(|(_, faults)| faults.0.iter().map(ToString::to_string)).collect()
        } else {
            Vec::new()
        },
        history: rows.iter().rev().map(past).collect(),
        shell,
    }
}

/// One row of 新旧対照.
#[derive(Debug, Clone)]
pub struct DifferenceRow {
    pub place: String,
    pub change: String,
    /// Class of the tag.
    pub class: &'static str,
    pub old: Option<Side>,
    pub new: Option<Side>,
}

/// One side of it: heading, duty, and who owes it how.
#[derive(Debug, Clone)]
pub struct Side {
    pub heading: String,
    pub duty: String,
    pub facts: Vec<String>,
}

/// That it comes into force already, and where that is taken back.
#[derive(Debug, Clone)]
pub struct Coming {
    pub day: String,
    pub take_back: Option<String>,
}

/// 採用する規程
#[derive(Template)]
#[template(path = "regulations/adoption.html")]
pub struct Page {
    pub shell: Shell,
    pub issuer: String,
    pub clauses: String,
    /// As what it would be adopted: word, address, chosen; none where that is settled.
    pub roles: Vec<(String, String, bool)>,
    pub day: String,
    /// Days on which it comes into force already.
    pub coming: Vec<Coming>,
    pub amends: Option<String>,
    pub rows: Vec<DifferenceRow>,
    pub titles: Vec<(String, String)>,
    pub kinds: Vec<(String, Vec<String>)>,
    pub values: Vec<(String, String)>,
    pub overruled: Vec<(String, String)>,
    pub mechanisms: Vec<String>,
    pub under_way: Vec<(String, String)>,
    pub holes: Vec<String>,
    /// What it leaves open and nothing acts on yet.
    pub waiting: Vec<(String, String)>,
    pub action: String,
    /// Nothing where the reader may not adopt it.
    pub form: Option<Form>,
}

impl Page {
    fn changes_nothing(&self) -> bool {
        self.titles.is_empty() && self.kinds.is_empty() && self.values.is_empty() && self.mechanisms.is_empty()
    }
}

/// What the page of a text rests on.
pub struct Matter<'a> {
    pub old: Option<&'a Adopted>,
    pub before: &'a InForce,
    pub after: &'a InForce,
    pub rows: &'a [Difference<'a>],
    pub impact: &'a Impact<'a>,
    pub under_way: &'a [(String, i64)],
    pub vacant: &'a [Tier],
    pub coming: Vec<Arc<Adopted>>,
    /// Its regulation is in force already, so that what it does here is settled.
    pub known: bool,
    pub may_adopt: bool,
    pub day: NaiveDate,
    pub form: Form,
}

/// Builds the page of a text; the reader's regulation is the text itself, as if it were adopted.
#[must_use]
pub fn page(shell: Shell, reader: &Reader<'_>, matter: Matter<'_>) -> Page {
    let w = reader.w;
    let entry = reader.adopted.entry();
    let edition = entry.edition();
    let roles = [Role::Tracked, Role::Operating].into_iter().map(|role| {
        let href = crate::engines::regulations::routes::adoption::address(&edition, Some(role));
        (w.of("regulations-role", role.key()).into_owned(), href, role == reader.adopted.role)
    });
    let impact = matter.impact;
    let source = |source: &Source| source_words(w, matter.after, source);
    let value = |parameter, shown| value_words(w, parameter, shown);
    let coming = |adopted: &Arc<Adopted>| Coming {
        day: reader.dates.long(adopted.effective_on),
        take_back: matter.may_adopt.then(|| format!("/adoptions/to-come/{}", adopted.id)),
    };
    // an edition that waits for its day is taken back before it is adopted for another
    let form = Some(matter.form).filter(|form| matter.may_adopt && (matter.coming.is_empty() || form.faulty()));
    Page {
        issuer: entry.catalogue.issuer_kind.clone(),
        clauses: w.n("regulations-clauses", entry.catalogue.asking().count()).into_owned(),
        roles: if matter.known { Vec::new() } else { roles.collect() },
        day: reader.dates.long(matter.day),
        coming: matter.coming.iter().map(coming).collect(),
        amends: matter.old.map(|old| title(w, old.entry())),
        rows: matter.rows.iter().map(|row| difference(reader, matter.old, row)).collect(),
        titles: impact
            .titles
            .iter()
            .map(|(tier, old, new)| {
                let word = |title: &Option<&binding::Title>| {
                    title.map_or_else(
                        || w.t("regulations-none").into_owned(),
                        |title| title.in_language(w.lang().code()).to_owned(),
                    )
                };
                (w.of("tier", tier.key()).into_owned(), format!("{} → {}", word(old), word(new)))
            })
            .collect(),
        kinds: impact.kinds.iter().map(|change| kind(reader, matter.before, change)).collect(),
        values: impact
            .values
            .iter()
            .map(|change| {
                let unit = change.parameter.unit;
                let words = format!(
                    "{} → {}（{}）",
                    value(unit, &change.old),
                    value(unit, &change.new),
                    source(&change.source)
                );
                // who adopts a text hears where something grows looser by it
                let looser = change.parameter.strict.compare(&change.new, &change.old) == Some(Ordering::Less);
                let words = if looser { w.t1("regulations-value-looser", "change", words).into_owned() } else { words };
                (parameter_word(w, change.parameter), words)
            })
            .collect(),
        overruled: impact
            .overruled
            .iter()
            .map(|(parameter, claim)| (parameter_word(w, parameter), value(parameter.unit, &claim.shown)))
            .collect(),
        mechanisms: mechanisms(reader, impact),
        under_way: matter
            .under_way
            .iter()
            .map(|(kind, count)| (kind.clone(), w.n("regulations-requests", *count).into_owned()))
            .collect(),
        holes: holes(reader, matter.vacant),
        waiting: waiting_values(w, entry),
        action: format!("/adoptions/{edition}"),
        // an edition that waits for its day is taken back before it is adopted for another
        form,
        shell,
    }
}

fn difference(reader: &Reader<'_>, old: Option<&Adopted>, row: &Difference<'_>) -> DifferenceRow {
    let of = |adopted: &Adopted, clause: &Clause| side(&Reader { adopted, ..*reader }, clause);
    DifferenceRow {
        place: row.named().map(|clause| clause.place.clone()).unwrap_or_default(),
        change: reader.w.of("regulations-change", row.change.key()).into_owned(),
        class: match row.change {
            Change::Added => "wait",
            Change::Removed => "back",
            Change::Changed => "over",
        },
        old: row.old.zip(old).map(|(clause, old)| of(old, clause)),
        new: row.new.map(|clause| of(reader.adopted, clause)),
    }
}

fn side(reader: &Reader<'_>, clause: &Clause) -> Side {
    let w = reader.w;
    let titles = |tiers: &[Tier]| tiers.iter().map(|tier| reader.title(*tier)).collect::<Vec<_>>();
    let either = w.t("regulations-either");
    let approvers: Vec<String> = clause.approvers.iter().map(|step| titles(step).join(&either)).collect();
    let mut facts = Vec::new();
    let mut add = |key: &str, value: String| {
        if !value.is_empty() {
            facts.push(format!("{} {value}", w.t(key)));
        }
    };
    add("regulations-holder", reader.title(clause.holder));
    add("regulations-level", w.of("regulations-level", clause.level.key()).into_owned());
    add("regulations-kind", w.of("regulations-kind", clause.mechanism.key()).into_owned());
    add("regulations-approvers", approvers.join(" → "));
    add("regulations-interval", clause.interval.map(|period| super::period_words(w, period)).unwrap_or_default());
    add("regulations-deadline", clause.deadline.map(|period| super::period_words(w, period)).unwrap_or_default());
    Side { heading: clause.heading.clone(), duty: reader.duty(clause), facts }
}

/// A kind of request with what becomes of it.
fn kind(reader: &Reader<'_>, before: &InForce, change: &KindChange<'_>) -> (String, Vec<String>) {
    let w = reader.w;
    let language = w.lang().code();
    let name = |kind: &binding::Kind| kind.title.in_language(language).to_owned();
    let old_title =
        |tier: Tier| before.operating.as_ref().and_then(|adopted| adopted.title(tier, language)).map(str::to_owned);
    let route = |kind: &binding::Kind, title: &dyn Fn(Tier) -> String| {
        let field = |key: FunctionKey| key.field().and_then(|key| kind.field(key));
        let by = |step: &binding::Step| {
            let who = step.by.iter().map(|by| match by {
                By::Tier(tier) => title(*tier),
                By::Applicant => w.t("regulations-by-applicant").into_owned(),
                By::PersonConcerned => w.t("regulations-by-person").into_owned(),
                By::Field(key) => {
                    field(*key).map(|field| field.label.in_language(language).to_owned()).unwrap_or_default()
                }
            });
            format!(
                "{}（{}）",
                step.title.in_language(language),
                who.collect::<Vec<_>>().join(&w.t("regulations-either"))
            )
        };
        kind.steps.iter().map(by).collect::<Vec<_>>().join(" → ")
    };
    let then = |kind: &binding::Kind| route(kind, &|tier| old_title(tier).unwrap_or_else(|| tier.key().to_owned()));
    let now = |kind: &binding::Kind| route(kind, &|tier| reader.title(tier));
    match (change.old, change.new) {
        (Some(old), Some(new)) => {
            let mut lines = Vec::new();
            if name(old) != name(new) {
                lines.push(w.t2("regulations-kind-renamed", "old", name(old), "new", name(new)).into_owned());
            }
            if then(old) != now(new) {
                lines.push(w.t1("regulations-route-old", "route", then(old)).into_owned());
                lines.push(w.t1("regulations-route-new", "route", now(new)).into_owned());
            }
            if old.fields != new.fields {
                lines.push(w.t("regulations-form-changes").into_owned());
            }
            if lines.is_empty() {
                lines.push(w.t("regulations-kind-changes").into_owned());
            }
            (name(new), lines)
        }
        (None, Some(new)) => {
            let route = w.t1("regulations-route-new", "route", now(new)).into_owned();
            (name(new), vec![w.t("regulations-kind-begins").into_owned(), route])
        }
        (Some(old), None) => (name(old), vec![w.t("regulations-kind-ends").into_owned()]),
        (None, None) => (String::new(), Vec::new()),
    }
}

fn mechanisms(reader: &Reader<'_>, impact: &Impact<'_>) -> Vec<String> {
    let w = reader.w;
    let say = |key: &'static str| move |mechanism: &String| w.t1(key, "name", reader.mechanism(mechanism)).into_owned();
    let begins = impact.begins.iter().map(say("regulations-mechanism-begins"));
    begins.chain(impact.ceases.iter().map(say("regulations-mechanism-ceases"))).collect()
}

/// What is missing for it: nobody who holds a tier, and clauses that nothing carries yet.
fn holes(reader: &Reader<'_>, vacant: &[Tier]) -> Vec<String> {
    let w = reader.w;
    let binding = reader.adopted.binding();
    let asking = || reader.adopted.entry().catalogue.asking();
    let waiting =
        asking().filter(|clause| binding.bind(&clause.id).is_some_and(|bind| bind.waits_for.is_some())).count();
    let none = asking().filter(|clause| binding.bind(&clause.id).is_none()).count();
    let mut holes: Vec<String> =
        vacant.iter().map(|tier| w.t1("regulations-hole-vacant", "name", reader.title(*tier)).into_owned()).collect();
    for (key, count) in [("regulations-hole-waiting", waiting), ("regulations-hole-none", none)] {
        if count > 0 {
            holes.push(w.n(key, count).into_owned());
        }
    }
    holes
}

fn source_words(w: Words, in_force: &InForce, source: &Source) -> String {
    match source {
        Source::Clause { regulation, clause } => {
            let found = in_force.get(regulation).and_then(|adopted| adopted.entry().reference_to(clause));
            found.map_or_else(|| clause.clone(), |found| found.label)
        }
        Source::Organisation => w.t("regulations-source-organisation").into_owned(),
        Source::Base => w.t("regulations-source-base").into_owned(),
    }
}

/// 採用の取消し
#[derive(Template)]
#[template(path = "regulations/take_back.html")]
pub struct TakingBack {
    pub shell: Shell,
    pub title: String,
    pub effective: String,
    pub action: String,
    pub form: Form,
}

/// Builds the question.
#[must_use]
pub fn taking_back(shell: Shell, w: Words, dates: Dates, adopted: &Adopted, form: Form) -> TakingBack {
    TakingBack {
        title: title(w, adopted.entry()),
        effective: dates.long(adopted.effective_on),
        action: format!("/adoptions/to-come/{}", adopted.id),
        form,
        shell,
    }
}
