//! Companies: whose figures they are.

use crate::access::Asks;
use crate::app::App;
use crate::problem::{Problem, json_answer, shown};
use crate::request::JsonBody;
use crate::route::{Body, Content, Route};
use attain_model::company::NAME_SHAPE;
use attain_model::{Company, CompanyId, Currency};
use attain_service::Act;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

pub(crate) fn routes() -> Vec<Route> {
    let path = "/v1/companies";
    vec![
        Route::get(
            path,
            Act::ListCompanies,
            "list_companies",
            "All companies, by id.",
            list,
            Content::List("companies", "Company"),
        ),
        Route::post(
            path,
            Act::AddCompany,
            "add_company",
            "Adds a company. Adding the same one again changes nothing.",
            add,
            (201, Content::Json("Company")),
        )
        .body(Body::Json("NewCompany"))
        .refuses(&[409, 422]),
    ]
}

/// A company as it is added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCompany {
    id: String,
    name: Option<String>,
    #[serde(default = "cny")]
    currency: String,
    #[serde(default = "shanghai")]
    timezone: String,
    #[serde(default = "january")]
    fiscal_year_start: u8,
}

fn cny() -> String {
    "CNY".to_owned()
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

fn january() -> u8 {
    1
}

impl NewCompany {
    fn company(self) -> Result<Company, Problem> {
        let id = CompanyId::parse(&self.id).ok_or_else(|| {
            Problem::invalid(
                "id",
                format!("`{}` is not a company id, expected {NAME_SHAPE}", shown(&self.id)),
            )
        })?;
        let currency = Currency::parse(&shown(&self.currency))
            .map_err(|error| Problem::invalid("currency", error.to_string()))?;
        let name = self.name.unwrap_or_else(|| self.id.clone());
        Ok(Company { id, name, currency, timezone: self.timezone, fiscal_year_start: self.fiscal_year_start })
    }
}

async fn add(State(app): State<App>, JsonBody(new): JsonBody<NewCompany>) -> Result<Response, Problem> {
    let company = new.company()?;
    let added = app.ask(move |service| service.add_company(&company)).await?;
    json_answer(StatusCode::CREATED, &added)
}

async fn list(State(app): State<App>, Asks(holder): Asks) -> Result<Response, Problem> {
    let companies = app.ask(move |service| service.companies_of(&holder)).await?;
    json_answer(StatusCode::OK, &json!({ "companies": companies }))
}
