//! What becomes of the requests of the demo's year: confirmed, returned and mended, refused, taken back, carried out,
//! received.
use rand::RngExt as _;

use super::company::pick;
use super::year::{Case, Next, Year};
use crate::engines::requests::actions::deciding::{Reply, decide};
use crate::engines::requests::actions::filing::{resubmit, withdraw};
use crate::engines::requests::actions::working::{Worked, acknowledge, decline, execute};
use crate::engines::requests::model::{ContentHash, Receipt, Typed, Verdict};
use crate::engines::requests::store;
use crate::kernel::access::Tier;
use crate::kernel::clock::local;
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

impl Year<'_> {
    pub(super) async fn confirm(&mut self, case: Case) -> Result<()> {
        // what a scene is about comes to its end
        let staged = case.portal || case.declined.is_some();
        if !staged && self.dice.random_range(0..40) == 0 {
            return self.take_back(case).await;
        }
        let verdict = match self.dice.random_range(0..20) {
            _ if staged => Verdict::Approve { note: String::new() },
            0 => Verdict::Refuse { reason: (*pick(&mut self.dice, &REFUSALS)).to_owned() },
            1..=2 => Verdict::Return { reason: (*pick(&mut self.dice, &RETURNS)).to_owned() },
            _ => Verdict::Approve { note: String::new() },
        };
        self.decide_as(case, verdict).await
    }

    pub(super) async fn decide_as(&mut self, case: Case, verdict: Verdict) -> Result<()> {
        let hand = self.hand(self.decider(&case)).await?;
        let said = verdict.clone();
        let number = case.number.clone();
        self.app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let seen = hash(work, &number).await?;
                decide(work, &hand, &number, Reply::plain(seen, said)).await.map(drop)
            })
            .await?;
        match verdict {
            Verdict::Approve { .. } => {
                let days = self.dice.random_range(0..3);
                self.later(days, Next::Execute(case));
            }
            Verdict::Return { .. } => {
                let days = self.dice.random_range(1..3);
                self.later(days, Next::Mend(case));
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) async fn take_back(&mut self, case: Case) -> Result<()> {
        let hand = self.hand(self.company.members[case.applicant].id).await?;
        self.app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                withdraw(work, &hand, &case.number, "担当が変わり、不要になったため。").await
            })
            .await
    }

    pub(super) async fn mend(&mut self, mut case: Case) -> Result<()> {
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
        self.later(1, Next::Confirm(case));
        Ok(())
    }

    /// Administrators take turns; nobody works on what concerns them.
    pub(super) fn administrator(&mut self, concerned: Option<PersonId>) -> PersonId {
        let able: Vec<PersonId> =
            self.company.of(Tier::Sysadmin).map(|member| member.id).filter(|id| Some(*id) != concerned).collect();
        self.executor += 1;
        able[self.executor % able.len()]
    }

    pub(super) async fn execute(&mut self, case: Case) -> Result<()> {
        let from = case.typed.iter().find(|(name, _)| name == "from").and_then(|(_, day)| day.parse().ok());
        if let Some(from) = from.filter(|from| *from > self.app.clock().today()) {
            let at = self.at(from);
            self.due_at(at, Next::Execute(case));
            return Ok(());
        }
        let administrator = self.administrator(case.concerned);
        let hand = self.hand(administrator).await?;
        for no in 1..=case.lines {
            let typed = Typed::new(self.result(&case, no));
            let number = case.number.clone();
            let worked = self
                .app
                .change(&hand.viewer.actor(), async |work: &mut Work| {
                    let seen = hash(work, &number).await?;
                    if case.declined == Some(no) {
                        decline(work, &hand, &number, no, seen, DECLINED).await?;
                        return Ok(None);
                    }
                    execute(work, &hand, &number, no, seen, typed).await.map(Some)
                })
                .await?;
            if let Some(Worked::Mend(form)) = worked {
                tracing::warn!(number = case.number, errors = ?form.errors, "a line of the demo could not be carried out");
                return Ok(());
            }
        }
        if case.register {
            let days = self.dice.random_range(0..2);
            self.later(days, Next::Receive(case));
        }
        Ok(())
    }

    fn result(&mut self, case: &Case, no: u16) -> Vec<(String, String)> {
        if !case.register {
            return vec![("beyond_reason".to_owned(), "所属長が確認した担当業務に必要なため。".to_owned())];
        }
        let serial = self.dice.random_range(10..99);
        let id = if case.portal { case.holder.clone() } else { format!("a{}-{serial}{no}", case.holder) };
        let now = local(self.app.clock().now());
        vec![
            ("issued_id".to_owned(), id),
            ("beyond_reason".to_owned(), "所属長が確認した担当業務に必要なため。".to_owned()),
            ("handover_method".to_owned(), (*pick(&mut self.dice, &["in_person", "sealed", "other_route"])).to_owned()),
            ("identity_check".to_owned(), "対面".to_owned()),
            ("handed_over_at".to_owned(), now.format("%Y-%m-%dT%H:%M").to_string()),
        ]
    }

    pub(super) async fn receive(&mut self, case: Case) -> Result<()> {
        let Some(person) = case.concerned else { return Ok(()) };
        // the code of a new sign-in is not used yet: a signed slip stands for the receipt
        let able = self.company.of(Tier::Sysadmin).next().map(|member| member.id).filter(|_| case.portal);
        let hand = self.hand(able.unwrap_or(person)).await?;
        for no in (1..=case.lines).filter(|no| case.declined != Some(*no)) {
            let receipt = match able {
                Some(_) => Receipt::Slip { number: format!("受-{}", &case.number), on: self.app.clock().today() },
                None => Receipt::Own,
            };
            self.app
                .change(&hand.viewer.actor(), async |work: &mut Work| {
                    acknowledge(work, &hand, &case.number, no, receipt).await
                })
                .await?;
        }
        Ok(())
    }
}

/// The fingerprint of what stands there now, as a form would carry it.
pub(super) async fn hash(work: &mut Work, number: &str) -> Result<ContentHash> {
    let request = store::find(work.conn(), number).await?.ok_or(Error::NotFound)?;
    request.hash()
}
