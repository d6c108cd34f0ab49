-- 質問: what somebody asks the applicant, without deciding anything. It is open until the applicant writes.

set role mamori_owner;

alter table request_comment add column asks boolean not null default false;
select put_under_seal('request_comment', '{id}');
create index request_question on request_comment (request_id, written_at, id) where asks;

-- The latest question of an open request that its applicant has not answered.
create function open_question(request uuid) returns uuid language sql stable as $$
  select q.id
    from request_comment q
    join request r on r.id = q.request_id
   where q.request_id = $1 and q.asks and r.closed_at is null
     and not exists (select from request_comment a
                      where a.request_id = q.request_id and natural_person(a.author) = natural_person(r.requester_id)
                        and (a.written_at, a.id) > (q.written_at, q.id))
   order by q.written_at desc, q.id desc
   limit 1
$$;
revoke all on function open_question(uuid) from public;
grant execute on function open_question(uuid) to mamori_app, mamori_worker;

reset role;
