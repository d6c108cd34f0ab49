-- Lists that are read off an index instead of being worked out of everything. Row-level security lets an index be asked only with
-- operators that cannot leak; what is looked for by words is therefore found by functions of the owner, which give ids alone and leave
-- to the policies who sees the rows.

set role mamori_owner;

-- 氏名のよみ順: one value to order people by, and to go on after.
alter table person add column order_key text generated always as (reading || employee_no) stored;
create index person_in_order on person ((coalesce(order_key, '')) collate "ja-x-icu");

-- What is still to come to a seat, and what is open at all.
create index request_step_to_come on request_step (seat, request_id) where arrived_at is null and skipped is null;
create index request_open on request (phase, id) where closed_at is null;

-- The systems that the reader's section owns: asked once for a list, not once for each of its rows.
create function viewer_owned_systems() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select case when owner_reads() then array(select id from information_system where owner_department_id = any (viewer_departments())) else '{}' end
$$;
revoke all on function viewer_owned_systems() from public;
grant execute on function viewer_owned_systems() to mamori_app, mamori_worker;
drop policy look on account;
create policy look on account for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id())
  or system_id = any ((select viewer_owned_systems())::uuid[]));
drop policy look on account_history;
create policy look on account_history for select to mamori_app, mamori_worker using (
  (select viewer_all()) or department_id = any ((select viewer_departments())::uuid[]) or holder_id = (select viewer_id())
  or system_id = any ((select viewer_owned_systems())::uuid[]));
drop function owned_by_viewer(uuid);

-- The rows of a ledger that hold all these words, no more than `most`; null where there are more: then nearly any row does, and reading
-- them in their order finds a page as fast.
create function accounts_saying(words text[], most int) returns uuid[] language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  keys text[] := array(select search_key(word) from unnest(words) word);
  grams text[] := array(select distinct gram from unnest(keys) key, unnest(search_grams(key)) gram);
  found uuid[];
begin
  -- a word of which nothing is left is found nowhere
  if '' = any (keys) then
    return '{}';
  end if;
  found := array(select a.id from account a
                  where search_grams(a.search) @> grams and not exists (select from unnest(keys) key where strpos(a.search, key) = 0)
                  limit most + 1);
  return case when cardinality(found) <= most then found end;
end $$;
create function privileged_accounts_saying(words text[], most int) returns uuid[] language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  keys text[] := array(select search_key(word) from unnest(words) word);
  grams text[] := array(select distinct gram from unnest(keys) key, unnest(search_grams(key)) gram);
  found uuid[];
begin
  if '' = any (keys) then
    return '{}';
  end if;
  found := array(select g.id from privileged_account g
                  where search_grams(g.search) @> grams and not exists (select from unnest(keys) key where strpos(g.search, key) = 0)
                  limit most + 1);
  return case when cardinality(found) <= most then found end;
end $$;

-- The same for requests; the longest word asks the index.
create function requests_saying(words text[], most int) returns uuid[] language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  patterns text[] := array(select '%' || word || '%' from unnest(words) word);
  longest text := (select '%' || word || '%' from unnest(words) word order by length(word) desc limit 1);
  found uuid[];
begin
  found := array(select r.id from request r where r.search like longest and r.search like all (patterns) limit most + 1);
  return case when cardinality(found) <= most then found end;
end $$;
revoke all on function accounts_saying(text[], int), privileged_accounts_saying(text[], int), requests_saying(text[], int) from public;
grant execute on function accounts_saying(text[], int), privileged_accounts_saying(text[], int), requests_saying(text[], int) to mamori_app, mamori_worker;

-- What waits for somebody with these seats (inbox, work queue), as before; now with the walls round the requests said once for all
-- of them instead of once for each step.
drop function waiting_for(text, text[], text[], uuid[]);
create function waiting_for(wanted text, seats text[], also text[], selves uuid[]) returns table (request_id uuid, kind text, due date)
  language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  wide boolean := viewer_all();
  sections uuid[] := viewer_departments();
  me uuid := viewer_id();
  by_rule uuid[] := case when wide then '{}' else viewer_by_rule() end;
begin
  return query
  select m.request_id, r.kind, min(m.due)
    from (
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, false as own
        from request_step s
       where s.arrived_at is not null and s.ended_at is null and s.seat = any (seats)
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, false
        from request_step s
        join request r on r.id = s.request_id
       where s.arrived_at is not null and s.ended_at is null and s.named_seat = any (also)
         and 'named:' || r.kind || '/' || s.key = any (seats)
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, true
        from request r
        join request_step s on s.request_id = r.id and s.round = r.round and s.applicant
       where r.requester_id = any (selves) and r.closed_at is null and s.arrived_at is not null and s.ended_at is null
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.due, false
        from request_step s
        join request r on r.id = s.request_id and r.round = s.round
        join request_step w on w.request_id = s.request_id and w.round = s.round and w.act = 'execute'
       where wanted = 'execute' and s.seat is null and s.act = 'acknowledge' and s.arrived_at is not null and s.ended_at is null
         and (w.seat = any (seats) or w.designee and 'named:' || r.kind || '/' || w.key = any (seats))
         and not signs_in(coalesce(r.beneficiary_id, r.requester_id))
    ) m
    join request r on r.id = m.request_id
   where (wide or r.department_id = any (sections) or r.owner_department_id = any (sections) or r.requester_id = me
          or r.beneficiary_id = me or r.id = any (by_rule))
     and not ('apart:' || r.kind || '/' || m.key = any (seats))
     and (m.own or r.requester_id is null or r.requester_id <> all (selves))
     and (r.beneficiary_id is null or r.beneficiary_id <> all (selves))
     and (m.own or m.act = 'acknowledge' or not exists (
            select from decision c
             where c.request_id = r.id and c.round = r.round and c.step <> m.at and c.decider = any (selves)
               and not (least(c.step_key, m.key) || '|' || greatest(c.step_key, m.key)) = any (r.joins)))
     and (m.needed = 1 or not exists (
            select from decision c
             where c.request_id = r.id and c.round = r.round and c.step = m.at
               and (c.decider = any (selves) or c.acting_for = any (selves)) and counts(c)))
   group by m.request_id, r.kind;
end $$;
revoke all on function waiting_for(text, text[], text[], uuid[]) from public;
grant execute on function waiting_for(text, text[], text[], uuid[]) to mamori_app, mamori_worker;

-- the new orders are planned with from the first page on
analyze person;
analyze request_step;

reset role;
