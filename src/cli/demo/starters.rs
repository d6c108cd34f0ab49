//! Those who join: one in the course of the year, who can sign in since; and some in the last days, who cannot yet. Two of
//! them have a request under way, the others wait for somebody who files for them.
use chrono::{NaiveDate, TimeDelta};

use super::organisation::Newcomer;
use super::people::Member;
use super::year::{Case, Wish, Year};
use crate::kernel::access::{Actor, Tier};
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use crate::people::roster::{NewPerson, NewPost, add_person, appoint, set_last_day, set_telephone};

impl Year<'_> {
    /// Somebody joins; nobody has filed anything for them.
    pub(super) async fn welcome(&mut self, who: &Newcomer, from: NaiveDate) -> Result<Option<Member>> {
        let Some(department) = self.company.coded(who.section) else { return Ok(None) };
        let reading = format!("{} {}", who.family.1, who.given.1);
        let mail = format!("{}@{}", who.number, self.company.plan.mail);
        let new = NewPerson {
            employee_no: who.number,
            family_name: who.family.0,
            given_name: who.given.0,
            reading: &reading,
            mail: Some(&mail),
            employment: who.employment,
            owner: None,
            joined_on: from,
        };
        let enter = async |work: &mut Work| {
            let id = add_person(work, &new).await?;
            set_telephone(work, id, &format!("内線 {}", &who.number[2..])).await?;
            if let Some(days) = who.days {
                set_last_day(work, id, from + TimeDelta::days(days)).await?;
            }
            let (tier, function) = (Tier::Staff, None);
            let post = NewPost { person: id, department, tier, function, title: "担当", main: true, from };
            Ok((id, appoint(work, &post).await?))
        };
        let (id, post) = self.app.change(&Actor::portal(), enter).await?;
        Ok(Some(Member {
            id,
            department,
            tier: Tier::Staff,
            number: who.number.to_owned(),
            name: format!("{} {}", who.family.0, who.given.0),
            employment: who.employment,
            post,
        }))
    }

    pub(super) async fn starters(&mut self) -> Result<()> {
        let from = self.app.clock().today();
        for who in &self.company.plan.starters {
            let joined = self.welcome(who, from).await?;
            self.starters.extend(joined);
        }
        Ok(())
    }

    /// A request for one of them, approved by everybody who has a say.
    async fn approved_for(
        &mut self,
        number: &str,
        wish: impl FnOnce(&mut Self, &Member) -> Option<Wish>,
    ) -> Result<Option<Case>> {
        let Some(person) = self.starters.iter().find(|member| member.number == number).cloned() else {
            return Ok(None);
        };
        let colleague = self.clerks(person.department).first().copied();
        let (Some(colleague), Some(wish)) = (colleague, wish(self, &person)) else { return Ok(None) };
        let today = self.app.clock().today();
        let case = self.register_for(colleague, &person, &[wish], today).await?;
        if let Some(case) = &case {
            self.pass_until_work(case).await?;
        }
        Ok(case)
    }

    /// Done, and waiting for the signed slip of one who cannot sign in.
    pub(super) async fn await_slip(&mut self) -> Result<()> {
        let wish = |year: &mut Self, person: &Member| year.wishes(person, 1).pop();
        match self.approved_for(self.company.plan.by_slip, wish).await? {
            Some(case) => self.work(case).await,
            None => Ok(()),
        }
    }

    /// A sign-in to the portal that an administrator shall open.
    pub(super) async fn await_sign_in(&mut self) -> Result<()> {
        self.approved_for(self.company.plan.to_open, |year: &mut Self, _| year.portal_wish()).await.map(drop)
    }
}
