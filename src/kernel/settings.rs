//! The numbers that a regulation fixes, typed, each with the place it comes from: sign-in, sessions and
//! requests read them here; `engines::regulations` fills them from the adopted regulation.
use serde::{Deserialize, Serialize};
use std::ops::Deref;

pub use super::calendar::Period;

/// Where a value comes from (根拠), so that every screen can say it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// The adopted regulation fixes it (条項が定めた値).
    Clause { regulation: String, clause: String },
    /// The organisation chose it where its regulation leaves it open (組織が定めた値).
    Organisation,
    /// Neither says anything: the portal's own base value (標準の値).
    Base,
}

/// A value together with its source. Reads like the value itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Set<T> {
    pub value: T,
    pub source: Source,
}

impl<T> Set<T> {
    /// The portal's own value, used where nobody says otherwise.
    pub const fn base(value: T) -> Self {
        Self { value, source: Source::Base }
    }

    pub const fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }
}

impl<T> Deref for Set<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A kind of character that a password must contain (文字種).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CharClass {
    /// 英字
    Letter,
    /// 大文字
    Upper,
    /// 小文字
    Lower,
    /// 数字
    Digit,
    /// 特殊文字
    Special,
    /// 記号: the same characters, in the word of other texts
    Symbol,
}

impl CharClass {
    /// Whether one character belongs to the class.
    #[must_use]
    pub fn contains(self, c: char) -> bool {
        match self {
            Self::Letter => c.is_alphabetic(),
            Self::Upper => c.is_uppercase(),
            Self::Lower => c.is_lowercase(),
            Self::Digit => c.is_numeric(),
            Self::Special | Self::Symbol => !c.is_alphanumeric() && !c.is_control(),
        }
    }

    /// The name used in bindings and message keys.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Digit => "digit",
            Self::Special => "special",
            Self::Symbol => "symbol",
        }
    }
}

/// What a password must be like and how long it lives (パスワードの規則).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordRules {
    /// 最小の文字数
    pub min_length: Set<usize>,
    /// Each class must occur at least once.
    pub classes: Set<Vec<CharClass>>,
    /// 有効期間; none: passwords do not expire.
    pub max_age: Set<Option<Period>>,
    /// How many former passwords may not be used again (再使用の禁止); none: no former one ever.
    pub history: Set<Option<usize>>,
    /// 初回の変更
    pub change_at_first: Set<bool>,
    /// How long an activation code (有効化コード) lives.
    pub activation_hours: Set<u32>,
    /// Days before expiry on which the person is told.
    pub reminders_days: Set<Vec<u32>>,
    /// The organisation's own words that no password may contain (禁止語), beside those that the portal knows.
    pub forbidden_words: Set<Vec<String>>,
    /// May browsers keep passwords (パスワードの記憶機能)? Else every field for one is marked against it.
    pub autocomplete: Set<bool>,
}

impl PasswordRules {
    /// What a field for a password tells the browser: its purpose, or that it is to keep nothing.
    #[must_use]
    pub fn autocomplete_for(&self, purpose: &'static str) -> &'static str {
        if *self.autocomplete { purpose } else { "off" }
    }
}

/// How long a locked account stays locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockMode {
    /// Until an administrator releases it (管理者が解除するまで).
    UntilReleased,
    /// For so many minutes.
    Minutes(u32),
}

/// When repeated failures stop an account (連続失敗時の停止).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockRules {
    /// The failure in a row with which the account is stopped.
    pub after: Set<u32>,
    pub mode: Set<LockMode>,
}

/// How long a signed-in session lives, and how many one person may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRules {
    pub idle_minutes: Set<u32>,
    pub absolute_hours: Set<u32>,
    pub per_person: Set<u32>,
    /// For administration accounts (管理用アカウント).
    pub per_admin: Set<u32>,
    /// Administration pages open only to administrators' own accounts (通常IDと別のID), never to ordinary ones.
    pub admin_apart: Set<bool>,
    /// Whoever holds several posts says with each act on a request in which of them they act (資格).
    pub capacity_each_act: Set<bool>,
    /// Whether the sign-in page says that use is recorded.
    pub log_notice: Set<bool>,
}

/// その他: of a list that an organisation words itself, the word that says nothing by itself.
pub const OTHER: &str = "その他";

/// How a person who forgot the password is recognised (本人確認).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetRules {
    /// The organisation's own words, in the order of the form.
    pub identity_check_methods: Set<Vec<String>>,
}

/// What holds for accounts as rows of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRules {
    /// An account not used for so long is stopped (未使用アカウント); none: never.
    pub unused_limit: Set<Option<Period>>,
    /// How many people at least administer each system, each by an account of their own; none are demanded: 0.
    pub administrators: Set<u32>,
    /// The section that owns a system (所管課) reads the accounts on it, whichever section they are of.
    pub owner_reads: Set<bool>,
}

/// What the organisation has, on which parts of a text hang (適用の条件).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeRules {
    /// It installs and manages servers of its own.
    pub own_servers: Set<bool>,
}

/// How long the portal's own records are kept (保存期間).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRules {
    pub retention: Set<Period>,
}

/// All canonical parameters as they stand on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub password: PasswordRules,
    pub lock: LockRules,
    pub session: SessionRules,
    pub reset: ResetRules,
    pub accounts: AccountRules,
    pub scope: ScopeRules,
    pub logs: LogRules,
}

impl Settings {
    /// The portal's own values, in force where the adopted regulation says nothing (security.md § 10).
    #[must_use]
    pub fn base() -> Self {
        Self {
            password: PasswordRules {
                min_length: Set::base(15),
                classes: Set::base(Vec::new()),
                max_age: Set::base(None),
                history: Set::base(Some(5)),
                change_at_first: Set::base(true),
                activation_hours: Set::base(24),
                reminders_days: Set::base(vec![14, 7, 1]),
                forbidden_words: Set::base(Vec::new()),
                autocomplete: Set::base(true),
            },
            lock: LockRules { after: Set::base(10), mode: Set::base(LockMode::Minutes(30)) },
            session: SessionRules {
                idle_minutes: Set::base(15),
                absolute_hours: Set::base(10),
                per_person: Set::base(3),
                per_admin: Set::base(1),
                admin_apart: Set::base(false),
                capacity_each_act: Set::base(false),
                log_notice: Set::base(true),
            },
            reset: ResetRules {
                identity_check_methods: Set::base(vec![
                    "電話返信".to_owned(),
                    "対面".to_owned(),
                    "上長確認".to_owned(),
                ]),
            },
            accounts: AccountRules {
                unused_limit: Set::base(Some(Period::months(3))),
                administrators: Set::base(0),
                owner_reads: Set::base(false),
            },
            scope: ScopeRules { own_servers: Set::base(false) },
            logs: LogRules { retention: Set::base(Period::months(60)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_belongs_to_its_classes() {
        assert!(CharClass::Upper.contains('A') && !CharClass::Upper.contains('a'));
        assert!(
            CharClass::Special.contains('!') && CharClass::Special.contains('＃') && CharClass::Special.contains(' ')
        );
        assert!(!CharClass::Special.contains('\u{7}') && !CharClass::Special.contains('あ'));
    }
}
