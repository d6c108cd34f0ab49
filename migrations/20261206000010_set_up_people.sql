-- While an organisation is set up (初期設定), nothing is in force yet: who was entered by mistake is taken out again, with the post
-- that came along. Once the portal is in service nobody is removed. And what rests on a post (充て職) stands where that post does
-- (katsuura 4 to 9).

set role mamori_owner;

create function being_set_up() returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from set_up where finished_at is null) and not exists (select from organisation)
$$;
revoke all on function being_set_up() from public;
grant execute on function being_set_up() to mamori_app, mamori_worker;

create function person_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if not being_set_up() then
    raise exception 'nobody is removed' using errcode = 'PT403';
  end if;
  return old;
end $$;
create trigger stays before delete on person for each row execute function person_stays();
grant delete on person to mamori_app;
create policy withdraw on person for delete to mamori_app using ((select viewer_all()));

create or replace function post_not_begun() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if not being_set_up()
     and (lower(old.during) <= (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date is not false) then
    raise exception 'the post has begun' using errcode = 'PT403';
  end if;
  return old;
end $$;

create function post_stands_by_its_base() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.rests_on is not null and (tg_op = 'INSERT' or new.department_id <> old.department_id or new.rests_on is distinct from old.rests_on)
     and new.department_id <> (select p.department_id from post p where p.id = new.rests_on) then
    raise exception 'a function stands where the post does on which it rests' using errcode = 'PT403';
  end if;
  return new;
end $$;
revoke all on function post_stands_by_its_base() from public;
create trigger stands before insert or update on post for each row execute function post_stands_by_its_base();

reset role;
