-- Adopted regulations, the values that the organisation entered, and the evidence that the clause board reads
-- (システム管理規程 5(3), 9; 情報セキュリティ委員会 sees clause by clause what is kept).

set role mamori_owner;

-- 採用: under which regulation the organisation runs (operating) and which it follows besides (tracked).
-- 承認日 and 施行日 are both mandatory: deadlines count from the latter (9 第1項).
create table adoption (
  id uuid primary key,
  regulation_key text not null check (regulation_key <> ''),
  role text not null check (role in ('operating', 'tracked')),
  approved_on date not null,
  effective_on date not null check (effective_on >= approved_on),
  approved_by text not null check (approved_by <> ''),
  entered_at timestamptz not null,
  entered_by uuid,
  unique (regulation_key, effective_on)
);
-- from each day on there is one regulation that binds the portal itself
create unique index adoption_operating on adoption (effective_on) where role = 'operating';
create trigger keep before update or delete on adoption for each row execute function refuse_change();

-- 組織が定めた値: append-only; of several for one name the one with the latest day in force holds.
create table parameter_value (
  id uuid primary key,
  name text not null check (name <> ''),
  value jsonb not null,
  effective_on date not null,
  reason text not null check (reason <> ''),
  entered_at timestamptz not null,
  entered_by uuid
);
create index parameter_value_name on parameter_value (name, effective_on, entered_at);
create trigger keep before update or delete on parameter_value for each row execute function refuse_change();

-- 証跡: what mechanisms did, copied out of the event log by a projection in the same transaction. The log stays the
-- proof; this is what the clause board can ask quickly, on any reference date.
create table evidence (
  event_id uuid primary key,
  mechanism text not null check (mechanism <> ''),
  outcome text not null check (outcome in ('ok', 'denied', 'failed')),
  occurred_at timestamptz not null,
  kind text not null,
  entity text not null,
  entity_id text not null,
  entity_number text,
  department_id uuid,
  actor_id uuid
);
create index evidence_latest on evidence (mechanism, outcome, occurred_at desc, event_id desc);
create trigger keep before update or delete on evidence for each row execute function refuse_change();

grant select on adoption, parameter_value to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup;
grant insert on adoption, parameter_value to mamori_app;
grant select on evidence to mamori_app, mamori_worker, mamori_verify, mamori_backup;
grant insert on evidence to mamori_app, mamori_auth, mamori_worker;

alter table adoption enable row level security;
alter table parameter_value enable row level security;
alter table evidence enable row level security;
create policy look on adoption for select to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on adoption for insert to mamori_app with check ((select viewer_all()));
create policy look on parameter_value for select to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on parameter_value for insert to mamori_app with check ((select viewer_all()));
-- the board speaks of the whole organisation: only those with the whole in view read what it rests on
create policy look on evidence for select to mamori_app, mamori_worker, mamori_verify, mamori_backup using (
  (select viewer_all()) or current_user in ('mamori_verify', 'mamori_backup'));
create policy put on evidence for insert to mamori_app, mamori_auth, mamori_worker with check (true);

reset role;
