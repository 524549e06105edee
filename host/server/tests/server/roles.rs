//! Goal: nobody does what their role may not, and nothing of another company shows in any answer.
//! Method: every operation of the document, with a key of every role, for the own company, for another and for one that
//! isn't there. Who may do what stands here once more, in a table of the test's own: an operation that is missing from
//! it fails the test.

use crate::api::{Answer, Api};
use attain_server::{Access, Options};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ROLES: [&str; 8] =
    ["operator", "admin", "consultant", "analyst", "approver", "lead", "auditor", "participant"];

/// Operation, and for each of [`ROLES`] whether they may: `x` or `-`.
const MAY: &[(&str, &str)] = &[
    ("get_me", "xxxxxxxx"),
    ("list_companies", "xxxxxxxx"),
    ("add_company", "x-------"),
    ("list_keys", "xx------"),
    ("make_key", "xx------"),
    ("revoke_key", "xx------"),
    ("list_host_keys", "x-------"),
    ("make_host_key", "x-------"),
    ("revoke_host_key", "x-------"),
    ("get_provider", "xx------"),
    ("set_provider", "xx------"),
    ("remove_provider", "xx------"),
    ("metrics", "x-------"),
    ("list_limits", "xxxx--x-"),
    ("set_limit", "x-------"),
    ("list_policies", "xxxxxxx-"),
    ("get_policy", "xxxxxxx-"),
    ("publish_policy", "xxx-----"),
    ("list_plans", "xxxxxxx-"),
    ("get_plan", "xxxxxxx-"),
    ("publish_plan", "xxx-----"),
    ("check_plan", "xxx-----"),
    ("list_snapshots", "xxxxx-x-"),
    ("get_snapshot", "xxxxx-x-"),
    ("get_table", "xxxxx-x-"),
    ("import_table", "xxxx----"),
    ("build_snapshot", "xxxx----"),
    ("import_targets", "xxxx----"),
    ("list_runs", "xxxxxxx-"),
    ("get_run", "xxxxxxx-"),
    ("run_plan", "xxxx----"),
    ("list_work", "xxxxxxx-"),
    ("cancel_work", "xxxx----"),
    ("replay_run", "xxxxx-x-"),
    ("approve_run", "xx--x---"),
    ("get_outcome", "xxxxxxx-"),
    ("get_statement", "xxxxxxxx"),
    ("list_statements", "xxxxxxxx"),
    ("estimate", "xxxxxxxx"),
    ("export_run", "xxxxx-x-"),
    ("get_log", "xxxxx-x-"),
    ("get_log_head", "xxxxx-x-"),
    ("get_host_log", "x-------"),
    ("back_up_host", "x-------"),
    ("export_company", "xx------"),
    ("restore_company", "x-------"),
    ("erase_company", "x-------"),
    ("page_of_runs", "xxxxxxx-"),
    ("page_of_run", "xxxxxxx-"),
    ("page_of_statement", "xxxxxxxx"),
];

/// What everybody may ask for, known or not.
const OPEN: [&str; 7] =
    ["health", "ready", "openapi", "page_of_sign_in", "sign_in", "sign_out", "page_style"];

const LOCAL: &str = "the-data-directory";

/// Two companies with people, a plan and an approved run each, and a key of every role in `acme`.
struct Host {
    api: Api,
    run: String,
    keys: BTreeMap<&'static str, String>,
}

fn people(company: &str) -> String {
    format!(
        "participant,team,credit:money:2\n{company}-ann,North,1.40\n{company}-bob,South,1.40\n{company}-cai,North,1.40\n"
    )
}

async fn host() -> Host {
    let access = Access::Credentials { local: LOCAL.to_owned(), ticket: "once".to_owned() };
    let api = Api::with(Options { access, ..Options::default() });
    let local = api.with_key(LOCAL);
    let mut runs = Vec::new();
    for company in ["acme", "rival"] {
        let at = |rest: &str| format!("/v1/companies/{company}/{rest}");
        local.post_json("/v1/companies", &json!({ "id": company, "currency": "USD" })).await.of(201);
        let component = crate::guest::component("commission", "flat-rate");
        local.post(&at("policies"), "application/wasm", component).await.of(201);
        let people = people(company);
        local
            .post_form(&at("snapshots/2017-Q1/tables/people"), &[("file", "people.csv", &people)])
            .await
            .of(201);
        local
            .post(&at("plans"), "application/toml", crate::api::plan("field-sales", "flat-rate"))
            .await
            .of(201);
        let run = local
            .post_json(&at("runs"), &json!({ "plan": "field-sales", "period": "2017-Q1" }))
            .await
            .of(201);
        let run = run["id"].as_str().unwrap().to_owned();
        local.post(&at(&format!("runs/{run}/approve")), "application/json", "{}").await.of(200);
        runs.push(run);
    }
    let mut keys = BTreeMap::new();
    for role in ROLES {
        let (path, scope) = match role {
            "operator" => ("/v1/keys", json!({})),
            "lead" => ("/v1/companies/acme/keys", json!({ "teams": ["North"] })),
            "participant" => ("/v1/companies/acme/keys", json!({ "participant": "acme-ann" })),
            _ => ("/v1/companies/acme/keys", json!({})),
        };
        let mut body = json!({ "name": format!("the {role}"), "role": role });
        body.as_object_mut().unwrap().extend(scope.as_object().unwrap().clone());
        let made = local.post_json(path, &body).await.of(201);
        keys.insert(role, made["key"].as_str().unwrap().to_owned());
    }
    Host { api, run: runs.remove(0), keys }
}

impl Host {
    fn with(&self, role: &str) -> Api {
        self.api.with_key(&self.keys[role])
    }

    /// A path of the document, its places filled in.
    fn path(&self, template: &str, company: &str) -> String {
        let fill = |(name, value): (&str, &str), path: String| path.replace(&format!("{{{name}}}"), value);
        let places = [
            ("company", company),
            ("period", "2017-Q1"),
            ("policy", "flat-rate"),
            ("plan", "field-sales"),
            ("table", "people"),
            ("run", &self.run),
            ("participant", "acme-ann"),
            ("key", "nobody"),
            ("limit", "nothing"),
            ("work", "7"),
        ];
        places.into_iter().fold(template.to_owned(), |path, place| fill(place, path))
    }

    async fn ask(&self, api: &Api, method: &str, path: &str) -> Answer {
        // A body that is no form, no component and no plan: whoever may is told so, and nothing changes.
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let body = if method == "POST" { Body::from("{\"x\": 1}") } else { Body::empty() };
        api.ask(request.body(body).unwrap()).await
    }
}

/// Method, path and id of every operation.
fn operations() -> Vec<(String, String, String)> {
    let document = attain_server::document();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            operations.push((method.to_uppercase(), path.clone(), id));
        }
    }
    operations
}

#[tokio::test]
async fn every_operation_is_for_the_roles_that_may_and_for_no_other() {
    let host = host().await;
    let mut asked = 0;
    for (method, path, id) in operations() {
        if OPEN.contains(&id.as_str()) {
            continue;
        }
        let row = MAY.iter().find(|(known, _)| *known == id);
        let (_, may) = row.unwrap_or_else(|| panic!("who may do `{id}` is missing from the table"));
        let own = host.path(&path, "acme");
        for (role, may) in ROLES.iter().zip(may.bytes()) {
            let answer = host.ask(&host.with(role), &method, &own).await;
            let cell = format!("{role}: {method} {own}: {} {}", answer.status, answer.text());
            assert!(answer.status < 500, "{cell}");
            match may {
                b'x' => assert!(![401, 403].contains(&answer.status), "{cell}"),
                _ => {
                    assert_eq!(
                        (answer.status, answer.json_code().as_deref()),
                        (403, Some("forbidden")),
                        "{cell}"
                    );
                }
            }
            asked += 1;
        }
    }
    assert_eq!(asked, MAY.len() * ROLES.len(), "an operation of the table isn't in the document");
}

#[tokio::test]
async fn another_company_is_answered_as_one_that_is_not_there() {
    let host = host().await;
    for (method, path, id) in operations() {
        if !path.contains("{company}") {
            continue;
        }
        for role in ROLES.iter().filter(|role| **role != "operator") {
            let api = host.with(role);
            let theirs = host.ask(&api, &method, &host.path(&path, "rival")).await;
            let nowhere = host.ask(&api, &method, &host.path(&path, "nobody")).await;
            assert_eq!((theirs.status, nowhere.status), (404, 404), "{role} {id}: {}", theirs.text());
            assert_eq!(theirs.text().replace("`rival`", "`nobody`"), nowhere.text(), "{role} {id}");
        }
    }
}

#[tokio::test]
async fn nothing_of_another_company_is_in_any_answer() {
    let host = host().await;
    for (method, path, id) in operations() {
        for role in ROLES.iter().filter(|role| **role != "operator") {
            let answer = host.ask(&host.with(role), &method, &host.path(&path, "acme")).await;
            if id != "openapi" {
                assert!(!answer.text().contains("rival"), "{role} {id}: {}", answer.text());
            }
        }
    }
}

#[tokio::test]
async fn without_a_good_key_nothing_is_answered_but_what_is_open() {
    let host = host().await;
    let revoked = host.keys["analyst"].clone();
    host.with("admin").post_json("/v1/companies/acme/keys/the%20analyst/revoke", &json!({})).await.of(200);
    let other = host.keys["admin"].replace("_acme", "_rival");
    let mut guessed = host.keys["admin"].clone();
    let place = guessed.len() - "_acme".len() - 1;
    let digit = if guessed.as_bytes()[place] == b'0' { "1" } else { "0" };
    guessed.replace_range(place..=place, digit);
    for key in ["", "x", "attain___", "attain_0123456789abcdef_00_acme", &revoked, &other, &guessed] {
        let api = host.api.with_key(key);
        for (method, path, id) in operations() {
            let answer = host.ask(&api, &method, &host.path(&path, "acme")).await;
            let expected = match (OPEN.contains(&id.as_str()), id.starts_with("page_")) {
                (true, _) => continue,
                (false, true) => 303,
                (false, false) => 401,
            };
            assert_eq!(answer.status, expected, "{key} {id}: {}", answer.text());
            if expected == 401 {
                assert_eq!(answer.headers["www-authenticate"], "Bearer");
            }
        }
    }
}

#[tokio::test]
async fn a_lead_sees_their_teams_and_a_participant_themselves() {
    let host = host().await;
    let outcome = format!("/v1/companies/acme/runs/{}/outcome", host.run);
    let names = |answer: Value| -> Vec<String> {
        answer["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(host.with("auditor").get(&outcome).await.of(200)), ["acme-ann", "acme-bob", "acme-cai"]);
    let lead = host.with("lead").get(&outcome).await.of(200);
    assert_eq!((names(lead.clone()), &lead["of"]), (vec!["acme-ann".into(), "acme-cai".into()], &json!(2)));
    assert_eq!(
        names(host.with("lead").get(&format!("{outcome}?offset=1&limit=5")).await.of(200)),
        ["acme-cai"]
    );

    let statement = |who: &str| format!("/v1/companies/acme/runs/{}/statements/{who}", host.run);
    host.with("lead").get(&statement("acme-cai")).await.of(200);
    host.with("participant").get(&statement("acme-ann")).await.of(200);
    for (role, other) in [("lead", "acme-bob"), ("participant", "acme-bob"), ("participant", "acme-cai")] {
        let theirs = host.with(role).get(&statement(other)).await;
        let nobody = host.with(role).get(&statement("acme-zoe")).await;
        assert_eq!((theirs.status, nobody.status), (404, 404));
        assert_eq!(theirs.text().replace(other, "acme-zoe"), nobody.text());
    }

    let paid = |who: &str| format!("/v1/companies/acme/participants/{who}/statements");
    let mine = host.with("participant").get(&paid("acme-ann")).await.of(200);
    let expected = json!([{
        "run": host.run, "plan": "field-sales", "period": "2017-Q1", "payout": "0.07", "currency": "USD"
    }]);
    assert_eq!(mine["statements"], expected);
    assert_eq!(host.with("participant").get(&paid("acme-bob")).await.of(200)["statements"], json!([]));
    assert_eq!(host.with("lead").get(&paid("acme-bob")).await.of(200)["statements"], json!([]));
}

#[tokio::test]
async fn a_participant_sees_no_draft() {
    let host = host().await;
    let local = host.api.with_key(LOCAL);
    let changed = format!("{}acme-zed,South,1.40\n", people("acme"));
    let form = [("file", "people.csv", changed.as_str())];
    local.post_form("/v1/companies/acme/snapshots/2017-Q1/tables/people", &form).await.of(201);
    let run = json!({ "plan": "field-sales", "period": "2017-Q1" });
    let draft =
        local.post_json("/v1/companies/acme/runs", &run).await.of(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/companies/acme/runs/{draft}/statements/acme-ann");
    host.with("auditor").get(&path).await.of(200);
    let theirs = host.with("participant").get(&path).await;
    let nowhere = host.with("participant").get(&path.replace(&draft, "abcdef")).await;
    assert_eq!((theirs.status, nowhere.status), (404, 404));
    assert_eq!(theirs.text().replace(&draft, "abcdef"), nowhere.text());
}

#[tokio::test]
async fn a_key_says_what_goes_with_its_role_and_is_shown_once() {
    let host = host().await;
    let admin = host.with("admin");
    let keys = "/v1/companies/acme/keys";
    for (body, detail) in [
        (json!({ "name": "x", "role": "chief" }), "role: `chief` is not a role"),
        (json!({ "name": "x", "role": "operator" }), "role: `operator` is the host's own role"),
        (json!({ "name": "x", "role": "lead" }), "teams: a lead's key names their teams"),
        (json!({ "name": "x", "role": "admin", "teams": ["North"] }), "teams: only a lead's key names teams"),
        (
            json!({ "name": "x", "role": "participant" }),
            "participant: a participant's key names the participant",
        ),
        (json!({ "name": " ", "role": "admin" }), "name: expected 1 to 100 bytes"),
        (json!({ "name": "x", "role": "admin", "days": 0 }), "days: `0` is out of range, expected 1 to 3650"),
    ] {
        let refused = admin.post_json(keys, &body).await.of(422);
        assert!(refused["detail"].as_str().unwrap().starts_with(detail), "{refused}");
    }
    let again = admin.post_json(keys, &json!({ "name": "the lead", "role": "admin" })).await.of(409);
    assert!(again["detail"].as_str().unwrap().contains("there is a key `the lead` already"), "{again}");

    let made = admin.post_json(keys, &json!({ "name": "ann", "role": "auditor", "days": 30 })).await.of(201);
    let key = made["key"].as_str().unwrap();
    let secret = key.split('_').nth(2).unwrap();
    let listed = admin.get(keys).await;
    assert!(listed.text().contains("\"ann\"") && !listed.text().contains(secret));
    let me = host.api.with_key(key).get("/v1/me").await.of(200);
    assert_eq!(
        (&me["name"], &me["role"], &me["company"]),
        (&json!("ann"), &json!("auditor"), &json!("acme"))
    );
    let missing = admin.post_json(&format!("{keys}/anna/revoke"), &json!({})).await.of(404);
    assert_eq!(missing["detail"], "there is no key `anna`; did you mean `ann`?");
}

#[tokio::test]
async fn a_browser_signs_in_with_a_key_or_once_with_the_link() {
    let host = host().await;
    let form = |key: &str| {
        let body = format!("key={key}");
        Request::post("/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into())
            .unwrap()
    };
    let wrong = host.api.ask(form("attain_0")).await;
    assert!(wrong.status == 200 && wrong.text().contains("This key is not good"), "{}", wrong.text());
    let signed_in = host.api.ask(form(&host.keys["lead"])).await;
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap().to_owned();
    assert_eq!((signed_in.status, &signed_in.headers["location"]), (303, &"/".parse().unwrap()));
    assert!(cookie.contains("HttpOnly; SameSite=Strict; Path=/; Max-Age=28800"), "{cookie}");
    let session = cookie.split(';').next().unwrap().to_owned();
    let page =
        |path: String| Request::get(path).header("cookie", session.clone()).body(Body::empty()).unwrap();
    let runs = host.api.ask(page("/".to_owned())).await;
    assert!(
        runs.status == 200 && runs.text().contains("acme") && !runs.text().contains("rival"),
        "{}",
        runs.text()
    );
    let run = host.api.ask(page(format!("/company/acme/runs/{}", host.run))).await.text();
    assert!(run.contains("acme-cai") && !run.contains("acme-bob"), "{run}");

    // A key that is revoked ends its sessions.
    host.with("admin").post_json("/v1/companies/acme/keys/the%20lead/revoke", &json!({})).await.of(200);
    assert_eq!(host.api.ask(page("/".to_owned())).await.status, 303);

    let link = || Request::get("/sign-in?ticket=once").body(Body::empty()).unwrap();
    assert_eq!(host.api.ask(link()).await.headers["location"], "/");
    assert!(host.api.ask(link()).await.text().contains("was used before"));
}
