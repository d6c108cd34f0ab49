-- What was said about an ID that nobody uses is settled for all who were told, as soon as somebody signs in by it, or it is stopped or
-- opened anew. An administrator who came by their own account for administration is heard of, too.

set role mamori_owner;

create function sign_in_in_use(someone uuid) returns void language sql security definer set search_path = public, pg_temp as $$
  update notice
     set over_at = coalesce(nullif(current_setting('mamori.now', true), '')::timestamptz, now())
   where entity = 'sign_in' and read_at is null and over_at is null
     and (kind in ('account.unused', 'account.unused_notice') and starts_with(entity_id, someone::text || ' ')
          or kind = 'account.unused_notice' and starts_with(entity_id, natural_person(someone)::text || ' '))
$$;
revoke all on function sign_in_in_use(uuid) from public;
grant execute on function sign_in_in_use(uuid) to mamori_app, mamori_auth, mamori_worker;

reset role;
