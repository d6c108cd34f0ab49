-- 関連する申請: a line says which row of a ledger it is about, where there is one already, as the work says which row came of it. So the
-- requests about one thing find each other: its registration, its changes, its end.

set role mamori_owner;

alter table request_line add column row_href text;
create index request_line_row on request_line (row_href) where row_href is not null;
create index execution_row on execution (row_href) where row_href is not null;
select put_under_seal('request_line', '{request_id,round,no}');

reset role;
