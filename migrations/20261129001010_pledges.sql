-- 誓約: what somebody answered to the words of the regulation about their own ID and password (katsuura 20-1-1). Rows are only
-- added: who declined may answer again, and another wording is asked anew.

set role mamori_owner;

create table pledge (
  id uuid primary key,
  person_id uuid not null references person (id),
  words text not null check (words <> ''),
  answer text not null check (answer in ('given', 'declined')),
  answered_at timestamptz not null
);
create index pledge_of on pledge (person_id, answered_at desc, id desc);

grant select, insert on pledge to mamori_app;

alter table pledge enable row level security;
create policy look on pledge for select to mamori_app
  using (person_id = (select viewer_id()) or (select viewer_all())
         or exists (select from post o
                     where o.person_id = pledge.person_id and o.department_id = any ((select viewer_departments())::uuid[])));
create policy put on pledge for insert to mamori_app with check (person_id = (select viewer_id()));

select put_under_seal('pledge', '{id}');

reset role;
