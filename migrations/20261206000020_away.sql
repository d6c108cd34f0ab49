-- A step tells that its holder is away (不在) from that its post is vacant (空席): what moved for the first reason goes back when the
-- holder is there again.

set role mamori_owner;

alter table request_step drop constraint request_step_moved_reason_check;
alter table request_step add constraint request_step_moved_reason_check
  check (moved_reason in ('own_matter', 'already_acted', 'vacant', 'away', 'rerouted'));
alter table request_step drop constraint request_step_skipped_check;
alter table request_step add constraint request_step_skipped_check check (skipped in ('vacant', 'away', 'pulled_up'));

reset role;
