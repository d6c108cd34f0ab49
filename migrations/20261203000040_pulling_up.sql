-- 引き上げ承認: where a route says so, whoever decides at a later step may decide before those in front, who are passed over with a
-- reason. Only added.

set role mamori_owner;

alter table own_route add column pull_up boolean not null default false;
select put_under_seal('own_route', '{id}');

alter table request_step drop constraint request_step_skipped_check;
alter table request_step add constraint request_step_skipped_check check (skipped in ('vacant', 'pulled_up'));

-- beside 担当替え: who took a step from where it waited to another, and why
alter table request_rerouting add column act text not null default 'rerouted' check (act in ('rerouted', 'pulled_up'));
select put_under_seal('request_rerouting', '{id}');

-- Work comes after every answer of its round that still counts, as many as each step takes; what was denied is never worked on. A step
-- that was pulled over counts as passed only where somebody decides after it.
create or replace function after_approval() returns trigger language plpgsql as $$
begin
  if not exists (select from request_step s
                  where s.request_id = new.request_id and s.round = new.round and s.at = new.step and s.act = 'execute') then
    raise exception 'no work at this step' using errcode = 'PT403';
  end if;
  if exists (
    select from request_step s
     where s.request_id = new.request_id and s.round = new.round and s.at < new.step
       and (s.skipped is null
            or s.skipped = 'pulled_up'
               and not exists (select from request_step t
                                where t.request_id = s.request_id and t.round = s.round and t.at > s.at and t.at < new.step
                                  and t.skipped is null and t.act in ('decide', 'permit')))
       and s.act in ('decide', 'permit', 'instruct', 'consult', 'confirm')
       and s.needed > (select count(distinct natural_person(coalesce(d.acting_for, d.decider))) from decision d
                        where d.request_id = s.request_id and d.round = s.round and d.step = s.at
                          and d.verdict in ('approve', 'opinion') and d.line in (0, new.line) and counts(d))
  ) then
    raise exception 'not approved' using errcode = 'PT403';
  end if;
  return new;
end $$;

reset role;
