-- Somebody may go on leave and come back twice on one day: what was carried out does not stand in the way of the next entry.

set role mamori_owner;

drop index movement_once;
create unique index movement_once on personnel_movement (person_id, kind, effective_on)
  where cancelled_at is null and not (applied_at is not null and kind in ('leave', 'maternity', 'childcare', 'return'));

reset role;
