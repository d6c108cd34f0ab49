//! What is done at a step of a route (段階の行為), and what may follow what.

/// What is done at a step (段階の行為).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepAct {
    /// 承認・差戻し・却下
    Decide,
    /// 許可: like a decision, with the regulation's own word
    Permit,
    /// 指示: an order, not an approval; recorded as such
    Instruct,
    /// 協議: the opinion is recorded and must be there; it neither lets pass nor stops
    Consult,
    /// 確認: what the step asks for is confirmed; nothing is refused by it
    Confirm,
    /// 実施: the work itself, line by line
    Execute,
    /// 受領確認: the person concerned confirms receipt
    Acknowledge,
    /// 作業報告: those who did the work write what was done and what deviates
    Report,
    /// 通知: those named are told; nobody waits
    Notify,
}

impl StepAct {
    pub const ALL: [Self; 9] = [
        Self::Decide,
        Self::Permit,
        Self::Instruct,
        Self::Consult,
        Self::Confirm,
        Self::Execute,
        Self::Acknowledge,
        Self::Report,
        Self::Notify,
    ];

    /// The key that bindings and the database use.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Permit => "permit",
            Self::Instruct => "instruct",
            Self::Consult => "consult",
            Self::Confirm => "confirm",
            Self::Execute => "execute",
            Self::Acknowledge => "acknowledge",
            Self::Report => "report",
            Self::Notify => "notify",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.key() == key)
    }

    /// Does the answer let the request pass or stop it?
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Decide | Self::Permit | Self::Instruct)
    }

    /// Is it answered with a verdict and words, not with work or a receipt?
    #[must_use]
    pub const fn answers(self) -> bool {
        self.decides() || matches!(self, Self::Consult | Self::Confirm | Self::Report)
    }

    /// Does it move up when nobody at its seat can act? Work and its report stay with those who can do it.
    #[must_use]
    pub const fn moves_up(self) -> bool {
        self.decides() || matches!(self, Self::Consult | Self::Confirm)
    }

    /// The word of the catalogue (承認, 許可, 実施, 受領確認).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decide => "requests-act-decide",
            Self::Permit => "requests-act-permit",
            Self::Instruct => "requests-act-instruct",
            Self::Consult => "requests-act-consult",
            Self::Confirm => "requests-act-confirm",
            Self::Execute => "requests-act-execute",
            Self::Acknowledge => "requests-act-acknowledge",
            Self::Report => "requests-act-report",
            Self::Notify => "requests-act-notify",
        }
    }

    /// May this act come after these? Deciding and consulting, then the work, then receipt, then the report;
    /// confirming and telling have their place anywhere.
    #[must_use]
    pub fn may_follow(self, before: impl Iterator<Item = Self> + Clone) -> bool {
        let worked = before.clone().any(|act| act == Self::Execute);
        let had = |wanted: Self| before.clone().any(|act| act == wanted);
        match self {
            Self::Decide | Self::Permit | Self::Instruct | Self::Consult => !worked,
            Self::Execute => !worked,
            Self::Acknowledge => worked && !had(Self::Acknowledge) && !had(Self::Report),
            Self::Report => worked && !had(Self::Report),
            Self::Confirm | Self::Notify => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_have_their_order() {
        use StepAct::{Acknowledge, Confirm, Consult, Decide, Execute, Instruct, Notify, Permit, Report};
        let good: &[&[StepAct]] = &[
            &[Decide, Execute, Acknowledge],
            &[Permit, Decide, Execute, Acknowledge, Report, Confirm],
            &[Consult, Decide, Notify],
            &[Confirm, Decide, Execute, Notify],
            &[Execute, Report],
            &[Instruct, Execute, Confirm],
        ];
        let bad: &[&[StepAct]] = &[
            &[Execute, Decide],
            &[Execute, Execute],
            &[Acknowledge],
            &[Execute, Report, Acknowledge],
            &[Report],
            &[Execute, Acknowledge, Acknowledge],
        ];
        let holds = |route: &&[StepAct]| (0..route.len()).all(|at| route[at].may_follow(route[..at].iter().copied()));
        assert!(good.iter().all(holds));
        assert!(!bad.iter().any(holds));
    }

    #[test]
    fn every_act_is_known_by_its_key() {
        for act in StepAct::ALL {
            assert_eq!(StepAct::from_key(act.key()), Some(act));
        }
        assert_eq!(StepAct::from_key("veto"), None);
    }
}
