//! Kanji numbers in figures: 二十 is 20, 二〇二六 is 2026, 拾弐 is 12.

/// Writes runs of kanji numbers (二十, 二〇二六, 拾弐) in figures.
pub(super) fn figures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let run_end = rest.find(|c| kanji_value(c).is_none()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(run_end);
        let mixed = out.ends_with(|c: char| c.is_ascii_digit()) || after.starts_with(|c: char| c.is_ascii_digit());
        match kanji_number(run) {
            Some(number) if !mixed => out.push_str(&number),
            _ => out.push_str(run),
        }
        let next = after.find(|c| kanji_value(c).is_some()).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}

fn kanji_value(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '○' | '零' => 0,
        '一' | '壱' => 1,
        '二' | '弐' => 2,
        '三' | '参' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' | '拾' => 10,
        '廿' => 20,
        '百' => 100,
        '千' => 1000,
        _ => return None,
    })
}

fn kanji_number(run: &str) -> Option<String> {
    let values: Vec<u32> = run.chars().filter_map(kanji_value).collect();
    if values.is_empty() || values.len() > 8 {
        return None;
    }
    if values.iter().all(|value| *value < 10) {
        return Some(values.iter().map(u32::to_string).collect());
    }
    // 二千二十六: each unit smaller than the one before it, one figure between.
    let (mut total, mut figure, mut last_unit) = (0, None, u32::MAX);
    for value in values {
        if value < 10 {
            if value == 0 || figure.replace(value).is_some() {
                return None;
            }
        } else {
            let unit = if value == 20 { 10 } else { value };
            if unit >= last_unit || (value == 20 && figure.is_some()) {
                return None;
            }
            total += figure.take().unwrap_or(1) * value;
            last_unit = unit;
        }
    }
    Some((total + figure.unwrap_or(0)).to_string())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The kanji number of 1 to 99, as it is written by hand.
    pub(in crate::kernel::calendar::typed) fn kanji(number: u32) -> String {
        let figure = |n: u32| "〇一二三四五六七八九".chars().nth(n as usize).unwrap();
        let (tens, ones) = (number / 10, number % 10);
        let mut text = String::new();
        if tens > 1 {
            text.push(figure(tens));
        }
        if tens > 0 {
            text.push('十');
        }
        if ones > 0 {
            text.push(figure(ones));
        }
        text
    }

    #[test]
    fn numbers_are_read_by_place_or_by_unit() {
        for (text, read) in [
            ("二〇二六", "2026"),
            ("二千二十六", "2026"),
            ("八", "8"),
            ("百一", "101"),
            ("廿日", "20日"),
            ("拾弐", "12"),
            ("三○日", "30日"),
        ] {
            assert_eq!(figures(text), read);
        }
    }

    #[test]
    fn what_is_no_number_stays() {
        for text in ["十百", "二三十", "2十", "十2", "十〇", "三廿", "令和元年", "月曜日", ""] {
            assert_eq!(figures(text), text);
        }
    }

    proptest! {
        #[test]
        fn hand_written_numbers_read_back(number in 1u32..100) {
            prop_assert_eq!(figures(&kanji(number)), number.to_string());
        }

        #[test]
        fn no_run_breaks_the_reader(text in "[〇一二九十百千廿0-9年]{0,12}") {
            prop_assert!(!figures(&text).is_empty() || text.is_empty());
        }
    }
}
