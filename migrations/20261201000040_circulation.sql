-- 回覧: who was told of a request at a step, and who of them has said that they read it. Both are only added.

set role mamori_owner;

create table circulation (
  id uuid primary key,
  request_id uuid not null references request (id),
  round int not null,
  step int not null check (step >= 0),
  person_id uuid not null references person (id),
  told_at timestamptz not null,
  unique (request_id, round, step, person_id)
);
create index circulation_to on circulation (person_id);

create table circulation_read (
  circulation_id uuid primary key references circulation (id),
  person_id uuid not null references person (id),
  read_at timestamptz not null
);

-- Nobody reads for somebody else.
create function read_by_the_told() returns trigger language plpgsql as $$
begin
  if natural_person(new.person_id) is distinct from natural_person(viewer_id())
     or not exists (select from circulation c
                     where c.id = new.circulation_id and natural_person(c.person_id) = natural_person(new.person_id)) then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger own_name before insert on circulation_read for each row execute function read_by_the_told();
create trigger append_only before update or delete on circulation for each row execute function refuse_change();
create trigger append_only_all before truncate on circulation for each statement execute function refuse_change();
create trigger append_only before update or delete on circulation_read for each row execute function refuse_change();
create trigger append_only_all before truncate on circulation_read for each statement execute function refuse_change();

grant select, insert on circulation to mamori_app, mamori_worker;
grant select on circulation_read to mamori_app, mamori_worker;
grant insert on circulation_read to mamori_app;
alter table circulation enable row level security;
alter table circulation_read enable row level security;
create policy with_request on circulation to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
create policy with_circulation on circulation_read to mamori_app, mamori_worker
  using (exists (select from circulation c where c.id = circulation_id))
  with check (exists (select from circulation c where c.id = circulation_id));

select put_under_seal('circulation', '{id}');
select put_under_seal('circulation_read', '{circulation_id}');

reset role;
