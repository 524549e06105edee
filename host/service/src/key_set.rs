//! Public keys of an identity provider, as it publishes them (JSON Web Key Set, RFC 7517), and signatures checked with
//! them: RS256, ES256 and EdDSA, no others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

/// The most bytes of a set: one with certificates beside its keys has about 20,000.
pub(crate) const SET_BYTES_MAX: usize = 128 << 10;

/// The most keys of a set.
const KEYS_MAX: usize = 64;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    /// The algorithm of a token's header. What isn't signed, and what is signed with a secret that both sides know,
    /// isn't among them.
    pub(crate) fn parse(name: &str) -> Option<Algorithm> {
        match name {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            "EdDSA" | "Ed25519" => Some(Algorithm::EdDsa),
            _ => None,
        }
    }
}

/// A key as it is published, without what nobody needs here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    /// The private part, which nobody should ever have sent.
    #[serde(skip_serializing)]
    d: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

/// Why a key set can't be taken: one sentence without a beginning, such as `has no key`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadSet(String);

/// The keys of a set that can be used here.
#[derive(Clone, Debug)]
pub(crate) struct KeySet(Vec<PublicKey>);

#[derive(Clone, Debug)]
struct PublicKey {
    kid: Option<String>,
    algorithm: Algorithm,
    /// The modulus, the point, or the whole key.
    bytes: Vec<u8>,
    /// The exponent of an RSA key.
    exponent: Vec<u8>,
}

/// Reads a set as published. Keys of kinds that can't be used, and for other purposes than signing, are left out.
pub(crate) fn published(json: &[u8]) -> Result<Vec<Jwk>, BadSet> {
    if json.len() > SET_BYTES_MAX {
        return Err(BadSet(format!("has {} bytes, expected at most {SET_BYTES_MAX}", json.len())));
    }
    let Published { keys } = serde_json::from_slice(json).map_err(|error| {
        BadSet(format!("is not a JSON Web Key Set, expected {{\"keys\": [...]}}: {error}"))
    })?;
    if keys.len() > KEYS_MAX {
        return Err(BadSet(format!("has {} keys, expected at most {KEYS_MAX}", keys.len())));
    }
    let mut usable = Vec::new();
    for (at, key) in keys.into_iter().enumerate() {
        let key: Jwk = serde_json::from_value(key)
            .map_err(|error| BadSet(format!("has a bad `keys[{at}]`: {error}")))?;
        if key.d.is_some() {
            return Err(BadSet(format!(
                "has a private key in `keys[{at}]`; give the public set, and take a new key into use, for this one is known"
            )));
        }
        if PublicKey::of(&key)
            .map_err(|BadSet(why)| BadSet(format!("has a bad `keys[{at}]`: {why}")))?
            .is_some()
        {
            usable.push(key);
        }
    }
    match usable.is_empty() {
        true => Err(BadSet("has no key to check RS256, ES256 or EdDSA with".to_owned())),
        false => Ok(usable),
    }
}

impl KeySet {
    /// The keys of a set that was read before.
    pub(crate) fn of(keys: &[Jwk]) -> KeySet {
        KeySet(keys.iter().filter_map(|key| PublicKey::of(key).ok().flatten()).collect())
    }

    /// The key that a token names. One that names none has to fit the only one of its kind.
    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let mut fitting = self.0.iter().filter(|key| {
            key.algorithm == algorithm && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid))
        });
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// Whether it has the key that a token names.
    pub(crate) fn has(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        self.find(kid, algorithm).is_some()
    }

    /// Whether the key that is named signed this.
    pub(crate) fn verifies(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        signed: &[u8],
        signature: &[u8],
    ) -> bool {
        self.find(kid, algorithm).is_some_and(|key| key.verifies(signed, signature))
    }
}

impl PublicKey {
    /// None for a key that isn't for this.
    fn of(key: &Jwk) -> Result<Option<PublicKey>, BadSet> {
        let algorithm = match (key.kty.as_str(), key.crv.as_deref()) {
            ("RSA", _) => Algorithm::Rs256,
            ("EC", Some("P-256")) => Algorithm::Es256,
            ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
            _ => return Ok(None),
        };
        let other_use = key.usage.as_deref().is_some_and(|usage| usage != "sig");
        let other_algorithm = key.alg.as_deref().is_some_and(|alg| Algorithm::parse(alg) != Some(algorithm));
        if other_use || other_algorithm {
            return Ok(None);
        }
        let (bytes, exponent) = match algorithm {
            Algorithm::Rs256 => {
                let modulus = part("n", &key.n, 256..=1024)?;
                (modulus.into_iter().skip_while(|byte| *byte == 0).collect(), part("e", &key.e, 1..=8)?)
            }
            Algorithm::Es256 => {
                let (x, y) = (part("x", &key.x, 32..=32)?, part("y", &key.y, 32..=32)?);
                ([&[4], x.as_slice(), y.as_slice()].concat(), Vec::new())
            }
            Algorithm::EdDsa => (part("x", &key.x, 32..=32)?, Vec::new()),
        };
        Ok(Some(PublicKey { kid: key.kid.clone(), algorithm, bytes, exponent }))
    }

    fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        let by = |algorithm| UnparsedPublicKey::new(algorithm, &self.bytes).verify(signed, signature);
        let verified = match self.algorithm {
            Algorithm::Rs256 => RsaPublicKeyComponents { n: &self.bytes, e: &self.exponent }.verify(
                &signature::RSA_PKCS1_2048_8192_SHA256,
                signed,
                signature,
            ),
            Algorithm::Es256 => by(&signature::ECDSA_P256_SHA256_FIXED),
            Algorithm::EdDsa => by(&signature::ED25519),
        };
        verified.is_ok()
    }
}

/// A number of a key: base64url, big-endian, of so many bytes.
fn part(
    name: &str,
    text: &Option<String>,
    lengths: std::ops::RangeInclusive<usize>,
) -> Result<Vec<u8>, BadSet> {
    let text = text.as_deref().ok_or_else(|| BadSet(format!("`{name}` is missing")))?;
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|error| BadSet(format!("`{name}` is not base64url: {error}")))?;
    match lengths.contains(&bytes.len()) {
        true => Ok(bytes),
        false => Err(BadSet(format!(
            "`{name}` has {} bytes, expected {}{}",
            bytes.len(),
            lengths.start(),
            if lengths.start() == lengths.end() { String::new() } else { format!(" to {}", lengths.end()) }
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(json: &str, why: &str) {
        let error = published(json.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn a_set_that_cannot_be_taken_says_why() {
        refused("[]", "is not a JSON Web Key Set, expected {\"keys\": [...]}: ");
        refused("{\"keys\":[]}", "has no key to check RS256, ES256 or EdDSA with");
        refused("{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}", "has no key to check RS256");
        refused("{\"keys\":[{\"kid\":\"a\"}]}", "has a bad `keys[0]`: missing field `kty`");
        refused("{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", "has a bad `keys[0]`: `n` is missing");
        refused(
            "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
            "has a bad `keys[0]`: `n` has 3 bytes, expected 256 to 1024",
        );
        refused(
            "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"a b\"}]}",
            "has a bad `keys[0]`: `x` is not base64url: ",
        );
        refused(
            &format!("{{\"keys\":[{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"{X}\",\"d\":\"{X}\"}}]}}"),
            "has a private key in `keys[0]`; give the public set",
        );
        refused(&" ".repeat(SET_BYTES_MAX + 1), "has 131073 bytes, expected at most 131072");
    }

    #[test]
    fn a_key_for_something_else_is_left_out() {
        let key = |rest: &str| {
            let own = format!("{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"own\",\"x\":\"{X}\"}}");
            let json =
                format!("{{\"keys\":[{own},{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"{X}\"{rest}}}]}}");
            published(json.as_bytes()).unwrap().len()
        };
        assert_eq!(key(",\"use\":\"sig\",\"alg\":\"EdDSA\""), 2);
        for other in [",\"use\":\"enc\"", ",\"alg\":\"HS256\"", ",\"alg\":\"none\"", ",\"alg\":\"RS256\""] {
            assert_eq!(key(other), 1, "{other}");
        }
    }

    #[test]
    fn a_token_without_a_key_s_name_fits_the_only_one_of_its_kind() {
        let key = |kid: &str| Jwk {
            kty: "OKP".to_owned(),
            kid: Some(kid.to_owned()),
            alg: None,
            usage: None,
            crv: Some("Ed25519".to_owned()),
            n: None,
            e: None,
            x: Some(X.to_owned()),
            y: None,
            d: None,
        };
        let (one, two) = (KeySet::of(&[key("a")]), KeySet::of(&[key("a"), key("b")]));
        assert!(one.has(None, Algorithm::EdDsa) && !one.has(None, Algorithm::Es256));
        assert!(!two.has(None, Algorithm::EdDsa) && two.has(Some("b"), Algorithm::EdDsa));
        assert!(!KeySet::of(&[key("a"), key("a")]).has(Some("a"), Algorithm::EdDsa));
    }
}
