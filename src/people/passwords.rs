//! Passwords: how they are kept (Argon2id over a peppered HMAC) and what they must be like (4.1.5(1)①〜③).
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::keys::{Purpose, hmac_sha256};
use crate::kernel::settings::{CharClass, PasswordRules};
use crate::kernel::text;

/// The longest password that is taken.
pub const LONGEST: usize = 128;
/// How long somebody waits for a free core before the page says that it is busy.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many may wait.
const QUEUE: usize = 64;

/// A password as it was typed. Never printed; wiped when dropped.
#[derive(Clone)]
pub struct Typed(Zeroizing<String>);

impl Typed {
    /// Takes what was typed; width and composition of characters make no difference (NFKC).
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(Zeroizing::new(typed.nfkc().collect()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        crate::kernel::keys::equal(self.0.as_bytes(), other.0.as_bytes())
    }
}

/// Hashing on as many cores as there are, with a short queue before it.
pub struct Hasher {
    permits: Semaphore,
    waiting: AtomicUsize,
    dummy: OnceLock<String>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { permits: Semaphore::new(cores), waiting: AtomicUsize::new(0), dummy: OnceLock::new() }
    }
}

impl Hasher {
    /// The hash to keep.
    pub async fn hash(&self, app: &App, password: &Typed) -> Result<String> {
        let (argon, peppered) = (argon(app.config().argon2)?, peppered(app, password));
        self.work(move || hash(&argon, &*peppered)).await
    }

    /// Is it this password? Without a hash the same time is spent on a hash of nobody's, and the answer is no.
    pub async fn verify(&self, app: &App, password: &Typed, hash: Option<&str>) -> Result<bool> {
        let peppered = peppered(app, password);
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash.to_owned(),
            None => self.nobodys(app)?,
        };
        let same = self.work(move || Ok(verify(&*peppered, &hash))).await?;
        Ok(same && known)
    }

    /// Is it one of these?
    pub async fn among(&self, app: &App, password: &Typed, hashes: Vec<String>) -> Result<bool> {
        let peppered = peppered(app, password);
        self.work(move || Ok(hashes.iter().any(|hash| verify(&*peppered, hash)))).await
    }

    fn nobodys(&self, app: &App) -> Result<String> {
        if let Some(hash) = self.dummy.get() {
            return Ok(hash.clone());
        }
        let hash = hash(&argon(app.config().argon2)?, &crate::kernel::keys::random_bytes::<32>())?;
        Ok(self.dummy.get_or_init(|| hash).clone())
    }

    async fn work<T: Send + 'static>(&self, act: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Error::Busy);
        }
        let permit = tokio::time::timeout(PATIENCE, self.permits.acquire()).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let Ok(Ok(_permit)) = permit else { return Err(Error::Busy) };
        tokio::task::spawn_blocking(act).await.context("the hashing thread")?
    }
}

fn peppered(app: &App, password: &Typed) -> Zeroizing<[u8; 32]> {
    let pepper = app.keys().subkey(Purpose::Password);
    Zeroizing::new(hmac_sha256(&*pepper, &[password.as_str().as_bytes()]))
}

fn argon((memory, passes, lanes): (u32, u32, u32)) -> Result<Argon2<'static>> {
    let params = Params::new(memory, passes, lanes, None).map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(argon: &Argon2<'_>, peppered: &[u8]) -> Result<String> {
    let hash: PasswordHash = argon.hash_password(peppered).map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(hash.to_string())
}

fn verify(peppered: &[u8], hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(peppered, &hash).is_ok())
}

/// Was this hash made with other parameters than today's? Then the next sign-in makes a new one.
#[must_use]
pub fn outdated(app: &App, hash: &str) -> bool {
    let (memory, passes, lanes) = app.config().argon2;
    let wanted = format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$");
    !hash.starts_with(&wanted)
}

/// A rule that a password breaks; each has its words in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// 短い
    Short(usize),
    /// 長い
    Long(usize),
    /// 文字種が足りない: the one that is missing, or all that are asked for
    Classes(Vec<CharClass>),
    /// よく使われる語
    Common,
    /// 本人や組織を指す語, 組織が定めた禁止語
    Context(String),
    /// 生年月日になりうる日付
    Date(String),
    /// 過去に使った: one of the last so many, or of all
    Reused(Option<usize>),
    /// 仮のパスワード (有効化コード) そのもの
    Temporary,
}

/// The rules, whether kept or broken: what the change page lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// n文字以上
    Length(usize),
    /// 文字種
    Classes(Vec<CharClass>),
    /// 推測されやすい語を含まない
    Guessable,
    /// 過去n回と, or all former ones and the temporary one, 異なる
    History(Option<usize>),
}

/// The rules in force, in the order in which the page names them.
#[must_use]
pub fn rules(set: &PasswordRules) -> Vec<Rule> {
    let mut all = vec![Rule::Length(*set.min_length)];
    if !set.classes.is_empty() {
        all.push(Rule::Classes(set.classes.to_vec()));
    }
    all.push(Rule::Guessable);
    all.push(Rule::History(*set.history));
    all
}

impl Broken {
    /// The word of the catalogue's family `people-password-broken`, and of the log.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Short(_) => "short",
            Self::Long(_) => "long",
            Self::Classes(missing) if missing.len() == 1 => "class",
            Self::Classes(_) => "classes",
            Self::Common => "common",
            Self::Context(_) => "context",
            Self::Date(_) => "date",
            Self::Reused(Some(_)) => "reused",
            Self::Reused(None) => "reused-all",
            Self::Temporary => "temporary",
        }
    }

    /// The rule that is broken.
    #[must_use]
    pub fn breaks(&self, rule: &Rule) -> bool {
        match (self, rule) {
            (Self::Short(_) | Self::Long(_), Rule::Length(_))
            | (Self::Classes(_), Rule::Classes(_))
            | (Self::Common | Self::Context(_) | Self::Date(_), Rule::Guessable)
            | (Self::Reused(_) | Self::Temporary, Rule::History(_)) => true,
            (_, Rule::Length(_) | Rule::Classes(_) | Rule::Guessable | Rule::History(_)) => false,
        }
    }
}

/// Every rule that this password breaks, former passwords aside (they need the hashes).
#[must_use]
pub fn broken(set: &PasswordRules, password: &Typed, context: &[String]) -> Vec<Broken> {
    let letters: Vec<char> = password.as_str().chars().collect();
    let mut found = Vec::new();
    if letters.len() < *set.min_length {
        found.push(Broken::Short(*set.min_length));
    }
    if letters.len() > LONGEST {
        found.push(Broken::Long(LONGEST));
    }
    let missing = |class: &&CharClass| !letters.iter().any(|c| class.contains(*c));
    match set.classes.iter().filter(missing).collect::<Vec<_>>()[..] {
        [] => {}
        [one] => found.push(Broken::Classes(vec![*one])),
        _ => found.push(Broken::Classes(set.classes.to_vec())),
    }
    if is_common(password.as_str()) {
        found.push(Broken::Common);
    }
    let words: Vec<String> = context.iter().chain(set.forbidden_words.iter()).cloned().collect();
    if let Some(word) = context_word(password.as_str(), &words) {
        found.push(Broken::Context(word));
    }
    if let Some(date) = date_in(password.as_str()) {
        found.push(Broken::Date(date));
    }
    found
}

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
});

/// Nothing but a common word with figures and marks around it, or a run of few characters.
fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let distinct: HashSet<char> = lower.chars().collect();
    if distinct.len() <= 3 || is_run(&lower) {
        return true;
    }
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    let plain = |text: &str| text.chars().map(letter_like).collect::<String>();
    let letters_only = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let (stripped, read) = (bare(&lower), bare(&plain(&lower)));
    let candidates = [letters_only(&stripped), letters_only(&read), letters_only(&plain(&stripped)), stripped, read];
    candidates.iter().any(|candidate| COMMON.contains(candidate.as_str()) || is_repeated(candidate))
}

/// The rows of a keyboard, as fingers run over them.
const ROWS: [&str; 5] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()"];

/// Mostly runs of four and more: abcdefgh, 87654321, 1234567890123, 2468101214, qwertyuiopasdfghj. What stands around them is
/// guessed with them.
fn is_run(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let mut in_runs = 0;
    let mut start = 0;
    while start < letters.len() {
        let rest = letters.get(start..).unwrap_or_default();
        let longest = [1, -1, 2, -2].map(|step| run_of(rest, |a, b| counts_on(a, b, step)));
        let typed = [1, -1].map(|step| run_of(rest, |a, b| beside(a, b, step)));
        let longest = longest.into_iter().chain(typed).max().unwrap_or(1);
        if longest >= 4 {
            in_runs += longest;
        }
        start += if longest >= 4 { longest } else { 1 };
    }
    letters.len() > 3 && (in_runs * 4 >= letters.len() * 3 || counts_up(text))
}

/// Nothing but figures that count in equal steps: 2468101214, 100200300.
fn counts_up(text: &str) -> bool {
    let number = |from: usize, until: usize| text.get(from..until).and_then(|part| part.parse::<i64>().ok());
    let begins = (1..=3).flat_map(|one| (1..=3).map(move |two| (one, one + two)));
    text.chars().all(|c| c.is_ascii_digit())
        && begins.filter_map(|(one, two)| Some((number(0, one)?, number(one, two)?))).any(|(first, second)| {
            let terms = (0..).map(|at| (first + at * (second - first)).to_string());
            let said = terms.take(text.len()).collect::<String>();
            second > first && said.starts_with(text)
        })
}

fn run_of(letters: &[char], goes_on: impl Fn(char, char) -> bool) -> usize {
    let pairs = letters.iter().zip(letters.iter().skip(1));
    1 + pairs.take_while(|(a, b)| goes_on(**a, **b)).count()
}

/// Figures go round: 8, 9, 0, 1.
fn counts_on(a: char, b: char, step: i64) -> bool {
    match (a.to_digit(10), b.to_digit(10)) {
        (Some(a), Some(b)) => (i64::from(a) + step).rem_euclid(10) == i64::from(b),
        _ => a.is_alphabetic() && b.is_alphabetic() && i64::from(u32::from(a)) + step == i64::from(u32::from(b)),
    }
}

/// Neighbours on the keyboard.
fn beside(a: char, b: char, step: i64) -> bool {
    let place = |row: &str, c: char| row.chars().position(|key| key == c).and_then(|at| i64::try_from(at).ok());
    ROWS.iter().any(|row| place(row, a).zip(place(row, b)).is_some_and(|(a, b)| a + step == b))
}

/// testtest, abcabc
fn is_repeated(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (3..=letters.len() / 2).any(|size| {
        let mut parts = letters.chunks(size);
        let first = parts.next().unwrap_or_default();
        letters.len().is_multiple_of(size)
            && parts.all(|part| part == first)
            && COMMON.contains(first.iter().collect::<String>().as_str())
    })
}

fn letter_like(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// The shortest word about a person that is looked for: shorter ones stand in too many passwords by chance.
const SHORTEST_WORD: usize = 4;

/// Is this word long enough to be looked for in passwords?
#[must_use]
pub fn is_long_enough(word: &str) -> bool {
    let folded = text::fold_for_search(word);
    folded.chars().count() >= if folded.is_ascii() { SHORTEST_WORD } else { 2 }
}

/// A day since 1900 written in eight figures, with or without marks between them. The portal knows nobody's birthday
/// (生年月日), so it takes none that could be one.
fn date_in(password: &str) -> Option<String> {
    let figures: String = password.chars().filter(|c| !matches!(c, '-' | '/' | '.' | '年' | '月' | '日')).collect();
    let figures: Vec<char> = figures.chars().collect();
    let day = |text: &[char]| {
        let text: String = text.iter().collect();
        let all_figures = text.bytes().all(|byte| byte.is_ascii_digit());
        let day = chrono::NaiveDate::parse_from_str(&text, "%Y%m%d").ok().filter(|_| all_figures)?;
        (1900..2100).contains(&chrono::Datelike::year(&day)).then_some(text)
    };
    figures.windows(8).find_map(day)
}

fn context_word(password: &str, words: &[String]) -> Option<String> {
    let folded = text::fold_for_search(password);
    let plain = text::fold_for_search(&password.to_lowercase().chars().map(letter_like).collect::<String>());
    words
        .iter()
        .find(|word| {
            let folded_word = text::fold_for_search(word);
            let short_vowels = || text::short_vowels(&plain).contains(&text::short_vowels(&folded_word));
            is_long_enough(word)
                && (folded.contains(&folded_word)
                    || plain.contains(&folded_word)
                    || folded_word.is_ascii() && short_vowels())
        })
        .cloned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::settings::{Set, Settings};

    fn system_management() -> PasswordRules {
        let mut rules = Settings::base().password;
        rules.min_length = Set::base(8);
        rules.classes = Set::base(vec![CharClass::Upper, CharClass::Lower, CharClass::Special]);
        rules.history = Set::base(Some(10));
        rules
    }

    fn broken_by(password: &str) -> Vec<Broken> {
        let context = ["s024518", "024518", "青野", "あおの", "tanaka", "青野商事株式会社"].map(str::to_owned);
        broken(&system_management(), &Typed::new(password), &context)
    }

    #[tokio::test(start_paused = true)]
    async fn when_too_many_wait_the_next_one_is_told_at_once_and_nobody_waits_for_ever() {
        let hasher = Hasher { permits: Semaphore::new(0), ..Hasher::default() };
        let mut waiting: Vec<_> = (0..QUEUE).map(|_| Box::pin(hasher.work(|| Ok(())))).collect();
        for one in &mut waiting {
            assert!(futures::poll!(one).is_pending());
        }
        assert!(matches!(hasher.work(|| Ok(())).await, Err(Error::Busy)));
        let answers = futures::future::join_all(waiting).await;
        assert!(answers.iter().all(|answer| matches!(answer, Err(Error::Busy))));
        assert_eq!(hasher.waiting.load(Ordering::Relaxed), 0, "nobody is left in the queue");
    }

    #[test]
    fn a_password_that_keeps_every_rule_is_taken() {
        for password in ["Mamori-no-Kagi!8", "Zh_kulo7", "雨のち晴れのちKumori!", "Ｚｈ＿ｋｕｌｏ７"] {
            assert_eq!(broken_by(password), [], "{password}");
        }
    }

    #[test]
    fn every_broken_rule_is_named() {
        let classes = Broken::Classes(vec![CharClass::Upper, CharClass::Lower, CharClass::Special]);
        assert_eq!(broken_by("kulo7zh"), [Broken::Short(8), classes.clone()]);
        assert_eq!(broken_by("kulozhwu7"), std::slice::from_ref(&classes));
        assert_eq!(broken_by("PASSWORD123"), [classes, Broken::Common]);
        assert_eq!(broken_by(&format!("Aa!{}", "xk4z".repeat(40))), [Broken::Long(LONGEST)]);
    }

    #[test]
    fn what_everybody_tries_first_is_refused_in_its_disguises() {
        for password in [
            "Password!",
            "P@ssw0rd!",
            "Passw0rd!2026",
            "!!Welcome1",
            "Qwertyuiop!",
            "Sakura!Sakura",
            "Aaaaaaaa!",
            "Testtest!",
            "12345678901234567",
            "98765432109876543",
            "2468101214161820",
            "qwertyuiopasdfghj",
            "12345678a!",
        ] {
            assert!(broken_by(password).contains(&Broken::Common), "{password}");
        }
        for password in ["Kaze-1234-no-Tani", "Yuki!4826no19Hashi", "70318264915"] {
            assert!(!broken_by(password).contains(&Broken::Common), "{password}");
        }
    }

    #[test]
    fn words_about_the_person_or_the_organisation_are_refused() {
        for password in ["Xx-024518-Xy!", "Tanaka-Zzk9!", "T@n4ka-Zzk9!", "青野Zzk-9!xy", "アオノZzk-9!xy"] {
            let broken = broken_by(password);
            assert!(broken.iter().any(|one| matches!(one, Broken::Context(_))), "{password}: {broken:?}");
        }
    }

    #[test]
    fn a_single_kind_of_character_that_is_missing_is_named_alone() {
        assert_eq!(broken_by("Zhxkulo7"), [Broken::Classes(vec![CharClass::Special])]);
    }

    #[test]
    fn what_could_be_a_birthday_is_refused_and_other_figures_are_not() {
        for password in ["Zh_19801231_kulo", "Zh_1980-12-31_kulo", "Zh１９８０年１２月３１日_k"] {
            assert!(broken_by(password).iter().any(|one| matches!(one, Broken::Date(_))), "{password}");
        }
        for password in ["Zh_19801331_kulo", "Zh_18991231_kulo", "Zh_1980123_kulo", "Zh_19a80_12_31"] {
            assert_eq!(broken_by(password), [], "{password}");
        }
    }

    #[test]
    fn words_that_the_organisation_forbids_are_refused() {
        let mut rules = system_management();
        rules.forbidden_words = Set::base(vec!["katsuo".to_owned()]);
        assert_eq!(broken(&rules, &Typed::new("Zh_Katsuo7-Pq"), &[]), [Broken::Context("katsuo".to_owned())]);
    }

    #[test]
    fn a_password_is_never_printed() {
        assert!(!format!("{:?}", Typed::new("Mamori-no-Kagi!8")).contains("Kagi"));
    }

    #[test]
    fn each_rule_of_the_page_is_broken_by_something() {
        let all = rules(&system_management());
        assert_eq!(all.len(), 4);
        let examples =
            [Broken::Short(8), Broken::Classes(Vec::new()), Broken::Context(String::new()), Broken::Reused(Some(10))];
        for (rule, example) in all.iter().zip(&examples) {
            assert!(example.breaks(rule), "{rule:?}");
            assert_eq!(all.iter().filter(|other| example.breaks(other)).count(), 1);
        }
    }

    proptest! {
        #[test]
        fn width_makes_no_difference(password in "[!-~]{1,40}") {
            let wide: String = password.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
            prop_assert_eq!(broken_by(&password), broken_by(&wide));
            prop_assert!(Typed::new(&password) == Typed::new(&wide));
        }

        #[test]
        fn too_short_is_always_said(password in "\\PC{0,7}") {
            let typed = Typed::new(&password);
            prop_assume!(typed.as_str().chars().count() < 8);
            prop_assert!(broken(&system_management(), &typed, &[]).contains(&Broken::Short(8)));
        }

        #[test]
        fn random_passwords_are_not_common(password in "[a-z]{5}[A-Z]{3}[!-/]{2}[0-9]{3}[a-z]{4}") {
            prop_assert!(!is_common(&password));
        }
    }
}
