-- A seat whose holder cannot sign in any more is a vacant one (空席): what waits there moves on. Whether somebody signs in is
-- no secret to the route, everything else about the sign-in is.

set role mamori_owner;
create function holds_sign_in(p uuid) returns boolean language sql stable security definer set search_path = public, auth, pg_temp as $$
  select exists (select from auth.credential c where c.person_id = p and c.disabled_at is null)
$$;
revoke all on function holds_sign_in(uuid) from public;
grant execute on function holds_sign_in(uuid) to mamori_app, mamori_worker;
reset role;
