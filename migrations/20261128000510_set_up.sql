-- Set-up (初期設定): the token that opens it, the browser that holds it, and what was answered so far. One row; nothing of it
-- is in force before the portal goes into service.

set role mamori_owner;

create table set_up (
  one boolean primary key default true check (one),
  -- shown once on the console; gone as soon as it was used
  token_hash bytea check (octet_length(token_hash) = 32),
  token_until timestamptz,
  session_hash bytea check (octet_length(session_hash) = 32),
  session_until timestamptz,
  answers jsonb not null default '{}',
  begun_at timestamptz not null,
  finished_at timestamptz,
  check ((token_hash is null) = (token_until is null)),
  check ((session_hash is null) = (session_until is null)),
  check (finished_at is null or (token_hash is null and session_hash is null))
);

grant select, insert, update on set_up to mamori_app;
alter table set_up enable row level security;
create policy everybody on set_up to mamori_app using ((select viewer_all())) with check ((select viewer_all()));

reset role;
