//! 組織が定めた手続: where no clause of the regulation asks for a request, the organisation itself says who decides before the work.
//!
//! * [`looking`], [`checkup`]: every route held against the posts of today and of the days to come, each night; [`known`]: what of it
//!   was told
//! * [`form`]: the steps as they are asked and read, with what is wrong said at its field
//! * [`preview`]: a route in words, who would act at it today, and where nobody could
//! * `routes`, [`views`]: the list, the form, the check page, taking back
//!
//! What was entered lies in `regulations::own_routes`; the kinds follow it (`Kinds::by_own_routes`).
pub mod checkup;
pub mod form;
pub mod known;
pub mod looking;
pub mod preview;
pub mod routes;
pub mod views;
