//! ログインIDの一覧: sign-ins with their owners, page by page, for those who look after them.
use super::sign_ins::SignIn;
use crate::kernel::access::Scope;
use crate::kernel::ids::PersonId;

/// A sign-in with its owner, for the administrator's list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// the sign-in
    pub sign_in: SignIn,
    /// 姓 名
    pub name: String,
    /// 職員番号
    pub employee_no: String,
}

impl Listed {
    /// Where the list goes on behind this row: the locked first, the stopped last, then by login.
    #[must_use]
    pub fn place(&self) -> String {
        let rank = Self::rank(&self.sign_in);
        format!("{rank}_{}", self.sign_in.login.to_lowercase())
    }

    const fn rank(sign_in: &SignIn) -> u8 {
        match (sign_in.locked_at.is_some(), sign_in.disabled_at.is_some()) {
            (true, false) => 0,
            (true, true) => 1,
            (false, false) => 2,
            (false, true) => 3,
        }
    }
}

/// Sign-ins in reach: those that need somebody first, then by login; after the place that [`Listed::place`] names.
pub async fn list(
    conn: &mut sqlx::PgConnection,
    (scope, today): (&Scope, chrono::NaiveDate),
    typed: &str,
    after: &str,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let place = after.split_once('_').and_then(|(rank, login)| Some((rank.parse::<i32>().ok()?, login)));
    let words = crate::kernel::text::bigram_query(typed);
    let login = crate::kernel::text::normalise(typed).to_lowercase();
    let rows = sqlx::query!(
        r#"select c.person_id as "person: PersonId", c.login, c.last_sign_in, c.set_at, c.failed, c.locked_at, c.disabled_at,
                  c.disabled_reason, a.expires_at as "code_until?", c.must_change, c.disowned_at, p.family_name, p.given_name, p.employee_no
             from auth.credential c
             join person p on p.id = c.person_id
             left join auth.activation a on a.person_id = c.person_id and a.used_at is null and a.withdrawn_at is null
            where (lower(c.login) = $2
                   or not exists (select from unnest($1::text[]) as w where position(' ' || w || ' ' in ' ' || p.search || ' ') = 0))
              and ($6 or exists (select from post o
                                  where o.person_id = c.person_id and o.during @> $8::date and o.department_id = any ($7)))
              and ($4::int is null
                   or ((c.locked_at is null)::int * 2 + (c.disabled_at is not null)::int, lower(c.login)) > ($4, $5))
            order by (c.locked_at is null)::int * 2 + (c.disabled_at is not null)::int, lower(c.login)
            limit $3"#,
        &words,
        login,
        limit,
        place.map(|(rank, _)| rank),
        place.map_or("", |(_, login)| login),
        scope.all,
        &scope.departments,
        today,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        name: super::model::full_name(&row.family_name, &row.given_name),
        employee_no: row.employee_no,
        sign_in: SignIn {
            person: row.person,
            login: row.login,
            last_sign_in: row.last_sign_in,
            set_at: row.set_at,
            failed: row.failed,
            locked_at: row.locked_at,
            disabled_at: row.disabled_at,
            disabled_reason: row.disabled_reason,
            code_until: row.code_until,
            must_change: row.must_change,
            disowned_at: row.disowned_at,
        },
    });
    Ok(listed.collect())
}
