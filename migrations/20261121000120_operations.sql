-- What runs the portal by itself: reading the whole log in order, finishing jobs in the transaction of their effects,
-- clearing away what has served its time.

-- the verifier reads the log in the order in which it was written, month by month
create index event_order on audit.event (recorded_at, id);
-- 「操作記録」 of one person
create index event_actor on audit.event (actor_id, occurred_at desc, id desc) where actor_id is not null;

-- a job's finish commits with its effects, whichever role they needed
grant update (finished_at) on job to mamori_app;
-- finished jobs and answered forms are cleared away after a while; dead letters stay
grant delete on job to mamori_worker;
create policy clear on job for delete to mamori_worker using (state = 'done');
create index job_finished on job (finished_at) where state = 'done';
create index job_once on job (kind, dedup_key) where dedup_key is not null;
create index idempotency_age on idempotency (created_at);

-- readiness asks which migrations the database has; a database made from these files alone has no such table
do $$
begin
  if to_regclass('public._sqlx_migrations') is not null then
    grant select on _sqlx_migrations to mamori_app, mamori_worker;
  end if;
end $$;
