-- What has a list of its own (回覧) is no notice under the bell: it would bury what waits. It still stands in the morning's mail, and is
-- settled when it is read there.

set role mamori_owner;

alter table notice add column aside boolean not null default false;
update notice set aside = true where kind = 'request.told';

create or replace function unread_notices(who uuid) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) from notice where person_id = who and read_at is null and over_at is null and not aside
$$;

-- nobody's bell rings for it
drop trigger heard on notice;
create trigger heard after insert or update of read_at, over_at on notice for each row when (not new.aside) execute function somebody_hears();

drop index notice_unread;
create index notice_unread on notice (person_id, id desc) where read_at is null and over_at is null and not aside;

reset role;
