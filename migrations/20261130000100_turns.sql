-- Whose turn it is stands with the steps themselves: several may wait at the same time (並行), and one may need the answers of
-- several (合議). The inbox and the queue read open steps by an index; a request's own row no longer says it a second time.

set role mamori_owner;

-- the first step of those that wait together
alter table request_step add column stage int;
-- how many answers it takes
alter table request_step add column needed int not null default 1 check (needed > 0);
-- 省略
alter table request_step add column skipped text check (skipped in ('vacant'));
alter table request_step add column due date;
update request_step set stage = at;
alter table request_step alter column stage set not null;
alter table request_step add constraint request_step_stage check (stage between 0 and at);
update request_step s
   set due = r.waiting_due
  from request r
 where r.id = s.request_id and r.round = s.round and r.step = s.at and r.waiting_due is not null;
-- rounds that have ended left no step open
update request_step s
   set ended_at = coalesce(r.closed_at, q.submitted_at)
  from request r
  join request_round q on q.request_id = r.id
 where r.id = s.request_id and q.round = s.round and s.arrived_at is not null and s.ended_at is null
   and (s.round < r.round or r.closed_at is not null);
-- at which seat it waits; a step of a person waits at none
alter table request_step add column seat text generated always as (
  case when applicant or act in ('acknowledge', 'notify') then null else tier || ':' || coalesce(department_id::text, '') end) stored;
alter table request_step add column named_seat text generated always as (
  case when designee then 'operator:' || coalesce(department_id::text, '') end) stored;
create index request_step_open on request_step (seat, due, request_id) where arrived_at is not null and ended_at is null;
create index request_step_named on request_step (named_seat, due, request_id)
  where arrived_at is not null and ended_at is null and named_seat is not null;
create index request_step_due on request_step (due) where arrived_at is not null and ended_at is null;
grant update (needed, skipped, due) on request_step to mamori_app, mamori_worker;

alter table request drop constraint request_check2;
alter table request drop column waiting_seat;
alter table request drop column waiting_also;
alter table request drop column waiting_type;
alter table request drop column waiting_tier;
alter table request drop column waiting_dept;
alter table request drop column waiting_person;
alter table request drop column waiting_since;
alter table request drop column waiting_due;
create index request_under_way on request (requester_id, filed_at desc, id desc) where closed_at is null;
create index request_under_way_about on request (beneficiary_id) where closed_at is null and beneficiary_id is not null;
select put_under_seal('request', '{id}', '{search}');
select put_under_seal('request_step', '{request_id,round,at}');

-- 組織が定めた手続: what becomes of the steps between after a return; none: as the regulation's file has it.
alter table own_route add column after_return text check (after_return in ('repeat', 'sender'));
select put_under_seal('own_route', '{id}');

-- What waits, and for whom: one row for each open step, and one where the request is to be mended.
create view request_turns_pub with (security_invoker = true) as
  select s.request_id, s.at, s.key,
         case when s.act in ('execute', 'report') then 'execute' when s.act = 'acknowledge' then 'acknowledge' else 'decide' end as type,
         case when s.seat is not null then s.tier end as tier, s.department_id, s.seat, s.named_seat,
         case when s.act = 'acknowledge' then coalesce(r.beneficiary_id, r.requester_id) when s.applicant then r.requester_id end as person_id,
         s.arrived_at as since, s.due
    from request_step s
    join request r on r.id = s.request_id and r.round = s.round
   where s.arrived_at is not null and s.ended_at is null
  union all
  select r.id, r.step, null, 'mend', null, null, null, null, r.requester_id,
         (select max(s.ended_at) from request_step s where s.request_id = r.id and s.round = r.round), null
    from request r
   where r.phase in ('returned', 'pulled_back');
grant select on request_turns_pub to mamori_app, mamori_worker;

-- Has work on it been done that somebody has still to confirm they received?
create function to_receive(asked uuid, of_round int) returns boolean language sql stable as $$
  select exists (select from request_line l where l.request_id = asked and l.round = of_round and l.state = 'executed')
     and exists (select from request_step s where s.request_id = asked and s.round = of_round and s.act = 'acknowledge')
$$;

-- What waits for somebody with these seats (inbox, work queue): where they sit, where they were named, what is theirs as the one who
-- filed; and to the work belongs the signed slip of one who cannot sign in. Their own matters wait for others, and so does
-- what they have answered already. With the first of the days.
create function waiting_for(wanted text, seats text[], also text[], selves uuid[]) returns table (request_id uuid, due date)
  language sql stable as $$
  select m.request_id, min(m.due)
    from (
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, false as own
        from request_step s
       where s.arrived_at is not null and s.ended_at is null and s.seat = any (seats)
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, false
        from request_step s
        join request r on r.id = s.request_id
       where s.arrived_at is not null and s.ended_at is null and s.named_seat = any (also)
         and 'named:' || r.kind || '/' || s.key = any (seats)
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, true
        from request r
        join request_step s on s.request_id = r.id and s.round = r.round and s.applicant
       where r.requester_id = any (selves) and r.closed_at is null and s.arrived_at is not null and s.ended_at is null
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, false
        from request_step s
        join request r on r.id = s.request_id and r.round = s.round
        join request_step w on w.request_id = s.request_id and w.round = s.round and w.act = 'execute'
       where wanted = 'execute' and s.act = 'acknowledge' and s.arrived_at is not null and s.ended_at is null
         and (w.seat = any (seats) or w.designee and 'named:' || r.kind || '/' || w.key = any (seats))
         and not signs_in(coalesce(r.beneficiary_id, r.requester_id))
    ) m
    join request r on r.id = m.request_id
   where (m.own or r.requester_id is null or r.requester_id <> all (selves))
     and (r.beneficiary_id is null or r.beneficiary_id <> all (selves))
     and (m.own or m.act = 'acknowledge' or not exists (
            select from decision c
             where c.request_id = r.id and c.round = r.round and c.step <> m.at and c.decider = any (selves)
               and not (least(c.step_key, m.key) || '|' || greatest(c.step_key, m.key)) = any (r.joins)))
     and (m.needed = 1 or not exists (
            select from decision c
             where c.request_id = r.id and c.round = r.round and c.step = m.at
               and (c.decider = any (selves) or c.acting_for = any (selves)) and counts(c)))
   group by m.request_id
$$;
revoke all on function to_receive(uuid, int), waiting_for(text, text[], text[], uuid[]) from public;
grant execute on function to_receive(uuid, int), waiting_for(text, text[], text[], uuid[]) to mamori_app, mamori_worker;

-- Does a decision still count? What stands beside the step to which it was sent back keeps counting.
create or replace function counts(d decision) returns boolean language sql stable as $$
  select d.verdict <> 'take_back'
     and not exists (select from decision t where t.takes_back = d.no)
     and not exists (select from decision b
                       join request_step s on s.request_id = d.request_id and s.round = d.round and s.at = d.step
                       join request_step t on t.request_id = b.request_id and t.round = b.round and t.at = b.returned_to
                      where b.request_id = d.request_id and b.round = d.round and b.no > d.no
                        and (b.returned_to = d.step or b.after_return = 'repeat' and t.stage < s.stage)
                        and not exists (select from decision t where t.takes_back = b.no))
$$;

create or replace function keep_duties_apart() returns trigger language plpgsql as $$
declare
  r request;
  s request_step;
  who uuid;
  me uuid[];
  clash boolean;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  who := case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end;
  if who is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  -- what is taken back is judged by what it takes back
  if to_jsonb(new) ->> 'verdict' = 'take_back' then
    return new;
  end if;
  select * into s from request_step t where t.request_id = r.id and t.round = r.round and t.at = new.step and t.key = new.step_key;
  if not found then
    raise exception 'no such step' using errcode = 'PT403';
  end if;
  if new.round <> r.round or new.content_hash <> r.content_hash or s.arrived_at is null or s.ended_at is not null
     or r.phase not in ('in_review', 'executing', 'reporting') then
    raise exception 'content or step changed' using errcode = 'PT409';
  end if;
  me := array_remove(array[natural_person(who), natural_person(new.acting_for)], null);
  if s.applicant then
    -- whoever filed, in their own name, on nothing about themselves; as a party they act on no other step
    if natural_person(who) is distinct from natural_person(r.requester_id) or new.acting_for is not null
       or natural_person(who) = natural_person(r.beneficiary_id) then
      raise exception 'not the applicant' using errcode = 'PT403';
    end if;
    return new;
  end if;
  if me && array_remove(array[natural_person(r.requester_id), natural_person(r.beneficiary_id)], null) then
    raise exception 'own matter' using errcode = 'PT403';
  end if;
  select exists (
    select from (
      select d.step_key, d.decider as person, d.acting_for from decision d where d.request_id = r.id and d.round = r.round
      union all
      select e.step_key, e.executor, e.acting_for from execution e where e.request_id = r.id and e.round = r.round
    ) earlier
    where earlier.step_key <> new.step_key
      and not (least(earlier.step_key, new.step_key) || '|' || greatest(earlier.step_key, new.step_key)) = any (r.joins)
      and array_remove(array[natural_person(earlier.person), natural_person(earlier.acting_for)], null) && me
  ) into clash;
  if clash then
    raise exception 'already acted on another step' using errcode = 'PT403';
  end if;
  -- where several answer, each answers once, by themselves or by another one in their place
  if s.needed > 1 and exists (
    select from decision d
     where d.request_id = r.id and d.round = r.round and d.step = s.at and counts(d)
       and array_remove(array[natural_person(d.decider), natural_person(d.acting_for)], null) && me) then
    raise exception 'answered already' using errcode = 'PT403';
  end if;
  return new;
end $$;

-- 引戻し: one's own decision, in the same capacity, as long as nobody has acted since, and nothing is closed. Who answers beside it
-- takes nothing from it, but whoever stops the request or sends it away.
create or replace function own_and_last() returns trigger language plpgsql as $$
declare
  r request;
  d decision;
  own int;
begin
  if new.verdict <> 'take_back' then
    return new;
  end if;
  select * into r from request where id = new.request_id for update;
  select * into d from decision x where x.no = new.takes_back;
  if d.id is null or d.request_id <> r.id or d.round <> new.round or d.step <> new.step or d.step_key <> new.step_key or d.line <> new.line
     or d.post_id <> new.post_id or d.acting_rule is not null or natural_person(d.decider) <> natural_person(new.decider) then
    raise exception 'not their decision' using errcode = 'PT403';
  end if;
  select s.stage into own from request_step s where s.request_id = r.id and s.round = d.round and s.at = d.step;
  if new.round <> r.round or new.content_hash <> r.content_hash
     or r.phase not in ('in_review', 'returned', 'executing', 'handing_over', 'reporting') or not counts(d)
     or exists (select from decision x
                  join request_step s on s.request_id = x.request_id and s.round = x.round and s.at = x.step
                 where x.request_id = r.id and x.round = r.round and x.step <> d.step and counts(x)
                   and case when s.stage = own then x.no > d.no and x.verdict in ('refuse', 'return') else x.no > d.no or s.stage > own end)
     or exists (select from execution e where e.request_id = r.id and e.round = r.round and e.step > d.step) then
    raise exception 'somebody has acted since' using errcode = 'PT409';
  end if;
  return new;
end $$;

-- Work comes after every answer of its round that still counts, as many as each step takes; what was denied is never worked on.
create or replace function after_approval() returns trigger language plpgsql as $$
begin
  if not exists (select from request_step s
                  where s.request_id = new.request_id and s.round = new.round and s.at = new.step and s.act = 'execute') then
    raise exception 'no work at this step' using errcode = 'PT403';
  end if;
  if exists (
    select from request_step s
     where s.request_id = new.request_id and s.round = new.round and s.at < new.step and s.skipped is null
       and s.act in ('decide', 'permit', 'instruct', 'consult', 'confirm')
       and s.needed > (select count(distinct natural_person(coalesce(d.acting_for, d.decider))) from decision d
                        where d.request_id = s.request_id and d.round = s.round and d.step = s.at
                          and d.verdict in ('approve', 'opinion') and d.line in (0, new.line) and counts(d))
  ) then
    raise exception 'not approved' using errcode = 'PT403';
  end if;
  return new;
end $$;

-- 代決: of the decisions for which a request waits, each is looked at by itself.
drop function deciders_by_rule(uuid, date);
create function deciders_by_rule(asked uuid, today date)
  returns table (rule_id uuid, post_id uuid, holder uuid, person_id uuid, tier text, department_id uuid, reserved boolean,
                 stood_in boolean, away boolean, back_on date, since date, when_absent boolean, after_days int, review_days int, in_turn boolean, offered boolean, at int)
  language sql stable security definer set search_path = public, pg_temp as $$
  with asking as (
    select r.id, r.kind, r.round, r.joins, r.requester_id, s.key, s.tier, s.department_id, s.at, (s.arrived_at at time zone 'Asia/Tokyo')::date as since,
           array_remove(array[natural_person(r.requester_id), natural_person(r.beneficiary_id)], null) as parties
      from request r
      join request_step s on s.request_id = r.id and s.round = r.round and s.act = 'decide' and not s.applicant
       and s.arrived_at is not null and s.ended_at is null
     where r.id = asked and r.phase = 'in_review'
  ), rule as (
    select k.at, a.* from asking k join acting_rules(today) a on a.tier = k.tier and a.who <> 'nobody'
  ), seat as (
    -- those who could decide, were they there; who cannot sign in has left the seat
    select k.at, p.id, p.tier, p.department_id, natural_person(p.person_id) as holder,
           (select max(upper(a.during) - 1) from absence a
             where natural_person(a.person_id) = natural_person(p.person_id) and a.ended_at is null and a.during @> today) as back_on
      from asking k
      join rule a on a.at = k.at
      join post p on p.tier = k.tier and (k.department_id is null or p.department_id = k.department_id) and p.during @> today
      join person n on n.id = p.person_id and (n.left_on is null or n.left_on >= today)
     where holds_sign_in(n.id) and natural_person(n.id) <> all (k.parties)
  ), named as (
    -- since when they have been what the rule names: so they stand in order
    select a.at, a.id as rule_id, s.id as post_id, q.person_id, min(lower(q.during)) as named_since
      from rule a
      join seat s on s.at = a.at
      join post q on q.during @> today and (a.who = 'title' and q.title = a.title and q.department_id = s.department_id
                                            or a.who = 'function' and q.function = a.function)
     group by a.at, a.id, s.id, q.person_id
    union all
    select a.at, a.id, s.id, above.person_id,
           (select min(lower(q.during)) from post q
             where q.person_id = above.person_id and q.during @> today and q.tier in ('manager', 'office', 'ciso', 'committee'))
      from rule a
      join seat s on s.at = a.at
      cross join lateral unnest(superiors_of_post(s.id, today)) as above (person_id)
     where a.who = 'above'
  ), judged as (
    select k.*, (select bool_and(s.back_on is not null) from seat s where s.at = k.at) as away,
           k.kind like 'privileged.%' or k.requester_id is null or asks_for_administration(k.id, k.round) as never,
           exists (select from seat s
                     join stand_in i on i.post_id = s.id and i.ended_at is null and i.during @> today
                    where s.at = k.at and holds_sign_in(i.person_id) and natural_person(i.person_id) <> all (k.parties)) as stood_in
      from asking k
  ), found as (
    select a.id as rule_id, s.id as post_id, s.holder, m.person_id, s.tier, s.department_id, k.never or k.kind = any (a.excluded) as reserved,
           k.stood_in, coalesce(k.away, false) as away, s.back_on, k.since, a.when_absent, a.after_days, a.review_days,
           natural_person(m.person_id) <> all (k.parties)
             -- who took part at another step of this round decides nothing more of it, but where one may take both
             and not exists (select from decision d
                              where d.request_id = k.id and d.round = k.round and natural_person(d.decider) = natural_person(m.person_id)
                                and d.step_key <> k.key
                                and not (least(d.step_key, k.key) || '|' || greatest(d.step_key, k.key)) = any (k.joins)) as able,
           exists (select from absence b
                    where natural_person(b.person_id) = natural_person(m.person_id) and b.ended_at is null and b.during @> today) as is_away,
           m.named_since, k.at
      from judged k
      join named m on m.at = k.at
      join rule a on a.id = m.rule_id and a.at = k.at
      join seat s on s.id = m.post_id and s.at = k.at
      join person n on n.id = m.person_id and n.joined_on <= today and (n.left_on is null or n.left_on >= today)
     where holds_sign_in(n.id) and not is_outsider(n.id, daterange(today, today, '[]'))
       -- whoever sits there decides without a rule
       and not exists (select from seat own where own.at = k.at and own.holder = natural_person(n.id))
  ), ordered as (
    select f.*, row_number() over (partition by f.at, f.rule_id, f.post_id
                                   order by not f.able, f.is_away, f.named_since, f.person_id) as place
      from found f
  )
  select f.rule_id, f.post_id, f.holder, f.person_id, f.tier, f.department_id, f.reserved, f.stood_in, f.away, f.back_on, f.since,
         f.when_absent, f.after_days, f.review_days, f.place = 1,
         not f.reserved and not f.stood_in and f.able and f.place = 1
           and (f.when_absent and f.away or f.after_days is not null and open_days(f.since, today) >= f.after_days), f.at
    from ordered f
$$;
revoke all on function deciders_by_rule(uuid, date) from public;
grant execute on function deciders_by_rule(uuid, date) to mamori_app, mamori_worker, mamori_auth;

create or replace function viewer_by_rule() returns uuid[] language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  someone uuid := viewer_id();
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
  found uuid[];
begin
  if someone is null or not exists (select from acting_rule) then
    return '{}';
  end if;
  found := array(select d.request_id from decision d where d.decider = someone and d.acting_rule is not null);
  if today is null or not named_by_a_rule(someone, today) then
    return found;
  end if;
  return found || array(
    -- what waits near them, before the rule is asked about each
    with near as materialized (
      select distinct r.id
        from acting_rules(today) a
        join request_step s on s.tier = a.tier and s.act = 'decide' and s.arrived_at is not null and s.ended_at is null
        join request r on r.id = s.request_id and r.phase = 'in_review'
       where a.who in ('title', 'function')
         and (a.when_absent and exists (select from absence b where b.during @> today and b.ended_at is null)
              or (s.arrived_at at time zone 'Asia/Tokyo')::date + a.after_days < today)
         and exists (select from post q
                      where q.person_id = someone and q.during @> today
                        and (a.who = 'title' and q.title = a.title and q.department_id = coalesce(s.department_id, q.department_id)
                             or a.who = 'function' and q.function = a.function))
    )
    select n.id from near n where exists (select from deciders_by_rule(n.id, today) x where x.person_id = someone and x.offered));
end $$;

create or replace function by_rule_that_day() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
begin
  if new.acting_rule is null then
    return new;
  end if;
  perform from post p where p.id = new.post_id for share;
  perform from deciders_by_rule(new.request_id, today) x
   where x.rule_id = new.acting_rule and x.post_id = new.post_id and x.holder = natural_person(new.acting_for)
     and x.person_id = new.decider and x.tier = new.tier and x.at = new.step and x.offered;
  if not found then
    raise exception 'no rule lets this person decide' using errcode = 'PT403';
  end if;
  if new.review_due <= today then
    raise exception 'the absent one has time to read it' using errcode = 'PT403';
  end if;
  return new;
end $$;

reset role;
