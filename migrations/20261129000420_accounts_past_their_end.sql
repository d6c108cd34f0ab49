-- 利用の終了日を過ぎた: the portal's own account stops by itself when its last day is over.

set role mamori_owner;

alter table account drop constraint account_stop_reason_check;
alter table account add constraint account_stop_reason_check check (
  stop_reason in ('request', 'inventory', 'unused', 'failures', 'retirement', 'end_of_use', 'expired'));

reset role;
