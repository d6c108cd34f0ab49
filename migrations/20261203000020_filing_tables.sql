-- Tables of requests between their upload and their filing (まとめて申請): each row becomes a request of its own. A table belongs to
-- the one who uploaded it; what was answered is gone once it was filed, and the whole table after a week.

set role mamori_owner;

create table filing_table (
  id uuid primary key,
  kind text not null check (kind <> ''),
  uploaded_by uuid not null references person (id),
  uploaded_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > uploaded_at),
  file_digest bytea not null check (octet_length(file_digest) = 32),
  lines jsonb not null check (jsonb_typeof(lines) = 'array'),
  -- columns that stand for nothing
  left_out text not null default '',
  filed_at timestamptz
);
create index filing_table_expires on filing_table (expires_at);

grant select, insert, delete on filing_table to mamori_app;
grant update (lines, filed_at) on filing_table to mamori_app;
grant select, delete on filing_table to mamori_worker;

alter table filing_table enable row level security;
create policy own on filing_table to mamori_app
  using (uploaded_by = (select viewer_id())) with check (uploaded_by = (select viewer_id()));
create policy sweep on filing_table to mamori_worker using (true);

reset role;
