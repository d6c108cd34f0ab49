//! Search words: what is looked for and what is found are folded alike, and cut into pairs of characters.
//!
//! Japanese has no spaces between words, so an index of words finds nothing; an index of all single characters and
//! pairs (bigrams) finds every substring. A column `text[]` filled from [`bigrams`] under a GIN index is asked with
//! `tokens @> $1`, where `$1` comes from [`bigram_query`].
use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::fold_kana;

/// Text as searches see it: width, case, kana kind, 濁点, small kana, ー, spaces, marks and name variants (髙, 邉) are
/// one. Only letters and digits remain.
#[must_use]
pub fn fold_for_search(text: &str) -> String {
    fold_kana(text)
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric() && *c != 'ー')
        .map(plain)
        .nfc()
        .collect()
}

/// The tokens of a document or a row for the search column: single characters and pairs, separated by spaces.
#[must_use]
pub fn bigrams(text: &str) -> String {
    let folded: Vec<char> = fold_for_search(text).chars().collect();
    let tokens: BTreeSet<String> =
        folded.iter().map(char::to_string).chain(folded.windows(2).map(String::from_iter)).collect();
    tokens.into_iter().collect::<Vec<_>>().join(" ")
}

/// The tokens that a row must all hold to answer a search; none when nothing was typed.
///
/// Words stand apart, as [`search_words`] cuts them: 「山田 営業」 finds both in any order. A single character is a token of
/// its own.
#[must_use]
pub fn bigram_query(typed: &str) -> Vec<String> {
    let mut tokens = BTreeSet::new();
    for word in search_words(typed) {
        let folded: Vec<char> = word.chars().collect();
        if let [only] = folded.as_slice() {
            tokens.insert(only.to_string());
        }
        tokens.extend(folded.windows(2).map(String::from_iter));
    }
    tokens.into_iter().collect()
}

/// The words of a search (探すことば), folded, all of which a row has to hold; none when nothing was typed.
///
/// A word without letter or digit (`%`, an emoji) becomes a blank, which no folded text holds: it finds nothing, and not
/// everything.
#[must_use]
pub fn search_words(typed: &str) -> Vec<String> {
    const MOST: usize = 8;
    let fold = |word| Some(fold_for_search(word)).filter(|folded| !folded.is_empty()).unwrap_or_else(|| " ".to_owned());
    typed.split_whitespace().take(MOST).map(fold).collect()
}

/// Whether a text holds every one of these [`search_words`].
#[must_use]
pub fn holds_words(text: &str, words: &[String]) -> bool {
    let folded = fold_for_search(text);
    words.iter().all(|word| folded.contains(word.as_str()))
}

fn plain(c: char) -> char {
    match c {
        'ぁ'..='ゖ' => large(c.nfd().next().unwrap_or(c)),
        other => usual_form(other),
    }
}

fn large(kana: char) -> char {
    match kana {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        other => other,
    }
}

/// Forms of one character that people's names carry and that nobody remembers when searching (異体字・旧字体).
const FORMS: [(char, &str); 40] = [
    ('辺', "邊邉"),
    ('高', "髙"),
    ('崎', "﨑嵜碕"),
    ('吉', "𠮷"),
    ('斉', "齊齋斎"),
    ('浜', "濱濵"),
    ('広', "廣"),
    ('沢', "澤"),
    ('桜', "櫻"),
    ('国', "國"),
    ('島', "嶋嶌"),
    ('瀬', "瀨"),
    ('徳', "德"),
    ('恵', "惠"),
    ('真', "眞"),
    ('竜', "龍"),
    ('円', "圓"),
    ('栄', "榮"),
    ('条', "條"),
    ('寿', "壽"),
    ('実', "實"),
    ('彦', "彥"),
    ('礼', "禮"),
    ('豊', "豐"),
    ('寛', "寬"),
    ('曽', "曾"),
    ('富', "冨"),
    ('槙', "槇"),
    ('静', "靜"),
    ('蔵', "藏"),
    ('弥', "彌"),
    ('亀', "龜"),
    ('関', "關"),
    ('万', "萬"),
    ('与', "與"),
    ('学', "學"),
    ('桧', "檜"),
    ('峰', "峯"),
    ('館', "舘"),
    ('渕', "淵渊"),
];

fn usual_form(c: char) -> char {
    FORMS.iter().find(|(_, variants)| variants.contains(c)).map_or(c, |(usual, _)| *usual)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finds(typed: &str, row: &str) -> bool {
        let row = bigrams(row);
        let tokens: Vec<&str> = row.split(' ').collect();
        bigram_query(typed).iter().all(|token| tokens.contains(&token.as_str()))
    }

    #[test]
    fn a_row_is_found_however_it_is_typed() {
        for (typed, row) in [
            ("山田太郎", "山田 太郎"),
            ("山田　太郎", "山田太郎"),
            ("太郎 山田", "山田 太郎"),
            ("ﾔﾏﾀﾞ", "やまだ たろう"),
            ("やまた", "ヤマダ"),
            ("高崎", "髙﨑 𠮷雄"),
            ("渡辺", "渡邉 花子"),
            ("斎藤", "齊藤"),
            ("葛城", "葛\u{E0100}城"),
            ("pc02417", "ＰＣ－０２４１７"),
            ("サーバ", "Windowsサーバー"),
            ("さーばー", "ファイルサーバ"),
            ("windows", "Windows Server"),
            ("きやのん", "キヤノン"),
            ("キャノン", "キヤノン"),
            ("田", "山田"),
            ("郎", "太郎"),
            ("192.168.1.10", "IP 192.168.1.10"),
        ] {
            assert!(finds(typed, row), "{typed} in {row}");
        }
        for (typed, row) in [("山川", "山田 川口"), ("東京", "京東"), ("中", "山田"), ("山田 中", "山田 太郎")]
        {
            assert!(!finds(typed, row), "{typed} in {row}");
        }
    }

    /// The two lists of `translate` in the migration that folds words inside the database.
    fn folded_by_the_database() -> (Vec<char>, Vec<char>) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let files =
            std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let sql = files.filter(|sql| sql.contains("function search_key")).last().unwrap();
        let (_, body) = sql.split_once("function search_key").unwrap();
        let mut lists = body
            .split('\'')
            .filter(|list| list.chars().count() > 100 && !list.contains(' '))
            .map(|list| list.chars().collect());
        (lists.next().unwrap(), lists.next().unwrap())
    }

    #[test]
    fn the_database_folds_words_as_we_do() {
        let (from, to) = folded_by_the_database();
        assert_eq!(from.len(), to.len());
        let by_the_database = |text: &str| -> String {
            let translated = |c| from.iter().position(|from| *from == c).map_or(c, |at| to[at]);
            text.nfkc().map(translated).filter(|c| c.is_alphanumeric() && *c != 'ー').collect()
        };
        let variants = FORMS.iter().flat_map(|(_, variants)| variants.chars());
        for c in from.iter().copied().chain('ぁ'..='ヶ').chain(variants) {
            assert_eq!(by_the_database(&c.to_string()), fold_for_search(&c.to_string()), "{c}");
        }
    }

    #[test]
    fn every_word_of_a_search_has_to_occur_and_a_mark_finds_nothing() {
        let row = "R8-ACC-0012 髙橋 遼 たかはし りょう 文書管理システム";
        for typed in ["高橋　遼", "システム たかはし", "ﾀｶﾊｼ", "ｒ８－ａｃｃ－００１２ 遼", " "]
        {
            assert!(holds_words(row, &search_words(typed)), "{typed}");
        }
        for typed in ["高橋 花子", "%", "_", "\\", "😀", "高橋 %", "|"] {
            assert!(!holds_words(row, &search_words(typed)), "{typed}");
        }
        assert!(search_words(" 　").is_empty());
    }

    #[test]
    fn nothing_typed_is_no_restriction_and_marks_alone_find_nothing() {
        assert!(bigram_query(" 　").is_empty());
        assert!(!finds("・「」", "山田"));
        assert_eq!(bigrams("・"), "");
    }

    proptest! {
        #[test]
        fn every_part_of_a_row_finds_it(row in "[ぁ-んァ-ヶー一-龠a-zA-Z0-9０-９ 　－髙﨑邉]{1,30}", from in 0usize..30, len in 1usize..30) {
            let part: String = row.chars().skip(from).take(len).collect();
            // a mark that stands alone is a word of which nothing is left
            prop_assume!(search_words(&part).iter().all(|word| word != " "));
            prop_assert!(finds(&part, &row), "{} in {}", part, row);
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold_for_search(&text);
            prop_assert_eq!(fold_for_search(&once), once);
        }

        #[test]
        fn tokens_are_one_or_two_characters(text in any::<String>()) {
            for token in bigrams(&text).split_whitespace() {
                prop_assert!((1..=2).contains(&token.chars().count()), "{}", token);
            }
        }
    }
}
