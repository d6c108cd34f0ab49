-- Whoever alone can still administer the portal: every other administrator is stopped, locked, has never set a password, or waits
-- for a new one. Whether that is so is no secret to the pages that warn of it; everything else about the sign-ins is.

set role mamori_owner;
create function last_administrator(p uuid, today date) returns boolean language sql stable security definer
  set search_path = public, auth, pg_temp as $$
  select viewer_known()
     and exists (select from post o where o.person_id = p and o.tier = 'sysadmin' and o.during @> today)
     and not exists (
       select from auth.credential c
         join person n on n.id = c.person_id and (n.left_on is null or n.left_on >= today)
        where c.person_id <> p
          and c.disabled_at is null and c.locked_at is null and c.set_at is not null and c.disowned_at is null
          and not exists (select from auth.activation a
                           where a.person_id = c.person_id and a.used_at is null and a.withdrawn_at is null)
          and exists (select from post o where o.person_id = n.id and o.tier = 'sysadmin' and o.during @> today))
$$;
revoke all on function last_administrator(uuid, date) from public;
grant execute on function last_administrator(uuid, date) to mamori_app, mamori_worker;
reset role;
