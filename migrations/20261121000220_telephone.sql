-- 職員台帳の電話番号: whom to call back before a password is issued again (4.1.6(2)) — never the number a claimant gives.

set role mamori_owner;
alter table person add column telephone text;
reset role;
