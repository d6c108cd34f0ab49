-- 実施の訂正: what was entered wrongly about work that is done is entered again. Both attempts stay, the later one says why.

set role mamori_owner;

create or replace function keep_duties_apart() returns trigger language plpgsql as $$
declare
  r request;
  s request_step;
  who uuid;
  me uuid[];
  clash boolean;
  corrects boolean;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  who := case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end;
  if who is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  -- what is taken back is judged by what it takes back
  if to_jsonb(new) ->> 'verdict' = 'take_back' then
    return new;
  end if;
  select * into s from request_step t where t.request_id = r.id and t.round = r.round and t.at = new.step and t.key = new.step_key;
  if not found then
    raise exception 'no such step' using errcode = 'PT403';
  end if;
  -- 訂正: work that is done is entered anew, with its reason, until somebody has confirmed its receipt
  corrects := tg_table_name = 'execution' and exists (
    select from execution e
     where e.request_id = new.request_id and e.round = new.round and e.line = (to_jsonb(new) ->> 'line')::int and e.outcome = 'done');
  if corrects and (to_jsonb(new) ->> 'outcome' <> 'done' or to_jsonb(new) ->> 'words' = '' or r.phase not in ('executing', 'handing_over')
                   or not exists (select from request_line l
                                   where l.request_id = new.request_id and l.round = new.round
                                     and l.no = (to_jsonb(new) ->> 'line')::int and l.state = 'executed')) then
    raise exception 'the work is done' using errcode = 'PT409';
  end if;
  if new.round <> r.round or new.content_hash <> r.content_hash or s.arrived_at is null
     or not corrects and (s.ended_at is not null or r.phase not in ('in_review', 'executing', 'reporting')) then
    raise exception 'content or step changed' using errcode = 'PT409';
  end if;
  me := array_remove(array[natural_person(who), natural_person(new.acting_for)], null);
  if s.applicant then
    -- whoever filed, in their own name, on nothing about themselves; as a party they act on no other step
    if natural_person(who) is distinct from natural_person(r.requester_id) or new.acting_for is not null
       or natural_person(who) = natural_person(r.beneficiary_id) then
      raise exception 'not the applicant' using errcode = 'PT403';
    end if;
    return new;
  end if;
  if me && array_remove(array[natural_person(r.requester_id), natural_person(r.beneficiary_id)], null) then
    raise exception 'own matter' using errcode = 'PT403';
  end if;
  select exists (
    select from (
      select d.step_key, d.decider as person, d.acting_for from decision d where d.request_id = r.id and d.round = r.round
      union all
      select e.step_key, e.executor, e.acting_for from execution e where e.request_id = r.id and e.round = r.round
    ) earlier
    where earlier.step_key <> new.step_key
      and not (least(earlier.step_key, new.step_key) || '|' || greatest(earlier.step_key, new.step_key)) = any (r.joins)
      and array_remove(array[natural_person(earlier.person), natural_person(earlier.acting_for)], null) && me
  ) into clash;
  if clash then
    raise exception 'already acted on another step' using errcode = 'PT403';
  end if;
  -- where several answer, each answers once, by themselves or by another one in their place
  if s.needed > 1 and exists (
    select from decision d
     where d.request_id = r.id and d.round = r.round and d.step = s.at and counts(d)
       and array_remove(array[natural_person(d.decider), natural_person(d.acting_for)], null) && me) then
    raise exception 'answered already' using errcode = 'PT403';
  end if;
  return new;
end $$;

reset role;
