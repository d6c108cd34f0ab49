//! A small ledger for the engine's own tests.
use crate::kernel::access::Permission;

use super::columns::{Chip, Choice, Column, Filter, Kind, Ledger, Mark, Reading, Rows, Scope, Shown, Sort, Source};

/// Columns of several kinds, enough to try every part of the engine without a database.
pub static SAMPLE: Ledger = Ledger {
    key: "sample",
    path: "/sample",
    title: "sample-title",
    lead: "sample-lead",
    search_hint: "sample-search",
    view: Permission::AccountsView,
    export: Permission::AccountsExport,
    add: None,
    source: Source {
        table: "sample",
        history: "sample_history",
        alias: "s",
        joins: "",
        search: "s.search",
        saying: None,
        number: None,
    },
    scope: Scope { department: Some("s.department_id"), owner: None, person: Some("s.person_id") },
    columns: &[
        Column {
            key: "name",
            label: "sample-name",
            kind: Kind::Text,
            sql: "s.name",
            order: Some("s.reading"),
            sortable: true,
            filter: Filter::Contains,
            shown: Shown::Main,
        },
        Column {
            key: "state",
            label: "sample-state",
            kind: Kind::Choice(&[
                Choice { value: "active", label: "sample-active", mark: Mark::Plain },
                Choice { value: "stopped", label: "sample-stopped", mark: Mark::Done },
            ]),
            sql: "s.state",
            order: None,
            sortable: true,
            filter: Filter::Choice,
            shown: Shown::List,
        },
        Column {
            key: "until",
            label: "sample-until",
            kind: Kind::Date,
            sql: "s.until_on",
            order: None,
            sortable: true,
            filter: Filter::Range,
            shown: Shown::List,
        },
        Column {
            key: "rights",
            label: "sample-rights",
            kind: Kind::Tags,
            sql: "s.rights",
            order: None,
            sortable: false,
            filter: Filter::None,
            shown: Shown::Chosen,
        },
    ],
    chips: &[Chip { key: "all", label: "sample-all", rows: Rows::All, urgent: false }],
    sort: Sort { column: "name", descending: false },
    ends: None,
    reading: Some(Reading { sql: "s.reading", label: "sample-reading" }),
    mechanisms: &[],
};
