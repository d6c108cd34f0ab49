//! What a step asks to be recorded besides its verdict (処理欄): read, checked and shown, before the work and after it.
use super::Open;
use crate::engines::requests::kinds::{Ask, Line};
use crate::engines::requests::model::{
    Content, FieldError, Form, Input, Kind, Options, Shown, StepAct, StepDef, Typed, Verdict,
};
use crate::engines::requests::store::people;
use crate::kernel::error::Result;
use chrono::NaiveDate;
use sqlx::PgConnection;

/// The questions of the step that waits, with what was answered.
#[derive(Debug, Clone, Default)]
pub struct StepForm {
    pub form: Form,
    pub typed: Typed,
    pub options: Options,
    pub content: Content,
    pub shown: Vec<Shown>,
    pub errors: Vec<FieldError>,
}

/// What was typed into the form of a step, in words, as far as it can be told without the rows that were offered.
#[must_use]
pub fn said_at_a_step(kind: &Kind, typed: &Typed, today: NaiveDate) -> Vec<Shown> {
    let answers = |form: &&Form| form.fields().any(|field| !typed.one(&field.key).is_empty());
    let Some(form) = kind.steps.iter().map(|step| &step.result).find(answers) else { return Vec::new() };
    let (content, _) = form.read(typed, &Options::new(), today);
    form.show(&content, &Options::new()).into_iter().filter(|shown| !shown.lines.is_empty()).collect()
}

impl Open {
    /// The step that waits, as the regulation declares it.
    #[must_use]
    pub fn step_def(&self) -> Option<&StepDef> {
        let key = self.case.step().map(|step| step.key.as_str());
        self.registered.kind.steps.iter().find(|step| Some(step.key.as_str()) == key)
    }

    /// The rows and people that the questions of a step offer.
    pub(super) async fn offered(&self, conn: &mut PgConnection, form: &Form, line: Option<&Line>) -> Result<Options> {
        let mut options = Options::new();
        let workers = self.step_def().map(|step| step.by);
        for field in form.fields() {
            let department = self.request.department();
            let offered = match &field.input {
                Input::Person => people::persons(conn, Some(department), workers, self.today).await?,
                Input::Department => people::departments(conn, &[], true, self.today).await?,
                input => {
                    let Some(source) = input.source() else { continue };
                    let applicant = self.request.requester();
                    let ordinary_rights = self.registered.kind.ordinary_rights;
                    let ask = Ask { source, department, applicant, of: None, line, ordinary_rights, today: self.today };
                    self.registered.effects.options(conn, ask).await?
                }
            };
            options.insert(field.key.clone(), offered);
        }
        Ok(options)
    }

    /// What the step that waits asks besides its verdict; nothing when it asks nothing. With an answer it is checked.
    pub async fn step_form(
        &self,
        conn: &mut PgConnection,
        answer: Option<(Typed, &Verdict)>,
    ) -> Result<Option<StepForm>> {
        let Some(step) = self.step_def().filter(|step| step.act.answers()) else { return Ok(None) };
        let form = step.result.clone();
        if form.fields().next().is_none() {
            return Ok(None);
        }
        let options = self.offered(conn, &form, None).await?;
        let Some((typed, verdict)) = answer else {
            return Ok(Some(StepForm { form, options, ..StepForm::default() }));
        };
        let (content, mut errors) = form.read(&typed, &options, self.today);
        self.registered.effects.reword(&options, &content, &mut errors);
        let shown = form.show(&content, &options);
        if errors.is_empty() && step.act == StepAct::Report {
            errors = self.untimely(conn, step, &content).await?;
        }
        if errors.is_empty() {
            errors = self.registered.effects.check_answer(conn, self.matter(), &step.key, verdict, &content).await?;
        }
        Ok(Some(StepForm { form, typed, options, content, shown, errors }))
    }
}
