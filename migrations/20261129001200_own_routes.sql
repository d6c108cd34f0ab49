-- 組織が定めた手続の経路: where no clause asks for a request, the organisation itself says who decides. Each version is a row
-- with its day, only ever added, and taken back before its day; a request keeps the version under which it was filed.

set role mamori_owner;

create table own_route (
  id uuid primary key,
  -- the regulation with all its editions: what the organisation decided does not lapse when the text is amended
  regulation_key text not null check (regulation_key <> ''),
  kind text not null check (kind <> ''),
  -- counted for each kind, so that of two on one day it is said which came later
  version int not null check (version > 0),
  -- the steps before the work; the work and what follows it stay as the regulation's file has them
  steps jsonb not null check (jsonb_typeof(steps) = 'array'),
  effective_on date not null,
  reason text not null check (reason <> ''),
  entered_at timestamptz not null,
  entered_by uuid,
  unique (regulation_key, kind, version),
  unique (id, kind),
  check (effective_on >= (entered_at at time zone 'Asia/Tokyo')::date)
);
create trigger keep before update or delete on own_route for each row execute function refuse_change();
create trigger append_only_all before truncate on own_route for each statement execute function refuse_change();

create table own_route_taken_back (
  own_route_id uuid primary key references own_route (id),
  taken_back_at timestamptz not null,
  taken_back_by uuid,
  reason text not null check (reason <> '')
);
create trigger keep before update or delete on own_route_taken_back for each row execute function refuse_change();
create trigger append_only_all before truncate on own_route_taken_back for each statement execute function refuse_change();

-- Before the day on the organisation's clock, and never after.
create function own_route_taken_back_in_time() returns trigger language plpgsql as $$
begin
  if not exists (select from own_route r
                  where r.id = new.own_route_id
                    and (new.taken_back_at at time zone 'Asia/Tokyo')::date < r.effective_on) then
    raise exception 'a route is taken back before its day' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger in_time before insert on own_route_taken_back for each row execute function own_route_taken_back_in_time();

grant select on own_route, own_route_taken_back to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup;
grant insert on own_route, own_route_taken_back to mamori_app;
alter table own_route enable row level security;
alter table own_route_taken_back enable row level security;
create policy look on own_route for select to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on own_route for insert to mamori_app with check ((select viewer_all()));
create policy look on own_route_taken_back for select to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on own_route_taken_back for insert to mamori_app with check ((select viewer_all()));

-- none: the route as the regulation's file has it
alter table request add column own_route uuid;
alter table request add constraint request_own_route foreign key (own_route, kind) references own_route (id, kind);
grant insert (own_route) on request to mamori_app;

select put_under_seal('own_route', '{id}');
select put_under_seal('own_route_taken_back', '{own_route_id}');
select put_under_seal('request', '{id}', '{search}');

reset role;
