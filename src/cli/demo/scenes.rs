//! What happens in every demo whatever the dice say: a month with a stand-in, a newcomer who gets an account on the portal,
//! a line that is not carried out, a request taken back, a talk, other rights, an account no longer needed, two forgotten passwords — one of them claimed by somebody
//! else — and what lies on the desks on the day on which the demo opens.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::turns::{RETURNS, hash};
use super::year::{Case, Next, Year};
use crate::engines::requests::actions::deciding::comment;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::actions::working::{Worked, execute};
use crate::engines::requests::model::{Typed, Verdict};
use crate::features::password_reset;
use crate::kernel::access::{Actor, Tier};
use crate::kernel::clock::local;
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, RequestId, uuid_at};
use crate::kernel::work::Work;
use crate::people::stand_ins::{Entered, NewStandIn, enter};

/// How many sections are asked for somebody with an account.
const TRIES: usize = 60;

/// Something that happens once.
#[derive(Debug, Clone)]
pub(super) enum Scene {
    /// The manager of the section will be away for a month: the office enters a stand-in.
    StandIn,
    /// A clerk files while the manager is away.
    Meanwhile,
    /// Somebody joins, and a colleague files for an account on the portal.
    Joins,
    /// Some join, and cannot sign in yet.
    Starters,
    /// Two systems are asked for, one is given.
    HalfGiven,
    /// Filed, and not needed after all.
    NotNeeded,
    /// Applicant and manager talk it over.
    TalkedOver,
    /// Somebody's work changes, and their rights with it.
    OtherRights,
    /// Somebody needs an account no longer.
    NoLonger,
    /// Somebody claims to have forgotten their password.
    Forgotten { genuine: bool },
    /// An administrator calls back.
    CalledBack { number: String, claimed: usize, genuine: bool },
    /// And tells the person that it is done.
    Told { number: String, claimed: usize },
}

/// A manager who is away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Away {
    manager: PersonId,
    stand_in: PersonId,
    from: NaiveDate,
    last: NaiveDate,
}

impl Year<'_> {
    /// Spreads the scenes over the year, by working days.
    pub(super) fn plan(&mut self, first: NaiveDate, last: DateTime<Utc>) {
        // where the demo is made shorter, all of it happens in what there is
        let whole = (local(last).date_naive() - first).num_days().clamp(1, 365);
        let shorter = |days: i64| u32::try_from(days * whole / 365).unwrap_or_default();
        for (days, scene) in [
            (22, Scene::StandIn),
            (26, Scene::Meanwhile),
            (61, Scene::Joins),
            (84, Scene::HalfGiven),
            (109, Scene::NotNeeded),
            (131, Scene::TalkedOver),
            (152, Scene::Forgotten { genuine: true }),
            (188, Scene::Forgotten { genuine: false }),
            (206, Scene::OtherRights),
            (219, Scene::NoLonger),
        ] {
            let day = self.calendar.add_business_days(first, shorter(days));
            let at = self.at(day);
            self.due_at(at, Next::Scene(scene));
        }
        let lately = self.calendar.add_business_days(local(last).date_naive() - TimeDelta::days(12), 1);
        let at = self.at(lately);
        self.due_at(at, Next::Scene(Scene::Starters));
    }

    pub(super) async fn play(&mut self, scene: Scene) -> Result<()> {
        match scene {
            Scene::StandIn => self.stand_in().await,
            Scene::Meanwhile => self.meanwhile().await,
            Scene::Joins => self.joins().await,
            Scene::Starters => self.starters().await,
            Scene::HalfGiven => self.half_given().await,
            Scene::NotNeeded => self.not_needed().await,
            Scene::TalkedOver => self.talked_over().await,
            Scene::OtherRights => self.of_an_account(true).await,
            Scene::NoLonger => self.of_an_account(false).await,
            Scene::Forgotten { genuine } => self.forgotten(genuine).await,
            Scene::CalledBack { number, claimed, genuine } => self.called_back(number, claimed, genuine).await,
            Scene::Told { number, claimed } => self.told(&number, claimed).await,
        }
    }

    /// Who of those who can answers today: the stand-in of one who is away, unless it is their own matter.
    pub(super) fn decider(&mut self, able: &[PersonId], case: &Case) -> Option<PersonId> {
        let today = self.app.clock().today();
        match self.away {
            Some(away)
                if able.contains(&away.manager)
                    && (away.from..=away.last).contains(&today)
                    && self.company.members[case.applicant].id != away.stand_in
                    && case.concerned != Some(away.stand_in) =>
            {
                Some(away.stand_in)
            }
            _ => self.next_of(able),
        }
    }

    /// A clerk of the section, counted from the first.
    fn clerk_of_section(&self, turn: usize) -> Option<usize> {
        self.clerks(self.company.coded(self.company.plan.desk)?).get(turn).copied()
    }

    async fn stand_in(&mut self) -> Result<()> {
        let company = self.company;
        let manager = company.coded(company.plan.desk).and_then(|section| company.manager(section));
        let clerk = self.clerk_of_section(1).and_then(|at| company.members.get(at));
        let (Some(manager), Some(clerk), Some(office)) = (manager, clerk, company.of(Tier::Office).next()) else {
            return Ok(());
        };
        let from = self.calendar.add_business_days(self.app.clock().today(), 2);
        let last = from + TimeDelta::days(29);
        let hand = self.hand(office.id).await?;
        let reason = "育児休業の間、確認を代わって行うため。".to_owned();
        let new = NewStandIn { post: manager.post, person: clerk.id, from, last, reason };
        let entered = self.app.change(&hand.viewer.actor(), async |work: &mut Work| enter(work, &new).await).await?;
        if matches!(entered, Entered::Done(_)) {
            self.away = Some(Away { manager: manager.id, stand_in: clerk.id, from, last });
        }
        Ok(())
    }

    /// One wish of a clerk of the section, filed today.
    async fn files(&mut self, turn: usize, wanted: usize) -> Result<Option<Case>> {
        let Some(at) = self.clerk_of_section(turn) else { return Ok(None) };
        let person = self.company.members[at].clone();
        let wishes = self.wishes(&person, wanted);
        let today = self.app.clock().today();
        self.register_for(at, &person, &wishes, today).await
    }

    async fn meanwhile(&mut self) -> Result<()> {
        if let Some(case) = self.files(6, 1).await? {
            self.soon(case);
        }
        Ok(())
    }

    async fn joins(&mut self) -> Result<()> {
        let from = self.app.clock().today();
        let Some(person) = self.welcome(&self.company.plan.newcomer, from).await? else { return Ok(()) };
        let department = person.department;
        self.joined.push(person.id);
        let Some(colleague) = self.clerks(department).first().copied() else { return Ok(()) };
        let Some(wish) = self.portal_wish() else { return Ok(()) };
        if let Some(case) = self.register_for(colleague, &person, &[wish], from).await? {
            self.soon(case);
        }
        Ok(())
    }

    async fn half_given(&mut self) -> Result<()> {
        if let Some(mut case) = self.files(8, 2).await? {
            case.declined = Some(2);
            self.soon(case);
        }
        Ok(())
    }

    async fn not_needed(&mut self) -> Result<()> {
        if let Some(case) = self.files(9, 1).await? {
            self.later(0, Next::TakeBack(case));
        }
        Ok(())
    }

    async fn talked_over(&mut self) -> Result<()> {
        let Some(case) = self.files(10, 1).await? else { return Ok(()) };
        let applicant = self.company.members[case.applicant].id;
        let able = self.turn(&case.number).await?.able;
        let Some(decider) = self.next_of(&able) else { return Ok(()) };
        for (person, words) in [
            (decider, "この作業は来月からと聞いていますが、開始日は今月で合っていますか。"),
            (applicant, "引き継ぎが月末にあるため、今月の最終週から使います。"),
        ] {
            let hand = self.hand(person).await?;
            self.app
                .change(&hand.viewer.actor(), async |work: &mut Work| {
                    comment(work, &hand, &case.number, words, false).await
                })
                .await?;
        }
        self.soon(case);
        Ok(())
    }

    /// About an account that somebody has by now, wherever one is found.
    async fn of_an_account(&mut self, other_rights: bool) -> Result<()> {
        let day = self.app.clock().today();
        for _ in 0..TRIES {
            let case = if other_rights { self.change(day).await? } else { self.stop(day).await? };
            if let Some(case) = case {
                self.soon(case);
                return Ok(());
            }
        }
        Ok(())
    }

    /// On the open page, by somebody who only says who they are.
    async fn forgotten(&mut self, genuine: bool) -> Result<()> {
        let Some(claimed) = self.clerk_of_section(if genuine { 12 } else { 13 }) else { return Ok(()) };
        let member = &self.company.members[claimed];
        let typed = Typed::new([
            ("login".to_owned(), member.number.clone()),
            ("name".to_owned(), member.name.clone()),
            ("reason".to_owned(), "forgotten".to_owned()),
            ("callback".to_owned(), "15時以後".to_owned()),
        ]);
        let registered = kinds(self.app)?.get(password_reset::RESET)?.clone();
        let actor = Actor::anonymous(None, uuid_at(self.app.clock().now()));
        let number = self
            .app
            .change(&actor, async |work: &mut Work| {
                let id = RequestId::new(work.now);
                password_reset::claim(work, &registered, id, &typed, "").await
            })
            .await?;
        let Some(number) = number else { return Ok(()) };
        self.filed += 1;
        self.in_minutes(35, Scene::CalledBack { number, claimed, genuine });
        Ok(())
    }

    fn in_minutes(&mut self, minutes: i64, scene: Scene) {
        self.due_at(self.app.clock().now() + TimeDelta::minutes(minutes), Next::Scene(scene));
    }

    async fn called_back(&mut self, number: String, claimed: usize, genuine: bool) -> Result<()> {
        let checked = local(self.app.clock().now() - TimeDelta::minutes(5)).format("%Y-%m-%dT%H:%M").to_string();
        let member = &self.company.members[claimed];
        let fields = [
            ("person", member.number.clone()),
            ("method", "電話返信".to_owned()),
            ("contact", format!("内線 {}", &member.number[2..])),
            ("result", if genuine { "matched" } else { "unmatched" }.to_owned()),
            ("checked_at", checked),
            // asked where the regulation has it chosen
            ("delivery", "in_person".to_owned()),
        ];
        self.reissue(&number, 1, member.id, &fields).await?;
        if genuine {
            self.in_minutes(10, Scene::Told { number, claimed });
        }
        Ok(())
    }

    async fn told(&mut self, number: &str, claimed: usize) -> Result<()> {
        let at = local(self.app.clock().now() - TimeDelta::minutes(2)).format("%Y-%m-%dT%H:%M").to_string();
        let registered = kinds(self.app)?.get(password_reset::RESET)?.clone();
        let chosen = registered.kind.steps.iter().any(|step| step.result.field("delivery").is_some());
        let method = if chosen { "in_person" } else { "telephone" };
        let fields =
            [("notice_method", method.to_owned()), ("handed_by", "窓口の担当".to_owned()), ("notified_at", at)];
        self.reissue(number, 2, self.company.members[claimed].id, &fields).await
    }

    async fn reissue(&mut self, number: &str, no: u16, about: PersonId, fields: &[(&str, String)]) -> Result<()> {
        let typed = Typed::new(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let turn = self.turn(number).await?;
        let able: Vec<PersonId> = turn.able.into_iter().filter(|person| *person != about).collect();
        let Some(administrator) = self.next_of(&able) else { return Ok(()) };
        let hand = self.hand_at(administrator, &turn.open).await?;
        let worked = self
            .app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let seen = hash(work, number).await?;
                execute(work, &hand, number, no, seen, typed).await
            })
            .await?;
        if let Worked::Mend(form) = worked {
            tracing::warn!(number, errors = ?form.errors, "a reissue of the demo could not be carried out");
        }
        Ok(())
    }

    /// What lies on the desks of the section when the demo opens: two to confirm, one returned, one to carry out, one to
    /// receive; and what waits for those who cannot sign in yet.
    pub(super) async fn leave_open(&mut self, since: DateTime<Utc>) -> Result<()> {
        for turn in 0..5 {
            self.go_on_to(since + TimeDelta::minutes(i64::try_from(turn).unwrap_or(0) * 20));
            let Some(case) = self.files(turn, 1).await? else { continue };
            match turn {
                2 => {
                    let waiting = self.turn(&case.number).await?;
                    self.answer(&case, waiting, Verdict::Return { reason: RETURNS[0].to_owned(), to: None }).await?;
                }
                3 => self.pass_until_work(&case).await?,
                4 => {
                    self.pass_until_work(&case).await?;
                    self.work(case).await?;
                }
                _ => {}
            }
        }
        self.go_on_to(since + TimeDelta::minutes(100));
        self.await_slip().await?;
        self.go_on_to(since + TimeDelta::minutes(120));
        self.await_sign_in().await?;
        self.lie_ahead().await
    }
}
