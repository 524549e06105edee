//! A token of an identity provider (JSON Web Token, RFC 7519): its parts, and what must hold of them whoever signed it.

use crate::key_set::{Algorithm, KeySet};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The most bytes of a token.
const TOKEN_BYTES_MAX: usize = 8 << 10;

/// The most receivers that a token may name.
const AUDIENCES_MAX: usize = 16;

/// By how many seconds the clocks of provider and host may differ.
const LEEWAY: i64 = 60;

/// A token, taken apart and not believed yet.
pub(crate) struct Token<'a> {
    /// What the signature is over.
    signed: &'a str,
    signature: Vec<u8>,
    pub(crate) kid: Option<String>,
    pub(crate) algorithm: Algorithm,
    claims: Map<String, Value>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What a reader must understand. Nothing is understood here.
    crit: Option<serde::de::IgnoredAny>,
}

impl<'a> Token<'a> {
    /// None for what isn't one, or is signed in a way that isn't taken.
    pub(crate) fn parse(text: &'a str) -> Option<Token<'a>> {
        if text.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = json(header)?;
        if header.crit.is_some() {
            return None;
        }
        Some(Token {
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
            kid: header.kid,
            algorithm: Algorithm::parse(&header.alg)?,
            claims: json(claims)?,
        })
    }

    /// Who says that they made it.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.claims.get("iss")?.as_str()
    }

    /// For whom it says it is.
    pub(crate) fn audiences(&self) -> Vec<&str> {
        let named = self.claims.get("aud").map(texts_of).unwrap_or_default();
        if named.len() > AUDIENCES_MAX { Vec::new() } else { named }
    }

    /// Whether it is good at a time, in seconds since 1970. One without an end never is.
    pub(crate) fn is_good_at(&self, now: i64) -> bool {
        let time = |name: &str| self.claims.get(name).map(Value::as_i64);
        let ends = matches!(time("exp"), Some(Some(end)) if now < end.saturating_add(LEEWAY));
        let begun = match time("nbf") {
            None => true,
            Some(begins) => begins.is_some_and(|begins| begins <= now.saturating_add(LEEWAY)),
        };
        ends && begun
    }

    /// Whether one of these keys signed it.
    pub(crate) fn is_signed_by(&self, keys: &KeySet) -> bool {
        keys.verifies(self.kid.as_deref(), self.algorithm, self.signed.as_bytes(), &self.signature)
    }

    /// A claim's texts: of its own name, or of a place within others (`realm_access.roles`).
    pub(crate) fn texts(&self, claim: &str) -> Vec<&str> {
        let within = || {
            let mut parts = claim.split('.');
            let first = self.claims.get(parts.next()?)?;
            parts.try_fold(first, |value, part| value.get(part))
        };
        self.claims.get(claim).or_else(within).map(texts_of).unwrap_or_default()
    }
}

/// A text, or the texts of a list.
fn texts_of(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn json<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    }

    const HEADER: &str = r#"{"alg":"ES256","kid":"a"}"#;

    #[test]
    fn what_is_no_token_or_signed_otherwise_is_none() {
        assert!(Token::parse(&token(HEADER, "{}")).is_some());
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None"}"#,
            r#"{"alg":"HS256"}"#,
            r#"{"alg":"PS256"}"#,
            r#"{"alg":"ES256","crit":["b64"]}"#,
            r#"{"alg":"ES256","alg":"RS256"}"#,
            r#"{"kid":"a"}"#,
            "[]",
        ] {
            assert!(Token::parse(&token(header, "{}")).is_none(), "{header}");
        }
        for text in [
            "",
            ".",
            "..",
            "a.b.c",
            "....",
            &token(HEADER, "{}").replace(".AAAA", ".A=="),
            &token(HEADER, "[]"),
        ] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
        assert!(Token::parse(&token(HEADER, &format!("{{\"x\":\"{}\"}}", "x".repeat(8_000)))).is_none());
    }

    #[test]
    fn a_token_is_good_from_its_beginning_to_its_end_give_or_take_a_minute() {
        let good = |claims: &str, now: i64| Token::parse(&token(HEADER, claims)).unwrap().is_good_at(now);
        let claims = r#"{"nbf":1000,"exp":2000}"#;
        for (now, expected) in [(939, false), (940, true), (1_500, true), (2_059, true), (2_060, false)] {
            assert_eq!(good(claims, now), expected, "{now}");
        }
        for never in ["{}", r#"{"exp":"2000"}"#, r#"{"exp":2000,"nbf":"x"}"#, r#"{"exp":null}"#] {
            assert!(!good(never, 1_500), "{never}");
        }
        assert!(good(r#"{"exp":9223372036854775807}"#, i64::MAX - 1));
    }

    #[test]
    fn a_claim_lies_under_its_name_or_within_others() {
        let claims = r#"{"aud":"one","a.b":["x",1,"y"],"realm":{"roles":["boss"]},"n":1}"#;
        let text = token(HEADER, claims);
        let token = Token::parse(&text).unwrap();
        assert_eq!(token.texts("a.b"), ["x", "y"]);
        assert_eq!(token.texts("realm.roles"), ["boss"]);
        assert_eq!(token.audiences(), ["one"]);
        for none in ["n", "realm", "realm.roles.x", "zzz", ""] {
            assert!(token.texts(none).is_empty(), "{none}");
        }
    }
}
