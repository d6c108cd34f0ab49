-- What a request names stays in view of whoever sits on its route, what is opened is opened on a system in use, and a
-- signed slip stands only for one who cannot confirm by signing in.

set role mamori_owner;

-- The accounts that the lines of a request name, for whoever sees the request while it is open: also where the row has
-- moved out of their departments meanwhile, they see what they decide about. Bound to the person whom it concerns.
create function accounts_of_request(of_request uuid) returns setof account language sql stable security definer
  set search_path = public, pg_temp as $$
  select a.*
    from request r
    join request_line l on l.request_id = r.id and l.round = r.round
    join account a on a.id::text = l.data ->> 'account' and a.holder_id = r.beneficiary_id
   where r.id = of_request
     and r.phase not in ('completed', 'refused', 'withdrawn')
     and (viewer_all()
          or r.department_id = any (viewer_departments())
          or r.requester_id = viewer_id()
          or r.beneficiary_id = viewer_id())
$$;

-- Is this system in use on that day? It is held until the transaction ends, so that its use does not end in between.
create function hold_system(held uuid, today date) returns boolean language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform from information_system where id = held and (retired_on is null or retired_on > today) for share;
  return found;
end $$;

-- Can this person confirm by themselves: a sign-in whose password is set and which is not stopped?
create function signs_in(who uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from auth.credential c
     where c.person_id in (who, natural_person(who))
       and c.set_at is not null
       and c.disabled_at is null
       and c.locked_at is null)
$$;
revoke all on function accounts_of_request(uuid), hold_system(uuid, date), signs_in(uuid) from public;
grant execute on function accounts_of_request(uuid), hold_system(uuid, date), signs_in(uuid) to mamori_app, mamori_worker;

create function slip_for_those_without_sign_in() returns trigger language plpgsql as $$
begin
  if new.by_proxy and exists (
    select from request r where r.id = new.request_id and signs_in(coalesce(r.beneficiary_id, r.requester_id))
  ) then
    raise exception 'the recipient confirms by themselves' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger slip_without_sign_in before insert on acknowledgement
  for each row execute function slip_for_those_without_sign_in();

reset role;
