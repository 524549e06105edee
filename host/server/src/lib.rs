//! The HTTP API over the service, and a page to look at it with.
//!
//! In: requests over TCP ([`serve`]), each with its credential, or from the same process ([`router`]), whose data it is. Out: JSON,
//! files, server-sent events; every error is a problem document (RFC 9457).
//!
//! A handler parses, calls one service, converts. Every path, with its document in OpenAPI, is declared once, in
//! `api`. Invariants: a body, a queue and a wait have a limit each; nothing here knows what a figure means.
//!
//! ```
//! use attain_service::{Service, Settings};
//! use std::sync::Arc;
//! use tower::ServiceExt;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let service = Arc::new(Service::open(Settings::default()).unwrap());
//! let request = axum::http::Request::get("/healthz").body(axum::body::Body::empty()).unwrap();
//! let answer = attain_server::router(service).oneshot(request).await.unwrap();
//! assert_eq!(answer.status(), 200);
//! # });
//! ```

mod access;
mod api;
mod app;
mod cells;
mod console;
mod door;
mod download;
mod events;
mod fetch;
mod gate;
mod guard;
mod lane;
mod metrics;
mod openapi;
mod options;
mod otlp;
mod problem;
mod rate;
mod receive;
mod refusal;
mod request;
mod route;
mod serve;
mod tls;
mod trace;
mod upload;
mod work;

pub use access::Access;
pub use door::{Door, Way};
pub use fetch::{Web, trusted};
pub use openapi::document;
pub use options::Options;
pub use otlp::Otlp;
pub use serve::{ServeError, serve};
pub use tls::{Tls, TlsError};

use attain_service::Service;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use std::sync::Arc;

/// The API and its page, with the usual [`Options`].
pub fn router(service: Arc<Service>) -> Router {
    router_with(service, Options::default())
}

/// The API and its page.
///
/// It needs a runtime with time enabled. Nothing here looks at where a request comes from: [`serve`] does. Who asks
/// is what [`Options::access`] says.
pub fn router_with(service: Arc<Service>, options: Options) -> Router {
    let app = app::App::new(service, options);
    let routes = api::routes().into_iter().chain(console::routes());
    let router =
        routes.fold(Router::new(), |router, route| router.route(route.operation.path, route.handler));
    router
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::middleware::map_response(with_headers))
        .layer(axum::Extension(app.clone()))
        .with_state(app)
}

/// Answers are somebody's pay: nothing on the way keeps them or guesses what they are.
async fn with_headers(mut response: axum::response::Response) -> axum::response::Response {
    const FIXED: [(HeaderName, &str); 2] =
        [(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    for (name, value) in FIXED {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
