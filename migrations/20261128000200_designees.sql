-- Steps that those whom an administrator names may take as well (指名された者: coop 21-4-1, 21-4-4). The request then waits at two
-- seats, and whoever of both comes first takes it. And steps that are those of whoever files (by = ["applicant"]: 21-2, 21-3, 24):
-- the work or the check is theirs once others have let it pass; in what concerns themselves they act nowhere.

set role mamori_owner;

alter table request_step add column designee boolean not null default false;
alter table request_step add column applicant boolean not null default false
  check (not applicant or act in ('confirm', 'execute', 'report'));
alter table request add column waiting_also text check (waiting_also is null or waiting_type in ('decide', 'execute'));
create index request_waiting_also on request (waiting_type, waiting_also, waiting_since, id) where waiting_also is not null;

grant insert (waiting_also), update (waiting_also) on request to mamori_app, mamori_worker;
grant update (designee) on request_step to mamori_app, mamori_worker;

create or replace function keep_duties_apart() returns trigger language plpgsql as $$
declare
  r request;
  who uuid;
  me uuid[];
  clash boolean;
  own boolean;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  if new.round <> r.round or new.content_hash <> r.content_hash or new.step <> r.step
     or r.phase not in ('in_review', 'executing', 'reporting') then
    raise exception 'content or step changed' using errcode = 'PT409';
  end if;
  select s.applicant into own from request_step s where s.request_id = r.id and s.round = r.round and s.at = r.step and s.key = new.step_key;
  if not found then
    raise exception 'no such step' using errcode = 'PT403';
  end if;
  who := case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end;
  if who is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  me := array_remove(array[natural_person(who), natural_person(new.acting_for)], null);
  if own then
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
  return new;
end $$;

select put_under_seal('request', '{id}', '{search}');
select put_under_seal('request_step', '{request_id,round,at}');

reset role;
