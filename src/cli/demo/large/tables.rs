//! The tables that the bulk load fills: their columns in the order of COPY, and under which shape the log seals them. What
//! stands here is held against the database before anything is loaded.
use std::sync::OnceLock;

use anyhow::ensure;
use sqlx::PgConnection;

/// A table.
#[derive(Debug)]
pub struct Table {
    /// schema and name
    pub name: &'static str,
    /// its columns
    pub columns: &'static [&'static str],
    /// the columns of its key, as the seal names them
    pub key: &'static [&'static str],
    /// the shape under which it is sealed now; 0: it is not sealed
    pub shape: i32,
    /// columns that are not under seal
    pub left_out: &'static [&'static str],
    order: OnceLock<Vec<usize>>,
}

impl Table {
    const fn new(
        name: &'static str,
        shape: i32,
        key: &'static [&'static str],
        columns: &'static [&'static str],
        left_out: &'static [&'static str],
    ) -> Self {
        Self { name, columns, key, shape, left_out, order: OnceLock::new() }
    }

    /// The places of the columns under seal, in the order of jsonb.
    pub fn sealed(&self) -> impl Iterator<Item = usize> {
        let order = self.order.get_or_init(|| {
            let sealed = |place: &usize| !self.left_out.contains(&self.columns[*place]);
            let mut places: Vec<usize> = (0..self.columns.len()).filter(sealed).collect();
            places.sort_by_key(|place| (self.columns[*place].len(), self.columns[*place]));
            places
        });
        order.iter().copied()
    }

    /// The places of the columns of the key.
    pub fn keys(&self) -> impl Iterator<Item = usize> {
        self.key.iter().filter_map(|name| self.columns.iter().position(|column| column == name))
    }

    /// The statement that loads it.
    #[must_use]
    pub fn copy(&self) -> String {
        format!("copy {} ({}) from stdin", self.name, self.columns.join(", "))
    }
}

pub static REQUEST: Table = Table::new(
    "public.request",
    6,
    &["id"],
    &[
        "id",
        "number",
        "kind",
        "title",
        "subject",
        "requester_id",
        "beneficiary_id",
        "claims",
        "department_id",
        "phase",
        "round",
        "step",
        "content_hash",
        "joins",
        "filed_at",
        "closed_at",
        "lock_version",
        "search",
        "owner_department_id",
        "regulation",
        "own_route",
    ],
    &["search"],
);
pub static ROUND: Table = Table::new(
    "public.request_round",
    1,
    &["request_id", "round"],
    &["request_id", "round", "content", "shown", "content_hash", "submitted_by", "submitted_at"],
    &[],
);
pub static STEP: Table = Table::new(
    "public.request_step",
    7,
    &["request_id", "round", "at"],
    &[
        "request_id",
        "round",
        "at",
        "key",
        "act",
        "tier",
        "department_id",
        "moved_reason",
        "moved_to_deputy",
        "moved_from_tier",
        "moved_from_department",
        "unfilled",
        "arrived_at",
        "ended_at",
        "each_line",
        "designee",
        "applicant",
        "stage",
        "needed",
        "skipped",
        "due",
        "apart_from",
        "function",
        "moved_from_function",
        "person_id",
        "moved_from_person",
    ],
    &[],
);
pub static LINE: Table = Table::new(
    "public.request_line",
    2,
    &["request_id", "round", "no"],
    &["request_id", "round", "no", "subject", "data", "state", "executed_on", "row_href"],
    &[],
);
pub static DECISION: Table = Table::new(
    "public.decision",
    4,
    &["id"],
    &[
        "id",
        "request_id",
        "round",
        "step",
        "step_key",
        "line",
        "attempt",
        "decider",
        "acting_for",
        "deputy",
        "joined",
        "post_id",
        "tier",
        "verdict",
        "words",
        "content_hash",
        "decided_at",
        "result",
        "shown",
        "acting_rule",
        "review_due",
        "no",
        "returned_to",
        "after_return",
        "takes_back",
    ],
    &[],
);
pub static EXECUTION: Table = Table::new(
    "public.execution",
    1,
    &["id"],
    &[
        "id",
        "request_id",
        "round",
        "step",
        "step_key",
        "line",
        "attempt",
        "executor",
        "acting_for",
        "deputy",
        "joined",
        "post_id",
        "tier",
        "outcome",
        "words",
        "result",
        "shown",
        "row_label",
        "row_href",
        "content_hash",
        "executed_at",
    ],
    &[],
);
pub static RECEIPT: Table = Table::new(
    "public.acknowledgement",
    1,
    &["id"],
    &[
        "id",
        "request_id",
        "round",
        "line",
        "entered_by",
        "by_proxy",
        "post_id",
        "slip_number",
        "slip_on",
        "acknowledged_at",
    ],
    &[],
);
pub static ACCOUNT: Table = Table::new(
    "public.account",
    2,
    &["id"],
    &[
        "id",
        "system_id",
        "account_name",
        "holder_id",
        "department_id",
        "rights",
        "necessity",
        "kind",
        "until_on",
        "state",
        "opened_on",
        "opened_by",
        "opened_request",
        "opened_number",
        "stopped_on",
        "stopped_by",
        "stop_reason",
        "last_request",
        "last_number",
        "version",
        "search",
        "users",
        "approved_by",
        "sharing_rule",
        "password_due_since",
        "password_changed_on",
    ],
    &["search"],
);
pub static HISTORY: Table = Table::new(
    "public.account_history",
    2,
    &["id", "version"],
    &[
        "id",
        "system_id",
        "account_name",
        "holder_id",
        "department_id",
        "rights",
        "necessity",
        "kind",
        "until_on",
        "state",
        "opened_on",
        "opened_by",
        "opened_request",
        "opened_number",
        "stopped_on",
        "stopped_by",
        "stop_reason",
        "last_request",
        "last_number",
        "version",
        "search",
        "users",
        "approved_by",
        "sharing_rule",
        "password_due_since",
        "password_changed_on",
        "valid_from",
        "valid_to",
        "changed_by",
        "change_reason",
        "change_request",
    ],
    &["search"],
);
pub static EVENT: Table = Table::new(
    "audit.event",
    0,
    &[],
    &[
        "id",
        "recorded_at",
        "occurred_at",
        "kind",
        "outcome",
        "mechanism",
        "actor_id",
        "post_id",
        "request_ref",
        "entity",
        "entity_id",
        "entity_number",
        "department_id",
        "concerns",
        "facts",
        "canon",
        "mac",
        "mac_key",
    ],
    &[],
);
pub static CHAIN: Table = Table::new("audit.chain", 0, &[], &["seq", "event_id", "leaf", "hash"], &[]);
pub static EVIDENCE: Table = Table::new(
    "public.evidence",
    0,
    &[],
    &[
        "event_id",
        "mechanism",
        "outcome",
        "occurred_at",
        "kind",
        "entity",
        "entity_id",
        "entity_number",
        "department_id",
        "actor_id",
    ],
    &[],
);
pub static NOTICE: Table = Table::new(
    "public.notice",
    0,
    &[],
    &[
        "id",
        "person_id",
        "kind",
        "said",
        "said_with",
        "part",
        "urgency",
        "turn",
        "href",
        "entity",
        "entity_id",
        "created_at",
        "read_at",
        "over_at",
        "mailed_at",
    ],
    &[],
);

/// All of them, those first that others refer to.
pub static ALL: [&Table; 13] = [
    &REQUEST, &ROUND, &STEP, &LINE, &DECISION, &EXECUTION, &RECEIPT, &ACCOUNT, &HISTORY, &EVENT, &CHAIN, &EVIDENCE,
    &NOTICE,
];

/// Refuses to load where a table has another shape by now than this file knows.
pub async fn as_known(conn: &mut PgConnection) -> anyhow::Result<()> {
    for table in ALL.into_iter().filter(|table| table.shape > 0) {
        let now = sqlx::query!(
            "select no, columns, key_columns, left_out from audit.shape where relation = $1 order by no desc limit 1",
            table.name
        )
        .fetch_one(&mut *conn)
        .await?;
        let mut sealed: Vec<&str> = table.sealed().map(|place| table.columns[place]).collect();
        sealed.sort_unstable();
        ensure!(
            now.no == table.shape
                && now.columns == sealed
                && now.key_columns == table.key
                && now.left_out == table.left_out,
            "{} is under seal in another shape than the large demo knows",
            table.name
        );
    }
    Ok(())
}
