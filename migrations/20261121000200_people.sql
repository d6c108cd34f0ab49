-- Departments, persons, posts and stand-ins.

set role mamori_owner;

-- 部署: a tree whose branches have validity dates.
create table department (
  id uuid primary key,
  code text not null unique check (code <> ''),
  name text not null check (name <> ''),
  reading text not null default '',
  parent_id uuid references department (id),
  valid_from date not null,
  valid_to date check (valid_to is null or valid_to > valid_from),
  check (parent_id is distinct from id)
);
create index department_parent on department (parent_id);

-- 職員・従業員. An administrator's account is a person row of its own, owned by the ordinary one.
create table person (
  id uuid primary key,
  employee_no text not null unique check (employee_no <> ''),
  family_name text not null check (family_name <> ''),
  given_name text not null default '',
  reading text not null check (reading <> ''),
  mail text,
  employment text not null check (employment in ('permanent', 'fixed_term', 'part_time', 'temporary', 'contractor')),
  owner_person uuid references person (id),
  joined_on date not null,
  left_on date,
  version int not null default 1,
  search text not null default '',
  check (owner_person is distinct from id),
  check (left_on is null or left_on >= joined_on)
);
create index person_reading on person (reading collate "ja-x-icu", employee_no);

-- 発令: a tier (or named function) in a department for a time. One main post at a time; none twice.
create table post (
  id uuid primary key,
  person_id uuid not null references person (id),
  department_id uuid not null references department (id),
  tier text not null check (tier in ('staff', 'manager', 'operator', 'sysadmin', 'office', 'ciso', 'committee', 'auditor', 'designer', 'head', 'vendor')),
  function text,
  title text not null default '',
  main boolean not null,
  during daterange not null check (not isempty(during) and lower(during) is not null),
  granted_by_request uuid,
  exclude using gist (person_id with =, during with &&) where (main),
  exclude using gist (person_id with =, department_id with =, tier with =, (coalesce(function, '')) with =, during with &&)
);
create index post_person on post (person_id);
create index post_holders on post (tier, department_id);

-- 代理: one dated stand-in a post at a time, entered by the office; never a stand-in of a stand-in.
create table stand_in (
  id uuid primary key,
  post_id uuid not null references post (id),
  person_id uuid not null references person (id),
  during daterange not null check (not isempty(during) and lower(during) is not null and upper(during) is not null),
  reason text not null check (reason <> ''),
  entered_by uuid references person (id),
  entered_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references person (id),
  check (upper(during) - lower(during) <= 31),
  exclude using gist (post_id with =, during with &&) where (ended_at is null)
);
create index stand_in_person on stand_in (person_id);

-- The persons behind persons: an administrator's account stands for its owner.
create function natural_person(p uuid) returns uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select coalesce(owner_person, id) from person where id = p $$;
revoke all on function natural_person(uuid) from public;
grant execute on function natural_person(uuid) to mamori_app, mamori_worker, mamori_auth;

grant select on department, person, post, stand_in to mamori_app, mamori_worker, mamori_auth;
grant insert, update on department, person, post, stand_in to mamori_app, mamori_worker;

alter table department enable row level security;
alter table person enable row level security;
alter table post enable row level security;
alter table stand_in enable row level security;
create policy look on department for select to mamori_app, mamori_worker, mamori_auth using ((select viewer_known()));
create policy look on person for select to mamori_app, mamori_worker, mamori_auth using ((select viewer_known()));
create policy look on post for select to mamori_app, mamori_worker, mamori_auth using ((select viewer_known()));
create policy look on stand_in for select to mamori_app, mamori_worker, mamori_auth using ((select viewer_known()));
create policy keep on department for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy keep on person for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy keep on post for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy keep on stand_in for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy mend on department for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy mend on person for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy mend on post for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy mend on stand_in for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));

reset role;
