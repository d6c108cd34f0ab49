//! 差戻し先: the applicant, and the earlier steps to which the reader can send a request back.
use super::route::RouteStep;
use crate::engines::requests::actions::Open;
use crate::engines::requests::model::{AfterReturn, Facts};
use crate::web::locale::Words as Catalogue;

/// Where a request can be sent back to.
#[derive(Debug, Clone, Default)]
pub struct ReturnTo {
    /// The key of the step, empty for the applicant; and what the choice says.
    pub places: Vec<(String, String)>,
    /// What becomes of the steps between.
    pub hint: String,
}

impl ReturnTo {
    /// What this reader can choose from now.
    pub(super) fn of(w: Catalogue, open: &Open, facts: &Facts<'_>, route: &[RouteStep]) -> Self {
        let applicant = open.case.may_return(None, facts).is_ok();
        let applicant = applicant.then(|| (String::new(), w.t("requests-return-to-applicant").into_owned()));
        let earlier = open.case.earlier().filter(|(_, step)| open.case.may_return(Some(&step.key), facts).is_ok());
        let earlier = earlier.filter_map(|(at, step)| {
            let drawn = route.get(at)?;
            let said = w.t2("requests-return-to-step", "step", &drawn.title, "who", &drawn.who).into_owned();
            Some((step.key.clone(), said))
        });
        let hint = match facts.after_return {
            AfterReturn::Repeat => "requests-return-repeats",
            AfterReturn::Sender => "requests-return-comes-straight",
        };
        Self { places: applicant.into_iter().chain(earlier).collect(), hint: w.t(hint).into_owned() }
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Is there anything to choose?
    #[must_use]
    pub const fn asks(&self) -> bool {
        self.places.len() > 1
    }
}
