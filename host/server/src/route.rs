//! A path with its handler and its document: declared together, so that neither is without the other.

use crate::access;
use crate::app::App;
use crate::request::unreadable;
use crate::upload::Part;
use attain_service::Act;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::{self, MethodRouter};

/// One operation of the API.
pub(crate) struct Route {
    /// What OpenAPI says of it.
    pub operation: Operation,
    /// What answers it.
    pub handler: MethodRouter<App>,
}

/// What OpenAPI says of an operation.
pub(crate) struct Operation {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, with `{name}` for its variable parts.
    pub path: &'static str,
    /// A name for programs.
    pub id: &'static str,
    /// What it does, which not every role may; none where everybody may, known or not.
    pub act: Option<Act>,
    /// One line.
    pub summary: &'static str,
    /// What may stand after the `?`.
    pub query: &'static [Field],
    /// What is sent.
    pub body: Option<Body>,
    /// Status and content of the answer.
    pub answer: (u16, Content),
    /// Statuses of the problems that it may answer with, besides those of every path.
    pub refusals: &'static [u16],
    /// Whether it answers with events when asked to.
    pub events: bool,
}

/// A field of a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its name.
    pub name: &'static str,
    /// `integer` or `string`.
    pub kind: &'static str,
    /// What it is, and what holds without it.
    pub doc: &'static str,
}

/// What is sent.
pub(crate) enum Body {
    /// JSON of this schema.
    Json(&'static str),
    /// JSON of this schema, or nothing.
    OptionalJson(&'static str),
    /// Bytes or text of this media type.
    Raw(&'static str),
    /// A form of files.
    Form(&'static [Part]),
}

/// What is answered.
pub(crate) enum Content {
    /// JSON of this schema.
    Json(&'static str),
    /// JSON with a list of this schema under this name.
    List(&'static str, &'static str),
    /// One of these media types.
    Raw(&'static [&'static str]),
}

/// Lets those through who may do what the handler does.
pub(crate) fn checked(act: Act, operation: &'static str, handler: MethodRouter<App>) -> MethodRouter<App> {
    type Read = Result<RawPathParams, RawPathParamsRejection>;
    handler.route_layer(from_fn(move |parameters: Read, request: Request, next: Next| async move {
        match parameters {
            Ok(parameters) => access::check(act, operation, parameters, request, next).await,
            Err(_) => unreadable(request.uri().path()).into_response(),
        }
    }))
}

impl Route {
    /// What everybody may do, known or not.
    pub(crate) fn open<H, T>(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handler: H,
        answer: Content,
    ) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Route {
            operation: Operation::new(method, path, None, id, summary, (200, answer)),
            handler: if method == "post" { routing::post(handler) } else { routing::get(handler) },
        }
    }

    pub(crate) fn get<H, T>(
        path: &'static str,
        act: Act,
        id: &'static str,
        summary: &'static str,
        handler: H,
        answer: Content,
    ) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Route {
            operation: Operation::new("get", path, Some(act), id, summary, (200, answer)),
            handler: checked(act, id, routing::get(handler)),
        }
    }

    pub(crate) fn post<H, T>(
        path: &'static str,
        act: Act,
        id: &'static str,
        summary: &'static str,
        handler: H,
        answer: (u16, Content),
    ) -> Route
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Route {
            operation: Operation::new("post", path, Some(act), id, summary, answer),
            handler: checked(act, id, routing::post(handler)),
        }
    }

    pub(crate) fn query(mut self, fields: &'static [Field]) -> Route {
        self.operation.query = fields;
        self
    }

    pub(crate) fn body(mut self, body: Body) -> Route {
        self.operation.body = Some(body);
        self
    }

    pub(crate) fn refuses(mut self, statuses: &'static [u16]) -> Route {
        self.operation.refusals = statuses;
        self
    }

    /// It answers with events when asked to.
    pub(crate) fn tells_progress(mut self) -> Route {
        self.operation.events = true;
        self
    }
}

impl Operation {
    fn new(
        method: &'static str,
        path: &'static str,
        act: Option<Act>,
        id: &'static str,
        summary: &'static str,
        answer: (u16, Content),
    ) -> Operation {
        Operation {
            method,
            path,
            act,
            id,
            summary,
            query: &[],
            body: None,
            answer,
            refusals: &[],
            events: false,
        }
    }
}
