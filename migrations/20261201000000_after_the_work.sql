-- A return is not taken back once its own step has done the work (実施): the request went on past it, over a step at which
-- nobody was left. A step that was passed over answers nothing, so nothing is sent back to it either.

set role mamori_owner;

create or replace function own_and_last() returns trigger language plpgsql as $$
declare
  r request;
  d decision;
  own int;
begin
  if new.verdict <> 'take_back' then
    return new;
  end if;
  select * into r from request where id = new.request_id for update;
  select * into d from decision x where x.no = new.takes_back;
  if d.id is null or d.request_id <> r.id or d.round <> new.round or d.step <> new.step or d.step_key <> new.step_key or d.line <> new.line
     or d.post_id <> new.post_id or d.acting_rule is not null or natural_person(d.decider) <> natural_person(new.decider) then
    raise exception 'not their decision' using errcode = 'PT403';
  end if;
  select s.stage into own from request_step s where s.request_id = r.id and s.round = d.round and s.at = d.step;
  if new.round <> r.round or new.content_hash <> r.content_hash
     or r.phase not in ('in_review', 'returned', 'executing', 'handing_over', 'reporting') or not counts(d)
     or exists (select from decision x
                  join request_step s on s.request_id = x.request_id and s.round = x.round and s.at = x.step
                 where x.request_id = r.id and x.round = r.round and x.step <> d.step and counts(x)
                   and case when s.stage = own then x.no > d.no and x.verdict in ('refuse', 'return') else x.no > d.no or s.stage > own end)
     or exists (select from execution e where e.request_id = r.id and e.round = r.round and e.step >= d.step) then
    raise exception 'somebody has acted since' using errcode = 'PT409';
  end if;
  return new;
end $$;

create or replace function verdict_of_the_step() returns trigger language plpgsql as $$
declare
  s request_step;
begin
  if new.verdict = 'take_back' then
    return new;
  end if;
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
  if new.returned_to is not null and (
    not exists (select from request_step t
                 where t.request_id = new.request_id and t.round = new.round and t.at = new.returned_to and not t.applicant and t.skipped is null
                   and t.act in ('decide', 'permit', 'instruct', 'consult', 'confirm', 'report'))
    or exists (select from execution e where e.request_id = new.request_id and e.round = new.round)
  ) then
    raise exception 'no step to send it back to' using errcode = 'PT403';
  end if;
  return new;
end $$;

reset role;
