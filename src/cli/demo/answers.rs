//! What the demo's people write where a form or a step asks something: what is known about the case first, else what fits
//! the question. So a question that only one regulation asks is answered as well.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::engines::requests::model::{Field, Form, Input, When};
use crate::kernel::clock::local;

/// Answers by the key of their question.
pub type Known = BTreeMap<&'static str, String>;

const BEYOND: &str = "所属長が確認した担当業務に必要なため。";

/// The answers to all questions that need one, as they would be typed.
#[must_use]
pub fn fill(form: &Form, known: &Known, now: DateTime<Utc>) -> Vec<(String, String)> {
    form.fields().filter_map(|field| Some((field.key.clone(), answer(field, known, now)?))).collect()
}

fn answer(field: &Field, known: &Known, now: DateTime<Utc>) -> Option<String> {
    if let Some(known) = known.get(field.key.as_str()) {
        return Some(known.clone());
    }
    match field.key.as_str() {
        "beyond_reason" => return Some(BEYOND.to_owned()),
        "notice_management" => return Some("IDとパスワードは本人だけが使い、他人に教えないでください。".to_owned()),
        "notice_access" => return Some("執務室の端末から、交付した手順書のとおりに接続してください。".to_owned()),
        "notice_scope" => return Some("申請で許可した範囲の業務に限って使えます。".to_owned()),
        "notice_prohibited" => return Some("業務外の利用、データの無断の持出し、設定の変更はできません。".to_owned()),
        "done" => return Some("申請のとおりに登録し、本人の確認を受けました。".to_owned()),
        _ => {}
    }
    if field.required != When::Always {
        return None;
    }
    let now = local(now);
    match &field.input {
        Input::Choice { options } | Input::Multiple { options } => options.first().map(|option| option.value.clone()),
        Input::YesNo => Some("yes".to_owned()),
        Input::Number => Some("1".to_owned()),
        Input::Date => Some(now.date_naive().to_string()),
        Input::Moment => Some(now.format("%Y-%m-%dT%H:%M").to_string()),
        Input::Text { .. } => Some("確認済み".to_owned()),
        Input::LongText { .. } => Some("確認しました。支障はありません。".to_owned()),
        Input::Person
        | Input::Department
        | Input::Period
        | Input::TimeBand
        | Input::Reference { .. }
        | Input::References { .. }
        | Input::Rights { .. }
        | Input::Every { .. }
        | Input::File => None,
    }
}
