-- A function that the register names (役割台帳) has somebody of its own: another holder of the same tier does not fill it (katsuura 20-1-4b).

set role mamori_owner;

create or replace function last_of_function(p uuid, today date) returns boolean language sql stable security definer
  set search_path = public, auth, pg_temp as $$
  select viewer_known()
     and exists (
       select from post o
        where natural_person(o.person_id) = natural_person(p) and o.during @> today
          and o.tier in ('sysadmin', 'operator', 'office', 'ciso', 'head', 'committee')
          and not exists (
            select from post q
              join person n on n.id = q.person_id and (n.left_on is null or n.left_on >= today)
             where q.tier = o.tier and (o.function is null or q.function = o.function) and q.during @> today
               and natural_person(q.person_id) <> natural_person(p)
               and holds_sign_in(q.person_id)))
$$;

reset role;
