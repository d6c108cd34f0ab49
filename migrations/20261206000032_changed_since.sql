-- 対象が変更されました: rows that a decided request is about and that have changed since by another road, by line. Only when is told,
-- not what: whoever works on it looks there.

set role mamori_owner;

create function rows_changed_since(asked uuid) returns table (line int, at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as $$
  with decided as (
    select r.id, r.round, max(d.decided_at) as at
      from request r
      join decision d on d.request_id = r.id and d.round = r.round and d.verdict = 'approve' and counts(d)
     where r.id = asked and r.phase = 'executing' and viewer_known()
     group by r.id, r.round
  )
  select l.no, max(v.valid_from)
    from decided d
    join request_line l on l.request_id = d.id and l.round = d.round and l.state = 'open' and l.row_href is not null
    join lateral (
      select h.valid_from, h.change_request
        from account_history h
       where l.row_href like '/ledgers/accounts/%' and h.id = nullif(split_part(l.row_href, '/', 4), '')::uuid
      union all
      select h.valid_from, h.change_request
        from privileged_account_history h
       where l.row_href like '/ledgers/privileged/%' and h.id = nullif(split_part(l.row_href, '/', 4), '')::uuid
    ) v on v.valid_from > d.at and v.change_request is distinct from d.id
   group by l.no
   order by l.no
$$;
revoke all on function rows_changed_since(uuid) from public;
grant execute on function rows_changed_since(uuid) to mamori_app;

reset role;
