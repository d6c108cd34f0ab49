-- Digests of rows (台帳・判断・権限の要約値): each change of a ledger, a decision or a right leaves the digest of the row in
-- the sealed event of the same transaction, so that a row edited past the portal is found out (`audit verify --reconcile`).

set role mamori_audit_owner;

-- What is under seal, shape by shape: a table that grows by a column gets the next shape, and rows sealed before keep theirs.
create table audit.shape (
  relation text not null,
  no int not null check (no > 0),
  key_columns text[] not null check (cardinality(key_columns) > 0),
  columns text[] not null check (cardinality(columns) > 0),
  left_out text[] not null,
  primary key (relation, no)
);
grant select on audit.shape to mamori_owner, mamori_worker, mamori_verify, mamori_backup;
grant insert on audit.shape to mamori_owner;
grant usage on schema audit to mamori_owner;

create function audit.row_digest(relation text, columns text[], content jsonb) returns bytea language sql immutable parallel safe strict as $$
  select sha256(convert_to(relation || ' ' || coalesce(jsonb_object_agg(name, content -> name), '{}')::text, 'UTF8'))
    from unnest(columns) name
$$;
create function audit.row_key(key_columns text[], content jsonb) returns text language sql immutable parallel safe strict as $$
  select string_agg(coalesce(content ->> name, ''), '/' order by at)
    from unnest(key_columns) with ordinality key (name, at)
$$;

-- Notes the row's digest for this transaction; the portal writes what was noted into the last event before COMMIT. Moments
-- are written in UTC, whatever the session's own zone.
create function audit.seal_row() returns trigger language plpgsql security definer
  set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  name text := tg_table_schema || '.' || tg_table_name;
  s audit.shape;
  content jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  digest text := '-';
begin
  select * into strict s from audit.shape where relation = name order by no desc limit 1;
  if tg_op <> 'DELETE' then
    digest := encode(audit.row_digest(name, s.columns, content), 'hex');
  end if;
  -- counters and words to search by are not under seal
  if tg_op = 'UPDATE' and cardinality(s.left_out) > 0 and digest = encode(audit.row_digest(name, s.columns, to_jsonb(old)), 'hex') then
    return null;
  end if;
  perform set_config('mamori.rows', concat_ws(chr(10), nullif(current_setting('mamori.rows', true), ''),
    concat_ws(' ', name, s.no, digest, audit.row_key(s.key_columns, content))), true);
  return null;
end $$;
revoke all on function audit.seal_row() from public;
grant execute on function audit.seal_row() to mamori_owner;
reset role;
grant execute on function audit.row_digest(text, text[], jsonb), audit.row_key(text[], jsonb) to mamori_owner;

set role mamori_owner;

-- Puts a table under seal, or under its next shape after it has changed.
create function put_under_seal(relation regclass, key_columns text[], left_out text[] default '{}') returns void language plpgsql as $$
declare
  name text := (select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = relation);
begin
  insert into audit.shape (relation, no, key_columns, columns, left_out)
  select name, (select coalesce(max(s.no), 0) + 1 from audit.shape s where s.relation = name), key_columns,
         array_agg(a.attname::text order by a.attname), left_out
    from pg_attribute a
   where a.attrelid = put_under_seal.relation and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     and not (a.attname = any (left_out));
  if not exists (select from pg_trigger t where t.tgrelid = put_under_seal.relation and t.tgname = 'zz_seal') then
    execute format('create trigger zz_seal after insert or update or delete on %s for each row execute function audit.seal_row()', relation);
  end if;
end $$;
revoke all on function put_under_seal(regclass, text[], text[]) from public;

-- The digests of the rows as they are now, in one of their shapes: all that the verifier learns of them.
create function sealed_rows(relation regclass, shape int) returns table (row_key text, digest bytea) language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  name text := (select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = relation);
  s audit.shape;
begin
  select * into strict s from audit.shape a where a.relation = name and a.no = shape;
  return query execute format(
    'select audit.row_key($1, content), audit.row_digest($2, $3, content) from (select to_jsonb(r) as content from %s r) rows', relation)
    using s.key_columns, name, s.columns;
end $$;
revoke all on function sealed_rows(regclass, int) from public;
grant execute on function sealed_rows(regclass, int) to mamori_worker, mamori_verify;

-- What people are found by is made from other columns, and counts of failures are no rights.
select put_under_seal('department', '{id}');
select put_under_seal('person', '{id}', '{search}');
select put_under_seal('post', '{id}');
select put_under_seal('stand_in', '{id}');
select put_under_seal('auth.credential', '{person_id}', '{failed,not_before,last_sign_in}');
select put_under_seal('request', '{id}', '{search}');
select put_under_seal('request_round', '{request_id,round}');
select put_under_seal('request_step', '{request_id,round,at}');
select put_under_seal('request_line', '{request_id,round,no}');
select put_under_seal('decision', '{id}');
select put_under_seal('execution', '{id}');
select put_under_seal('acknowledgement', '{id}');
select put_under_seal('request_comment', '{id}');
select put_under_seal('information_system', '{id}', '{search}');
select put_under_seal('information_system_history', '{id,version}', '{search}');
select put_under_seal('system_right', '{id}');
select put_under_seal('system_right_history', '{id,version}');
select put_under_seal('account', '{id}', '{search}');
select put_under_seal('account_history', '{id,version}', '{search}');
select put_under_seal('adoption', '{id}');
select put_under_seal('parameter_value', '{id}');

reset role;

-- From the second edition of the encoding on, the leaf also covers when the database took the event in.
set role mamori_audit_owner;
create or replace function audit.link() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare s bigint; h bytea; taken_in bytea := ''; l bytea;
begin
  if substring(new.canon from 1 for 15) = 'mamori-event-2'::bytea || '\x0a'::bytea then
    taken_in := int8send((extract(epoch from new.recorded_at) * 1000000)::bigint);
  end if;
  l := sha256('\x00'::bytea || new.canon || new.mac || taken_in);
  update audit.head set seq = seq + 1, hash = sha256('\x01'::bytea || hash || int8send(seq + 1) || l) returning seq, hash into s, h;
  insert into audit.chain (seq, event_id, leaf, hash) values (s, new.id, l, h);
  return null;
end $$;
reset role;
