//! One request read in full (申請の内容): what is asked and why, what will change, who has decided, what was said, and
//! what the reader may do. The detail page and the reading pane of the inbox show the same sheet.
use super::bar::{Bar, bar};
use super::beside::{self, Beside};
use super::capacity::{Posts, posts, posts_for_a_slip};
use super::changes::{DifferenceView, RowView, differences, rows};
use super::history::history;
use super::overtaken;
use super::reroute::{self, Seats};
use super::return_to::ReturnTo;
use super::route::{Names, Record, RouteStep, people_of, stamp};
use super::rules::rules;
use super::{Answer, PhaseTag, acting, answers, guard, marked, say};
use crate::engines::requests::actions::deciding::may_ask;
use crate::engines::requests::actions::ladder::{ESCALATED, OFFICE_TOLD};
use crate::engines::requests::actions::reminding::BY_HAND;
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::drafts::actions::may_file;
use crate::engines::requests::drafts::store::preparer;
use crate::engines::requests::model::machine::{LineState, Phase};
use crate::engines::requests::model::route::Doer;
use crate::engines::requests::model::{ChangeSet, Difference, Refusal, RowLink, StepAct, WorkedLine};
use crate::engines::requests::store::circulation::{self, Circulated};
use crate::engines::requests::store::lists::{self, Earlier, Related};
use crate::engines::requests::store::record::{self, Comment, Decided, ExecutedRow, Received, Round};
use crate::engines::requests::store::rerouting::{self, Rerouting};
use crate::engines::requests::store::steps::PlacedStep;
use crate::engines::requests::store::{self, LineRow, people};
use crate::kernel::access::{Permission, Reach};
use crate::kernel::error::Result;
use crate::web::dates::{Dates, Due};
use crate::web::locale::Words as Catalogue;
use crate::web::parts::{Stamp, Tag};
use crate::web::screen::said;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A line with what was done on it and what the reader may do.
#[derive(Debug, Clone)]
pub struct LineView {
    pub no: u16,
    pub subject: String,
    pub state: &'static str,
    pub who: String,
    pub when: String,
    pub words: String,
    pub answers: Vec<Answer>,
    pub row_label: String,
    pub row_href: String,
    pub receipt: String,
    /// the first of two parts of its work is done
    pub begun: bool,
    pub may_execute: bool,
    /// What was entered about it can be entered anew (訂正).
    pub may_correct: bool,
    pub may_receive: bool,
    pub may_slip: bool,
}

/// A comment.
#[derive(Debug, Clone)]
pub struct CommentView {
    pub initial: String,
    pub name: String,
    pub when: String,
    pub body: String,
    /// 質問
    pub asks: bool,
    /// it waits for the applicant's answer
    pub open: bool,
}

/// One fact of the history.
#[derive(Debug, Clone)]
pub struct Happening {
    pub at: DateTime<Utc>,
    pub when: String,
    /// `is-good`, `is-back` …
    pub class: &'static str,
    pub text: String,
    pub words: String,
    pub differences: Vec<DifferenceView>,
}

/// What the reader may do now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct May {
    pub decide: bool,
    pub send_back: bool,
    pub execute: bool,
    pub withdraw: bool,
    /// 引戻し of the request
    pub pull_back: bool,
    /// 引戻し of what the reader decided
    pub take_back: bool,
    /// 催促
    pub remind: bool,
    pub mend: bool,
    /// 複写: as a new request
    pub copy: bool,
    /// 質問 to the applicant
    pub ask: bool,
    /// 「読みました」
    pub read: bool,
    /// 担当替え
    pub reroute: bool,
    /// 引き上げ承認
    pub pull_up: bool,
}

/// One request, read in full.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub number: String,
    /// What carries the kind out; its clauses are those that the request fulfils.
    pub mechanism: &'static str,
    /// No clause asks for it.
    pub org_defined: bool,
    /// The edition under which it was filed, and those of its clauses whose words this reader sees.
    pub rules: (String, Vec<String>),
    pub subject: String,
    pub title: String,
    pub tag: PhaseTag,
    /// It asks for a right by which a system is administered.
    pub privileged: Option<Tag>,
    /// What the button of a receipt says.
    pub receive: String,
    pub filed: String,
    pub requester: String,
    /// Who prepared it for the applicant.
    pub preparer: String,
    pub department: String,
    pub concerned: String,
    /// What somebody claims to be who filed without sign-in.
    pub claims: Vec<(String, String)>,
    /// 「いま：…の承認待ち」
    pub turn: String,
    pub due: Option<Due>,
    /// The key of the step that is looked at, sent with an answer.
    pub at: String,
    pub answers: Vec<Answer>,
    pub changes: Vec<RowView>,
    pub differences: Vec<DifferenceView>,
    pub applicant: Option<Stamp>,
    pub route: Vec<RouteStep>,
    /// 「3段階のうち1段階が済み」, or how it ended.
    pub progress: String,
    pub lines: Vec<LineView>,
    pub comments: Vec<CommentView>,
    pub history: Vec<Happening>,
    pub earlier: Vec<Beside>,
    /// 関連する申請
    pub related: Vec<Beside>,
    pub hash: String,
    pub round: i32,
    pub may: May,
    /// Where it is copied to a new one.
    pub copy: String,
    /// How the reader answers at the step that waits.
    pub bar: Option<Bar>,
    /// 差戻し先: where the reader can send it back to.
    pub back: ReturnTo,
    /// 担当替え: the seats to which the reader can send what waits.
    pub seats: Seats,
    /// The posts among which the reader has to choose to act on it.
    pub capacities: Posts,
    /// The same to enter a signed slip.
    pub slip_capacities: Posts,
    /// 対象が変更されました: lines whose row of a ledger has changed since the decision, by another road.
    pub overtaken: Vec<String>,
    /// Why somebody whose turn it would be may not act, in words.
    pub why_not: String,
    /// Why the reader may decide for one who is away (代決).
    pub by_rule: String,
    /// What was decided in the reader's own absence (後閲).
    pub to_read: Vec<String>,
}

pub(super) struct Parts {
    pub(super) steps: Vec<PlacedStep>,
    pub(super) lines: Vec<LineRow>,
    pub(super) rounds: Vec<Round>,
    pub(super) decisions: Vec<Decided>,
    pub(super) executions: Vec<ExecutedRow>,
    pub(super) receipts: Vec<Received>,
    pub(super) comments: Vec<Comment>,
    pub(super) circulated: Vec<Circulated>,
    pub(super) earlier: Vec<Earlier>,
    pub(super) related: Vec<Related>,
    pub(super) withdrawn: Option<record::Withdrawn>,
    pub(super) prepared_by: Option<Uuid>,
    pub(super) reminded: Vec<DateTime<Utc>>,
    pub(super) pulled_back: Vec<DateTime<Utc>>,
    pub(super) asked_again: Vec<DateTime<Utc>>,
    pub(super) escalated: Vec<DateTime<Utc>>,
    pub(super) office_told: Vec<DateTime<Utc>>,
    pub(super) given_back: Vec<DateTime<Utc>>,
    pub(super) rerouted: Vec<Rerouting>,
}

async fn parts(conn: &mut PgConnection, open: &Open) -> Result<Parts> {
    let id = open.request.request_id();
    let earlier = match open.request.beneficiary() {
        Some(person) => lists::about(conn, person, id).await?,
        None => Vec::new(),
    };
    let withdrawn = open.request.phase == Phase::Withdrawn;
    let told = ["request.reminded", ESCALATED, BY_HAND, "request.pulled_back", OFFICE_TOLD, "request.given_back"];
    let mut moments = record::moments_of(conn, id, &told).await?;
    let [reminded, escalated, asked_again, pulled_back, office_told, given_back] =
        told.map(|kind| moments.remove(kind).unwrap_or_default());
    Ok(Parts {
        steps: store::steps::of_round(conn, &open.request).await?,
        lines: store::lines(conn, &open.request).await?,
        rounds: record::rounds(conn, id).await?,
        decisions: record::decisions(conn, id).await?,
        executions: record::executions(conn, id).await?,
        receipts: record::receipts(conn, id).await?,
        comments: record::comments(conn, id).await?,
        circulated: circulation::list(conn, id).await?,
        earlier,
        related: lists::related(conn, id).await?,
        prepared_by: preparer(conn, id.0).await?,
        reminded,
        escalated,
        office_told,
        given_back,
        rerouted: rerouting::list(conn, id).await?,
        asked_again,
        pulled_back,
        withdrawn: if withdrawn { record::withdrawn(conn, id).await? } else { None },
    })
}

impl Parts {
    /// The lines that are not open any more, with the rows that came of them.
    fn worked(&self) -> Vec<WorkedLine> {
        let worked = |line: &LineRow| {
            let row = self.done_on(line).rev().find_map(|done| done.row_label.clone().zip(done.row_href.clone()));
            WorkedLine {
                no: line.number(),
                done: !matches!(line.state, LineState::Declined | LineState::Denied),
                row: row.map(|(label, href)| RowLink { label, href }),
            }
        };
        // what the first part of the work wrote stands in the ledger already
        self.lines.iter().filter(|line| line.state != LineState::Open || line.begun.is_some()).map(worked).collect()
    }

    /// The work on a line, part by part.
    /// What still counts of it: an entry that was corrected does not.
    fn counts_on(&self, line: &LineRow) -> impl Iterator<Item = &ExecutedRow> {
        let last = self.done_on(line).filter(|done| done.outcome == "done").count();
        let mut done = 0;
        self.done_on(line).filter(move |one| {
            done += usize::from(one.outcome == "done");
            one.outcome != "done" || done == last
        })
    }

    fn done_on(&self, line: &LineRow) -> impl DoubleEndedIterator<Item = &ExecutedRow> {
        self.executions.iter().filter(|done| done.line == line.no)
    }

    fn people(&self, open: &Open) -> Vec<Uuid> {
        let withdrawer = self.withdrawn.as_ref().and_then(|withdrawn| withdrawn.by);
        let own = [open.request.requester_id, open.request.beneficiary_id, withdrawer, self.prepared_by];
        let steps: Vec<_> = self.steps.iter().map(|placed| placed.step.clone()).collect();
        let mut people: Vec<Uuid> = own.into_iter().flatten().chain(people_of(&steps, &open.org)).collect();
        people.extend(self.rounds.iter().filter_map(|round| round.submitted_by));
        people.extend(self.decisions.iter().flat_map(|d| [Some(d.decider), d.acting_for, d.named_by]).flatten());
        people.extend(self.executions.iter().flat_map(|e| [Some(e.executor), e.acting_for, e.named_by]).flatten());
        people.extend(self.receipts.iter().map(|receipt| receipt.entered_by));
        people.extend(self.comments.iter().map(|comment| comment.author));
        people.extend(self.circulated.iter().map(|one| one.person));
        people.extend(self.rerouted.iter().map(|one| one.person));
        people.sort_unstable();
        people.dedup();
        people
    }
}

/// Reads a request for one reader.
pub async fn sheet(conn: &mut PgConnection, hand: &Hand, dates: &Dates, open: &mut Open) -> Result<Sheet> {
    let doer = open.doer(conn, &hand.viewer).await?;
    let open = &*open;
    let parts = parts(conn, open).await?;
    let names = people::names(conn, &parts.people(open), open.today).await?;
    let departments = people::department_names(conn, &[open.request.department_id]).await?;
    let facts = open.facts(&doer);
    let plan = if open.request.phase.is_closed() || open.case.phase == Phase::HandingOver {
        ChangeSet::default()
    } else {
        open.registered.effects.plan(conn, open.matter()).await?.after(&parts.worked())
    };
    let w = hand.w;
    let may = |permission| hand.viewer.may(permission);
    let decide = open.case.may_decide(&facts);
    let execute = open.case.may_execute(&facts);
    let wide = may(Permission::RequestsDecide) || may(Permission::RequestsExecute);
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id)).map(|name| name.full.clone()).unwrap_or_default();
    let record = Record {
        kind: &open.registered.kind,
        phase: open.request.phase,
        round: open.request.round,
        steps: &parts.steps,
        decisions: &parts.decisions,
        executions: &parts.executions,
        receipts: &parts.receipts,
        circulated: &parts.circulated,
        case: &open.case,
        org: &open.org,
        names: &names,
    };
    let route = record.draw(hand, dates);
    let by_slip = match open.request.beneficiary().or_else(|| open.request.requester()) {
        Some(recipient) => !people::signs_in(conn, recipient).await?,
        None => true,
    };
    let first = parts.rounds.last();
    let previous = parts.rounds.len().checked_sub(2).and_then(|at| parts.rounds.get(at));
    let changed = previous.map(|previous| Difference::between(&previous.shown, &open.round.shown)).unwrap_or_default();
    let filed_stamp = first.and_then(|round| {
        let by = round.submitted_by?;
        Some(stamp(hand, dates, &w.t("requests-act-file"), names.get(&by), round.submitted_at, false))
    });
    let back = if wide { ReturnTo::of(w, open, &facts, &route) } else { ReturnTo::default() };
    let seats = reroute::seats(conn, hand, open, &facts).await?;
    let may = May {
        reroute: !seats.is_empty(),
        pull_up: may(Permission::RequestsDecide) && open.case.may_pull_up(&facts).is_ok(),
        decide: decide.is_ok() && may(Permission::RequestsDecide),
        send_back: !back.is_empty(),
        execute: execute.is_ok() && may(Permission::RequestsExecute),
        withdraw: open.case.may_withdraw(&doer).is_ok(),
        pull_back: open.may_pull_back(&doer).is_ok(),
        take_back: may(Permission::RequestsDecide) && open.case.may_take_back(&facts).is_ok(),
        remind: open.may_remind(hand, &parts.asked_again).is_ok(),
        mend: open.case.may_resubmit(&doer).is_ok(),
        ask: may_ask(hand, &open.request),
        read: parts.circulated.iter().any(|one| one.natural == hand.viewer.natural.0 && one.read_at.is_none()),
        copy: open.case.phase.is_closed()
            && open.request.requester() == Some(hand.viewer.person)
            && may_file(&hand.viewer, &open.registered),
    };
    let overtaken = overtaken::overtaken(conn, hand, dates, open, &parts.lines).await?;
    let rules = rules(hand, open, may, &parts.decisions, &parts.executions);
    let privileged = lists::privileged(conn, &open.round.content.rights()).await?;
    let (by_rule, acts) = acting::offered(hand, &names, decide.as_ref());
    Ok(Sheet {
        overtaken: overtaken.into_iter().map(|(_, said)| said).collect(),
        rules: (open.registered.edition.to_string(), rules),
        number: open.request.number.clone(),
        mechanism: open.registered.effects.key(),
        org_defined: open.registered.kind.org_defined(),
        subject: open.request.subject.clone(),
        title: say(w, &open.registered.kind.title),
        tag: PhaseTag::of(
            w,
            open.request.phase,
            Some(&open.registered.kind),
            open.case.step().map(|step| step.key.as_str()),
        ),
        privileged: (!privileged.is_empty()).then(|| guard(w)),
        receive: open
            .registered
            .kind
            .step(StepAct::Acknowledge)
            .and_then(|def| def.button.as_ref())
            .map_or_else(|| w.t("requests-receive").into_owned(), |button| say(w, button)),
        filed: dates.long(crate::kernel::clock::local(open.request.filed_at).date_naive()),
        requester: name(open.request.requester_id),
        preparer: name(parts.prepared_by),
        department: departments.get(&open.request.department_id).cloned().unwrap_or_default(),
        concerned: name(open.request.beneficiary_id),
        claims: claims(w, open),
        turn: turn(hand, open, &route, &name(open.request.beneficiary_id.or(open.request.requester_id))),
        due: parts
            .steps
            .get(open.case.turn)
            .filter(|step| step.is_open())
            .and_then(|step| step.due)
            .map(|due| dates.due(due)),
        at: open.case.step().map(|step| step.key.clone()).unwrap_or_default(),
        answers: marked(w, &open.round.shown, &open.round.content, &privileged),
        changes: rows(w, &if opens_rows(hand, open) { plan } else { plan.unlinked() }),
        differences: differences(w, &changed),
        applicant: filed_stamp,
        progress: progress(w, open.request.phase, &route),
        lines: lines(hand, dates, open, &parts, &names, (&facts, by_slip)),
        comments: comments(dates, &parts, &names),
        history: history(hand, dates, open, &parts, &names),
        earlier: beside::earlier(dates, &parts.earlier, &parts.related),
        related: beside::related(dates, &parts.related),
        hash: open.case.content.to_string(),
        round: open.request.round,
        bar: bar(w, open, &parts.lines, acts).filter(|_| may.decide),
        copy: format!("/requests/new/{}?_copy={}", open.registered.kind.key, open.request.number),
        back,
        seats,
        capacities: posts(hand, open, &doer),
        slip_capacities: posts_for_a_slip(hand, open, &doer),
        to_read: acting::to_read(hand, dates, &names, open, &parts.decisions),
        by_rule,
        may,
        why_not: why_not(hand, open, &doer, decide.err().or(execute.err())),
        route,
    })
}

/// How far the request has come; one that was stopped on its way has come to an end, and waits for nobody.
fn progress(w: Catalogue, phase: Phase, route: &[RouteStep]) -> String {
    match phase {
        Phase::Refused | Phase::Withdrawn => w.t1("requests-ended", "how", w.t(phase.word())).into_owned(),
        _ => {
            let done = route.iter().filter(|step| step.done).count();
            w.t2("requests-progress", "all", route.len(), "done", done).into_owned()
        }
    }
}

fn claims(w: Catalogue, open: &Open) -> Vec<(String, String)> {
    let Some(claims) = open.request.claims.as_ref().and_then(|claims| claims.as_object()) else { return Vec::new() };
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    claims.iter().map(|(key, value)| (w.of("requests-claim", key).into_owned(), text(value))).collect()
}

/// 「いま：髙橋 遼（管理職）の承認待ち」; while one line waits for the work and another for its receipt, both are named.
fn turn(hand: &Hand, open: &Open, route: &[RouteStep], recipient: &str) -> String {
    let w = hand.w;
    let receives = open.case.phase == Phase::Executing && open.case.some_to_receive();
    let waits = |step: &RouteStep| match step.tier.is_empty() {
        // whoever receives does so as a person, not by a tier
        true => w.t2("requests-turn-own", "who", &step.who, "act", &step.act).into_owned(),
        false if step.who.is_empty() => w.t2("requests-turn-nobody", "tier", &step.tier, "act", &step.act).into_owned(),
        false => w.with("requests-turn", &[("who", &step.who), ("tier", &step.tier), ("act", &step.act)]).into_owned(),
    };
    let turn = match open.request.phase {
        Phase::Returned | Phase::PulledBack => w.t("requests-turn-mend").into_owned(),
        _ => {
            let turns: Vec<String> = route.iter().filter(|step| step.now).map(waits).collect();
            if turns.is_empty() {
                return String::new();
            }
            w.t1("requests-now", "turns", turns.join(&w.t("web-list-comma"))).into_owned()
        }
    };
    if receives { w.t2("requests-turn-and-receipt", "turn", &turn, "who", recipient).into_owned() } else { turn }
}

/// A refusal is worth showing to one whose seat it is: excluded, not merely somebody else; and what is not over yet to those
/// who come after it.
fn why_not(hand: &Hand, open: &Open, doer: &Doer, refusal: Option<Refusal>) -> String {
    let Some(step) = open.case.step() else { return String::new() };
    if let (Some(Refusal::NotYourStep(_)), Some(words)) = (&refusal, open.unfinished(doer)) {
        return say(hand.w, words);
    }
    let waiting = open.case.open_steps().filter_map(|place| open.case.steps.get(place)).chain([step]);
    let seated = waiting.into_iter().any(|step| doer.capacities.iter().any(|capacity| step.seats_one(capacity)));
    match refusal {
        Some(
            refusal @ (Refusal::OwnRequest
            | Refusal::PrincipalsRequest
            | Refusal::AlreadyActed
            | Refusal::AlreadyAnswered
            | Refusal::ApproverExecutes
            | Refusal::WorkerConfirms),
        ) if seated => hand.w.line(&said(&refusal.message(|position| hand.position(position)))).into_owned(),
        _ => String::new(),
    }
}

pub(super) fn full(names: &Names, id: Uuid) -> String {
    names.get(&id).map(|name| name.full.clone()).unwrap_or_default()
}

fn lines(
    hand: &Hand,
    dates: &Dates,
    open: &Open,
    parts: &Parts,
    names: &Names,
    (facts, by_slip): (&crate::engines::requests::model::Facts<'_>, bool),
) -> Vec<LineView> {
    let w = hand.w;
    let opens = opens_rows(hand, open);
    let works = hand.viewer.may(Permission::RequestsExecute);
    let may_execute = works && open.case.may_execute(facts).is_ok();
    parts
        .lines
        .iter()
        .map(|line| {
            let executed = parts.done_on(line).next_back();
            let row = parts.done_on(line).rev().find_map(|done| done.row_label.clone().zip(done.row_href.clone()));
            let (row_label, row_href) = row.unwrap_or_default();
            let receipt = parts.receipts.iter().find(|receipt| receipt.line == line.no);
            let no = line.number();
            LineView {
                no,
                subject: line.subject.clone(),
                state: match line.state {
                    LineState::Open if open.request.phase.is_closed() => "requests-line-over",
                    LineState::Open if line.begun.is_some() => "requests-line-begun",
                    LineState::Open => "requests-line-open",
                    LineState::Executed => "requests-line-executed",
                    LineState::Acknowledged => "requests-line-acknowledged",
                    LineState::Declined => "requests-line-declined",
                    LineState::Denied => "requests-line-denied",
                },
                who: executed.map(|executed| full(names, executed.executor)).unwrap_or_default(),
                when: executed.map(|executed| dates.short_at(executed.executed_at)).unwrap_or_default(),
                words: executed.map(|executed| executed.words.clone()).unwrap_or_default(),
                // of work in two parts, what either recorded; of what was entered anew, what counts
                answers: parts
                    .counts_on(line)
                    .filter_map(|done| done.shown().ok())
                    .flat_map(|shown| answers(w, &shown))
                    .collect(),
                row_label,
                row_href: if opens { row_href } else { String::new() },
                receipt: receipt.map(|receipt| received(w, dates, names, receipt)).unwrap_or_default(),
                begun: line.begun.is_some(),
                may_execute: may_execute && line.state == LineState::Open,
                may_correct: works
                    && open.registered.effects.corrects(&line.line())
                    && open.case.may_correct(no, facts).is_ok(),
                may_receive: open.case.may_receive(no, facts.doer).is_ok(),
                may_slip: by_slip
                    && hand.viewer.may(Permission::RequestsProxy)
                    && open.case.may_enter_slip(no, facts).is_ok(),
            }
        })
        .collect()
}

/// Whether the rows that this request writes or changes can be opened by its reader: their own, or by their tier.
fn opens_rows(hand: &Hand, open: &Open) -> bool {
    let own = open.request.beneficiary() == Some(hand.viewer.person);
    let needed = open.registered.effects.rows_seen_with();
    needed.is_none_or(|permission| own || hand.viewer.reach(permission) > Reach::Own)
}

pub(super) fn received(w: Catalogue, dates: &Dates, names: &Names, receipt: &Received) -> String {
    let who = full(names, receipt.entered_by);
    let at = dates.short_at(receipt.acknowledged_at);
    match (&receipt.slip_number, receipt.slip_on) {
        (Some(number), Some(on)) => w
            .with(
                "requests-received-by-slip",
                &[("name", &who), ("at", &at), ("number", number), ("on", &dates.long(on))],
            )
            .into_owned(),
        _ => w.t2("requests-received", "name", who, "at", at).into_owned(),
    }
}

fn comments(dates: &Dates, parts: &Parts, names: &Names) -> Vec<CommentView> {
    let view = |comment: &Comment| {
        let name = full(names, comment.author);
        let initial = name.chars().next().map(String::from).unwrap_or_default();
        CommentView {
            initial,
            name,
            when: dates.short_at(comment.written_at),
            body: comment.body.clone(),
            asks: comment.asks,
            open: comment.open,
        }
    };
    parts.comments.iter().map(view).collect()
}

impl Sheet {
    /// The question that the applicant has to answer.
    #[must_use]
    pub fn question(&self) -> Option<&CommentView> {
        self.comments.iter().find(|comment| comment.open)
    }

    /// Where an act on this request is sent.
    #[must_use]
    pub fn address(&self, act: &str) -> String {
        format!("/requests/{}/{act}", self.number)
    }

    /// Is there anything in the decision bar?
    #[must_use]
    pub const fn decides(&self) -> bool {
        self.may.decide || self.may.send_back
    }

    /// Is there a line on which something was done, or decided?
    #[must_use]
    pub fn some_worked(&self) -> bool {
        self.lines.iter().any(|line| !matches!(line.state, "requests-line-open" | "requests-line-over"))
    }

    /// Does any step still wait for receipt by the reader?
    #[must_use]
    pub fn to_receive(&self) -> bool {
        self.lines.iter().any(|line| line.may_receive)
    }

    /// Is there work that the reader can do?
    #[must_use]
    pub fn to_execute(&self) -> bool {
        self.lines.iter().any(|line| line.may_execute)
    }
}
