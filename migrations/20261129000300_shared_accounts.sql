-- 共有ID・共用ID as rows of the アカウント管理台帳 (katsuura 20(1)②, coop 21-4⑤, osaka 10(7)): whoever may use one is listed by
-- name, it has a purpose and somebody who approved it, and the portal itself never has one. An ID of one person stays
-- that person's.

set role mamori_owner;

-- Versions are kept column by column, so that a ledger may grow by a column.
create or replace function keep_version() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  at timestamptz := coalesce(nullif(current_setting('mamori.now', true), '')::timestamptz, clock_timestamp());
  history text := tg_table_name || '_history';
  names text := (select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
                   from pg_attribute a
                  where a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped);
begin
  if tg_op = 'UPDATE' then
    execute format('update %I set valid_to = $1 where id = $2 and valid_to is null', history) using at, old.id;
  end if;
  execute format('insert into %I (%s, valid_from, valid_to, changed_by, change_reason, change_request) select ($1).*, $2, null, $3, $4, $5', history, names)
    using new, at, viewer_id(), nullif(current_setting('mamori.reason', true), ''), nullif(current_setting('mamori.request', true), '')::uuid;
  return null;
end $$;

-- 別の規定 (文書番号) by which accounts of a system may be shared.
alter table information_system add column sharing_rule text not null default '';
alter table information_system_history add column sharing_rule text not null default '';
alter table information_system add constraint portal_is_not_shared check (not is_portal or sharing_rule = '');

alter table account
  add column users uuid[] not null default '{}',
  add column approved_by uuid references person (id),
  add column sharing_rule text not null default '',
  -- 離任: since when its password waits to be changed
  add column password_due_since timestamptz,
  add column password_changed_on date,
  add constraint shared_is_used_by_those_named check ((kind = 'shared') = (cardinality(users) > 0)),
  add constraint shared_for_a_purpose check (kind <> 'shared' or necessity <> ''),
  add constraint shared_by_approval check ((kind = 'shared') = (approved_by is not null)),
  add constraint only_shared_passwords check (
    kind = 'shared' or (sharing_rule = '' and password_due_since is null and password_changed_on is null));
alter table account_history
  add column users uuid[] not null default '{}',
  add column approved_by uuid,
  add column sharing_rule text not null default '',
  add column password_due_since timestamptz,
  add column password_changed_on date;

create function account_sharing_holds() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (new.kind <> old.kind or new.system_id <> old.system_id) then
    raise exception 'an account stays what it is' using errcode = '23514', constraint = 'account_stays';
  end if;
  -- 個人用のユーザIDは共有できません: neither beside its user nor after them
  if tg_op = 'UPDATE' and new.kind <> 'shared' and new.holder_id <> old.holder_id then
    raise exception 'an account is one person''s' using errcode = '23514', constraint = 'account_of_one';
  end if;
  if new.kind = 'shared' and exists (select from information_system where id = new.system_id and is_portal) then
    raise exception 'nobody shares the portal' using errcode = '23514', constraint = 'portal_is_not_shared';
  end if;
  if exists (select from unnest(new.users) named (id)
              group by id
             having count(*) > 1
                 or not exists (select from person p where p.id = named.id and p.owner_person is null)) then
    raise exception 'a user is a person, named once' using errcode = '23503', constraint = 'account_users_are_persons';
  end if;
  return new;
end $$;
revoke all on function account_sharing_holds() from public;
create trigger sharing_holds before insert or update on account for each row execute function account_sharing_holds();

-- A shared account is found by everybody who may use it.
create or replace function account_search_text(a account) returns text language sql stable security definer set search_path = public, pg_temp as $$
  select concat_ws('|', search_key(a.account_name),
                   (select string_agg(distinct search_key(number), '|')
                      from (select a.opened_number union select a.last_number
                             union select h.last_number from account_history h where h.id = a.id) numbers (number)),
                   (select string_agg(concat_ws('|', search_key(family_name || given_name), search_key(reading), search_key(employee_no)), '|' order by employee_no)
                      from person where id = a.holder_id or id = any (a.users)),
                   (select concat_ws('|', search_key(name), search_key(reading)) from department where id = a.department_id),
                   (select concat_ws('|', search_key(code), search_key(name), search_key(reading)) from information_system where id = a.system_id))
$$;
create index account_users on account using gin (users);
create or replace function account_search_follow() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  case tg_table_name
    when 'person' then update account set search = '' where holder_id = new.id or users @> array[new.id];
    when 'department' then update account set search = '' where department_id = new.id;
    else update account set search = '' where system_id = new.id;
  end case;
  return null;
end $$;

create or replace view systems_pub with (security_invoker = true) as
  select id, code, name, reading, purpose, owner_department_id, importance, is_portal, two_factor, retired_on, sharing_rule
    from information_system;

select put_under_seal('information_system', '{id}', '{search}');
select put_under_seal('information_system_history', '{id,version}', '{search}');
select put_under_seal('account', '{id}', '{search}');
select put_under_seal('account_history', '{id,version}', '{search}');

reset role;
