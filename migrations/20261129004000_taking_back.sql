-- 引戻し and 差戻し to an earlier step. Decisions stay append-only: a row that takes one back, or that sends the request back
-- past it, ends what it counts for. The database judges it a second time, by the same words as the machine.

set role mamori_owner;

alter table request drop constraint request_phase_check;
alter table request add constraint request_phase_check check (phase in (
  'in_review', 'returned', 'pulled_back', 'executing', 'handing_over', 'reporting', 'completed', 'refused', 'withdrawn'));

-- in the order in which they were written: clocks of two machines may differ
alter table decision add column no bigint generated always as identity;
alter table decision add constraint decision_no unique (no);
-- 差戻し先, and whether what lies beyond it is answered again
alter table decision add column returned_to int;
alter table decision add column after_return text check (after_return in ('repeat', 'sender'));
alter table decision add constraint decision_sent_back check (
  (returned_to is null) = (after_return is null) and (returned_to is null or verdict = 'return' and returned_to < step));
-- 引戻し
alter table decision add column takes_back bigint unique references decision (no);
alter table decision drop constraint decision_verdict_check;
alter table decision add constraint decision_verdict_check
  check (verdict in ('approve', 'return', 'refuse', 'opinion', 'report', 'take_back'));
alter table decision drop constraint decision_says_why;
alter table decision add constraint decision_says_why check (verdict in ('approve', 'report', 'take_back') or words <> '');
alter table decision add constraint decision_takes_back check ((verdict = 'take_back') = (takes_back is not null));
create index decision_by on decision (decider);
select put_under_seal('decision', '{id}');

-- Does a decision still count?
create function counts(d decision) returns boolean language sql stable as $$
  select d.verdict <> 'take_back'
     and not exists (select from decision t where t.takes_back = d.no)
     and not exists (select from decision b
                      where b.request_id = d.request_id and b.round = d.round and b.no > d.no
                        and (b.returned_to = d.step or b.after_return = 'repeat' and b.returned_to < d.step)
                        and not exists (select from decision t where t.takes_back = b.no))
$$;
revoke all on function counts(decision) from public;
grant execute on function counts(decision) to mamori_app, mamori_worker;

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
  who := case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end;
  if who is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  -- what is taken back is judged by what it takes back
  if to_jsonb(new) ->> 'verdict' = 'take_back' then
    return new;
  end if;
  if new.round <> r.round or new.content_hash <> r.content_hash or new.step <> r.step
     or r.phase not in ('in_review', 'executing', 'reporting') then
    raise exception 'content or step changed' using errcode = 'PT409';
  end if;
  select s.applicant into own from request_step s where s.request_id = r.id and s.round = r.round and s.at = r.step and s.key = new.step_key;
  if not found then
    raise exception 'no such step' using errcode = 'PT403';
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
                 where t.request_id = new.request_id and t.round = new.round and t.at = new.returned_to and not t.applicant
                   and t.act in ('decide', 'permit', 'instruct', 'consult', 'confirm', 'report'))
    or exists (select from execution e where e.request_id = new.request_id and e.round = new.round)
  ) then
    raise exception 'no step to send it back to' using errcode = 'PT403';
  end if;
  return new;
end $$;

-- 引戻し: one's own decision, in the same capacity, as long as nobody has acted since, and nothing is closed.
create function own_and_last() returns trigger language plpgsql as $$
declare
  r request;
  d decision;
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
  if new.round <> r.round or new.content_hash <> r.content_hash
     or r.phase not in ('in_review', 'returned', 'executing', 'handing_over', 'reporting') or not counts(d)
     or exists (select from decision x
                 where x.request_id = r.id and x.round = r.round and x.step <> d.step and (x.no > d.no or x.step > d.step) and counts(x))
     or exists (select from execution e where e.request_id = r.id and e.round = r.round and e.step > d.step) then
    raise exception 'somebody has acted since' using errcode = 'PT409';
  end if;
  return new;
end $$;
create trigger own_and_last before insert on decision for each row execute function own_and_last();

-- Work comes after every answer of its round that still counts; what was denied is never worked on.
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
                          and d.verdict in ('approve', 'opinion') and d.line in (0, new.line) and counts(d))
  ) then
    raise exception 'not approved' using errcode = 'PT403';
  end if;
  return new;
end $$;

create or replace function keep_request_true() returns trigger language plpgsql as $$
begin
  if old.phase in ('completed', 'refused', 'withdrawn') then
    raise exception 'request is closed' using errcode = 'PT409';
  end if;
  if new.round not in (old.round, old.round + 1) or (new.round > old.round and old.phase not in ('returned', 'pulled_back')) then
    raise exception 'rounds go forward from a return' using errcode = 'PT409';
  end if;
  if new.round = old.round and new.content_hash <> old.content_hash then
    raise exception 'content is fixed within a round' using errcode = 'PT409';
  end if;
  if new.round = old.round and old.beneficiary_id is not null and new.beneficiary_id is distinct from old.beneficiary_id then
    raise exception 'person concerned is fixed within a round' using errcode = 'PT409';
  end if;
  -- 引戻し by whoever filed, before anybody has acted
  if new.phase = 'pulled_back' and old.phase <> 'pulled_back' then
    if natural_person(viewer_id()) is distinct from natural_person(new.requester_id) then
      raise exception 'not the applicant' using errcode = 'PT403';
    end if;
    if exists (select from decision d where d.request_id = new.id and d.round = new.round and counts(d))
       or exists (select from execution e where e.request_id = new.id and e.round = new.round) then
      raise exception 'somebody has acted' using errcode = 'PT409';
    end if;
  end if;
  -- the work that confirmed the identity is written before the person is known: what was their own matter shows only now
  if old.beneficiary_id is null and new.beneficiary_id is not null and exists (
    select from (
      select d.decider as person, d.acting_for from decision d where d.request_id = new.id and d.round = new.round
      union all
      select e.executor, e.acting_for from execution e where e.request_id = new.id and e.round = new.round
    ) acted
    where natural_person(new.beneficiary_id) in (natural_person(acted.person), natural_person(acted.acting_for))
  ) then
    raise exception 'own matter' using errcode = 'PT403';
  end if;
  if new.lock_version <> old.lock_version + 1 then
    raise exception 'lock version' using errcode = 'PT409';
  end if;
  return new;
end $$;

reset role;
