-- The アカウント管理台帳 in the order in which it opens: its first page is read off this index, where it was sorted out of all
-- accounts before.

set role mamori_owner;

create index if not exists account_by_name on account (lower(account_name), id);

reset role;
