//! What a room brings for the requests it carries out: the trait [`RequestKind`], and the register of all kinds
//! that the adopted regulation declares and a room of the portal can carry out.
use super::binding::Rerouted;
use super::model::{
    ChangeSet, Choice, Content, FieldError, Form, Kind, KindError, Number, Options, Outcome, Receipt, RowLink, Shown,
    Verdict,
};
use crate::engines::requests::model::{StepAct, StepDef};
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{DepartmentId, PersonId, RequestId};
use crate::kernel::work::Work;
use crate::people::step_up;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use futures::future::BoxFuture;
use sqlx::PgConnection;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// A request as a room sees it: while it is being filled in (`number` is still `None`) and in every later act.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    pub id: RequestId,
    pub kind: &'a Kind,
    pub number: Option<&'a Number>,
    /// Who files; `None` when it is filed without sign-in.
    pub applicant: Option<PersonId>,
    /// Whom it is about (対象者), once known.
    pub concerned: Option<PersonId>,
    /// The department it is filed for.
    pub department: DepartmentId,
    pub round: u16,
    pub content: &'a Content,
    /// The words shown for the content, names included.
    pub shown: &'a [Shown],
    /// Every answer could be read. Otherwise something is still to be mended, and what is missing was perhaps typed.
    pub whole: bool,
    pub today: NaiveDate,
}

/// A question for the rows that a field offers.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// `source` of the field, such as `systems` or `accounts`.
    pub source: &'a str,
    /// The department the request is filed for.
    pub department: DepartmentId,
    pub applicant: Option<PersonId>,
    /// Whose rows are wanted, where a field offers those of one person; until somebody is named, there are none.
    pub of: Option<PersonId>,
    /// The line that is being worked on, where the question is part of its work.
    pub line: Option<&'a Line>,
    /// Rights of administration are asked for elsewhere.
    pub ordinary_rights: bool,
    pub today: NaiveDate,
}

/// A line that a content asks for: one per system, account, device …
#[derive(Debug, Clone, PartialEq)]
pub struct LineDraft {
    pub subject: String,
    /// What the room needs again when it executes the line.
    pub data: serde_json::Value,
    /// The address of the ledger row that it is about, where there is one already: by it requests about one thing find each other.
    pub row: Option<String>,
}

/// A line at the moment of its execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub no: u16,
    pub subject: String,
    pub data: serde_json::Value,
    /// When the first of two parts of its work was done.
    pub begun: Option<DateTime<Utc>>,
    /// The address of the ledger row that came of its work, where that is entered anew (訂正).
    pub made: Option<String>,
}

/// What an execution left behind.
#[derive(Debug, Clone, Default)]
pub struct Executed {
    /// The ledger row that was written, for a link beside the line.
    pub row: Option<RowLink>,
    /// Shown once on the answering page and stored nowhere (an activation code).
    pub reveal: Option<Reveal>,
}

/// Something shown exactly once.
#[derive(Clone)]
pub struct Reveal {
    /// Message key of what it is.
    pub label: &'static str,
    /// The mechanisms whose clauses want it shown.
    pub basis: &'static [&'static str],
    pub secret: zeroize::Zeroizing<String>,
}

impl Reveal {
    /// What the code of a new account rests on.
    pub const OF_AN_ACCOUNT: &'static [&'static str] = &["account.initial_password", "account.handover"];
}

impl std::fmt::Debug for Reveal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reveal").field("label", &self.label).finish_non_exhaustive()
    }
}

/// What a room does for one kind of request. `plan` serves the preview on the decision page; `execute` carries out the
/// same plan. All hooks run in the transaction of the act that causes them; an error undoes the act.
#[async_trait]
pub trait RequestKind: Send + Sync + 'static {
    /// The mechanism key, which is also the kind's key in the binding.
    fn key(&self) -> &'static str;

    /// The rows that a field of type reference or rights offers.
    async fn options(&self, _conn: &mut PgConnection, _ask: Ask<'_>) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }

    /// Whom the request is about; by default the answer of the field `person`.
    async fn concerned(&self, _conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(matter.content.person("person"))
    }

    /// The department that owns what is asked for (所管課), where steps of its people are on the route.
    async fn owner(&self, _conn: &mut PgConnection, _matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        Ok(None)
    }

    /// What it takes to open the ledger rows that this kind writes; those without it read of them, but are not led there.
    fn rows_seen_with(&self) -> Option<Permission> {
        None
    }

    /// What it takes besides to carry this kind out throughout the organisation (使用停止の解除).
    fn worked_with(&self) -> &'static [Permission] {
        &[]
    }

    /// Something has happened, or somebody cannot work until it is done: whoever is called hears at once.
    fn presses(&self) -> bool {
        false
    }

    /// The day before which the work cannot be done: until then nobody is late with it.
    fn begins(&self, _content: &Content) -> Option<NaiveDate> {
        None
    }

    /// Whom the answers name, where somebody filed without sign-in; nobody is bound by it, but that person never works
    /// on it.
    async fn claimed(&self, _conn: &mut PgConnection, _matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(None)
    }

    /// One line that says what is asked for: 「アカウント登録 岡田 陽向（住民情報系システム ほか1）」.
    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String>;

    /// Rules across fields and ledgers, checked with the form's own: what can be judged without the answers that are still to be mended
    /// is said at once.
    async fn validate(&self, _conn: &mut PgConnection, _matter: Matter<'_>) -> Result<Vec<FieldError>> {
        Ok(Vec::new())
    }

    /// The lines that will be executed one by one; never empty.
    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>>;

    /// What will change in the ledgers, before → after.
    async fn plan(&self, _conn: &mut PgConnection, _matter: Matter<'_>) -> Result<ChangeSet> {
        Ok(ChangeSet::default())
    }

    /// What is filled in already when somebody begins to work on a line (the ID that would be free …).
    async fn suggest(&self, _conn: &mut PgConnection, _matter: Matter<'_>, _line: &Line) -> Result<Content> {
        Ok(Content::default())
    }

    /// What stands beside the questions of a line's work, to be compared with them.
    async fn beside(&self, _conn: &mut PgConnection, _matter: Matter<'_>, _line: &Line) -> Result<Vec<Shown>> {
        Ok(Vec::new())
    }

    /// Which of the step's questions this line asks; lines may record different things (本人確認, then 通知).
    fn asks(&self, _line: &Line, _field: &str) -> bool {
        true
    }

    /// Fits the step's questions to this line: what must be answered, and what this line does not ask.
    async fn fit(&self, _conn: &mut PgConnection, _line: &Line, _form: &mut Form) -> Result<()> {
        Ok(())
    }

    /// Writes what was entered in the form in which it is kept, before it is shown and recorded.
    fn tidy(&self, _line: &Line, _result: &mut Content) {}

    /// Writes what an answer that was left empty means, once nothing else is missing: the record has no gaps.
    fn complete(&self, _line: &Line, _result: &mut Content, _by: PersonId) -> Result<()> {
        Ok(())
    }

    /// What the one who carries this line out gives their own password for once more (再認証).
    fn step_up(&self, _line: &Line) -> Option<step_up::Action> {
        None
    }

    /// Can it be about somebody of any section, whoever files it?
    fn for_every_section(&self) -> bool {
        false
    }

    /// Is it about putting in order what somebody leaves behind? Then those who went lately can be named too.
    fn for_those_who_went(&self) -> bool {
        false
    }

    /// Is it mostly about the one who files it? Then the form that is opened says already what the record knows of them.
    fn about_oneself(&self) -> bool {
        false
    }

    /// The regulation's own words for answers that are missing (「本人確認を記録してください」).
    fn amend(&self, _line: &Line, _errors: &mut Vec<FieldError>) {}

    /// The regulation's own words for answers that are missing on the form or at a step (「終了日時を指定してください」).
    fn reword(&self, _options: &Options, _content: &Content, _errors: &mut [FieldError]) {}

    /// Rules on what the executor entered (申請された範囲を超える権限は設定できません).
    async fn check_result(
        &self,
        _conn: &mut PgConnection,
        _matter: Matter<'_>,
        _line: &Line,
        _result: &Content,
    ) -> Result<Vec<FieldError>> {
        Ok(Vec::new())
    }

    /// What the executor's entry means: done, or failed (identity not confirmed), which refuses the request.
    async fn outcome(
        &self,
        _conn: &mut PgConnection,
        _matter: Matter<'_>,
        _line: &Line,
        _result: &Content,
    ) -> Result<Outcome> {
        Ok(Outcome::Done { confirmed: None })
    }

    /// Rules on what somebody answers at a step before the work (支障がないことの確認が先に必要です).
    async fn check_answer(
        &self,
        _conn: &mut PgConnection,
        _matter: Matter<'_>,
        _step: &str,
        _verdict: &Verdict,
        _result: &Content,
    ) -> Result<Vec<FieldError>> {
        Ok(Vec::new())
    }

    /// The regulation's own words for an answer that comes before what this step still owes (報告が必要です).
    fn not_yet(&self, _step: &str) -> Option<&'static str> {
        None
    }

    async fn filed(&self, _work: &mut Work, _matter: Matter<'_>) -> Result<()> {
        Ok(())
    }

    /// Sent again after it came back: the next round, with what it asks for by now.
    async fn resubmitted(&self, _work: &mut Work, _matter: Matter<'_>) -> Result<()> {
        Ok(())
    }

    async fn decided(&self, _work: &mut Work, _matter: Matter<'_>, _verdict: &Verdict) -> Result<()> {
        Ok(())
    }

    /// Carries one line out: the ledger effect and its own events.
    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed>;

    /// Can what was entered about the work on this line be entered anew (訂正), until it is received?
    fn corrects(&self, _line: &Line) -> bool {
        false
    }

    /// Lets the ledger follow what was entered anew; only where the line can be corrected.
    async fn correct(
        &self,
        _work: &mut Work,
        _matter: Matter<'_>,
        _line: &Line,
        _result: &Content,
    ) -> Result<Executed> {
        Err(Error::NotFound)
    }

    /// A line ended without being carried out.
    async fn not_executed(
        &self,
        _work: &mut Work,
        _matter: Matter<'_>,
        _line: &Line,
        _outcome: &Outcome,
        _result: &Content,
    ) -> Result<()> {
        Ok(())
    }

    async fn acknowledged(
        &self,
        _work: &mut Work,
        _matter: Matter<'_>,
        _line: &Line,
        _receipt: &Receipt,
    ) -> Result<()> {
        Ok(())
    }

    async fn completed(&self, _work: &mut Work, _matter: Matter<'_>) -> Result<()> {
        Ok(())
    }

    /// Does something happen with the receipt already (受付と同時)? Then it is withdrawn, and not taken back to be mended.
    fn acts_on_receipt(&self) -> bool {
        false
    }

    async fn withdrawn(&self, _work: &mut Work, _matter: Matter<'_>) -> Result<()> {
        Ok(())
    }
}

/// A kind together with the room that carries it out.
#[derive(Clone)]
pub struct Registered {
    pub kind: Kind,
    /// The edition of the regulation that declares it.
    pub edition: Arc<str>,
    /// The route that the organisation entered for it; none: that of the regulation's file.
    pub own_route: Option<Uuid>,
    pub effects: Arc<dyn RequestKind>,
}

impl Registered {
    /// May this person file it? Where the staff files, anybody of the staff does.
    #[must_use]
    pub fn may_be_filed_by(&self, viewer: &Viewer) -> bool {
        let files = |tier: &Tier| match tier {
            Tier::Staff => viewer.posts.iter().any(|post| post.tier.is_staff()),
            tier => viewer.holds(*tier),
        };
        !self.kind.without_sign_in && self.kind.applicants.iter().any(files)
    }

    /// The day before which a step cannot be worked on.
    pub(in crate::engines::requests) fn begins(&self, act: StepAct, content: &Content) -> Option<NaiveDate> {
        (act == StepAct::Execute).then(|| self.effects.begins(content)).flatten()
    }
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered")
            .field("kind", &self.kind.key)
            .field("edition", &self.edition)
            .finish_non_exhaustive()
    }
}

/// The kinds (申請の種類) that people can file now, and those of regulations that were in force before: a request that was
/// filed under one of them keeps its form and its route.
#[derive(Debug, Clone, Default)]
pub struct Kinds {
    offered: Vec<Registered>,
    /// In the order in which they were adopted.
    former: Vec<Registered>,
}

impl Kinds {
    /// Joins what a regulation declares with the rooms that carry it out; a kind without a room is refused.
    pub fn join(edition: &str, kinds: Vec<Kind>, rooms: &[Arc<dyn RequestKind>]) -> Result<Self, KindError> {
        let edition: Arc<str> = edition.into();
        let mut offered = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let effects = rooms.iter().find(|room| room.key() == kind.key).cloned();
            let effects = effects.ok_or_else(|| KindError::NoEffects(kind.key.clone()))?;
            let edition = Arc::clone(&edition);
            offered.push(Registered { kind: kind.check()?, edition, own_route: None, effects });
        }
        Ok(Self { offered, former: Vec::new() })
    }

    /// These, with the routes that the organisation entered, in the order of their days: people file by the last of each kind,
    /// and requests that were filed by one before it go on by that.
    #[must_use]
    pub fn by_own_routes(mut self, routes: Vec<Rerouted>) -> Self {
        for Rerouted { route, kind, fits } in routes {
            let Some(now) = self.offered.iter_mut().find(|known| known.kind.key == kind.key) else { continue };
            let (edition, effects) = (Arc::clone(&now.edition), Arc::clone(&now.effects));
            let next = Registered { kind, edition, own_route: Some(route), effects };
            self.former.push(if fits { std::mem::replace(now, next) } else { next });
        }
        self
    }

    /// These, with all kinds of the regulations before them, the first adopted first.
    #[must_use]
    pub fn after(mut self, former: Vec<Self>) -> Self {
        let own = std::mem::take(&mut self.former);
        let before = former.into_iter().flat_map(|kinds| kinds.former.into_iter().chain(kinds.offered));
        self.former = before.chain(own).collect();
        self
    }

    /// Those that can be filed, in the order of the binding.
    pub fn iter(&self) -> impl Iterator<Item = &Registered> {
        self.offered.iter()
    }

    /// Does a step of one that can be filed let those act whom somebody names (指名)?
    #[must_use]
    pub fn name_designees(&self) -> bool {
        self.offered.iter().any(|registered| registered.kind.steps.iter().any(|step| step.designee))
    }

    /// What the forms call those whom they name for a step: the key of the field, and its label (ja, en).
    #[must_use]
    pub fn chosen(&self) -> Vec<(String, String, String)> {
        let named = |registered: &Registered| {
            let one = |step: &StepDef| {
                let label = &registered.kind.form.field(step.chosen_by()?)?.label;
                let [ja, en] = [false, true].map(|english| label.text(english).unwrap_or_default().to_owned());
                Some((step.function?.key().to_owned(), ja, en))
            };
            registered.kind.steps.iter().filter_map(one).collect::<Vec<_>>()
        };
        self.iter().chain(&self.former).flat_map(named).collect()
    }

    /// Which tiers keep whoever holds them from deciding for another: (whose decision, what keeps from it).
    #[must_use]
    pub fn kept_apart(&self) -> Vec<(Tier, Tier)> {
        let steps = self.offered.iter().flat_map(|registered| &registered.kind.steps);
        steps.flat_map(|step| step.apart_from.iter().map(|from| (step.by, *from))).collect()
    }

    /// Does one of them offer rows from this register, as the regulation names it?
    #[must_use]
    pub fn offer_from(&self, source: &str) -> bool {
        let mut fields = self.offered.iter().flat_map(|registered| registered.kind.form.fields());
        fields.any(|field| field.input.source() == Some(source))
    }

    /// Those, and the ones by which requests of former regulations travel.
    pub fn all(&self) -> impl Iterator<Item = &Registered> {
        self.former.iter().chain(&self.offered)
    }

    /// The kind of that key that can be filed now; any other is not found.
    pub fn get(&self, key: &str) -> Result<&Registered> {
        self.offered.iter().find(|registered| registered.kind.key == key).ok_or(Error::NotFound)
    }

    /// The first of these that can be filed now.
    #[must_use]
    pub fn first_of<'a>(&self, keys: &[&'a str]) -> Option<&'a str> {
        keys.iter().copied().find(|key| self.get(key).is_ok())
    }

    /// The kind as the regulation declared it under which a request was filed, with the route of that day; no edition given:
    /// the first adopted that has it.
    pub fn filed_under(&self, edition: Option<&str>, own_route: Option<Uuid>, key: &str) -> Result<&Registered> {
        let is = |known: &&Registered| {
            let of_that_edition = edition.is_none_or(|edition| *known.edition == *edition);
            known.kind.key == key && known.own_route == own_route && of_that_edition
        };
        self.all().find(is).ok_or(Error::NotFound)
    }
}

/// The kinds as they will stand on a day, by what is adopted and entered for it; portal.rs gives it.
pub type KindsOn = for<'a> fn(&'a App, NaiveDate) -> BoxFuture<'a, Result<Kinds>>;

/// How they are worked out, a part of the portal.
#[derive(Debug, Clone, Copy)]
pub struct KindsOfDay(pub KindsOn);

/// The kinds as they stand today, a part of the [`crate::kernel::app::App`]: they change with the adopted regulation.
#[derive(Debug, Default)]
pub struct KindsInForce(RwLock<Arc<Kinds>>);

impl KindsInForce {
    #[must_use]
    pub fn now(&self) -> Arc<Kinds> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn put(&self, kinds: Kinds) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(kinds);
    }
}
