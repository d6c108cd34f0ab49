-- The section that owns a system (所管課) reads the accounts on it, whichever section uses them; and an
-- account ends by a notice (利用終了届).

set role mamori_owner;

create function owned_by_viewer(of_system uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from information_system
                  where id = of_system and owner_department_id = any (viewer_departments()))
$$;

revoke all on function owned_by_viewer(uuid) from public;
grant execute on function owned_by_viewer(uuid) to mamori_app, mamori_worker;

drop policy look on account;
create policy look on account for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id())
  or owned_by_viewer(system_id));
drop policy look on account_history;
create policy look on account_history for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id())
  or owned_by_viewer(system_id));
-- the section that owns the portal sees its sign-ins: who is meant by a claim, and who is stopped
create function portal_is_ours() returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from information_system
                  where is_portal and owner_department_id = any (viewer_departments()))
$$;
revoke all on function portal_is_ours() from public;
grant execute on function portal_is_ours() to mamori_app, mamori_worker;
create policy owners on auth.credential for select to mamori_app, mamori_worker using ((select portal_is_ours()));
create policy owners on auth.activation for select to mamori_app, mamori_worker using ((select portal_is_ours()));

-- whoever decides in the owning section sees what the request names, too
create or replace function accounts_of_request(of_request uuid) returns setof account language sql stable security definer
  set search_path = public, pg_temp as $$
  select a.*
    from request r
    join request_line l on l.request_id = r.id and l.round = r.round
    join account a on a.id::text = l.data ->> 'account' and a.holder_id = r.beneficiary_id
   where r.id = of_request
     and r.phase not in ('completed', 'refused', 'withdrawn')
     and (viewer_all()
          or r.department_id = any (viewer_departments())
          or r.owner_department_id = any (viewer_departments())
          or r.requester_id = viewer_id()
          or r.beneficiary_id = viewer_id())
$$;

alter table account drop constraint account_stop_reason_check;
alter table account add constraint account_stop_reason_check check (
  stop_reason in ('request', 'inventory', 'unused', 'failures', 'retirement', 'end_of_use'));

reset role;
