-- 様式と経路: a request keeps the kind, the form and the route of the regulation under which it was filed, whatever is
-- adopted while it runs (システム管理規程 9; 施行日). Rows from before this column were filed under the first adoption.

set role mamori_owner;

alter table request add column regulation text check (regulation <> '');
grant insert (regulation) on request to mamori_app;
select put_under_seal('request', '{id}', '{search}');

reset role;
