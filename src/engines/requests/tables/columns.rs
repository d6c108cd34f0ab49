//! Which column of a table is which question of a form, and what its cells answer: the words of the page, whatever their width,
//! several of them in one cell where the form takes several.
use crate::engines::requests::model::spans::ENDS;
use crate::engines::requests::model::{Choice, Field, Form, Input, Options, Words};
use crate::kernel::sheets::Row;
use crate::kernel::text::fold_kana;
use crate::web::locale::{Lang, Words as Catalogue};

use super::super::views::say;

/// Between several answers in one cell.
const BETWEEN: [char; 7] = ['、', '，', ',', ';', '；', '\n', '／'];
/// Between a system and the right on it.
const RIGHT: [char; 2] = ['：', ':'];
const YES: [&str; 6] = ["はい", "有", "○", "〇", "yes", "1"];
const NO: [&str; 6] = ["いいえ", "無", "×", "✕", "no", "0"];

/// Can the form be filled in row by row? Not where it asks about every row of a ledger, or for files.
#[must_use]
pub fn fits(form: &Form) -> bool {
    form.fields().all(|field| !matches!(field.input, Input::Every { .. } | Input::File))
}

/// What a question is called in a language.
#[must_use]
pub fn head(field: &Field, lang: Lang) -> String {
    say(Catalogue(lang), &field.label)
}

/// Folds width, kana kind, case, spaces and the marks that forms put beside their labels.
fn plain(text: &str) -> String {
    let folded = fold_kana(text);
    folded.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '※')).flat_map(char::to_lowercase).collect()
}

fn called(words: &Words, text: &str) -> bool {
    [Lang::Ja, Lang::En].into_iter().any(|lang| plain(&say(Catalogue(lang), words)) == text)
}

/// The columns of a table: for each question the place at which it stands, and the heads that stand for none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placed {
    /// question and column, in the order of the form
    pub of: Vec<(String, usize)>,
    /// columns that are no question of the form
    pub unknown: Vec<(usize, String)>,
}

impl Placed {
    /// Finds the questions by their heads, of which the first one counts.
    #[must_use]
    pub fn by(form: &Form, heads: &Row) -> Self {
        let mut placed = Self::default();
        for (at, cell) in heads.cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
            let text = plain(cell);
            let field = form.fields().find(|field| field.key == cell.trim() || called(&field.label, &text));
            match field.filter(|field| placed.column(&field.key).is_none()) {
                Some(field) => placed.of.push((field.key.clone(), at)),
                None => placed.unknown.push((at, cell.trim().to_owned())),
            }
        }
        placed
    }

    /// Where a question stands.
    #[must_use]
    pub fn column(&self, key: &str) -> Option<usize> {
        self.of.iter().find(|(known, _)| known == key).map(|(_, at)| *at)
    }
}

/// What a row answers, as a browser would send it. `options` is what the form offers by now.
#[must_use]
pub fn typed(form: &Form, placed: &Placed, row: &Row, options: &Options) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (key, at) in &placed.of {
        let (Some(field), cell) = (form.field(key), row.cell(*at).trim()) else { continue };
        if !cell.is_empty() {
            pairs.extend(answers(field, cell, field.choices(options)));
        }
    }
    pairs
}

fn answers(field: &Field, cell: &str, choices: &[Choice]) -> Vec<(String, String)> {
    let key = field.key.as_str();
    let one = |value: String| vec![(key.to_owned(), value)];
    match &field.input {
        Input::YesNo => one(yes_no(cell)),
        Input::Choice { .. } | Input::Department | Input::Reference { .. } => one(chosen(choices, cell)),
        Input::Multiple { .. } | Input::References { .. } => {
            several(cell).map(|part| (key.to_owned(), chosen(choices, part))).collect()
        }
        Input::Rights { .. } => several(cell).flat_map(|part| right(key, part, choices)).collect(),
        Input::Period | Input::TimeBand => span(key, cell),
        _ => one(cell.to_owned()),
    }
}

/// 「2026/4/1～2027/3/31」「9:00から17:15まで」: both ends; where there is but one, the form says what is missing.
fn span(key: &str, cell: &str) -> Vec<(String, String)> {
    let cell = cell.trim_end_matches("まで");
    let ends = cell.split_once(['~', '～', '〜']).or_else(|| cell.split_once("から")).unwrap_or((cell, ""));
    let end = |name: &str, text: &str| (format!("{key}.{name}"), text.trim().to_owned());
    vec![end(ENDS[0], ends.0), end(ENDS[1], ends.1)]
}

fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty())
}

fn yes_no(cell: &str) -> String {
    let text = plain(cell);
    let any = |words: &[&str]| words.iter().any(|word| plain(word) == text);
    if any(&YES) {
        "yes"
    } else if any(&NO) {
        "no"
    } else {
        cell
    }
    .to_owned()
}

/// The one that is called so; what nothing is called stays as it stands, for the form to say so.
fn chosen(choices: &[Choice], text: &str) -> String {
    meant(choices, text).map_or_else(|| text.to_owned(), |choice| choice.value.clone())
}

fn meant<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let wanted = plain(text);
    let named = |choice: &&Choice| {
        choice.value == text
            || called(&choice.words(), &wanted)
            || choice.aliases.iter().any(|name| plain(name) == wanted)
    };
    let mut found = choices.iter().filter(named);
    found.next().filter(|_| found.next().is_none())
}

/// 「会計システム：参照」; where a system knows one right only, its name is enough.
fn right(key: &str, part: &str, systems: &[Choice]) -> Vec<(String, String)> {
    let (name, right) = part.split_once(RIGHT).map_or((part, ""), |(name, right)| (name.trim(), right.trim()));
    let Some(system) = meant(systems, name) else { return vec![(key.to_owned(), name.to_owned())] };
    let given = match (right, system.rights.as_slice()) {
        ("", [only]) => only.value.clone(),
        (right, rights) => chosen(rights, right),
    };
    vec![(key.to_owned(), system.value.clone()), (format!("{key}.{}", system.value), given)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::requests::model::Section;

    fn form() -> Form {
        let field = |key: &str, label: &str, input| Field::new(key, Words::plain(label), input);
        let manner = vec![
            Choice::fixed("new", Words::Both { ja: "新規".to_owned(), en: "New".to_owned() }),
            Choice::fixed("change", Words::plain("変更")),
        ];
        let fields = vec![
            field("person", "利用者", Input::Person),
            field("grants", "システムと権限", Input::Rights { source: "systems".to_owned() }),
            field("manner", "区分", Input::Choice { options: manner }),
            field("agreed", "確認した", Input::YesNo),
            field("from", "利用の開始日", Input::Date),
        ];
        Form { sections: vec![Section { title: Words::plain(""), fields }] }
    }

    fn row(cells: &[&str]) -> Row {
        Row { no: 2, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
    }

    fn systems() -> Options {
        let rights = |names: &[&str]| names.iter().map(|name| Choice::named(format!("r-{name}"), *name)).collect();
        let ledger = Choice::named("s1", "会計システム").with_rights(rights(&["参照", "登録"]));
        let mail = Choice::named("s2", "メール").with_rights(rights(&["利用"]));
        Options::from([("grants".to_owned(), vec![ledger, mail])])
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn columns_are_found_by_the_words_of_the_form_in_any_order_and_width() {
        let placed = Placed::by(&form(), &row(&["備考", "利用の　開始日", "※利用者", "区分", "区分"]));
        assert_eq!(placed.of, [("from".to_owned(), 1), ("person".to_owned(), 2), ("manner".to_owned(), 3)]);
        assert_eq!(placed.unknown, [(0, "備考".to_owned()), (4, "区分".to_owned())]);
    }

    #[test]
    fn a_cell_answers_in_the_words_of_the_page() {
        let (form, heads) = (form(), row(&["利用者", "システムと権限", "区分", "確認した", "利用の開始日"]));
        let placed = Placed::by(&form, &heads);
        let said =
            typed(&form, &placed, &row(&["001002", "会計システム：登録、メール", "new", "〇", "R8.4.1"]), &systems());
        assert_eq!(
            said,
            [
                pair("person", "001002"),
                pair("grants", "s1"),
                pair("grants.s1", "r-登録"),
                pair("grants", "s2"),
                pair("grants.s2", "r-利用"),
                pair("manner", "new"),
                pair("agreed", "yes"),
                pair("from", "R8.4.1"),
            ]
        );
    }

    #[test]
    fn what_nothing_is_called_stays_as_it_stands() {
        let (form, heads) = (form(), row(&["システムと権限", "区分", "確認した"]));
        let placed = Placed::by(&form, &heads);
        let said = typed(&form, &placed, &row(&["給与", "廃止", "たぶん"]), &systems());
        assert_eq!(said, [pair("grants", "給与"), pair("manner", "廃止"), pair("agreed", "たぶん")]);
        let said = typed(&form, &placed, &row(&["会計システム", "", ""]), &systems());
        assert_eq!(said, [pair("grants", "s1"), pair("grants.s1", "")]);
    }
}
