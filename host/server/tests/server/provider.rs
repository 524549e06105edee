//! Goal: a token of a company's own identity provider stands for who its claims say, in that company, and no other
//! token stands for anybody: each bad one is answered as any bad credential.
//! Method: providers with keys of their own, in this process; one publishes them over HTTP.

use crate::api::{Answer, Api};
use crate::issuer::{Signer, from_now, unsigned, with_hmac};
use attain_server::{Access, Options, Web, trusted};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const ISSUER: &str = "https://login.acme.example/";
const LOCAL: &str = "the-data-directory";

fn host() -> Api {
    let access = Access::Credentials { local: LOCAL.to_owned(), ticket: "once".to_owned() };
    let web = Arc::new(Web::new(trusted(None).unwrap()));
    Api::fetching(Options { access, ..Options::default() }, web).with_key(LOCAL)
}

/// A provider as `acme` sets it.
fn provider(keys: &[Value]) -> Value {
    json!({
        "issuer": ISSUER,
        "audience": "attain-acme",
        "keys": { "keys": keys },
        "role_claim": "realm.roles",
        "roles": [
            { "value": "sales-admins", "role": "admin" },
            { "value": "leads", "role": "lead" },
            { "value": "*", "role": "participant" },
        ],
        "team_claim": "teams",
        "participant_claim": "employee",
        "name_claim": "email",
    })
}

fn claims(role: &str) -> Value {
    json!({
        "iss": ISSUER,
        "aud": "attain-acme",
        "exp": from_now(300),
        "email": "dana@acme.example",
        "realm": { "roles": ["others", role] },
        "teams": ["North", "South"],
        "employee": "acme-ann",
    })
}

const PATH: &str = "/v1/companies/acme/identity-provider";

async fn with_company() -> Api {
    let api = host();
    api.company().await;
    api.post_json("/v1/companies", &json!({ "id": "rival", "currency": "EUR" })).await.of(201);
    api
}

async fn me(api: &Api, token: &str) -> Answer {
    api.with_key(token).get("/v1/me").await
}

#[tokio::test]
async fn a_token_stands_for_who_its_claims_say() {
    let api = with_company().await;
    let signers = [Signer::rsa(), Signer::ec(), Signer::ed()];
    let keys: Vec<Value> = signers.iter().map(|signer| signer.public(signer.algorithm())).collect();
    let set = api.post_json(PATH, &provider(&keys)).await.of(200);
    assert_eq!(set["key_ids"], json!(["RS256", "ES256", "EdDSA"]));
    assert_eq!(api.get(PATH).await.of(200), set);
    for signer in &signers {
        let header = json!({ "alg": signer.algorithm(), "kid": signer.algorithm(), "typ": "JWT" });
        let admin = me(&api, &signer.token(&header, &claims("sales-admins"))).await.of(200);
        assert_eq!(
            admin,
            json!({ "name": "idp:dana@acme.example", "role": "admin", "company": "acme", "teams": [], "participant": null })
        );
        // The key's name needn't be said where there is one of its kind.
        let header = json!({ "alg": signer.algorithm() });
        let lead = me(&api, &signer.token(&header, &claims("leads"))).await.of(200);
        assert_eq!((&lead["role"], &lead["teams"]), (&json!("lead"), &json!(["North", "South"])));
    }
    let header = json!({ "alg": "EdDSA", "kid": "EdDSA" });
    let mut other = claims("whatever");
    other["aud"] = json!(["account", "attain-acme"]);
    let token = signers[2].token(&header, &other);
    let ann = me(&api, &token).await.of(200);
    assert_eq!((&ann["role"], &ann["participant"]), (&json!("participant"), &json!("acme-ann")));
    // Of this company, and what the role may.
    let as_ann = api.with_key(&token);
    assert_eq!(as_ann.get("/v1/companies/rival/participants/acme-ann/statements").await.status, 404);
    assert_eq!(as_ann.get("/v1/companies/acme/participants/acme-ann/statements").await.status, 200);
    assert_eq!(as_ann.get("/v1/companies/acme/runs").await.status, 403);

    // Nobody's key has such a name.
    let named = json!({ "name": "idp:dana@acme.example", "role": "admin" });
    let refused = api.post_json("/v1/companies/acme/keys", &named).await.of(422);
    assert_eq!(
        refused["detail"],
        "name: `idp:` begins the names of those who come with an identity provider's token; take another name"
    );

    api.post_json(&format!("{PATH}/remove"), &json!({})).await.of(200);
    assert_eq!(me(&api, &token).await.status, 401);
    let gone = api.get(PATH).await.of(404);
    assert_eq!(gone["detail"], "there is no identity provider of company `acme`; set one: attain idp set");
}

#[tokio::test]
async fn every_bad_token_is_answered_as_any_bad_credential() {
    let api = with_company().await;
    let (good, other, rsa) = (Signer::ed(), Signer::ed(), Signer::rsa());
    let keys = [good.public("k1"), rsa.public("k2")];
    api.post_json(PATH, &provider(&keys)).await.of(200);
    let header = json!({ "alg": "EdDSA", "kid": "k1" });
    let token = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims("sales-admins");
        change(&mut claims);
        good.token(&header, &claims)
    };
    let whole = token(&|_| {});
    assert_eq!(me(&api, &whole).await.status, 200);
    let (signed, signature) = whole.rsplit_once('.').unwrap();
    let modulus = keys[1]["n"].as_str().unwrap();
    let admin = claims("sales-admins");
    let bad = [
        ("another issuer", token(&|c| c["iss"] = json!("https://login.acme.example"))),
        ("no issuer", token(&|c| c["iss"] = Value::Null)),
        ("another audience", token(&|c| c["aud"] = json!("attain-rival"))),
        ("no audience", token(&|c| _ = c.as_object_mut().unwrap().remove("aud"))),
        ("too many audiences", token(&|c| c["aud"] = json!(vec!["attain-acme"; 17]))),
        ("over", token(&|c| c["exp"] = json!(from_now(-61)))),
        ("without an end", token(&|c| _ = c.as_object_mut().unwrap().remove("exp"))),
        ("an end that is no number", token(&|c| c["exp"] = json!("tomorrow"))),
        ("not yet", token(&|c| c["nbf"] = json!(from_now(120)))),
        (
            "no role for it",
            token(&|c| {
                c["realm"]["roles"] = json!([]);
                c["employee"] = json!(1);
            }),
        ),
        (
            "a lead of nothing",
            token(&|c| {
                c["realm"]["roles"] = json!(["leads"]);
                c["teams"] = json!([]);
            }),
        ),
        ("no name", token(&|c| c["email"] = json!(""))),
        ("a name with a line of its own", token(&|c| c["email"] = json!("a\nb"))),
        ("an unknown key", good.token(&json!({ "alg": "EdDSA", "kid": "k9" }), &admin)),
        ("another's key", other.token(&header, &admin)),
        ("another kind of key", good.token(&json!({ "alg": "RS256", "kid": "k2" }), &admin)),
        ("another algorithm for the key", good.token(&json!({ "alg": "ES256", "kid": "k1" }), &admin)),
        ("no algorithm", format!("{}.", unsigned(&json!({ "alg": "none" }), &admin))),
        ("no algorithm, with a signature", good.token(&json!({ "alg": "none", "kid": "k1" }), &admin)),
        (
            "a public key taken for a secret",
            with_hmac(modulus.as_bytes(), &json!({ "alg": "HS256", "kid": "k2" }), &admin),
        ),
        (
            "something to understand",
            good.token(&json!({ "alg": "EdDSA", "kid": "k1", "crit": ["exp"] }), &admin),
        ),
        (
            "a key of its own",
            good.token(&json!({ "alg": "EdDSA", "jwk": other.public("k1"), "kid": "k7" }), &admin),
        ),
        ("no signature", format!("{signed}.")),
        ("half a signature", format!("{signed}.{}", &signature[..40])),
        ("not base64url", format!("{signed}.{}=", signature)),
        ("other claims under the signature", format!("{}.{signature}", unsigned(&header, &claims("leads")))),
        ("too large", token(&|c| c["more"] = json!("x".repeat(8_192)))),
        ("deep", token(&|c| c["more"] = (0..200).fold(json!(1), |inner, _| json!([inner])))),
    ];
    let refused = me(&api, "attain_0123456789abcdef_00_acme").await;
    assert_eq!(refused.status, 401);
    for (what, token) in bad {
        let answer = me(&api, &token).await;
        assert_eq!((answer.status, answer.text()), (401, refused.text()), "{what}");
    }
    assert_eq!(me(&api, &whole).await.status, 200);
}

#[tokio::test]
async fn tokens_are_one_company_s() {
    let api = with_company().await;
    let (acme, rival) = (Signer::ed(), Signer::ed());
    api.post_json(PATH, &provider(&[acme.public("k")])).await.of(200);
    let theirs = PATH.replace("acme", "rival");
    let taken = api.post_json(&theirs, &provider(&[rival.public("k")])).await.of(409);
    assert_eq!(
        taken["detail"],
        "tokens of `https://login.acme.example/` for `attain-acme` can't be this company's, they are taken; register an application of its own with the provider and name its audience"
    );
    let mut own = provider(&[rival.public("k")]);
    own["audience"] = json!("attain-rival");
    api.post_json(&theirs, &own).await.of(200);

    let header = json!({ "alg": "EdDSA", "kid": "k" });
    let mut of_rival = claims("sales-admins");
    of_rival["aud"] = json!("attain-rival");
    assert_eq!(me(&api, &rival.token(&header, &of_rival)).await.of(200)["company"], "rival");
    // Signed by the one, for the other; and for both at once.
    assert_eq!(me(&api, &acme.token(&header, &of_rival)).await.status, 401);
    of_rival["aud"] = json!(["attain-rival", "attain-acme"]);
    assert_eq!(me(&api, &rival.token(&header, &of_rival)).await.status, 401);

    // What a company lets go, another may have.
    let mut moved = provider(&[acme.public("k")]);
    moved["audience"] = json!("attain-acme-2");
    api.post_json(PATH, &moved).await.of(200);
    assert_eq!(me(&api, &acme.token(&header, &claims("sales-admins"))).await.status, 401);
    api.post_json(&theirs, &provider(&[rival.public("k")])).await.of(200);
    assert_eq!(me(&api, &rival.token(&header, &claims("sales-admins"))).await.of(200)["company"], "rival");
}

/// Publishes what it is told to, and counts who asks.
fn publisher(set: Arc<Mutex<String>>, asked: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            asked.fetch_add(1, Ordering::Relaxed);
            let answer = set.lock().unwrap().clone();
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}/keys")
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn published(keys: &[Value]) -> String {
    answer("200 OK", &json!({ "keys": keys }).to_string())
}

#[tokio::test]
async fn keys_are_fetched_where_the_operator_says() {
    let api = with_company().await;
    let (first, second) = (Signer::ed(), Signer::ec());
    let set = Arc::new(Mutex::new(published(&[first.public("first")])));
    let asked = Arc::new(AtomicUsize::new(0));
    let url = publisher(Arc::clone(&set), Arc::clone(&asked));
    let mut wanted = provider(&[]);
    wanted.as_object_mut().unwrap().remove("keys");
    wanted["keys_url"] = json!(url);
    api.post_json(PATH, &wanted).await.of(200);
    let header = |signer: &Signer, kid: &str| json!({ "alg": signer.algorithm(), "kid": kid });
    let old = first.token(&header(&first, "first"), &claims("sales-admins"));
    let new = second.token(&header(&second, "second"), &claims("sales-admins"));
    for _ in 0..5 {
        assert_eq!(me(&api, &old).await.status, 200);
        assert_eq!(me(&api, &new).await.status, 401);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1, "nobody makes the host ask again and again");
    *set.lock().unwrap() = published(&[second.public("second")]);
    api.post_json(PATH, &wanted).await.of(200);
    assert_eq!((me(&api, &old).await.status, me(&api, &new).await.status), (401, 200));

    // An admin says what is believed, not where the host goes.
    let key = json!({ "name": "dana", "role": "admin" });
    let key =
        api.post_json("/v1/companies/acme/keys", &key).await.of(201)["key"].as_str().unwrap().to_owned();
    let admin = api.with_key(&key);
    admin.post_json(PATH, &wanted).await.of(200);
    let mut moved = wanted.clone();
    moved["keys_url"] = json!(format!("{url}/more"));
    let refused = admin.post_json(PATH, &moved).await.of(422);
    assert_eq!(
        refused["detail"],
        format!(
            "keys_url: the host itself would fetch `{url}/more`, so only its operator sets an address; give the key set itself, or ask the operator"
        )
    );
    assert_eq!(asked.load(Ordering::Relaxed), 2);

    let elsewhere =
        answer("302 Found", "").replace("connection", "location: http://127.0.0.1:1/\r\nconnection");
    for (said, why) in [
        (answer("404 Not Found", "{}"), "cannot be fetched: status 404, expected 200"),
        (elsewhere, "cannot be fetched: status 302, expected 200"),
        (
            answer("200 OK", "<html>"),
            "is not a JSON Web Key Set, expected {\"keys\": [...]}: expected value at line 1 column 1",
        ),
        (
            answer("200 OK", &" ".repeat(200_000)),
            "cannot be fetched: the response body is larger than request limit: 131072",
        ),
    ] {
        *set.lock().unwrap() = said;
        let refused = api.post_json(PATH, &wanted).await.of(422);
        assert_eq!(refused["detail"], format!("keys_url: `{url}` {why}"));
    }
    wanted["keys_url"] = json!("http://10.0.0.1/keys");
    let refused = api.post_json(PATH, &wanted).await.of(422);
    assert_eq!(
        refused["detail"],
        "keys_url: `http://10.0.0.1/keys` cannot be fetched: expected `https://...`, or `http://` on this machine"
    );
    assert_eq!(me(&api, &new).await.status, 200, "what was refused changed nothing");
}

#[tokio::test]
async fn a_provider_that_cannot_be_is_refused_with_its_place() {
    let api = with_company().await;
    let good = provider(&[Signer::ed().public("k")]);
    let refused = async |change: &dyn Fn(&mut Value)| {
        let mut wanted = good.clone();
        change(&mut wanted);
        api.post_json(PATH, &wanted).await.of(422)["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        refused(&|w| w["keys_url"] = json!("https://x/")).await,
        "keys: expected either `keys`, the provider's public key set, or `keys_url`, where it lies"
    );
    assert_eq!(
        refused(&|w| w["keys"] = json!({ "keys": [] })).await,
        "keys: the key set has no key to check RS256, ES256 or EdDSA with"
    );
    assert_eq!(
        refused(&|w| w["roles"] = json!([])).await,
        "roles: `0` rows, expected 1 to 200: a value of the claim `realm.roles`, or `*` for any, and a role"
    );
    assert_eq!(
        refused(&|w| w["roles"][0]["role"] = json!("admn")).await,
        "roles: `admn` is not a role; did you mean `admin`?"
    );
    assert_eq!(
        refused(&|w| w["roles"][0]["role"] = json!("operator")).await,
        "roles: `operator` is the host's own role, and no company's provider says who has it; expected one of the others, such as `admin`"
    );
    assert_eq!(
        refused(&|w| w["team_claim"] = Value::Null).await,
        "roles: a lead has teams; name the claim that they stand in, `team_claim`"
    );
    assert_eq!(
        refused(&|w| w["participant_claim"] = Value::Null).await,
        "roles: a participant sees their own pay; name the claim that their id stands in, `participant_claim`"
    );
    assert_eq!(
        refused(&|w| w["issuer"] = json!("")).await,
        "issuer: expected 1 to 500 bytes of text, exactly as it stands in the tokens"
    );
}
