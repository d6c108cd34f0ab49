-- Whoever stands in a record as its actor is the one who is looking: not even the portal's own role writes a decision,
-- a piece of work, a receipt or a sentence in somebody else's name. And who turns out to be the person concerned has
-- neither decided nor worked on it before.

set role mamori_owner;

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
  if new.round <> r.round or new.content_hash <> r.content_hash or new.step <> r.step or r.phase not in ('in_review', 'executing') then
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

create or replace function receipt_by_recipient() returns trigger language plpgsql as $$
declare
  r request;
  mine boolean;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  if new.entered_by is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  if not exists (select from request_line l where l.request_id = r.id and l.round = r.round and l.round = new.round and l.no = new.line and l.state = 'executed') then
    raise exception 'line not executed' using errcode = 'PT409';
  end if;
  mine := natural_person(new.entered_by) = natural_person(coalesce(r.beneficiary_id, r.requester_id));
  if mine is distinct from (not new.by_proxy) then
    raise exception 'not the recipient' using errcode = 'PT403';
  end if;
  return new;
end $$;

-- Who files, sends again or writes does so in their own name; who files on an open page has none.
create function in_own_name() returns trigger language plpgsql as $$
declare
  who uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
begin
  if who is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger own_name before insert on request for each row execute function in_own_name('requester_id');
create trigger own_name before insert on request_round for each row execute function in_own_name('submitted_by');
create trigger own_name before insert on request_comment for each row execute function in_own_name('author');

create or replace function keep_request_true() returns trigger language plpgsql as $$
begin
  if old.phase in ('completed', 'refused', 'withdrawn') then
    raise exception 'request is closed' using errcode = 'PT409';
  end if;
  if new.round not in (old.round, old.round + 1) or (new.round > old.round and old.phase <> 'returned') then
    raise exception 'rounds go forward from a return' using errcode = 'PT409';
  end if;
  if new.round = old.round and new.content_hash <> old.content_hash then
    raise exception 'content is fixed within a round' using errcode = 'PT409';
  end if;
  if new.round = old.round and old.beneficiary_id is not null and new.beneficiary_id is distinct from old.beneficiary_id then
    raise exception 'person concerned is fixed within a round' using errcode = 'PT409';
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

-- Is this post held on that day by this person, or do they stand in for its holder? Asked inside the transaction of a
-- decision: post, stand-in and person are held until it commits, so that none of them ends in between. The deciding
-- manager may not change posts, hence the owner's rights for the locks.
create function hold_post(held_post uuid, who uuid, today date) returns boolean language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  p post;
begin
  perform from person where id = who and (left_on is null or left_on >= today) for share;
  if not found then
    return false;
  end if;
  select * into p from post where id = held_post for share;
  if not found or not p.during @> today then
    return false;
  end if;
  if p.person_id = who then
    return true;
  end if;
  perform from stand_in s where s.post_id = held_post and s.person_id = who and s.ended_at is null and s.during @> today for share;
  return found;
end $$;
revoke all on function hold_post(uuid, uuid, date) from public;
grant execute on function hold_post(uuid, uuid, date) to mamori_app, mamori_worker;

-- What is only added to is not emptied either, not even by its owner.
create trigger append_only_all before truncate on request_round for each statement execute function refuse_change();
create trigger append_only_all before truncate on decision for each statement execute function refuse_change();
create trigger append_only_all before truncate on execution for each statement execute function refuse_change();
create trigger append_only_all before truncate on acknowledgement for each statement execute function refuse_change();
create trigger append_only_all before truncate on request_comment for each statement execute function refuse_change();
create trigger append_only_all before truncate on adoption for each statement execute function refuse_change();
create trigger append_only_all before truncate on parameter_value for each statement execute function refuse_change();
create trigger append_only_all before truncate on evidence for each statement execute function refuse_change();

reset role;
set role mamori_audit_owner;
create trigger aa_keep_all before truncate on audit.checkpoint for each statement execute function audit.refuse();
reset role;
