//! What a sheet shows: seals, table, the part of those who carry it out, and the foot. A sheet is an official form and stays in
//! Japanese; only the tools above it follow the reader.
use super::check::CheckNumber;
use super::qr::{self, Qr};
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::model::form::{Field, Form, Input};
use crate::engines::requests::model::{Choice, Content, Kind, Shown, StepAct, StepDef};
use crate::engines::requests::views::conditions;
use crate::engines::requests::views::route::Member;
use crate::engines::requests::views::sheet::{LineView, Sheet};
use crate::engines::requests::views::{answers, say};
use crate::kernel::clock::local;
use crate::web::dates::Dates;
use crate::web::locale::Words as Catalogue;
use crate::web::parts::Stamp;
use crate::web::shell::Shell;
use askama::Template;

/// A sheet with the tools above it.
#[derive(Template)]
#[template(path = "requests/paper.html")]
pub struct PaperPage {
    pub shell: Shell,
    pub back: String,
    pub paper: Paper,
}

/// One sheet.
#[derive(Debug, Clone)]
pub struct Paper {
    /// the words of sheets
    pub w: Catalogue,
    /// 様式番号, where the rules number their forms
    pub form_no: Option<String>,
    /// （システム管理規程 4.1.1関係）, or that no clause asks for it
    pub clause: String,
    /// 受付番号; none on an empty form
    pub number: Option<String>,
    /// 承認印欄 row by row, each from the right: the applicant first
    pub seals: Vec<Vec<Seal>>,
    pub title: String,
    pub day: String,
    /// 宛先
    pub to: String,
    pub from: Vec<(String, String)>,
    pub lead: String,
    pub rows: Vec<(Row, Option<Row>)>,
    /// 処理欄: of whom, and what they recorded
    pub desk: String,
    pub work: Vec<(Row, Option<Row>)>,
    pub foot: Foot,
}

/// A box of the 承認印欄.
#[derive(Debug, Clone)]
pub struct Seal {
    pub title: String,
    pub stamp: Option<Stamp>,
    /// what stands there instead: 対象外, 差戻し
    pub said: String,
}

/// A row of a ruled table.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub label: String,
    /// with a box each, ticked or not
    pub boxes: Vec<(String, bool)>,
    pub lines: Vec<String>,
    /// room for sentences
    pub tall: bool,
    /// when it is filled in, where that hangs on another answer
    pub when: String,
}

/// The foot of a sheet.
#[derive(Debug, Clone)]
pub struct Foot {
    pub note: String,
    pub printed: String,
    pub check: Option<String>,
    pub qr: Option<Qr>,
}

/// Where and by whom it is printed.
pub struct Print<'a> {
    pub hand: &'a Hand,
    pub dates: &'a Dates,
    /// the address of the portal
    pub origin: &'a str,
    pub at: chrono::DateTime<chrono::Utc>,
    /// what the regulation calls itself, with the places of the clauses
    pub clauses: Vec<String>,
}

/// So many boxes stand beside each other on a sheet of A4.
const SEALS: usize = 5;
/// A choice among more than these is written out.
const BOXES: usize = 6;

/// The sheet of a request as it is recorded now. `post` is the title of whoever filed it.
#[must_use]
pub fn filled(print: &Print<'_>, open: &Open, sheet: &Sheet, post: &str, number: &CheckNumber) -> Paper {
    let (w, kind) = (print.hand.w, &open.registered.kind);
    let filed = local(open.request.filed_at).date_naive();
    let address = format!("{}/requests/verification?number={}&check={number}", print.origin, sheet.number);
    let shown = &open.round.shown;
    let row = |shown: &Shown| answered(w, &kind.form, &open.round.content, shown);
    Paper {
        number: Some(sheet.number.clone()),
        seals: seals(w, open, sheet),
        day: print.dates.long(filed),
        from: sender(w, sheet, post),
        rows: paired(shown.iter().map(row)),
        work: paired(worked(w, kind, &sheet.lines).into_iter()),
        foot: Foot {
            note: w.t("paper-note").into_owned(),
            check: Some(number.to_string()),
            qr: qr::draw(&address),
            ..foot(print)
        },
        ..heading(print, kind)
    }
}

/// The empty form, to be written on by hand.
#[must_use]
pub fn blank(print: &Print<'_>, registered: &Registered) -> Paper {
    let (w, kind) = (print.hand.w, &registered.kind);
    let from =
        ["paper-department", "paper-name", "paper-extension"].map(|label| (w.t(label).into_owned(), String::new()));
    let applicant = Seal { title: w.t("paper-applicant").into_owned(), stamp: None, said: String::new() };
    let step = |step: &StepDef| Seal { title: print.hand.position(step.position()), stamp: None, said: String::new() };
    let sealed = kind.steps.iter().filter(|step| step.act.answers() && !step.applicant);
    Paper {
        number: None,
        seals: in_rows(std::iter::once(applicant).chain(sealed.map(step)).collect()),
        day: w.t("paper-blank-day").into_owned(),
        from: from.into(),
        rows: paired(kind.form.fields().map(|field| unanswered(w, (&kind.form, field)))),
        work: paired(blank_work(w, kind).into_iter()),
        foot: Foot { note: w.t("paper-note-blank").into_owned(), ..foot(print) },
        ..heading(print, kind)
    }
}

/// What a filled and an empty form have in common.
fn heading(print: &Print<'_>, kind: &Kind) -> Paper {
    let w = print.hand.w;
    let title = say(w, &kind.title);
    let clause = match print.clauses.as_slice() {
        [] => w.t("paper-org-defined").into_owned(),
        clauses => w.t1("paper-clause", "clauses", clauses.join(&w.t("web-list-comma"))).into_owned(),
    };
    let decides = kind.steps.iter().rev().find(|step| step.act.decides() && !step.applicant);
    let works = kind.steps.iter().find(|step| step.act == StepAct::Execute);
    let to = decides.or(works).map(|step| print.hand.position(step.position())).unwrap_or_default();
    let desk = works.map(|step| print.hand.position(step.position())).unwrap_or_default();
    Paper {
        w,
        form_no: kind.form_no.clone(),
        clause,
        number: None,
        seals: Vec::new(),
        lead: w.t(lead(&title)).into_owned(),
        title,
        day: String::new(),
        to: w.t1("paper-to", "who", to).into_owned(),
        from: Vec::new(),
        rows: Vec::new(),
        desk: w.t1("paper-desk", "who", desk).into_owned(),
        work: Vec::new(),
        foot: foot(print),
    }
}

/// A notice is given, a report made, anything else requested.
fn lead(title: &str) -> &'static str {
    if title.contains('届') {
        "paper-lead-notice"
    } else if title.contains("報告") {
        "paper-lead-report"
    } else {
        "paper-lead"
    }
}

fn foot(print: &Print<'_>) -> Foot {
    let (at, who) = (print.dates.long_at(print.at), print.hand.viewer.name.clone());
    let printed = print.hand.w.t2("paper-printed", "at", at, "who", who).into_owned();
    Foot { note: String::new(), printed, check: None, qr: None }
}

fn sender(w: Catalogue, sheet: &Sheet, post: &str) -> Vec<(String, String)> {
    if !sheet.claims.is_empty() {
        return sheet.claims.clone();
    }
    let name = format!("{post} {}", sheet.requester).trim().to_owned();
    vec![(w.t("paper-department").into_owned(), sheet.department.clone()), (w.t("paper-name").into_owned(), name)]
}

/// The applicant and everybody who answers, with the stamps of those who have.
fn seals(w: Catalogue, open: &Open, sheet: &Sheet) -> Vec<Vec<Seal>> {
    let applicant =
        Seal { title: w.t("paper-applicant").into_owned(), stamp: sheet.applicant.clone(), said: String::new() };
    let steps = open.case.steps.iter().zip(&sheet.route);
    let sealed = steps.filter(|(step, _)| step.act.answers() && !step.applicant).flat_map(|(step, drawn)| {
        // each of several has a box of their own (持回り)
        if let Some(tally) = &drawn.tally {
            return tally.members.iter().map(|member| of_member(w, &drawn.tier, member)).collect();
        }
        let said = match () {
            () if drawn.stamp.is_some() => "",
            () if drawn.refused => "paper-refused",
            () if drawn.returned => "paper-returned",
            () if step.skipped.is_some() || drawn.over => "paper-not-asked",
            () => "",
        };
        let said = if said.is_empty() { String::new() } else { w.t(said).into_owned() };
        vec![Seal { title: drawn.tier.clone(), stamp: drawn.stamp.clone(), said }]
    });
    in_rows(std::iter::once(applicant).chain(sealed).collect())
}

/// 「情報セキュリティ委員会 加藤 誠」, with their stamp, what they said instead, or an empty box.
fn of_member(w: Catalogue, tier: &str, member: &Member) -> Seal {
    let said = if member.refused { w.t("paper-refused").into_owned() } else { String::new() };
    Seal { title: format!("{tier} {}", member.name), stamp: member.stamp.clone(), said }
}

/// Rows of boxes, each read from the right.
fn in_rows(seals: Vec<Seal>) -> Vec<Vec<Seal>> {
    seals.chunks(SEALS).map(|row| row.iter().rev().cloned().collect()).collect()
}

impl Row {
    /// Does it need half the width of a sheet at most?
    fn is_short(&self) -> bool {
        let narrow = |line: &String| line.chars().count() <= 14;
        !self.tall
            && self.when.is_empty()
            && self.boxes.is_empty()
            && self.lines.len() <= 1
            && self.lines.iter().all(narrow)
    }
}

/// Two short rows share a line.
fn paired(rows: impl Iterator<Item = Row>) -> Vec<(Row, Option<Row>)> {
    let mut pairs: Vec<(Row, Option<Row>)> = Vec::new();
    for row in rows {
        match pairs.last_mut() {
            Some((first, second @ None)) if first.is_short() && row.is_short() => *second = Some(row),
            _ => pairs.push((row, None)),
        }
    }
    pairs
}

/// An answer: with a box for each choice where there are few, else in words.
fn answered(w: Catalogue, form: &Form, content: &Content, shown: &Shown) -> Row {
    let said = answers(w, std::slice::from_ref(shown)).pop();
    let (label, lines) = said.map(|said| (said.label, said.lines)).unwrap_or_default();
    let lines: Vec<String> = lines.into_iter().map(|line| line.text).collect();
    let field = form.field(&shown.field);
    let chosen = |value: &str| content.text(&shown.field) == Some(value) || content.many(&shown.field).contains(&value);
    let boxes = field.map(|field| boxes(w, &field.input, chosen)).unwrap_or_default();
    let tall = field.is_some_and(|field| matches!(field.input, Input::LongText { .. }));
    let lines = if boxes.iter().any(|(_, on)| *on) { Vec::new() } else { lines };
    let boxes = if lines.is_empty() { boxes } else { Vec::new() };
    Row { label, boxes, lines, tall, when: String::new() }
}

fn boxes(w: Catalogue, input: &Input, chosen: impl Fn(&str) -> bool) -> Vec<(String, bool)> {
    match input {
        Input::Choice { options } | Input::Multiple { options } if options.len() <= BOXES => {
            let drawn = |choice: &Choice| {
                let label = choice.label.as_ref().map(|label| say(w, label)).unwrap_or_default();
                (label, chosen(&choice.value))
            };
            options.iter().map(drawn).collect()
        }
        _ => Vec::new(),
    }
}

/// A question of an empty form: what is asked under a condition says when it is filled in.
fn unanswered(w: Catalogue, (form, field): (&Form, &Field)) -> Row {
    let boxes = boxes(w, &field.input, |_| false);
    let lines = match &field.input {
        Input::Date => vec![w.t("paper-blank-day").into_owned()],
        Input::Moment => vec![w.t("paper-blank-moment").into_owned()],
        Input::Period => vec![w.t("paper-blank-period").into_owned()],
        Input::TimeBand => vec![w.t("paper-blank-time-band").into_owned()],
        Input::YesNo => vec![w.t("paper-blank-yes-no").into_owned()],
        Input::File => vec![w.t("paper-blank-files").into_owned()],
        _ => Vec::new(),
    };
    let tall = matches!(
        field.input,
        Input::LongText { .. } | Input::Rights { .. } | Input::Every { .. } | Input::References { .. }
    );
    Row { label: say(w, &field.label), boxes, lines, tall, when: conditions::said(w, form, field).unwrap_or_default() }
}

/// What was carried out, line by line; an empty part where nothing is yet.
fn worked(w: Catalogue, kind: &Kind, lines: &[LineView]) -> Vec<Row> {
    let done: Vec<&LineView> = lines.iter().filter(|line| !line.who.is_empty()).collect();
    if done.is_empty() {
        return blank_work(w, kind);
    }
    let rows = |line: &LineView| {
        let head = w.with("paper-worked", &[("state", &w.t(line.state)), ("who", &line.who), ("when", &line.when)]);
        let words = Some(line.words.clone()).filter(|words| !words.is_empty());
        let head = Row {
            label: w.t("paper-work").into_owned(),
            lines: [Some(line.subject.clone()), Some(head.into_owned()), words].into_iter().flatten().collect(),
            ..Row::default()
        };
        let answers = line.answers.iter().map(|answer| Row {
            label: answer.label.clone(),
            lines: answer.lines.iter().map(|line| line.text.clone()).collect(),
            ..Row::default()
        });
        std::iter::once(head).chain(answers).collect::<Vec<_>>()
    };
    done.into_iter().flat_map(rows).collect()
}

fn blank_work(w: Catalogue, kind: &Kind) -> Vec<Row> {
    let Some(step) = kind.step(StepAct::Execute) else { return Vec::new() };
    // what is written there by hand is short
    let result = &step.result;
    let asked = result.fields().map(|field| Row { tall: false, ..unanswered(w, (result, field)) });
    let day = Row {
        label: w.t("paper-work-day").into_owned(),
        lines: vec![w.t("paper-blank-day").into_owned()],
        ..Row::default()
    };
    let who = Row { label: w.t("paper-work-who").into_owned(), ..Row::default() };
    asked.chain([day, who]).collect()
}

/// 検証番号で確かめる
#[derive(Template)]
#[template(path = "requests/verification.html")]
pub struct VerificationPage {
    pub shell: Shell,
    pub number: String,
    pub check: String,
    /// nothing was asked yet: none
    pub found: Option<Found>,
}

/// What a sheet is worth.
#[derive(Debug, Clone)]
pub struct Found {
    /// it is as the record was
    pub good: bool,
    pub said: String,
    /// what was recorded since
    pub since: String,
    /// the request, where it is in sight
    pub href: Option<String>,
}
