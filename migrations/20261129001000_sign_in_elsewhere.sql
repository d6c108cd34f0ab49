-- 同時ログイン: the same ID signed in from another terminal while it was in use. Person and watchers see it, the person says
-- whether it was they (katsuura 20-1-1; osaka 10-7-a).

set role mamori_owner;

-- by its mark a browser is told from another
alter table auth.session add column mark_hash bytea check (octet_length(mark_hash) = 32);

-- 「自分ではない」: the password opens nothing but the page on which it is changed
alter table auth.credential add column disowned_at timestamptz;
grant select (disowned_at) on auth.credential to mamori_app, mamori_worker;
grant update (disowned_at) on auth.credential to mamori_app;

create table sign_in_elsewhere (
  id uuid primary key,
  person_id uuid not null references person (id),
  found_at timestamptz not null,
  -- who came
  source inet,
  agent text not null,
  -- who was there
  other_source inet,
  other_agent text not null,
  answer text check (answer in ('own', 'not_own')),
  answered_at timestamptz,
  -- the record of the password problem that came of it
  number text not null default '',
  check ((answer is null) = (answered_at is null)),
  check (number = '' or answer is not distinct from 'not_own')
);
create index sign_in_elsewhere_own on sign_in_elsewhere (person_id, found_at desc, id desc);
create index sign_in_elsewhere_recent on sign_in_elsewhere (found_at desc, id desc);

-- What was found stays; only the person answers, and once.
create function sign_in_elsewhere_true() returns trigger language plpgsql as $$
begin
  if (new.id, new.person_id, new.found_at, new.source, new.agent, new.other_source, new.other_agent)
     is distinct from (old.id, old.person_id, old.found_at, old.source, old.agent, old.other_source, old.other_agent) then
    raise exception 'what was found stays as it is' using errcode = 'PT409';
  end if;
  if old.person_id is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  if old.answer is not null and (new.answer, new.answered_at) is distinct from (old.answer, old.answered_at) then
    raise exception 'an answer stays as it is' using errcode = 'PT409';
  end if;
  return new;
end $$;
create trigger kept before update on sign_in_elsewhere for each row execute function sign_in_elsewhere_true();
revoke all on function sign_in_elsewhere_true() from public;

grant insert on sign_in_elsewhere to mamori_auth;
grant select on sign_in_elsewhere to mamori_app;
grant update (answer, answered_at, number) on sign_in_elsewhere to mamori_app;

alter table sign_in_elsewhere enable row level security;
create policy put on sign_in_elsewhere for insert to mamori_auth with check (true);
create policy look on sign_in_elsewhere for select to mamori_app
  using (person_id = (select viewer_id()) or (select viewer_all())
         or exists (select from post o
                     where o.person_id = sign_in_elsewhere.person_id and o.department_id = any ((select viewer_departments())::uuid[])));
create policy answer on sign_in_elsewhere for update to mamori_app
  using (person_id = (select viewer_id())) with check (person_id = (select viewer_id()));

select put_under_seal('sign_in_elsewhere', '{id}');
select put_under_seal('auth.credential', '{person_id}', '{failed,not_before,last_sign_in}');

reset role;
