-- 指名: where the regulation lets a person act whom the holder of a post names (指名する者: coop 21-4-1, 21-4-4, 30b), that holder
-- names them: for which steps, from when until when. The naming is a post of the tier `operator` beside their own, so that the
-- history of posts says who could do what on any day; without a naming such a post gives nothing.

set role mamori_owner;

create table designation (
  -- the post of the one who was named; its period is that of the naming
  post_id uuid primary key references post (id) on delete cascade,
  -- the post whose holder named them: the naming ends with it
  by_post uuid not null references post (id),
  -- kind/step, and sign_in/release
  matters text[] not null check (cardinality(matters) > 0 and array_position(matters, null) is null),
  reason text not null check (reason <> ''),
  named_by uuid not null references person (id),
  named_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references person (id),
  check ((ended_at is null) = (ended_by is null)),
  check (post_id <> by_post)
);
create index designation_by on designation (by_post);

-- In one's own name, for one's own post and no longer than it lasts, never oneself; a naming is ended once, and nothing else of
-- it is ever changed. That nobody is named twice for the same days is the post's own rule.
create function designation_true() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  named post;
  base post;
begin
  if tg_op = 'UPDATE' then
    if old.ended_at is not null then
      raise exception 'the naming is over' using errcode = 'PT409';
    end if;
    if new.ended_by is distinct from viewer_id()
       or (to_jsonb(new) - 'ended_at' - 'ended_by') <> (to_jsonb(old) - 'ended_at' - 'ended_by') then
      raise exception 'a naming stays as it is' using errcode = 'PT403';
    end if;
    return new;
  end if;
  select * into strict named from post p where p.id = new.post_id for share;
  select * into strict base from post p where p.id = new.by_post for share;
  if new.ended_at is not null or new.named_by is distinct from viewer_id() or base.person_id <> new.named_by
     or base.tier in ('staff', 'operator', 'vendor') then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  if natural_person(named.person_id) = natural_person(base.person_id) then
    raise exception 'nobody names themselves' using errcode = 'PT403';
  end if;
  if named.tier <> 'operator' or named.main or named.department_id <> base.department_id
     or upper_inf(named.during) or not base.during @> named.during then
    raise exception 'a naming has its period, within that of the post' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger kept before insert or update on designation for each row execute function designation_true();

-- What the holder of this post was named for, in force on a day; with the day on which the naming was ended, or without it.
create function named_for(held uuid, day date, last_day_too boolean) returns text[] language sql stable security definer
  set search_path = public, pg_temp as $$
  select d.matters
    from designation d
    join post p on p.id = d.post_id and p.during @> day
    join post b on b.id = d.by_post and b.during @> day
    join person n on n.id = b.person_id and (n.left_on is null or n.left_on >= day)
   where d.post_id = held
     and (d.ended_at is null or (d.ended_at at time zone 'Asia/Tokyo')::date > day
          or last_day_too and (d.ended_at at time zone 'Asia/Tokyo')::date = day)
$$;

-- Whoever acts as one who was named, where the regulation says so, was named that day for that step: second judge beside the
-- machine. Naming and posts are held until the act commits.
create function named_that_day() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s request_step;
  kind text;
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
begin
  if new.tier <> 'operator' then
    return new;
  end if;
  select * into s from request_step q where q.request_id = new.request_id and q.round = new.round and q.at = new.step;
  if s.tier = 'operator' or s.applicant then
    return new;
  end if;
  select r.kind into kind from request r where r.id = new.request_id;
  perform from designation d
    join post p on p.id = d.post_id
    join post b on b.id = d.by_post
   where d.post_id = new.post_id and d.ended_at is null
     and p.person_id = case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end
     and (kind || '/' || s.key) = any (d.matters)
     and named_for(d.post_id, today, false) is not null
     for share of d, p, b;
  if not s.designee or not found then
    raise exception 'not named for this step' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger named before insert on decision for each row execute function named_that_day();
create trigger named before insert on execution for each row execute function named_that_day();

revoke all on function designation_true(), named_for(uuid, date, boolean), named_that_day() from public;
grant execute on function named_for(uuid, date, boolean) to mamori_app, mamori_worker, mamori_auth;

grant select on designation to mamori_app, mamori_worker, mamori_auth;
grant insert on designation to mamori_app;
grant update (ended_at, ended_by) on designation to mamori_app;
alter table designation enable row level security;
create policy look on designation for select to mamori_app, mamori_worker, mamori_auth using ((select viewer_known()));
create policy put on designation for insert to mamori_app with check (named_by = (select viewer_id()));
create policy finish on designation for update to mamori_app using ((select viewer_all())) with check (ended_by = (select viewer_id()));

select put_under_seal('designation', '{post_id}');

reset role;
