-- Sign-ins, passwords, activation codes and sessions: a schema of their own, whose hashes only mamori_auth reads.

set role mamori_owner;

create table auth.credential (
  person_id uuid primary key references person (id),
  login text not null check (login <> ''),
  hash text,
  set_at timestamptz,
  must_change boolean not null default true,
  failed int not null default 0,
  not_before timestamptz,
  locked_at timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  last_sign_in timestamptz,
  created_at timestamptz not null,
  rights_version int not null default 1
);
create unique index credential_login on auth.credential (lower(login));

-- 過去のパスワード, as hashes, for 「過去n回以内」.
create table auth.past_password (
  person_id uuid not null references auth.credential (person_id),
  hash text not null,
  set_at timestamptz not null,
  primary key (person_id, set_at)
);

-- 有効化コード: how a sign-in begins, or begins again. Only its hash is kept.
create table auth.activation (
  id uuid primary key,
  person_id uuid not null references auth.credential (person_id),
  code_hash bytea not null unique check (octet_length(code_hash) = 32),
  issued_at timestamptz not null,
  issued_by uuid references person (id),
  expires_at timestamptz not null,
  used_at timestamptz,
  withdrawn_at timestamptz,
  request_id uuid
);
create unique index activation_open on auth.activation (person_id) where used_at is null and withdrawn_at is null;

create table auth.session (
  id_hash bytea primary key check (octet_length(id_hash) = 32),
  person_id uuid references person (id),
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  idle_end timestamptz not null,
  absolute_end timestamptz not null,
  auth_level smallint not null default 0,
  auth_time timestamptz,
  source inet,
  agent text not null default '',
  rights_version int not null default 0,
  data bytea not null default '' check (octet_length(data) <= 8192),
  ended_at timestamptz,
  end_reason text
);
create index session_person on auth.session (person_id) where ended_at is null;
create index session_idle on auth.session (idle_end);

-- 端末の印: failures are counted per account and per browser that has signed in before.
create table auth.trusted_browser (
  mark_hash bytea primary key check (octet_length(mark_hash) = 32),
  person_id uuid not null references auth.credential (person_id),
  failed int not null default 0,
  created_at timestamptz not null,
  last_seen_at timestamptz not null
);

-- 再認証: the password given again for one action on one target, single use.
create table auth.step_up (
  id uuid primary key,
  session_hash bytea not null references auth.session (id_hash) on delete cascade,
  action text not null,
  target text not null default '',
  given_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

grant select, insert, update on auth.credential, auth.past_password, auth.activation, auth.session, auth.trusted_browser, auth.step_up to mamori_auth;
grant delete on auth.session, auth.trusted_browser, auth.past_password, auth.step_up to mamori_auth;
-- the portal may open, stop and look at sign-ins, never read what proves them
grant select (person_id, login, set_at, must_change, failed, locked_at, disabled_at, disabled_reason, last_sign_in, created_at, rights_version) on auth.credential to mamori_app, mamori_worker;
grant insert (person_id, login, must_change, created_at) on auth.credential to mamori_app, mamori_worker;
grant update (login, must_change, failed, not_before, locked_at, disabled_at, disabled_reason, rights_version) on auth.credential to mamori_app, mamori_worker;
grant select (id, person_id, issued_at, issued_by, expires_at, used_at, withdrawn_at, request_id) on auth.activation to mamori_app, mamori_worker;
grant insert on auth.activation to mamori_app, mamori_worker;
grant update (withdrawn_at) on auth.activation to mamori_app, mamori_worker;
grant select (id_hash, person_id, created_at, last_seen_at, idle_end, absolute_end, source, agent, ended_at, end_reason) on auth.session to mamori_app, mamori_worker;
grant update (ended_at, end_reason) on auth.session to mamori_app, mamori_worker;

alter table auth.credential enable row level security;
alter table auth.past_password enable row level security;
alter table auth.activation enable row level security;
alter table auth.session enable row level security;
alter table auth.trusted_browser enable row level security;
alter table auth.step_up enable row level security;
create policy auth_all on auth.credential to mamori_auth using (true) with check (true);
create policy auth_all on auth.past_password to mamori_auth using (true) with check (true);
create policy auth_all on auth.activation to mamori_auth using (true) with check (true);
create policy auth_all on auth.session to mamori_auth using (true) with check (true);
create policy auth_all on auth.trusted_browser to mamori_auth using (true) with check (true);
create policy auth_all on auth.step_up to mamori_auth using (true) with check (true);
create policy portal on auth.credential to mamori_app, mamori_worker
  using ((select viewer_all()) or person_id = (select viewer_id())) with check ((select viewer_all()));
create policy portal on auth.activation to mamori_app, mamori_worker
  using ((select viewer_all()) or person_id = (select viewer_id())) with check ((select viewer_all()));
create policy portal on auth.session to mamori_app, mamori_worker
  using ((select viewer_all()) or person_id = (select viewer_id()))
  with check ((select viewer_all()) or person_id = (select viewer_id()));

reset role;
