-- 代決・後閲: when whoever is to decide is away, the person decides whom the organisation's own rule (代決規程) names, without an
-- appointment by the absent one, and the absent one reads it afterwards. The rule is dated, only ever added, and taken back
-- before its day; one holds for each tier. It concerns decisions alone, and never the granting of administrator rights.

set role mamori_owner;

create table acting_rule (
  id uuid primary key,
  -- whose decisions: no rule reaches those whom the text names as a person (CISO, head, committee) or who grant rights
  tier text not null check (tier in ('manager', 'office')),
  -- counted for each tier, so that of two on one day it is said which came later
  version int not null check (version > 0),
  -- 次席 by their title in the same department, whoever is above, the holder of a function; or nobody any more
  who text not null check (who in ('title', 'above', 'function', 'nobody')),
  title text check (title <> ''),
  function text check (function <> ''),
  -- as soon as all who could decide are entered as absent
  when_absent boolean not null,
  -- once it has waited longer than so many business days
  after_days int check (after_days between 1 and 30),
  -- kinds of requests that are left to the decider
  excluded text[] not null default '{}' check (array_position(excluded, null) is null),
  -- business days within which the absent one reads what was decided
  review_days int not null check (review_days between 1 and 30),
  effective_on date not null,
  reason text not null check (reason <> ''),
  entered_at timestamptz not null,
  entered_by uuid references person (id),
  unique (tier, version),
  check ((who = 'title') = (title is not null)),
  check ((who = 'function') = (function is not null)),
  check (who = 'nobody' or when_absent or after_days is not null),
  check (effective_on >= (entered_at at time zone 'Asia/Tokyo')::date)
);
create trigger keep before update or delete on acting_rule for each row execute function refuse_change();
create trigger append_only_all before truncate on acting_rule for each statement execute function refuse_change();
create trigger own_name before insert on acting_rule for each row execute function in_own_name('entered_by');

create table acting_rule_taken_back (
  acting_rule_id uuid primary key references acting_rule (id),
  taken_back_at timestamptz not null,
  taken_back_by uuid references person (id),
  reason text not null check (reason <> '')
);
create trigger keep before update or delete on acting_rule_taken_back for each row execute function refuse_change();
create trigger append_only_all before truncate on acting_rule_taken_back for each statement execute function refuse_change();
create trigger own_name before insert on acting_rule_taken_back for each row execute function in_own_name('taken_back_by');

-- Before the day on the organisation's clock, and never after.
create function acting_rule_taken_back_in_time() returns trigger language plpgsql as $$
begin
  if not exists (select from acting_rule r
                  where r.id = new.acting_rule_id
                    and (new.taken_back_at at time zone 'Asia/Tokyo')::date < r.effective_on) then
    raise exception 'a rule is taken back before its day' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger in_time before insert on acting_rule_taken_back for each row execute function acting_rule_taken_back_in_time();

-- 不在: days on which somebody is not there, entered by themselves or by the office; ended once, and otherwise never changed.
create table absence (
  id uuid primary key,
  person_id uuid not null references person (id),
  during daterange not null check (not isempty(during) and lower(during) is not null and upper(during) is not null),
  reason text not null check (reason <> ''),
  entered_by uuid not null references person (id),
  entered_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references person (id),
  check ((ended_at is null) = (ended_by is null)),
  exclude using gist (person_id with =, during with &&) where (ended_at is null)
);
create function absence_true() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.entered_by is distinct from viewer_id() or new.ended_at is not null then
      raise exception 'in another name' using errcode = 'PT403';
    end if;
    return new;
  end if;
  if old.ended_at is not null then
    raise exception 'the absence is over' using errcode = 'PT409';
  end if;
  if new.ended_by is distinct from viewer_id()
     or (to_jsonb(new) - 'ended_at' - 'ended_by') <> (to_jsonb(old) - 'ended_at' - 'ended_by') then
    raise exception 'an absence stays as it is' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger kept before insert or update on absence for each row execute function absence_true();

-- The rules of a day, one for each tier.
create function acting_rules(day date) returns setof acting_rule language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (r.tier) r.*
    from acting_rule r
   where r.effective_on <= day
     and not exists (select from acting_rule_taken_back b where b.acting_rule_id = r.id)
   order by r.tier, r.effective_on desc, r.version desc
$$;

-- Business days strictly between two days. National holidays are known here only where their list was imported: the program,
-- which calculates them, judges first, and by no more days than these.
create function open_days(earlier date, later date) returns int language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::int
    from generate_series(earlier + 1, later - 1, interval '1 day') as d (day)
   where extract(isodow from d.day) < 6
     and not exists (select from closure c where d.day::date between c.from_date and c.to_date)
     and not exists (select from holiday h where h.on_date = d.day::date)
$$;

-- Is a privileged right asked for? Lines of requests keep the rights as they stood when somebody asked.
create function asks_for_administration(asked uuid, of_round int) returns boolean language sql stable security definer
  set search_path = public, pg_temp as $$
  select exists (
    select from request_line l
     cross join lateral jsonb_array_elements(case when jsonb_typeof(l.data -> 'scale') = 'array' then l.data -> 'scale' else '[]' end) as s (entry)
     where l.request_id = asked and l.round = of_round
       and s.entry -> 'privileged' = 'true' and jsonb_typeof(l.data -> 'rights') = 'array' and l.data -> 'rights' ? (s.entry ->> 'id'))
$$;

-- Whom the rule of this day names for the decision for which a request waits, in whose place, and whether the time has come.
create function deciders_by_rule(asked uuid, today date)
  returns table (rule_id uuid, post_id uuid, holder uuid, person_id uuid, tier text, department_id uuid, reserved boolean,
                 stood_in boolean, away boolean, back_on date, since date, when_absent boolean, after_days int, review_days int, offered boolean)
  language sql stable security definer set search_path = public, pg_temp as $$
  with asking as (
    select r.id, r.kind, r.round, r.requester_id, s.tier, s.department_id, (r.waiting_since at time zone 'Asia/Tokyo')::date as since,
           array_remove(array[natural_person(r.requester_id), natural_person(r.beneficiary_id)], null) as parties
      from request r
      join request_step s on s.request_id = r.id and s.round = r.round and s.at = r.step and s.act = 'decide' and not s.applicant
     where r.id = asked and r.phase = 'in_review' and r.waiting_since is not null
  ), rule as (
    select a.* from asking k join acting_rules(today) a on a.tier = k.tier and a.who <> 'nobody'
  ), seat as (
    -- those who could decide, were they there; who cannot sign in has left the seat
    select p.id, p.tier, p.department_id, natural_person(p.person_id) as holder,
           (select max(upper(a.during) - 1) from absence a
             where natural_person(a.person_id) = natural_person(p.person_id) and a.ended_at is null and a.during @> today) as back_on
      from asking k
      join rule on true
      join post p on p.tier = k.tier and (k.department_id is null or p.department_id = k.department_id) and p.during @> today
      join person n on n.id = p.person_id and (n.left_on is null or n.left_on >= today)
     where holds_sign_in(n.id) and natural_person(n.id) <> all (k.parties)
  ), named as (
    select a.id as rule_id, s.id as post_id, q.person_id
      from rule a
      cross join seat s
      join post q on q.during @> today and (a.who = 'title' and q.title = a.title and q.department_id = s.department_id
                                            or a.who = 'function' and q.function = a.function)
    union
    select a.id, s.id, above.person_id
      from rule a
      cross join seat s
      cross join lateral unnest(superiors_of_post(s.id, today)) as above (person_id)
     where a.who = 'above'
  ), judged as (
    select k.*, (select bool_and(s.back_on is not null) from seat s) as away,
           k.kind like 'privileged.%' or k.requester_id is null or asks_for_administration(k.id, k.round) as never,
           exists (select from seat s
                     join stand_in i on i.post_id = s.id and i.ended_at is null and i.during @> today
                    where holds_sign_in(i.person_id) and natural_person(i.person_id) <> all (k.parties)) as stood_in
      from asking k
  ), found as (
    select a.id as rule_id, s.id as post_id, s.holder, m.person_id, s.tier, s.department_id, k.never or k.kind = any (a.excluded) as reserved,
           k.stood_in, coalesce(k.away, false) as away, s.back_on, k.since, a.when_absent, a.after_days, a.review_days, k.parties
      from judged k
      cross join named m
      join rule a on a.id = m.rule_id
      join seat s on s.id = m.post_id
      join person n on n.id = m.person_id and n.joined_on <= today and (n.left_on is null or n.left_on >= today)
     where holds_sign_in(n.id) and not is_outsider(n.id, daterange(today, today, '[]'))
       -- whoever sits there decides without a rule
       and not exists (select from seat own where own.holder = natural_person(n.id))
  )
  select f.rule_id, f.post_id, f.holder, f.person_id, f.tier, f.department_id, f.reserved, f.stood_in, f.away, f.back_on, f.since,
         f.when_absent, f.after_days, f.review_days,
         not f.reserved and not f.stood_in and natural_person(f.person_id) <> all (f.parties)
           and (f.when_absent and f.away or f.after_days is not null and open_days(f.since, today) >= f.after_days)
    from found f
$$;

-- Does a rule of this day name this person at all?
create function named_by_a_rule(someone uuid, today date) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from acting_rules(today) a
      join post q on q.person_id = someone and q.during @> today
     where a.who = 'title' and q.title = a.title
           and exists (select from post p where p.tier = a.tier and p.department_id = q.department_id and p.during @> today)
        or a.who = 'function' and q.function = a.function
        or a.who = 'above' and q.tier in ('manager', 'office', 'ciso', 'committee'))
    and not is_outsider(someone, daterange(today, today, '[]'))
$$;

-- The requests in sight by rule alone: those offered to somebody by title or function, and those on which they decided so.
-- Whoever is above sees the request by their own post.
create function viewer_by_rule() returns uuid[] language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  someone uuid := viewer_id();
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
  found uuid[];
begin
  if someone is null or not exists (select from acting_rule) then
    return '{}';
  end if;
  found := array(select d.request_id from decision d where d.decider = someone and d.acting_rule is not null);
  if today is null or not named_by_a_rule(someone, today) then
    return found;
  end if;
  return found || array(
    -- what waits near them, before the rule is asked about each
    with near as materialized (
      select r.id
        from acting_rules(today) a
        join request r on r.waiting_type = 'decide' and r.waiting_tier = a.tier and r.phase = 'in_review'
       where a.who in ('title', 'function')
         and (a.when_absent and exists (select from absence b where b.during @> today and b.ended_at is null)
              or (r.waiting_since at time zone 'Asia/Tokyo')::date + a.after_days < today)
         and exists (select from post q
                      where q.person_id = someone and q.during @> today
                        and (a.who = 'title' and q.title = a.title and q.department_id = coalesce(r.waiting_dept, q.department_id)
                             or a.who = 'function' and q.function = a.function))
    )
    select n.id from near n where exists (select from deciders_by_rule(n.id, today) x where x.person_id = someone and x.offered));
end $$;

-- By which rule somebody decided, and until when the absent one reads it.
alter table decision add column acting_rule uuid references acting_rule (id);
alter table decision add column review_due date;
alter table decision add constraint decision_by_rule check (
  (acting_rule is null) = (review_due is null)
  and (acting_rule is null or (deputy and acting_for is not null and post_id is not null and words <> '')));
create index decision_by_rule on decision (decider) where acting_rule is not null;
create index decision_to_review on decision (acting_for) where acting_rule is not null;

-- Second judge: a decision by rule is one of whom the rule of that day names for that step, once the time has come.
create function by_rule_that_day() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
begin
  if new.acting_rule is null then
    return new;
  end if;
  perform from post p where p.id = new.post_id for share;
  perform from deciders_by_rule(new.request_id, today) x
   where x.rule_id = new.acting_rule and x.post_id = new.post_id and x.holder = natural_person(new.acting_for)
     and x.person_id = new.decider and x.tier = new.tier and x.offered;
  if not found then
    raise exception 'no rule lets this person decide' using errcode = 'PT403';
  end if;
  if new.review_due <= today then
    raise exception 'the absent one has time to read it' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger by_rule before insert on decision for each row execute function by_rule_that_day();

-- 後閲: the absent one, and nobody else, has read what was decided for them. It changes nothing of the decision.
create table ex_post_review (
  decision_id uuid primary key references decision (id),
  reader uuid not null references person (id),
  remark text not null default '',
  read_at timestamptz not null
);
create function read_by_the_absent() returns trigger language plpgsql as $$
begin
  if new.reader is distinct from viewer_id()
     or not exists (select from decision d
                     where d.id = new.decision_id and d.acting_rule is not null
                       and natural_person(d.acting_for) = natural_person(new.reader)) then
    raise exception 'not the one who was absent' using errcode = 'PT403';
  end if;
  return new;
end $$;
create trigger own_name before insert on ex_post_review for each row execute function read_by_the_absent();
create trigger append_only before update or delete on ex_post_review for each row execute function refuse_change();
create trigger append_only_all before truncate on ex_post_review for each statement execute function refuse_change();

revoke all on function acting_rule_taken_back_in_time(), absence_true(), acting_rules(date), open_days(date, date),
  asks_for_administration(uuid, int), deciders_by_rule(uuid, date), named_by_a_rule(uuid, date), viewer_by_rule(), by_rule_that_day(),
  read_by_the_absent() from public;
grant execute on function acting_rules(date), deciders_by_rule(uuid, date), named_by_a_rule(uuid, date), viewer_by_rule()
  to mamori_app, mamori_worker, mamori_auth;

grant select on acting_rule, acting_rule_taken_back to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup;
grant insert on acting_rule, acting_rule_taken_back to mamori_app;
grant select on absence to mamori_app, mamori_worker, mamori_auth;
grant insert on absence to mamori_app;
grant update (ended_at, ended_by) on absence to mamori_app;
grant select on ex_post_review to mamori_app, mamori_worker;
grant insert on ex_post_review to mamori_app;

alter table acting_rule enable row level security;
alter table acting_rule_taken_back enable row level security;
alter table absence enable row level security;
alter table ex_post_review enable row level security;
create policy look on acting_rule for select to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on acting_rule for insert to mamori_app with check ((select viewer_all()));
create policy look on acting_rule_taken_back for select to mamori_app, mamori_auth, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on acting_rule_taken_back for insert to mamori_app with check ((select viewer_all()));
create policy look on absence for select to mamori_app, mamori_worker, mamori_auth using ((select viewer_known()));
create policy put on absence for insert to mamori_app with check ((select viewer_all()) or person_id = (select viewer_id()));
create policy finish on absence for update to mamori_app
  using ((select viewer_all()) or person_id = (select viewer_id())) with check ((select viewer_known()));
create policy with_decision on ex_post_review to mamori_app, mamori_worker
  using (exists (select from decision d where d.id = decision_id)) with check (exists (select from decision d where d.id = decision_id));

drop policy look on request;
create policy look on request for select to mamori_app, mamori_worker using (
  (select viewer_all())
  or department_id = any ((select viewer_departments())::uuid[])
  or owner_department_id = any ((select viewer_departments())::uuid[])
  or requester_id = (select viewer_id())
  or beneficiary_id = (select viewer_id())
  or id = any ((select viewer_by_rule())::uuid[]));
drop policy move on request;
create policy move on request for update to mamori_app, mamori_worker using (
  (select viewer_all())
  or department_id = any ((select viewer_departments())::uuid[])
  or owner_department_id = any ((select viewer_departments())::uuid[])
  or requester_id = (select viewer_id())
  or beneficiary_id = (select viewer_id())
  or id = any ((select viewer_by_rule())::uuid[]))
  with check ((select viewer_known()));

select put_under_seal('acting_rule', '{id}');
select put_under_seal('acting_rule_taken_back', '{acting_rule_id}');
select put_under_seal('absence', '{id}');
select put_under_seal('decision', '{id}');
select put_under_seal('ex_post_review', '{decision_id}');

reset role;
