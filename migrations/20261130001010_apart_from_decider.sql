-- Where a clause puts the rights of some under another's prior approval (coop 24-1-2), whoever is one of them does not give that
-- approval in the other's place: not as an appointed stand-in, and not where the step moved. In their own post of the tier
-- that the clause names they do.

set role mamori_owner;

alter table request_step add column apart_from text[] not null default '{}' check (array_position(apart_from, null) is null);

-- Second judge.
create function apart_from_decider() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s request_step;
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
begin
  select * into s from request_step q where q.request_id = new.request_id and q.round = new.round and q.at = new.step;
  if s.apart_from = '{}' or new.verdict = 'take_back' then
    return new;
  end if;
  if not new.deputy and new.tier = coalesce(s.moved_from_tier, s.tier) then
    return new;
  end if;
  if exists (select from post p
               join person n on n.id = p.person_id
              where natural_person(n.id) = natural_person(new.decider)
                and p.tier = any (s.apart_from)
                and p.during @> today
                and (n.left_on is null or n.left_on >= today)
                and holds_sign_in(n.id)) then
    raise exception 'what the clause keeps apart does not meet in a stand-in' using errcode = 'PT403';
  end if;
  return new;
end $$;
revoke all on function apart_from_decider() from public;
create trigger apart_from_decider before insert on decision for each row execute function apart_from_decider();

select put_under_seal('request_step', '{request_id,round,at}');

reset role;
