//! The permission table (権限表): tier × permission → reach. The one source of checks, tests, the page and the print-out.
//!
//! Default deny: what is neither written here nor given by a route does not exist. What is written here is the house's
//! own, the same under every regulation. Who answers at a step of a request or carries it out is the adopted
//! regulation's to say: its routes bring [`Grant`]s, and nobody decides or executes without one. A person's right is the
//! union over today's posts; the row is checked once more where it lies (model and `where`).
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde::Serialize;

use crate::kernel::access::{Permission, Reach, Tier};
use crate::kernel::app::App;
use crate::kernel::error::Result;

const ALL: Reach = Reach::Organisation;
const DEPT: Reach = Reach::Department;
const OWN: Reach = Reach::Own;
const NO: Reach = Reach::None;

/// One line of the table, a reach for each tier in the order of `Tier::ALL`.
///
/// The clause board and the parameters are shown only to those to whom the regulation is addressed (対象者の5区分) and to
/// those who answer for it or inspect it. The event log is read by the administrator and the inspector alone (4.8.1(1)).
/// Committee and inspector read and nothing else, unless a route names them.
#[rustfmt::skip]
#[must_use]
const fn written(permission: Permission) -> [Reach; 11] {
    match permission {
        //                              staff manager operator sysadmin office ciso committee auditor designer head vendor
        Permission::OwnSettings     => [OWN,  OWN,    OWN,     OWN,     OWN,   OWN, OWN,      OWN,    OWN,     OWN, OWN],
        Permission::RequestsFile    => [OWN,  OWN,    OWN,     OWN,     OWN,   OWN, NO,       NO,     OWN,     OWN, NO],
        Permission::RequestsView    => [OWN,  DEPT,   OWN,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::RequestsExport  => [NO,   DEPT,   NO,      ALL,     ALL,   NO,  ALL,      ALL,    NO,      NO,  NO],
        Permission::RequestsDecide  => [NO,   NO,     NO,      NO,      NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::RequestsExecute => [NO,   NO,     NO,      NO,      NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::RequestsProxy   => [NO,   NO,     NO,      NO,      NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::RequestsReroute => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::AccountsView    => [OWN,  DEPT,   ALL,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::AccountsExport  => [NO,   DEPT,   NO,      ALL,     ALL,   NO,  ALL,      ALL,    NO,      NO,  NO],
        Permission::SystemsView     => [NO,   DEPT,   ALL,     ALL,     ALL,   ALL, ALL,      ALL,    ALL,     NO,  NO],
        Permission::SystemsEdit     => [NO,   NO,     NO,      ALL,     ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::SystemsExport   => [NO,   NO,     NO,      ALL,     ALL,   NO,  ALL,      ALL,    NO,      NO,  NO],
        Permission::PrivilegedView  => [OWN,  DEPT,   OWN,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::PrivilegedEdit  => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::PrivilegedExport => [NO,  DEPT,   NO,      ALL,     ALL,   NO,  ALL,      ALL,    NO,      NO,  NO],
        Permission::ClausesView     => [NO,   NO,     ALL,     ALL,     ALL,   ALL, ALL,      ALL,    ALL,     NO,  NO],
        Permission::ParametersView  => [NO,   NO,     ALL,     ALL,     ALL,   ALL, ALL,      ALL,    ALL,     NO,  NO],
        Permission::ParametersEdit  => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::PermissionsView => [OWN,  OWN,    OWN,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::ReadersView     => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       ALL,    NO,      NO,  NO],
        Permission::PeopleView      => [OWN,  DEPT,   OWN,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::PeopleEdit      => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::MovementsView   => [NO,   DEPT,   NO,      ALL,     ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::StandInsEdit    => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        // where the regulation lets holders of a post name others, its routes give it to them
        Permission::DesigneesName   => [NO,   NO,     NO,      NO,      NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::SignInsManage   => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
        // who watches, the regulation says
        Permission::SignInsWatch    => [NO,   NO,     NO,      NO,      NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::CalendarEdit    => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::AuditView       => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       ALL,    NO,      NO,  NO],
        Permission::AuditVerify     => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       ALL,    NO,      NO,  NO],
        Permission::OutboxView      => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::JobsView        => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
    }
}

/// What a route of the adopted regulation gives to those of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// to whom
    pub tier: Tier,
    /// what
    pub permission: Permission,
    /// how far
    pub reach: Reach,
}

/// The table of one organisation: what is written here, and what the routes of its regulation give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// a line for each of `Permission::ALL`, a reach for each of `Tier::ALL`
    lines: Vec<[Reach; Tier::ALL.len()]>,
    /// administration only by accounts of administrators' own
    apart: bool,
    /// operators are those whom the holder of another post named (指名された者), and nobody else
    naming: bool,
    /// what requests still under way give to operators under whose rule they were filed: to those named, or to those appointed
    under_way: Vec<(bool, Grant)>,
    /// whose decisions are kept from holders of which tier, where these would decide for another
    kept_apart: Vec<(Tier, Tier)>,
    /// tiers that are given as functions alone
    registered: Vec<Tier>,
}

/// How somebody holds a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holding {
    /// 代理
    pub stand_in: bool,
    /// by an administrator's own account, beside the ordinary one of the same person
    pub own_account: bool,
    /// 指名された者として
    pub named: Named,
}

/// Whether somebody holds a post because they were named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Named {
    /// Nobody named them.
    #[default]
    No,
    /// A naming that holds for nothing (any more).
    ForNothing,
    /// For steps of requests.
    ForSteps,
    /// Also, or only, for the release of locked accounts.
    ForRelease,
}

impl Named {
    /// What the naming by which they hold it is for; `None` where they hold it by none.
    #[must_use]
    pub fn of(matters: Option<&[String]>) -> Self {
        match matters {
            None => Self::No,
            Some([]) => Self::ForNothing,
            Some(all) if all.iter().any(|matter| matter == RELEASE) => Self::ForRelease,
            Some(_) => Self::ForSteps,
        }
    }

    /// Does the post by which it is held give anything? Only a naming does where operators are named, and nowhere else: it
    /// stays what it was when another regulation is adopted.
    fn counts(self, only_named: bool) -> bool {
        self.gives() == Some(only_named)
    }

    /// As what it gives something: as a naming, or as a post alone; a naming for nothing gives nothing.
    const fn gives(self) -> Option<bool> {
        match self {
            Self::No => Some(false),
            Self::ForNothing => None,
            Self::ForSteps | Self::ForRelease => Some(true),
        }
    }
}

/// The matter of a naming that no step of a request is: the release of locked accounts.
pub const RELEASE: &str = "sign_in/release";

impl Table {
    /// With what the routes give; of several reaches the widest holds.
    #[must_use]
    pub fn with(grants: &[Grant]) -> Self {
        let line = |permission: &Permission| {
            let mut line = written(*permission);
            for grant in grants.iter().filter(|grant| grant.permission == *permission) {
                if let Some(reach) = line.get_mut(column(grant.tier)) {
                    *reach = (*reach).max(grant.reach);
                }
            }
            line
        };
        Self {
            lines: Permission::ALL.iter().map(line).collect(),
            apart: false,
            naming: false,
            under_way: Vec::new(),
            kept_apart: Vec::new(),
            registered: Vec::new(),
        }
    }

    /// Administrators administer only by accounts of their own (通常業務用と別のアカウント).
    #[must_use]
    pub fn apart(mut self, apart: bool) -> Self {
        self.apart = apart;
        self
    }

    /// Operators are those whom others name (指名): a post of that tier gives nothing to anybody else.
    #[must_use]
    pub fn naming(mut self, naming: bool) -> Self {
        self.naming = naming;
        self
    }

    /// What the routes of a former regulation give as long as requests travel by them: where operators were named under it to
    /// those who were, else to those who hold the post. Whoever is an operator today by today's rule has it anyhow.
    #[must_use]
    pub fn under_way(mut self, named: bool, grants: &[Grant]) -> Self {
        let operators = grants.iter().filter(|grant| grant.tier == Tier::Operator);
        self.under_way.extend(operators.map(|grant| (named, *grant)));
        self
    }

    /// Where a route keeps those who hold one tier from deciding for another: (whose decision, what keeps from it).
    #[must_use]
    pub fn keeping_apart(mut self, pairs: Vec<(Tier, Tier)>) -> Self {
        self.kept_apart = pairs;
        self
    }

    /// Tiers that are functions of the regulations: they are given in the register of functions (役割台帳), and nowhere else.
    #[must_use]
    pub fn registered(mut self, tiers: Vec<Tier>) -> Self {
        self.registered = tiers;
        self
    }

    /// Does nobody come by this tier but by an appointment in the register of functions?
    #[must_use]
    pub fn only_registered(&self, tier: Tier) -> bool {
        self.registered.contains(&tier)
    }

    /// The tiers whose holders do not decide everything for one of this tier.
    pub fn kept_from(&self, decider: Tier) -> impl Iterator<Item = Tier> + '_ {
        self.kept_apart.iter().filter(move |(by, _)| *by == decider).map(|(_, from)| *from)
    }

    /// How far a permission reaches for an operator who is none today, by requests that are still under way.
    fn left(&self, named: Named, permission: Permission) -> Reach {
        let given = self.under_way.iter().filter(|(by_naming, _)| named.gives() == Some(*by_naming));
        let given = given.filter(|(_, grant)| grant.permission == permission);
        given.map(|(_, grant)| grant.reach).max().unwrap_or(Reach::None)
    }

    /// Does nobody hold this tier but by being named?
    #[must_use]
    pub fn only_named(&self, tier: Tier) -> bool {
        self.naming && tier == Tier::Operator
    }

    /// Is this done by administrators' own accounts alone?
    #[must_use]
    pub const fn only_apart(&self, permission: Permission) -> bool {
        self.apart && administers(permission)
    }

    /// How far a permission reaches for a tier.
    #[must_use]
    pub fn reach(&self, tier: Tier, permission: Permission) -> Reach {
        let line = self.lines.get(permission.place());
        line.and_then(|line| line.get(column(tier))).copied().unwrap_or(Reach::None)
    }

    /// A tier whose work is granting rights throughout the organisation; its posts are not handed to a stand-in at all.
    #[must_use]
    pub fn may_have_stand_in(&self, tier: Tier) -> bool {
        self.reach(tier, Permission::RequestsExecute) < Reach::Organisation
    }

    /// The reaches of one post, in the order of `Permission::ALL`.
    #[must_use]
    pub fn of_post(&self, tier: Tier, holding: Holding) -> Vec<Reach> {
        let daily = self.apart && tier == Tier::Sysadmin && !holding.own_account;
        let only_named = self.only_named(tier);
        let former = tier == Tier::Operator && !holding.named.counts(only_named);
        let tier = if former { Tier::Staff } else { tier };
        let unreleased = only_named && holding.named != Named::ForRelease;
        let one = |permission: &Permission| {
            let reach = self.reach(tier, *permission);
            let reach = if former { reach.max(self.left(holding.named, *permission)) } else { reach };
            let lost = (holding.stand_in && stays(*permission, reach))
                || (daily && administers(*permission))
                || (unreleased && *permission == Permission::SignInsManage);
            if lost { Reach::None } else { reach }
        };
        Permission::ALL.iter().map(one).collect()
    }
}

/// The table as it stands today, a part of the [`App`]: it changes with the adopted regulation. Before one is adopted, no
/// route gives anything.
#[derive(Debug)]
pub struct TableInForce(RwLock<Arc<Table>>);

impl Default for TableInForce {
    fn default() -> Self {
        Self(RwLock::new(Arc::new(Table::with(&[]))))
    }
}

impl TableInForce {
    /// From now on this one holds.
    pub fn put(&self, table: Table) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }
}

/// The rights as they stood on any day, which portal.rs gives: only it knows the routes of the regulations of that day.
#[derive(Debug, Clone, Copy)]
pub struct RightsOfDay(pub for<'a> fn(&'a App, NaiveDate) -> BoxFuture<'a, Result<Rights>>);

/// What decided on a day who could read what.
#[derive(Debug, Clone)]
pub struct Rights {
    /// the permission table
    pub table: Table,
    /// the section that owns a system read the accounts on it
    pub owners_read: bool,
    /// what the tiers were called (ja, en)
    pub titles: Vec<(Tier, String, String)>,
}

/// The rights that held on a day; before the portal ran under a regulation, those of the first.
pub async fn on(app: &App, day: NaiveDate) -> Result<Rights> {
    app.part::<RightsOfDay>()?.0(app, day).await
}

/// The table that holds now.
pub fn in_force(app: &App) -> Result<Arc<Table>> {
    let part = app.part::<TableInForce>()?;
    Ok(Arc::clone(&part.0.read().unwrap_or_else(PoisonError::into_inner)))
}

const fn column(tier: Tier) -> usize {
    tier as usize
}

/// 管理画面: what an administrator does to the portal itself, rather than at a step of a request or in a ledger.
#[must_use]
const fn administers(permission: Permission) -> bool {
    matches!(
        permission,
        Permission::SignInsManage
            | Permission::AuditView
            | Permission::AuditVerify
            | Permission::OutboxView
            | Permission::JobsView
    )
}

/// What a stand-in (代理) never takes over: nobody grants rights in another's name. Who stands in for the head of a section
/// does its work in full.
#[must_use]
const fn stays(permission: Permission, reach: Reach) -> bool {
    match permission {
        Permission::OwnSettings
        | Permission::RequestsReroute
        | Permission::PeopleEdit
        | Permission::StandInsEdit
        | Permission::DesigneesName
        | Permission::SignInsManage
        | Permission::ParametersEdit => true,
        Permission::RequestsExecute | Permission::RequestsProxy => matches!(reach, Reach::Organisation),
        _ => false,
    }
}

/// Of several posts together: the widest of each. Everybody signed in keeps what is theirs alone.
#[must_use]
pub fn union<'a>(posts: impl IntoIterator<Item = &'a [Reach]>) -> Vec<Reach> {
    let mut all: Vec<Reach> = Permission::ALL.iter().map(|permission| without_post(*permission)).collect();
    for post in posts {
        for (widest, reach) in all.iter_mut().zip(post) {
            *widest = (*widest).max(*reach);
        }
    }
    all
}

/// 代決: whom a rule of the organisation names decides what is offered to them, and reads it; nothing else comes to them by it.
#[must_use]
pub fn by_rule(mut reaches: Vec<Reach>, named: bool) -> Vec<Reach> {
    for permission in [Permission::RequestsDecide, Permission::RequestsView].into_iter().filter(|_| named) {
        if let Some(reach) = reaches.get_mut(permission.place()) {
            *reach = (*reach).max(Reach::Own);
        }
    }
    reaches
}

/// Somebody between two posts can still change their password and see what is theirs.
#[must_use]
pub fn without_post(permission: Permission) -> Reach {
    match permission {
        Permission::OwnSettings | Permission::PermissionsView => Reach::Own,
        _ => Reach::None,
    }
}

/// One line of `mamori permissions --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// `requests.file`
    pub permission: &'static str,
    /// tier → reach
    pub reaches: Vec<(&'static str, Reach)>,
}

impl Table {
    /// The whole table as data.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let line = |permission: &Permission| Line {
            permission: permission.key(),
            reaches: Tier::ALL.into_iter().map(|tier| (tier.key(), self.reach(tier, *permission))).collect(),
        };
        Permission::ALL.iter().map(line).collect()
    }

    /// The whole table as aligned text, for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mark = |reach| match reach {
            Reach::None => "·",
            Reach::Own => "own",
            Reach::Department => "dept",
            Reach::Organisation => "all",
        };
        let mut text = format!("{:<18}", "");
        for tier in Tier::ALL {
            text.push_str(&format!("{:<10}", tier.key()));
        }
        for permission in Permission::ALL {
            text.push_str(&format!("\n{:<18}", permission.key()));
            for tier in Tier::ALL {
                text.push_str(&format!("{:<10}", mark(self.reach(tier, *permission))));
            }
        }
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grants() -> impl Strategy<Value = Vec<Grant>> {
        let permission = proptest::sample::select(vec![
            Permission::RequestsDecide,
            Permission::RequestsExecute,
            Permission::RequestsProxy,
        ]);
        let reach = proptest::sample::select(vec![OWN, DEPT, ALL]);
        let grant = (proptest::sample::select(Tier::ALL.to_vec()), permission, reach);
        proptest::collection::vec(grant.prop_map(|(tier, permission, reach)| Grant { tier, permission, reach }), 0..6)
    }

    fn posts() -> impl Strategy<Value = Vec<(Tier, bool)>> {
        proptest::collection::vec((proptest::sample::select(Tier::ALL.to_vec()), any::<bool>()), 0..6)
    }

    fn as_stand_in(stand_in: bool) -> Holding {
        Holding { stand_in, ..Holding::default() }
    }

    fn rights(table: &Table, posts: &[(Tier, bool)]) -> Vec<Reach> {
        let each: Vec<Vec<Reach>> =
            posts.iter().map(|(tier, stand_in)| table.of_post(*tier, as_stand_in(*stand_in))).collect();
        union(each.iter().map(Vec::as_slice))
    }

    #[test]
    fn where_operators_are_named_their_post_alone_gives_nothing() {
        let grant = |permission| Grant { tier: Tier::Operator, permission, reach: ALL };
        let grants = [grant(Permission::RequestsDecide), grant(Permission::SignInsManage)];
        let table = Table::with(&grants).naming(true);
        let reach = |named, permission: Permission| {
            table.of_post(Tier::Operator, Holding { named, ..Holding::default() })[permission.place()]
        };
        let unnamed = table.of_post(Tier::Operator, Holding::default());
        assert_eq!(unnamed, table.of_post(Tier::Staff, Holding::default()));
        assert_eq!(reach(Named::ForSteps, Permission::RequestsDecide), ALL);
        assert_eq!(reach(Named::ForSteps, Permission::SignInsManage), NO, "that is a naming of its own");
        assert_eq!(reach(Named::ForRelease, Permission::SignInsManage), ALL);
        let plain = Table::with(&grants);
        assert_eq!(plain.of_post(Tier::Operator, Holding::default())[Permission::SignInsManage.place()], ALL);
        for named in [Named::ForNothing, Named::ForSteps, Named::ForRelease] {
            let given = plain.of_post(Tier::Operator, Holding { named, ..Holding::default() });
            assert_eq!(given, unnamed, "{named:?} is no post of an operator's under a text that names nobody");
        }
        let over = table.of_post(Tier::Operator, Holding { named: Named::ForNothing, ..Holding::default() });
        assert_eq!(over, unnamed);
    }

    proptest! {
        #[test]
        fn one_more_post_never_takes_a_right_away(given in grants(), held in posts(), tier in proptest::sample::select(Tier::ALL.to_vec())) {
            let table = Table::with(&given);
            let before = rights(&table, &held);
            let after = rights(&table, &[held, vec![(tier, false)]].concat());
            prop_assert!(before.iter().zip(&after).all(|(before, after)| before <= after));
        }

        #[test]
        fn the_order_of_posts_and_holding_one_twice_make_no_difference(given in grants(), held in posts()) {
            let turned: Vec<_> = held.iter().rev().chain(&held).copied().collect();
            let table = Table::with(&given);
            prop_assert_eq!(rights(&table, &held), rights(&table, &turned));
        }

        #[test]
        fn no_right_comes_from_nowhere(given in grants(), held in posts()) {
            let table = Table::with(&given);
            for (at, permission) in Permission::ALL.iter().enumerate() {
                let widest = held.iter().map(|(tier, _)| table.reach(*tier, *permission)).max().unwrap_or(Reach::None);
                prop_assert!(rights(&table, &held)[at] <= widest.max(without_post(*permission)));
            }
        }

        #[test]
        fn a_stand_in_alone_can_grant_nothing(given in grants(), held in posts()) {
            let only: Vec<_> = held.into_iter().map(|(tier, _)| (tier, true)).collect();
            let all = rights(&Table::with(&given), &only);
            for permission in Permission::ALL.iter().filter(|p| stays(**p, ALL) && **p != Permission::OwnSettings) {
                prop_assert!(all[permission.place()] < ALL);
            }
        }

        #[test]
        fn a_route_gives_what_it_says_and_nothing_else(given in grants()) {
            let (bare, table) = (Table::with(&[]), Table::with(&given));
            for tier in Tier::ALL {
                for permission in Permission::ALL {
                    let named = given.iter().filter(|grant| grant.tier == tier && grant.permission == *permission);
                    let widest = named.map(|grant| grant.reach).max().unwrap_or(Reach::None);
                    prop_assert_eq!(table.reach(tier, *permission), bare.reach(tier, *permission).max(widest));
                }
            }
        }
    }

    #[test]
    fn the_columns_stand_in_the_order_of_the_tiers() {
        for (at, tier) in Tier::ALL.into_iter().enumerate() {
            assert_eq!(column(tier), at);
        }
        for (at, permission) in Permission::ALL.iter().enumerate() {
            assert_eq!(permission.place(), at);
        }
    }

    #[test]
    fn without_a_route_nobody_decides_or_executes() {
        let bare = Table::with(&[]);
        for permission in [Permission::RequestsDecide, Permission::RequestsExecute, Permission::RequestsProxy] {
            assert!(Tier::ALL.into_iter().all(|tier| bare.reach(tier, permission) == Reach::None), "{permission:?}");
        }
    }

    #[test]
    fn whoever_works_for_the_whole_organisation_has_no_stand_in_and_the_head_of_a_section_has_one() {
        let works =
            |reach| Table::with(&[Grant { tier: Tier::Operator, permission: Permission::RequestsExecute, reach }]);
        assert!(!works(ALL).may_have_stand_in(Tier::Operator));
        assert!(works(DEPT).may_have_stand_in(Tier::Operator));
        let at = Permission::RequestsExecute.place();
        assert_eq!(works(ALL).of_post(Tier::Operator, as_stand_in(true))[at], NO);
        assert_eq!(works(DEPT).of_post(Tier::Operator, as_stand_in(true))[at], DEPT);
    }

    #[test]
    fn where_administration_is_apart_the_account_of_daily_work_does_none_of_it() {
        let reaches =
            |table: &Table, own_account| table.of_post(Tier::Sysadmin, Holding { own_account, ..Holding::default() });
        let (one, apart) = (Table::with(&[]), Table::with(&[]).apart(true));
        for permission in Permission::ALL {
            let at = permission.place();
            assert_eq!(reaches(&one, false)[at], reaches(&one, true)[at]);
            assert_eq!(reaches(&apart, true)[at], reaches(&one, true)[at]);
            let kept = if administers(*permission) { NO } else { reaches(&one, true)[at] };
            assert_eq!(reaches(&apart, false)[at], kept, "{permission:?}");
        }
    }

    #[test]
    fn committee_and_inspector_only_read() {
        use Permission as P;
        let reading = [
            P::OwnSettings,
            P::RequestsView,
            P::RequestsExport,
            P::AccountsView,
            P::AccountsExport,
            P::SystemsView,
            P::PrivilegedView,
            P::PrivilegedExport,
            P::SystemsExport,
            P::ClausesView,
            P::ParametersView,
            P::PermissionsView,
            P::PeopleView,
            P::AuditView,
            P::AuditVerify,
            P::ReadersView,
        ];
        let bare = Table::with(&[]);
        for tier in [Tier::Committee, Tier::Auditor] {
            for permission in Permission::ALL.iter().filter(|p| !reading.contains(p)) {
                assert_eq!(bare.reach(tier, *permission), Reach::None, "{tier:?} {permission:?}");
            }
        }
    }

    #[test]
    fn the_regulation_is_shown_to_its_addressees_and_to_those_who_answer_for_it() {
        let shown =
            [Tier::Sysadmin, Tier::Operator, Tier::Designer, Tier::Office, Tier::Committee, Tier::Ciso, Tier::Auditor];
        let bare = Table::with(&[]);
        for tier in Tier::ALL {
            for permission in [Permission::ClausesView, Permission::ParametersView] {
                assert_eq!(
                    bare.reach(tier, permission) > Reach::None,
                    shown.contains(&tier),
                    "{tier:?} {permission:?}"
                );
            }
        }
    }

    #[test]
    fn a_rule_gives_its_own_decisions_and_never_narrows_what_a_post_gives() {
        for tier in Tier::ALL {
            let before = union([Table::with(&[]).of_post(tier, Holding::default()).as_slice()]);
            assert_eq!(by_rule(before.clone(), false), before);
            let after = by_rule(before.clone(), true);
            for permission in Permission::ALL {
                let (had, has) = (before[permission.place()], after[permission.place()]);
                let given = matches!(permission, Permission::RequestsDecide | Permission::RequestsView);
                assert_eq!(has, if given { had.max(OWN) } else { had }, "{tier:?} {permission:?}");
            }
        }
    }

    #[test]
    fn head_and_vendor_reach_nothing_but_their_own() {
        let bare = Table::with(&[]);
        for tier in [Tier::Head, Tier::Vendor, Tier::Staff] {
            assert!(Permission::ALL.iter().all(|permission| bare.reach(tier, *permission) <= Reach::Own), "{tier:?}");
        }
    }

    #[test]
    fn the_text_names_every_permission_and_every_tier() {
        let text = Table::with(&[]).text();
        assert!(Permission::ALL.iter().all(|permission| text.contains(permission.key())));
        assert!(Tier::ALL.iter().all(|tier| text.contains(tier.key())));
        assert_eq!(Table::with(&[]).lines().len(), Permission::ALL.len());
    }
}
