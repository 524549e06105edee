//! Goal: whoever operates a host sees in their collector what was done when, without names and figures; and a collector
//! that is slow or away costs nobody anything.
//! Method: collectors of this process: one that keeps what it is sent, one that never answers, one that isn't there.

use crate::api::Api;
use attain_server::{Options, Otlp, trusted};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Received = Arc<Mutex<Vec<(String, Value)>>>;

/// Keeps the heads and bodies that it is sent.
fn collector() -> (String, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let received = Received::default();
    let kept = Arc::clone(&received);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).unwrap() > 0 {}
            let length = head
                .to_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
            let mut body = vec![0; length.unwrap()];
            stream.read_exact(&mut body).unwrap();
            kept.lock().unwrap().push((head, serde_json::from_slice(&body).unwrap()));
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.into_inner().write_all(answer).unwrap();
        }
    });
    (address, received)
}

fn host(address: &str) -> (Api, Otlp) {
    let headers = vec![("x-token".to_owned(), "s3cret".to_owned())];
    let otlp = Otlp::to(address, headers, trusted(None).unwrap()).unwrap();
    (Api::with(Options { otlp: Some(otlp.clone()), ..Options::default() }), otlp)
}

fn spans(received: &Received) -> Vec<Value> {
    let received = received.lock().unwrap();
    let bodies = received.iter().map(|(_, body)| &body["resourceSpans"][0]["scopeSpans"][0]["spans"]);
    bodies.flat_map(|spans| spans.as_array().unwrap().clone()).collect()
}

fn fact(span: &Value, name: &str) -> Value {
    let facts = span["attributes"].as_array().unwrap();
    facts.iter().find(|fact| fact["key"] == name).map_or(Value::Null, |fact| fact["value"].clone())
}

async fn count(api: &Api, name: &str) -> u64 {
    let text = api.get("/metrics").await.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
}

#[tokio::test]
async fn a_collector_is_sent_what_was_done_and_no_names_or_figures() {
    let (address, received) = collector();
    let (api, otlp) = host(&address);
    let api = api.prepared().await;
    let run = json!({ "plan": "field-sales", "period": "2017-Q1" });
    let run = api.post_json("/v1/companies/acme/runs", &run).await.of(201);
    let path = format!("/v1/companies/acme/runs/{}/statements/Ann%20Lee", run["id"].as_str().unwrap());
    api.get(&path).await.of(200);
    let outer = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = axum::http::Request::get("/v1/companies/acme/runs/nothing").header("traceparent", outer);
    api.ask(request.body(axum::body::Body::empty()).unwrap()).await.of(404);
    otlp.finish(Duration::from_secs(10));

    let spans = spans(&received);
    let named = |name: &str| spans.iter().find(|span| span["name"] == name).unwrap().clone();
    let (asked, ran) = (named("run_plan"), named("run"));
    assert_eq!((&asked["kind"], &asked["parentSpanId"]), (&json!(2), &json!("")));
    assert_eq!(fact(&asked, "http.response.status_code"), json!({ "intValue": "201" }));
    assert_eq!(fact(&asked, "attain.company"), json!({ "stringValue": "acme" }));
    assert_eq!((&ran["traceId"], &ran["parentSpanId"]), (&asked["traceId"], &asked["spanId"]));
    assert_eq!(fact(&ran, "attain.run"), json!({ "stringValue": run["id"] }));
    assert_eq!(fact(&ran, "attain.people"), json!({ "intValue": "3" }));
    let policies = fact(&ran, "attain.policies");
    assert_eq!(policies["arrayValue"]["values"][0]["stringValue"].as_str().unwrap().len(), 64);
    let time = |span: &Value, name: &str| span[name].as_str().unwrap().parse::<u128>().unwrap();
    assert!(time(&asked, "startTimeUnixNano") <= time(&ran, "startTimeUnixNano"));
    assert!(time(&ran, "endTimeUnixNano") <= time(&asked, "endTimeUnixNano"));
    let missing = named("get_run");
    assert_eq!(missing["traceId"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(missing["parentSpanId"], "b7ad6b7169203331");
    assert_eq!(named("get_statement")["status"]["code"], 0);

    let (heads, all): (Vec<String>, Vec<Value>) = received.lock().unwrap().iter().cloned().unzip();
    assert!(
        heads
            .iter()
            .all(|head| head.starts_with("POST /v1/traces HTTP/1.1\r\n") && head.contains("x-token: s3cret"))
    );
    let all = json!(all).to_string();
    for hidden in ["Ann", "王芳", "field-sales", "2017-Q1", "0.07", "1.40", "nothing", "s3cret"] {
        assert!(!all.contains(hidden), "{hidden}");
    }
    assert_eq!(count(&api, "attain_spans_dropped_total").await, 0);
    assert_eq!(count(&api, "attain_spans_sent_total").await, u64::try_from(spans.len()).unwrap());
}

#[tokio::test]
async fn a_collector_that_is_away_or_never_answers_is_waited_for_by_nobody() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [gone, silent.local_addr().unwrap()] {
        let (api, otlp) = host(&format!("http://{address}"));
        api.company().await;
        let begun = Instant::now();
        for _ in 0..6_000 {
            assert_eq!(api.get("/v1/me").await.status, 200);
        }
        // One request to the silent one takes five seconds until it is given up.
        assert!(begun.elapsed() < Duration::from_secs(5) * 6, "{:?}", begun.elapsed());
        otlp.finish(Duration::from_millis(1));
        assert!(count(&api, "attain_spans_dropped_total").await > 0);
        assert_eq!(count(&api, "attain_spans_sent_total").await, 0);
    }
}
