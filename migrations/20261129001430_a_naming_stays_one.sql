-- A naming (指名) stays what it is when another regulation is adopted: under a text in which operators are no longer named it
-- gives nothing, and never becomes the post of an operator.

set role mamori_owner;

-- Is this post one that somebody was given by a naming?
create function is_naming(held uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from designation d where d.post_id = held)
$$;

-- What the holder of this post was named for, in force on a day (nothing, when it is not); null where the post is held by no
-- naming. With the day on which the naming was ended, or without it.
create or replace function named_for(held uuid, day date, last_day_too boolean) returns text[] language sql stable security definer
  set search_path = public, pg_temp as $$
  select case when p.during @> day and b.during @> day and (n.left_on is null or n.left_on >= day)
                   and (d.ended_at is null or (d.ended_at at time zone 'Asia/Tokyo')::date > day
                        or last_day_too and (d.ended_at at time zone 'Asia/Tokyo')::date = day)
              then d.matters else '{}' end
    from designation d
    join post p on p.id = d.post_id
    join post b on b.id = d.by_post
    join person n on n.id = b.person_id
   where d.post_id = held
$$;

-- Whoever acts as one who was named, where the regulation says so, was named that day for that step; at a step of operators'
-- own no naming is enough.
create or replace function named_that_day() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s request_step;
  kind text;
  today date := (nullif(current_setting('mamori.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;
begin
  if new.tier <> 'operator' then
    return new;
  end if;
  select * into s from request_step q where q.request_id = new.request_id and q.round = new.round and q.at = new.step;
  if s.applicant then
    return new;
  end if;
  if s.tier = 'operator' then
    if is_naming(new.post_id) then
      raise exception 'a naming is no post of an operator' using errcode = 'PT403';
    end if;
    return new;
  end if;
  select r.kind into kind from request r where r.id = new.request_id;
  perform from designation d
    join post p on p.id = d.post_id
    join post b on b.id = d.by_post
   where d.post_id = new.post_id and d.ended_at is null
     and p.person_id = case tg_table_name when 'decision' then (to_jsonb(new) ->> 'decider')::uuid else (to_jsonb(new) ->> 'executor')::uuid end
     and (kind || '/' || s.key) = any (named_for(d.post_id, today, false))
     for share of d, p, b;
  if not s.designee or not found then
    raise exception 'not named for this step' using errcode = 'PT403';
  end if;
  return new;
end $$;

revoke all on function is_naming(uuid) from public;
grant execute on function is_naming(uuid) to mamori_app, mamori_worker, mamori_auth;

reset role;
