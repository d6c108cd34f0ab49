-- The first two ledgers: 情報システム台帳 and アカウント管理台帳 (system-management 4.1.1-2, 4.1.2-3, 4.1.3-4),
-- what all ledgers share for searching, and the views that people keep for themselves.

set role mamori_owner;

-- Search, the same for what is stored and what is typed, as kernel::text folds words: width and case (NFKC), kana kind,
-- 濁点, small kana and name variants (髙, 邉) are one; only letters and digits remain.
create function search_key(words text) returns text language sql immutable parallel safe strict as $$
  select regexp_replace(
    translate(
      lower(normalize(words, NFKC)),
      'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶぁぃぅぇぉがぎぐげござじずぜぞだぢっづでどばぱびぴぶぷべぺぼぽゃゅょゎゔゕゖ邊邉髙﨑嵜碕𠮷齊齋斎濱濵廣澤櫻國嶋嶌瀨德惠眞龍圓榮條壽實彥禮豐寬曾冨槇靜藏彌龜關萬與學檜峯舘淵渊',
      'ああいいううええおおかかききくくけけここささししすすせせそそたたちちつつつててととなにぬねのはははひひひふふふへへへほほほまみむめもややゆゆよよらりるれろわわゐゑをんうかけあいうえおかきくけこさしすせそたちつつてとははひひふふへへほほやゆよわうかけ辺辺高崎崎崎吉斉斉斉浜浜広沢桜国島島瀬徳恵真竜円栄条寿実彦礼豊寛曽富槙静蔵弥亀関万与学桧峰館渕渕'),
    '[^[:alnum:]]|ー', '', 'g')
$$;
-- Every character and every pair of neighbours: Japanese has no blanks to cut words at, and one character is a word.
create function search_grams(key text) returns text[] language sql immutable parallel safe strict as $$
  select coalesce(array_agg(distinct gram), '{}')
    from generate_series(1, length(key)) at,
         lateral (values (substr(key, at, 1)), (substr(key, at, 2))) grams (gram)
$$;
-- Whole address of a branch: the department and everything below it.
create function department_and_below(top uuid) returns setof uuid language sql stable as $$
  with recursive branch (id) as (
    select department.id from department where department.id = top
    union
    select department.id from department join branch on department.parent_id = branch.id)
  select id from branch
$$;

-- 情報システム台帳. The portal is one row of its own register.
create table information_system (
  id uuid primary key,
  code text not null check (code <> ''),
  name text not null check (name <> ''),
  reading text not null check (reading <> ''),
  purpose text not null default '',
  owner_department_id uuid not null references department (id),
  importance text not null check (importance in ('high', 'middle', 'low')),
  is_portal boolean not null default false,
  two_factor boolean not null,
  retired_on date,
  registered_at timestamptz not null,
  version int not null default 1,
  search text not null default '',
  constraint portal_stays check (not (is_portal and retired_on is not null))
);
create unique index information_system_code on information_system (lower(code));
create unique index information_system_portal on information_system (is_portal) where is_portal;
create table information_system_history (like information_system);
alter table information_system_history
  add column valid_from timestamptz not null,
  add column valid_to timestamptz,
  add column changed_by uuid,
  add column change_reason text,
  add column change_request uuid;
create index information_system_history_row on information_system_history (id, valid_from);

-- 権限 that a system knows: the standard ones of daily work, those beyond, and the privileged (4.1.1-1-b). `position`
-- orders them from the narrowest to the widest, so that 「申請された範囲を超える」 has one meaning.
create table system_right (
  id uuid primary key,
  system_id uuid not null references information_system (id),
  name text not null check (name <> ''),
  standard boolean not null,
  privileged boolean not null default false,
  position int not null,
  withdrawn_on date,
  version int not null default 1,
  constraint standard_is_not_privileged check (not (standard and privileged))
);
create unique index system_right_name on system_right (system_id, lower(name)) where withdrawn_on is null;
create table system_right_history (like system_right);
alter table system_right_history
  add column valid_from timestamptz not null,
  add column valid_to timestamptz,
  add column changed_by uuid,
  add column change_reason text,
  add column change_request uuid;
create index system_right_history_row on system_right_history (id, valid_from);

-- アカウント管理台帳. One account, one person; a stopped account stays, for ever (4.1.3-1).
create table account (
  id uuid primary key,
  system_id uuid not null references information_system (id),
  account_name text not null check (account_name <> '' and account_name !~ '\s'),
  holder_id uuid not null references person (id),
  department_id uuid not null references department (id),
  rights uuid[] not null check (cardinality(rights) > 0),
  necessity text not null default '',
  kind text not null check (kind in ('personal', 'admin', 'service', 'shared', 'anonymous')),
  until_on date,
  state text not null check (state in ('active', 'stopped')),
  opened_on date not null,
  opened_by uuid references person (id),
  opened_request uuid,
  -- 申請番号 as people say it; it never changes once given
  opened_number text,
  stopped_on date,
  stopped_by uuid references person (id),
  stop_reason text check (stop_reason in ('request', 'inventory', 'unused', 'failures', 'retirement')),
  last_request uuid,
  last_number text,
  version int not null default 1,
  search text not null default '',
  constraint stopped_with_reason check ((state = 'stopped') = (stopped_on is not null and stop_reason is not null)),
  constraint stopped_after_opening check (stopped_on is null or stopped_on >= opened_on),
  constraint until_after_opening check (until_on is null or until_on >= opened_on)
);
create unique index account_name_taken on account (system_id, lower(account_name));
create unique index account_one_each on account (system_id, holder_id) where state = 'active' and kind = 'personal';
create index account_holder on account (holder_id);
create index account_department on account (department_id, account_name, id);
create index account_search on account using gin (search_grams(search));
create table account_history (like account);
alter table account_history
  add column valid_from timestamptz not null,
  add column valid_to timestamptz,
  add column changed_by uuid,
  add column change_reason text,
  add column change_request uuid;
create index account_history_row on account_history (id, valid_from);
create index account_history_time on account_history (valid_from, valid_to);

-- Rights of an account are rights of its system.
create function account_rights_belong() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from unnest(new.rights) wanted
              where not exists (select from system_right r where r.id = wanted and r.system_id = new.system_id)) then
    raise exception 'a right of another system' using errcode = '23503', constraint = 'account_rights_belong';
  end if;
  return new;
end $$;
revoke all on function account_rights_belong() from public;
create trigger rights_belong before insert or update of rights, system_id on account
  for each row execute function account_rights_belong();

-- What an account is found by: its ID, its holder (name, よみ, number), department and system.
create function account_search_text(a account) returns text language sql stable security definer set search_path = public, pg_temp as $$
  select concat_ws('|', search_key(a.account_name),
                   (select concat_ws('|', search_key(family_name || given_name), search_key(reading), search_key(employee_no)) from person where id = a.holder_id),
                   (select concat_ws('|', search_key(name), search_key(reading)) from department where id = a.department_id),
                   (select concat_ws('|', search_key(code), search_key(name), search_key(reading)) from information_system where id = a.system_id))
$$;
revoke all on function account_search_text(account) from public;
create function account_search_refresh() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.search := account_search_text(new);
  return new;
end $$;
revoke all on function account_search_refresh() from public;
create trigger search_refresh before insert or update on account for each row execute function account_search_refresh();
-- A new name elsewhere is not a new version of the account: search is refreshed, version stays.
create function account_search_follow() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  case tg_table_name
    when 'person' then update account set search = '' where holder_id = new.id;
    when 'department' then update account set search = '' where department_id = new.id;
    else update account set search = '' where system_id = new.id;
  end case;
  return null;
end $$;
revoke all on function account_search_follow() from public;
create trigger account_search_follow after update of family_name, given_name, reading, employee_no on person
  for each row execute function account_search_follow();
create trigger account_search_follow after update of name, reading on department
  for each row execute function account_search_follow();
create trigger account_search_follow after update of code, name, reading on information_system
  for each row execute function account_search_follow();

create function system_search_refresh() returns trigger language plpgsql as $$
begin
  new.search := concat_ws('|', search_key(new.code), search_key(new.name), search_key(new.reading), search_key(new.purpose));
  return new;
end $$;
create trigger search_refresh before insert or update on information_system for each row execute function system_search_refresh();
create index information_system_search on information_system using gin (search_grams(search));

-- Versions: kept when a row comes, and whenever its version moves on.
create trigger keep_first after insert on information_system for each row execute function keep_version();
create trigger keep_next after update on information_system for each row when (old.version <> new.version) execute function keep_version();
create trigger keep_first after insert on system_right for each row execute function keep_version();
create trigger keep_next after update on system_right for each row when (old.version <> new.version) execute function keep_version();
create trigger keep_first after insert on account for each row execute function keep_version();
create trigger keep_next after update on account for each row when (old.version <> new.version) execute function keep_version();
-- Nothing that a ledger says changes without a new version.
create function version_moves_on() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'search' - 'version') is distinct from (to_jsonb(old) - 'search' - 'version') and new.version <> old.version + 1 then
    raise exception 'a change needs the next version' using errcode = 'PT409';
  end if;
  return new;
end $$;
create trigger version_moves_on before update on information_system for each row execute function version_moves_on();
create trigger version_moves_on before update on system_right for each row execute function version_moves_on();
create trigger version_moves_on before update on account for each row execute function version_moves_on();

-- Rows are retired, never removed.
create trigger keep_row before delete on information_system for each row execute function refuse_change();
create trigger keep_row before delete on system_right for each row execute function refuse_change();
create trigger keep_row before delete on account for each row execute function refuse_change();
create trigger keep_all before truncate on information_system for each statement execute function refuse_change();
create trigger keep_all before truncate on system_right for each statement execute function refuse_change();
create trigger keep_all before truncate on account for each statement execute function refuse_change();

-- 私の保存: filters that a person keeps for a ledger.
create table ledger_view (
  id uuid primary key,
  person_id uuid not null references person (id),
  ledger text not null,
  name text not null check (name <> '' and length(name) <= 40),
  query text not null check (length(query) <= 2000),
  created_at timestamptz not null,
  constraint ledger_view_name unique (person_id, ledger, name)
);

-- What somebody who files for a colleague has to know, without the ledger in view: is there an account already,
-- and which accounts do the people of one's own departments hold.
create function account_exists(holder uuid, of_system uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select viewer_known() and exists (select from account where holder_id = holder and system_id = of_system and state = 'active' and kind = 'personal')
$$;
create function colleague_accounts(today date) returns setof account language sql stable security definer set search_path = public, pg_temp as $$
  select account.*
    from account
   where account.state = 'active'
     and (account.holder_id = viewer_id()
          or account.department_id = any (viewer_departments())
          or account.department_id in (select department_id from post where person_id = viewer_id() and during @> today))
$$;
revoke all on function account_exists(uuid, uuid), colleague_accounts(date) from public;
grant execute on function account_exists(uuid, uuid), colleague_accounts(date) to mamori_app, mamori_worker;

grant select, insert, update on information_system, system_right, account to mamori_app, mamori_worker;
grant select on information_system_history, system_right_history, account_history to mamori_app, mamori_worker;
grant select, insert, delete on ledger_view to mamori_app;

alter table information_system enable row level security;
alter table information_system_history enable row level security;
alter table system_right enable row level security;
alter table system_right_history enable row level security;
alter table account enable row level security;
alter table account_history enable row level security;
alter table ledger_view enable row level security;
-- which systems there are, and with which rights, everybody must know who asks for one
create policy look on information_system for select to mamori_app, mamori_worker using ((select viewer_known()));
create policy look on system_right for select to mamori_app, mamori_worker using ((select viewer_known()));
create policy look on information_system_history for select to mamori_app, mamori_worker using ((select viewer_all()));
create policy look on system_right_history for select to mamori_app, mamori_worker using ((select viewer_all()));
create policy look on account for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id()));
create policy look on account_history for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id()));
create policy keep on information_system for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy mend on information_system for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy keep on system_right for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy mend on system_right for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy keep on account for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy mend on account for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy own on ledger_view to mamori_app using (person_id = (select viewer_id())) with check (person_id = (select viewer_id()));

-- What other rooms may join.
create view systems_pub with (security_invoker = true) as
  select id, code, name, reading, purpose, owner_department_id, importance, is_portal, two_factor, retired_on from information_system;
create view system_rights_pub with (security_invoker = true) as
  select id, system_id, name, standard, privileged, position, withdrawn_on from system_right;
create view accounts_pub with (security_invoker = true) as
  select id, system_id, account_name, holder_id, department_id, rights, kind, until_on, state, opened_on, stopped_on, stop_reason from account;
grant select on systems_pub, system_rights_pub, accounts_pub to mamori_app, mamori_worker;

reset role;
