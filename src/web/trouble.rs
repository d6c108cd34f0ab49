//! The pages one sees when something cannot be shown or done: what happened, what was kept, what to do.

use askama::Template;
use askama::filters::HtmlSafe;

use super::locale::{Line, Words};
use super::shell::{Link, Shell};

/// A page that says why there is no other (問題の画面).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/problem.html")]
pub struct Problem {
    w: Words,
    status: u16,
    title: String,
    text: String,
    advice: Vec<String>,
    reference: Option<String>,
    links: Vec<Link>,
    typed: Vec<String>,
    comes_back: bool,
}

impl HtmlSafe for Problem {}

impl Problem {
    /// A problem by its family of words: `problem-{name}` is the title, `problem-{name}-text` what happened.
    fn of(w: Words, status: u16, name: &str) -> Self {
        Self {
            w,
            status,
            title: w.of("problem", name).into_owned(),
            text: w.of("problem", format!("{name}-text")).into_owned(),
            advice: Vec::new(),
            reference: None,
            links: vec![Link::new("/", w.t("problem-home"))],
            typed: Vec::new(),
            comes_back: false,
        }
    }

    fn advice(mut self, key: &str) -> Self {
        self.advice.push(self.w.t(key).into_owned());
        self
    }

    /// 404: there is no such page, or not for this person; which of the two is not said.
    #[must_use]
    pub fn not_found(w: Words) -> Self {
        Self::of(w, 404, "not-found").advice("problem-not-found-advice").advice("problem-not-found-advice2")
    }

    /// 403: the person's capacity does not include the action.
    #[must_use]
    pub fn forbidden(w: Words) -> Self {
        Self::of(w, 403, "forbidden").advice("problem-forbidden-advice")
    }

    /// A rule says no, in its own words: 422, or 409 where somebody else was quicker.
    #[must_use]
    pub fn refused(w: Words, status: u16, why: &Line) -> Self {
        let mut problem = Self::of(w, status, "refused");
        problem.text = w.line(why).into_owned();
        problem
    }

    /// 403: the form did not prove that it came from our page.
    #[must_use]
    pub fn forged(w: Words) -> Self {
        Self::of(w, 403, "forged").advice("problem-forged-advice")
    }

    /// 413: more was sent than a page takes.
    #[must_use]
    pub fn too_large(w: Words) -> Self {
        Self::of(w, 413, "too-large")
    }

    /// 429: too much in a short time.
    #[must_use]
    pub fn too_many(w: Words) -> Self {
        Self::of(w, 429, "too-many")
    }

    /// 429: more than a place may send, until this moment; what cannot wait goes by another way.
    #[must_use]
    pub fn closed_until(w: Words, until: &str) -> Self {
        let mut problem = Self::of(w, 429, "too-many");
        problem.text = w.t1("problem-closed-until", "until", until).into_owned();
        problem.advice("problem-closed-advice")
    }

    /// 503: no room just now.
    #[must_use]
    pub fn busy(w: Words) -> Self {
        Self::of(w, 503, "busy")
    }

    /// 500: our fault; the number is also in the log line.
    #[must_use]
    pub fn internal(w: Words, reference: impl Into<String>) -> Self {
        let problem = Self::of(w, 500, "internal").advice("problem-internal-advice");
        Self { reference: Some(reference.into()), ..problem }
    }

    /// What was typed, to be read off, and whether it stands in its form again after the sign-in.
    #[must_use]
    pub fn typed(self, typed: Vec<String>, comes_back: bool) -> Self {
        Self { typed, comes_back, ..self }
    }

    /// Where to go instead; the first link is the main one.
    #[must_use]
    pub fn link(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.links.insert(0, Link::new(href, label));
        self
    }

    /// Another way to go, after the others.
    #[must_use]
    pub fn also(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.links.push(Link::new(href, label));
        self
    }

    /// The HTTP status the page is answered with.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The page: with the person's menu if somebody is signed in, otherwise plain.
    ///
    /// # Errors
    /// When a template cannot be written, which only a full memory brings about.
    pub fn page(self, shell: Shell) -> askama::Result<String> {
        let shell = shell.titled(self.title.clone());
        if shell.person.is_some() {
            Signed { shell, problem: self }.render()
        } else {
            Plain { shell, problem: self }.render()
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Signed {
    shell: Shell,
    problem: Problem,
}

#[derive(Template)]
#[template(path = "problem_plain.html")]
struct Plain {
    shell: Shell,
    problem: Problem,
}

#[cfg(test)]
mod tests {
    use super::super::shell::tests::{open, signed_in};
    use super::*;
    use crate::web::locale::Lang;

    #[test]
    fn every_problem_is_said_in_both_languages_with_and_without_a_menu() {
        for lang in Lang::ALL {
            let w = Words(lang);
            for problem in [
                Problem::not_found(w),
                Problem::forbidden(w),
                Problem::refused(w, 422, &Line::new("form-missing").with("label", "x")),
                Problem::forged(w),
                Problem::too_large(w),
                Problem::too_many(w),
                Problem::closed_until(w, "10:30"),
                Problem::busy(w),
                Problem::internal(w, "7F3K-22"),
            ] {
                for shell in [signed_in(lang), open(lang)] {
                    let page = problem.clone().page(shell).unwrap();
                    assert!(!page.contains('⟦'), "{page}");
                    assert_eq!(page.matches("<h1").count(), 1);
                }
            }
        }
    }

    #[test]
    fn a_fault_of_ours_shows_its_number() {
        let page = Problem::internal(Words(Lang::Ja), "7F3K-22").page(open(Lang::Ja)).unwrap();
        assert!(page.contains("7F3K-22"));
    }
}
