//! What is applied for in the demo's year: accounts for oneself and for colleagues, other rights, accounts to be stopped.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::RngExt as _;
use uuid::Uuid;

use super::answers;
use super::people::{Member, pick};
use super::year::{Case, Offer, Wish, Year};
use crate::engines::requests::actions::filing::{Filed, file};
use crate::engines::requests::actions::kinds;
use crate::engines::requests::model::{Form, Kind, Typed};
use crate::features::movements::model::Kind as Change;
use crate::kernel::access::Tier;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, RequestId};
use crate::kernel::work::Work;

/// An account that requests of the demo can change or stop.
#[derive(Debug, Clone)]
struct Held {
    account: Uuid,
    rights: Vec<Uuid>,
    holder: PersonId,
}

impl Year<'_> {
    pub(super) async fn file_something(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        match self.dice.random_range(0..10) {
            0..=6 => self.register(day).await,
            7..=8 => self.change(day).await,
            _ => self.stop(day).await,
        }
    }

    /// Somebody of a section with a manager who is not the manager.
    fn clerk(&mut self) -> Option<usize> {
        for _ in 0..40 {
            let at = self.dice.random_range(0..self.company.members.len());
            let member = self.company.members.get(at)?;
            if member.tier == Tier::Staff && self.company.manager(member.department).is_some() {
                return Some(at);
            }
        }
        None
    }

    fn colleague(&mut self, of: &Member) -> Member {
        let same: Vec<&Member> = self
            .company
            .members
            .iter()
            .filter(|other| other.department == of.department && other.tier == Tier::Staff && other.id != of.id)
            .collect();
        if same.is_empty() || self.dice.random_range(0..3) == 0 {
            of.clone()
        } else {
            (*pick(&mut self.dice, &same)).clone()
        }
    }

    async fn register(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        let Some(at) = self.clerk() else { return Ok(None) };
        let applicant = self.company.members[at].clone();
        let person = self.colleague(&applicant);
        let wanted = if self.dice.random_range(0..4) == 0 { 2 } else { 1 };
        let mut wishes = self.wishes(&person, wanted);
        for wish in &mut wishes {
            let offer = self.offers.iter().find(|offer| offer.system == wish.system);
            if self.dice.random_range(0..4) == 0
                && let Some(wide) = offer.and_then(|offer| offer.rights.get(1))
            {
                wish.right = *wide;
            }
        }
        let from = self.calendar.add_business_days(day, 4);
        self.register_for(at, &person, &wishes, from).await
    }

    /// Systems that the person has not yet, each with its narrowest right; fewer where there are no more.
    pub(super) fn wishes(&mut self, person: &Member, wanted: usize) -> Vec<Wish> {
        let free = |offer: &&Offer| !offer.portal && !self.taken.contains(&(person.id, offer.system));
        let mut free: Vec<&Offer> = self.offers.iter().filter(free).collect();
        let mut wishes = Vec::new();
        while wishes.len() < wanted && !free.is_empty() {
            let offer = free.remove(self.dice.random_range(0..free.len()));
            // what two sections own is asked of two sections
            free.retain(|other| other.owner == offer.owner || !self.owners_decide);
            if let Some(right) = offer.rights.first() {
                wishes.push(Wish { system: offer.system, right: *right, portal: false });
            }
        }
        wishes
    }

    /// The narrowest right on the portal itself.
    pub(super) fn portal_wish(&self) -> Option<Wish> {
        let offer = self.offers.iter().find(|offer| offer.portal)?;
        Some(Wish { system: offer.system, right: *offer.rights.first()?, portal: true })
    }

    pub(super) async fn register_for(
        &mut self,
        at: usize,
        person: &Member,
        wishes: &[Wish],
        from: NaiveDate,
    ) -> Result<Option<Case>> {
        if wishes.is_empty() {
            return Ok(None);
        }
        let mut typed = vec![
            ("department".to_owned(), person.department.to_string()),
            ("person".to_owned(), person.id.to_string()),
        ];
        for wish in wishes {
            self.taken.insert((person.id, wish.system));
            typed.push(("grants".to_owned(), wish.system.to_string()));
            typed.push((format!("grants.{}", wish.system), wish.right.to_string()));
        }
        typed.push(("reason".to_owned(), (*pick(&mut self.dice, self.company.plan.reasons)).to_owned()));
        typed.push(("from".to_owned(), from.to_string()));
        if person.employment != "permanent" {
            typed.push(("until".to_owned(), (from + TimeDelta::days(180)).to_string()));
        }
        let joins = self.company.place(person.id).is_none();
        let change = if joins { Change::Hire } else { Change::Reassignment };
        typed.extend(self.row("account.register", person.id, (change, from)).await?);
        let filed = self.file("account.register", at, Some(person.id), typed, wishes.len()).await?;
        let portal = wishes.iter().any(|wish| wish.portal);
        Ok(filed.map(|case| Case { holder: person.number.clone(), portal, ..case }))
    }

    pub(super) async fn change(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        let Some((at, held)) = self.held().await? else { return Ok(None) };
        let Some(offer) = self.offers.iter().find(|offer| held.rights.iter().any(|right| offer.rights.contains(right)))
        else {
            return Ok(None);
        };
        let now = offer.rights.iter().position(|right| held.rights.contains(right)).unwrap_or(0);
        let Some(other) = offer.rights.get(usize::from(now == 0)) else { return Ok(None) };
        let department = self.company.members[at].department;
        let kept = self.kept(held.holder, department, held.account).await?;
        let mut typed = vec![
            ("department".to_owned(), department.to_string()),
            ("person".to_owned(), held.holder.to_string()),
            ("accounts".to_owned(), held.account.to_string()),
            (format!("accounts.{}", held.account), other.to_string()),
            ("reason".to_owned(), "担当替えに伴い、必要な権限に合わせるため。".to_owned()),
            ("from".to_owned(), self.calendar.add_business_days(day, 3).to_string()),
        ];
        typed.extend(self.row("account.change", held.holder, (Change::Reassignment, day)).await?);
        let lines = 1 + kept.len();
        typed.extend(kept);
        self.file("account.change", at, Some(held.holder), typed, lines).await
    }

    pub(super) async fn stop(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        let Some((at, held)) = self.held().await? else { return Ok(None) };
        let department = self.company.members[at].department;
        let mut typed = vec![
            ("department".to_owned(), department.to_string()),
            ("person".to_owned(), held.holder.to_string()),
            ("accounts".to_owned(), held.account.to_string()),
            ("reason".to_owned(), "担当替えにより使わなくなったため。".to_owned()),
            ("stop_on".to_owned(), day.to_string()),
        ];
        typed.extend(self.row("account.stop", held.holder, (Change::Unneeded, day)).await?);
        self.file("account.stop", at, Some(held.holder), typed, 1).await
    }

    /// A clerk who has an account somewhere, and that account.
    async fn held(&mut self) -> Result<Option<(usize, Held)>> {
        let Some(at) = self.clerk() else { return Ok(None) };
        let member = &self.company.members[at];
        let mut read = self.app.read_all(Role::App).await?;
        let rows = sqlx::query!(
            r#"select a.id as "id!", a.holder_id as "holder!: PersonId", a.rights as "rights!"
                 from accounts_pub a
                where a.department_id = $1 and a.state = 'active'
                  and not exists (select from systems_pub s where s.id = a.system_id and s.is_portal)
                order by a.id"#,
            member.department.0
        )
        .fetch_all(read.conn())
        .await?;
        let free = rows.into_iter().filter(|row| !self.touched.contains(&row.id));
        let free: Vec<Held> =
            free.map(|row| Held { account: row.id, rights: row.rights, holder: row.holder }).collect();
        if free.is_empty() {
            return Ok(None);
        }
        let held = pick(&mut self.dice, &free).clone();
        self.touched.insert(held.account);
        Ok(Some((at, held)))
    }

    /// Files through somebody of the section: a clerk, or its manager where the regulation lets nobody else apply.
    async fn file(
        &mut self,
        kind: &str,
        clerk: usize,
        concerned: Option<PersonId>,
        typed: Vec<(String, String)>,
        lines: usize,
    ) -> Result<Option<Case>> {
        let registered = kinds(self.app)?.get(kind)?.clone();
        let Some(at) = self.applicant(&registered.kind, clerk) else { return Ok(None) };
        let typed = complete(&registered.kind.form, typed, self.app.clock().now());
        let hand = self.hand(self.company.members[at].id).await?;
        let sent = Typed::new(typed.clone());
        let filed = self
            .app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let id = RequestId::new(work.now);
                file(work, &hand, &registered, id, sent).await
            })
            .await?;
        let number = match filed {
            Filed::Done { number } => number,
            Filed::Mend(form) => {
                tracing::warn!(kind, errors = ?form.errors, "a request of the demo could not be filed");
                return Ok(None);
            }
        };
        self.filed += 1;
        Ok(Some(Case {
            number,
            applicant: at,
            concerned,
            holder: String::new(),
            typed,
            lines: u16::try_from(lines).unwrap_or(u16::MAX),
            declined: None,
            worker: None,
            portal: false,
        }))
    }

    fn applicant(&self, kind: &Kind, clerk: usize) -> Option<usize> {
        if kind.applicants.contains(&Tier::Staff) {
            return Some(clerk);
        }
        let manager = self.company.manager(self.company.members.get(clerk)?.department)?;
        self.company.place(manager.id)
    }
}

/// What this form asks of what is known, and an answer to whatever else it demands.
fn complete(form: &Form, typed: Vec<(String, String)>, now: DateTime<Utc>) -> Vec<(String, String)> {
    let asked = |name: &str| form.fields().any(|field| Some(field.key.as_str()) == name.split('.').next());
    let mut typed: Vec<(String, String)> = typed.into_iter().filter(|(name, _)| asked(name)).collect();
    for (name, value) in answers::fill(form, &answers::Known::new(), now) {
        if !typed.iter().any(|(known, _)| *known == name) {
            typed.push((name, value));
        }
    }
    typed
}
