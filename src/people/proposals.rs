//! 代理の申出: the holder of a post proposes who stands in for them; their superior answers, and only then does a stand-in
//! come to be (`stand_ins::enter`, with all its rules). Who is asked stands in the database (`superiors_of_post`).
use chrono::{DateTime, NaiveDate, Utc};
use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;

use super::model::{ProposalId, StandInId, full_name};
use super::stand_ins::{self, Entered, NewStandIn};
use super::store;
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::{PersonId, PostId};
use crate::kernel::notices::{Notice, Part};
use crate::kernel::work::Work;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// waits for an answer
    Open,
    /// 承認: the stand-in was entered
    Approved,
    /// 却下
    Refused,
    /// 取下げ
    TakenBack,
    /// its days went by without an answer
    Lapsed,
}

impl State {
    /// The neutral key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::TakenBack => "taken_back",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A proposal as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// the id
    pub id: ProposalId,
    /// the post
    pub post: PostId,
    /// the post's tier
    pub tier: Tier,
    /// the post's department
    pub department_name: String,
    /// whose post it is, who asks
    pub asked_by: PersonId,
    /// their name
    pub asked_by_name: String,
    /// who would stand in
    pub person: PersonId,
    /// their name
    pub person_name: String,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// why
    pub reason: String,
    /// when it was asked
    pub asked_at: DateTime<Utc>,
    /// who may answer
    pub asked_of: Vec<PersonId>,
    /// their names
    pub asked_of_names: Vec<String>,
    /// where it stands
    pub state: State,
    /// why it was refused
    pub words: String,
    /// who answered or took it back
    pub closed_by_name: Option<String>,
    /// when
    pub closed_at: Option<DateTime<Utc>>,
}

/// What became of an act on a proposal.
#[derive(Debug)]
pub enum Done {
    /// It was done.
    Done,
    /// The rules say no, at this field; nothing was written.
    Mend(&'static str, Message),
}

/// Proposes a stand-in for one's own post. The id came with the form.
pub async fn propose(work: &mut Work, id: ProposalId, new: &NewStandIn) -> Result<Done> {
    let asker = work.actor.person().ok_or(Error::SignInFirst)?;
    let post = store::find_post(work.conn(), new.post).await?.filter(|post| post.person == asker);
    let post = post.ok_or(Error::NotFound)?;
    if let Some((field, words)) = stand_ins::refusal(work, new, asker).await? {
        return Ok(Done::Mend(field, words));
    }
    let (at, today) = (work.now, local(work.now).date_naive());
    let written = sqlx::query_scalar!(
        r#"insert into stand_in_proposal (id, post_id, person_id, during, reason, asked_by, asked_at, asked_of)
           values ($1, $2, $3, daterange($4, $5, '[]'), $6, $7, $8, superiors_of_post($2, $9))
           returning asked_of"#,
        id.0,
        new.post.0,
        new.person.0,
        new.from,
        new.last,
        new.reason,
        asker.0,
        at,
        today,
    )
    .fetch_one(work.conn())
    .await;
    let asked_of = match written {
        Ok(asked_of) if asked_of.is_empty() => {
            return Ok(Done::Mend("post", Message::new("proposal-refused-nobody-above")));
        }
        Ok(asked_of) => asked_of,
        Err(error) if violated_constraint(&error) == Some("stand_in_proposal_post_id_during_excl") => {
            return Ok(Done::Mend("from", Message::new("proposal-refused-asked-already")));
        }
        Err(error) => return Err(error.into()),
    };
    let facts =
        json!({ "post": new.post, "from": new.from, "last": new.last, "reason": new.reason, "asked_of": asked_of });
    let event = Event::done("stand_in.proposed", "stand_in_proposal", id).facts(facts).within(post.department);
    work.record(event.about(asker).about(new.person)).await?;
    let proposal = find(work.conn(), id).await?.ok_or(Error::NotFound)?;
    for person in proposal.asked_of.clone() {
        tell(work, &proposal, person, PROPOSED, "proposal-mail-asked").await?;
    }
    Ok(Done::Done)
}

/// The superior's yes: the stand-in is entered in their name.
pub async fn approve(work: &mut Work, id: ProposalId) -> Result<Done> {
    let proposal = answerable(work, id).await?;
    let new = NewStandIn {
        post: proposal.post,
        person: proposal.person,
        // a yes that comes late counts from the day on which it comes
        from: proposal.from.max(local(work.now).date_naive()),
        last: proposal.last,
        reason: proposal.reason.clone(),
    };
    // stand-ins are the office's to write; whose yes this is has just been settled
    let sight = work.sight().await?;
    work.see_all().await?;
    let entered = stand_ins::enter(work, &new).await?;
    work.see_as(&sight).await?;
    match entered {
        Entered::Mend(_, words) => Ok(Done::Mend("verdict", words)),
        Entered::Done(stand_in) => {
            close(work, &proposal, State::Approved, "", Some(stand_in)).await?;
            Ok(Done::Done)
        }
    }
}

/// The superior's no, with a reason; whoever asked is told.
pub async fn refuse(work: &mut Work, id: ProposalId, words: &str) -> Result<()> {
    let proposal = answerable(work, id).await?;
    close(work, &proposal, State::Refused, words, None).await?;
    tell(work, &proposal, proposal.asked_by, "stand_in.proposal_refused", "proposal-mail-refused").await
}

/// Whoever asked takes it back before it is answered.
pub async fn take_back(work: &mut Work, id: ProposalId) -> Result<()> {
    let found = find(work.conn(), id).await?;
    if found.is_none_or(|found| work.actor.person() != Some(found.asked_by)) {
        return Err(Error::NotFound);
    }
    let proposal = open(work, id).await?;
    close(work, &proposal, State::TakenBack, "", None).await
}

async fn open(work: &mut Work, id: ProposalId) -> Result<Proposal> {
    sqlx::query!("select id from stand_in_proposal where id = $1 for update", id.0).fetch_optional(work.conn()).await?;
    let proposal = find(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if proposal.state == State::Open {
        Ok(proposal)
    } else {
        Err(Error::Conflict(Message::new("proposal-refused-over")))
    }
}

async fn answerable(work: &mut Work, id: ProposalId) -> Result<Proposal> {
    let proposal = open(work, id).await?;
    let asked = work.actor.person().is_some_and(|person| proposal.asked_of.contains(&person));
    if asked { Ok(proposal) } else { Err(Error::NotFound) }
}

async fn close(
    work: &mut Work,
    proposal: &Proposal,
    state: State,
    words: &str,
    stand_in: Option<StandInId>,
) -> Result<()> {
    let (by, at) = (work.actor.person().map(|person| person.0), work.now);
    sqlx::query!(
        "update stand_in_proposal
            set state = $2, words = $3, closed_by = $4, closed_at = $5, stand_in_id = $6
          where id = $1 and state = 'open'",
        proposal.id.0,
        state.key(),
        words,
        by,
        at,
        stand_in.map(|id| id.0),
    )
    .execute(work.conn())
    .await?;
    let kind = match state {
        State::Approved => "stand_in.proposal_approved",
        State::Refused => "stand_in.proposal_refused",
        State::TakenBack => "stand_in.proposal_taken_back",
        State::Open | State::Lapsed => "stand_in.proposal_lapsed",
    };
    let event = Event::done(kind, "stand_in_proposal", proposal.id).facts(json!({ "words": words }));
    work.record(event.about(proposal.asked_by).about(proposal.person)).await.map(drop)
}

/// The nightly chore, as portal.rs lists it: who answers follows the posts of the day, and what nobody answered in time is
/// over.
pub fn of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            let today = local(work.now).date_naive();
            for id in past(work.conn(), today).await? {
                let proposal = open(work, id).await?;
                close(work, &proposal, State::Lapsed, "", None).await?;
                tell(work, &proposal, proposal.asked_by, "stand_in.proposal_lapsed", "proposal-mail-lapsed").await?;
            }
            ask_anew(work, today).await
        })
        .await
    })
}

/// Open proposals whose last day is over.
async fn past(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<ProposalId>> {
    sqlx::query_scalar!(
        r#"select id as "id: ProposalId" from stand_in_proposal where state = 'open' and upper(during) <= $1 order by id"#,
        today
    )
    .fetch_all(conn)
    .await
}

/// Asks those who are above the post today; whoever is new among them is told.
async fn ask_anew(work: &mut Work, today: NaiveDate) -> Result<()> {
    let moved = sqlx::query!(
        r#"update stand_in_proposal w
              set asked_of = superiors_of_post(w.post_id, $1)
             from stand_in_proposal old
            where old.id = w.id and w.state = 'open' and w.asked_of <> superiors_of_post(w.post_id, $1)
        returning w.id as "id: ProposalId", array(select unnest(w.asked_of) except select unnest(old.asked_of)) as "fresh!: Vec<PersonId>""#,
        today
    )
    .fetch_all(work.conn())
    .await?;
    for row in moved {
        let Some(proposal) = find(work.conn(), row.id).await? else { continue };
        let facts = json!({ "asked_of": proposal.asked_of });
        let event = Event::done("stand_in.proposal_moved", "stand_in_proposal", row.id).facts(facts);
        work.record(event.about(proposal.asked_by).about(proposal.person)).await?;
        for person in row.fresh {
            tell(work, &proposal, person, PROPOSED, "proposal-mail-asked").await?;
        }
    }
    Ok(())
}

/// One proposal in view.
pub async fn find(conn: &mut PgConnection, id: ProposalId) -> sqlx::Result<Option<Proposal>> {
    Ok(read(conn, Some(id), None, None).await?.into_iter().next())
}

/// What this person asked for, the newest first.
pub async fn asked_by(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<Proposal>> {
    read(conn, None, Some(person), None).await
}

/// What waits for this person's answer, the oldest first.
pub async fn waiting_for(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<Proposal>> {
    let mut found = read(conn, None, None, Some(person)).await?;
    found.reverse();
    Ok(found)
}

async fn read(
    conn: &mut PgConnection,
    id: Option<ProposalId>,
    asked_by: Option<PersonId>,
    waits_for: Option<PersonId>,
) -> sqlx::Result<Vec<Proposal>> {
    let rows = sqlx::query!(
        r#"select w.id as "id: ProposalId", w.post_id as "post: PostId", p.tier as "tier: Tier", d.name as department_name,
                  w.asked_by as "asked_by: PersonId", h.family_name as asker_family, h.given_name as asker_given,
                  w.person_id as "person: PersonId", m.family_name, m.given_name,
                  lower(w.during) as "from!: NaiveDate", upper(w.during) - 1 as "last!: NaiveDate",
                  w.reason, w.asked_at, w.asked_of as "asked_of: Vec<PersonId>", w.state as "state: State", w.words, w.closed_at,
                  array(select n.family_name || ' ' || n.given_name
                          from person n
                         where n.id = any (w.asked_of)
                         order by n.reading, n.employee_no) as "asked_of_names!: Vec<String>",
                  (select n.family_name || ' ' || n.given_name from person n where n.id = w.closed_by) as closed_by_name
             from stand_in_proposal w
             join post p on p.id = w.post_id
             join department d on d.id = p.department_id
             join person h on h.id = w.asked_by
             join person m on m.id = w.person_id
            where ($1::uuid is null or w.id = $1)
              and ($2::uuid is null or w.asked_by = $2)
              and ($3::uuid is null or (w.state = 'open' and w.asked_of @> array[$3]))
            order by w.asked_at desc, w.id desc
            limit 100"#,
        id.map(|id| id.0),
        asked_by.map(|person| person.0),
        waits_for.map(|person| person.0),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Proposal {
            id: row.id,
            post: row.post,
            tier: row.tier,
            department_name: row.department_name,
            asked_by: row.asked_by,
            asked_by_name: full_name(&row.asker_family, &row.asker_given),
            person: row.person,
            person_name: full_name(&row.family_name, &row.given_name),
            from: row.from,
            last: row.last,
            reason: row.reason,
            asked_at: row.asked_at,
            asked_of: row.asked_of,
            asked_of_names: row.asked_of_names,
            state: row.state,
            words: row.words,
            closed_by_name: row.closed_by_name,
            closed_at: row.closed_at,
        })
        .collect())
}

async fn tell(
    work: &mut Work,
    proposal: &Proposal,
    person: PersonId,
    kind: &'static str,
    key: &'static str,
) -> Result<()> {
    let names = (proposal.asked_by_name.as_str(), proposal.person_name.as_str());
    let said = stand_ins::said(key, names, (proposal.from, proposal.last));
    let part = if kind == PROPOSED { Part::Waiting } else { Part::News };
    let notice = Notice::new(person, kind, said, ("stand_in_proposal", proposal.id)).under(part);
    work.notify(notice.at(format!("/me/stand-ins/{}", proposal.id))).await
}

/// Whoever is above the post is asked to agree.
const PROPOSED: &str = "stand_in.proposed";
