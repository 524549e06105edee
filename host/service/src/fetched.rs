//! Key sets that lie elsewhere: fetched when somebody needs them, kept for a while, fetched again when a key isn't among
//! them, and never more often than once a minute.

use crate::key_set::{self, KeySet};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};

/// How long a set is taken to be as it was.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// How long it is used where its place doesn't answer.
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);

/// The least time between two attempts.
const BETWEEN: Duration = Duration::from_secs(60);

/// Fetches what lies at an address, within limits of time and size.
pub trait Fetch: Send + Sync {
    /// The bytes there.
    ///
    /// # Errors
    ///
    /// Any: an address that isn't allowed, nobody there, too much.
    fn fetch(&self, url: &str, bytes_max: usize) -> io::Result<Vec<u8>>;
}

/// Fetches nothing.
pub(crate) struct NoFetch;

impl Fetch for NoFetch {
    fn fetch(&self, _: &str, _: usize) -> io::Result<Vec<u8>> {
        Err(io::Error::other("this host fetches nothing"))
    }
}

/// All sets that were fetched.
pub(crate) struct Fetched {
    fetch: Arc<dyn Fetch>,
    sets: Mutex<HashMap<String, Arc<Place>>>,
}

/// One place.
#[derive(Default)]
struct Place {
    known: RwLock<Option<(Arc<KeySet>, Instant)>>,
    /// Held by whoever fetches: when somebody last tried.
    tried: Mutex<Option<Instant>>,
}

/// Why a set isn't there: `cannot be fetched: ...`, `has no key ...`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotFetched {
    #[error("cannot be fetched: {0}")]
    Fetch(#[from] io::Error),
    #[error("{0}")]
    Set(#[from] key_set::BadSet),
}

impl Fetched {
    pub(crate) fn by(fetch: Arc<dyn Fetch>) -> Fetched {
        Fetched { fetch, sets: Mutex::default() }
    }

    /// Fetches a set, whatever is known.
    pub(crate) fn now(&self, url: &str) -> Result<(), NotFetched> {
        let place = self.place(url);
        let mut tried = place.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        *tried = Some(now);
        self.fill(&place, url, now)
    }

    /// The set at an address that has what is needed, if there is one; the one that is known where it can't be had.
    pub(crate) fn get(&self, url: &str, suits: impl Fn(&KeySet) -> bool) -> Option<Arc<KeySet>> {
        self.get_at(url, Instant::now(), suits)
    }

    fn get_at(&self, url: &str, now: Instant, suits: impl Fn(&KeySet) -> bool) -> Option<Arc<KeySet>> {
        let place = self.place(url);
        let known = place.known();
        let usable = |known: &Option<(Arc<KeySet>, Instant)>, for_long: Duration| {
            let (keys, at) = known.as_ref()?;
            (now.saturating_duration_since(*at) < for_long && suits(keys)).then(|| Arc::clone(keys))
        };
        if let Some(keys) = usable(&known, FRESH) {
            return Some(keys);
        }
        let mut tried = match (place.tried.try_lock(), usable(&known, USABLE)) {
            (Ok(tried), _) => tried,
            // Somebody fetches it: who can do with what is known doesn't wait.
            (Err(TryLockError::WouldBlock), Some(keys)) => return Some(keys),
            (Err(TryLockError::WouldBlock), None) => {
                place.tried.lock().unwrap_or_else(PoisonError::into_inner)
            }
            (Err(TryLockError::Poisoned(held)), _) => held.into_inner(),
        };
        if let Some(keys) = usable(&place.known(), FRESH) {
            return Some(keys);
        }
        if tried.is_none_or(|at| now.saturating_duration_since(at) >= BETWEEN) {
            *tried = Some(now);
            if let Err(why) = self.fill(&place, url, now) {
                tracing::warn!(%why, "an identity provider's keys can't be had");
            }
        }
        usable(&place.known(), USABLE)
    }

    fn place(&self, url: &str) -> Arc<Place> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sets.entry(url.to_owned()).or_default())
    }

    fn fill(&self, place: &Place, url: &str, now: Instant) -> Result<(), NotFetched> {
        let bytes = self.fetch.fetch(url, key_set::SET_BYTES_MAX)?;
        let keys = Arc::new(KeySet::of(&key_set::published(&bytes)?));
        *place.known.write().unwrap_or_else(PoisonError::into_inner) = Some((keys, now));
        Ok(())
    }
}

impl Place {
    fn known(&self) -> Option<(Arc<KeySet>, Instant)> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_set::Algorithm;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A place whose set has a key of this name, or that doesn't answer; and how often it was asked.
    #[derive(Default)]
    struct Elsewhere {
        kid: Mutex<Option<&'static str>>,
        asked: AtomicUsize,
    }

    impl Fetch for Elsewhere {
        fn fetch(&self, _: &str, _: usize) -> io::Result<Vec<u8>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let kid = self.kid.lock().unwrap().ok_or_else(|| io::Error::other("nobody there"))?;
            let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
            Ok(format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}"}}]}}"#)
                .into_bytes())
        }
    }

    struct Trial {
        place: Arc<Elsewhere>,
        fetched: Fetched,
        begun: Instant,
    }

    impl Trial {
        fn new() -> Trial {
            let place = Arc::new(Elsewhere::default());
            let fetched = Fetched::by(Arc::<Elsewhere>::clone(&place));
            Trial { place, fetched, begun: Instant::now() }
        }

        fn turns_to(&self, kid: Option<&'static str>) {
            *self.place.kid.lock().unwrap() = kid;
        }

        /// Whether a key can be had, so many seconds after the beginning, and how often the place was asked by then.
        fn has(&self, kid: &str, after: u64) -> (bool, usize) {
            let at = self.begun + Duration::from_secs(after);
            let got = self.fetched.get_at("u", at, |keys| keys.has(Some(kid), Algorithm::EdDsa));
            (got.is_some(), self.place.asked.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn a_new_key_is_fetched_and_an_unknown_one_asked_for_once_a_minute() {
        let trial = Trial::new();
        trial.turns_to(Some("a"));
        assert_eq!(trial.has("a", 0), (true, 1));
        assert_eq!(trial.has("a", 3_599), (true, 1), "kept");
        trial.turns_to(Some("b"));
        assert_eq!(trial.has("b", 30), (false, 1), "asked half a minute ago");
        assert_eq!(trial.has("b", 60), (true, 2));
        assert_eq!(trial.has("a", 61), (false, 2), "the old one is gone");
        for second in 62..120 {
            assert_eq!(trial.has("zzz", second), (false, 2));
        }
        assert_eq!(trial.has("zzz", 120), (false, 3));
    }

    #[test]
    fn a_place_that_does_not_answer_is_done_without_for_a_day() {
        let trial = Trial::new();
        assert_eq!(trial.has("a", 0), (false, 1));
        trial.turns_to(Some("a"));
        assert_eq!(trial.has("a", 59), (false, 1));
        assert_eq!(trial.has("a", 60), (true, 2));
        trial.turns_to(None);
        assert_eq!(trial.has("a", 60 + 3_600), (true, 3), "it was asked, and what was known still counts");
        assert_eq!(trial.has("a", 60 + 86_400), (false, 4));
    }

    #[test]
    fn what_is_no_set_says_so() {
        let trial = Trial::new();
        assert_eq!(trial.fetched.now("u").unwrap_err().to_string(), "cannot be fetched: nobody there");
        let none = Fetched::by(Arc::new(NoFetch)).now("u").unwrap_err();
        assert_eq!(none.to_string(), "cannot be fetched: this host fetches nothing");
    }
}
