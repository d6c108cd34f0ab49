//! Manners all screens share: routing gates, forms, tables, paging, locale, shell, problem pages.
//!
//! `docs/WEB.md` shows how a page is made.

pub mod assets;
pub mod dates;
pub mod forms;
pub mod icons;
pub mod kept;
pub mod locale;
pub mod notices;
pub mod shell;
pub mod parts;
pub mod tables;
pub mod trouble;
pub mod extract;
pub mod forgery;
pub mod identify;
pub mod problem;
pub mod routing;
pub mod screen;
pub mod health;
pub mod serve;
pub mod strangers;
pub mod switch;
