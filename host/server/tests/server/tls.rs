//! Goal: a server with a certificate speaks to who trusts it, tells exactly what is wrong with its files, takes a new
//! certificate while it serves, and isn't held up by who breaks a handshake off.
//! Method: certificates from `tests/tls`, a real client over a socket.

use attain_server::{Access, Door, Options, ServeError, Tls, Way, serve};
use attain_service::{Service, Settings};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tls").join(name)
}

struct Running {
    address: SocketAddr,
    inner: SocketAddr,
    tls: Tls,
    folder: TempDir,
    _stop: oneshot::Sender<()>,
    _server: JoinHandle<Result<(), ServeError>>,
}

async fn start(connections_max: usize) -> Running {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, "server");
    let tls = Tls::load(&folder.path().join("it.pem"), &folder.path().join("it.key")).unwrap();
    let service = Arc::new(Service::open(Settings { threads: 1, ..Settings::default() }).unwrap());
    let outer = Door::open("0.0.0.0:0", Way::Tls(tls.clone())).await.unwrap();
    let inner = Door::open("127.0.0.1:0", Way::Loopback).await.unwrap();
    let (address, inside) = (outer.address(), inner.address());
    let access = Access::Credentials { local: "the-data".to_owned(), ticket: "once".to_owned() };
    let options = Options { access, connections_max, ..Options::default() };
    let (stop, stopped) = oneshot::channel();
    let until = async {
        let _ = stopped.await;
    };
    let server = tokio::spawn(serve(vec![outer, inner], service, options, until));
    let address = SocketAddr::from(([127, 0, 0, 1], address.port()));
    Running { address, inner: inside, tls, folder, _stop: stop, _server: server }
}

fn put(folder: &TempDir, name: &str) {
    for end in ["pem", "key"] {
        std::fs::copy(file(&format!("{name}.{end}")), folder.path().join(format!("it.{end}"))).unwrap();
    }
}

/// What a server says to a client that trusts `ca.pem`, and the certificate that it showed.
async fn ask(address: SocketAddr, request: &str) -> Result<(String, Vec<u8>), String> {
    let request = request.to_owned();
    let asking = tokio::task::spawn_blocking(move || {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(file("ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, TcpStream::connect(address).unwrap());
        stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(|error| error.to_string())?;
        let shown = stream.conn.peer_certificates().unwrap()[0].to_vec();
        Ok((String::from_utf8(answer).unwrap(), shown))
    });
    asking.await.unwrap()
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: pay.example\r\nconnection: close\r\n\r\n";

fn certificate(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(file(name)).unwrap().to_vec()
}

#[tokio::test]
async fn what_is_said_at_an_outer_door_is_encrypted_and_a_cookie_stays_so() {
    let running = start(8).await;
    let (answer, shown) = ask(running.address, HEALTH).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(shown, certificate("server.pem"));

    let link = "GET /sign-in?ticket=once HTTP/1.1\r\nhost: pay.example\r\nconnection: close\r\n\r\n";
    let (signed_in, _) = ask(running.address, link).await.unwrap();
    assert!(
        signed_in.contains("HttpOnly; SameSite=Strict; Path=/; Max-Age=28800; Secure\r\n"),
        "{signed_in}"
    );
    let strange = "POST /sign-out HTTP/1.1\r\nhost: pay.example\r\norigin: http://pay.example\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (refused, _) = ask(running.address, strange).await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");
    let own = strange.replace("http://pay", "https://pay");
    let (signed_out, _) = ask(running.address, &own).await.unwrap();
    assert!(signed_out.starts_with("HTTP/1.1 303 "), "{signed_out}");
}

#[tokio::test]
async fn who_speaks_no_tls_gets_no_answer_and_takes_no_seat_for_long() {
    let running = start(1).await;
    for noise in
        ["GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", "\x16\x03\x01\x00\x05hello", "\0\0\0\0\0\0"]
    {
        let mut stream = TcpStream::connect(running.address).unwrap();
        stream.write_all(noise.as_bytes()).unwrap();
        let said = tokio::task::spawn_blocking(move || {
            let mut said = Vec::new();
            let _ = stream.read_to_end(&mut said);
            said
        });
        assert!(!String::from_utf8_lossy(&said.await.unwrap()).contains("HTTP"));
    }
    assert!(ask(running.address, HEALTH).await.unwrap().0.starts_with("HTTP/1.1 200 "));

    // Whoever says nothing keeps a seat at this door, and none at the other.
    let silent = TcpStream::connect(running.address).unwrap();
    let inner = running.inner;
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(inner).unwrap();
        stream.write_all(HEALTH.replace("pay.example", "localhost").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    assert!(answer.await.unwrap().starts_with("HTTP/1.1 200 "));
    drop(silent);
    assert!(ask(running.address, HEALTH).await.unwrap().0.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_new_certificate_is_taken_while_it_serves_and_a_bad_one_is_not() {
    let running = start(8).await;
    put(&running.folder, "renewed");
    assert_eq!(ask(running.address, HEALTH).await.unwrap().1, certificate("server.pem"));
    running.tls.reload().unwrap();
    assert_eq!(ask(running.address, HEALTH).await.unwrap().1, certificate("renewed.pem"));
    std::fs::copy(file("server.key"), running.folder.path().join("it.key")).unwrap();
    running.tls.reload().unwrap_err();
    assert_eq!(ask(running.address, HEALTH).await.unwrap().1, certificate("renewed.pem"));
}

#[tokio::test]
async fn a_client_refuses_what_is_past_its_time() {
    let running = start(8).await;
    put(&running.folder, "expired");
    running.tls.reload().unwrap();
    let refused = ask(running.address, HEALTH).await.unwrap_err();
    assert!(refused.contains("certificate expired"), "{refused}");
}

#[test]
fn each_thing_wrong_with_the_files_is_told() {
    let error = |certificate: &str, key: &str| {
        let error = Tls::load(&file(certificate), &file(key)).unwrap_err().to_string();
        error.replace(&format!("{}/", file("").display().to_string().trim_end_matches('/')), "")
    };
    assert_eq!(
        error("nothing.pem", "server.key"),
        "cannot read the certificate `nothing.pem`: No such file or directory (os error 2)"
    );
    assert_eq!(
        error("server.pem", "nothing.key"),
        "cannot read the key `nothing.key`: No such file or directory (os error 2)"
    );
    assert_eq!(
        error("README.md", "server.key"),
        "there is no certificate in `README.md`, expected PEM with a line `-----BEGIN CERTIFICATE-----`"
    );
    assert_eq!(
        error("server.pem", "ca.pem"),
        "there is no private key in `ca.pem`, expected PEM with a line `-----BEGIN PRIVATE KEY-----`; a key with a passphrase must be decrypted first"
    );
    assert_eq!(
        error("server.pem", "renewed.key"),
        "the key in `renewed.key` doesn't belong to the first certificate in `server.pem`; the server's own certificate comes first, then those between it and its root"
    );
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut.pem");
    std::fs::write(&cut, "-----BEGIN CERTIFICATE-----\nMIIB\n").unwrap();
    let error = Tls::load(&cut, &file("server.key")).unwrap_err().to_string();
    assert!(error.starts_with(&format!("`{}` is not PEM: ", cut.display())), "{error}");
    std::fs::write(&cut, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n").unwrap();
    let error = Tls::load(&cut, &file("server.key")).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("the certificate in `{}` and its key can't be used: ", cut.display())),
        "{error}"
    );
}
