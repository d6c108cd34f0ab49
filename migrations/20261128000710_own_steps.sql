-- Steps of the applicant's own (coop 21-2, 21-3, 24-1-2): whoever was instructed or allowed does the work themselves. Others
-- decide before; the applicant decides nothing.

set role mamori_owner;

alter table request_step add column own boolean not null default false;
alter table request_step add constraint request_step_own check (not own or act in ('execute', 'confirm'));

-- As before, but for the applicant's own steps, where nobody else acts.
create or replace function keep_duties_apart() returns trigger language plpgsql as $$
declare
  r request;
  who uuid;
  me uuid[];
  clash boolean;
  s request_step;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  if new.round <> r.round or new.content_hash <> r.content_hash or new.step <> r.step
     or r.phase not in ('in_review', 'executing', 'reporting') then
    raise exception 'content or step changed' using errcode = 'PT409';
  end if;
  select * into s from request_step t where t.request_id = r.id and t.round = r.round and t.at = r.step and t.key = new.step_key;
  if not found then
    raise exception 'no such step' using errcode = 'PT403';
  end if;
  who := case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end;
  if who is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  if s.own then
    if new.acting_for is not null or natural_person(who) is distinct from natural_person(r.requester_id) then
      raise exception 'the applicant''s own step' using errcode = 'PT403';
    end if;
    return new;
  end if;
  me := array_remove(array[natural_person(who), natural_person(new.acting_for)], null);
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
  return new;
end $$;

select put_under_seal('request_step', '{request_id,round,at}');

reset role;
