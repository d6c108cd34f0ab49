-- A draft that the portal prepares on an occasion is wanted by the day of that occasion, not by its own last day.

set role mamori_owner;

alter table prepared_draft add column due_on date;
select put_under_seal('prepared_draft', '{id}', '{version}');

reset role;
