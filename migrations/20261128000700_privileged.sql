-- 特権アカウント台帳, apart from the ledger of ordinary accounts (coop 24-1-1; osaka 11(1)②エ; system-management 4.2.3(6)), and
-- 特権使用記録, one record for one instruction (coop 21-2). No secret has a place in either: only where it is kept, who may use
-- it, and when it was last changed.

set role mamori_owner;

create table privileged_account (
  id uuid primary key,
  system_id uuid not null references information_system (id),
  account_name text not null check (account_name <> '' and account_name !~ '\s'),
  holder_id uuid not null references person (id),
  department_id uuid not null references department (id),
  rights uuid[] not null default '{}',
  -- 権限の範囲, in the words that were approved
  scope text not null check (scope <> ''),
  purpose text not null check (purpose <> ''),
  from_at timestamptz not null,
  until_at timestamptz not null,
  -- over on another system: somebody there has to take the right away
  state text not null check (state in ('active', 'to_withdraw', 'ended')),
  approved_at timestamptz,
  opened_at timestamptz not null,
  opened_by uuid references person (id),
  opened_request uuid,
  opened_number text,
  ended_at timestamptz,
  ended_by uuid references person (id),
  -- the administrator's own sign-in of the portal, where the system is the portal
  sign_in_of uuid references person (id),
  safe_place text not null default '',
  may_use uuid[] not null default '{}',
  secret_changed_at timestamptz,
  -- somebody who knew it has left: since when it waits to be changed
  secret_due_since timestamptz,
  last_request uuid,
  last_number text,
  version int not null default 1,
  search text not null default '',
  constraint privileged_has_an_end check (until_at > from_at),
  constraint privileged_after_approval check (approved_at is null or from_at >= approved_at),
  constraint privileged_request_approved check (opened_request is null or approved_at is not null),
  constraint privileged_ended_when check ((state = 'ended') = (ended_at is not null))
);
create unique index privileged_name_taken on privileged_account (system_id, lower(account_name)) where state <> 'ended';
create index privileged_holder on privileged_account (holder_id);
create index privileged_search on privileged_account using gin (search_grams(search));
create table privileged_account_history (like privileged_account);
alter table privileged_account_history
  add column valid_from timestamptz not null,
  add column valid_to timestamptz,
  add column changed_by uuid,
  add column change_reason text,
  add column change_request uuid;
create index privileged_account_history_row on privileged_account_history (id, valid_from);

create table privileged_use (
  id uuid primary key,
  account_id uuid references privileged_account (id),
  system_id uuid references information_system (id),
  user_id uuid not null references person (id),
  department_id uuid not null references department (id),
  -- by an instruction, by an approved request for an account, or outside routine with a reason
  source text not null check (source in ('instruction', 'request', 'unplanned')),
  work text not null check (work <> ''),
  result text not null default '',
  from_at timestamptz not null,
  until_at timestamptz not null,
  request_id uuid,
  number text,
  line int not null default 1,
  recorded_at timestamptz not null,
  version int not null default 1,
  search text not null default '',
  constraint use_ends_after_it_begins check (until_at >= from_at),
  constraint use_by_instruction check ((source = 'unplanned') = (request_id is null))
);
-- 指示と作業は1対1
create unique index privileged_use_of_request on privileged_use (request_id, line);
create index privileged_use_time on privileged_use (from_at);
create index privileged_use_search on privileged_use using gin (search_grams(search));
create table privileged_use_history (like privileged_use);
alter table privileged_use_history
  add column valid_from timestamptz not null,
  add column valid_to timestamptz,
  add column changed_by uuid,
  add column change_reason text,
  add column change_request uuid;
create index privileged_use_history_row on privileged_use_history (id, valid_from);

-- Rights are rights of the system.
create trigger rights_belong before insert or update of rights, system_id on privileged_account
  for each row execute function account_rights_belong();

create function privileged_search_refresh() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.search := concat_ws('|', search_key(new.account_name), search_key(new.scope), search_key(new.purpose), search_key(new.opened_number),
    (select concat_ws('|', search_key(family_name || given_name), search_key(reading), search_key(employee_no)) from person where id = new.holder_id),
    (select concat_ws('|', search_key(code), search_key(name), search_key(reading)) from information_system where id = new.system_id));
  return new;
end $$;
create function privileged_use_search_refresh() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.search := concat_ws('|', search_key(new.work), search_key(new.result), search_key(new.number),
    (select concat_ws('|', search_key(family_name || given_name), search_key(reading), search_key(employee_no)) from person where id = new.user_id),
    (select concat_ws('|', search_key(code), search_key(name), search_key(reading)) from information_system where id = new.system_id));
  return new;
end $$;
revoke all on function privileged_search_refresh(), privileged_use_search_refresh() from public;
create trigger search_refresh before insert or update on privileged_account for each row execute function privileged_search_refresh();
create trigger search_refresh before insert or update on privileged_use for each row execute function privileged_use_search_refresh();
-- A new name elsewhere is not a new version: what the row is found by is refreshed, the version stays.
create function privileged_search_follow() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  case tg_table_name
    when 'person' then
      update privileged_account set search = '' where holder_id = new.id;
      update privileged_use set search = '' where user_id = new.id;
    else
      update privileged_account set search = '' where system_id = new.id;
      update privileged_use set search = '' where system_id = new.id;
  end case;
  return null;
end $$;
revoke all on function privileged_search_follow() from public;
create trigger privileged_search_follow after update of family_name, given_name, reading, employee_no on person
  for each row execute function privileged_search_follow();
create trigger privileged_search_follow after update of code, name, reading on information_system
  for each row execute function privileged_search_follow();

-- 24-1-5: a privileged account has another name than any ordinary account of the same person. Asked past row-level
-- security, since whoever grants may not see all accounts.
create function ordinary_account_named(holder uuid, name text) returns boolean language sql stable security definer
  set search_path = public, pg_temp as $$
  select viewer_known() and (
    exists (select from account a where natural_person(a.holder_id) = natural_person(holder) and lower(a.account_name) = lower(name))
    or exists (select from auth.credential c where c.person_id = natural_person(holder) and lower(c.login) = lower(name)))
$$;
revoke all on function ordinary_account_named(uuid, text) from public;
grant execute on function ordinary_account_named(uuid, text) to mamori_app, mamori_worker;

-- 件数 of each system (osaka 11(1)②エ): whoever decides sees how many there are, also where the rows are out of reach.
create function privileged_tally() returns table (system_id uuid, accounts bigint, people bigint, to_withdraw bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  select g.system_id, count(*), count(distinct natural_person(g.holder_id)) filter (where g.state = 'active'),
         count(*) filter (where g.state = 'to_withdraw')
    from privileged_account g
   where viewer_known() and g.state <> 'ended'
   group by g.system_id
$$;
revoke all on function privileged_tally() from public;
grant execute on function privileged_tally() to mamori_app, mamori_worker;

create trigger keep_first after insert on privileged_account for each row execute function keep_version();
create trigger keep_next after update on privileged_account for each row when (old.version <> new.version) execute function keep_version();
create trigger version_moves_on before update on privileged_account for each row execute function version_moves_on();
create trigger keep_row before delete on privileged_account for each row execute function refuse_change();
create trigger keep_all before truncate on privileged_account for each statement execute function refuse_change();
create trigger keep_first after insert on privileged_use for each row execute function keep_version();
create trigger keep_next after update on privileged_use for each row when (old.version <> new.version) execute function keep_version();
create trigger version_moves_on before update on privileged_use for each row execute function version_moves_on();
create trigger keep_row before delete on privileged_use for each row execute function refuse_change();
create trigger keep_all before truncate on privileged_use for each statement execute function refuse_change();

grant select, insert, update on privileged_account to mamori_app, mamori_worker;
grant select, insert on privileged_use to mamori_app, mamori_worker;
grant select on privileged_account_history, privileged_use_history to mamori_app, mamori_worker;

alter table privileged_account enable row level security;
alter table privileged_account_history enable row level security;
alter table privileged_use enable row level security;
alter table privileged_use_history enable row level security;
create policy look on privileged_account for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id()));
create policy look on privileged_account_history for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id()));
create policy look on privileged_use for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or user_id = (select viewer_id()));
create policy look on privileged_use_history for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or user_id = (select viewer_id()));
create policy keep on privileged_account for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy mend on privileged_account for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy keep on privileged_use for insert to mamori_app, mamori_worker with check ((select viewer_all()));

select put_under_seal('privileged_account', '{id}', '{search}');
select put_under_seal('privileged_account_history', '{id,version}', '{search}');
select put_under_seal('privileged_use', '{id}', '{search}');
select put_under_seal('privileged_use_history', '{id,version}', '{search}');

-- What other rooms may join.
create view privileged_accounts_pub with (security_invoker = true) as
  select id, system_id, account_name, holder_id, department_id, from_at, until_at, state, may_use, secret_due_since from privileged_account;
grant select on privileged_accounts_pub to mamori_app, mamori_worker;

reset role;
