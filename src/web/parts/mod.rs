//! The parts that pages are made of. Each is a plain value that draws itself: `{{ stamp }}`, `{{ route }}`.

mod day;
mod facts;
mod history;
mod lists;
mod route;
mod stamp;
mod state;

pub use day::DayField;
pub use facts::{Fact, Facts};
pub use history::{Change, Comment, Entry, Mark, Timeline};
pub use lists::{Empty, Steps, Todo, TodoItem};
pub use route::{Flow, FlowStep, MiniRoute, Outcome, Route, RouteStep, Slot};
pub use stamp::Stamp;
pub use state::{Dots, Flag, Tag, TagTone};

#[cfg(test)]
mod tests;
