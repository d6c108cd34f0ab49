-- A step may be that of one person whom the form names (申請書で選んだ人, 24-1-3: the author of a document before the responsible officer): nobody
-- else of their tier answers there. The seat says whose it is: `staff/<person>:`; `function` says by which field (`field:author`).

set role mamori_owner;

alter table request_step add column person_id uuid references person (id);
alter table request_step add column moved_from_person uuid references person (id);
alter table request_step add constraint request_step_person check (person_id is null or tier = 'staff' and department_id is null and function like 'field:%');
drop view request_turns_pub;
alter table request_step drop column seat;
-- at which seat it waits; a step of whoever files or receives waits at none
alter table request_step add column seat text generated always as (
  case when applicant or act in ('acknowledge', 'notify') then null
       when person_id is not null then tier || '/' || person_id::text || ':'
       else tier || coalesce('/' || function, '') || ':' || coalesce(department_id::text, '') end) stored;
create index request_step_open on request_step (seat, due, request_id) where arrived_at is not null and ended_at is null;
create index request_step_to_come on request_step (seat, request_id) where arrived_at is null and skipped is null;
create index request_step_of_person on request_step (person_id) where person_id is not null;
create index request_step_from_person on request_step (department_id) where moved_from_person is not null;
grant update (person_id, moved_from_person) on request_step to mamori_app, mamori_worker;
select put_under_seal('request_step', '{request_id,round,at}');

create view request_turns_pub with (security_invoker = true) as
  select s.request_id, s.at, s.key,
         case when s.act in ('execute', 'report') then 'execute' when s.act = 'acknowledge' then 'acknowledge' else 'decide' end as type,
         case when s.seat is not null and s.person_id is null then s.tier end as tier, s.department_id, s.seat, s.named_seat,
         case when s.act = 'acknowledge' then coalesce(r.beneficiary_id, r.requester_id) when s.applicant then r.requester_id
              else s.person_id end as person_id,
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

-- The seat of one person on a day: the natural person, the department of their main post (of the last one, where none is left), whether
-- they are there, and who stands in for that post.
create function seat_of_person(someone uuid, day date)
  returns table (person uuid, department_id uuid, present boolean, deputy uuid)
  language sql stable security definer set search_path = public, auth, pg_temp as $$
  select h.id, p.department_id,
         coalesce(p.during @> day, false) and h.joined_on <= day and (h.left_on is null or h.left_on >= day)
           and exists (select from auth.credential c where c.person_id = h.id and c.disabled_at is null),
         (select coalesce(d.owner_person, d.id)
            from stand_in s
            join person d on d.id = s.person_id
                          and exists (select from auth.credential c where c.person_id = d.id and c.disabled_at is null)
           where s.post_id = p.id and p.during @> day and s.ended_at is null and s.during @> day
             and (h.left_on is null or h.left_on >= day)
           order by s.id
           limit 1)
    from person asked
    join person h on h.id = coalesce(asked.owner_person, asked.id)
    left join lateral (
           select q.id, q.department_id, q.during
             from post q
            where q.person_id = h.id and q.main and lower(q.during) <= day
            order by lower(q.during) desc
            limit 1) p on true
   where asked.id = someone and viewer_known()
$$;
revoke all on function seat_of_person(uuid, date) from public;
grant execute on function seat_of_person(uuid, date) to mamori_app, mamori_worker;

-- Whoever decides or works there does so in the post of that function, or as one whom its holder named; and where the form names
-- one person, in the main post of that person.
create or replace function post_of_the_function() returns trigger language plpgsql as $$
declare
  s request_step;
begin
  select * into s
    from request_step t
   where t.request_id = new.request_id and t.round = new.round and t.at = new.step and t.key = new.step_key;
  if s.person_id is not null then
    if not exists (select from post p where p.id = new.post_id and p.main and natural_person(p.person_id) = s.person_id) then
      raise exception 'not the person whom the form names' using errcode = 'PT403';
    end if;
  elsif s.function is not null
     and not exists (select from post p where p.id = new.post_id and p.function = s.function)
     and not exists (select from designation d where d.post_id = new.post_id) then
    raise exception 'not in the function that the step is for' using errcode = 'PT403';
  end if;
  return new;
end $$;

-- What somebody reads beyond their posts: what the form gives to them, or to whom they stand in for; what went up from such a
-- person into their department; what they decided there; and what a rule offers them (代決), as before.
create or replace function viewer_by_rule() returns uuid[] language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  someone uuid := viewer_id();
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
  found uuid[];
begin
  if someone is null then
    return '{}';
  end if;
  found := array(
    select s.request_id
      from request_step s
      join request r on r.id = s.request_id and r.round = s.round
     where s.person_id = any (array_append(array(
             select natural_person(p.person_id)
               from stand_in i
               join post p on p.id = i.post_id and p.main and p.during @> today
              where i.person_id = someone and i.ended_at is null and i.during @> today), natural_person(someone)))
    union
    select s.request_id
      from request_step s
      join request r on r.id = s.request_id and r.round = s.round
     where s.moved_from_person is not null and s.department_id = any (viewer_departments())
    union
    select s.request_id
      from request_step s
      join decision d on d.request_id = s.request_id and d.round = s.round and d.step = s.at and d.decider = someone
     where s.person_id is not null);
  if not exists (select from acting_rule) then
    return found;
  end if;
  found := found || array(select d.request_id from decision d where d.decider = someone and d.acting_rule is not null);
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

reset role;
