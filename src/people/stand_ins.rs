//! 代理の登録と終了: the office enters who stands in for a post's holder, for some days and with a reason; both are told.
use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgConnection;

use super::model::{StandInId, StandInWish};
use super::permissions::{self, Table};
use super::store;
use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::{PersonId, PostId};
use crate::kernel::notices::Notice;
use crate::kernel::work::Work;
use crate::web::notices::day;

/// What the office enters.
#[derive(Debug, Clone)]
pub struct NewStandIn {
    /// the post
    pub post: PostId,
    /// who stands in
    pub person: PersonId,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// why
    pub reason: String,
}

/// How an entry ended.
#[derive(Debug)]
pub enum Entered {
    /// It stands.
    Done(StandInId),
    /// The rules say no, at this field; nothing was written.
    Mend(&'static str, Message),
}

/// Enters a stand-in, if the rules allow it.
pub async fn enter(work: &mut Work, new: &NewStandIn) -> Result<Entered> {
    let post = store::find_post(work.conn(), new.post).await?.ok_or(Error::NotFound)?;
    let wish = wish(work, new, post.person).await?;
    // who stands in for the one who enters it is for those above to say (代理の申出)
    if wish.entered_by == Some(wish.holder) {
        return Ok(Entered::Mend("post", Message::new("stand-in-refused-own-post")));
    }
    if let Some((field, words)) = wish.refusal() {
        return Ok(Entered::Mend(field, words));
    }
    let id = StandInId::new(work.now);
    let (by, at) = (work.actor.person(), work.now);
    let written = sqlx::query!(
        "insert into stand_in (id, post_id, person_id, during, reason, entered_by, entered_at)
         values ($1, $2, $3, daterange($4, $5, '[]'), $6, $7, $8)",
        id.0,
        new.post.0,
        new.person.0,
        new.from,
        new.last,
        new.reason,
        by.map(|person| person.0),
        at,
    )
    .execute(work.conn())
    .await;
    match written {
        Ok(_) => {}
        // somebody else entered one in the meantime
        Err(error) if violated_constraint(&error) == Some("stand_in_post_id_during_excl") => {
            return Ok(Entered::Mend("person", Message::new("stand-in-refused-taken")));
        }
        Err(error) => return Err(error.into()),
    }
    let facts = json!({ "post": new.post, "from": new.from, "last": new.last, "reason": new.reason });
    let event = Event::done("stand_in.entered", "stand_in", id).facts(facts).within(post.department);
    work.record(event.about(post.person).about(new.person)).await?;
    tell(work, id, "stand_in.entered", "stand-in-mail-entered").await?;
    Ok(Entered::Done(id))
}

/// What the rules say against it as things stand, with the field; the same that [`enter`] will ask.
pub async fn refusal(work: &mut Work, new: &NewStandIn, holder: PersonId) -> Result<Option<(&'static str, Message)>> {
    Ok(wish(work, new, holder).await?.refusal())
}

/// What this stand-in will not decide, although it stands: the tier that they hold themselves and that a route keeps apart
/// from the one they stand in for.
pub async fn kept_from(conn: &mut PgConnection, table: &Table, new: &NewStandIn) -> Result<Option<Tier>> {
    let Some(post) = store::find_post(conn, new.post).await? else { return Ok(None) };
    let apart: Vec<String> = table.kept_from(post.tier).map(|tier| tier.key().to_owned()).collect();
    let held = sqlx::query_scalar!(
        r#"select p.tier as "tier: Tier" from post p
            where natural_person(p.person_id) = natural_person($1) and p.tier = any ($2) and p.during && daterange($3, $4, '[]')
            order by p.id
            limit 1"#,
        new.person.0,
        &apart,
        new.from,
        new.last.max(new.from),
    )
    .fetch_optional(conn);
    Ok(held.await?)
}

/// Gathers what the rules ask about, holding both persons so that no second entry slips in between.
async fn wish(work: &mut Work, new: &NewStandIn, holder: PersonId) -> Result<StandInWish> {
    let entered_by = work.actor.person();
    sqlx::query!("select id from person where id = any ($1) order by id for update", &[holder.0, new.person.0][..])
        .fetch_all(work.conn())
        .await?;
    let facts = sqlx::query!(
        r#"select p.tier as "tier: Tier", upper(p.during) as "until?: NaiveDate",
                  natural_person($2) as "holder!: PersonId", natural_person($3) as "person!: PersonId",
                  natural_person($6) as "entered_by?: PersonId",
                  is_outsider($3, daterange($4, $5, '[]')) as "outsider!",
                  exists (select from stand_in s
                           where s.post_id = p.id and s.ended_at is null and s.during && daterange($4, $5, '[]')) as "taken!",
                  exists (select from stand_in s join post q on q.id = s.post_id
                           where s.ended_at is null and s.during && daterange($4, $5, '[]')
                             and (natural_person(q.person_id) = natural_person($3) or natural_person(s.person_id) = natural_person($2))) as "chained!"
             from post p
            where p.id = $1"#,
        new.post.0,
        holder.0,
        new.person.0,
        new.from,
        new.last.max(new.from),
        entered_by.map(|person| person.0),
    )
    .fetch_one(work.conn())
    .await?;
    Ok(StandInWish {
        tier: facts.tier,
        holder: facts.holder,
        person: facts.person,
        from: new.from,
        last: new.last,
        post_until: facts.until,
        today: local(work.now).date_naive(),
        grants_rights: !permissions::in_force(work.app())?.may_have_stand_in(facts.tier),
        taken: facts.taken,
        chained: facts.chained,
        outsider: facts.outsider,
        entered_by: facts.entered_by,
    })
}

/// Ends a stand-in before its last day (or before it began).
pub async fn end(work: &mut Work, id: StandInId) -> Result<()> {
    let (by, at, today) = (work.actor.person(), work.now, local(work.now).date_naive());
    let ended = sqlx::query!(
        "update stand_in set ended_at = $2, ended_by = $3 where id = $1 and ended_at is null and upper(during) > $4",
        id.0,
        at,
        by.map(|person| person.0),
        today,
    )
    .execute(work.conn())
    .await?;
    if ended.rows_affected() == 0 {
        let known = store::find_stand_in(work.conn(), id).await?.is_some();
        return Err(if known { Error::Conflict(Message::new("stand-in-refused-over")) } else { Error::NotFound });
    }
    let stand_in = store::find_stand_in(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let event = Event::done("stand_in.ended", "stand_in", id).facts(json!({ "post": stand_in.post }));
    work.record(event.about(stand_in.holder).about(stand_in.person)).await?;
    tell(work, id, "stand_in.ended", "stand-in-mail-ended").await
}

/// Both hear of it, in the language that everybody here reads.
async fn tell(work: &mut Work, id: StandInId, kind: &'static str, key: &'static str) -> Result<()> {
    let stand_in = store::find_stand_in(work.conn(), id).await?.ok_or(Error::NotFound)?;
    for person in [stand_in.holder, stand_in.person] {
        let names = (stand_in.holder_name.as_str(), stand_in.person_name.as_str());
        let said = said(key, names, (stand_in.from, stand_in.last));
        work.notify(Notice::new(person, kind, said, ("stand_in", stand_in.id)).at("/me/stand-ins")).await?;
    }
    Ok(())
}

/// What is said about a stand-in: of whom, by whom, from when to when.
pub(super) fn said(key: &'static str, (holder, name): (&str, &str), (from, last): (NaiveDate, NaiveDate)) -> Message {
    Message::new(key).with("holder", holder).with("name", name).with("from", day(from)).with("last", day(last))
}
