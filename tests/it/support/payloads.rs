//! What people with bad intentions (and pasted rubbish) type. Where markup is meant, the dangerous piece carries `zq`, so
//! that it is found again on any page.

/// Everything that is tried in every field.
pub fn all() -> Vec<String> {
    let mut all: Vec<String> = PLAIN.iter().map(|text| (*text).to_owned()).collect();
    all.extend([
        format!("<zq40>{}", "長".repeat(5_000)),
        "あ".repeat(20_000),
        "A".repeat(100_000),
        "\u{300}".repeat(2_000),
        "9".repeat(400),
        format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000)),
        "行\n".repeat(3_000),
    ]);
    all
}

/// Those that are tried in each field alone.
pub const FEW: &[&str] = &[
    "<script>zq1()</script>",
    "\"onfocus=\"zq3\"autofocus=\"",
    "'onfocus='zq4'",
    "＜script＞zq5()＜/script＞",
    "' or '1'='1",
    "%_\\",
    "=cmd|'/c calc'!A1",
    "\u{202e}gpj.exe",
    "-1",
    "99999999999999999999",
    "00000000-0000-0000-0000-000000000000",
    "a\r\nx-zq: 1",
];

/// Bytes that are no text: broken escapes, surrogates, other encodings.
pub const BROKEN: &[&str] =
    &["%", "%zz", "%ff", "%ED%A0%80", "%C0%AF", "%82%A0", "%00", "%F4%90%80%80", "%u3042", "a%0d%0ax-zq:1"];

const PLAIN: &[&str] = &[
    // markup
    "<script>zq1()</script>",
    "<img/src=x/onerror=zq2()>",
    "\"onfocus=\"zq3\"autofocus=\"",
    "'onfocus='zq4'",
    "＜script＞zq5()＜/script＞",
    "<svg/onload=zq6()>",
    "</textarea><zq7>",
    "</title><zq8>",
    "--><zq9>",
    "]]><zq10>",
    "<a/href=javascript:zq11()>x</a>",
    "<iframe/srcdoc='&lt;script&gt;zq12()&lt;/script&gt;'>",
    "<math><mtext><zq13></mtext></math>",
    "<scr<script>ipt>zq14()</script>",
    "<ZQ15\tonpointerenter=zq()>",
    "&lt;zq16&gt;",
    "&#60;zq17&#62;",
    "`onfocus=`zq18`",
    "\"><zq19>",
    "'><zq20>",
    "<!--<zq21>",
    "<form/action=//zq.example><button>zq22",
    "javascript:zq23()",
    "data:text/html,<zq24>",
    "//zq25.example/",
    "https://zq26.example/",
    "/\\zq27.example",
    "\\\\zq28.example\\share",
    // SQL and its patterns
    "'; drop table person; --",
    "' or '1'='1",
    "1) union select hash from auth.credential --",
    "%",
    "%_\\",
    "$1",
    "\\'; select pg_sleep(9) --",
    // templates, formats, programs
    "{{7*7}}zq29",
    "${7*7}",
    "{% include \"base.html\" %}",
    "%s%n%x",
    "{0}{name}",
    "{ $name }",
    "$(touch /tmp/zq)",
    "`id`",
    // spreadsheets
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "＝1+1",
    "\t=1",
    "=HYPERLINK(\"http://zq.example\",\"x\")",
    // headers and lines
    "a\r\nx-zq: 1",
    "a\nset-cookie: zq=1",
    "a\u{2028}b\u{2029}c",
    "a\u{85}b\u{b}c\u{c}d",
    // letters
    "\0",
    "a\0b",
    "\u{202e}gpj.exe",
    "\u{2066}a\u{2069}\u{200f}",
    "\u{feff}a\u{200b}b",
    "👩‍👩‍👧‍👦🇯🇵𠮷",
    "髙﨑〜－∥①㌔㍿ｶﾞ",
    "\u{fdd0}\u{10ffff}",
    "Z\u{351}\u{36b}\u{343}\u{36a}\u{302}",
    "ﷺ",
    "İıſ",
    // addresses and data
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "C:\\Windows\\win.ini",
    "{\"a\":[1,{\"$ne\":null}]}",
    "<?xml version=\"1.0\"?><!DOCTYPE zq30 [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><zq31>&x;</zq31>",
    "*)(uid=*",
    // numbers, days, names of things
    "-1",
    "0",
    "99999999999999999999",
    "1e309",
    "NaN",
    "0x7fffffff",
    "2147483648",
    "9999-12-31",
    "-0001-01-01",
    "2026-02-30",
    "令和99999年1月1日",
    "25:61",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "null",
    "undefined",
    "true",
    " ",
    "　",
];

/// Pieces of a payload that would be markup if they ever stood on a page as they are, in any width of letters.
pub fn dangers(payload: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization as _;
    let folded: String = payload.nfkc().collect();
    let pieces = [payload.to_owned(), folded];
    let mut found: Vec<String> = pieces
        .iter()
        .flat_map(|text| text.split(|c: char| c.is_whitespace() || c.is_control()))
        .filter(|piece| piece.contains("zq") && piece.contains(['<', '"', '\'']))
        .map(|piece| piece.chars().take(40).collect())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn there_are_enough_of_them_and_markup_is_recognised() {
    assert!(all().len() >= 60);
    assert_eq!(dangers("<script>zq1()</script>"), ["<script>zq1()</script>"]);
    assert!(dangers("＜script＞zq5()＜/script＞").contains(&"<script>zq5()</script>".to_owned()));
    assert_eq!(dangers("&lt;zq16&gt;"), Vec::<String>::new());
}
