-- 引継ぎ: that a draft waits for somebody, by kind and last day, for those who hand their post over or take it over. What it says
-- stays between the two whose it is.

set role mamori_owner;

create function drafts_waiting_for(p uuid) returns table (kind text, expires_on date)
  language sql stable security definer set search_path = public, pg_temp as $$
  select d.kind, d.expires_on
    from prepared_draft d
   where d.recipient_id = p and d.state = 'open' and viewer_known()
     and (viewer_all() or p = viewer_id()
          or exists (select from post q where q.person_id = p and q.department_id = any (viewer_departments())))
   order by d.expires_on, d.id
$$;
revoke all on function drafts_waiting_for(uuid) from public;
grant execute on function drafts_waiting_for(uuid) to mamori_app;

reset role;
