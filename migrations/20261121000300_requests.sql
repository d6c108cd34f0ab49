-- Requests (申請): what was asked, round by round, who decided, who worked, who received.
-- system-management 4.1.1, 4.1.2, 4.1.3, 4.1.6; the exclusions of the regulation are repeated here on natural
-- persons, so that no side door can decide in somebody's own matter.

set role mamori_owner;

-- 受付番号: per prefix and fiscal year, without gaps (the row is held until the filing commits), never reused.
create table request_number (
  prefix text not null check (prefix ~ '^[A-Z0-9]{2,6}$'),
  fiscal_year int not null,
  last int not null check (last > 0),
  primary key (prefix, fiscal_year)
);

create table request (
  id uuid primary key,
  number text not null unique,
  kind text not null,
  -- 様式の名前 at filing; a regulation may call it something else later
  title text not null,
  subject text not null,
  requester_id uuid references person (id),
  beneficiary_id uuid references person (id),
  -- what somebody claims to be who filed without sign-in; bound to a person only by the identity check
  claims jsonb,
  department_id uuid not null references department (id),
  phase text not null check (phase in ('in_review', 'returned', 'executing', 'handing_over', 'completed', 'refused', 'withdrawn')),
  round int not null default 1 check (round > 0),
  step int not null default 0 check (step >= 0),
  content_hash bytea not null check (octet_length(content_hash) = 32),
  -- pairs 'a|b' (a < b) of steps that the regulation lets one person hold
  joins text[] not null default '{}',
  -- whose turn it is, kept here so that inbox and queue are one indexed query
  waiting_type text check (waiting_type in ('decide', 'execute', 'acknowledge', 'mend')),
  waiting_tier text,
  waiting_dept uuid references department (id),
  waiting_person uuid references person (id),
  waiting_since timestamptz,
  waiting_due date,
  waiting_seat text generated always as (waiting_tier || ':' || coalesce(waiting_dept::text, '')) stored,
  filed_at timestamptz not null,
  closed_at timestamptz,
  lock_version int not null default 1,
  search text not null default '',
  check (requester_id is not null or claims is not null),
  check ((phase in ('completed', 'refused', 'withdrawn')) = (closed_at is not null)),
  check ((phase in ('completed', 'refused', 'withdrawn')) = (waiting_type is null))
);
create index request_waiting on request (waiting_type, waiting_seat, waiting_since, id) where waiting_type is not null;
create index request_waiting_person on request (waiting_person, waiting_since, id) where waiting_person is not null;
create index request_mine on request (requester_id, filed_at desc, id desc);
create index request_about on request (beneficiary_id, filed_at desc, id desc) where beneficiary_id is not null;
create index request_recent on request (filed_at desc, id desc);
create index request_department on request (department_id, filed_at desc, id desc);
create index request_search on request using gin (search gin_trgm_ops);

-- 回: what was submitted, immutable; content as data, shown as the words that those who decide read.
create table request_round (
  request_id uuid not null references request (id),
  round int not null,
  content jsonb not null,
  shown jsonb not null,
  content_hash bytea not null check (octet_length(content_hash) = 32),
  submitted_by uuid references person (id),
  submitted_at timestamptz not null,
  primary key (request_id, round)
);

-- 経路: the route of a round as it was placed; a step that moved says from where and why.
create table request_step (
  request_id uuid not null,
  round int not null,
  at int not null,
  key text not null,
  act text not null check (act in ('decide', 'permit', 'execute', 'acknowledge')),
  tier text not null,
  department_id uuid references department (id),
  moved_reason text check (moved_reason in ('own_matter', 'already_acted', 'vacant')),
  moved_to_deputy boolean not null default false,
  moved_from_tier text,
  moved_from_department uuid references department (id),
  unfilled boolean not null default false,
  arrived_at timestamptz,
  ended_at timestamptz,
  primary key (request_id, round, at),
  unique (request_id, round, key),
  foreign key (request_id, round) references request_round (request_id, round)
);

-- 明細: one per system.
create table request_line (
  request_id uuid not null,
  round int not null,
  no int not null check (no > 0),
  subject text not null,
  data jsonb not null default '{}',
  state text not null default 'open' check (state in ('open', 'executed', 'acknowledged', 'declined')),
  executed_on date,
  primary key (request_id, round, no),
  foreign key (request_id, round) references request_round (request_id, round)
);

-- 判断: append-only, with capacity, principal, and the fingerprint of what was seen.
create table decision (
  id uuid primary key,
  request_id uuid not null,
  round int not null,
  step int not null,
  step_key text not null,
  line int not null default 0,
  attempt int not null default 1,
  decider uuid not null references person (id),
  acting_for uuid references person (id),
  deputy boolean not null default false,
  joined boolean not null default false,
  post_id uuid references post (id),
  tier text not null,
  verdict text not null check (verdict in ('approve', 'return', 'refuse')),
  words text not null default '',
  content_hash bytea not null,
  decided_at timestamptz not null,
  check (verdict = 'approve' or words <> ''),
  unique (request_id, round, step, line, decider, attempt),
  foreign key (request_id, round) references request_round (request_id, round)
);

-- 実施: append-only, line by line, with what was entered.
create table execution (
  id uuid primary key,
  request_id uuid not null,
  round int not null,
  step int not null,
  step_key text not null,
  line int not null,
  attempt int not null default 1,
  executor uuid not null references person (id),
  acting_for uuid references person (id),
  deputy boolean not null default false,
  joined boolean not null default false,
  post_id uuid references post (id),
  tier text not null,
  outcome text not null check (outcome in ('done', 'failed', 'declined')),
  words text not null default '',
  result jsonb not null default '{}',
  shown jsonb not null default '[]',
  row_label text,
  row_href text,
  content_hash bytea not null,
  executed_at timestamptz not null,
  check (outcome = 'done' or words <> ''),
  unique (request_id, line, attempt),
  foreign key (request_id, round, line) references request_line (request_id, round, no)
);

-- 受領: by the one who uses it, or by a signed slip entered for them.
create table acknowledgement (
  id uuid primary key,
  request_id uuid not null,
  round int not null,
  line int not null,
  entered_by uuid not null references person (id),
  by_proxy boolean not null default false,
  post_id uuid references post (id),
  slip_number text,
  slip_on date,
  acknowledged_at timestamptz not null,
  check (by_proxy = (slip_number is not null and slip_number <> '') and by_proxy = (slip_on is not null)),
  unique (request_id, line),
  foreign key (request_id, round, line) references request_line (request_id, round, no)
);

-- やり取り: questions and answers beside the decisions.
create table request_comment (
  id uuid primary key,
  request_id uuid not null references request (id),
  author uuid not null references person (id),
  body text not null check (body <> ''),
  written_at timestamptz not null
);
create index request_comment_at on request_comment (request_id, written_at, id);

reset role;
grant execute on function natural_person(uuid) to mamori_owner;
set role mamori_owner;

-- Nobody acts in their own matter, nor for one whose matter it is; nobody acts on two steps of a round unless the
-- regulation joins them; nobody acts on a content that they have not seen. Holds the request against a second
-- decider; a request out of reach is no row here, which refuses too.
create function keep_duties_apart() returns trigger language plpgsql as $$
declare
  r request;
  who uuid;
  me uuid[];
  clash boolean;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  if new.round <> r.round or new.content_hash <> r.content_hash or new.step <> r.step or r.phase not in ('in_review', 'executing') then
    raise exception 'content or step changed' using errcode = 'PT409';
  end if;
  if not exists (select from request_step s where s.request_id = r.id and s.round = r.round and s.at = r.step and s.key = new.step_key) then
    raise exception 'no such step' using errcode = 'PT403';
  end if;
  who := case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end;
  me := array_remove(array[natural_person(who), natural_person(new.acting_for)], null);
  if me && array_remove(array[natural_person(r.requester_id), natural_person(r.beneficiary_id)], null) then
    raise exception 'own matter' using errcode = 'PT403';
  end if;
  select exists (
    select from (
      select d.step_key, d.decider as person, d.acting_for from decision d where d.request_id = r.id and d.round = r.round
      union all
      select e.step_key, e.executor, e.acting_for from execution e where e.request_id = r.id and e.round = r.round
    ) earlier
    where earlier.step_key <> new.step_key
      and not (least(earlier.step_key, new.step_key) || '|' || greatest(earlier.step_key, new.step_key)) = any (r.joins)
      and array_remove(array[natural_person(earlier.person), natural_person(earlier.acting_for)], null) && me
  ) into clash;
  if clash then
    raise exception 'already acted on another step' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger apart before insert on decision for each row execute function keep_duties_apart();
create trigger apart before insert on execution for each row execute function keep_duties_apart();

-- Work comes after every approval of its round.
create function after_approval() returns trigger language plpgsql as $$
begin
  if exists (
    select from request_step s
     where s.request_id = new.request_id and s.round = new.round and s.act in ('decide', 'permit')
       and not exists (select from decision d
                        where d.request_id = s.request_id and d.round = s.round and d.step = s.at and d.verdict = 'approve')
  ) then
    raise exception 'not approved' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger approved before insert on execution for each row execute function after_approval();

-- Receipt is confirmed by the one who uses it; a slip is entered by somebody else.
create function receipt_by_recipient() returns trigger language plpgsql as $$
declare
  r request;
  mine boolean;
begin
  select * into r from request where id = new.request_id for update;
  if not found then
    raise exception 'no such request in reach' using errcode = 'PT403';
  end if;
  if not exists (select from request_line l where l.request_id = r.id and l.round = r.round and l.round = new.round and l.no = new.line and l.state = 'executed') then
    raise exception 'line not executed' using errcode = 'PT409';
  end if;
  mine := natural_person(new.entered_by) = natural_person(coalesce(r.beneficiary_id, r.requester_id));
  if mine is distinct from (not new.by_proxy) then
    raise exception 'not the recipient' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger recipient before insert on acknowledgement for each row execute function receipt_by_recipient();

-- What is closed stays closed; rounds only go forward; whom a request is about changes only with a new round, or when
-- the identity of an open applicant is confirmed.
create function keep_request_true() returns trigger language plpgsql as $$
begin
  if old.phase in ('completed', 'refused', 'withdrawn') then
    raise exception 'request is closed' using errcode = 'PT409';
  end if;
  if new.round not in (old.round, old.round + 1) or (new.round > old.round and old.phase <> 'returned') then
    raise exception 'rounds go forward from a return' using errcode = 'PT409';
  end if;
  if new.round = old.round and new.content_hash <> old.content_hash then
    raise exception 'content is fixed within a round' using errcode = 'PT409';
  end if;
  if new.round = old.round and old.beneficiary_id is not null and new.beneficiary_id is distinct from old.beneficiary_id then
    raise exception 'person concerned is fixed within a round' using errcode = 'PT409';
  end if;
  if new.lock_version <> old.lock_version + 1 then
    raise exception 'lock version' using errcode = 'PT409';
  end if;
  return new;
end $$;
create trigger kept before update on request for each row execute function keep_request_true();

create trigger append_only before update or delete on request_round for each row execute function refuse_change();
create trigger append_only before update or delete on decision for each row execute function refuse_change();
create trigger append_only before update or delete on execution for each row execute function refuse_change();
create trigger append_only before update or delete on acknowledgement for each row execute function refuse_change();
create trigger append_only before update or delete on request_comment for each row execute function refuse_change();

grant select, insert on request, request_round, request_step, request_line, decision, execution, acknowledgement, request_comment
  to mamori_app, mamori_worker;
grant select, insert, update on request_number to mamori_app, mamori_worker;
grant update (subject, beneficiary_id, department_id, phase, round, step, content_hash, waiting_type, waiting_tier, waiting_dept,
              waiting_person, waiting_since, waiting_due, closed_at, lock_version, search) on request to mamori_app, mamori_worker;
grant update (tier, department_id, moved_reason, moved_to_deputy, moved_from_tier, moved_from_department, unfilled, arrived_at, ended_at)
  on request_step to mamori_app, mamori_worker;
grant update (state, executed_on) on request_line to mamori_app, mamori_worker;

alter table request_number enable row level security;
alter table request enable row level security;
alter table request_round enable row level security;
alter table request_step enable row level security;
alter table request_line enable row level security;
alter table decision enable row level security;
alter table execution enable row level security;
alter table acknowledgement enable row level security;
alter table request_comment enable row level security;

create policy count_on on request_number to mamori_app, mamori_worker
  using ((select viewer_known())) with check ((select viewer_known()));

create policy look on request for select to mamori_app, mamori_worker using (
  (select viewer_all())
  or department_id = any ((select viewer_departments())::uuid[])
  or requester_id = (select viewer_id())
  or beneficiary_id = (select viewer_id()));
create policy put on request for insert to mamori_app, mamori_worker with check (
  (select viewer_all()) or requester_id = (select viewer_id()));
create policy move on request for update to mamori_app, mamori_worker using (
  (select viewer_all())
  or department_id = any ((select viewer_departments())::uuid[])
  or requester_id = (select viewer_id())
  or beneficiary_id = (select viewer_id()))
  with check ((select viewer_known()));

-- what belongs to a request is seen by whoever sees the request
create policy with_request on request_round to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
create policy with_request on request_step to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
create policy with_request on request_line to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
create policy with_request on decision to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
create policy with_request on execution to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
create policy with_request on acknowledgement to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));
create policy with_request on request_comment to mamori_app, mamori_worker
  using (exists (select from request r where r.id = request_id)) with check (exists (select from request r where r.id = request_id));

reset role;
