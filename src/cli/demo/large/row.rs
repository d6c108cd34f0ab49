//! A row as the bulk load carries it: the line that COPY reads, and the digest that the event log keeps of it, computed as
//! `audit.row_digest` computes it, byte for byte, so that `audit verify --reconcile` finds what it expects.
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::tables::Table;
use crate::kernel::audit::{hex, rows};
use crate::kernel::keys::sha256;

/// One value of a column.
#[derive(Debug, Clone)]
pub enum Val {
    Null,
    Id(Uuid),
    Ids(Vec<Uuid>),
    Text(String),
    Int(i64),
    Bool(bool),
    At(DateTime<Utc>),
    Day(NaiveDate),
    Json(Value),
    Bytes(Vec<u8>),
    /// text[] without anything in it
    Nothing,
}

impl Val {
    /// A value that may be missing.
    pub fn of<T: Into<Self>>(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! from {
    ($($kind:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$kind> for Val {
            fn from(value: $kind) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}
from!(Uuid => Id, &str => Text, String => Text, i32 => Int, i64 => Int, bool => Bool, DateTime<Utc> => At,
      NaiveDate => Day, Value => Json, Vec<u8> => Bytes);

/// Writes one line of COPY's text format.
pub fn copy_line(out: &mut String, row: &[Val]) {
    for (at, value) in row.iter().enumerate() {
        if at > 0 {
            out.push('\t');
        }
        copy_value(out, value);
    }
    out.push('\n');
}

fn copy_value(out: &mut String, value: &Val) {
    // writing to a string does not fail
    let _ = match value {
        Val::Null => out.write_str("\\N"),
        Val::Id(id) => write!(out, "{id}"),
        Val::Ids(ids) => {
            out.push('{');
            for (at, id) in ids.iter().enumerate() {
                let _ = write!(out, "{}{id}", if at > 0 { "," } else { "" });
            }
            out.write_char('}')
        }
        Val::Text(text) => {
            escaped(out, text);
            Ok(())
        }
        Val::Int(number) => write!(out, "{number}"),
        Val::Bool(yes) => out.write_str(if *yes { "t" } else { "f" }),
        Val::At(at) => out.write_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        Val::Day(day) => write!(out, "{day}"),
        Val::Json(value) => {
            escaped(out, &value.to_string());
            Ok(())
        }
        Val::Bytes(bytes) => write!(out, "\\\\x{}", hex(bytes)),
        Val::Nothing => out.write_str("{}"),
    };
}

fn escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
}

/// What the log says of a row from this transaction on.
#[must_use]
pub fn sealed(table: &Table, row: &[Val]) -> rows::Row {
    let mut text = String::with_capacity(512);
    text.push_str(table.name);
    text.push_str(" {");
    for (at, place) in table.sealed().enumerate() {
        text.push_str(if at > 0 { ", \"" } else { "\"" });
        text.push_str(table.columns[place]);
        text.push_str("\": ");
        json_value(&mut text, &row[place]);
    }
    text.push('}');
    let key: Vec<String> = table.keys().map(|place| key_part(&row[place])).collect();
    rows::Row {
        relation: table.name.to_owned(),
        shape: table.shape,
        key: key.join("/"),
        digest: hex(&sha256(text.as_bytes())),
    }
}

fn key_part(value: &Val) -> String {
    let mut text = String::new();
    copy_value(&mut text, value);
    text
}

/// As `to_jsonb` and then `jsonb::text` write it.
fn json_value(out: &mut String, value: &Val) {
    let _ = match value {
        Val::Null => out.write_str("null"),
        Val::Id(id) => write!(out, "\"{id}\""),
        Val::Ids(ids) => {
            out.push('[');
            for (at, id) in ids.iter().enumerate() {
                let _ = write!(out, "{}\"{id}\"", if at > 0 { ", " } else { "" });
            }
            out.write_char(']')
        }
        Val::Text(text) => write!(out, "{}", Value::String(text.clone())),
        Val::Int(number) => write!(out, "{number}"),
        Val::Bool(yes) => write!(out, "{yes}"),
        Val::At(at) => write!(out, "\"{}\"", moment(*at)),
        Val::Day(day) => write!(out, "\"{day}\""),
        Val::Json(value) => {
            jsonb(out, value);
            Ok(())
        }
        Val::Bytes(bytes) => write!(out, "\"\\\\x{}\"", hex(bytes)),
        Val::Nothing => out.write_str("[]"),
    };
}

/// PostgreSQL leaves off the zeros at the end of a fraction.
fn moment(at: DateTime<Utc>) -> String {
    let text = at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    format!("{}+00:00", text.trim_end_matches('0').trim_end_matches('.'))
}

/// jsonb orders keys by their length, then by their bytes, and puts a blank after comma and colon.
fn jsonb(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                jsonb(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
            out.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                let _ = write!(out, "{}{}: ", if at > 0 { ", " } else { "" }, Value::String(key.clone()));
                jsonb(out, &map[key]);
            }
            out.push('}');
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_written_as_the_database_writes_it() {
        let mut text = String::new();
        jsonb(&mut text, &json!({ "bb": [1, null], "a": "x\"\n", "c": {}, "d": [] }));
        assert_eq!(text, r#"{"a": "x\"\n", "c": {}, "d": [], "bb": [1, null]}"#);
    }

    #[test]
    fn a_line_of_copy_escapes_what_would_end_it() {
        let mut line = String::new();
        copy_line(&mut line, &[Val::Null, "a\tb\\\n".into(), true.into(), vec![0xc6_u8].into(), Val::Nothing]);
        assert_eq!(line, "\\N\ta\\tb\\\\\\n\tt\t\\\\xc6\t{}\n");
    }
}
