//! What protects the data inside the database: limited roles, row-level security, triggers that link, keep and refuse.
//! The start refuses when any of it is not in place, and the verifier names what has been switched off.
use anyhow::bail;
use sqlx::PgConnection;

/// Refuses a database in which the walls are not standing, in words that say what to mend. The connection is one that may
/// read what is under seal (`mamori_worker`).
pub async fn refuse_without(conn: &mut PgConnection) -> anyhow::Result<()> {
    refuse_power(conn).await?;
    let off = triggers_off(conn).await?;
    if !off.is_empty() {
        bail!(
            "triggers that protect the records are missing or switched off ({}); refusing to start: enable them again and run `mamori audit verify`",
            off.join(", ")
        );
    }
    let wide = privileges_too_wide(conn).await?;
    if !wide.is_empty() {
        bail!("the runtime could rewrite what must stand ({}); refusing to start: revoke that", wide.join(", "));
    }
    let bare = without_row_security(conn).await?;
    if !bare.is_empty() {
        bail!(
            "tables without row-level security ({}); refusing to start: alter table … enable row level security",
            bare.join(", ")
        );
    }
    Ok(())
}

/// The login and each role it takes: no superuser, nothing that gets round row-level security, no owner of tables.
async fn refuse_power(conn: &mut PgConnection) -> anyhow::Result<()> {
    let powerful = sqlx::query!(
        r#"select r.rolname::text as "role!", r.rolname = session_user as "login!"
             from pg_roles r
            where r.rolname in (session_user, 'mamori_app', 'mamori_worker', 'mamori_auth')
              and (r.rolsuper or r.rolbypassrls or r.rolcreaterole
                   or exists (select from pg_roles o
                               where pg_has_role(r.oid, o.oid, 'member')
                                 and (o.rolname in ('mamori_owner', 'mamori_audit_owner')
                                      or exists (select from pg_class c
                                                   join pg_namespace n on n.oid = c.relnamespace
                                                  where n.nspname in ('public', 'audit', 'auth') and c.relowner = o.oid))))
            order by r.rolname = session_user desc, r.rolname"#
    )
    .fetch_all(&mut *conn)
    .await?;
    match powerful.first() {
        Some(role) if role.login => bail!(
            "the portal must not sign in to the database as a superuser or owner: give DATABASE_URL a login that is only a member of mamori_app, mamori_worker and mamori_auth, and MAMORI_MIGRATE_URL the powerful one"
        ),
        Some(role) => bail!(
            "the role {} is too powerful (superuser, BYPASSRLS, CREATEROLE, or member of an owner); refusing to start: take that from it",
            role.role
        ),
        None => {}
    }
    let acting = sqlx::query_scalar!(r#"select current_setting('session_replication_role') as "acting!""#)
        .fetch_one(conn)
        .await?;
    if acting != "origin" {
        bail!("triggers are switched off for this login (session_replication_role is {acting}); refusing to start");
    }
    Ok(())
}

/// Triggers that must be there and on, on every partition, and any other that somebody switched off:
/// `aa_keep on audit.event`.
pub async fn triggers_off(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"with guarded (schema, name, trigger) as (
               select 'audit', 'event', t from unnest(array['zz_link', 'zz_evidence', 'aa_keep', 'aa_keep_all']) t
               union all select 'audit', 'chain', t from unnest(array['aa_keep', 'aa_keep_all']) t
               union all select 'audit', 'checkpoint', t from unnest(array['aa_keep', 'aa_keep_all']) t
               union all
               select 'audit', c.relname, t
                 from pg_inherits i
                 join pg_class c on c.oid = i.inhrelid,
                      unnest(array['zz_link', 'zz_evidence', 'aa_keep']) t
                where i.inhparent = 'audit.event'::regclass
               union all
               select 'public', r, t
                 from unnest(array['decision', 'execution', 'acknowledgement', 'request_round', 'request_comment']) r,
                      unnest(array['append_only', 'append_only_all']) t
               union all
               select 'public', r, t
                 from unnest(array['adoption', 'adoption_taken_back', 'parameter_value', 'evidence']) r,
                      unnest(array['keep', 'append_only_all']) t
               union all select 'public', t, 'own_name' from unnest(array['request', 'request_round', 'request_comment']) t
               union all select 'public', t, 'apart' from unnest(array['decision', 'execution']) t
               union all select 'public', 'execution', 'approved'
               union all select 'public', 'acknowledgement', 'recipient'
               union all select 'public', 'request', 'kept'
               union all select 'public', 'stand_in', 'fits'
               union all select 'public', 'stand_in_proposal', 'kept'
               union all select 'public', 'sign_in_elsewhere', 'kept'
               union all select 'public', 'designation', 'kept'
               union all select 'public', t, 'named' from unnest(array['decision', 'execution']) t
               union all select split_part(relation, '.', 1), split_part(relation, '.', 2), 'zz_seal' from audit.shape),
           standing as (
               select n.nspname::text as schema, c.relname::text as name, t.tgname::text as trigger, t.tgenabled in ('O', 'A') as on
                 from pg_trigger t
                 join pg_class c on c.oid = t.tgrelid
                 join pg_namespace n on n.oid = c.relnamespace
                where n.nspname in ('public', 'audit', 'auth'))
           select format('%s on %s.%s', o.trigger, o.schema, o.name) as "off!"
             from (select g.schema, g.name, g.trigger from guarded g
                   except
                   select s.schema, s.name, s.trigger from standing s where s.on
                   union
                   select s.schema, s.name, s.trigger from standing s where not s.on) o
            order by o.schema, o.name, o.trigger"#
    )
    .fetch_all(conn)
    .await
}

/// What the runtime's roles could do to records that nobody may change: `mamori_app: DELETE on audit.event`.
async fn privileges_too_wide(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"with kept as (
               select c.oid, n.nspname || '.' || c.relname as name
                 from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p')
                  and (n.nspname = 'audit'
                       or n.nspname = 'public'
                          and (c.relname in ('decision', 'execution', 'acknowledgement', 'request_round', 'request_comment',
                                             'evidence', 'adoption', 'adoption_taken_back', 'parameter_value')
                               or right(c.relname, 8) = '_history'))),
           wide (role, what, name) as (
               select r, w, k.name
                 from unnest(array['mamori_app', 'mamori_worker', 'mamori_auth', session_user::text]) r,
                      unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) w,
                      kept k
                where has_table_privilege(r, k.oid, w)
                   or w = 'UPDATE' and has_any_column_privilege(r, k.oid, w)
               union all
               select r, 'INSERT', k.name
                 from unnest(array['mamori_app', 'mamori_worker', 'mamori_auth']) r,
                      kept k
                where has_any_column_privilege(r, k.oid, 'INSERT')
                  and (k.name in ('audit.chain', 'audit.head', 'public.evidence')
                       or k.name = 'audit.checkpoint' and r <> 'mamori_worker'
                       or right(k.name, 8) = '_history'))
           select distinct format('%s: %s on %s', role, what, name) as "wide!"
             from wide
            order by 1"#
    )
    .fetch_all(conn)
    .await
}

/// Tables that row-level security does not cover. A month of the log is reached through `audit.event` alone.
async fn without_row_security(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select n.nspname || '.' || c.relname as "name!"
             from pg_class c
             join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'audit', 'auth')
              and c.relkind in ('r', 'p')
              and not c.relispartition
              and not c.relrowsecurity
              and c.relname <> '_sqlx_migrations'
            order by 1"#
    )
    .fetch_all(conn)
    .await
}
