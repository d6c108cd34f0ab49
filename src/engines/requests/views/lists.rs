//! Pages that list: what can be applied for, my requests, everything in reach, the inbox with its reading pane, the
//! work queue.
use super::capacity::Chosen;
use super::sheet::Sheet;
use super::tried::{Spot, Tried, slip_capacity};
use super::{Answer, PhaseTag, say};
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::Hand;
use crate::engines::requests::store::lists::{After, Item};
use crate::kernel::access::Tier;
use crate::kernel::clock::local;
use crate::web::dates::{Dates, Due};
use crate::web::locale::Words;
use crate::web::parts::Tag;
use crate::web::shell::{Basis, Shell};
use crate::web::tables::Filters;
use askama::Template;
use uuid::Uuid;

/// Rows of one page.
pub const PAGE: usize = 50;

/// A row of a list.
#[derive(Debug, Clone)]
pub struct Row {
    pub number: String,
    pub subject: String,
    /// 「アカウント登録申請」
    pub title: String,
    pub requester: String,
    pub department: String,
    pub filed: String,
    pub tag: PhaseTag,
    /// It asks for a right by which a system is administered.
    pub privileged: Option<Tag>,
    /// Whose turn it is.
    pub turn: String,
    pub due: Option<Due>,
    /// 「2日経過」
    pub waited: String,
    /// 「12月1日から」: the work cannot begin yet.
    pub early: String,
    pub steps: Vec<Dot>,
    pub progress: String,
    pub open: bool,
    /// まとめて承認: what its box sends, where it has one.
    pub together: Option<String>,
    /// Where the same is asked for anew (複写).
    pub copy: Option<String>,
}

/// A step in the row of dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dot {
    Done,
    Now,
    Ahead,
}

impl Dot {
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Done => "on",
            Self::Now => "now",
            Self::Ahead => "",
        }
    }
}

/// Draws a row of a list.
#[must_use]
pub fn row(hand: &Hand, kinds: &Kinds, dates: &Dates, item: &Item) -> Row {
    let w = hand.w;
    let done = if item.phase.is_closed() {
        usize::try_from(item.steps).unwrap_or_default()
    } else {
        usize::try_from(item.step).unwrap_or_default()
    };
    let all = usize::try_from(item.steps).unwrap_or_default();
    let dot = |at: usize| match at.cmp(&done) {
        std::cmp::Ordering::Less => Dot::Done,
        std::cmp::Ordering::Equal => Dot::Now,
        std::cmp::Ordering::Greater => Dot::Ahead,
    };
    let tier = item.waiting_tier.as_deref().and_then(Tier::from_key).map(|tier| hand.tier(tier));
    let waited = item.waiting_since.map(|since| (dates.today - local(since).date_naive()).num_days());
    Row {
        number: item.number.clone(),
        subject: item.subject.clone(),
        // a kind that the adopted regulation no longer has is still what the request was filed as
        title: kinds.get(&item.kind).map_or_else(|_| item.kind.clone(), |known| say(w, &known.kind.title)),
        requester: item.requester.clone().unwrap_or_else(|| w.t("requests-somebody").into_owned()),
        // of somebody who is not signed in no section is known
        department: item.requester.as_ref().map(|_| item.department.clone()).unwrap_or_default(),
        filed: dates.tiny(local(item.filed_at).date_naive()),
        tag: PhaseTag::of(
            w,
            item.phase,
            kinds.get(&item.kind).ok().map(|registered| &registered.kind),
            item.step_key.as_deref(),
        ),
        privileged: None,
        turn: turn(w, tier, item.waiting_name.clone(), item.turns),
        due: item.waiting_due.map(|due| dates.due(due)),
        waited: waited.map(|days| w.n("requests-waited", days).into_owned()).unwrap_or_default(),
        early: String::new(),
        steps: (0..all).map(dot).collect(),
        progress: w.t2("requests-progress", "all", all, "done", done.min(all)).into_owned(),
        open: false,
        together: None,
        copy: None,
    }
}

/// いまの担当: the tier or the person whose turn it is; both, while one line is worked on and another waits for receipt.
fn turn(w: Words, tier: Option<String>, person: Option<String>, turns: i64) -> String {
    let all: Vec<String> = tier.into_iter().chain(person).collect();
    if all.is_empty() {
        return "—".to_owned();
    }
    let names = all.join(&w.t("web-list-comma"));
    match turns {
        2.. => w.t2("requests-turns-more", "names", names, "count", turns - 1).into_owned(),
        _ => names,
    }
}

/// Where the next page begins, when there is one.
#[must_use]
pub fn next(items: &[Item], place: impl Fn(&Item) -> After) -> Option<String> {
    let last = items.get(PAGE - 1).filter(|_| items.len() > PAGE)?;
    Some(cursor(place(last)))
}

/// A place of a list, as its addresses carry it.
#[must_use]
pub fn cursor(place: After) -> String {
    format!("{}_{}", place.at.timestamp_micros(), place.id)
}

/// Reads what [`cursor`] wrote.
#[must_use]
pub fn after(text: &str) -> Option<After> {
    let (micros, id) = text.split_once('_')?;
    let at = chrono::DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(After { at, id: id.parse::<Uuid>().ok()? })
}

/// A kind that can be applied for.
#[derive(Debug, Clone)]
pub struct KindView {
    pub key: String,
    pub title: String,
    pub hint: String,
    /// 4.1.1(1)
    pub clauses: String,
    /// 組織が定めた手続: no clause asks for it.
    pub org_defined: bool,
}

/// A kind that somebody else files for one's section.
#[derive(Debug, Clone)]
pub struct ByOthers {
    pub title: String,
    pub hint: String,
    /// 「部門管理者（佐藤 直樹）が申請します」
    pub who: String,
}

/// 申請する: choose by the title the organisation uses.
#[derive(Template)]
#[template(path = "requests/choose.html")]
pub struct ChoosePage {
    pub shell: Shell,
    pub kinds: Vec<KindView>,
    /// What whoever looks may fill in for the one who files it.
    pub prepares: Vec<KindView>,
    /// Drafts that others prepared, and those kept for later.
    pub received: Vec<crate::engines::requests::drafts::views::Row>,
    pub own: Vec<crate::engines::requests::drafts::views::Row>,
    pub others: Vec<ByOthers>,
}

/// A filter that is on or off.
#[derive(Debug, Clone)]
pub struct Chip {
    pub label: String,
    pub href: String,
    pub current: bool,
    pub count: Option<i64>,
    pub hot: bool,
}

/// 自分の申請, すべての申請
#[derive(Template)]
#[template(path = "requests/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub chips: Vec<Chip>,
    pub filters: Filters,
    /// Where what the filters show is written out.
    pub export: Option<String>,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    /// The column of the applicant is shown where there are several.
    pub by_many: bool,
    /// Whoever cannot file is shown no way to it.
    pub may_file: bool,
    pub empty: String,
}

/// 承認待ち: list and reading pane.
#[derive(Template)]
#[template(path = "requests/inbox.html")]
pub struct InboxPage {
    pub shell: Shell,
    pub tabs: Vec<Chip>,
    pub chips: Vec<Chip>,
    /// By what what waits for oneself can be narrowed, and in which order it stands.
    pub filter: Option<InboxFilter>,
    pub rows: Vec<Row>,
    /// one of them can be approved together with others
    pub bulk: bool,
    pub next: Option<String>,
    pub total: i64,
    pub reading: Option<Sheet>,
    /// 果たす規程 of the one that is open.
    pub basis: Vec<Basis>,
    /// `view=…&` of the list, kept by its links.
    pub query: String,
    /// The same for this very page of it.
    pub here: String,
    /// Every box that there is stands ticked.
    pub ticked: bool,
    /// Where a decision leads afterwards: the list as it is.
    pub back: String,
    /// Why the list is empty.
    pub nothing: (&'static str, &'static str),
}

/// 絞り込みと並び順
#[derive(Debug, Clone)]
pub struct InboxFilter {
    /// The view that is kept.
    pub view: &'static str,
    pub lists: Vec<Picks>,
}

/// One list of a filter: its name in the address, what it is called, and its entries.
#[derive(Debug, Clone)]
pub struct Picks {
    pub name: &'static str,
    pub label: &'static str,
    pub entries: Vec<Pick>,
}

/// An entry: what it sends, its words, and whether it is chosen.
#[derive(Debug, Clone)]
pub struct Pick {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// まとめて承認: what was chosen, before it is approved.
#[derive(Template)]
#[template(path = "requests/together.html")]
pub struct TogetherPage {
    pub shell: Shell,
    /// those that will be approved: what each sends, and its row
    pub chosen: Vec<(String, Row)>,
    /// those that have to be looked at one by one, and why
    pub left: Vec<Left>,
    pub fault: Option<String>,
}

/// What was not approved with the others.
#[derive(Debug, Clone)]
pub struct Left {
    pub number: String,
    pub subject: String,
    pub why: String,
}

/// What became of those that were approved together.
#[derive(Template)]
#[template(path = "requests/together_done.html")]
pub struct TogetherDone {
    pub shell: Shell,
    pub done: Vec<(String, String)>,
    pub left: Vec<Left>,
}

/// 実施待ち: what is approved and still to be done.
#[derive(Template)]
#[template(path = "requests/queue.html")]
pub struct QueuePage {
    pub shell: Shell,
    pub chips: Vec<Chip>,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    pub total: i64,
}

/// Where a request stands among what waits for whoever decides it, or how much is left once it is decided.
#[derive(Debug, Clone)]
pub struct Walk {
    pub place: Option<usize>,
    pub all: usize,
    /// The number of the one after it.
    pub next: Option<String>,
}

/// 申請の詳細
#[derive(Template)]
#[template(path = "requests/show.html")]
pub struct ShowPage {
    pub shell: Shell,
    pub sheet: Sheet,
    /// What can be asked for next about the rows that came of it: address and title.
    pub follow_ups: Vec<(String, String)>,
    /// Whoever withdraws it has to say why.
    pub withdrawal_reason: bool,
    /// The way on through what waits for this reader's decision.
    pub walk: Option<Walk>,
    /// What was tried just before and not taken.
    pub tried: Option<Tried>,
    /// The answers of a form that came too late to be taken.
    pub late: Vec<Answer>,
}

/// An act that was not taken, on a request that is out of sight by now: why, and what was typed.
#[derive(Template)]
#[template(path = "requests/gone.html")]
pub struct GonePage {
    pub shell: Shell,
    pub words: String,
    /// The answers of a form.
    pub late: Vec<Answer>,
    /// Where the reader goes on: address and words.
    pub list: (&'static str, String),
}

impl ShowPage {
    fn at(&self, spot: Spot) -> Option<&Tried> {
        self.tried.as_ref().filter(|tried| tried.spot() == spot)
    }

    /// What was typed at this place.
    fn typed(&self, spot: Spot) -> &str {
        self.at(spot).map(Tried::words).unwrap_or_default()
    }

    /// What is to be mended at this place.
    fn fault(&self, spot: Spot) -> Option<&str> {
        self.at(spot).filter(|tried| !tried.unchosen()).and_then(Tried::mends)
    }

    /// In which post somebody acted who decided.
    fn chosen(&self) -> Chosen {
        self.at(Spot::Decision).map(Tried::chosen).unwrap_or_default()
    }

    /// The questions of a slip, with what was typed.
    fn slip(&self, no: u16) -> SlipView<'_> {
        let tried = self.at(Spot::Slip(no));
        let field = |id: String, name, typed| SlipField {
            fault: tried.filter(|tried| tried.target() == id).and_then(Tried::mends),
            id,
            name,
            typed,
        };
        SlipView {
            number: field(format!("slip-number-{no}"), "slip_number", tried.map(Tried::words).unwrap_or_default()),
            on: field(format!("slip-on-{no}"), "slip_on", tried.map(Tried::on).unwrap_or_default()),
            capacity: slip_capacity(no),
            chosen: tried.map(Tried::chosen).unwrap_or_default(),
        }
    }

    /// What is to be mended, with the place where.
    fn faults(&self) -> Vec<(String, &str)> {
        self.tried.iter().flat_map(Tried::faults).collect()
    }

    /// Where a decision leads afterwards.
    fn back(&self) -> &str {
        self.tried.as_ref().map(Tried::back).unwrap_or_default()
    }

    /// To which step it was to be sent back.
    fn to(&self) -> &str {
        self.tried.as_ref().map(Tried::to).unwrap_or_default()
    }

    /// What was pressed to decide.
    fn pressed(&self) -> &str {
        self.tried.as_ref().map(Tried::pressed).unwrap_or_default()
    }

    /// Words for which this page has no place any more; they are shown, so that nobody types them again.
    fn stranded(&self) -> &str {
        match &self.tried {
            Some(tried) if !self.has(tried.spot()) => tried.words(),
            _ => "",
        }
    }

    fn has(&self, spot: Spot) -> bool {
        match spot {
            Spot::Decision => self.sheet.decides(),
            Spot::Withdrawal => self.sheet.may.withdraw,
            Spot::Reroute => self.sheet.may.reroute,
            Spot::PullUp => self.sheet.may.pull_up,
            Spot::Slip(no) => self.sheet.lines.iter().any(|line| line.no == no && line.may_slip),
            Spot::Comment | Spot::Button => true,
            Spot::Decline => false,
        }
    }
}

/// 受領書: its two questions, and in which post it is entered.
#[derive(Debug, Clone)]
struct SlipView<'a> {
    number: SlipField<'a>,
    on: SlipField<'a>,
    capacity: String,
    chosen: Chosen,
}

/// One question of a slip.
#[derive(Debug, Clone)]
struct SlipField<'a> {
    id: String,
    name: &'static str,
    typed: &'a str,
    fault: Option<&'a str>,
}
