//! 担当替え on the page of a request: where the office can send what waits, with the names of those who sit there.
use super::route::Names;
use super::sheet::full;
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::model::machine::Facts;
use crate::engines::requests::model::rerouting::OtherSeat;
use crate::engines::requests::store::people;
use crate::kernel::access::Permission;
use crate::kernel::error::Result;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// The seats with their values, in the order in which it would go up.
pub type Seats = Vec<(String, String)>;

/// Those that the reader may send it to.
pub async fn seats(conn: &mut PgConnection, hand: &Hand, open: &Open, facts: &Facts<'_>) -> Result<Seats> {
    if !hand.viewer.may(Permission::RequestsReroute) {
        return Ok(Vec::new());
    }
    let found = open.case.other_seats(facts);
    let persons: Vec<Uuid> = found.iter().flat_map(|(_, who)| who.iter().map(|person| person.0)).collect();
    let names = people::names(conn, &persons, open.today).await?;
    let departments: Vec<Uuid> = found.iter().filter_map(|(seat, _)| Some(seat.department?.0)).collect();
    let departments = people::department_names(conn, &departments).await?;
    Ok(found.iter().map(|seat| (seat.0.key(), said(hand, seat, &names, &departments))).collect())
}

/// 「営業部 管理職（佐藤 直樹）」
fn said(hand: &Hand, (seat, who): &OtherSeat, names: &Names, departments: &HashMap<Uuid, String>) -> String {
    let tier = hand.position(seat.position());
    let place = seat.department.and_then(|department| departments.get(&department.0));
    let title = place.map_or_else(|| tier.clone(), |place| format!("{place} {tier}"));
    let who = who.iter().map(|person| full(names, person.0)).collect::<Vec<_>>().join(&hand.w.t("web-list-comma"));
    hand.w.t2("requests-title-names", "title", title, "names", who).into_owned()
}
