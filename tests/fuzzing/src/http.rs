//! Requests: whatever is asked by whomever, the host doesn't fail, and nothing of another company is in an answer.
//!
//! An input is an operation of the API's document, a role, choices of a byte, a text for each place of the path up to
//! a zero byte, a query up to a zero byte, and a body. A place that is left empty is filled in well.

mod host;

use crate::parts::Parts;
use crate::{Plant, Taken};
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use host::{Host, MARK, RIVAL, ROLES};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// The longest that an answer may take, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

const KINDS: [&str; 6] = [
    "application/json",
    "multipart/form-data; boundary=x",
    "application/toml",
    "application/wasm",
    "application/x-www-form-urlencoded",
    "text/csv",
];

/// An operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
}

/// All of them, in the document's order.
pub(crate) fn operations() -> &'static [Operation] {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        let document = attain_server::document();
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().expect("the document has paths") {
            for (method, operation) in methods.as_object().expect("a path has methods") {
                let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
                operations.push(Operation { id, method: method.to_uppercase(), path: path.clone() });
            }
        }
        operations
    })
}

/// What of the request may stand in its answer.
struct Asked {
    request: Request<Body>,
    role: &'static str,
    theirs: bool,
}

pub(crate) fn check(input: &[u8], plant: Plant) -> Taken {
    if holds(input, MARK) || holds(input, RIVAL) {
        return Taken::No;
    }
    static HOST: Mutex<Option<Host>> = Mutex::new(None);
    let mut held = HOST.lock().unwrap_or_else(PoisonError::into_inner);
    let host = held.get_or_insert_with(Host::new);
    let Some(Asked { request, role, theirs }) = asked(host, input) else { return Taken::No };
    let (writes, told) =
        (request.method() != "GET", format!("{role}: {} {}", request.method(), request.uri()));
    let began = Instant::now();
    let (answer, mut body) = host.runtime.block_on(answer(host, request));
    if plant.spoils(input) {
        body.extend_from_slice(MARK);
    }
    let status = answer.status();
    let shown = || String::from_utf8_lossy(&body[..body.len().min(2000)]).into_owned();
    assert!(!status.is_server_error(), "{told}: {status} {}", shown());
    if role != "operator" {
        assert!(!holds(&body, MARK), "{told}: {status} {}", shown());
        let document = answer.headers().get("content-type").is_some_and(|kind| kind == "text/css");
        assert!(theirs || document || !holds(&body, RIVAL), "{told}: {status} {}", shown());
    }
    assert!(began.elapsed() < PATIENCE, "{told}: it took {:?}", began.elapsed());
    if writes && status.is_success() {
        *held = None; // The next input meets the host as this one did.
    }
    Taken::Yes
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

async fn answer(host: &Host, request: Request<Body>) -> (Response<()>, Vec<u8>) {
    let answer = host.router.clone().oneshot(request).await.expect("the router answers");
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 64 << 20).await.expect("an answer ends").to_vec();
    (Response::from_parts(parts, ()), body)
}

/// The request that an input stands for.
fn asked(host: &Host, input: &[u8]) -> Option<Asked> {
    let mut parts = Parts::new(input);
    let operations = operations();
    let operation = &operations[usize::from(parts.byte()) % operations.len()];
    let role = parts.one_of(&ROLES);
    let choices = parts.byte();
    let kind = KINDS[usize::from(choices & 7) % KINDS.len()];
    let (events, theirs, keyless) = (choices & 8 != 0, choices & 16 != 0, choices & 0xe0 == 0xe0);
    let mut path = String::new();
    for part in operation.path.split('/').skip(1) {
        path.push('/');
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => path.push_str(part),
            Some(place) => {
                let text = parts.until_zero();
                match text.is_empty() {
                    true => path.push_str(&escaped(host.usual(place, theirs).as_bytes())),
                    false => path.push_str(&escaped(text)),
                }
            }
        }
    }
    let query = parts.until_zero();
    if !query.is_empty() {
        path.push('?');
        path.push_str(&String::from_utf8_lossy(query));
    }
    let mut request = Request::builder().method(operation.method.as_str()).uri(path);
    request = request.header("host", "127.0.0.1");
    if operation.method != "GET" {
        request = request.header("content-type", kind);
    }
    if events {
        request = request.header("accept", "text/event-stream");
    }
    if !keyless {
        request = request.header("authorization", format!("Bearer {}", host.keys[role]));
    }
    Some(Asked { request: request.body(Body::from(parts.rest().to_vec())).ok()?, role, theirs })
}

/// A part of a path, written so that it is one.
fn escaped(text: &[u8]) -> String {
    let byte = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
            char::from(*byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.iter().map(byte).collect()
}

/// Good requests of an operation: by its operator, and one of the other company's by its admin.
pub(crate) fn seeds_of((place, operation): (usize, &Operation)) -> Vec<Vec<u8>> {
    let form = |parts: &[(&str, &str, &str)]| {
        let part = |(name, file, content): &(&str, &str, &str)| {
            format!(
                "--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n{content}\r\n"
            )
        };
        parts.iter().map(part).collect::<String>() + "--x--\r\n"
    };
    let file = ("file", "people.csv", "participant,team,credit:money:2\nAnn,North,2.80\n");
    let recipe = "[sources.a]\nfile = \"a.csv\"\n[tables.people]\nsql = \"select participant from a\"\n";
    let (kind, body): (u8, Vec<u8>) = match operation.id.as_str() {
        "add_company" => (0, br#"{"id":"globex","currency":"EUR","timezone":"Europe/Berlin"}"#.into()),
        "make_key" => (0, br#"{"name":"Dee","role":"lead","teams":["Acme North"],"days":30}"#.into()),
        "make_host_key" => (0, br#"{"name":"Ops","role":"operator"}"#.into()),
        "set_limit" => (0, br#"{"value":100000}"#.into()),
        "publish_policy" => (3, crate::guests::named("commission", "other-rate")),
        "publish_plan" | "check_plan" => (2, host::PLAN.replace("TITLE", "Sales").into()),
        "import_table" => (1, form(&[file, ("mapping", "map.toml", "delimiter = \",\"")]).into()),
        "import_targets" => {
            (1, form(&[("file", "t.csv", "participant,metric,target\nAcme Ann,credit,100\n")]).into())
        }
        "build_snapshot" => {
            (1, form(&[("recipe", "r.toml", recipe), ("source", "a.csv", "participant\nAnn\n")]).into())
        }
        "run_plan" => (0, br#"{"plan":"field-sales","period":"2017-Q1","threads":1}"#.into()),
        "replay_run" => (0, br#"{"threads":2,"batch":1}"#.into()),
        "sign_in" => (4, b"key=attain_0123456789abcdef_00_acme".into()),
        _ => (0, Vec::new()),
    };
    let places = operation.path.matches('{').count() + 1;
    let request =
        |role: u8, choices: u8| [vec![place as u8, role, choices], vec![0; places], body.clone()].concat();
    vec![request(0, kind), request(1, kind), request(1, kind | 16), request(7, kind | 8)]
}
