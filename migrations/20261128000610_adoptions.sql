-- 採用: any number of regulations, each from its day on; an amended one is adopted anew with its edition (key@version).
-- What was adopted for a day to come may be taken back until that day; both only ever add rows.

set role mamori_owner;

-- what the text leaves blank, as it was filled when it was adopted: dates, and values that the organisation defines
alter table adoption add column filled jsonb not null default '{}' check (jsonb_typeof(filled) = 'object');

create table adoption_taken_back (
  adoption_id uuid primary key references adoption (id),
  taken_back_at timestamptz not null,
  taken_back_by uuid,
  reason text not null check (reason <> '')
);
create trigger keep before update or delete on adoption_taken_back for each row execute function refuse_change();
create trigger append_only_all before truncate on adoption_taken_back for each statement execute function refuse_change();

-- Before the day on the organisation's clock, and never after.
create function taken_back_in_time() returns trigger language plpgsql as $$
begin
  if not exists (select from adoption a
                  where a.id = new.adoption_id
                    and (new.taken_back_at at time zone 'Asia/Tokyo')::date < a.effective_on) then
    raise exception 'an adoption is taken back before its day' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger in_time before insert on adoption_taken_back for each row execute function taken_back_in_time();

-- From each day on one regulation binds the portal itself, and none is adopted twice; what was taken back does not count.
alter table adoption drop constraint adoption_regulation_key_effective_on_key;
drop index adoption_operating;
create index adoption_effective on adoption (effective_on, regulation_key);
create function adopted_once() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('adoption'));
  if exists (select from adoption a
              where a.effective_on = new.effective_on
                and (a.regulation_key = new.regulation_key or a.role = 'operating' and new.role = 'operating')
                and not exists (select from adoption_taken_back t where t.adoption_id = a.id)) then
    raise exception 'adopted from that day on already' using errcode = 'unique_violation', constraint = 'adoption_once';
  end if;
  return new;
end $$;
create trigger once before insert on adoption for each row execute function adopted_once();

grant select on adoption_taken_back to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup;
grant insert on adoption_taken_back to mamori_app;
alter table adoption_taken_back enable row level security;
create policy look on adoption_taken_back for select to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on adoption_taken_back for insert to mamori_app with check ((select viewer_all()));

select put_under_seal('adoption', '{id}');
select put_under_seal('adoption_taken_back', '{adoption_id}');

reset role;
