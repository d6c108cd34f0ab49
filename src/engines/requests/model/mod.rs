//! What a request is and what may happen to it: words and rules only, no query and no HTTP.
//!
//! * [`form`], [`choice`] and [`content`]: what is asked, what can be chosen and what was answered.
//! * [`kind`]: one sort of request, joined from code (form, effects) and binding (route, clauses, title).
//! * [`route`]: who decides, and where a step moves when its holder may not or cannot act.
//! * [`acting`]: who decides by rule for one who is away.
//! * `deeds`: what was done in a round, and what of it still counts.
//! * [`rerouting`]: what waits is sent to another seat by the office.
//! * [`pulling_up`]: whoever decides at a later step takes it to themselves.
//! * [`together`]: steps that wait side by side, and steps that take the answers of several.
//! * [`machine`]: the pure function (case, action, facts) → (case, effects) or a refusal.
pub mod acting;
mod answers;
mod arriving;
pub mod changes;
pub mod choice;
pub mod content;
pub mod correcting;
mod deeds;
pub mod files;
pub mod form;
pub mod kind;
pub mod limits;
pub mod linting;
pub mod machine;
pub mod number;
pub mod phase;
pub mod refusal;
pub mod pulling_up;
pub mod rerouting;
pub mod route;
pub mod spans;
mod step_act;
mod taking_back;
pub mod together;
pub mod typed;
mod verdict;
mod working;

#[cfg(test)]
mod acting_tests;
#[cfg(test)]
mod acts_by_state_tests;
#[cfg(test)]
mod chosen_tests;
#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod machine_tests;
#[cfg(test)]
mod more_acts_tests;
#[cfg(test)]
mod taking_back_tests;
#[cfg(test)]
mod together_tests;
#[cfg(test)]
mod workflow_tests;

pub use arriving::hindrance;
pub use changes::{CellChange, ChangeSet, RowChange, RowKind, RowLink, WorkedLine};
pub use choice::{Choice, Meant, OTHER, Options, other_words};
pub use content::{Content, ContentHash, Difference, Grant, MOMENT, Shown, Words};
pub use files::FileRef;
pub use form::{CLAUSES, Field, FieldError, Form, Input, Message, Section, When};
pub use kind::{AfterReturn, Kind, KindError, StepAct, StepDef, StepScope};
pub use limits::{Limits, Reference};
pub use machine::{Action, Case, Effect, Facts, LineCase, LineState, Phase, Standing};
pub use number::Number;
pub use refusal::Refusal;
pub use route::{Capacity, Doer, MoveReason, Moved, Organisation, Places, Seat, Skip, Step};
pub use together::Needs;
pub use typed::Typed;
pub use verdict::{Outcome, Receipt, Verdict};
