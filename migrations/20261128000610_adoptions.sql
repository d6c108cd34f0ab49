-- 採用: any number of regulations, each from its day on; an amended one is adopted anew with its edition (key@version).
-- What was adopted for a day to come may be taken back until that day; nothing else about an adoption ever changes.

set role mamori_owner;

-- what the text leaves blank, as it was filled when it was adopted: dates, and values that the organisation defines
alter table adoption add column filled jsonb not null default '{}' check (jsonb_typeof(filled) = 'object');
alter table adoption add column taken_back_at timestamptz;
alter table adoption add column taken_back_by uuid;
alter table adoption add column taken_back_reason text;
alter table adoption add constraint adoption_taken_back check (
  (taken_back_at is null) = (taken_back_reason is null) and (taken_back_at is not null or taken_back_by is null)
  and taken_back_reason <> '');

alter table adoption drop constraint adoption_regulation_key_effective_on_key;
create unique index adoption_once on adoption (regulation_key, effective_on) where taken_back_at is null;
drop index adoption_operating;
create unique index adoption_operating on adoption (effective_on) where role = 'operating' and taken_back_at is null;

-- Nothing but taking back, once, and only before the day on the organisation's clock.
create function only_taken_back() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.taken_back_at is null and new.taken_back_at is not null
     and (new.taken_back_at at time zone 'Asia/Tokyo')::date < old.effective_on
     and to_jsonb(new) - '{taken_back_at,taken_back_by,taken_back_reason}'::text[]
       = to_jsonb(old) - '{taken_back_at,taken_back_by,taken_back_reason}'::text[] then
    return new;
  end if;
  raise exception 'append-only: an adoption may be taken back before its day, nothing else' using errcode = 'PT403';
end $$;
drop trigger keep on adoption;
create trigger keep before update or delete on adoption for each row execute function only_taken_back();

grant update (taken_back_at, taken_back_by, taken_back_reason) on adoption to mamori_app;
create policy take_back on adoption for update to mamori_app using ((select viewer_all())) with check ((select viewer_all()));
select put_under_seal('adoption', '{id}');

reset role;
