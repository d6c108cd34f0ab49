-- Where a person's mail goes (メールの宛先): what the outbox of the kernel may know of the register of people, which stands above it.

set role mamori_owner;

create view mail_addresses_pub with (security_invoker = true) as
  select id as person_id, coalesce(mail, '') as mail from person;
grant select on mail_addresses_pub to mamori_app, mamori_worker, mamori_auth;

reset role;
