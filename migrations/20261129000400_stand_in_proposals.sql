-- 代理の申出: the holder of a post proposes who stands in for them, and their superior says yes or no. Only then does a
-- stand-in come to be. Who is asked: the nearest head above in the department tree; nobody there, the office; for the
-- office's own posts the CISO or the committee.

set role mamori_owner;

create table stand_in_proposal (
  id uuid primary key,
  post_id uuid not null references post (id),
  person_id uuid not null references person (id),
  during daterange not null check (not isempty(during) and lower(during) is not null and upper(during) is not null),
  reason text not null check (reason <> ''),
  asked_by uuid not null references person (id),
  asked_at timestamptz not null,
  -- those who may answer as things stand
  asked_of uuid[] not null,
  state text not null default 'open' check (state in ('open', 'approved', 'refused', 'taken_back', 'lapsed')),
  words text not null default '',
  closed_by uuid references person (id),
  closed_at timestamptz,
  stand_in_id uuid unique references stand_in (id),
  version int not null default 1,
  check (upper(during) - lower(during) <= 31),
  check ((state = 'open') = (closed_at is null)),
  check ((state = 'approved') = (stand_in_id is not null)),
  check (state <> 'refused' or words <> ''),
  -- what lapsed was closed by the calendar
  check ((closed_by is null) = (state in ('open', 'lapsed'))),
  exclude using gist (post_id with =, during with &&) where (state = 'open')
);
create index stand_in_proposal_asked on stand_in_proposal (asked_by, asked_at desc);
create index stand_in_proposal_open on stand_in_proposal using gin (asked_of) where state = 'open';

-- Who is above a post on this day.
create function superiors_of_post(held uuid, today date) returns uuid[] language sql stable security definer
  set search_path = public, pg_temp as $$
  with recursive mine as (
    select p.tier, p.department_id, natural_person(p.person_id) as holder from post p where p.id = held
  ), up as (
    select d.id, d.parent_id, 0 as distance from mine join department d on d.id = mine.department_id
    union all
    select d.id, d.parent_id, up.distance + 1 from up join department d on d.id = up.parent_id where up.distance < 30
  ), there as (
    select p.tier, p.department_id, p.person_id
      from post p
      join person n on n.id = p.person_id and n.joined_on <= today and (n.left_on is null or n.left_on >= today)
     where p.during @> today and natural_person(p.person_id) <> (select holder from mine)
  ), heads as (
    select up.distance, t.person_id
      from up
      join there t on t.tier = 'manager' and t.department_id = up.id
     -- a head's own section has no head above them
     where (select tier from mine) <> 'office' and (up.distance > 0 or (select tier from mine) <> 'manager')
  ), nearest as (
    select person_id from heads where distance = (select min(distance) from heads)
  ), office as (
    select person_id from there where tier = 'office' and (select tier from mine) <> 'office' and not exists (select from nearest)
  ), top as (
    select person_id from there
     where tier in ('ciso', 'committee') and not exists (select from nearest) and not exists (select from office)
  )
  select coalesce(array_agg(distinct person_id), '{}')
    from (select person_id from nearest union all select person_id from office union all select person_id from top) found
$$;

-- In one's own name, for one's own post; answered by whom it was asked of, never by the two whom it is about; and what has
-- been closed stays as it is.
create function stand_in_proposal_true() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.asked_by is distinct from viewer_id() or new.state <> 'open'
       or not exists (select from post p where p.id = new.post_id and p.person_id = new.asked_by) then
      raise exception 'in another name' using errcode = 'PT403';
    end if;
    return new;
  end if;
  if old.state <> 'open' then
    raise exception 'an answered proposal stays as it is' using errcode = 'PT409';
  end if;
  if new.state in ('approved', 'refused') then
    if new.closed_by is distinct from viewer_id() or not new.closed_by = any (old.asked_of)
       or natural_person(new.closed_by) in (natural_person(new.asked_by), natural_person(new.person_id)) then
      raise exception 'not asked' using errcode = 'PT403';
    end if;
  elsif new.state = 'taken_back' and (new.closed_by is distinct from viewer_id() or new.closed_by <> new.asked_by) then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  new.version := old.version + 1;
  return new;
end $$;
create trigger kept before insert or update on stand_in_proposal for each row execute function stand_in_proposal_true();

revoke all on function superiors_of_post(uuid, date), stand_in_proposal_true() from public;
grant execute on function superiors_of_post(uuid, date) to mamori_app, mamori_worker;

grant select, insert on stand_in_proposal to mamori_app, mamori_worker;
grant update (asked_of, state, words, closed_by, closed_at, stand_in_id, version) on stand_in_proposal to mamori_app, mamori_worker;

alter table stand_in_proposal enable row level security;
create policy look on stand_in_proposal for select to mamori_app
  using (asked_by = (select viewer_id()) or person_id = (select viewer_id()) or (select viewer_id()) = any (asked_of) or (select viewer_all()));
create policy put on stand_in_proposal for insert to mamori_app with check (asked_by = (select viewer_id()));
create policy move on stand_in_proposal for update to mamori_app
  using (asked_by = (select viewer_id()) or (select viewer_id()) = any (asked_of) or (select viewer_all()))
  with check (asked_by = (select viewer_id()) or (select viewer_id()) = any (asked_of) or (select viewer_all()));
create policy portal on stand_in_proposal to mamori_worker using ((select viewer_all())) with check ((select viewer_all()));

select put_under_seal('stand_in_proposal', '{id}', '{version}');

reset role;
