//! What the pages of 代決規程 and 不在 show.
use askama::Template;
use std::collections::BTreeMap;

use crate::kernel::access::Tier;
use crate::people::absences::Absence;
use crate::people::acting::{ActingRule, MOST_DAYS, Standing, TIERS, Terms, Who, standing};
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form, Width};
use crate::web::locale::{Label, Words};
use crate::web::parts::{Tag, TagTone};
use crate::web::screen::Naming;
use crate::web::shell::Shell;

/// What a rule can speak of: functions and kinds of requests, by key, with their names.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// key → 「サーバ管理者」
    pub functions: BTreeMap<String, String>,
    /// key → 「アカウント登録申請」, in the order of the binding
    pub kinds: Vec<(String, String)>,
    /// what people are called today
    pub titles: Vec<String>,
}

impl Known {
    fn kind(&self, key: &str) -> String {
        let known = self.kinds.iter().find(|(known, _)| known == key);
        known.map_or_else(|| key.to_owned(), |(_, title)| title.clone())
    }
}

/// A version of a rule as a row says it.
pub struct Row {
    pub id: String,
    pub tier: String,
    pub who: String,
    pub when: Vec<String>,
    pub review: String,
    pub excluded: Vec<String>,
    pub from: String,
    pub reason: String,
    pub entered: String,
    pub state: Tag,
    /// why it was taken back
    pub taken_back: String,
    pub coming: bool,
}

impl Row {
    /// In the reader's words.
    pub fn of(
        w: Words,
        dates: &Dates,
        naming: &Naming,
        known: &Known,
        (rule, all): (&ActingRule, &[ActingRule]),
    ) -> Self {
        let terms = &rule.terms;
        let standing = standing(rule, all, dates.today);
        let tone = match standing {
            Standing::Now => TagTone::Good,
            Standing::Coming => TagTone::Wait,
            Standing::Past | Standing::TakenBack => TagTone::Done,
        };
        let by = |name: &Option<String>| name.clone().unwrap_or_default();
        let taken_back = rule.taken_back.as_ref().map(|back| {
            let when = format!("{} {}", dates.short_at(back.at), by(&back.by));
            w.t2("regulations-taken-back", "by", when, "reason", &back.reason).into_owned()
        });
        let named = !matches!(terms.who, Who::Nobody);
        Self {
            id: rule.id.to_string(),
            tier: w.t2("acting-tier-version", "tier", naming.tier(w, terms.tier), "version", rule.version).into_owned(),
            who: who(w, known, &terms.who),
            when: if named { when(w, terms) } else { Vec::new() },
            review: if named {
                w.n("acting-review-within", i64::from(terms.review_days)).into_owned()
            } else {
                String::new()
            },
            excluded: terms.excluded.iter().map(|key| known.kind(key)).collect(),
            from: dates.short(terms.effective_on),
            reason: terms.reason.clone(),
            entered: format!("{} {}", dates.short_at(rule.entered_at), by(&rule.entered_by)),
            state: Tag::new(tone, w.of("acting-state", standing.key())),
            taken_back: taken_back.unwrap_or_default(),
            coming: standing == Standing::Coming,
        }
    }
}

fn who(w: Words, known: &Known, who: &Who) -> String {
    match who {
        Who::Title(title) => w.t1("acting-by-title", "title", title),
        Who::Above => w.t("acting-who-above"),
        Who::Function(key) => w.t1("acting-by-function", "function", known.functions.get(key).unwrap_or(key)),
        Who::Nobody => w.t("acting-who-nobody"),
    }
    .into_owned()
}

fn when(w: Words, terms: &Terms) -> Vec<String> {
    let absent = terms.when_absent.then(|| w.t("acting-when-absent").into_owned());
    let after = terms.after_days.map(|days| w.n("acting-when-waited", i64::from(days)).into_owned());
    absent.into_iter().chain(after).collect()
}

/// All versions of all rules.
#[derive(Template)]
#[template(path = "acting/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub rows: Vec<Row>,
}

/// The form for a new version.
#[derive(Template)]
#[template(path = "acting/new.html")]
pub struct NewPage {
    pub shell: Shell,
    pub form: Form,
}

/// The question before a version is taken back.
#[derive(Template)]
#[template(path = "acting/take_back.html")]
pub struct TakeBackPage {
    pub shell: Shell,
    pub action: String,
    pub row: Row,
    pub form: Form,
}

/// What is asked about a rule.
pub fn questions(w: Words, naming: &Naming, tiers: &[Tier], known: &Known) -> Vec<Field> {
    let tier = |tier: &&Tier| Choice::new(tier.key(), Label::text(naming.tier(w, **tier)));
    let title = |title: &String| Choice::new(title.clone(), Label::text(title.clone()));
    let function = |(key, title): (&String, &String)| Choice::new(key.clone(), Label::text(title.clone()));
    let kind = |(key, title): &(String, String)| Choice::new(key.clone(), Label::text(title.clone()));
    let whos = vec![
        Choice::new("title", "acting-who-title"),
        Choice::new("above", "acting-who-above").note("acting-who-above-note"),
        Choice::new("function", "acting-who-function"),
        Choice::new("nobody", "acting-who-nobody").note("acting-who-nobody-note"),
    ];
    vec![
        Field::select(
            "tier",
            "acting-tier",
            TIERS.iter().filter(|tier| tiers.contains(tier)).map(|one| tier(&one)).collect(),
        ),
        Field::radio("who", "acting-who", whos),
        Field::select("title", "acting-deputy-title", known.titles.iter().map(title).collect())
            .hint("acting-deputy-title-hint")
            .when("who", "title"),
        Field::select("function", "acting-function", known.functions.iter().map(function).collect())
            .when("who", "function"),
        Field::tick("when_absent", "acting-when-absent").optional(),
        Field::ascii("after_days", "acting-after-days").optional().width(Width::Tiny).hint("acting-after-days-hint"),
        Field::ascii("review_days", "acting-review-days").width(Width::Tiny).hint("acting-review-days-hint"),
        Field::checks("excluded", "acting-excluded", known.kinds.iter().map(kind).collect())
            .optional()
            .hint("acting-excluded-hint"),
        Field::date("effective_on", "acting-from").hint("acting-from-hint"),
        Field::area("reason", "acting-reason").most(200).rows(2).hint("acting-reason-hint"),
    ]
}

/// So many business days, where the text is a number that a rule takes.
pub fn days(text: &str) -> Option<u32> {
    text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days))
}

/// An absence as a row says it.
pub struct AbsenceRow {
    pub id: String,
    pub name: String,
    pub period: String,
    pub reason: String,
    pub by: String,
    pub state: Tag,
    pub open: bool,
    pub question: String,
}

impl AbsenceRow {
    /// In the reader's words.
    pub fn of(w: Words, dates: &Dates, absence: &Absence) -> Self {
        let state = absence.state(dates.today);
        let tone = match state {
            "now" => TagTone::Good,
            "coming" => TagTone::Wait,
            _ => TagTone::Done,
        };
        let (from, last) = (dates.short(absence.from), dates.short(absence.last));
        Self {
            id: absence.id.to_string(),
            name: absence.name.clone(),
            period: w.t2("proposal-period", "from", from, "last", last).into_owned(),
            reason: absence.reason.clone(),
            by: absence.entered_by.clone(),
            state: Tag::new(tone, w.of("absence-state", state)),
            open: absence.is_open(dates.today),
            question: w.t1("absence-end-question", "name", &absence.name).into_owned(),
        }
    }
}

/// Absences: one's own, or everybody's.
#[derive(Template)]
#[template(path = "acting/absences.html")]
pub struct AbsencesPage {
    pub shell: Shell,
    pub rows: Vec<AbsenceRow>,
    /// the office sees everybody's
    pub all: bool,
}

/// The form for a new absence.
#[derive(Template)]
#[template(path = "acting/absence_new.html")]
pub struct NewAbsencePage {
    pub shell: Shell,
    pub form: Form,
}

/// What is asked about an absence; the office says whose.
pub fn absence_questions(all: bool) -> Vec<Field> {
    let mut fields = Vec::new();
    if all {
        fields.push(Field::text("person", "absence-person").most(60).hint("stand-in-person-hint"));
    }
    fields.extend([
        Field::date("from", "stand-in-from"),
        Field::date("last", "stand-in-last"),
        Field::area("reason", "absence-reason").most(200).rows(2).hint("absence-reason-hint"),
    ]);
    fields
}
