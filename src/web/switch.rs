//! The other language for a page that answered a form (表示言語の切替). Asked for anew, such a page would have lost what was
//! typed; so its switch sends the form once more, in the other language, and nothing that the form would do is kept: the
//! page comes back with what was typed and with the messages. A form whose answers are all in order comes back as well,
//! and says that it has not been sent.
use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::SET_COOKIE;
use axum::middleware::Next;
use axum::response::Response;

use super::forms::FormInput;
use super::identify::{LANG, Visit, preference};
use super::kept::SECRETS;
use super::locale::Lang;
use crate::kernel::app::App;
use crate::kernel::work::keeping_nothing;

/// Also the name of a register's number; on a page that is open to all it is a secret like the others.
const NUMBER: &str = "code";

/// Lets a request through; one of somebody signed in that only asks for the other language keeps nothing but that.
pub(super) async fn answer((app, open): (&App, bool), mut request: Request, next: Next) -> Response {
    let asked = request.extensions().get::<FormInput>().and_then(|input| input.lang()?.parse::<Lang>().ok());
    let visit = request.extensions().get::<Arc<Visit>>().filter(|visit| visit.viewer.is_some()).cloned();
    let (Some(lang), Some(visit)) = (asked, visit) else { return next.run(request).await };
    let visit = Arc::new(Visit { lang, ..(*visit).clone() });
    let extensions = request.extensions_mut();
    extensions.insert(Arc::clone(&visit));
    if let Some(input) = extensions.get_mut::<FormInput>() {
        // passwords do not come along: what is not kept would not be counted either, and could be tried without end
        input.leave_out(|name| (open || name != NUMBER) && SECRETS.contains(&name));
    }
    let mut response = keeping_nothing(next.run(request)).await;
    if let Some(cookie) = preference(app, LANG, lang.code()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response.extensions_mut().insert(visit);
    response
}
