//! `mamori routes`: every route with method, address, permission, and whether it changes anything.
use serde::Serialize;

use crate::portal;
use crate::web::routing::Access;

#[derive(Serialize)]
struct Line {
    method: String,
    path: &'static str,
    permission: &'static str,
    changes: bool,
    open: bool,
}

/// Prints the routes.
pub fn run(json: bool) -> anyhow::Result<()> {
    let mut lines: Vec<Line> = portal::routes()
        .into_iter()
        .map(|route| Line {
            method: route.method.to_string(),
            path: route.path,
            permission: route.access.key(),
            changes: route.changes(),
            open: route.access == Access::Open,
        })
        .collect();
    lines.sort_by(|a, b| (a.path, &a.method).cmp(&(b.path, &b.method)));
    if json {
        say!("{}", serde_json::to_string(&lines)?);
        return Ok(());
    }
    for line in lines {
        say!(
            "{:<5} {:<52} {:<20} {}",
            line.method,
            line.path,
            line.permission,
            if line.changes { "changes" } else { "" }
        );
    }
    Ok(())
}
