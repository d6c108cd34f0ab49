-- 代決の順位: where a rule names several, they stand in order.

set role mamori_owner;

-- Whom the rule of this day names for the decision for which a request waits, in whose place, and whether the time has come. Of
-- several whom it names it is offered to one: the first who can decide and is not entered as absent, and the next only
-- where those before are away; where all are, to the first.
drop function deciders_by_rule(uuid, date);
create function deciders_by_rule(asked uuid, today date)
  returns table (rule_id uuid, post_id uuid, holder uuid, person_id uuid, tier text, department_id uuid, reserved boolean,
                 stood_in boolean, away boolean, back_on date, since date, when_absent boolean, after_days int, review_days int, in_turn boolean, offered boolean)
  language sql stable security definer set search_path = public, pg_temp as $$
  with asking as (
    select r.id, r.kind, r.round, r.joins, r.requester_id, s.key, s.tier, s.department_id, (r.waiting_since at time zone 'Asia/Tokyo')::date as since,
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
    -- since when they have been what the rule names: so they stand in order
    select a.id as rule_id, s.id as post_id, q.person_id, min(lower(q.during)) as named_since
      from rule a
      cross join seat s
      join post q on q.during @> today and (a.who = 'title' and q.title = a.title and q.department_id = s.department_id
                                            or a.who = 'function' and q.function = a.function)
     group by a.id, s.id, q.person_id
    union all
    select a.id, s.id, above.person_id,
           (select min(lower(q.during)) from post q
             where q.person_id = above.person_id and q.during @> today and q.tier in ('manager', 'office', 'ciso', 'committee'))
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
           k.stood_in, coalesce(k.away, false) as away, s.back_on, k.since, a.when_absent, a.after_days, a.review_days,
           natural_person(m.person_id) <> all (k.parties)
             -- who took part at another step of this round decides nothing more of it, but where one may take both
             and not exists (select from decision d
                              where d.request_id = k.id and d.round = k.round and natural_person(d.decider) = natural_person(m.person_id)
                                and d.step_key <> k.key
                                and not (least(d.step_key, k.key) || '|' || greatest(d.step_key, k.key)) = any (k.joins)) as able,
           exists (select from absence b
                    where natural_person(b.person_id) = natural_person(m.person_id) and b.ended_at is null and b.during @> today) as is_away,
           m.named_since
      from judged k
      cross join named m
      join rule a on a.id = m.rule_id
      join seat s on s.id = m.post_id
      join person n on n.id = m.person_id and n.joined_on <= today and (n.left_on is null or n.left_on >= today)
     where holds_sign_in(n.id) and not is_outsider(n.id, daterange(today, today, '[]'))
       -- whoever sits there decides without a rule
       and not exists (select from seat own where own.holder = natural_person(n.id))
  ), ordered as (
    select f.*, row_number() over (partition by f.rule_id, f.post_id
                                   order by not f.able, f.is_away, f.named_since, f.person_id) as place
      from found f
  )
  select f.rule_id, f.post_id, f.holder, f.person_id, f.tier, f.department_id, f.reserved, f.stood_in, f.away, f.back_on, f.since,
         f.when_absent, f.after_days, f.review_days, f.place = 1,
         not f.reserved and not f.stood_in and f.able and f.place = 1
           and (f.when_absent and f.away or f.after_days is not null and open_days(f.since, today) >= f.after_days)
    from ordered f
$$;
revoke all on function deciders_by_rule(uuid, date) from public;
grant execute on function deciders_by_rule(uuid, date) to mamori_app, mamori_worker, mamori_auth;

reset role;
