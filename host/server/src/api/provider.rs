//! A company's own identity provider.

use crate::access::By;
use crate::app::App;
use crate::problem::{Problem, json_answer};
use crate::request::JsonBody;
use crate::route::{Body, Content, Route};
use attain_service::{Act, NewKeys, NewProvider, ProviderRecord};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    let path = "/v1/companies/{company}/identity-provider";
    vec![
        Route::get(
            path,
            Act::ManageProvider,
            "get_provider",
            "The company's own identity provider, whose tokens are credentials.",
            show,
            Content::Json("Provider"),
        )
        .refuses(&[404]),
        Route::post(
            path,
            Act::ManageProvider,
            "set_provider",
            "Sets the company's identity provider, in place of the one before.",
            set,
            (200, Content::Json("Provider")),
        )
        .body(Body::Json("NewProvider"))
        .refuses(&[404, 409, 422]),
        Route::post(
            "/v1/companies/{company}/identity-provider/remove",
            Act::ManageProvider,
            "remove_provider",
            "Removes the company's identity provider: its tokens are believed no more.",
            remove,
            (200, Content::Json("Provider")),
        )
        .refuses(&[404]),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    issuer: String,
    audience: String,
    keys: Option<Value>,
    keys_url: Option<String>,
    role_claim: Option<String>,
    roles: Vec<WantedRole>,
    team_claim: Option<String>,
    participant_claim: Option<String>,
    name_claim: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedRole {
    value: String,
    role: String,
}

impl Wanted {
    fn provider(self) -> Result<NewProvider, Problem> {
        let keys = match (self.keys, self.keys_url) {
            (Some(set), None) => NewKeys::Set(set.to_string().into_bytes()),
            (None, Some(url)) => NewKeys::Url(url),
            _ => {
                return Err(Problem::invalid(
                    "keys",
                    "expected either `keys`, the provider's public key set, or `keys_url`, where it lies",
                ));
            }
        };
        Ok(NewProvider {
            issuer: self.issuer,
            audience: self.audience,
            keys,
            role_claim: self.role_claim.unwrap_or_else(|| "roles".to_owned()),
            roles: self.roles.into_iter().map(|WantedRole { value, role }| (value, role)).collect(),
            team_claim: self.team_claim,
            participant_claim: self.participant_claim,
            name_claim: self.name_claim.unwrap_or_else(|| "sub".to_owned()),
        })
    }
}

fn answer(record: &ProviderRecord) -> Result<Response, Problem> {
    let roles: Vec<Value> =
        record.roles.iter().map(|(value, role)| json!({ "value": value, "role": role })).collect();
    let shown = json!({
        "issuer": record.issuer,
        "audience": record.audience,
        "keys_url": record.keys_url(),
        "key_ids": record.key_ids(),
        "role_claim": record.role_claim,
        "roles": roles,
        "team_claim": record.team_claim,
        "participant_claim": record.participant_claim,
        "name_claim": record.name_claim,
        "set_at": record.set_at,
        "set_by": record.set_by,
    });
    json_answer(StatusCode::OK, &shown)
}

async fn show(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    answer(&app.ask(move |service| service.provider(&caller)).await?)
}

async fn set(
    State(app): State<App>,
    By(caller): By,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Response, Problem> {
    let new = wanted.provider()?;
    answer(&app.ask(move |service| service.set_provider(&caller, new)).await?)
}

async fn remove(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    answer(&app.ask(move |service| service.remove_provider(&caller)).await?)
}
