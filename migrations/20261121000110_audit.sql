-- The tamper-evident event log (操作記録): insert-only, one HMAC an event, one chain linked inside COMMIT.

set role mamori_audit_owner;

-- One row an act; `canon` is what is hashed, the columns repeat it for search and the verifier compares them.
create table audit.event (
  id uuid not null,
  recorded_at timestamptz not null default clock_timestamp(),
  occurred_at timestamptz not null,
  kind text not null,
  outcome text not null check (outcome in ('ok', 'denied', 'failed')),
  mechanism text,
  actor_id uuid,
  acting_for uuid,
  post_id uuid,
  session_ref bytea,
  request_ref uuid,
  source inet,
  entity text not null,
  entity_id text not null,
  entity_number text,
  department_id uuid,
  concerns uuid[] not null default '{}',
  facts jsonb not null default '{}',
  canon bytea not null check (octet_length(canon) <= 65536),
  mac bytea not null check (octet_length(mac) = 32),
  mac_key smallint not null,
  primary key (id, recorded_at)
) partition by range (recorded_at);
create table audit.event_rest partition of audit.event default;
create index event_entity on audit.event (entity, entity_id, occurred_at desc);
create index event_recent on audit.event (occurred_at desc, id desc);
create index event_kind on audit.event (kind, occurred_at desc);

create table audit.chain (
  seq bigint primary key,
  event_id uuid not null unique,
  leaf bytea not null check (octet_length(leaf) = 32),
  hash bytea not null check (octet_length(hash) = 32)
);
create table audit.head (
  one boolean primary key default true check (one),
  log_id uuid not null default gen_random_uuid(),
  seq bigint not null,
  hash bytea not null
) with (fillfactor = 50);
insert into audit.head (seq, hash) values (0, sha256('mamori'::bytea));

-- Checkpoints signed outside the database; a copy lies here, the originals in files.
create table audit.checkpoint (
  seq bigint primary key,
  hash bytea not null,
  at timestamptz not null,
  key_id text not null,
  signature bytea not null
);

-- Linked inside COMMIT by a deferred trigger, so that the head is never held while an act is still thinking.
create function audit.link() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare s bigint; h bytea; l bytea := sha256('\x00'::bytea || new.canon || new.mac);
begin
  update audit.head set seq = seq + 1, hash = sha256('\x01'::bytea || hash || int8send(seq + 1) || l) returning seq, hash into s, h;
  insert into audit.chain (seq, event_id, leaf, hash) values (s, new.id, l, h);
  return null;
end $$;
create constraint trigger zz_link after insert on audit.event deferrable initially deferred for each row execute function audit.link();

create function audit.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the event log is append-only' using errcode = 'PT423';
end $$;
create trigger aa_keep before update or delete on audit.event for each row execute function audit.refuse();
create trigger aa_keep_all before truncate on audit.event for each statement execute function audit.refuse();
create trigger aa_keep before update or delete on audit.chain for each row execute function audit.refuse();
create trigger aa_keep_all before truncate on audit.chain for each statement execute function audit.refuse();
create trigger aa_keep before update or delete on audit.checkpoint for each row execute function audit.refuse();

-- Next months' partitions, made by the nightly job (the runtime itself has no DDL).
create function audit.ensure_partitions(from_month date, months int) returns int language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare m date; made int := 0;
begin
  for i in 0 .. months - 1 loop
    m := (date_trunc('month', from_month) + make_interval(months => i))::date;
    if to_regclass(format('audit.event_%s', to_char(m, 'YYYYMM'))) is null
       and not exists (select from audit.event_rest where recorded_at >= m and recorded_at < m + interval '1 month') then
      execute format('create table audit.event_%s partition of audit.event for values from (%L) to (%L)', to_char(m, 'YYYYMM'), m, (m + interval '1 month')::date);
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke all on function audit.ensure_partitions(date, int) from public;
grant execute on function audit.ensure_partitions(date, int) to mamori_worker;

grant insert (id, occurred_at, kind, outcome, mechanism, actor_id, acting_for, post_id, session_ref, request_ref, source, entity, entity_id,
              entity_number, department_id, concerns, facts, canon, mac, mac_key) on audit.event to mamori_app, mamori_worker, mamori_auth;
grant select on audit.event, audit.chain, audit.head, audit.checkpoint to mamori_app, mamori_worker, mamori_auth, mamori_verify, mamori_backup;
grant insert on audit.checkpoint to mamori_worker;

alter table audit.event enable row level security;
create policy put on audit.event for insert to mamori_app, mamori_worker, mamori_auth with check (true);
create policy look on audit.event for select to mamori_app, mamori_auth using (
  (select public.viewer_all())
  or department_id = any ((select public.viewer_departments())::uuid[])
  or (select public.viewer_id()) = any (concerns)
  or actor_id = (select public.viewer_id()));
create policy whole on audit.event for select to mamori_worker, mamori_verify, mamori_backup using (true);

reset role;
