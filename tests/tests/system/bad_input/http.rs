//! Requests that can't be taken: a problem document (RFC 9457) each.

use super::desk::{Desk, kept_by};
use attain_tests::Server;
use serde_json::{Value, json};

#[track_caller]
fn refuses(server: &Server, path: &str, content: &str, body: &str, status: u16, problem: Value) {
    let before = kept_by(server);
    let reply = server.send("POST", path, content, body.as_bytes());
    assert_eq!((reply.status, reply.content.as_str()), (status, "application/problem+json"));
    assert_eq!(reply.json(), problem);
    assert_eq!(kept_by(server), before, "something was kept");
}

fn problem(status: u16, title: &str, code: &str, detail: &str) -> Value {
    json!({ "type": "about:blank", "title": title, "status": status, "detail": detail, "code": code })
}

#[test]
fn malformed_json_an_unknown_field_and_another_content_type_are_problems() {
    let desk = Desk::with_figures();
    let server = desk.attain.serve();
    let body = |why: &str| {
        let detail = format!("the body is not the JSON that this path takes: {why}");
        problem(400, "The body can't be read", "body", &detail)
    };
    let (companies, json) = ("/v1/companies", "application/json");
    let cut = body("EOF while parsing an object at line 1 column 15");
    refuses(&server, companies, json, r#"{"id": "zenith""#, 400, cut);
    let unknown = body(
        "unknown field `nam`, expected one of `id`, `name`, `currency`, `timezone`, `fiscal_year_start` at line 1 column 22",
    );
    refuses(&server, companies, json, r#"{"id": "zenith", "nam": "Zenith"}"#, 400, unknown);
    let number = body("invalid type: integer `7`, expected a string at line 1 column 10");
    refuses(&server, "/v1/companies/acme/runs", json, r#"{"plan": 7}"#, 400, number);
    let kind = "the body has content type `text/plain`, expected `application/json`";
    refuses(
        &server,
        companies,
        "text/plain",
        "{}",
        415,
        problem(415, "Unexpected content type", "media-type", kind),
    );
}

#[test]
fn what_a_command_would_refuse_is_a_problem_with_each_place() {
    let desk = Desk::with(&["tiered-commission"]);
    let server = desk.attain.serve();
    let plan = super::desk::PLAN.replace("\"revenue\"", "\"revenu\"");
    let message = "`people` has no column `revenu`; did you mean `revenue`?";
    refuses(
        &server,
        "/v1/companies/acme/plans",
        "application/toml",
        &plan,
        422,
        json!({
            "type": "urn:attain:plan", "title": "Refused", "status": 422, "code": "plan",
            "detail": format!("step[0].inputs.credit: {message}"),
            "problems": [{ "at": "step[0].inputs.credit", "message": message }],
        }),
    );
    let text = "this is not a WebAssembly component but a text file; `attain policy build` makes one";
    refuses(
        &server,
        "/v1/companies/acme/policies",
        "application/wasm",
        "no component",
        422,
        json!({ "type": "urn:attain:not-wasm", "title": "Refused", "status": 422, "code": "not-wasm", "detail": text }),
    );
    let run = json!({ "plan": "sales", "period": "2017-Q1" }).to_string();
    let not_found = |detail: &str| problem(404, "Not found", "not-found", detail);
    let none = not_found("there is no plan `sales`; publish one: attain plan publish FILE.toml");
    refuses(&server, "/v1/companies/acme/runs", "application/json", &run, 404, none);
    let acme = not_found("there is no company `acne`; did you mean `acme`?");
    refuses(&server, "/v1/companies/acne/runs", "application/json", &run, 404, acme);
}
