-- More than approving, working and receiving: instructions (coop 21-2), consultation (osaka 11(2)), confirmation and report
-- of the work (coop 21-4-7), permission system by system (21-4-4), and steps of the section that owns what is asked for
-- (osaka 7-4).

set role mamori_owner;

alter table request drop constraint request_phase_check;
alter table request add constraint request_phase_check check (
  phase in ('in_review', 'returned', 'executing', 'handing_over', 'reporting', 'completed', 'refused', 'withdrawn'));
-- 所管課: the section that owns what is asked for; its manager sees and decides the request
alter table request add column owner_department_id uuid references department (id);

alter table request_step drop constraint request_step_act_check;
alter table request_step add constraint request_step_act_check check (
  act in ('decide', 'permit', 'instruct', 'consult', 'confirm', 'execute', 'acknowledge', 'report', 'notify'));
alter table request_step add column each_line boolean not null default false;

alter table request_line drop constraint request_line_state_check;
alter table request_line add constraint request_line_state_check check (
  state in ('open', 'executed', 'acknowledged', 'declined', 'denied'));

alter table decision drop constraint decision_verdict_check;
alter table decision add constraint decision_verdict_check check (verdict in ('approve', 'return', 'refuse', 'opinion', 'report'));
alter table decision drop constraint decision_check;
alter table decision add constraint decision_says_why check (verdict in ('approve', 'report') or words <> '');
-- what the step asked to be recorded (支障の有無, 申請との相違), as data and as the words that were shown
alter table decision add column result jsonb not null default '{}';
alter table decision add column shown jsonb not null default '[]';

grant insert (owner_department_id), update (owner_department_id) on request to mamori_app, mamori_worker;

-- As before, and in the report as well as in the decision.
create or replace function keep_duties_apart() returns trigger language plpgsql as $$
declare
  r request;
  who uuid;
  me uuid[];
  clash boolean;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  if new.round <> r.round or new.content_hash <> r.content_hash or new.step <> r.step
     or r.phase not in ('in_review', 'executing', 'reporting') then
    raise exception 'content or step changed' using errcode = 'PT409';
  end if;
  if not exists (select from request_step s where s.request_id = r.id and s.round = r.round and s.at = r.step and s.key = new.step_key) then
    raise exception 'no such step' using errcode = 'PT403';
  end if;
  who := case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end;
  if who is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
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

-- A verdict is one that its step takes: an opinion where somebody is consulted, a report of the work, and nothing is
-- refused where something is only confirmed.
create function verdict_of_the_step() returns trigger language plpgsql as $$
declare
  s request_step;
begin
  select * into s from request_step t where t.request_id = new.request_id and t.round = new.round and t.at = new.step;
  if not (case new.verdict
    when 'approve' then s.act in ('decide', 'permit', 'instruct', 'confirm')
    when 'refuse' then s.act in ('decide', 'permit', 'instruct')
    when 'return' then s.act in ('decide', 'permit', 'instruct', 'confirm', 'execute')
    when 'opinion' then s.act = 'consult'
    when 'report' then s.act = 'report'
  end) then
    raise exception 'no such answer at this step' using errcode = 'PT403';
  end if;
  if (new.line > 0) <> (s.each_line and new.verdict <> 'return') then
    raise exception 'line by line' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger answers before insert on decision for each row execute function verdict_of_the_step();

-- Work comes after every answer of its round; what was denied is never worked on.
create or replace function after_approval() returns trigger language plpgsql as $$
begin
  if not exists (select from request_step s
                  where s.request_id = new.request_id and s.round = new.round and s.at = new.step and s.act = 'execute') then
    raise exception 'no work at this step' using errcode = 'PT403';
  end if;
  if exists (
    select from request_step s
     where s.request_id = new.request_id and s.round = new.round and s.at < new.step
       and s.act in ('decide', 'permit', 'instruct', 'consult', 'confirm')
       and not exists (select from decision d
                        where d.request_id = s.request_id and d.round = s.round and d.step = s.at
                          and d.verdict in ('approve', 'opinion') and d.line in (0, new.line))
  ) then
    raise exception 'not approved' using errcode = 'PT403';
  end if;
  return new;
end $$;

drop policy look on request;
create policy look on request for select to mamori_app, mamori_worker using (
  (select viewer_all())
  or department_id = any ((select viewer_departments())::uuid[])
  or owner_department_id = any ((select viewer_departments())::uuid[])
  or requester_id = (select viewer_id())
  or beneficiary_id = (select viewer_id()));
drop policy move on request;
create policy move on request for update to mamori_app, mamori_worker using (
  (select viewer_all())
  or department_id = any ((select viewer_departments())::uuid[])
  or owner_department_id = any ((select viewer_departments())::uuid[])
  or requester_id = (select viewer_id())
  or beneficiary_id = (select viewer_id()))
  with check ((select viewer_known()));

select put_under_seal('request', '{id}', '{search}');
select put_under_seal('request_step', '{request_id,round,at}');
select put_under_seal('decision', '{id}');

reset role;
