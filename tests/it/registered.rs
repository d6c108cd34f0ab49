//! Functions are given in their register (役割台帳) and nowhere else: neither a post on a person's page nor a personnel change
//! brings anybody into one.
use axum::http::StatusCode;

use crate::accounts::employee_no;
use crate::support::portal::{PASSWORD, Portal};

#[tokio::test]
async fn neither_a_post_nor_a_transfer_makes_an_administrator() {
    for regulation in ["system-management", "coop-operations", "osaka-standard", "katsuura-operations"] {
        let portal = Portal::open_under(regulation).await;
        let general = portal.cast.general.to_string();
        let desk = portal.sign_in("中村").await;
        let form = desk.get("/movements/new").await;
        assert!(!form.ok().text().contains("value=\"sysadmin\""), "{regulation}: a transfer offers it");
        let transfer = [
            ("person", employee_no("山本")),
            ("kind", "transfer".to_owned()),
            ("effective_on", "2026-04-10".to_owned()),
            ("to_department", general.clone()),
            ("to_tier", "sysadmin".to_owned()),
            ("to_title", "主査".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = transfer.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let tried = desk.post("/movements", &fields).await;
        assert!(tried.status.is_client_error(), "{regulation}: {}", tried.words());

        let path = format!("/people/{}/posts", employee_no("山本"));
        let form = desk.get(&format!("{path}/new")).await;
        assert!(!form.ok().text().contains("value=\"sysadmin\""), "{regulation}: a post offers it");
        let post = [
            ("department", general.as_str()),
            ("tier", "sysadmin"),
            ("title", "主査"),
            ("main", "concurrent"),
            ("from", "2026-04-01"),
            ("last", ""),
            ("reason", "人事発令第8号"),
            ("own_password", PASSWORD),
        ];
        let tried = desk.post(&path, &post).await;
        assert!(tried.status.is_client_error(), "{regulation}: {}", tried.words());
        let mut db = portal.superuser().await;
        let made: i64 = sqlx::query_scalar("select count(*) from post where person_id = $1 and tier <> 'staff'")
            .bind(portal.cast.get("山本").id.0)
            .fetch_one(&mut db)
            .await
            .unwrap();
        let entered: i64 =
            sqlx::query_scalar("select count(*) from personnel_movement").fetch_one(&mut db).await.unwrap();
        assert_eq!((made, entered), (0, 0), "{regulation}");

        // as a manager they may go there
        let fields = fields.iter().map(|(name, value)| (*name, if *name == "to_tier" { "manager" } else { value }));
        let fields: Vec<(&str, &str)> = fields.collect();
        desk.get("/movements/new").await.ok();
        assert_eq!(desk.post("/movements", &fields).await.status, StatusCode::SEE_OTHER, "{regulation}");
    }
}
