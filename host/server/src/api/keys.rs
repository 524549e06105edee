//! API keys, and who asks.

use crate::access::{Asks, By};
use crate::app::App;
use crate::problem::{Problem, json_answer};
use crate::request::{JsonBody, Segments};
use crate::route::{Body, Content, Route};
use attain_service::{Act, Holder, KeyRecord, MadeKey, NewKey};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    let (company, host) = ("/v1/companies/{company}/keys", "/v1/keys");
    let made = "Makes a key. It is answered this once; what is kept is a hash of it.";
    let revoked = "Revokes a key, named by id or name: from then on nobody acts with it.";
    vec![
        Route::get(
            "/v1/me",
            Act::ListCompanies,
            "get_me",
            "Who asks: name, role, company.",
            me,
            Content::Json("Me"),
        ),
        Route::get(
            company,
            Act::ManageKeys,
            "list_keys",
            "A company's keys, by name.",
            list,
            Content::List("keys", "Key"),
        )
        .refuses(&[404]),
        Route::post(company, Act::ManageKeys, "make_key", made, make, (201, Content::Json("MadeKey")))
            .body(Body::Json("NewKey"))
            .refuses(&[404, 409, 422]),
        Route::post(
            "/v1/companies/{company}/keys/{key}/revoke",
            Act::ManageKeys,
            "revoke_key",
            revoked,
            revoke,
            (200, Content::Json("Key")),
        )
        .refuses(&[404]),
        Route::get(
            host,
            Act::ManageHostKeys,
            "list_host_keys",
            "The operator's own keys, by name.",
            list_host,
            Content::List("keys", "Key"),
        ),
        Route::post(
            host,
            Act::ManageHostKeys,
            "make_host_key",
            made,
            make_host,
            (201, Content::Json("MadeKey")),
        )
        .body(Body::Json("NewKey"))
        .refuses(&[409, 422]),
        Route::post(
            "/v1/keys/{key}/revoke",
            Act::ManageHostKeys,
            "revoke_host_key",
            revoked,
            revoke_host,
            (200, Content::Json("Key")),
        )
        .refuses(&[404]),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    role: String,
    #[serde(default)]
    teams: Vec<String>,
    participant: Option<String>,
    days: Option<i64>,
}

impl From<Wanted> for NewKey {
    fn from(Wanted { name, role, teams, participant, days }: Wanted) -> NewKey {
        NewKey { name, role, teams, participant, days }
    }
}

/// A key's record, without anything of its secret.
fn shown(record: &KeyRecord) -> Value {
    json!({
        "id": record.id,
        "name": record.name,
        "role": record.role,
        "teams": record.teams,
        "participant": record.participant,
        "made_at": record.made_at,
        "made_by": record.made_by,
        "expires_at": record.expires_at,
        "revoked": record.revoked,
        "good": record.is_good(),
    })
}

fn shown_made(made: &MadeKey) -> Value {
    json!({ "key": made.key, "record": shown(&made.record) })
}

fn listed(keys: &[KeyRecord]) -> Value {
    json!({ "keys": keys.iter().map(shown).collect::<Vec<_>>() })
}

fn actor(holder: &Holder) -> String {
    match holder {
        Holder::Host { actor } => actor.clone(),
        Holder::Company(caller) => caller.actor.clone(),
    }
}

async fn me(Asks(holder): Asks) -> Result<Response, Problem> {
    let (company, teams, participant) = match &holder {
        Holder::Host { .. } => (None, Vec::new(), None),
        Holder::Company(caller) => {
            (Some(caller.company.to_string()), caller.teams.clone(), caller.participant.clone())
        }
    };
    let me = json!({
        "name": actor(&holder),
        "role": holder.role().name(),
        "company": company,
        "teams": teams,
        "participant": participant,
    });
    json_answer(StatusCode::OK, &me)
}

async fn list(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let keys = app.ask(move |service| service.keys(&caller)).await?;
    json_answer(StatusCode::OK, &listed(&keys))
}

async fn make(
    State(app): State<App>,
    By(caller): By,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Response, Problem> {
    let made = app.ask(move |service| service.make_key(&caller, &wanted.into())).await?;
    json_answer(StatusCode::CREATED, &shown_made(&made))
}

async fn revoke(
    State(app): State<App>,
    By(caller): By,
    Segments((_, key)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let record = app.ask(move |service| service.revoke_key(&caller, &key)).await?;
    json_answer(StatusCode::OK, &shown(&record))
}

async fn list_host(State(app): State<App>) -> Result<Response, Problem> {
    let keys = app.ask(|service| service.operator_keys()).await?;
    json_answer(StatusCode::OK, &listed(&keys))
}

async fn make_host(
    State(app): State<App>,
    Asks(holder): Asks,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Response, Problem> {
    let made = app.ask(move |service| service.make_operator_key(&actor(&holder), &wanted.into())).await?;
    json_answer(StatusCode::CREATED, &shown_made(&made))
}

async fn revoke_host(
    State(app): State<App>,
    Asks(holder): Asks,
    Segments(key): Segments<String>,
) -> Result<Response, Problem> {
    let record = app.ask(move |service| service.revoke_operator_key(&actor(&holder), &key)).await?;
    json_answer(StatusCode::OK, &shown(&record))
}
