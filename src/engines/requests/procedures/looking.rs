//! 経路の点検, without pages: every route for every section, today and on every day to come on which something turns, and from which
//! day until which day a request would not get through. What a personnel change would break is asked the same way.
use crate::engines::regulations::own_routes::{Fixed, fits, fixed};
use crate::engines::regulations::{Regulations, store as regulations};
use crate::engines::requests::actions::kinds;
use crate::engines::requests::kinds::{Kinds, KindsOfDay, Registered};
use crate::engines::requests::model::StepScope;
use crate::engines::requests::model::linting::{Fault, findings};
use crate::engines::requests::model::route::{Organisation, Places};
use crate::engines::requests::store::people;
use crate::kernel::access::Tier;
use crate::kernel::app::App;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId};
use chrono::{Days, NaiveDate};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many days ahead are looked at.
const AHEAD: u64 = 60;

/// Where a request of a kind would not get through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub kind: String,
    /// Empty: the route as a whole.
    pub step: String,
    pub fault: Fault,
}

/// For whom, from which day on, and until which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    pub from: NaiveDate,
    /// The last day; none: as far as is looked ahead.
    pub until: Option<NaiveDate>,
    pub sections: Vec<DepartmentId>,
    /// For every section alike.
    pub everywhere: bool,
}

/// What is wrong on one day: of each place the sections, and whether these are all.
type Found = BTreeMap<Place, (Vec<DepartmentId>, bool)>;

/// A day that is looked at, with the kinds that can be filed on it.
#[derive(Debug, Clone)]
pub struct Ahead {
    day: NaiveDate,
    kinds: Arc<Kinds>,
    /// Routes of the organisation that do not count on it.
    unfit: Vec<Place>,
}

impl Ahead {
    /// The kind as it can be filed on that day.
    pub fn kind(&self, key: &str) -> Option<&Registered> {
        self.kinds.get(key).ok()
    }
}

/// Today and the days to come on which people, sections, regulations, values or routes change, each with its kinds.
pub async fn days(app: &App) -> Result<Vec<Ahead>> {
    let today = app.clock().today();
    let last = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let known = app.part::<Regulations>()?;
    let (adoptions, routes) = (known.adoptions(), known.own_routes());
    let mut read = app.read_all(Role::App).await?;
    let turns = people::turning_days(read.conn(), today, last).await?;
    let values = regulations::list_values(read.conn()).await?;
    drop(read);
    let legal = adoptions.to_come(today).map(|adopted| adopted.effective_on);
    let legal = legal.chain(routes.iter().map(|route| route.effective_on));
    let legal: BTreeSet<NaiveDate> =
        legal.chain(values.iter().map(|value| value.effective_on)).filter(|day| *day > today && *day <= last).collect();
    let mut ahead: Vec<Ahead> = vec![Ahead { day: today, kinds: kinds(app)?, unfit: unfit(&known, today) }];
    for day in turns.into_iter().chain(legal.iter().copied()).collect::<BTreeSet<_>>() {
        let before = ahead.last().cloned();
        let next = match before {
            Some(before) if !legal.contains(&day) => Ahead { day, ..before },
            _ => Ahead { day, kinds: on(app, day).await?, unfit: unfit(&known, day) },
        };
        ahead.push(next);
    }
    Ok(ahead)
}

async fn on(app: &App, day: NaiveDate) -> Result<Arc<Kinds>> {
    Ok(Arc::new(app.part::<KindsOfDay>()?.0(app, day).await?))
}

/// The routes that the organisation entered and that do not count on a day, though nobody took them back.
fn unfit(regulations: &Regulations, day: NaiveDate) -> Vec<Place> {
    let Some(operating) = regulations.adoptions().on(day).operating else { return Vec::new() };
    let routes = regulations.own_routes();
    let wrong = routes.last_of_each(operating.key(), day).into_iter().filter_map(|route| {
        let kind = operating.binding().kind(&route.kind);
        let fault = match kind {
            Some(kind) if fixed(kind) == Some(Fixed::ByClause) => Fault::AgainstClause,
            Some(kind) if fits(operating.binding(), kind, &route.way.steps) => return None,
            _ => Fault::NoLongerFits,
        };
        Some(Place { kind: route.kind.clone(), step: String::new(), fault })
    });
    wrong.collect()
}

/// Looks at everything: of each place the sections, each with the days from and until which it is found there.
pub async fn look(conn: &mut PgConnection, days: &[Ahead]) -> Result<Vec<(Place, Extent)>> {
    let owners = people::owners(conn).await?;
    let mut by_day: Vec<(NaiveDate, Found)> = Vec::with_capacity(days.len());
    let mut before: Option<(Organisation, Vec<DepartmentId>, &Ahead)> = None;
    for ahead in days {
        let org = people::expected(conn, ahead.day).await?;
        let sections = sections(conn, ahead.day).await?;
        // a day that changes nothing here is not worked out again
        let same = before.as_ref().is_some_and(|(known, of, earlier)| {
            Arc::ptr_eq(&earlier.kinds, &ahead.kinds)
                && *known == org
                && *of == sections
                && !ahead.kinds.name_designees()
        });
        let found = match by_day.last() {
            Some((_, found)) if same => found.clone(),
            _ => on_day(conn, ahead, &org, (&sections, &owners)).await?,
        };
        by_day.push((ahead.day, found));
        before = Some((org, sections, ahead));
    }
    Ok(extents(&by_day))
}

async fn sections(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<DepartmentId>> {
    let sections = people::departments(conn, &[], true, day).await?;
    Ok(sections.iter().filter_map(|section| section.value.parse().ok().map(DepartmentId)).collect())
}

/// Everything that is wrong on one day, with this organisation.
async fn on_day(
    conn: &mut PgConnection,
    ahead: &Ahead,
    org: &Organisation,
    (sections, owners): (&[DepartmentId], &[DepartmentId]),
) -> Result<Found> {
    let everywhere = || (sections.to_vec(), true);
    let mut all: Found = ahead.unfit.iter().map(|place| (place.clone(), everywhere())).collect();
    for registered in ahead.kinds.iter() {
        let kind = &registered.kind;
        let named;
        let org = match kind.steps.iter().any(|step| step.designee) {
            true => {
                named = Organisation { named: people::named(conn, ahead.day, &kind.key).await?, ..org.clone() };
                &named
            }
            false => org,
        };
        let owned = kind.steps.iter().any(|step| step.scope == StepScope::Owner);
        let of = if owned { owners } else { sections };
        let mut found: BTreeMap<Place, Vec<DepartmentId>> = BTreeMap::new();
        for section in of {
            let places = Places { origin: *section, owner: Some(*section) };
            for finding in findings(&kind.steps, &kind.joins, places, org) {
                let place = Place { kind: kind.key.clone(), step: finding.step, fault: finding.fault };
                found.entry(place).or_default().push(*section);
            }
        }
        all.extend(found.into_iter().map(|(place, sections)| {
            let everywhere = sections.len() == of.len();
            (place, (sections, everywhere))
        }));
    }
    Ok(all)
}

/// From which day until which each place is found for each section; those for whom it is the same stand together.
fn extents(by_day: &[(NaiveDate, Found)]) -> Vec<(Place, Extent)> {
    let places: BTreeSet<&Place> = by_day.iter().flat_map(|(_, found)| found.keys()).collect();
    let mut all = Vec::new();
    for place in places {
        let mut open: BTreeMap<DepartmentId, NaiveDate> = BTreeMap::new();
        let mut spans: BTreeMap<(NaiveDate, Option<NaiveDate>), Vec<DepartmentId>> = BTreeMap::new();
        let mut whole: BTreeSet<NaiveDate> = BTreeSet::new();
        for (day, found) in by_day {
            let (now, everywhere) = found.get(place).map_or((&[][..], false), |(of, all)| (of.as_slice(), *all));
            open.retain(|section, from| {
                let stays = now.contains(section);
                if !stays {
                    spans.entry((*from, day.pred_opt())).or_default().push(*section);
                }
                stays
            });
            whole.extend(everywhere.then_some(*day));
            for section in now {
                open.entry(*section).or_insert(*day);
            }
        }
        for (section, from) in open {
            spans.entry((from, None)).or_default().push(section);
        }
        let count = |day: &NaiveDate| {
            let found = by_day.iter().find(|(known, _)| known == day).and_then(|(_, found)| found.get(place));
            found.map_or(0, |(sections, _)| sections.len())
        };
        all.extend(spans.into_iter().map(|((from, until), sections)| {
            let everywhere = whole.contains(&from) && sections.len() == count(&from);
            (place.clone(), Extent { from, until, sections, everywhere })
        }));
    }
    all
}

/// A personnel change, as routes feel it.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    pub person: PersonId,
    /// The first day on which it is so.
    pub on: NaiveDate,
    /// Where they go; none: they are not there any more.
    pub to: Option<(Tier, DepartmentId)>,
}

/// What would not get through any more from the day of a change that is about to be entered, and got through without it.
pub async fn broken_by(app: &App, change: Change) -> Result<(Ahead, Vec<(Place, Extent)>)> {
    let regulations = app.part::<Regulations>()?;
    let ahead = Ahead { day: change.on, kinds: on(app, change.on).await?, unfit: unfit(&regulations, change.on) };
    let mut read = app.read_all(Role::App).await?;
    let conn = read.conn();
    let org = people::expected(conn, change.on).await?;
    let places = (sections(conn, change.on).await?, people::owners(conn).await?);
    let places = (places.0.as_slice(), places.1.as_slice());
    let before = on_day(conn, &ahead, &org, places).await?;
    let org = after(conn, org, change).await?;
    let after = on_day(conn, &ahead, &org, places).await?;
    let new = after.into_iter().filter_map(|(place, (mut sections, everywhere))| {
        let known = before.get(&place).map_or(&[][..], |(sections, _)| sections.as_slice());
        sections.retain(|section| !known.contains(section));
        let everywhere = everywhere && known.is_empty();
        let extent = Extent { from: change.on, until: None, sections, everywhere };
        (!extent.sections.is_empty()).then_some((place, extent))
    });
    let new = new.collect();
    Ok((ahead, new))
}

async fn after(conn: &mut PgConnection, mut org: Organisation, change: Change) -> Result<Organisation> {
    match change.to {
        None => org.without(change.person),
        Some((tier, department)) => {
            if let Some(post) = people::main_post(conn, change.person, change.on).await? {
                org.vacate(change.person, post);
            }
            if !tier.is_staff() {
                org.seat(change.person, tier, department);
            }
        }
    }
    Ok(org)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 4, day).unwrap()
    }

    #[test]
    fn each_fault_has_its_first_and_its_last_day_and_may_come_again() {
        let [one, two] = [1, 2].map(|no| DepartmentId(Uuid::from_u128(no)));
        let place = Place { kind: "k".into(), step: "s".into(), fault: Fault::Vacant(Tier::Manager.into()) };
        let found = |sections: &[DepartmentId], all| -> Found {
            let found = (!sections.is_empty()).then(|| (place.clone(), (sections.to_vec(), all)));
            found.into_iter().collect()
        };
        let by_day = [
            (day(1), found(&[one, two], true)),
            (day(5), found(&[one], false)),
            (day(9), found(&[], false)),
            (day(12), found(&[one, two], true)),
        ];
        let said: Vec<_> = extents(&by_day).into_iter().map(|(_, extent)| extent).collect();
        let extent = |from, until, sections: &[DepartmentId], everywhere| Extent {
            from: day(from),
            until,
            sections: sections.to_vec(),
            everywhere,
        };
        assert_eq!(
            said,
            [
                extent(1, Some(day(4)), &[two], false),
                extent(1, Some(day(8)), &[one], false),
                extent(12, None, &[one, two], true),
            ]
        );
    }
}
