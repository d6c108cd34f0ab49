-- A step may be that of one named function alone (役割): where a clause names the information system officer, no other officer of
-- that tier works in their place (katsuura 20-1-4b). The seat says which: `operator/system_officer:`.

set role mamori_owner;

alter table request_step add column function text check (function <> '');
alter table request_step add column moved_from_function text check (moved_from_function <> '');
drop view request_turns_pub;
alter table request_step drop column seat;
-- at which seat it waits; a step of a person waits at none
alter table request_step add column seat text generated always as (
  case when applicant or act in ('acknowledge', 'notify') then null
       else tier || coalesce('/' || function, '') || ':' || coalesce(department_id::text, '') end) stored;
create index request_step_open on request_step (seat, due, request_id) where arrived_at is not null and ended_at is null;
grant update (function, moved_from_function) on request_step to mamori_app, mamori_worker;
select put_under_seal('request_step', '{request_id,round,at}');

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

-- Who sits where, now with the function that each post is for.
drop function seats_of(date);
create function seats_of(day date)
  returns table (tier text, function text, department_id uuid, held boolean, present boolean, holder uuid, deputy uuid)
  language sql stable security definer set search_path = public, auth, pg_temp as $$
  select p.tier, p.function, p.department_id,
         p.during @> day and (h.left_on is null or h.left_on >= day),
         exists (select from auth.credential c where c.person_id = h.id and c.disabled_at is null),
         coalesce(h.owner_person, h.id),
         coalesce(d.owner_person, d.id)
    from post p
    join person h on h.id = p.person_id
    left join stand_in s on s.post_id = p.id and s.ended_at is null and s.during @> day
    left join person d on d.id = s.person_id
                      and exists (select from auth.credential c where c.person_id = d.id and c.disabled_at is null)
   where viewer_known()
     and p.tier <> 'staff'
     and not exists (select from designation n where n.post_id = p.id)
   order by p.id
$$;
revoke all on function seats_of(date) from public;
grant execute on function seats_of(date) to mamori_app, mamori_worker;

-- 代決 asks for the holders of the function, where the step is theirs.
create or replace function deciders_by_rule(asked uuid, today date)
  returns table (rule_id uuid, post_id uuid, holder uuid, person_id uuid, tier text, department_id uuid, reserved boolean,
                 stood_in boolean, away boolean, back_on date, since date, when_absent boolean, after_days int, review_days int, in_turn boolean, offered boolean, at int)
  language sql stable security definer set search_path = public, pg_temp as $$
  with asking as (
    select r.id, r.kind, r.round, r.joins, r.requester_id, s.key, s.tier, s.function, s.department_id, s.at, (s.arrived_at at time zone 'Asia/Tokyo')::date as since,
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
      join post p on p.tier = k.tier and (k.department_id is null or p.department_id = k.department_id) and (k.function is null or p.function = k.function)
                  and p.during @> today
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

-- Whoever decides or works there does so in the post of that function, or as one whom its holder named.
create function post_of_the_function() returns trigger language plpgsql as $$
declare
  wanted text;
begin
  select s.function into wanted
    from request_step s
   where s.request_id = new.request_id and s.round = new.round and s.at = new.step and s.key = new.step_key;
  if wanted is not null
     and not exists (select from post p where p.id = new.post_id and p.function = wanted)
     and not exists (select from designation d where d.post_id = new.post_id) then
    raise exception 'not in the function that the step is for' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger post_of_the_function before insert on decision for each row execute function post_of_the_function();
create trigger post_of_the_function before insert on execution for each row execute function post_of_the_function();

reset role;
