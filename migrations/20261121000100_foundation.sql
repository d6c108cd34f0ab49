-- The ground: database roles, who is looking (row-level security), the tamper-evident event log,
-- jobs, the mail outbox, idempotency and row versions.

create extension if not exists btree_gist;
create extension if not exists pg_trgm;

-- Roles are cluster-wide, so they are made only where missing. The portal signs in as mamori_login, which
-- inherits nothing and takes one of the others with SET ROLE on each connection.
do $$
declare r text;
begin
  foreach r in array array['mamori_owner', 'mamori_audit_owner', 'mamori_app', 'mamori_worker', 'mamori_auth', 'mamori_verify', 'mamori_backup'] loop
    if not exists (select from pg_roles where rolname = r) then
      execute format('create role %I nologin noinherit', r);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'mamori_login') then
    create role mamori_login login noinherit;
  end if;
end $$;
grant mamori_app, mamori_worker, mamori_auth, mamori_verify to mamori_login;

revoke all on schema public from public;
grant usage on schema public to mamori_app, mamori_worker, mamori_auth, mamori_verify, mamori_backup, mamori_audit_owner;
grant usage, create on schema public to mamori_owner;
create schema audit authorization mamori_audit_owner;
create schema auth authorization mamori_owner;
grant usage on schema audit to mamori_app, mamori_worker, mamori_auth, mamori_verify, mamori_backup;
grant usage on schema auth to mamori_app, mamori_worker, mamori_auth, mamori_backup;

set role mamori_owner;

-- Who is looking: set for one transaction by app.read / app.change. Nothing set = no rows.
create function viewer_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('mamori.person', true), '')::uuid $$;
create function viewer_all() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('mamori.scope_all', true), '') = 'on' $$;
create function viewer_departments() returns uuid[] language sql stable parallel safe
  as $$ select coalesce(string_to_array(nullif(current_setting('mamori.departments', true), ''), ',')::uuid[], '{}') $$;
-- Somebody is looking at all: enough for what every signed-in person may see (names, departments).
create function viewer_known() returns boolean language sql stable parallel safe
  as $$ select viewer_all() or viewer_id() is not null $$;

-- Row versions (履歴): any ledger table `t` with columns id, version and a table `t_history` of the same columns in the
-- same order, followed by (valid_from, valid_to, changed_by, change_reason, change_request). Work sets, per
-- transaction: mamori.now, mamori.person, mamori.reason, mamori.request.
create function keep_version() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  at timestamptz := coalesce(nullif(current_setting('mamori.now', true), '')::timestamptz, clock_timestamp());
begin
  if tg_op = 'UPDATE' then
    execute format('update %I set valid_to = $1 where id = $2 and valid_to is null', tg_table_name || '_history') using at, old.id;
  end if;
  execute format('insert into %I select ($1).*, $2, null, $3, $4, $5', tg_table_name || '_history')
    using new, at, viewer_id(), nullif(current_setting('mamori.reason', true), ''), nullif(current_setting('mamori.request', true), '')::uuid;
  return null;
end $$;
revoke all on function keep_version() from public;

-- For tables in which nothing may ever be changed or removed.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'PT423';
end $$;

-- Jobs (後で行う仕事): claimed with skip locked, held by a lease, fenced by (worker, attempts).
create table job (
  id uuid primary key,
  queue text not null default 'default',
  kind text not null,
  payload jsonb not null,
  dedup_key text,
  state text not null default 'ready' check (state in ('ready', 'running', 'done', 'dead')),
  run_at timestamptz not null,
  attempts int not null default 0,
  worker uuid,
  lease_until timestamptz,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index job_due on job (queue, run_at, id) where state in ('ready', 'running');
create unique index job_dedup on job (kind, dedup_key) where dedup_key is not null and state in ('ready', 'running');

-- The mail outbox (送信箱): inserted with its cause, delivered by a job, or read in the administrator's screen.
create table outbox (
  id uuid primary key,
  message_id text not null unique,
  recipient_id uuid,
  recipient text not null,
  subject text not null,
  body text not null,
  kind text not null,
  entity text,
  entity_id text,
  created_at timestamptz not null,
  sent_at timestamptz,
  attempts int not null default 0,
  last_error text
);
create index outbox_recent on outbox (created_at desc, id desc);
create index outbox_waiting on outbox (created_at) where sent_at is null;

-- A mutating form carries a key; the stored outcome answers the repeat. Same key with another body = refused.
create table idempotency (
  key uuid primary key,
  person_id uuid,
  body_hash bytea not null check (octet_length(body_hash) = 32),
  outcome text not null,
  created_at timestamptz not null
);

-- The one organisation of this database.
create table organisation (
  one boolean primary key default true check (one),
  name text not null,
  help_line text not null default '',
  regulation_key text not null,
  made_by text not null default 'setup' check (made_by in ('setup', 'demo', 'test')),
  created_at timestamptz not null
);

-- Holidays imported from the Cabinet Office list, and the organisation's own closures (休業日).
create table holiday (
  on_date date primary key,
  name text not null,
  imported_at timestamptz not null
);
create table closure (
  id uuid primary key,
  from_date date not null,
  to_date date not null check (to_date >= from_date),
  name text not null check (name <> ''),
  entered_at timestamptz not null,
  entered_by uuid
);

grant select, insert on job, outbox to mamori_app, mamori_auth, mamori_worker;
grant update on job, outbox to mamori_worker;
grant update (state, run_at, last_error) on job to mamori_app;
grant select, insert, delete on idempotency to mamori_app, mamori_auth, mamori_worker;
grant select on organisation, holiday, closure to mamori_app, mamori_auth, mamori_worker;
grant insert, update on organisation to mamori_app;
grant insert, update, delete on holiday, closure to mamori_app;

alter table job enable row level security;
alter table outbox enable row level security;
alter table idempotency enable row level security;
alter table organisation enable row level security;
alter table holiday enable row level security;
alter table closure enable row level security;
create policy put on job for insert to mamori_app, mamori_auth with check (true);
create policy look on job for select to mamori_app, mamori_auth using (viewer_known());
create policy renew on job for update to mamori_app using (viewer_all()) with check (viewer_all());
create policy work on job to mamori_worker using (true) with check (true);
create policy put on outbox for insert to mamori_app, mamori_auth with check (true);
-- mails may tell one department what another may not know: only those with the whole in view read them
create policy look on outbox for select to mamori_app, mamori_auth using (viewer_all() or recipient_id = viewer_id());
create policy work on outbox to mamori_worker using (true) with check (true);
create policy own on idempotency to mamori_app, mamori_auth, mamori_worker
  using (viewer_all() or person_id is not distinct from viewer_id()) with check (true);
create policy everybody on organisation to mamori_app, mamori_auth, mamori_worker using (true) with check (viewer_all());
create policy everybody on holiday to mamori_app, mamori_auth, mamori_worker using (true) with check (viewer_all());
create policy everybody on closure to mamori_app, mamori_auth, mamori_worker using (true) with check (viewer_all());

reset role;
-- the policies call these as the looking role
grant execute on function viewer_id(), viewer_all(), viewer_departments(), viewer_known() to public;
