-- The verifier holds sign-ins against their digests too (`audit verify --reconcile`): it may name the schema they are in,
-- and still reads no row of it.

grant usage on schema auth to mamori_verify;
