//! What becomes of the requests of the demo's year. Nothing here knows a route: whoever's turn it is under the adopted
//! regulation does their part — decides, permits, is consulted, works, reports, receives — and the next turn follows.
use chrono::NaiveDate;
use rand::RngExt as _;

use super::answers::{self, Known};
use super::people::pick;
use super::year::{Case, Next, Year};
use crate::engines::requests::actions::deciding::{Replied, Reply, decide};
use crate::engines::requests::actions::filing::{resubmit, withdraw};
use crate::engines::requests::actions::working::{Worked, acknowledge, decline, execute};
use crate::engines::requests::actions::{Hand, Open, doer};
use crate::engines::requests::model::route::able;
use crate::engines::requests::model::{ContentHash, LineState, Phase, Receipt, StepAct, Typed, Verdict};
use crate::engines::requests::store;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;

pub(super) const RETURNS: [&str; 3] = [
    "担当する業務が分かるように、理由を具体的に書いてください。",
    "更新の権限は不要と思われます。参照だけに直すか、必要な作業を書いてください。",
    "利用の開始日を異動の発令日に合わせてください。",
];
const REFUSALS: [&str; 2] = [
    "この業務は別の担当が行うため、権限は不要です。",
    "同じ目的の共有アカウントの利用は認めていません。担当者ごとに必要になった時点で申請してください。",
];
const DECLINED: &str = "契約の利用者数の上限に達しているため。追加の契約の後に、改めて申請してください。";

/// Whose turn it is with a request.
pub(super) struct Turn {
    pub(super) open: Open,
    /// what is to be done; nothing when nobody is waited for
    pub(super) act: Option<StepAct>,
    /// those who can do it today
    pub(super) able: Vec<PersonId>,
}

impl Year<'_> {
    pub(super) async fn turn(&self, number: &str) -> Result<Turn> {
        let now = self.app.clock().now();
        let mut read = self.app.read_all(Role::App).await?;
        let request = store::find(read.conn(), number).await?.ok_or(Error::NotFound)?;
        let open = Open::of(self.app, read.conn(), request, now).await?;
        let act = match open.case.phase {
            Phase::InReview | Phase::Executing | Phase::Reporting => open.case.step().map(|step| step.act),
            Phase::HandingOver => Some(StepAct::Acknowledge),
            _ => None,
        };
        let able = open.case.step().map_or_else(Vec::new, |step| {
            let acted = open.case.acted(&step.key, &open.registered.kind.joins);
            able(step, &open.case.parties(), &acted, &open.org).into_iter().collect()
        });
        Ok(Turn { open, act, able })
    }

    /// The next part of a request's way.
    pub(super) async fn go_on(&mut self, case: Case) -> Result<()> {
        let turn = self.turn(&case.number).await?;
        match turn.act {
            Some(act) if act.answers() => self.answer_somehow(case, turn).await,
            Some(StepAct::Execute) => self.work(case).await,
            Some(StepAct::Acknowledge) => self.receive(case).await,
            _ if turn.open.case.phase.is_mended() => self.mend(case).await,
            _ => Ok(()),
        }
    }

    async fn answer_somehow(&mut self, case: Case, turn: Turn) -> Result<()> {
        // what a scene is about comes to its end
        let staged = case.portal || case.declined.is_some();
        let first = turn.open.case.acts.is_empty();
        if first && !staged && self.dice.random_range(0..40) == 0 {
            return self.take_back(case).await;
        }
        let decides = turn.act.is_some_and(StepAct::decides) && first && !staged;
        let verdict = match self.dice.random_range(0..20) {
            0 if decides => Verdict::Refuse { reason: (*pick(&mut self.dice, &REFUSALS)).to_owned() },
            1..=2 if decides => Verdict::Return { reason: (*pick(&mut self.dice, &RETURNS)).to_owned(), to: None },
            _ => passing(turn.act),
        };
        let back = matches!(verdict, Verdict::Return { .. });
        if self.answer(&case, turn, verdict).await? {
            let days = if back { self.dice.random_range(1..3) } else { self.dice.random_range(0..3) };
            self.later(days, Next::GoOn(case));
        }
        Ok(())
    }

    /// The answer of whoever's turn it is, for each line where a step goes line by line. Did anybody answer?
    pub(super) async fn answer(&mut self, case: &Case, turn: Turn, verdict: Verdict) -> Result<bool> {
        let able = match (turn.act, case.worker) {
            (Some(StepAct::Report), Some(worker)) => vec![worker],
            _ => turn.able,
        };
        let Some(person) = self.decider(&able, case) else { return Ok(false) };
        let hand = self.hand_at(person, &turn.open).await?;
        let whole = matches!(verdict, Verdict::Return { .. });
        let each_line = turn.open.case.step().is_some_and(|step| step.each_line) && !whole;
        let lines: Vec<Option<u16>> = if each_line { (1..=case.lines).map(Some).collect() } else { vec![None] };
        let questions = turn.open.step_def().map(|step| step.result.clone()).unwrap_or_default();
        let typed = answers::fill(&questions, &self.known(case, 1), self.app.clock().now());
        for line in lines {
            let (number, verdict, typed) = (case.number.clone(), verdict.clone(), Typed::new(typed.clone()));
            let replied = self
                .app
                .change(&hand.viewer.actor(), async |work: &mut Work| {
                    let seen = hash(work, &number).await?;
                    decide(work, &hand, &number, Reply { at: None, seen, line, verdict, typed }).await
                })
                .await?;
            if let Replied::Mend(form) = replied {
                tracing::warn!(number = case.number, errors = ?form.errors, "a step of the demo could not be answered");
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Everybody says yes, one after the other, until the work begins.
    pub(super) async fn pass_until_work(&mut self, case: &Case) -> Result<()> {
        loop {
            let turn = self.turn(&case.number).await?;
            let act = turn.act;
            if !act.is_some_and(StepAct::answers) || !self.answer(case, turn, passing(act)).await? {
                return Ok(());
            }
        }
    }

    pub(super) async fn take_back(&mut self, case: Case) -> Result<()> {
        let hand = self.hand(self.company.members[case.applicant].id).await?;
        self.app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                withdraw(work, &hand, &case.number, "担当が変わり、不要になったため。").await
            })
            .await
    }

    async fn mend(&mut self, mut case: Case) -> Result<()> {
        let hand = self.hand(self.company.members[case.applicant].id).await?;
        let today = self.app.clock().today().to_string();
        for (name, value) in &mut case.typed {
            match name.as_str() {
                "reason" => value.push_str("上長の指示により、来月から毎週の集計作業を行います。"),
                // what was to stop on a day that is over by now stops today
                "stop_on" if *value < today => value.clone_from(&today),
                _ => {}
            }
        }
        let typed = Typed::new(case.typed.clone());
        let number = case.number.clone();
        self.app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let from = hash(work, &number).await?;
                resubmit(work, &hand, &number, from, typed).await.map(drop)
            })
            .await?;
        self.later(1, Next::GoOn(case));
        Ok(())
    }

    /// Those who can do the work take turns.
    pub(super) fn next_of(&mut self, able: &[PersonId]) -> Option<PersonId> {
        self.executor += 1;
        able.get(self.executor % able.len().max(1)).copied()
    }

    /// The work, not before its day; what follows comes some time later.
    pub(super) async fn work(&mut self, mut case: Case) -> Result<()> {
        let day: Option<NaiveDate> = case.answer("from").and_then(|day| day.parse().ok());
        if let Some(day) = day.filter(|day| *day > self.app.clock().today()) {
            let at = self.at(day);
            self.due_at(at, Next::GoOn(case));
            return Ok(());
        }
        let turn = self.turn(&case.number).await?;
        let Some(worker) = self.next_of(&turn.able) else { return Ok(()) };
        case.worker = Some(worker);
        for no in 1..=case.lines {
            // what is handed over is made first: such a line is worked on twice
            while self.is_open(&case, no).await? {
                if !self.work_on(&case, worker, no).await? {
                    return Ok(());
                }
            }
        }
        let days = self.dice.random_range(0..2);
        self.later(days, Next::GoOn(case));
        Ok(())
    }

    /// Somebody at a request, acting in the first of their posts that sits there (資格).
    pub(super) async fn hand_at(&self, person: PersonId, open: &Open) -> Result<Hand> {
        let hand = self.hand(person).await?;
        let mut read = self.app.read_all(Role::App).await?;
        let doer = doer(read.conn(), &hand.viewer, &open.request.kind).await?;
        let first = hand.to_choose(open, &doer).first().copied();
        Ok(hand.choosing(first))
    }

    /// The same for one who enters a signed slip.
    async fn hand_for_a_slip(&self, person: PersonId, open: &Open) -> Result<Hand> {
        let hand = self.hand(person).await?;
        let mut read = self.app.read_all(Role::App).await?;
        let doer = doer(read.conn(), &hand.viewer, &open.request.kind).await?;
        let first = hand.to_choose_for_a_slip(open, &doer).first().copied();
        Ok(hand.choosing(first))
    }

    async fn is_open(&self, case: &Case, no: u16) -> Result<bool> {
        let turn = self.turn(&case.number).await?;
        Ok(turn.open.case.lines.iter().any(|line| line.no == no && line.state == LineState::Open))
    }

    async fn work_on(&mut self, case: &Case, worker: PersonId, no: u16) -> Result<bool> {
        let turn = self.turn(&case.number).await?;
        let hand = self.hand_at(worker, &turn.open).await?;
        let questions = {
            let mut read = self.app.read_all(Role::App).await?;
            turn.open.work_form(read.conn(), no, None).await?.step.result
        };
        let typed = answers::fill(&questions, &self.known(case, no), self.app.clock().now());
        let number = case.number.clone();
        let worked = self
            .app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let seen = hash(work, &number).await?;
                if case.declined == Some(no) {
                    decline(work, &hand, &number, no, seen, DECLINED).await?;
                    return Ok(None);
                }
                execute(work, &hand, &number, no, seen, Typed::new(typed)).await.map(Some)
            })
            .await?;
        if let Some(Worked::Mend(form)) = worked {
            tracing::warn!(number = case.number, errors = ?form.errors, "a line of the demo could not be carried out");
            return Ok(false);
        }
        Ok(true)
    }

    /// What the demo has to say about a line, where it is asked.
    fn known(&mut self, case: &Case, no: u16) -> Known {
        let serial = self.dice.random_range(10..99);
        let id = if case.portal { case.holder.clone() } else { format!("a{}-{serial}{no}", case.holder) };
        let method = *pick(&mut self.dice, &["in_person", "sealed", "other_route"]);
        [("issued_id", id), ("handover_method", method.to_owned())].into_iter().collect()
    }

    async fn receive(&mut self, case: Case) -> Result<()> {
        let Some(person) = case.concerned else { return Ok(()) };
        // the code of a new sign-in is not used yet: a signed slip stands for the receipt
        let by_slip = case.worker.filter(|_| case.portal);
        let hand = match by_slip {
            Some(worker) => self.hand_for_a_slip(worker, &self.turn(&case.number).await?.open).await?,
            None => self.hand(person).await?,
        };
        for no in (1..=case.lines).filter(|no| case.declined != Some(*no)) {
            let receipt = match by_slip {
                Some(_) => Receipt::Slip { number: format!("受-{}", &case.number), on: self.app.clock().today() },
                None => Receipt::Own,
            };
            self.app
                .change(&hand.viewer.actor(), async |work: &mut Work| {
                    acknowledge(work, &hand, &case.number, no, receipt).await
                })
                .await?;
        }
        let days = self.dice.random_range(0..2);
        self.later(days, Next::GoOn(case));
        Ok(())
    }
}

/// The answer with which a request goes on.
fn passing(act: Option<StepAct>) -> Verdict {
    match act {
        Some(StepAct::Consult) => Verdict::Opinion {
            words: "支障ありません。運用の手順のとおりに進めてください。".to_owned(),
        },
        Some(StepAct::Report) => Verdict::Report { words: "申請のとおりに実施しました。".to_owned() },
        _ => Verdict::Approve { note: String::new() },
    }
}

/// The fingerprint of what stands there now, as a form would carry it.
pub(super) async fn hash(work: &mut Work, number: &str) -> Result<ContentHash> {
    let request = store::find(work.conn(), number).await?.ok_or(Error::NotFound)?;
    request.hash()
}
