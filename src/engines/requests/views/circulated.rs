//! What the list of 回覧 shows.
use super::lists::Chip;
use super::say;
use crate::engines::requests::Kinds;
use crate::engines::requests::store::circulation::Told;
use crate::web::dates::Dates;
use crate::web::locale::Words;
use crate::web::shell::Shell;
use askama::Template;

/// A request that went round.
#[derive(Debug, Clone)]
pub struct CirculatedRow {
    pub number: String,
    pub subject: String,
    /// 「アカウント登録申請」
    pub title: String,
    pub requester: String,
    pub department: String,
    pub told: String,
    /// When it was read; empty while it is not.
    pub read: String,
}

impl CirculatedRow {
    #[must_use]
    pub fn of(w: Words, kinds: &Kinds, dates: &Dates, told: &Told) -> Self {
        Self {
            number: told.number.clone(),
            subject: told.subject.clone(),
            title: kinds.get(&told.kind).map_or_else(|_| told.kind.clone(), |known| say(w, &known.kind.title)),
            requester: told.requester.clone().unwrap_or_else(|| w.t("requests-somebody").into_owned()),
            department: told.department.clone(),
            told: dates.short_at(told.told_at),
            read: told.read_at.map(|at| dates.short_at(at)).unwrap_or_default(),
        }
    }
}

/// 回覧
#[derive(Template)]
#[template(path = "requests/circulated.html")]
pub struct CirculatedPage {
    pub shell: Shell,
    pub chips: Vec<Chip>,
    pub rows: Vec<CirculatedRow>,
    pub next: Option<String>,
    pub empty: String,
}
