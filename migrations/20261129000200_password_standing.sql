-- The ledger of accounts says when the portal's password was last changed (coop 31-1-2; katsuura 20-1-3), and whether it is
-- still the temporary one (osaka 10-8-1-b). Who may read the row may read this; of what proves anything it tells nothing.

set role mamori_owner;

create function password_standing(who uuid) returns table (set_at timestamptz, temporary boolean) language sql stable security definer
  set search_path = public, pg_temp as $$
  select c.set_at, c.must_change from auth.credential c where viewer_known() and c.person_id = who
$$;
revoke all on function password_standing(uuid) from public;
grant execute on function password_standing(uuid) to mamori_app, mamori_worker;

reset role;
