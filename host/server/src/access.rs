//! Who asks: the credential of a request, whom it stands for, and whether they may do what the route does.
//!
//! A handler gets its [`Caller`] from here and from nowhere else, so that no company comes from what is sent. A
//! company that isn't the caller's is answered as one that isn't there, before anything is read of it.

use crate::app::App;
use crate::problem::{Problem, shown};
use crate::trace::Begun;
use attain_model::Digest;
use attain_model::company::NAME_SHAPE;
use attain_service::{Act, Caller, Holder, Reach, random};
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long somebody stays signed in with a browser.
const SESSION: Duration = Duration::from_secs(8 * 60 * 60);

/// How long the link that a server prints when it starts is good.
const TICKET: Duration = Duration::from_secs(10 * 60);

/// Sessions of browsers at once; the oldest goes first.
const SESSIONS_MAX: usize = 10_000;

/// How long a request that came too fast waits for its refusal: so that refusing them takes less than they do.
const TOO_FAST: Duration = Duration::from_millis(250);

/// The cookie that holds a session's id.
const COOKIE: &str = "attain";

/// Whom a router believes to be whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Whoever asks is the operator: they have the data directory, or the process.
    #[default]
    Local,
    /// Whoever shows a credential is whom it stands for.
    Credentials {
        /// Stands for the operator while this server runs: for commands on the same data directory.
        local: String,
        /// Signs a browser in as the operator, once, soon after the start.
        ticket: String,
    },
}

/// Who acts, for the company of the path.
pub(crate) struct By(pub Caller);

/// Who asks, where a path names no company.
pub(crate) struct Asks(pub Holder);

impl FromRequestParts<App> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        // The check of the route left it here; a route without a check can't be reached.
        parts.extensions.get::<Caller>().cloned().map(By).ok_or_else(Problem::internal)
    }
}

impl FromRequestParts<App> for Asks {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Holder>().cloned().map(Asks).ok_or_else(Problem::internal)
    }
}

/// Lets a request through to what it may do.
pub(crate) async fn check(
    act: Act,
    operation: &'static str,
    parameters: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(app) = request.extensions().get::<App>().cloned() else {
        return Problem::internal().into_response();
    };
    let begun = Instant::now();
    let span = Begun::answering(&app, request.headers_mut());
    let (company, response) = checked(&app, act, operation, parameters, request, next).await;
    app.metrics().answered(operation, company.as_deref(), response.status(), begun.elapsed());
    if let Some(span) = span {
        span.answered(operation, company.as_deref(), response.status());
    }
    // No path: it holds names of people. No name of whoever asks.
    tracing::info!(
        operation,
        company = company.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    );
    response
}

/// The company, where it is the caller's, and the answer.
async fn checked(
    app: &App,
    act: Act,
    operation: &'static str,
    parameters: RawPathParams,
    mut request: Request,
    next: Next,
) -> (Option<String>, Response) {
    let company = parameters.iter().find(|(name, _)| *name == "company").map(|(_, value)| value.to_owned());
    let holder = match holder_of(app, request.headers()).await {
        Ok(Some(holder)) => holder,
        Ok(None) if operation.starts_with("page_") => {
            return (None, Redirect::to("/sign-in").into_response());
        }
        Ok(None) => return (None, unknown(request.headers()).into_response()),
        Err(problem) => return (None, problem.into_response()),
    };
    let mut own = None;
    if let Some(company) = company {
        let Some(caller) = holder.acting_for(&company) else {
            return (None, no_company(&company).into_response());
        };
        // The operator's requests aren't the company's.
        if let Holder::Company(_) = &holder
            && let Err(problem) = app.take(&caller.company)
        {
            // Whoever doesn't wait is made to.
            tokio::time::sleep(TOO_FAST).await;
            return (Some(company), problem.into_response());
        }
        request.extensions_mut().insert(caller);
        own = Some(company);
    }
    if holder.role().reach(act) == Reach::Nothing {
        return (own, forbidden(&holder, act).into_response());
    }
    request.extensions_mut().insert(holder);
    (own, next.run(request).await)
}

async fn holder_of(app: &App, headers: &HeaderMap) -> Result<Option<Holder>, Problem> {
    let Access::Credentials { local, .. } = &app.options().access else { return Ok(Some(Holder::local())) };
    if let Some(key) = bearer(headers) {
        // Digests are compared, so that the time it takes says nothing of how much of the key was right.
        if Digest::of(key.as_bytes()) == Digest::of(local.as_bytes()) {
            return Ok(Some(Holder::local()));
        }
        let key = key.to_owned();
        return app.ask(move |service| service.holder_of(&key)).await;
    }
    let Some(session) = session_of(headers) else { return Ok(None) };
    let Some(key) = app.sessions().key(session) else { return Ok(None) };
    match key {
        Signed::Local => Ok(Some(Holder::local())),
        // Looked at each time: a key that is revoked ends its sessions.
        Signed::Key(key) => app.ask(move |service| service.holder_of(&key)).await,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn session_of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}

/// Nobody that is known asks.
fn unknown(headers: &HeaderMap) -> Response {
    let shown = headers.contains_key(header::AUTHORIZATION) || session_of(headers).is_some();
    let detail = match shown {
        true => {
            "the credential is not good: unknown, expired or revoked; ask whoever runs your company's account for another"
        }
        false => "this needs a credential: send `authorization: Bearer KEY`; `attain key add` makes one",
    };
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Who are you", detail);
    let mut response = problem.into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// A company that isn't there, or isn't the caller's: nobody is told which.
fn no_company(id: &str) -> Problem {
    Problem::not_found(format!("there is no company `{}`; an id is {NAME_SHAPE}", shown(id)))
}

fn forbidden(holder: &Holder, act: Act) -> Problem {
    let may: Vec<&str> = act.roles().map(|role| role.name()).collect();
    let detail =
        format!("the role `{}` may not {}; these may: {}", holder.role(), act.words(), may.join(", "));
    Problem::new(StatusCode::FORBIDDEN, "forbidden", "Not for this role", detail)
}

/// With what somebody signed in.
#[derive(Clone, Debug)]
enum Signed {
    /// With the link that the server printed.
    Local,
    /// With a key.
    Key(String),
}

/// Who is signed in with a browser. They are gone when the server ends.
#[derive(Debug)]
pub(crate) struct Sessions {
    known: Mutex<HashMap<String, (Signed, Instant)>>,
    /// The link that the server printed, until it is used.
    ticket: Mutex<Option<String>>,
    started: Instant,
}

impl Sessions {
    pub(crate) fn new(access: &Access) -> Sessions {
        let ticket = match access {
            Access::Local => None,
            Access::Credentials { ticket, .. } => Some(ticket.clone()),
        };
        Sessions { known: Mutex::default(), ticket: Mutex::new(ticket), started: Instant::now() }
    }

    fn key(&self, session: &str) -> Option<Signed> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (signed, until) = known.get(session)?;
        (*until > Instant::now()).then(|| signed.clone())
    }

    fn begin(&self, signed: Signed) -> Result<String, Problem> {
        let id = random::<32>().map_err(|_| Problem::internal())?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        known.retain(|_, (_, until)| *until > now);
        if known.len() >= SESSIONS_MAX {
            let oldest = known.iter().min_by_key(|(_, (_, until))| *until).map(|(id, _)| id.clone());
            oldest.and_then(|id| known.remove(&id));
        }
        known.insert(id.clone(), (signed, now + SESSION));
        Ok(id)
    }

    fn end(&self, session: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }

    /// Whether this is the link's ticket, which is good no more.
    fn redeem(&self, ticket: &str) -> bool {
        let mut known = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        let good = known.as_deref() == Some(ticket) && self.started.elapsed() < TICKET;
        if good {
            *known = None;
        }
        good
    }
}

/// Signs a browser in with a ticket.
pub(crate) fn sign_in_with_ticket(app: &App, ticket: &str) -> Option<Result<Response, Problem>> {
    app.sessions().redeem(ticket).then(|| app.sessions().begin(Signed::Local).map(|id| signed_in(&id)))
}

/// Signs a browser in with a key; none for one that isn't good.
pub(crate) async fn sign_in_with_key(app: &App, key: &str) -> Result<Option<Response>, Problem> {
    let key = key.trim().to_owned();
    let asked = key.clone();
    let holder = app.ask(move |service| service.holder_of(&asked)).await?;
    match holder {
        None => Ok(None),
        Some(_) => app.sessions().begin(Signed::Key(key)).map(|id| Some(signed_in(&id))),
    }
}

/// Ends the session of a browser.
pub(crate) fn sign_out(app: &App, headers: &HeaderMap) -> Response {
    if let Some(session) = session_of(headers) {
        app.sessions().end(session);
    }
    with_cookie("", 0, "/sign-in")
}

fn signed_in(id: &str) -> Response {
    with_cookie(id, SESSION.as_secs(), "/")
}

/// A cookie for this server alone; a door that is encrypted adds that it goes through no other (`guard`).
fn with_cookie(id: &str, seconds: u64, next: &str) -> Response {
    let cookie = format!("{COOKIE}={id}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}");
    let mut response = Redirect::to(next).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once() {
        let sessions = Sessions::new(&Access::Credentials { local: "l".to_owned(), ticket: "t".to_owned() });
        assert!(!sessions.redeem("x") && sessions.redeem("t") && !sessions.redeem("t"));
        assert!(!Sessions::new(&Access::Local).redeem(""));
    }

    #[test]
    fn a_session_is_known_until_it_ends() {
        let sessions = Sessions::new(&Access::Local);
        let id = sessions.begin(Signed::Local).unwrap();
        assert!(sessions.key(&id).is_some() && sessions.key("x").is_none());
        sessions.end(&id);
        assert!(sessions.key(&id).is_none());
    }

    #[test]
    fn credentials_are_found_in_their_headers() {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer  abc "));
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; attain=s1; c=d"));
        assert_eq!((bearer(&headers), session_of(&headers)), (Some("abc"), Some("s1")));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic abc"));
        assert_eq!(bearer(&headers), None);
    }
}
