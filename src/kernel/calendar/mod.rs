//! Dates as a Japanese office counts and writes them: fiscal years (年度), eras (元号), holidays, business days (開庁日)
//! and periods. Pure rules: today comes from the clock, closures and imported holidays from whoever keeps them.
mod eras;
mod fiscal;
mod period;
mod typed;
mod styles;
mod holidays;
mod imported;
mod business;

pub use business::{Calendar, ClosedBy, Closure, ClosureDays, MonthDay};
pub use eras::{Era, weekday_letter};
pub use fiscal::FiscalYear;
pub use holidays::{Holiday, HolidayKind, national_holidays};
pub use imported::{CsvFault, CsvProblem, parse_cabinet_office_csv};
pub use period::{BadPeriod, Period, Unit};
pub use styles::DateStyle;
pub use typed::{
    DateError, DateTimeError, TimeError, parse_date, parse_date_time, parse_date_within, parse_fiscal_year, parse_time,
    read_day, read_day_past, read_moment,
};

/// The day on which a period that began on `date` is over, the month's last day where the month has no such day.
#[must_use]
pub fn add_period(date: chrono::NaiveDate, period: Period) -> chrono::NaiveDate {
    period.after(date)
}
