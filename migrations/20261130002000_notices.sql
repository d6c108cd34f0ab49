-- お知らせ: what a person is told, one row each, written with its cause. It belongs to that person alone; the portal itself
-- reads the rows of all to gather each morning's mail. What is said in them is a sentence of the catalogue with its values.

set role mamori_owner;

create table notice (
  id uuid primary key,
  person_id uuid not null references person (id),
  kind text not null check (kind <> ''),
  -- the message of the catalogue, and its values as pairs
  said text not null check (said <> ''),
  said_with jsonb not null default '[]' check (jsonb_typeof(said_with) = 'array'),
  -- 承認待ち, 期限, お知らせ: under which heading the morning's mail lists it
  part text not null check (part in ('waiting', 'due', 'news')),
  -- how it leaves: with the morning's mail, or at once and why
  urgency text not null check (urgency in ('morning', 'security', 'return', 'urgent')),
  -- it holds only while the request stays where it is
  turn boolean not null default false,
  href text check (href ~ '^/[^/\\]' and href !~ '[[:space:]]'),
  entity text not null,
  entity_id text not null,
  created_at timestamptz not null,
  -- read by the person; settled by what happened since; sent, by itself or with others
  read_at timestamptz,
  over_at timestamptz,
  mailed_at timestamptz,
  check (not turn or entity = 'request')
);
-- the list: what is unread first, then what was read, the latest first
create index notice_unread on notice (person_id, id desc) where read_at is null and over_at is null;
create index notice_read on notice (person_id, id desc) where read_at is not null or over_at is not null;
create index notice_unsent on notice (person_id) where mailed_at is null and read_at is null and over_at is null;
create index notice_about on notice (entity, entity_id) where read_at is null and over_at is null;
create index notice_told on notice (kind, entity_id, person_id);

-- What a person chose about mails (お知らせの設定). No row: everything is sent.
create table notice_choice (
  person_id uuid primary key references person (id),
  digest boolean not null,
  returns boolean not null,
  urgent boolean not null,
  chosen_at timestamptz not null
);

grant select, insert on notice to mamori_app, mamori_worker;
grant insert on notice to mamori_auth;
grant update (read_at, over_at) on notice to mamori_app;
grant update (mailed_at) on notice to mamori_worker;
grant delete on notice to mamori_worker;
grant select, insert, update on notice_choice to mamori_app;
grant select on notice_choice to mamori_worker;

alter table notice enable row level security;
alter table notice_choice enable row level security;
create policy put on notice for insert to mamori_app, mamori_auth with check (true);
create policy look on notice for select to mamori_app using (person_id = (select viewer_id()));
create policy done on notice for update to mamori_app
  using (person_id = (select viewer_id())) with check (person_id = (select viewer_id()));
create policy work on notice to mamori_worker using (true) with check (true);
create policy own on notice_choice to mamori_app
  using (person_id = (select viewer_id())) with check (person_id = (select viewer_id()));
create policy work on notice_choice for select to mamori_worker using (true);

-- Where a mail goes, and until when somebody is there to read it.
create or replace view mail_addresses_pub with (security_invoker = true) as
  select id as person_id, coalesce(mail, '') as mail, left_on as last_day from person;

-- How many are unread: one number, which rides along where the session is looked up.
create function unread_notices(who uuid) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) from notice where person_id = who and read_at is null and over_at is null
$$;
-- Does this person want mails of this urgency at once? Whoever writes the notice may not read what others chose.
create function mails_at_once(who uuid, urgency text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select case urgency when 'security' then true
                      when 'morning' then false
                      else coalesce((select case urgency when 'return' then c.returns else c.urgent end
                                       from notice_choice c where c.person_id = who), true) end
$$;

-- A request that has moved on waits for nobody whom it called before.
create function turn_is_over() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update notice
     set over_at = coalesce(nullif(current_setting('mamori.now', true), '')::timestamptz, now())
   where entity = 'request' and entity_id = new.number and turn and read_at is null and over_at is null;
  return null;
end $$;
create trigger turn_is_over after update on request for each row
  when ((new.phase, new.round, new.step) is distinct from (old.phase, old.round, old.step))
  execute function turn_is_over();

-- The same where steps wait together, or several answer at one: it waits for those alone who are still to answer.
create function waits_no_longer(numbered text, still uuid[]) returns void language sql security definer set search_path = public, pg_temp as $$
  update notice
     set over_at = coalesce(nullif(current_setting('mamori.now', true), '')::timestamptz, now())
   where entity = 'request' and entity_id = numbered and turn and read_at is null and over_at is null
     and person_id <> all (still)
     and exists (select from request r where r.number = numbered)
$$;

-- Live: whoever listens hears of whom there is something new to say, and nothing else. Of an ended session as well, so
-- that what it had open is closed at once.
create function somebody_hears() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform pg_notify('mamori_notice', new.person_id::text);
  return null;
end $$;
create trigger heard after insert or update of read_at, over_at on notice for each row execute function somebody_hears();
create trigger heard after update of ended_at on auth.session
  for each row when (new.ended_at is not null and old.ended_at is null and new.person_id is not null) execute function somebody_hears();

revoke all on function unread_notices(uuid), mails_at_once(uuid, text), turn_is_over(), waits_no_longer(text, uuid[]), somebody_hears()
  from public;
grant execute on function waits_no_longer(text, uuid[]) to mamori_app, mamori_worker;
grant execute on function unread_notices(uuid) to mamori_app, mamori_auth;
grant execute on function mails_at_once(uuid, text) to mamori_app, mamori_auth, mamori_worker;

reset role;
