//! What a notice says: in the reader's language on a page, in Japanese first in a mail.
use chrono::NaiveDate;

use super::dates::Dates;
use super::locale::{Lang, Line, Words};
use crate::kernel::error::Message;
use crate::kernel::notices::Letter;

/// Mails go to people whose language we do not know.
const MAIL: Words = Words(Lang::Ja);

/// A day among the values of a notice: written out for each reader in their own way.
#[must_use]
pub fn day(day: NaiveDate) -> String {
    day.to_string()
}

/// The sentence of a notice. Its values are few and known; anything else is not shown.
#[must_use]
pub fn line<'a>(key: &str, values: impl IntoIterator<Item = (&'a str, &'a str)>, dates: &Dates) -> Line {
    values.into_iter().fold(Line::new(key.to_owned()), |line, (name, value)| match name {
        "number" => line.with("number", value),
        "title" => line.with("title", value),
        "form" => line.with("form", value),
        "account" => line.with("account", value),
        "login" => line.with("login", value),
        "name" => line.with("name", value),
        "holder" => line.with("holder", value),
        "count" => line.count("count", value.parse::<i64>().unwrap_or_default()),
        "day" => line.with("day", long(value, dates)),
        "stop" => line.with("stop", long(value, dates)),
        "from" => line.with("from", long(value, dates)),
        "last" => line.with("last", long(value, dates)),
        _ => line,
    })
}

fn long(value: &str, dates: &Dates) -> String {
    value.parse::<NaiveDate>().map_or_else(|_| value.to_owned(), |day| dates.long(day))
}

/// The sentence as a mail says it.
#[must_use]
pub fn in_mail<'a>(key: &str, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    // the day of the mail itself is in none of the long forms
    let dates = Dates { lang: MAIL.lang(), western: false, today: NaiveDate::default() };
    MAIL.line(&line(key, values, &dates)).into_owned()
}

/// What leaves the house in place of a sentence that names somebody: mails tell what is asked of their reader, and who it is about
/// stands in the portal alone.
const NAMELESS: [(&str, &str); 16] = [
    ("absence-mail-entered", "absence-letter-entered"),
    ("designee-mail-named", "designee-letter-named"),
    ("designee-mail-ended", "designee-letter-ended"),
    ("stand-in-mail-entered", "stand-in-letter-entered"),
    ("stand-in-mail-ended", "stand-in-letter-ended"),
    ("proposal-mail-asked", "proposal-letter-asked"),
    ("proposal-mail-refused", "proposal-letter-refused"),
    ("proposal-mail-lapsed", "proposal-letter-lapsed"),
    ("drafts-mail-prepared", "drafts-letter-prepared"),
    ("drafts-mail-filed", "drafts-letter-filed"),
    ("drafts-mail-returned", "drafts-letter-returned"),
    ("drafts-mail-discarded", "drafts-letter-discarded"),
    ("drafts-mail-taken-back", "drafts-letter-taken-back"),
    ("people-mail-locked", "people-letter-locked"),
    ("elsewhere-mail-watch", "elsewhere-letter-watch"),
    ("elsewhere-mail-disowned", "elsewhere-letter-disowned"),
];

/// The sentence as it leaves the house.
#[must_use]
pub fn outside<'a>(key: &str, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let key = NAMELESS.into_iter().find(|(names, _)| *names == key).map_or(key, |(_, nameless)| nameless);
    in_mail(key, values.into_iter().filter(|(name, _)| !matches!(*name, "name" | "holder")))
}

/// The subject of a mail that goes out at once.
#[must_use]
pub fn subject(said: &Message) -> String {
    outside(&said.key, said.args.iter().map(|(name, value)| (*name, value.as_str())))
}

/// The mail that goes out at once: what the notice says, and more.
pub fn letter(said: &Message, body: impl Into<String>) -> Letter {
    Letter { subject: subject(said), body: body.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named_in_what_leaves_the_house() {
        for (names, _) in NAMELESS {
            let values = [
                ("name", "田中"),
                ("holder", "佐藤"),
                ("form", "アカウント登録申請"),
                ("from", "2026-04-01"),
                ("last", "2026-04-02"),
            ];
            assert!(in_mail(names, values).contains("田中"), "{names} names nobody");
            let said = outside(names, values);
            assert!(!said.contains("田中") && !said.contains("佐藤") && !said.contains('{'), "{names}: {said}");
        }
    }

    #[test]
    fn days_and_counts_are_written_for_the_reader() {
        let said = Message::new("accounts-mail-unused-stop")
            .with("login", "tanaka")
            .with("stop", day(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()));
        assert_eq!(subject(&said), "ログインID「tanaka」は令和8年12月1日(火)に停止します");
        let dates = Dates { lang: Lang::En, western: false, today: NaiveDate::default() };
        let values = said.args.iter().map(|(name, value)| (*name, value.as_str()));
        let english = Words(Lang::En).line(&line(&said.key, values, &dates)).into_owned();
        assert!(english.contains("2026") && english.contains("tanaka"), "{english}");
        let left = Message::new("movements-mail-left-behind").with("count", 2);
        assert_eq!(subject(&left), "退職者アカウント未抹消（2件）");
    }
}
