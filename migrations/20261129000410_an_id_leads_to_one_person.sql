-- One signs in with one's ID or one's employee number: so nobody's ID is somebody else's number, whichever came first.

set role mamori_owner;

create function leads_to_one_person() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_table_name = 'credential' then
    if exists (select from person p where lower(p.employee_no) = lower(new.login) and p.id <> new.person_id) then
      raise exception 'the number of somebody else' using errcode = '23505', constraint = 'credential_login';
    end if;
  elsif exists (select from auth.credential c where lower(c.login) = lower(new.employee_no) and c.person_id <> new.id) then
    raise exception 'the ID of somebody else' using errcode = '23505', constraint = 'person_employee_no_key';
  end if;
  return new;
end $$;
revoke all on function leads_to_one_person() from public;
create trigger one_person before insert or update of login on auth.credential for each row execute function leads_to_one_person();
create trigger one_person before insert or update of employee_no on person for each row execute function leads_to_one_person();

reset role;
