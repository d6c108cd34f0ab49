-- Lists of people and of departments that wait between their upload and the confirmation (職員名簿の取込): nothing of them
-- is anybody's until it was looked at. A list belongs to the one who uploaded it and is thrown away after a day.

set role mamori_owner;

create table roster_import (
  id uuid primary key,
  kind text not null check (kind in ('people', 'departments')),
  -- nobody: set-up, before anybody can sign in
  uploaded_by uuid references person (id),
  uploaded_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > uploaded_at),
  file_digest bytea not null check (octet_length(file_digest) = 32),
  content jsonb not null check (jsonb_typeof(content) = 'array'),
  mapping jsonb not null,
  -- what came of it; the content is gone then
  outcome jsonb,
  taken_at timestamptz,
  check ((outcome is null) = (taken_at is null)),
  check (taken_at is null or content = '[]')
);
create index roster_import_expires on roster_import (expires_at);

grant select, insert, delete on roster_import to mamori_app;
grant update (mapping, content, outcome, taken_at) on roster_import to mamori_app;
grant select, delete on roster_import to mamori_worker;

alter table roster_import enable row level security;
create policy own on roster_import to mamori_app
  using ((select viewer_all()) and uploaded_by is not distinct from (select viewer_id()))
  with check ((select viewer_all()) and uploaded_by is not distinct from (select viewer_id()));
create policy sweep on roster_import to mamori_worker using (true);

reset role;

-- Many rows may change in one transaction: what was noted of them is kept in leaves, so that noting one more costs no more
-- than the first.
set role mamori_audit_owner;
create or replace function audit.seal_row() returns trigger language plpgsql security definer
  set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  name text := tg_table_schema || '.' || tg_table_name;
  s audit.shape;
  content jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  digest text := '-';
  noted text := coalesce(current_setting('mamori.rows', true), '');
  leaf int := coalesce(nullif(current_setting('mamori.row_leaves', true), '')::int, 0);
begin
  select * into strict s from audit.shape where relation = name order by no desc limit 1;
  if tg_op <> 'DELETE' then
    digest := encode(audit.row_digest(name, s.columns, content), 'hex');
  end if;
  -- counters and words to search by are not under seal
  if tg_op = 'UPDATE' and cardinality(s.left_out) > 0 and digest = encode(audit.row_digest(name, s.columns, to_jsonb(old)), 'hex') then
    return null;
  end if;
  if length(noted) > 16000 then
    leaf := leaf + 1;
    perform set_config('mamori.rows_' || leaf, noted, true), set_config('mamori.row_leaves', leaf::text, true);
    noted := '';
  end if;
  perform set_config('mamori.rows', concat_ws(chr(10), nullif(noted, ''),
    concat_ws(' ', name, s.no, digest, audit.row_key(s.key_columns, content))), true);
  return null;
end $$;

-- All that was noted in this transaction, in order.
create function audit.noted_rows() returns text language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(string_agg(leaf, chr(10) order by at), '')
    from (select at, current_setting('mamori.rows_' || at, true) as leaf
            from generate_series(1, coalesce(nullif(current_setting('mamori.row_leaves', true), '')::int, 0)) at
          union all
          select 2147483647, nullif(current_setting('mamori.rows', true), '')) leaves
   where leaf is not null
$$;
revoke all on function audit.noted_rows() from public;
grant execute on function audit.noted_rows() to mamori_app, mamori_auth, mamori_worker;
reset role;
