//! Cells of CSV files: no spreadsheet may take what somebody typed for a formula.
use std::borrow::Cow;

/// What a cell of an export holds: a leading `'` keeps spreadsheets from calculating it.
///
/// A text that already looks guarded gets one more, so that reading back gives what was stored.
#[must_use]
pub fn guard_cell(value: &str) -> Cow<'_, str> {
    if looks_like_formula(value) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

/// What a cell of an import means: exactly one guard is taken off.
#[must_use]
pub fn unguard_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => cell,
    }
}

/// Any number of guards, then a character with which a spreadsheet begins to calculate.
fn looks_like_formula(value: &str) -> bool {
    value.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_leave_as_text() {
        for formula in ["=1+1", "+81-3", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"] {
            assert_eq!(guard_cell(formula), format!("'{formula}"));
            assert_eq!(unguard_cell(&guard_cell(formula)), formula);
        }
    }

    #[test]
    fn ordinary_cells_pass_untouched() {
        for plain in ["", "田中", "'90年代", "a=b", "R8-ACC-0412", "'"] {
            assert_eq!(guard_cell(plain), plain);
            assert_eq!(unguard_cell(plain), plain);
        }
    }

    #[test]
    fn exactly_one_guard_comes_off() {
        assert_eq!(unguard_cell("''=1"), "'=1");
        assert_eq!(unguard_cell("'=1"), "=1");
    }

    proptest! {
        #[test]
        fn what_leaves_comes_back(value in "['=+@＝－\\-\t\r\na-zあ-ん]{0,8}") {
            let guarded = guard_cell(&value);
            prop_assert_eq!(unguard_cell(&guarded), value.as_str());
        }

        #[test]
        fn no_cell_leaves_as_a_formula(value in any::<String>()) {
            let guarded = guard_cell(&value);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']));
            prop_assert_eq!(unguard_cell(&guarded), value.as_str());
        }
    }
}
