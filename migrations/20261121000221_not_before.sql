-- The portal's own role counts failures (the ledger's reaction to a stop needs that role), so it must see 「この時刻まで試せない」.

set role mamori_owner;
grant select (not_before) on auth.credential to mamori_app, mamori_worker;
reset role;
