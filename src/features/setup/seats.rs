//! 就ける立場: what people can be given in set-up, as the chosen texts name it. Where a text names functions (サーバ管理者,
//! ネットワーク管理者), each is given by its own name, since routes and the register of functions ask for that one; else the tier.
use std::sync::Arc;

use super::model;
use crate::engines::regulations::binding::Function;
use crate::engines::regulations::{Entry, Library};
use crate::kernel::access::Tier;
use crate::web::locale::Words;

/// Something that can be held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat<'a> {
    pub tier: Tier,
    /// the one function of it; none where no text names any for the tier
    pub function: Option<&'a Function>,
    /// the text that names it
    pub of: &'a Entry,
    /// it is not the operating one
    pub further: bool,
}

impl Seat<'_> {
    /// As a form sends it.
    pub fn key(&self) -> String {
        self.function
            .map_or_else(|| self.tier.key().to_owned(), |function| format!("{}/{}", self.tier.key(), function.key))
    }

    /// What the text calls it.
    pub fn title(&self, w: Words) -> String {
        let Some(function) = self.function else { return tier(w, self.of, self.tier) };
        let name = function.title.in_language(w.lang().code());
        if !self.further {
            return name.to_owned();
        }
        w.t2("setup-function-of", "name", name, "regulation", &self.of.catalogue.title).into_owned()
    }

    /// 充て職: the post whose holder it is.
    pub fn post(&self) -> Option<&str> {
        self.function?.ex_officio.as_deref()
    }

    /// Is it the same?
    pub fn is(&self, other: &Seat<'_>) -> bool {
        self.tier == other.tier && self.name() == other.name()
    }

    /// The key of its function.
    pub fn name(&self) -> Option<&str> {
        self.function.map(|function| function.key.as_str())
    }
}

/// What a text calls a tier.
pub(super) fn tier(w: Words, entry: &Entry, tier: Tier) -> String {
    let title = entry.binding.as_ref().and_then(|binding| binding.title(tier));
    title.map_or_else(|| w.of("tier", tier.key()).into_owned(), |title| title.in_language(w.lang().code()).to_owned())
}

/// Everything that can be held under these texts, the operating one first. Whom others name (指名) is named by them once the
/// portal is in service.
pub(super) fn offered(texts: &[Arc<Entry>]) -> Vec<Seat<'_>> {
    let Some(binding) = texts.first().and_then(|text| text.binding.as_ref()) else { return Vec::new() };
    let tiers = binding.titles.keys().filter(|tier| **tier != Tier::Staff && !binding.only_named(**tier));
    tiers.flat_map(|tier| of_tier(texts, *tier)).collect()
}

/// The functions of the first text that names any for the tier, or the tier itself.
fn of_tier(texts: &[Arc<Entry>], tier: Tier) -> Vec<Seat<'_>> {
    let Some(operating) = texts.first() else { return Vec::new() };
    for (at, text) in texts.iter().enumerate() {
        let functions = text.binding.iter().flat_map(|binding| &binding.functions);
        let functions: Vec<&Function> = functions.filter(|function| function.tier == tier).collect();
        if functions.is_empty() {
            continue;
        }
        let further = at > 0;
        if by_name(&functions, tier, further) {
            let seat = |function| Seat { tier, function: Some(function), of: text.as_ref(), further };
            return functions.into_iter().map(seat).collect();
        }
        break;
    }
    vec![Seat { tier, function: None, of: operating, further: false }]
}

/// The only function of the heads of sections, whose posts come and go with transfers, is each such post; so is the only one
/// that a further text names for a tier of the operating one.
fn by_name(functions: &[&Function], tier: Tier, further: bool) -> bool {
    let only = functions.len() == 1 && functions.iter().all(|function| function.ex_officio.is_none());
    !(only && (further || tier == Tier::Manager))
}

/// What an answer means under these texts; none where they have no such thing (any more).
pub(super) fn meant<'a>(texts: &'a [Arc<Entry>], answer: &model::Function) -> Option<Seat<'a>> {
    let of_tier: Vec<Seat<'a>> = offered(texts).into_iter().filter(|seat| seat.tier == answer.tier).collect();
    match (&answer.function, of_tier.as_slice()) {
        // kept before functions were asked for: where there is one, it is that one
        (None, [only]) => Some(*only),
        _ => of_tier.into_iter().find(|seat| seat.name() == answer.function.as_deref()),
    }
}

/// An answer in words: also one that the texts no longer know, by the text that called it so.
pub(super) fn words(w: Words, texts: &[Arc<Entry>], library: &Library, answer: &model::Function) -> String {
    if let Some(seat) = meant(texts, answer) {
        return seat.title(w);
    }
    match former(library, answer) {
        Some((of, function)) => {
            let name = function.map_or_else(
                || tier(w, of, answer.tier),
                |function| function.title.in_language(w.lang().code()).to_owned(),
            );
            w.t2("setup-function-of", "name", name, "regulation", &of.catalogue.title).into_owned()
        }
        None => w.of("tier", answer.tier.key()).into_owned(),
    }
}

/// The text by which an answer was given, and its function there; where that was not kept, a text that has such a function.
fn former<'a>(library: &'a Library, answer: &model::Function) -> Option<(&'a Entry, Option<&'a Function>)> {
    let named = |text: &'a Entry| {
        let functions = text.binding.iter().flat_map(|binding| &binding.functions);
        let is = |function: &&Function| {
            function.tier == answer.tier && Some(function.key.as_str()) == answer.function.as_deref()
        };
        functions.into_iter().find(is)
    };
    let kept = answer.of.as_deref().and_then(|edition| library.get(edition)).map(Arc::as_ref);
    match (kept, &answer.function) {
        (Some(text), None) => Some((text, None)),
        (Some(text), Some(_)) if named(text).is_some() => Some((text, named(text))),
        (_, Some(_)) => library.iter().find_map(|text| Some((text, Some(named(text)?)))),
        (None, None) => None,
    }
}

/// Names as a list.
pub(super) fn list(w: Words, names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().collect::<Vec<_>>().join(&w.t("web-list-comma"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::MECHANISMS;
    use crate::kernel::ids::{DepartmentId, PersonId};

    fn texts(editions: &[&str]) -> Vec<Arc<Entry>> {
        let library = Library::load(None, MECHANISMS).unwrap();
        editions.iter().map(|edition| Arc::clone(library.get(edition).unwrap())).collect()
    }

    fn keys(texts: &[Arc<Entry>]) -> Vec<String> {
        offered(texts).iter().map(Seat::key).collect()
    }

    fn answer(tier: Tier, function: Option<&str>) -> model::Function {
        let (person, department) = (PersonId(uuid::Uuid::nil()), DepartmentId(uuid::Uuid::nil()));
        model::Function { tier, function: function.map(str::to_owned), of: None, person, department }
    }

    #[test]
    fn each_function_of_a_tier_is_offered_by_its_own_name() {
        let texts = texts(&["system-management"]);
        let offered = keys(&texts);
        for key in ["sysadmin/server_administrator", "sysadmin/network_administrator", "sysadmin/client_administrator"]
        {
            assert!(offered.contains(&key.to_owned()), "{offered:?}");
        }
        assert!(offered.contains(&"manager".to_owned()) && offered.contains(&"office".to_owned()), "{offered:?}");
        assert!(!offered.contains(&"sysadmin".to_owned()) && !offered.contains(&"staff".to_owned()), "{offered:?}");
    }

    #[test]
    fn whom_others_name_is_not_offered_and_what_a_further_text_names_alone_is_the_tier() {
        let offered = keys(&texts(&["coop-operations", "mutual-aid-policy"]));
        assert!(!offered.iter().any(|key| key.starts_with("operator")), "{offered:?}");
        assert!(offered.contains(&"committee".to_owned()) && offered.contains(&"manager".to_owned()), "{offered:?}");
        // 充て職 of a further text is asked for by name, so that whoever gets it bears the post
        let offered = keys(&texts(&["coop-operations", "katsuura-operations"]));
        assert!(offered.contains(&"ciso/general_manager".to_owned()), "{offered:?}");
    }

    #[test]
    fn an_answer_kept_before_means_the_only_function_of_its_tier_and_nothing_where_there_are_several() {
        let osaka = texts(&["osaka-standard"]);
        assert_eq!(meant(&osaka, &answer(Tier::Sysadmin, None)).unwrap().key(), "sysadmin/it_administrator");
        let company = texts(&["system-management"]);
        assert!(meant(&company, &answer(Tier::Sysadmin, None)).is_none());
        assert!(meant(&company, &answer(Tier::Sysadmin, Some("it_administrator"))).is_none(), "of another text");
        assert_eq!(meant(&company, &answer(Tier::Office, None)).unwrap().key(), "office");
    }
}
