//! The same portal under each regulation: who is there, and what they are called.
use super::support::portal::Portal;

#[tokio::test]
async fn every_regulation_opens_a_portal_with_its_own_titles() {
    for (regulation, visitor, title) in [
        ("coop-operations", "中村", "事務管理者"),
        ("osaka-standard", "佐藤", "課情報セキュリティ責任者"),
        ("katsuura-operations", "森", "市長"),
        ("mutual-aid-policy", "森", "理事長"),
    ] {
        let portal = Portal::open_under(regulation).await;
        portal.sign_in(visitor).await.get("/").await.ok().says(title);
    }
}
