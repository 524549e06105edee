//! The same over a socket: who may ask, what ends a connection, how a server stops.

use attain_server::{Access, Door, Options, ServeError, Way, serve};
use attain_service::{Service, Settings};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), ServeError>>,
}

async fn start() -> Running {
    let service = Arc::new(Service::open(Settings { threads: 1, ..Settings::default() }).unwrap());
    let door = Door::open("localhost:0", Way::Loopback).await.unwrap();
    let address = door.address();
    let (stop, stopped) = oneshot::channel();
    let until = async {
        let _ = stopped.await;
    };
    Running { address, stop, server: tokio::spawn(serve(vec![door], service, Options::default(), until)) }
}

/// What a server says to these bytes until it closes the connection.
async fn talk(address: SocketAddr, bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    let talking = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        // A server may close, and even reset, before it has read all of it.
        let _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    });
    String::from_utf8(talking.await.unwrap()).unwrap()
}

fn get(host: &str) -> String {
    format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_server_answers_until_it_is_told_to_stop() {
    let running = start().await;
    let answer = talk(running.address, get(&running.address.to_string())).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"status\":\"ok\""), "{answer}");
    let idle = TcpStream::connect(running.address).unwrap();
    running.stop.send(()).unwrap();
    running.server.await.unwrap().unwrap();
    drop(idle);
    assert!(TcpStream::connect(running.address).is_err());
}

#[tokio::test]
async fn a_page_of_a_stranger_gets_no_answer_out_of_it() {
    let running = start().await;
    let answer = talk(running.address, get("evil.example")).await;
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    assert!(
        answer.contains("application/problem+json") && answer.contains("not to `evil.example`"),
        "{answer}"
    );
    let post = format!(
        "POST /v1/companies HTTP/1.1\r\nhost: {}\r\norigin: http://evil.example\r\ncontent-type: application/json\r\ncontent-length: 13\r\nconnection: close\r\n\r\n{{\"id\":\"acme\"}}",
        running.address
    );
    assert!(talk(running.address, post).await.starts_with("HTTP/1.1 403 "));
}

#[tokio::test]
async fn what_is_no_http_ends_the_connection_and_not_the_server() {
    let running = start().await;
    let header = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "x".repeat(1 << 20));
    for noise in ["\x16\x03\x01\x02\x00\r\n\r\n", "GET\r\n\r\n", header.as_str()] {
        let answer = talk(running.address, noise).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert!(talk(running.address, get("localhost")).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused_with_the_reason() {
    let refused = async |address: &str| Door::open(address, Way::Loopback).await.unwrap_err().to_string();
    assert_eq!(
        refused("0.0.0.0:7180").await,
        "`0.0.0.0:7180` can be reached from other machines, and what it says isn't encrypted; name a certificate with `--tls-cert FILE --tls-key FILE`, listen on `127.0.0.1:7180`, or say `--behind-proxy` where a proxy that speaks TLS stands before it and nobody else reaches it"
    );
    assert!(refused("[::]:7180").await.starts_with("`[::]:7180` can be reached from other machines"));
    assert_eq!(
        refused("7180").await,
        "`7180` is not an address to listen on, expected such as `127.0.0.1:7180`"
    );
    let taken = Door::open("127.0.0.1:0", Way::Loopback).await.unwrap();
    let address = taken.address();
    assert!(refused(&address.to_string()).await.starts_with(&format!("cannot listen on `{address}`: ")));
    let open = Door::open("0.0.0.0:0", Way::BehindProxy).await.unwrap();
    let service = Arc::new(Service::open(Settings { threads: 1, ..Settings::default() }).unwrap());
    assert_eq!(Options::default().access, Access::Local);
    let served = serve(vec![open], service, Options::default(), std::future::pending()).await;
    assert!(matches!(served, Err(ServeError::NotLoopback { .. })));
}
