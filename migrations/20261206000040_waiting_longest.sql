-- What waits at a desk also says since when and for which section, so that the inbox can stand in the order of waiting and be
-- narrowed to a section without asking for each of its rows.

set role mamori_owner;

drop function waiting_for(text, text[], text[], uuid[]);
create function waiting_for(wanted text, seats text[], also text[], selves uuid[])
  returns table (request_id uuid, kind text, department_id uuid, since timestamptz, due date)
  language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  wide boolean := viewer_all();
  sections uuid[] := viewer_departments();
  me uuid := viewer_id();
  by_rule uuid[] := case when wide then '{}' else viewer_by_rule() end;
begin
  return query
  select m.request_id, r.kind, r.department_id, min(m.since), min(m.due)
    from (
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.arrived_at as since, s.due, false as own
        from request_step s
       where s.arrived_at is not null and s.ended_at is null and s.seat = any (seats)
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.arrived_at as since, s.due, false
        from request_step s
        join request r on r.id = s.request_id
       where s.arrived_at is not null and s.ended_at is null and s.named_seat = any (also)
         and 'named:' || r.kind || '/' || s.key = any (seats)
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.arrived_at as since, s.due, true
        from request r
        join request_step s on s.request_id = r.id and s.round = r.round and s.applicant
       where r.requester_id = any (selves) and r.closed_at is null and s.arrived_at is not null and s.ended_at is null
         and wanted = case when s.act in ('execute', 'report') then 'execute' else 'decide' end
      union all
      select s.request_id, s.round, s.at, s.key, s.act, s.needed, s.arrived_at as since, s.due, false
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
   group by m.request_id, r.kind, r.department_id;
end $$;
revoke all on function waiting_for(text, text[], text[], uuid[]) from public;
grant execute on function waiting_for(text, text[], text[], uuid[]) to mamori_app, mamori_worker;

reset role;
