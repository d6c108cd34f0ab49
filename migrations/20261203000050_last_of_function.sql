-- 20-1-4a (katsuura): a notice of end of use stops a sign-in at once. It may not leave a function without anybody who decides or works
-- for the whole organisation. Only added.

set role mamori_owner;

create function last_of_function(p uuid, today date) returns boolean language sql stable security definer
  set search_path = public, auth, pg_temp as $$
  select viewer_known()
     and exists (
       select from post o
        where natural_person(o.person_id) = natural_person(p) and o.during @> today
          and o.tier in ('sysadmin', 'operator', 'office', 'ciso', 'head', 'committee')
          and not exists (
            select from post q
              join person n on n.id = q.person_id and (n.left_on is null or n.left_on >= today)
             where q.tier = o.tier and q.during @> today and natural_person(q.person_id) <> natural_person(p)
               and holds_sign_in(q.person_id)))
$$;
revoke all on function last_of_function(uuid, date) from public;
grant execute on function last_of_function(uuid, date) to mamori_app, mamori_worker;

reset role;
