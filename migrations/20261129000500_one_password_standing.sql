-- One person has one standing of their password: without saying so, a list of accounts is planned for a thousand.
set role mamori_owner;
alter function password_standing(uuid) rows 1;
reset role;
