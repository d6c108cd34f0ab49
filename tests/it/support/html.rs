//! Pages read as a browser reads them, as far as tests need it: their links, and their forms with all fields.

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    /// the input's type; textarea, select or button
    pub kind: String,
    /// what it holds when nothing is done (for a choice: one that can be chosen)
    pub value: String,
}

impl Field {
    /// Can any text be typed here?
    pub fn typed(&self) -> bool {
        !matches!(self.kind.as_str(), "hidden" | "select" | "radio" | "checkbox" | "button" | "submit")
    }
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    pub posts: bool,
    pub fields: Vec<Field>,
}

impl Form {
    /// Where a file is chosen.
    pub fn file(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == "file")
    }

    /// The same, sent by a button of its own.
    fn sent_to(&self, action: String, button: Field) -> Self {
        let mut fields = self.fields.clone();
        if !button.name.is_empty() {
            fields.retain(|field| field.name != button.name);
            fields.push(button);
        }
        Self { action, fields, ..*self }
    }
}

/// One start tag with its attributes, decoded.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(String, String)>,
    /// what follows it
    rest: &'a str,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// All start and end tags in order; an end tag's name begins with a slash.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let inside = &rest[at + 1..];
        let length = inside.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(inside.len());
        let (attributes, after) = attributes(&inside[length..]);
        found.push(Tag { name: &inside[..length], attributes, rest: after });
        rest = after;
    }
    found
}

fn attributes(text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        let length = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '>').unwrap_or(rest.len());
        let name = rest[..length].to_lowercase();
        rest = rest[length..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (text, left) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len())),
            };
            value = decoded(text);
            rest = left.trim_start();
        }
        if rest.is_empty() || (name.is_empty() && value.is_empty() && !rest.starts_with('>')) {
            return (found, rest.split_once('>').map_or("", |(_, after)| after));
        }
        found.push((name, value));
    }
}

/// Character references as pages of ours use them.
fn decoded(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&amp;", "&")
}

/// Where the page's links lead, on our own site.
pub fn links(html: &str) -> Vec<String> {
    let here = |href: &&str| href.starts_with('/') && !href.starts_with("//");
    let found = tags(html).into_iter().filter(|tag| tag.name == "a");
    found
        .filter_map(|tag| {
            tag.get("href").filter(here).map(|href| href.split('#').next().unwrap_or_default().to_owned())
        })
        .collect()
}

/// The page's forms. Of several radio buttons or options of one name, the last that is no blank. A button that sends a form
/// elsewhere makes one more of it.
pub fn forms(html: &str, here: &str) -> Vec<Form> {
    let mut found: Vec<Form> = Vec::new();
    let mut open = false;
    let mut select: Option<Field> = None;
    let mut elsewhere: Vec<(String, Field)> = Vec::new();
    for tag in tags(html) {
        match tag.name {
            "form" => {
                let action = tag.get("action").filter(|action| !action.is_empty()).unwrap_or(here).to_owned();
                let posts = tag.get("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                found.push(Form { action, posts, fields: Vec::new() });
                open = true;
            }
            "/form" => {
                open = false;
                if let Some(whole) = found.last().cloned() {
                    found.extend(elsewhere.drain(..).map(|(to, button)| whole.sent_to(to, button)));
                }
            }
            "select" => {
                let name = tag.get("name").unwrap_or_default().to_owned();
                select = Some(Field { name, kind: "select".to_owned(), value: String::new() });
            }
            "option" => {
                let value = tag.get("value").unwrap_or_default();
                if let Some(select) = select.as_mut().filter(|select| select.value.is_empty()) {
                    select.value = value.to_owned();
                }
            }
            "/select" => keep(&mut found, open, select.take()),
            "input" | "textarea" | "button" => {
                let plain = if tag.name == "input" { "text" } else { tag.name };
                let kind = if tag.name == "input" { tag.get("type").unwrap_or(plain) } else { plain };
                let value = match tag.name {
                    "textarea" => decoded(tag.rest.split('<').next().unwrap_or_default()),
                    _ => tag.get("value").unwrap_or_default().to_owned(),
                };
                let field =
                    Field { name: tag.get("name").unwrap_or_default().to_owned(), kind: kind.to_owned(), value };
                let to = tag.get("formaction").map(|to| to.split('#').next().unwrap_or_default());
                match to.filter(|to| open && !to.is_empty()) {
                    Some(to) => elsewhere.push((to.to_owned(), field)),
                    None => keep(&mut found, open, Some(field)),
                }
            }
            _ => {}
        }
    }
    found
}

fn keep(found: &mut [Form], open: bool, field: Option<Field>) {
    let Some(form) = found.last_mut().filter(|_| open) else { return };
    let Some(field) =
        field.filter(|field| !field.name.is_empty() && !["_token", "_once"].contains(&field.name.as_str()))
    else {
        return;
    };
    let single = matches!(field.kind.as_str(), "radio" | "button" | "submit");
    match form.fields.iter_mut().find(|known| single && known.name == field.name) {
        Some(known) => *known = field,
        None => form.fields.push(field),
    }
}

#[test]
fn forms_and_links_are_read_as_they_stand() {
    let html = r##"<a href="/a?x=1&amp;y=2#z">a</a><a href="https://else.example/">b</a>
        <form method="post" action="/b"><input type="hidden" name="_token" value="t"><input name=plain>
        <textarea name="words">「&lt;b&gt;」</textarea><select name="one"><option value=""></option><option value="x" selected></option></select>
        <input type="radio" name="r" value="1"><input type="radio" name="r" value="2"><button formaction="/c#x" name="one"
        value="y">c</button></form><input name="outside">
        <form><input type="search" name="q" value='"'></form>"##;
    assert_eq!(links(html), ["/a?x=1&y=2"]);
    let forms = forms(html, "/here");
    let said =
        |form: &Form| form.fields.iter().map(|f| format!("{}:{}={}", f.kind, f.name, f.value)).collect::<Vec<_>>();
    assert_eq!(said(&forms[0]), ["text:plain=", "textarea:words=「<b>」", "select:one=x", "radio:r=2"]);
    assert_eq!((forms[0].posts, forms[0].action.as_str()), (true, "/b"));
    assert_eq!(said(&forms[1]), ["text:plain=", "textarea:words=「<b>」", "radio:r=2", "button:one=y"]);
    assert_eq!((forms[1].posts, forms[1].action.as_str()), (true, "/c"));
    assert_eq!(said(&forms[2]), ["search:q=\""]);
    assert_eq!((forms[2].posts, forms[2].action.as_str()), (false, "/here"));
}
