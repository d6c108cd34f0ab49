//! The permission table (権限表): tier × permission → reach. The one source of checks, tests, the page and the print-out.
//!
//! Default deny: what is not written here does not exist. A person's right is the union over today's posts; the row is
//! checked once more where it lies (model and `where`).
use serde::Serialize;

use crate::kernel::access::{Permission, Reach, Tier};

const ALL: Reach = Reach::Organisation;
const DEPT: Reach = Reach::Department;
const OWN: Reach = Reach::Own;
const NO: Reach = Reach::None;

/// One line of the table, a reach for each tier in the order of `Tier::ALL`.
///
/// The clause board and the parameters are shown only to those to whom the regulation is addressed (対象者の5区分) and to
/// those who answer for it or inspect it. The event log is read by the administrator and the inspector alone (4.8.1(1)).
/// Only the administrator carries work out, and decides nothing; committee and inspector read and nothing else.
#[rustfmt::skip]
#[must_use]
pub const fn line(permission: Permission) -> [Reach; 11] {
    match permission {
        //                              staff manager operator sysadmin office ciso committee auditor designer head vendor
        Permission::OwnSettings     => [OWN,  OWN,    OWN,     OWN,     OWN,   OWN, OWN,      OWN,    OWN,     OWN, OWN],
        Permission::RequestsFile    => [OWN,  OWN,    OWN,     OWN,     OWN,   OWN, NO,       NO,     OWN,     OWN, NO],
        Permission::RequestsView    => [OWN,  DEPT,   OWN,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::RequestsDecide  => [NO,   DEPT,   NO,      NO,      ALL,   ALL, NO,       NO,     NO,      NO,  NO],
        Permission::RequestsExecute => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::RequestsProxy   => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::AccountsView    => [OWN,  DEPT,   ALL,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::AccountsExport  => [NO,   DEPT,   NO,      ALL,     ALL,   NO,  ALL,      ALL,    NO,      NO,  NO],
        Permission::SystemsView     => [NO,   DEPT,   ALL,     ALL,     ALL,   ALL, ALL,      ALL,    ALL,     NO,  NO],
        Permission::SystemsEdit     => [NO,   NO,     NO,      ALL,     ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::SystemsExport   => [NO,   NO,     NO,      ALL,     ALL,   NO,  ALL,      ALL,    NO,      NO,  NO],
        Permission::ClausesView     => [NO,   NO,     ALL,     ALL,     ALL,   ALL, ALL,      ALL,    ALL,     NO,  NO],
        Permission::ParametersView  => [NO,   NO,     ALL,     ALL,     ALL,   ALL, ALL,      ALL,    ALL,     NO,  NO],
        Permission::ParametersEdit  => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::PermissionsView => [OWN,  OWN,    OWN,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::PeopleView      => [OWN,  DEPT,   OWN,     ALL,     ALL,   ALL, ALL,      ALL,    OWN,     OWN, OWN],
        Permission::PeopleEdit      => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::StandInsEdit    => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::SignInsManage   => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::CalendarEdit    => [NO,   NO,     NO,      NO,      ALL,   NO,  NO,       NO,     NO,      NO,  NO],
        Permission::AuditView       => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       ALL,    NO,      NO,  NO],
        Permission::AuditVerify     => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       ALL,    NO,      NO,  NO],
        Permission::OutboxView      => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
        Permission::JobsView        => [NO,   NO,     NO,      ALL,     NO,    NO,  NO,       NO,     NO,      NO,  NO],
    }
}

const fn column(tier: Tier) -> usize {
    tier as usize
}

/// How far a permission reaches for a tier.
#[must_use]
pub fn reach(tier: Tier, permission: Permission) -> Reach {
    line(permission).get(column(tier)).copied().unwrap_or(Reach::None)
}

/// What a stand-in (代理) never takes over: nobody grants rights in another's name.
#[must_use]
pub const fn grants_rights(permission: Permission) -> bool {
    matches!(
        permission,
        Permission::OwnSettings
            | Permission::PeopleEdit
            | Permission::StandInsEdit
            | Permission::SignInsManage
            | Permission::ParametersEdit
            | Permission::RequestsExecute
            | Permission::RequestsProxy
    )
}

/// A tier whose work is granting rights; its posts are not handed to a stand-in at all.
#[must_use]
pub fn may_have_stand_in(tier: Tier) -> bool {
    reach(tier, Permission::RequestsExecute) == Reach::None
}

/// The reaches of one post, in the order of `Permission::ALL`.
#[must_use]
pub fn of_post(tier: Tier, as_stand_in: bool) -> Vec<Reach> {
    let one = |permission: &Permission| {
        if as_stand_in && grants_rights(*permission) { Reach::None } else { reach(tier, *permission) }
    };
    Permission::ALL.iter().map(one).collect()
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

/// Somebody between two posts can still change their password and see what is theirs.
fn without_post(permission: Permission) -> Reach {
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

/// The whole table as data.
#[must_use]
pub fn table() -> Vec<Line> {
    let line = |permission: &Permission| Line {
        permission: permission.key(),
        reaches: Tier::ALL.into_iter().map(|tier| (tier.key(), reach(tier, *permission))).collect(),
    };
    Permission::ALL.iter().map(line).collect()
}

/// The whole table as aligned text, for a terminal.
#[must_use]
pub fn table_text() -> String {
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
            text.push_str(&format!("{:<10}", mark(reach(tier, *permission))));
        }
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn posts() -> impl Strategy<Value = Vec<(Tier, bool)>> {
        proptest::collection::vec((proptest::sample::select(Tier::ALL.to_vec()), any::<bool>()), 0..6)
    }

    fn rights(posts: &[(Tier, bool)]) -> Vec<Reach> {
        let each: Vec<Vec<Reach>> = posts.iter().map(|(tier, stand_in)| of_post(*tier, *stand_in)).collect();
        union(each.iter().map(Vec::as_slice))
    }

    proptest! {
        #[test]
        fn one_more_post_never_takes_a_right_away(held in posts(), tier in proptest::sample::select(Tier::ALL.to_vec())) {
            let before = rights(&held);
            let after = rights(&[held, vec![(tier, false)]].concat());
            prop_assert!(before.iter().zip(&after).all(|(before, after)| before <= after));
        }

        #[test]
        fn the_order_of_posts_and_holding_one_twice_make_no_difference(held in posts()) {
            let turned: Vec<_> = held.iter().rev().chain(&held).copied().collect();
            prop_assert_eq!(rights(&held), rights(&turned));
        }

        #[test]
        fn no_right_comes_from_nowhere(held in posts()) {
            for (at, permission) in Permission::ALL.iter().enumerate() {
                let widest = held.iter().map(|(tier, _)| reach(*tier, *permission)).max().unwrap_or(Reach::None);
                prop_assert!(rights(&held)[at] <= widest.max(without_post(*permission)));
            }
        }

        #[test]
        fn a_stand_in_alone_can_grant_nothing(held in posts()) {
            let only: Vec<_> = held.into_iter().map(|(tier, _)| (tier, true)).collect();
            let all = rights(&only);
            for permission in Permission::ALL.iter().filter(|p| grants_rights(**p) && **p != Permission::OwnSettings) {
                prop_assert_eq!(all[permission.place()], Reach::None);
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
    fn nobody_decides_and_executes_by_one_post() {
        for tier in Tier::ALL {
            let both = [Permission::RequestsDecide, Permission::RequestsExecute].map(|p| reach(tier, p));
            assert!(both.contains(&Reach::None), "{tier:?}");
        }
    }

    #[test]
    fn only_the_administrator_executes_and_manages_sign_ins() {
        for tier in Tier::ALL.into_iter().filter(|tier| *tier != Tier::Sysadmin) {
            for permission in [Permission::RequestsExecute, Permission::RequestsProxy, Permission::SignInsManage] {
                assert_eq!(reach(tier, permission), Reach::None, "{tier:?} {permission:?}");
            }
        }
    }

    #[test]
    fn committee_and_inspector_only_read() {
        use Permission as P;
        let reading = [
            P::OwnSettings,
            P::RequestsView,
            P::AccountsView,
            P::AccountsExport,
            P::SystemsView,
            P::SystemsExport,
            P::ClausesView,
            P::ParametersView,
            P::PermissionsView,
            P::PeopleView,
            P::AuditView,
            P::AuditVerify,
        ];
        for tier in [Tier::Committee, Tier::Auditor] {
            for permission in Permission::ALL.iter().filter(|p| !reading.contains(p)) {
                assert_eq!(reach(tier, *permission), Reach::None, "{tier:?} {permission:?}");
            }
        }
    }

    #[test]
    fn the_regulation_is_shown_to_its_addressees_and_to_those_who_answer_for_it() {
        let shown =
            [Tier::Sysadmin, Tier::Operator, Tier::Designer, Tier::Office, Tier::Committee, Tier::Ciso, Tier::Auditor];
        for tier in Tier::ALL {
            for permission in [Permission::ClausesView, Permission::ParametersView] {
                assert_eq!(reach(tier, permission) > Reach::None, shown.contains(&tier), "{tier:?} {permission:?}");
            }
        }
    }

    #[test]
    fn head_and_vendor_reach_nothing_but_their_own() {
        for tier in [Tier::Head, Tier::Vendor, Tier::Staff] {
            assert!(Permission::ALL.iter().all(|permission| reach(tier, *permission) <= Reach::Own), "{tier:?}");
        }
    }

    #[test]
    fn the_text_names_every_permission_and_every_tier() {
        let text = table_text();
        assert!(Permission::ALL.iter().all(|permission| text.contains(permission.key())));
        assert!(Tier::ALL.iter().all(|tier| text.contains(tier.key())));
        assert_eq!(table().len(), Permission::ALL.len());
    }
}
