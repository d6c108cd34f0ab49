-- 役割台帳 and the keeping of people: functions that rest on a post (充て職: katsuura 4 to 9), the organisation chart in its
-- versions (mutual-aid 6(1)), departments that are renamed and closed on a day, and rights that nobody gives to themselves.

set role mamori_owner;

-- 充て職: the post by which somebody holds this function; it ends with that post at the latest
alter table post add column rests_on uuid references post (id);
create index post_rests_on on post (rests_on) where rests_on is not null;

create function post_fits() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  base post;
  closed date := (select d.valid_to from department d where d.id = new.department_id);
begin
  if (tg_op = 'INSERT' or not old.during @> new.during or new.person_id <> old.person_id or new.tier <> old.tier)
     and natural_person(new.person_id) = natural_person(viewer_id()) then
    raise exception 'nobody appoints themselves' using errcode = 'PT403';
  end if;
  if closed is not null and (upper_inf(new.during) or upper(new.during) > closed) then
    raise exception 'the department is closed before the post ends' using errcode = 'PT403';
  end if;
  if new.rests_on is not null then
    select * into strict base from post p where p.id = new.rests_on for share;
    if base.person_id <> new.person_id or not base.during @> new.during then
      raise exception 'a function ends with the post it rests on' using errcode = 'PT403';
    end if;
  end if;
  if tg_op = 'UPDATE' and exists (select from post q where q.rests_on = new.id and not new.during @> q.during) then
    raise exception 'a function still rests on this post' using errcode = 'PT403';
  end if;
  return new;
end $$;
revoke all on function post_fits() from public;
create trigger fits before insert or update on post for each row execute function post_fits();

-- What never began may be taken back; what was in force for a day stays for good.
create function post_not_begun() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if lower(old.during) <= (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date is not false then
    raise exception 'the post has begun' using errcode = 'PT403';
  end if;
  return old;
end $$;
create trigger not_begun before delete on post for each row execute function post_not_begun();
grant delete on post to mamori_app;
create policy withdraw on post for delete to mamori_app using ((select viewer_all()));

-- 部署: for stale edits; and the names it had and will have
alter table department add column version int not null default 1;
create table department_name (
  id uuid primary key,
  department_id uuid not null references department (id),
  name text not null check (name <> ''),
  reading text not null default '',
  effective_on date not null,
  entered_by uuid references person (id),
  entered_at timestamptz not null,
  applied_at timestamptz,
  unique (department_id, effective_on)
);
create function department_fits() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.valid_to is not null and (
    exists (select from post p where p.department_id = new.id and (upper_inf(p.during) or upper(p.during) > new.valid_to))
    or exists (select from department d where d.parent_id = new.id and (d.valid_to is null or d.valid_to > new.valid_to))) then
    raise exception 'somebody is still there' using errcode = 'PT403';
  end if;
  return new;
end $$;
revoke all on function department_fits() from public;
create trigger fits before update of valid_to on department for each row execute function department_fits();

-- 体制図: drawn anew whenever somebody comes, goes or stands in; a version is never drawn over.
create table organisation_chart (
  version int primary key check (version > 0),
  effective_on date not null,
  made_at timestamptz not null,
  content jsonb not null
);
create trigger keep before update or delete on organisation_chart for each row execute function refuse_change();
create trigger append_only_all before truncate on organisation_chart for each statement execute function refuse_change();

-- 引継ぎ: what waited at the seat when its holder changed
create table function_handover (
  former_post uuid primary key references post (id),
  successor_post uuid references post (id),
  on_day date not null,
  numbers text[] not null,
  made_at timestamptz not null
);
create trigger keep before update or delete on function_handover for each row execute function refuse_change();
create trigger append_only_all before truncate on function_handover for each statement execute function refuse_change();

grant select on function_handover to mamori_app, mamori_worker;
grant insert on function_handover to mamori_app, mamori_worker;
alter table function_handover enable row level security;
create policy look on function_handover for select to mamori_app, mamori_worker using ((select viewer_known()));
create policy keep on function_handover for insert to mamori_app, mamori_worker with check ((select viewer_all()));

grant select on department_name, organisation_chart to mamori_app, mamori_worker;
grant insert on department_name, organisation_chart to mamori_app, mamori_worker;
grant update (applied_at) on department_name to mamori_app, mamori_worker;
alter table department_name enable row level security;
alter table organisation_chart enable row level security;
create policy look on department_name for select to mamori_app, mamori_worker using ((select viewer_known()));
create policy keep on department_name for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy mend on department_name for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy look on organisation_chart for select to mamori_app, mamori_worker using ((select viewer_known()));
create policy keep on organisation_chart for insert to mamori_app, mamori_worker with check ((select viewer_all()));

select put_under_seal('post', '{id}');
select put_under_seal('department', '{id}');
select put_under_seal('department_name', '{id}');
select put_under_seal('organisation_chart', '{version}');
select put_under_seal('function_handover', '{former_post}');

reset role;
