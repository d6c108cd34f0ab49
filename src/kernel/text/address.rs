//! Words as they stand in an address.

/// A text in an address, or in a header's `filename*`: everything but unreserved characters is escaped.
#[must_use]
pub fn percent(text: impl AsRef<[u8]>) -> String {
    text.as_ref().iter().fold(String::new(), |mut escaped, &byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
        escaped
    })
}

/// An address with its query string; without any pair, the address alone.
#[must_use]
pub fn with_query<N: AsRef<[u8]>, V: AsRef<[u8]>>(path: &str, pairs: impl IntoIterator<Item = (N, V)>) -> String {
    let mut address = path.to_owned();
    for (at, (name, value)) in pairs.into_iter().enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&format!("{}={}", percent(name), percent(value)));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_means_by_itself_is_escaped() {
        assert_eq!(percent("山/a b?&=%+#~-_."), "%E5%B1%B1%2Fa%20b%3F%26%3D%25%2B%23~-_.");
        assert_eq!(with_query("/people", [("q", "山"), ("kana", "a")]), "/people?q=%E5%B1%B1&kana=a");
        assert_eq!(with_query("/people", [("", ""); 0]), "/people");
    }

    proptest::proptest! {
        #[test]
        fn every_text_comes_back_from_an_address(text: String) {
            let address = with_query("/", [("q", &text)]);
            let asked = url::form_urlencoded::parse(address.trim_start_matches("/?").as_bytes()).next();
            proptest::prop_assert_eq!(asked.map(|(_, value)| value.into_owned()), Some(text));
        }
    }
}
