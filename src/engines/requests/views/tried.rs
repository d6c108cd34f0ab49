//! 受け付けられなかった操作: what somebody tried on a request and what the rules said to it, so that the same page comes back
//! with what was typed where it was typed.
use super::capacity::Chosen;
use super::form::field_id;
use crate::engines::requests::actions::capacity;
use crate::engines::requests::actions::working::SLIP_NUMBER_MAX;
use crate::kernel::error::Message;
use crate::kernel::ids::PostId;
use crate::web::locale::Words as Catalogue;
use crate::web::screen::said;

/// Where on the page of a request somebody writes or presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// 承認・差戻し・却下
    Decision,
    /// やり取り
    Comment,
    /// 取下げ
    Withdrawal,
    /// 受領書の登録 of one line
    Slip(u16),
    /// 実施しない
    Decline,
    /// 担当替え
    Reroute,
    /// 引き上げ承認
    PullUp,
    /// A button without words.
    Button,
}

/// The id of the question in which post a slip is entered.
#[must_use]
pub fn slip_capacity(line: u16) -> String {
    format!("slip-capacity-{line}")
}

/// What was tried, and the sentence that refuses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    spot: Spot,
    words: String,
    /// The day on a slip, as it was typed.
    on: String,
    /// The button that was pressed, where there are several.
    pressed: String,
    /// Where the page was to lead afterwards.
    back: String,
    /// To which step it was to be sent back.
    to: String,
    /// In which of their posts they acted.
    chosen: Option<PostId>,
    /// It was not said in which.
    unchosen: bool,
    mends: bool,
    fault: String,
}

impl Tried {
    #[must_use]
    pub fn new(spot: Spot, words: impl Into<String>) -> Self {
        let words = words.into();
        let empty = String::new;
        let (on, pressed, back, to, fault) = (empty(), empty(), empty(), empty(), empty());
        Self { spot, words, on, pressed, back, to, chosen: None, unchosen: false, mends: false, fault }
    }

    /// A slip, by its number and the day as it was typed.
    #[must_use]
    pub fn slip(line: u16, number: &str, on: &str) -> Self {
        Self { on: on.to_owned(), ..Self::new(Spot::Slip(line), number) }
    }

    /// The button that was pressed (`_pressed`).
    #[must_use]
    pub fn pressing(self, button: &str) -> Self {
        Self { pressed: button.to_owned(), ..self }
    }

    /// Where the page was to lead afterwards (`_back`).
    #[must_use]
    pub fn back_to(self, back: &str) -> Self {
        Self { back: back.to_owned(), ..self }
    }

    /// In which of their posts they acted (`_capacity`).
    #[must_use]
    pub fn choosing(self, chosen: Option<PostId>) -> Self {
        Self { chosen, ..self }
    }

    /// What the rules say. Some sentences are about what was typed, the others about the request as it stands.
    #[must_use]
    pub fn refused(self, w: Catalogue, message: &Message) -> Self {
        let about_words = matches!(
            &*message.key,
            "requests-refused-reason-missing"
                | "requests-refused-words-too-long"
                | "requests-refused-comment-empty"
                | "requests-refused-slip-incomplete"
                | "requests-refused-slip-date"
                | capacity::MISSING
        ) || message.key.starts_with("date-fault-");
        let unchosen = message.key == capacity::MISSING;
        Self { mends: about_words, unchosen, fault: w.line(&said(message)).into_owned(), ..self }
    }

    /// The choice of a post, as the page draws it.
    #[must_use]
    pub fn chosen(&self) -> Chosen {
        Chosen { post: self.chosen, fault: self.mends().filter(|_| self.unchosen).map(str::to_owned) }
    }

    /// Was it not said in which post?
    #[must_use]
    pub const fn unchosen(&self) -> bool {
        self.unchosen
    }

    #[must_use]
    pub const fn spot(&self) -> Spot {
        self.spot
    }

    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    #[must_use]
    pub fn on(&self) -> &str {
        &self.on
    }

    #[must_use]
    pub fn pressed(&self) -> &str {
        &self.pressed
    }

    #[must_use]
    pub fn back(&self) -> &str {
        &self.back
    }

    /// The same, for one who sent it back to this step.
    #[must_use]
    pub fn sending_to(self, step: &str) -> Self {
        Self { to: step.to_owned(), ..self }
    }

    /// To which step it was to be sent back.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// The sentence, where typing something else mends it.
    #[must_use]
    pub fn mends(&self) -> Option<&str> {
        self.mends.then_some(self.fault.as_str())
    }

    /// What is to be mended, with the place where, as a summary lists it.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, &str)> {
        self.mends().map(|words| (self.target(), words)).into_iter().collect()
    }

    /// The sentence, where the request itself stands against it.
    #[must_use]
    pub fn stands_against(&self) -> Option<&str> {
        (!self.mends && !self.fault.is_empty()).then_some(self.fault.as_str())
    }

    /// The id of the control that the summary leads to.
    #[must_use]
    pub fn target(&self) -> String {
        match self.spot {
            Spot::Slip(line) if self.unchosen => slip_capacity(line),
            _ if self.unchosen => field_id(capacity::FIELD),
            Spot::Decision => "words".to_owned(),
            Spot::Comment => "say".to_owned(),
            Spot::Withdrawal => "withdraw-reason".to_owned(),
            Spot::Decline => "decline-words".to_owned(),
            Spot::Reroute => "reroute-reason".to_owned(),
            Spot::PullUp => "pull-up-reason".to_owned(),
            Spot::Slip(line) if self.words.is_empty() || self.words.chars().count() > SLIP_NUMBER_MAX => {
                format!("slip-number-{line}")
            }
            Spot::Slip(line) => format!("slip-on-{line}"),
            Spot::Button => "main".to_owned(),
        }
    }
}
