//! The bell of an open page follows by itself: one connection of each process listens to PostgreSQL, and each page that asks for it
//! hears when there is something new for its person. A page hears a number and nothing else.
//!
//! A stream lasts as long as its session and is no use of it; it ends when the session does, whoever ended it, and when the
//! portal stops.
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::header::{ACCEPT, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream::{self, Stream};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::OwnNotices;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::notices::CHANNEL;
use crate::people::sessions;
use crate::web::identify::EVENT_STREAM;
use crate::web::locale::Words;
use crate::web::routing::Can;
use crate::web::screen::Screen;
use crate::web::serve::Stopping;

/// Streams that one session may have open: a browser opens no more than six connections to one place.
const PER_SESSION: usize = 3;
/// Streams of this process; the connections that are left serve pages.
const IN_ALL: usize = 400;
/// How often an open stream says that it is there, and looks whether its session still is.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What is told before anybody looks at it; who misses one looks once all the same.
const PENDING: usize = 256;
/// How long the listener waits before it tries again.
const AGAIN: Duration = Duration::from_secs(2);
/// A browser whose stream broke off comes back after so long.
const COME_BACK: Duration = Duration::from_secs(5);

/// For whom there is something new; nobody in particular: everybody looks.
type News = Option<Uuid>;

/// What this process listens to, and who listens to it; portal.rs plugs it in.
#[derive(Clone)]
pub struct Live(Arc<Hub>);

struct Hub {
    news: Sender<News>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    listens: bool,
    seats: HashMap<Vec<u8>, usize>,
    all: usize,
}

impl Default for Live {
    fn default() -> Self {
        Self(Arc::new(Hub { news: broadcast::channel(PENDING).0, open: Mutex::default() }))
    }
}

/// A place among the streams of a session; free again when it is dropped.
struct Seat {
    hub: Arc<Hub>,
    session: Vec<u8>,
}

impl Hub {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    /// A place for this session, if there is room.
    fn seat(&self, session: &[u8]) -> Option<Seat> {
        let mut open = self.0.open();
        let taken = open.seats.get(session).copied().unwrap_or_default();
        if taken >= PER_SESSION || open.all >= IN_ALL {
            return None;
        }
        open.all += 1;
        open.seats.insert(session.to_vec(), taken + 1);
        Some(Seat { hub: Arc::clone(&self.0), session: session.to_vec() })
    }

    /// The news from now on. The first who asks makes the process listen.
    fn listen(&self, options: impl FnOnce() -> PgConnectOptions) -> Receiver<News> {
        let heard = self.0.news.subscribe();
        if !std::mem::replace(&mut self.0.open().listens, true) {
            tokio::spawn(ear(options(), self.0.news.clone()));
        }
        heard
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.hub.open();
        open.all -= 1;
        if let Some(taken) = open.seats.get_mut(&self.session) {
            *taken -= 1;
            if *taken == 0 {
                open.seats.remove(&self.session);
            }
        }
    }
}

/// Listens for as long as the process lives, whatever happens to the database.
async fn ear(options: PgConnectOptions, news: Sender<News>) {
    loop {
        if let Err(error) = hear(&options, &news).await {
            tracing::warn!(%error, "news cannot be heard; trying again");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn hear(options: &PgConnectOptions, news: &Sender<News>) -> sqlx::Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // nobody listening is no fault; what was said while the connection was lost may have concerned anybody
        let _ = news.send(None);
        while let Some(said) = listener.try_recv().await? {
            if let Ok(person) = said.payload().parse() {
                let _ = news.send(Some(person));
            }
        }
    }
}

/// One stream: whose it is, what it has said, and what it listens to.
struct Following {
    app: App,
    w: Words,
    person: Uuid,
    session: Vec<u8>,
    said: Option<u64>,
    news: Receiver<News>,
    stopping: CancellationToken,
    _seat: Seat,
}

impl Following {
    /// What is said next: the number, when it is another one, or that the stream is still there. Nothing: it is over.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            let first = self.said.is_none();
            let beat = !first && self.wakes().await?;
            // in doubt it ends, and the browser comes back
            let unread = sessions::unread_in(&self.app, &self.session).await.ok().flatten()?;
            if self.said != Some(unread) {
                self.said = Some(unread);
                return Some((Ok(number(self.w, unread).retry(COME_BACK)), self));
            }
            if beat {
                return Some((Ok(Event::default().comment("")), self));
            }
        }
    }

    /// Waits until there may be something new, or until it is time to say that the stream is there (`true`).
    async fn wakes(&mut self) -> Option<bool> {
        let beat = tokio::time::sleep(HEARTBEAT);
        tokio::pin!(beat);
        loop {
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                () = beat.as_mut() => return Some(true),
                said = self.news.recv() => match said {
                    Ok(Some(person)) if person != self.person => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return Some(false),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

/// The number, and how the bell is called with it.
fn number(w: Words, unread: u64) -> Event {
    let said = json!({ "unread": unread, "label": w.n("web-notices", unread) });
    Event::default().event("unread").data(said.to_string())
}

fn sent(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    // a proxy that gathers what it passes on would keep the news to itself
    let headers = [(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")];
    (headers, Sse::new(events)).into_response()
}

/// GET /notices/stream
pub async fn stream(
    State(app): State<App>,
    me: Can<OwnNotices>,
    screen: Screen,
    headers: HeaderMap,
    stopping: Option<Extension<Stopping>>,
) -> Result<Response> {
    // whoever does not listen hears the number once
    if headers.get(ACCEPT).is_none_or(|accept| accept != EVENT_STREAM) {
        let event = number(screen.w, me.unread);
        return Ok(sent(stream::once(async move { Ok(event) })));
    }
    let session = me.session.clone().ok_or(Error::SignInFirst)?;
    let live = app.part::<Live>()?;
    // told so, a browser does not come back: the page is as new as it was when it was opened
    let Some(seat) = live.seat(&session) else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let news = live.listen(|| (*app.database().app.connect_options()).clone());
    let following = Following {
        w: screen.w,
        person: me.person.0,
        session,
        said: None,
        news,
        stopping: stopping.map(|Extension(Stopping(token))| token).unwrap_or_default(),
        _seat: seat,
        app,
    };
    Ok(sent(stream::unfold(following, Following::next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_a_few_streams_and_a_closed_one_makes_room() {
        let live = Live::default();
        let mut seats: Vec<Seat> = (0..PER_SESSION).filter_map(|_| live.seat(b"one")).collect();
        assert_eq!(seats.len(), PER_SESSION);
        assert!(live.seat(b"one").is_none() && live.seat(b"two").is_some());
        seats.pop();
        assert!(live.seat(b"one").is_some());
        drop(seats);
        let open = live.0.open();
        assert_eq!((open.all, open.seats.len()), (0, 0));
    }

    #[test]
    fn a_process_has_room_left_for_pages() {
        let live = Live::default();
        let seats: Vec<Seat> = (0..1_000_u32).filter_map(|no| live.seat(&no.to_be_bytes())).collect();
        assert_eq!(seats.len(), IN_ALL);
    }
}
