-- The seats of a day with who holds them, who is there and who stands in, for the routes of requests: read in one go. Asked
-- post by post whether it is a naming and whether its holder can sign in, an office with hundreds of posts waits for it at
-- every act.

set role mamori_owner;

create index post_seats on post (id) where tier <> 'staff';

create function seats_of(day date)
  returns table (tier text, department_id uuid, held boolean, present boolean, holder uuid, deputy uuid)
  language sql stable security definer set search_path = public, auth, pg_temp as $$
  select p.tier, p.department_id,
         p.during @> day and (h.left_on is null or h.left_on >= day),
         exists (select from auth.credential c where c.person_id = h.id and c.disabled_at is null),
         coalesce(h.owner_person, h.id),
         coalesce(d.owner_person, d.id)
    from post p
    join person h on h.id = p.person_id
    left join stand_in s on s.post_id = p.id and s.ended_at is null and s.during @> day
    left join person d on d.id = s.person_id
                      and exists (select from auth.credential c where c.person_id = d.id and c.disabled_at is null)
   where viewer_known()
     and p.tier <> 'staff'
     and not exists (select from designation n where n.post_id = p.id)
   order by p.id
$$;
revoke all on function seats_of(date) from public;
grant execute on function seats_of(date) to mamori_app, mamori_worker;

reset role;
