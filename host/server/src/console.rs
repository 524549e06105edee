//! A few pages to look at results with a browser: companies and runs, a run's payouts, one person's statement.
//!
//! Made here, without scripts; a browser is told to run none and to load nothing from elsewhere.

mod bars;
mod html;
mod pages;

use crate::app::{App, caller};
use crate::problem::Problem;
use crate::request::{QueryOf, Segments};
use crate::route::{Content, Field, Route};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use html::{Language, Page};
use serde::Deserialize;

/// Rows of an outcome on a page.
const ROWS_SHOWN: usize = 200;

const STYLE: &str = include_str!("console/style.css");

const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Vec<Route> {
    const HTML: &[&str] = &["text/html"];
    const LANGUAGE: &[Field] =
        &[Field { name: "lang", kind: "string", doc: "`en` or `zh`; `en` when it is not said" }];
    let run = "/company/{company}/runs/{run}";
    let statement = "/company/{company}/runs/{run}/people/{participant}";
    vec![
        Route::get("/", "page_of_runs", "A page: companies and their runs.", runs, Content::Raw(HTML))
            .query(LANGUAGE),
        Route::get(run, "page_of_run", "A page: a run's payouts.", payouts, Content::Raw(HTML))
            .query(LANGUAGE),
        Route::get(
            statement,
            "page_of_statement",
            "A page: one person's statement.",
            statement_of,
            Content::Raw(HTML),
        )
        .query(LANGUAGE),
        Route::get("/console.css", "page_style", "How the pages look.", style, Content::Raw(&["text/css"])),
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

async fn runs(State(app): State<App>, QueryOf(asked): QueryOf<Asked>) -> Response {
    let language = asked.language();
    let read = app.ask(|service| {
        let companies = service.companies()?.into_iter();
        companies
            .map(|company| {
                let runs = service.runs(&attain_service::Caller::operator(company.id.clone()))?;
                Ok((company, runs))
            })
            .collect::<Result<Vec<_>, _>>()
    });
    answer(language, read.await.map(|companies| pages::runs(language, &companies)))
}

async fn payouts(
    State(app): State<App>,
    Segments((company, run)): Segments<(String, String)>,
    QueryOf(asked): QueryOf<Asked>,
) -> Response {
    let language = asked.language();
    let page = async {
        let caller = caller(&company)?;
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
    Segments((company, run, participant)): Segments<(String, String, String)>,
    QueryOf(asked): QueryOf<Asked>,
) -> Response {
    let language = asked.language();
    let page = async {
        let caller = caller(&company)?;
        let read = app.ask(move |service| service.explain(&caller, &run, &participant, language.code()));
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
