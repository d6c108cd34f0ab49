-- The rest of the event log behind row-level security (操作記録: 連鎖・署名・要約値の形): what is open to a role is said by a policy,
-- as on every other table, so that the start can ask the same of all of them. Linking and sealing run as the owner.

set role mamori_audit_owner;

alter table audit.chain enable row level security;
create policy look on audit.chain for select to mamori_app, mamori_worker, mamori_auth, mamori_verify, mamori_backup using (true);

alter table audit.head enable row level security;
create policy look on audit.head for select to mamori_app, mamori_worker, mamori_auth, mamori_verify, mamori_backup using (true);

alter table audit.checkpoint enable row level security;
create policy look on audit.checkpoint for select to mamori_app, mamori_worker, mamori_auth, mamori_verify, mamori_backup using (true);
create policy put on audit.checkpoint for insert to mamori_worker with check (true);

alter table audit.shape enable row level security;
create policy look on audit.shape for select to mamori_owner, mamori_worker, mamori_verify, mamori_backup using (true);
create policy put on audit.shape for insert to mamori_owner with check (true);

reset role;
