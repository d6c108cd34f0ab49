//! 代決規程: who decides in the place of an absent decider, without an appointment by them. The office enters the rule of a tier
//! from a day on; it is only ever added to, and taken back before its day. Whom it names on a day, and for which request, stands in
//! the database (`deciders_by_rule`), which judges each such decision once more.
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::model::full_name;
use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;

crate::id!(
    /// 代決規程の版
    ActingRuleId,
);

/// Whose decisions a rule can be about. Whom the text names as a person (CISO, head, committee), and who grants rights, decides
/// alone.
pub const TIERS: [Tier; 2] = [Tier::Manager, Tier::Office];
/// The most business days that a rule may set.
pub const MOST_DAYS: u32 = 30;

/// Who decides in the absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// 次席: the holder of this title in the same department
    Title(String),
    /// whoever is above in the department tree
    Above,
    /// the holder of this function
    Function(String),
    /// nobody any more
    Nobody,
}

impl Who {
    /// The neutral key.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Title(_) => "title",
            Self::Above => "above",
            Self::Function(_) => "function",
            Self::Nobody => "nobody",
        }
    }

    /// Read back from its key and what goes with it.
    #[must_use]
    pub fn read(key: &str, title: Option<String>, function: Option<String>) -> Option<Self> {
        match key {
            "title" => title.map(Self::Title),
            "above" => Some(Self::Above),
            "function" => function.map(Self::Function),
            "nobody" => Some(Self::Nobody),
            _ => None,
        }
    }
}

/// What the office enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// whose decisions
    pub tier: Tier,
    /// who decides in their absence
    pub who: Who,
    /// as soon as all who could decide are entered as absent
    pub when_absent: bool,
    /// once it has waited longer than so many business days
    pub after_days: Option<u32>,
    /// kinds of requests that are left to the decider
    pub excluded: Vec<String>,
    /// business days for 後閲
    pub review_days: u32,
    /// first day
    pub effective_on: NaiveDate,
    /// on what it rests
    pub reason: String,
}

/// That a version was taken back before its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// when
    pub at: DateTime<Utc>,
    /// by whom
    pub by: Option<String>,
    /// why
    pub reason: String,
}

/// A version of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingRule {
    /// the id
    pub id: ActingRuleId,
    /// counted for each tier
    pub version: i32,
    /// what it says
    pub terms: Terms,
    /// when it was entered
    pub entered_at: DateTime<Utc>,
    /// by whom
    pub entered_by: Option<String>,
    /// taken back before its day
    pub taken_back: Option<TakenBack>,
}

/// How a version stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// in force
    Now,
    /// not begun
    Coming,
    /// another came after it
    Past,
    /// taken back before its day
    TakenBack,
}

impl Standing {
    /// The neutral key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Coming => "coming",
            Self::Past => "past",
            Self::TakenBack => "taken_back",
        }
    }
}

/// How this version stands on a day, among all that were entered: of two on one day the later holds.
#[must_use]
pub fn standing(rule: &ActingRule, all: &[ActingRule], day: NaiveDate) -> Standing {
    let holds = |other: &&ActingRule| {
        other.terms.tier == rule.terms.tier && other.taken_back.is_none() && other.terms.effective_on <= day
    };
    let last = all.iter().filter(holds).max_by_key(|other| (other.terms.effective_on, other.version));
    match last {
        _ if rule.taken_back.is_some() => Standing::TakenBack,
        _ if rule.terms.effective_on > day => Standing::Coming,
        Some(last) if last.id == rule.id => Standing::Now,
        _ => Standing::Past,
    }
}

/// The last day on which a rule entered today can begin; whoever names a later one has mistyped.
#[must_use]
pub fn latest(today: NaiveDate) -> NaiveDate {
    today.checked_add_months(Months::new(120)).unwrap_or(NaiveDate::MAX)
}

/// Enters a version from its day on.
pub async fn enter(work: &mut Work, terms: &Terms) -> Result<ActingRuleId> {
    let today = local(work.now).date_naive();
    let (days, named) = (1..=MOST_DAYS, !matches!(terms.who, Who::Nobody));
    let fits = TIERS.contains(&terms.tier)
        && days.contains(&terms.review_days)
        && terms.after_days.is_none_or(|after| days.contains(&after))
        && (!named || terms.when_absent || terms.after_days.is_some());
    if !fits || !(today..=latest(today)).contains(&terms.effective_on) {
        return Err(Error::Refused(Message::new("acting-refused-terms")));
    }
    let (id, now, by) = (ActingRuleId::new(work.now), work.now, work.actor.person());
    let (title, function) = match &terms.who {
        Who::Title(title) => (Some(title.as_str()), None),
        Who::Function(function) => (None, Some(function.as_str())),
        Who::Above | Who::Nobody => (None, None),
    };
    let whole = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into acting_rule (id, tier, version, who, title, function, when_absent, after_days, excluded, review_days, effective_on,
                                  reason, entered_at, entered_by)
         select $1, $2, coalesce(max(r.version), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
           from acting_rule r
          where r.tier = $2",
        id.0,
        terms.tier.key(),
        terms.who.key(),
        title,
        function,
        terms.when_absent,
        terms.after_days.map(whole),
        &terms.excluded,
        whole(terms.review_days),
        terms.effective_on,
        terms.reason,
        now,
        by.map(|person| person.0),
    )
    .execute(work.conn())
    .await?;
    let facts = json!({
        "tier": terms.tier.key(), "who": terms.who.key(), "title": title, "function": function, "when_absent": terms.when_absent,
        "after_days": terms.after_days, "excluded": terms.excluded, "review_days": terms.review_days, "from": terms.effective_on,
        "reason": terms.reason,
    });
    work.record(Event::done("acting_rule.entered", "acting_rule", id).facts(facts)).await?;
    Ok(id)
}

/// Takes a version back before its day.
pub async fn take_back(work: &mut Work, id: ActingRuleId, reason: &str) -> Result<()> {
    let (now, today, by) = (work.now, local(work.now).date_naive(), work.actor.person());
    let rule = find(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if rule.taken_back.is_some() || rule.terms.effective_on <= today {
        return Err(Error::Conflict(Message::new("acting-refused-begun")));
    }
    sqlx::query!(
        "insert into acting_rule_taken_back (acting_rule_id, taken_back_at, taken_back_by, reason) values ($1, $2, $3, $4)",
        id.0,
        now,
        by.map(|person| person.0),
        reason,
    )
    .execute(work.conn())
    .await?;
    let facts = json!({ "tier": rule.terms.tier.key(), "from": rule.terms.effective_on, "reason": reason });
    work.record(Event::done("acting_rule.taken_back", "acting_rule", id).facts(facts)).await.map(drop)
}

/// Every version, the latest first.
pub async fn all(conn: &mut PgConnection) -> sqlx::Result<Vec<ActingRule>> {
    list(conn, None).await
}

/// One of them.
pub async fn find(conn: &mut PgConnection, id: ActingRuleId) -> sqlx::Result<Option<ActingRule>> {
    Ok(list(conn, Some(id)).await?.pop())
}

async fn list(conn: &mut PgConnection, id: Option<ActingRuleId>) -> sqlx::Result<Vec<ActingRule>> {
    let rows = sqlx::query!(
        r#"select r.id as "id: ActingRuleId", r.tier as "tier: Tier", r.version, r.who, r.title, r.function, r.when_absent, r.after_days,
                  r.excluded, r.review_days, r.effective_on, r.reason, r.entered_at,
                  e.family_name as "by_family?", e.given_name as "by_given?",
                  b.taken_back_at as "back_at?", b.reason as "back_reason?",
                  t.family_name as "back_family?", t.given_name as "back_given?"
             from acting_rule r
             left join person e on e.id = r.entered_by
             left join acting_rule_taken_back b on b.acting_rule_id = r.id
             left join person t on t.id = b.taken_back_by
            where $1::uuid is null or r.id = $1
            order by r.effective_on desc, r.version desc, r.tier"#,
        id.map(|id| id.0),
    );
    let name = |family: Option<String>, given: Option<String>| Some(full_name(&family?, &given?));
    let days = |days: i32| u32::try_from(days).unwrap_or_default();
    let rows = rows.fetch_all(conn).await?.into_iter().filter_map(|row| {
        let taken_back = row.back_at.map(|at| TakenBack {
            at,
            by: name(row.back_family, row.back_given),
            reason: row.back_reason.unwrap_or_default(),
        });
        Some(ActingRule {
            id: row.id,
            version: row.version,
            terms: Terms {
                tier: row.tier,
                who: Who::read(&row.who, row.title, row.function)?,
                when_absent: row.when_absent,
                after_days: row.after_days.map(days),
                excluded: row.excluded,
                review_days: days(row.review_days),
                effective_on: row.effective_on,
                reason: row.reason,
            },
            entered_at: row.entered_at,
            entered_by: name(row.by_family, row.by_given),
            taken_back,
        })
    });
    Ok(rows.collect())
}

/// Does a rule of this day name this person at all?
pub async fn names(conn: &mut PgConnection, person: PersonId, today: NaiveDate) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select named_by_a_rule($1, $2) as "named!""#, person.0, today).fetch_one(conn).await
}

/// The titles that people carry today, for the choice of 次席.
pub async fn titles(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<String>> {
    let titles = sqlx::query_scalar!(
        "select distinct title from post where title <> '' and during @> $1::date and tier <> 'vendor' order by title",
        today,
    );
    titles.fetch_all(conn).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(no: u128, tier: Tier, version: i32, from: &str) -> ActingRule {
        ActingRule {
            id: ActingRuleId(uuid::Uuid::from_u128(no)),
            version,
            terms: Terms {
                tier,
                who: Who::Above,
                when_absent: true,
                after_days: None,
                excluded: Vec::new(),
                review_days: 3,
                effective_on: from.parse().unwrap(),
                reason: "代決規程".to_owned(),
            },
            entered_at: DateTime::default(),
            entered_by: None,
            taken_back: None,
        }
    }

    #[test]
    fn of_two_versions_of_one_day_the_later_holds_and_each_tier_has_its_own() {
        let mut all = vec![
            rule(1, Tier::Manager, 1, "2026-04-01"),
            rule(2, Tier::Manager, 2, "2026-04-01"),
            rule(3, Tier::Manager, 3, "2026-05-01"),
            rule(4, Tier::Office, 1, "2026-04-01"),
        ];
        let on = |all: &[ActingRule], day: &str| {
            let day = day.parse().unwrap();
            all.iter().map(|rule| standing(rule, all, day).key()).collect::<Vec<_>>()
        };
        assert_eq!(on(&all, "2026-03-31"), ["coming"; 4]);
        assert_eq!(on(&all, "2026-04-30"), ["past", "now", "coming", "now"]);
        assert_eq!(on(&all, "2026-05-01"), ["past", "past", "now", "now"]);
        all[2].taken_back = Some(TakenBack { at: DateTime::default(), by: None, reason: "x".to_owned() });
        assert_eq!(on(&all, "2026-05-01"), ["past", "now", "taken_back", "now"]);
    }

    #[test]
    fn who_decides_is_read_back_as_it_was_kept() {
        let whos = [Who::Title("次長".into()), Who::Above, Who::Function("deputy".into()), Who::Nobody];
        for who in whos {
            let (title, function) = match &who {
                Who::Title(title) => (Some(title.clone()), None),
                Who::Function(function) => (None, Some(function.clone())),
                _ => (None, None),
            };
            assert_eq!(Who::read(who.key(), title, function), Some(who));
        }
        assert_eq!(Who::read("title", None, None), None);
        assert_eq!(Who::read("staff", None, None), None);
    }
}
