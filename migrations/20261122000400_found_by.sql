-- What rows are found by, and what an applicant has to be told of requests out of sight: an account by the numbers of its
-- requests (4.1.1-2, 4.1.2-3, 4.1.3-4), a request by how the names in it are read, and one account is stopped once (4.1.3(1)).

set role mamori_owner;

-- An account: its ID, its requests, its holder (name, よみ, number), department and system.
create or replace function account_search_text(a account) returns text language sql stable security definer set search_path = public, pg_temp as $$
  select concat_ws('|', search_key(a.account_name),
                   (select string_agg(distinct search_key(number), '|')
                      from (select a.opened_number union select a.last_number
                             union select h.last_number from account_history h where h.id = a.id) numbers (number)),
                   (select concat_ws('|', search_key(family_name || given_name), search_key(reading), search_key(employee_no)) from person where id = a.holder_id),
                   (select concat_ws('|', search_key(name), search_key(reading)) from department where id = a.department_id),
                   (select concat_ws('|', search_key(code), search_key(name), search_key(reading)) from information_system where id = a.system_id))
$$;
update account set search = '';

-- Requests that were filed before their search held readings; closed ones are found as well, and stay as they are.
alter table request disable trigger kept;
update request r
   set search = concat_ws('|', r.search, search_key(p.reading), search_key(b.reading))
  from request one
  left join person p on p.id = one.requester_id
  left join person b on b.id = one.beneficiary_id
 where one.id = r.id;
alter table request enable trigger kept;

-- The number of an open request of this kind, one of whose lines says this: it may lie out of the applicant's sight.
create function request_under_way(of_kind text, saying jsonb, but uuid) returns text language sql stable security definer set search_path = public, pg_temp as $$
  select r.number
    from request r
    join request_line l on l.request_id = r.id and l.round = r.round
   where viewer_known()
     and r.kind = of_kind
     and r.closed_at is null
     and r.id <> but
     and l.data @> saying
     and l.state = 'open'
   order by r.filed_at, r.id
   limit 1
$$;
revoke all on function request_under_way(text, jsonb, uuid) from public;
grant execute on function request_under_way(text, jsonb, uuid) to mamori_app, mamori_worker;

reset role;
