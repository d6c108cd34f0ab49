-- Personnel changes (人事異動情報), each a row of the 人事異動対応表: what a section's manager has to file because of it, and the
-- requests that answer it.

set role mamori_owner;

-- 発令: known days before, in sight of the office and of the sections it concerns, carried out when its day begins.
create table personnel_movement (
  id uuid primary key,
  person_id uuid not null references person (id),
  kind text not null check (kind in ('hire', 'transfer', 'reassignment', 'retirement', 'secondment', 'leave', 'maternity', 'childcare',
                                     'return', 'unneeded', 'expiry')),
  -- 発令日; of a retirement, the last day
  effective_on date not null,
  from_department uuid references department (id),
  to_department uuid references department (id),
  -- as what somebody is transferred, where the portal moves the post itself
  to_tier text,
  to_title text not null default '',
  -- 必要な操作, and the section whose manager files it
  operation text check (operation in ('register', 'change', 'stop')),
  section_id uuid not null references department (id),
  -- by the office, from the register of people (取込), or by the portal itself
  source text not null check (source in ('entered', 'register', 'portal')),
  entered_by uuid references person (id),
  entered_at timestamptz not null,
  applied_at timestamptz,
  cancelled_at timestamptz,
  cancelled_by uuid references person (id),
  cancel_reason text not null default '',
  check (kind = 'transfer' or to_tier is null),
  check (kind not in ('hire', 'transfer') or to_department is not null),
  check (source <> 'entered' or kind <> 'transfer' or to_tier is not null),
  check ((cancelled_at is null) = (cancel_reason = '')),
  check (applied_at is null or cancelled_at is null)
);
create unique index movement_once on personnel_movement (person_id, kind, effective_on) where cancelled_at is null;
create index movement_due on personnel_movement (effective_on) where applied_at is null and cancelled_at is null;
create index movement_section on personnel_movement (section_id);
create index movement_person on personnel_movement (person_id, effective_on);

-- What was ordered stays as it is: it is carried out or cancelled, once.
create function movement_kept() returns trigger language plpgsql as $$
begin
  if old.applied_at is not null or old.cancelled_at is not null then
    raise exception 'carried out or cancelled already' using errcode = 'PT409';
  end if;
  return new;
end $$;
create trigger kept before update on personnel_movement for each row execute function movement_kept();
create trigger own_name before insert on personnel_movement for each row execute function in_own_name('entered_by');
create trigger cancelled_in_own_name before update of cancelled_by on personnel_movement
  for each row when (new.cancelled_at is not null) execute function in_own_name('cancelled_by');
revoke all on function movement_kept() from public;

-- 対応申請: several may answer one row, as one account is cancelled by each.
create table movement_request (
  movement_id uuid not null references personnel_movement (id),
  request_id uuid not null references request (id),
  primary key (movement_id, request_id)
);
create index movement_request_request on movement_request (request_id);

grant select, insert on personnel_movement, movement_request to mamori_app, mamori_worker;
grant update (applied_at, cancelled_at, cancelled_by, cancel_reason) on personnel_movement to mamori_app, mamori_worker;

alter table personnel_movement enable row level security;
alter table movement_request enable row level security;
create policy look on personnel_movement for select to mamori_app, mamori_worker using (
  (select viewer_all())
  or section_id = any ((select viewer_departments())::uuid[])
  or from_department = any ((select viewer_departments())::uuid[])
  or to_department = any ((select viewer_departments())::uuid[]));
create policy keep on personnel_movement for insert to mamori_app, mamori_worker with check ((select viewer_all()));
create policy mend on personnel_movement for update to mamori_app, mamori_worker using ((select viewer_all())) with check ((select viewer_all()));
create policy look on movement_request for select to mamori_app, mamori_worker
  using (exists (select from personnel_movement m where m.id = movement_id));
create policy keep on movement_request for insert to mamori_app, mamori_worker with check ((select viewer_all()));

select put_under_seal('personnel_movement', '{id}');
select put_under_seal('movement_request', '{movement_id,request_id}');

-- What other rooms may join: the rows that stand, and the requests for which each can be chosen.
create view movements_pub with (security_invoker = true) as
  select id, person_id, kind, effective_on, section_id, to_department,
         case kind
           when 'hire' then array['account.register']
           when 'retirement' then array['account.stop']
           when 'unneeded' then array['account.stop']
           when 'expiry' then array['account.stop']
           when 'return' then array['account.register', 'account.change']
           when 'reassignment' then array['account.register', 'account.change']
           else array['account.register', 'account.change', 'account.stop']
         end as requests
    from personnel_movement
   where cancelled_at is null;
grant select on movements_pub to mamori_app, mamori_worker;

-- 休職など: stopped without being cancelled, and active again on return.
alter table account drop constraint account_stop_reason_check;
alter table account add constraint account_stop_reason_check
  check (stop_reason in ('request', 'inventory', 'unused', 'failures', 'retirement', 'end_of_use', 'leave'));
-- what the portal stopped by itself is still to be cancelled by a request
create or replace function colleague_accounts(today date) returns setof account language sql stable security definer set search_path = public, pg_temp as $$
  select account.*
    from account
   where (account.state = 'active' or account.stop_reason in ('retirement', 'leave'))
     and (account.holder_id = viewer_id()
          or account.department_id = any (viewer_departments())
          or account.department_id in (select department_id from post where person_id = viewer_id() and during @> today))
$$;

reset role;
