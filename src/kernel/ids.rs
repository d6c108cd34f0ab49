//! Every id is a type of its own around a UUIDv7, so that a person's id never stands where a department's belongs.
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// One counter for the whole process: what is drawn at the same moment keeps the order in which it was drawn.
static DRAWN: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A UUIDv7 for the given moment; a later one sorts after an earlier one, also when both are of the same moment.
#[must_use]
pub fn uuid_at(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&DRAWN, seconds, now.timestamp_subsec_nanos()))
}

/// Declares id types: `id!(/// 職員 PersonId);`
#[macro_export]
macro_rules! id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id for the given moment.
            #[must_use]
            pub fn new(now: chrono::DateTime<chrono::Utc>) -> Self {
                Self($crate::kernel::ids::uuid_at(now))
            }
        }

        impl $name {
            /// An id that a form of ours carries (UUIDv7); anything else was not drawn by us.
            #[must_use]
            pub fn drawn(text: &str) -> Option<Self> {
                let id: uuid::Uuid = text.parse().ok()?;
                (id.get_version_num() == 7).then_some(Self(id))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

id!(
    /// 職員・従業員
    PersonId,
    /// 部署
    DepartmentId,
    /// 発令 (a person's tier in a department for a time)
    PostId,
    /// 申請
    RequestId,
    /// 操作記録の1行
    EventId,
    /// 情報システム
    SystemId,
    /// アカウント台帳の行
    AccountId,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_keep_the_order_in_which_they_were_drawn() {
        let now = crate::kernel::clock::Clock::system().now();
        let drawn: Vec<Uuid> = (0..1000).map(|_| uuid_at(now)).collect();
        assert!(drawn.is_sorted_by(|a, b| a < b));
    }
}
