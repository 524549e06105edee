//! A client: asks the router, holds every answer against the document.

use crate::guest;
use crate::schema;
use attain_server::Options;
use attain_service::{Fetch, Service, Settings};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// The API over a service of its own, in memory.
pub struct Api {
    router: axum::Router,
    /// Shown with every request; empty shows none.
    key: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn kind(&self) -> &str {
        let kind = self.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
        kind.split(';').next().unwrap()
    }

    /// The body as text, as far as it is any.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The code of a problem.
    pub fn json_code(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        body["code"].as_str().map(str::to_owned)
    }

    /// The JSON of an answer of this status.
    #[track_caller]
    pub fn of(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// Panics unless the answer is exactly this problem document.
    #[track_caller]
    pub fn is_problem(&self, problem: &Value) {
        assert_eq!(self.json(), *problem);
        assert_eq!(problem["status"], self.status);
        assert_eq!(self.kind(), "application/problem+json");
    }
}

/// The rules of a plan that runs a policy on `credit`.
pub fn plan(name: &str, policy: &str) -> String {
    format!(
        "plan = \"{name}\"\nperiod = \"quarter\"\nstarts = \"2017-Q1\"\n\n[[step]]\nname = \"commission\"\npolicy = \"{policy}@1\"\n"
    )
}

/// People whose five per cent is what the guest explains: 0.07.
pub const PEOPLE: &str = "participant,credit:money:2\nAnn Lee,1.40\n王芳,1.40\n<b>Bo</b>,1.40\n";

impl Api {
    pub fn new() -> Api {
        Api::with(Options::default())
    }

    pub fn with(options: Options) -> Api {
        let service = Service::open(Settings { threads: 2, ..Settings::default() }).unwrap();
        Api::over(service, options)
    }

    /// One whose host fetches what lies elsewhere.
    pub fn fetching(options: Options, fetch: Arc<dyn Fetch>) -> Api {
        let service = Service::open(Settings { threads: 2, ..Settings::default() }).unwrap();
        Api::over(service.fetching_by(fetch), options)
    }

    fn over(service: Service, options: Options) -> Api {
        let service = Arc::new(service);
        Api { router: attain_server::router_with(service, options), key: String::new() }
    }

    /// The same API, asked with this key.
    pub fn with_key(&self, key: &str) -> Api {
        Api { router: self.router.clone(), key: key.to_owned() }
    }

    /// With company `acme`, a policy, people for 2017-Q1 and a plan.
    pub async fn ready() -> Api {
        Api::new().prepared().await
    }

    /// The same, with options of its own.
    pub async fn prepared(self) -> Api {
        self.company().await;
        self.publish("commission", "flat-rate").await;
        self.import("2017-Q1", "people", PEOPLE).await.of(201);
        self.post("/v1/companies/acme/plans", "application/toml", plan("field-sales", "flat-rate"))
            .await
            .of(201);
        self
    }

    /// [`Api::ready`], and a run of it; its id.
    pub async fn with_run() -> (Api, String) {
        let api = Api::ready().await;
        let run = api
            .post_json("/v1/companies/acme/runs", &json!({"plan": "field-sales", "period": "2017-Q1"}))
            .await
            .of(201);
        (api, run["id"].as_str().unwrap().to_owned())
    }

    pub async fn company(&self) {
        self.post_json("/v1/companies", &json!({ "id": "acme", "currency": "USD" })).await.of(201);
    }

    pub async fn publish(&self, guest: &str, name: &str) -> Value {
        let component = guest::component(guest, name);
        self.post("/v1/companies/acme/policies", "application/wasm", component).await.of(201)
    }

    pub async fn import(&self, period: &str, table: &str, csv: &str) -> Answer {
        let path = format!("/v1/companies/acme/snapshots/{period}/tables/{table}");
        self.post_form(&path, &[("file", "people.csv", csv)]).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        self.ask(Request::post(path).header("content-type", kind).body(body.into()).unwrap()).await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string()).await
    }

    pub async fn post_form(&self, path: &str, parts: &[(&str, &str, &str)]) -> Answer {
        let mut form = String::new();
        for (name, file, content) in parts {
            form.push_str(&format!(
                "--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n{content}\r\n"
            ));
        }
        self.post(path, "multipart/form-data; boundary=x", format!("{form}--x--\r\n")).await
    }

    /// Asks, and leaves before the body is read.
    pub async fn abandon(&self, path: &str) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        drop(answer);
    }

    pub async fn ask(&self, mut request: Request<Body>) -> Answer {
        if !self.key.is_empty() {
            let bearer = format!("Bearer {}", self.key).parse().unwrap();
            request.headers_mut().insert("authorization", bearer);
        }
        let (method, path) = (request.method().to_string(), request.uri().to_string());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        schema::check(&method, &path, answer.status, answer.kind(), &answer.body);
        answer
    }
}
