//! What somebody can be named for: the steps of the adopted regulation where one whom the holder names may act, and the release
//! of locked accounts where the regulation leaves it to them. What the text does not open to them is not among these.
use std::sync::Arc;

use crate::engines::regulations::{Adopted, Regulations};
use crate::engines::requests::actions::matter;
use crate::engines::requests::views::say;
use crate::engines::requests::{KindsInForce, Registered};
use crate::kernel::access::Tier;
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::people::permissions::RELEASE;
use crate::web::locale::Words;

/// One of them.
#[derive(Debug, Clone)]
pub struct Matter {
    /// `kind/step`
    pub key: String,
    /// those of this tier name for it; `None`: whoever may name at all
    pub by: Option<Tier>,
    /// 「アカウント登録申請：使用許可」
    pub label: String,
    /// 「情報システム運用要領 第21条第4項第4号」
    pub clause: String,
}

/// All that the adopted regulation knows, in the order of its routes.
pub fn all(app: &App, w: Words) -> Result<Vec<Matter>> {
    let adopted = app.part::<Regulations>()?.adopted()?;
    let kinds = app.part::<KindsInForce>()?.now();
    let mut all = Vec::new();
    for kind in kinds.iter().map(|registered| &registered.kind) {
        all.extend(kind.steps.iter().filter(|step| step.designee).map(|step| Matter {
            key: matter(&kind.key, &step.key),
            by: Some(step.by),
            label: w.t2("designees-matter", "kind", say(w, &kind.title), "step", say(w, &step.title)).into_owned(),
            clause: clause(&adopted, w, step.clause.as_deref()),
        }));
    }
    let release = adopted.binding().release.as_ref().filter(|release| release.by.contains(&Tier::Operator));
    all.extend(release.map(|release| Matter {
        key: RELEASE.to_owned(),
        by: None,
        label: w.t("designees-matter-release").into_owned(),
        clause: clause(&adopted, w, Some(&release.clause)),
    }));
    Ok(all)
}

/// The mechanisms whose clauses speak of those who are named.
pub fn mechanisms(app: &App) -> Result<Vec<&'static str>> {
    let kinds = app.part::<KindsInForce>()?.now();
    let names = |registered: &&Registered| registered.kind.steps.iter().any(|step| step.designee);
    Ok(kinds.iter().filter(names).map(|registered| registered.effects.key()).collect())
}

fn clause(adopted: &Arc<Adopted>, w: Words, id: Option<&str>) -> String {
    let entry = adopted.entry();
    let clause = id.and_then(|id| entry.catalogue.clause(id));
    clause.map_or_else(|| w.t("designees-matter-own").into_owned(), |clause| entry.reference(clause).label)
}
