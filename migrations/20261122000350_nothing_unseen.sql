-- What a database administrator could do without being seen: evidence that no event speaks of, a sign-in opened with a code
-- of one's own, an organisation under another name, a mail that says something else (4.2.4: the log cannot be rewritten,
-- and neither can what rests on it).

set role mamori_owner;

-- Evidence is what the log says of a mechanism, and nobody's to write: the database makes it from the event itself, so that
-- mechanism, outcome, time and place are the event's by construction. The verifier compares both (`--reconcile`).
create function evidence_of_event() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into evidence (event_id, mechanism, outcome, occurred_at, kind, entity, entity_id, entity_number, department_id, actor_id)
  values (new.id, new.mechanism, new.outcome, new.occurred_at, new.kind, new.entity, new.entity_id, new.entity_number,
          new.department_id, new.actor_id);
  return null;
end $$;
revoke all on function evidence_of_event() from public;
grant execute on function evidence_of_event() to mamori_audit_owner;
drop policy put on evidence;
revoke insert on evidence from mamori_app, mamori_auth, mamori_worker;
-- the worker verifies every night, and looks for nobody in particular
drop policy look on evidence;
create policy look on evidence for select to mamori_app, mamori_worker, mamori_verify, mamori_backup using (
  (select viewer_all()) or current_user in ('mamori_worker', 'mamori_verify', 'mamori_backup'));

reset role;
set role mamori_audit_owner;
create trigger zz_evidence after insert on audit.event for each row when (new.mechanism is not null)
  execute function public.evidence_of_event();
reset role;
set role mamori_owner;

-- A session says whose it is and until when under a key that lies outside the database: a row that was put in or rewritten
-- opens nothing. The same for a password given again. Sessions of before end here, their owners sign in once more.
delete from auth.session;
alter table auth.session add column bond bytea not null check (octet_length(bond) = 32);
alter table auth.step_up add column bond bytea not null check (octet_length(bond) = 32);

-- Activation codes are rights in waiting: who gets one, until when, and whether it was used.
select put_under_seal('auth.activation', '{id}');
-- Under which name and regulation the organisation works.
select put_under_seal('organisation', '{one}');
-- What a mail says and to whom, not how its delivery went.
select put_under_seal('outbox', '{id}', '{sent_at,attempts,last_error}');

-- Whoever works for the organisation from outside stands in for nobody of it.
create function stand_in_fits() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if (select p.tier from post p where p.id = new.post_id) <> 'vendor' and is_outsider(new.person_id, new.during) then
    raise exception 'an outsider stands in for nobody' using errcode = 'PT403';
  end if;
  return new;
end $$;
-- 外部の人: under contract, or in a vendor's post on one of these days (their administrator's account included).
create function is_outsider(who uuid, days daterange) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from person n
                  where n.id in (who, natural_person(who))
                    and (n.employment = 'contractor'
                         or exists (select from post p where p.person_id = n.id and p.tier = 'vendor' and p.during && days)))
$$;
revoke all on function stand_in_fits(), is_outsider(uuid, daterange) from public;
grant execute on function is_outsider(uuid, daterange) to mamori_app, mamori_worker;
create trigger fits before insert or update of post_id, person_id, during on stand_in for each row execute function stand_in_fits();

reset role;
