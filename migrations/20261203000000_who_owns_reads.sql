-- Where the regulation says that the section which owns a system keeps its accounts (owning_section_reads), that section reads them;
-- elsewhere a section reads its own people's alone.

set role mamori_owner;

create function owner_reads() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('mamori.owner_reads', true), '') = 'on' $$;
revoke all on function owner_reads() from public;
grant execute on function owner_reads() to mamori_app, mamori_worker;

create or replace function owned_by_viewer(of_system uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select owner_reads()
     and exists (select from information_system
                  where id = of_system and owner_department_id = any (viewer_departments()))
$$;

create or replace function portal_is_ours() returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select owner_reads()
     and exists (select from information_system
                  where is_portal and owner_department_id = any (viewer_departments()))
$$;

reset role;
