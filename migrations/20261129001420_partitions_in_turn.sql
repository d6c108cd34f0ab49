-- Two processes that start at once both ask for the next months' partitions of the event log (操作記録): the second waits
-- for the first, and finds them there.

set role mamori_audit_owner;

create or replace function audit.ensure_partitions(from_month date, months int) returns int language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare m date; made int := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('mamori partitions', 0));
  for i in 0 .. months - 1 loop
    m := (date_trunc('month', from_month) + make_interval(months => i))::date;
    if to_regclass(format('audit.event_%s', to_char(m, 'YYYYMM'))) is null
       and not exists (select from audit.event_rest where recorded_at >= m and recorded_at < m + interval '1 month') then
      execute format('create table audit.event_%s partition of audit.event for values from (%L) to (%L)', to_char(m, 'YYYYMM'), m, (m + interval '1 month')::date);
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

reset role;
