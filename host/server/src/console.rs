//! A few pages to look at results with a browser: companies and runs, a run's payouts, one person's statement.
//!
//! Made here, without scripts; a browser is told to run none and to load nothing from elsewhere.

mod bars;
mod html;
mod pages;

use crate::access::{self, Access, Asks, By};
use crate::app::App;
use crate::problem::Problem;
use crate::request::{QueryOf, Segments};
use crate::route::{Content, Field, Route};
use attain_service::Act;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use html::{Language, Page};
use serde::Deserialize;

/// Rows of an outcome on a page.
const ROWS_SHOWN: usize = 200;

const STYLE: &str = include_str!("console/style.css");

const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

pub(crate) fn routes() -> Vec<Route> {
    const HTML: &[&str] = &["text/html"];
    const LANGUAGE: &[Field] =
        &[Field { name: "lang", kind: "string", doc: "`en` or `zh`; `en` when it is not said" }];
    let run = "/company/{company}/runs/{run}";
    let statement = "/company/{company}/runs/{run}/people/{participant}";
    vec![
        Route::get(
            "/",
            Act::ReadRuns,
            "page_of_runs",
            "A page: companies and their runs.",
            runs,
            Content::Raw(HTML),
        )
        .query(LANGUAGE),
        Route::get(
            run,
            Act::ReadOutcomes,
            "page_of_run",
            "A page: a run's payouts.",
            payouts,
            Content::Raw(HTML),
        )
        .query(LANGUAGE),
        Route::get(
            statement,
            Act::ReadStatements,
            "page_of_statement",
            "A page: one person's statement.",
            statement_of,
            Content::Raw(HTML),
        )
        .query(LANGUAGE),
        Route::open(
            "get",
            "/sign-in",
            "page_of_sign_in",
            "A page: sign in with a key.",
            sign_in_page,
            Content::Raw(HTML),
        )
        .query(LANGUAGE),
        Route::open(
            "post",
            "/sign-in",
            "sign_in",
            "Signs a browser in with a key.",
            sign_in,
            Content::Raw(HTML),
        )
        .query(LANGUAGE),
        Route::open("post", "/sign-out", "sign_out", "Signs a browser out.", sign_out, Content::Raw(HTML)),
        Route::open(
            "get",
            "/console.css",
            "page_style",
            "How the pages look.",
            style,
            Content::Raw(&["text/css"]),
        ),
    ]
}

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl Asked {
    fn language(&self) -> Language {
        if self.lang.as_deref() == Some("zh") { Language::Chinese } else { Language::English }
    }
}

async fn runs(State(app): State<App>, Asks(holder): Asks, QueryOf(asked): QueryOf<Asked>) -> Response {
    let language = asked.language();
    let signs_out = app.options().access != Access::Local;
    let read = app.ask(move |service| {
        let companies = service.companies_of(&holder)?.into_iter();
        companies
            .filter_map(|company| Some((holder.acting_for(company.id.as_str())?, company)))
            .map(|(caller, company)| Ok((company, service.runs(&caller)?)))
            .collect::<Result<Vec<_>, _>>()
    });
    answer(language, read.await.map(|companies| pages::runs(language, &companies, signs_out)))
}

/// What the sign-in page is asked with.
#[derive(Deserialize)]
struct SignIn {
    lang: Option<String>,
    ticket: Option<String>,
}

async fn sign_in_page(State(app): State<App>, QueryOf(asked): QueryOf<SignIn>) -> Response {
    let language = Asked { lang: asked.lang }.language();
    let signed_in = asked.ticket.as_deref().map(|ticket| access::sign_in_with_ticket(&app, ticket));
    match signed_in {
        Some(Some(Ok(signed_in))) => signed_in,
        Some(Some(Err(problem))) => answer(language, Err(problem)),
        Some(None) => answer(language, Ok(pages::sign_in(language, Some(pages::Wrong::Ticket)))),
        None => answer(language, Ok(pages::sign_in(language, None))),
    }
}

/// What the sign-in page sends.
#[derive(Deserialize)]
struct Key {
    key: String,
}

async fn sign_in(
    State(app): State<App>,
    QueryOf(asked): QueryOf<Asked>,
    sent: Result<Form<Key>, FormRejection>,
) -> Response {
    let language = asked.language();
    let key = sent.map(|Form(Key { key })| key).unwrap_or_default();
    match access::sign_in_with_key(&app, &key).await {
        Ok(Some(signed_in)) => signed_in,
        Ok(None) => answer(language, Ok(pages::sign_in(language, Some(pages::Wrong::Key)))),
        Err(problem) => answer(language, Err(problem)),
    }
}

async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Response {
    access::sign_out(&app, &headers)
}

async fn payouts(
    State(app): State<App>,
    By(caller): By,
    Segments((company, run)): Segments<(String, String)>,
    QueryOf(asked): QueryOf<Asked>,
) -> Response {
    let language = asked.language();
    let page = async {
        let read = app.ask(move |service| {
            let view = service.run_record(&caller, &run)?;
            let rows = service.outcome_rows(&caller, &view.record.id.to_string(), 0, ROWS_SHOWN)?;
            Ok((view, rows))
        });
        read.await.map(|(view, rows)| pages::payouts(language, &company, &view, &rows))
    };
    answer(language, page.await)
}

async fn statement_of(
    State(app): State<App>,
    By(caller): By,
    Segments((company, run, participant)): Segments<(String, String, String)>,
    QueryOf(asked): QueryOf<Asked>,
) -> Response {
    let language = asked.language();
    let page = async {
        let asking = caller.company.clone();
        let read = app.ask_shortly(&asking, move |service| {
            service.explain(&caller, &run, &participant, language.code())
        });
        read.await.map(|statement| pages::statement(language, &company, &statement))
    };
    answer(language, page.await)
}

fn answer(language: Language, page: Result<Page, Problem>) -> Response {
    let (status, page) = match page {
        Ok(page) => (StatusCode::OK, page),
        Err(problem) => (problem.status, pages::problem(language, &problem)),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (status, headers, page.finish()).into_response()
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE).into_response()
}
