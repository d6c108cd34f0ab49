-- The accounts of their own that stand behind a person (管理用のアカウント): asked for on every page, and for everybody in the
-- nightly look for sign-ins that nobody uses, which an office of thousands did not finish in time without it.

set role mamori_owner;

create index if not exists person_behind on person (owner_person) where owner_person is not null;

reset role;
