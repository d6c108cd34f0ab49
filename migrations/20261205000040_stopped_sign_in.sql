-- Whoever cannot sign in any more (利用終了届, 退職, 抹消) holds a function by name only, as whoever is away on leave does: the
-- register of functions says so. Why it was stopped stays with those who see the sign-ins.

set role mamori_owner;
create function sign_in_stopped(p uuid) returns boolean language sql stable security definer set search_path = public, auth, pg_temp as $$
  select viewer_known() and exists (select from auth.credential c where c.person_id = p and c.disabled_at is not null)
$$;
revoke all on function sign_in_stopped(uuid) from public;
grant execute on function sign_in_stopped(uuid) to mamori_app, mamori_worker;
reset role;
