-- An edition that is adopted for a day to come waits for it: it is not adopted for another day beside, but taken back first.

set role mamori_owner;
create or replace function adopted_once() returns trigger language plpgsql as $$
declare
  today date := (new.entered_at at time zone 'Asia/Tokyo')::date;
begin
  perform pg_advisory_xact_lock(hashtext('adoption'));
  if exists (select from adoption a
              where a.effective_on = new.effective_on
                and (a.regulation_key = new.regulation_key or a.role = 'operating' and new.role = 'operating')
                and not exists (select from adoption_taken_back t where t.adoption_id = a.id)) then
    raise exception 'adopted from that day on already' using errcode = 'unique_violation', constraint = 'adoption_once';
  end if;
  if exists (select from adoption a
              where a.regulation_key = new.regulation_key
                and a.effective_on > today
                and not exists (select from adoption_taken_back t where t.adoption_id = a.id)) then
    raise exception 'adopted for a day to come already' using errcode = 'unique_violation', constraint = 'adoption_waits';
  end if;
  return new;
end $$;
reset role;
