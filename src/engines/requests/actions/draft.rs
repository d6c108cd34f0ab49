//! A form on its way to being filed: options, answers, errors, preview of ledger changes and of the route. The form
//! page, the check page and the filing compute exactly this, so that what is shown is what is filed.
use super::{organisation, with_chosen};
use crate::engines::regulations::catalogue::Clause;
use crate::engines::regulations::{Adopted, Regulations};
use crate::engines::requests::attachments;
use crate::engines::requests::kinds::{Ask, LineDraft, Matter, Registered};
use crate::engines::requests::model::machine::Facts;
use crate::engines::requests::model::route::{Organisation, Places, Step, lay};
use crate::engines::requests::model::{
    CLAUSES, ChangeSet, Choice, Content, ContentHash, Field, FieldError, FileRef, Form, Input, Kind, Options, Refusal,
    Shown, StepDef, Typed, hindrance,
};
use crate::engines::requests::store::people;
use crate::kernel::access::{Permission, Reach, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId, RequestId};
use chrono::{Days, NaiveDate};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Who files.
#[derive(Debug, Clone, Copy)]
pub enum Filer<'a> {
    /// Somebody signed in.
    Person(&'a Viewer),
    /// Somebody on an open page, who only claims to be a person; the request belongs to this department.
    Open { department: DepartmentId },
}

impl Filer<'_> {
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(viewer) => Some(viewer.person),
            Self::Open { .. } => None,
        }
    }

    /// A clerk is shown the people of their own section alone, whatever they ask for.
    fn has_a_function(&self) -> bool {
        match self {
            Self::Person(viewer) => viewer.posts.iter().any(|post| post.tier != Tier::Staff),
            Self::Open { .. } => false,
        }
    }

    #[must_use]
    pub fn natural(&self) -> Option<PersonId> {
        match self {
            Self::Person(viewer) => Some(viewer.natural),
            Self::Open { .. } => None,
        }
    }
}

/// A form as far as it has come.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: RequestId,
    pub department: DepartmentId,
    /// The department that owns what is asked for.
    pub owner: Option<DepartmentId>,
    pub typed: Typed,
    pub options: Options,
    pub content: Content,
    pub shown: Vec<Shown>,
    pub errors: Vec<FieldError>,
    pub concerned: Option<PersonId>,
    pub concerned_natural: Option<PersonId>,
    pub subject: String,
    pub lines: Vec<LineDraft>,
    pub plan: ChangeSet,
    pub route: Vec<StepDef>,
    pub steps: Vec<Step>,
    pub org: Arc<Organisation>,
    pub today: NaiveDate,
}

impl Draft {
    /// Ready to be sent: nothing to mend, and somebody there at every step.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        hindrance(&self.steps)
    }

    /// What the record knows of this person and the form leaves empty: who they are, and the row that is their only one.
    fn known_of(&self, form: &Form, person: PersonId) -> Vec<(String, String)> {
        let own = person.to_string();
        let known = |field: &Field| {
            let offered = self.options.get(&field.key)?;
            let value = match (&field.input, offered.as_slice()) {
                (Input::Person, people) => people.iter().find(|one| one.value == own)?.value.clone(),
                (Input::Reference { .. }, [only]) => only.value.clone(),
                _ => return None,
            };
            self.typed.one(&field.key).is_empty().then(|| (field.key.clone(), value))
        };
        form.fields().filter_map(known).collect()
    }

    #[must_use]
    pub const fn places(&self) -> Places {
        Places { origin: self.department, owner: self.owner }
    }

    #[must_use]
    pub fn hash(&self, kind: &str) -> ContentHash {
        ContentHash::of(kind, &self.content, &self.shown)
    }

    /// The applicant and the person concerned, as natural persons.
    #[must_use]
    pub fn parties(&self, applicant: Option<PersonId>) -> BTreeSet<PersonId> {
        applicant.into_iter().chain(self.concerned_natural).collect()
    }

    /// The facts that the machine asks for at filing.
    #[must_use]
    pub fn facts<'a>(&'a self, doer: &'a crate::engines::requests::model::Doer, kind: &'a Kind) -> Facts<'a> {
        let after_return = kind.after_return;
        Facts { doer, today: self.today, route: &self.route, joins: &kind.joins, after_return, org: &self.org }
    }
}

/// The clauses of the regulations in force that ask something, by number and heading; their text may be closed to the reader.
fn clauses(app: &App) -> Result<Vec<Choice>> {
    let in_force = app.part::<Regulations>()?.in_force();
    let choice = |adopted: &Adopted, clause: &Clause| {
        let named = adopted.entry().reference(clause);
        let label = format!("{} {}", named.label, named.heading);
        Choice::named(format!("{}/{}", named.regulation, named.clause), label).with_aliases([clause.id.clone()])
    };
    let of = |adopted: &Arc<Adopted>| {
        adopted.entry().catalogue.asking().map(|clause| choice(adopted, clause)).collect::<Vec<_>>()
    };
    Ok(in_force.iter().flat_map(of).collect())
}

/// So long somebody who went can still be named where their affairs are put in order.
const WENT_DAYS: u64 = 92;

/// A form as somebody opens it: what the record knows of whoever it is mostly about need not be typed.
pub async fn opened(
    app: &App,
    conn: &mut PgConnection,
    registered: &Registered,
    (me, id): (&Viewer, RequestId),
    typed: Typed,
    today: NaiveDate,
) -> Result<Draft> {
    let mut opened = draft(app, conn, registered, Filer::Person(me), id, typed, today).await?;
    // first who it is, then what is theirs
    for _ in 0..2 {
        let about = registered.effects.about_oneself();
        let known = if about { opened.known_of(&registered.kind.form, me.natural) } else { Vec::new() };
        if known.is_empty() {
            break;
        }
        let mut typed = opened.typed;
        known.iter().for_each(|(name, value)| typed.suggest(name, value));
        opened = draft(app, conn, registered, Filer::Person(me), id, typed, today).await?;
    }
    Ok(opened)
}

/// Reads what was typed as far as it goes. Nothing is written.
pub async fn draft(
    app: &App,
    conn: &mut PgConnection,
    registered: &Registered,
    filer: Filer<'_>,
    id: RequestId,
    mut typed: Typed,
    today: NaiveDate,
) -> Result<Draft> {
    let kind = &registered.kind;
    let departments = departments(conn, filer, today).await?;
    let department = chosen_department(filer, &typed, &departments)?;
    let mut options = Options::new();
    let went = Days::new(if registered.effects.for_those_who_went() { WENT_DAYS } else { 0 });
    let since = today.checked_sub_days(went).unwrap_or(today);
    for field in kind.form.fields() {
        // people are asked for before what belongs to them: the parts of the page stand in this order
        let owner = field.of.as_deref().and_then(|of| kind.form.field(of));
        let of = owner.and_then(|owner| owner.chosen(&typed, &options, today)).map(PersonId);
        let (applicant, ordinary_rights) = (filer.person(), kind.ordinary_rights);
        let ask = |source| Ask { source, department, applicant, of, line: None, ordinary_rights, today };
        let offered = match &field.input {
            Input::Department => {
                typed.suggest(&field.key, &department.to_string());
                departments.clone()
            }
            Input::Person => {
                let everywhere = registered.effects.for_every_section() && filer.has_a_function();
                let section = Some(department).filter(|_| !everywhere);
                people::persons(conn, section, None, since).await?
            }
            Input::File => {
                let named: Vec<uuid::Uuid> = typed.all(&field.key).filter_map(|id| id.parse().ok()).collect();
                if named.is_empty() {
                    continue;
                }
                let question = (kind.key.as_str(), field.key.as_str());
                let files = attachments::store::offered(conn, question, id.0, &named).await?;
                files.iter().map(FileRef::offered).collect()
            }
            input => match input.source() {
                Some(CLAUSES) => clauses(app)?,
                Some(source) => registered.effects.options(conn, ask(source)).await?,
                None => continue,
            },
        };
        options.insert(field.key.clone(), offered);
    }
    let (content, mut errors) = kind.form.read(&typed, &options, today);
    registered.effects.reword(&options, &content, &mut errors);
    let shown = kind.form.show(&content, &options);
    let route = kind.route(&content, &options);
    let org = organisation(app, conn, today, &kind.key).await?;
    let org = with_chosen(conn, org, (&route, &content), today).await?;
    let mut draft = Draft {
        id,
        department,
        owner: None,
        typed,
        options,
        content,
        shown,
        errors,
        concerned: None,
        concerned_natural: None,
        subject: String::new(),
        lines: Vec::new(),
        plan: ChangeSet::default(),
        route,
        steps: Vec::new(),
        org,
        today,
    };
    ask_the_room(conn, registered, filer, &mut draft).await?;
    let steps = lay(&draft.route, &kind.joins, draft.places(), &draft.parties(filer.natural()), &draft.org);
    let concerned = draft.concerned_natural;
    draft.steps = steps.into_iter().map(|step| step.of_applicant(filer.natural(), concerned)).collect();
    Ok(draft)
}

/// The part of a draft that only the room behind the kind knows.
async fn ask_the_room(
    conn: &mut PgConnection,
    registered: &Registered,
    filer: Filer<'_>,
    draft: &mut Draft,
) -> Result<()> {
    let effects = &registered.effects;
    let content = draft.content.clone();
    let shown = draft.shown.clone();
    let whole = draft.errors.is_empty();
    let matter = |concerned| Matter {
        id: draft.id,
        kind: &registered.kind,
        number: None,
        applicant: filer.person(),
        concerned,
        department: draft.department,
        round: 1,
        content: &content,
        shown: &shown,
        whole,
        today: draft.today,
    };
    let concerned = effects.concerned(conn, matter(None)).await?;
    let owner = effects.owner(conn, matter(concerned)).await?;
    let natural = match concerned {
        Some(person) => people::naturals(conn, &[person.0]).await?.get(&person.0).copied(),
        None => None,
    };
    let faults = match effects.validate(conn, matter(concerned)).await {
        // what the room asks for may be among what is still to be mended
        Err(Error::NotFound | Error::Refused(_)) if !whole => Vec::new(),
        judged => judged?,
    };
    draft.errors = together(&registered.kind.form, std::mem::take(&mut draft.errors), faults);
    if draft.errors.is_empty() {
        let subject = effects.subject(conn, matter(concerned)).await?;
        let lines = effects.lines(conn, matter(concerned)).await?;
        let plan = effects.plan(conn, matter(concerned)).await?;
        (draft.subject, draft.lines, draft.plan) = (subject, lines, plan);
    }
    draft.concerned = concerned;
    draft.owner = owner;
    draft.concerned_natural = natural;
    Ok(())
}

/// Everything that must be mended, in the order of the page; at one question the form's own word goes before the room's.
fn together(form: &Form, own: Vec<FieldError>, room: Vec<FieldError>) -> Vec<FieldError> {
    let unsaid = |fault: &FieldError| own.iter().all(|error| error.field != fault.field);
    let room: Vec<FieldError> = room.into_iter().filter(unsaid).collect();
    let mut all: Vec<FieldError> = own.into_iter().chain(room).collect();
    all.sort_by_key(|error| form.fields().position(|field| field.key == error.field).unwrap_or(usize::MAX));
    all
}

async fn departments(conn: &mut PgConnection, filer: Filer<'_>, today: NaiveDate) -> Result<Vec<Choice>> {
    let Filer::Person(viewer) = filer else { return Ok(Vec::new()) };
    let all = viewer.reach(Permission::RequestsFile) == Reach::Organisation;
    let own =
        viewer.posts.iter().filter(|post| post.acting_for.is_none()).map(|post| post.department.0).collect::<Vec<_>>();
    people::departments(conn, &own, all, today).await
}

/// The department that was chosen, else that of the main post (兼務 choose).
fn chosen_department(filer: Filer<'_>, typed: &Typed, offered: &[Choice]) -> Result<DepartmentId> {
    let viewer = match filer {
        Filer::Open { department } => return Ok(department),
        Filer::Person(viewer) => viewer,
    };
    let chosen = typed.one("department");
    let chosen = offered.iter().find(|choice| choice.value == chosen).and_then(|choice| choice.value.parse().ok());
    let own = viewer.main_post().map(|post| post.department);
    chosen.or(own).ok_or_else(|| Error::Refused(Message::new("requests-refused-no-department")))
}
