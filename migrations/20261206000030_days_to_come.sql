-- The seats of a day to come (経路の点検): as they will stand by posts, stand-ins and last days, and by the personnel changes that
-- are entered and wait for their day. Which faults of routes are known, so that each is told once.

set role mamori_owner;

create function seats_expected(day date)
  returns table (tier text, function text, department_id uuid, held boolean, present boolean, holder uuid, deputy uuid)
  language sql stable security definer set search_path = public, auth, pg_temp as $$
  with waiting as (
    select m.*, coalesce(n.owner_person, n.id) as self
      from personnel_movement m
      join person n on n.id = m.person_id
     where m.applied_at is null and m.cancelled_at is null and m.effective_on <= day
  ), leave as (
    select distinct on (self) self, kind <> 'return' as away
      from waiting
     where kind in ('secondment', 'leave', 'maternity', 'childcare', 'return')
     order by self, effective_on desc, entered_at desc
  ), moved as (
    select distinct on (person_id) person_id, effective_on, to_department, to_tier
      from waiting
     where kind = 'transfer' and to_tier is not null
     order by person_id, effective_on desc, entered_at desc
  ), there as (
    select n.id, coalesce(n.owner_person, n.id) as self,
           (n.left_on is null or n.left_on >= day)
             and not exists (select from waiting w
                              where w.kind = 'retirement' and w.self = coalesce(n.owner_person, n.id) and w.effective_on < day)
             as employed,
           exists (select from credential c where c.person_id = n.id and (c.disabled_at is null or not l.away))
             and not coalesce(l.away, false) as present
      from person n
      left join leave l on l.self = coalesce(n.owner_person, n.id)
  )
  select p.tier, p.function, p.department_id,
         p.during @> day and h.employed
           and not (v.person_id is not null and p.main and lower(p.during) < v.effective_on
                    and not (p.department_id = v.to_department and p.tier = v.to_tier)),
         h.present, h.self, d.self
    from post p
    join there h on h.id = p.person_id
    left join moved v on v.person_id = p.person_id
    left join stand_in s on s.post_id = p.id and s.ended_at is null and s.during @> day
    left join there d on d.id = s.person_id and d.present and d.employed
   where viewer_known()
     and p.tier <> 'staff'
     and not exists (select from designation n where n.post_id = p.id)
  union all
  select v.to_tier, null, v.to_department, h.employed, h.present, h.self, null
    from moved v
    join there h on h.id = v.person_id
   where viewer_known() and v.to_tier <> 'staff'
$$;
revoke all on function seats_expected(date) from public;
grant execute on function seats_expected(date) to mamori_app, mamori_worker;

-- What the nightly check of the routes found last, each with the sections for which it is so.
create table route_fault (
  kind text not null check (kind <> ''),
  -- empty: the route as a whole
  step text not null,
  fault text not null check (fault <> ''),
  sections uuid[] not null,
  found_on date not null,
  primary key (kind, step, fault)
);
grant select, insert, delete on route_fault to mamori_worker;
grant update (sections) on route_fault to mamori_worker;
alter table route_fault enable row level security;
create policy all_of_it on route_fault to mamori_worker using ((select viewer_all())) with check ((select viewer_all()));

reset role;
