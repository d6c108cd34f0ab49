-- Whoever is away on leave (休職・産休・育休・出向) holds their function by name only: the register of functions says so to
-- everybody who reads it. What kind of leave it is stays with those who see the personnel change itself.

set role mamori_owner;
create function on_leave(p uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select viewer_known()
     -- whoever was let in again by another road is there
     and not holds_sign_in(p)
     and coalesce((select m.kind <> 'return'
                     from personnel_movement m
                    where m.person_id = natural_person(p)
                      and m.applied_at is not null
                      and m.kind in ('secondment', 'leave', 'maternity', 'childcare', 'return')
                    order by m.effective_on desc, m.applied_at desc
                    limit 1), false)
$$;
revoke all on function on_leave(uuid) from public;
grant execute on function on_leave(uuid) to mamori_app, mamori_worker;
reset role;
