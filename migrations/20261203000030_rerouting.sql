-- 担当替え: the office sends what waits at one seat to another of those it would go up to, and says why. Only added.

set role mamori_owner;

alter table request_step drop constraint request_step_moved_reason_check;
alter table request_step add constraint request_step_moved_reason_check
  check (moved_reason in ('own_matter', 'already_acted', 'vacant', 'rerouted'));

create table request_rerouting (
  id uuid primary key,
  request_id uuid not null references request (id),
  round int not null,
  step_key text not null,
  from_tier text not null,
  from_department uuid references department (id),
  to_tier text not null,
  to_department uuid references department (id),
  person_id uuid not null references person (id),
  reason text not null check (reason <> ''),
  moved_at timestamptz not null
);
create index request_rerouting_request on request_rerouting (request_id);

create trigger append_only before update or delete on request_rerouting for each row execute function refuse_change();
create trigger append_only_all before truncate on request_rerouting for each statement execute function refuse_change();
create trigger own_name before insert on request_rerouting for each row execute function in_own_name('person_id');
grant select on request_rerouting to mamori_app, mamori_worker;
grant insert on request_rerouting to mamori_app;
alter table request_rerouting enable row level security;
create policy with_request on request_rerouting to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
select put_under_seal('request_rerouting', '{id}');

reset role;
