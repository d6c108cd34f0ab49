//! 資格: the question in which of their posts somebody acts, where the regulation wants it said with each act.
use super::form::field_id;
use crate::engines::requests::actions::{Hand, Open, capacity};
use crate::engines::requests::model::route::Doer;
use crate::kernel::ids::PostId;

/// The posts to choose from, each with its name; none where nothing is asked.
pub type Posts = Vec<(PostId, String)>;

/// The posts among which this reader has to choose at the step that waits.
#[must_use]
pub fn posts(hand: &Hand, open: &Open, doer: &Doer) -> Posts {
    named(hand, hand.to_choose(open, doer))
}

/// The same for a signed slip.
#[must_use]
pub fn posts_for_a_slip(hand: &Hand, open: &Open, doer: &Doer) -> Posts {
    named(hand, hand.to_choose_for_a_slip(open, doer))
}

fn named(hand: &Hand, posts: Vec<PostId>) -> Posts {
    let named = |id: PostId| {
        let post = hand.viewer.posts.iter().find(|post| post.id == id)?;
        // one post may carry several functions: which of them it is about is what is asked
        let function = post.function.as_deref().and_then(|key| hand.function(key));
        let title = || if post.title.is_empty() { hand.tier(post.tier) } else { post.title.clone() };
        let title = function.unwrap_or_else(title);
        Some((id, hand.w.t2("requests-capacity", "section", &post.department_name, "title", title).into_owned()))
    };
    posts.into_iter().filter_map(named).collect()
}

/// What was chosen, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    pub post: Option<PostId>,
    pub fault: Option<String>,
}

impl Chosen {
    /// As a form says it that is to be mended.
    #[must_use]
    pub fn of(post: Option<PostId>, faults: &[(String, String)]) -> Self {
        let place = field_id(capacity::FIELD);
        let fault = faults.iter().find(|(at, _)| *at == place).map(|(_, words)| words.clone());
        Self { post, fault }
    }

    /// Is it this post?
    #[must_use]
    pub fn is(&self, post: &PostId) -> bool {
        self.post == Some(*post)
    }
}
