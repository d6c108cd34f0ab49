-- The head of a section sees how the sign-ins of its people stand, and releases what failures have locked (osaka 11-1-2-2).
-- Column grants keep what proves anything out of sight.

set role mamori_owner;

create policy section on auth.credential for select to mamori_app
  using (exists (select from post o
                  where o.person_id = credential.person_id and o.department_id = any ((select viewer_departments())::uuid[])));
create policy section on auth.activation for select to mamori_app
  using (exists (select from post o
                  where o.person_id = activation.person_id and o.department_id = any ((select viewer_departments())::uuid[])));

reset role;
