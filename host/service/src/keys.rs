//! API keys: made once, shown once, kept as a hash.
//!
//! A key is `attain_ID_SECRET_COMPANY`: what is looked up, what proves it, and whose it is (`-` for the host's own).
//! The record lies in the company's own space, so making and revoking one is a batch with its entry in the log, and
//! goes with the company. The secret has 256 bits of the system's randomness, so a plain hash of it can't be searched.

use crate::Service;
use crate::access::Role;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key};
use crate::provider;
use attain_model::company::normal_id;
use attain_model::nearest::hint;
use attain_model::{Canonical, CompanyId, Digest};
use attain_store::{Batch, Kind, Scan, Space};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Keys' records, among what else is kept about access.
const KEYS: &str = "key";

/// What stands in a key for the host itself.
const HOST: &str = "-";

const PREFIX: &str = "attain";

/// The longest life of a key.
const DAYS_MAX: i64 = 3_650;

/// A key that somebody asks for.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Whose it is: what the log calls who acts with it.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// For a lead, the teams.
    pub teams: Vec<String>,
    /// For a participant, their id.
    pub participant: Option<String>,
    /// For how many days it is good; none means until it is revoked.
    pub days: Option<i64>,
}

/// A key as kept: never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRecord {
    /// The record's version.
    pub format: u32,
    /// Names it: 16 hexadecimal digits.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// For a lead, the teams.
    pub teams: Vec<String>,
    /// For a participant, their id.
    pub participant: Option<String>,
    /// Digest of the secret.
    secret: Digest,
    /// When it was made.
    pub made_at: String,
    /// Who made it.
    pub made_by: String,
    /// Until when it is good; none means until it is revoked.
    pub expires_at: Option<String>,
    /// Who revoked it, and when.
    pub revoked: Option<(String, String)>,
}

/// A key just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeKey {
    /// The key itself. It is shown this once.
    pub key: String,
    /// What is kept of it.
    pub record: KeyRecord,
}

/// Who has a key: whom it stands for, for a company or for the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The operator, for any company.
    Host {
        /// The key's name.
        actor: String,
    },
    /// Somebody of a company.
    Company(Caller),
}

impl Holder {
    /// Whoever has the data directory.
    pub fn local() -> Holder {
        Holder::Host { actor: "operator".to_owned() }
    }

    /// Their role.
    pub fn role(&self) -> Role {
        match self {
            Holder::Host { .. } => Role::Operator,
            Holder::Company(caller) => caller.role,
        }
    }

    /// They as who acts for a company, where they may act for it at all.
    pub fn acting_for(&self, company: &str) -> Option<Caller> {
        match self {
            Holder::Host { actor } => {
                CompanyId::parse(company).map(|id| Caller { actor: actor.clone(), ..Caller::operator(id) })
            }
            Holder::Company(caller) => (caller.company.as_str() == company).then(|| caller.clone()),
        }
    }
}

/// A key's parts, unless the text has another form.
fn parts_of(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.splitn(4, '_');
    let (prefix, id, secret, company) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, digits| text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
    (prefix == PREFIX && is_hex(id, 16) && is_hex(secret, 64)).then_some((id, secret, company))
}

fn digest_of(secret: &str) -> Digest {
    let mut form = Canonical::new("attain.key.v1");
    form.text(secret);
    form.finish()
}

/// So many bytes of the system's randomness, in hexadecimal.
///
/// # Errors
///
/// [`ServiceError::Damaged`] when the system gives none.
pub fn random<const N: usize>() -> Result<String, ServiceError> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| ServiceError::Damaged(format!("the system gives no randomness: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn place_of(id: &str) -> attain_store::Key {
    key(Kind::Access, &[KEYS, id])
}

impl Service {
    /// Makes a key of a caller's company.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Invalid`] for a role that isn't one or isn't a company's, and for what doesn't go with it.
    pub fn make_key(&self, caller: &Caller, new: &NewKey) -> Result<MadeKey, ServiceError> {
        let company = self.company(caller)?;
        let role = role_of(&new.role)?;
        if role == Role::Operator {
            return Err(ServiceError::invalid(
                "role",
                "`operator` is the host's own role, not a company's; expected one of the others, such as `admin`",
            ));
        }
        self.keep_key(&self.space(caller), &caller.actor, company.id.as_str(), role, new)
    }

    /// Makes a key of the operator's.
    ///
    /// # Errors
    ///
    /// As [`Service::make_key`].
    pub fn make_operator_key(&self, actor: &str, new: &NewKey) -> Result<MadeKey, ServiceError> {
        let role = role_of(&new.role)?;
        if role != Role::Operator {
            return Err(ServiceError::invalid(
                "role",
                format!("`{role}` is a role in a company; name the company, or take `operator`"),
            ));
        }
        self.keep_key(&self.store.operator(), actor, HOST, role, new)
    }

    fn keep_key(
        &self,
        space: &Space,
        actor: &str,
        company: &str,
        role: Role,
        new: &NewKey,
    ) -> Result<MadeKey, ServiceError> {
        let (teams, participant) = scope_of(role, new)?;
        let (id, secret) = (random::<8>()?, random::<32>()?);
        let record = KeyRecord {
            format: 1,
            id: id.clone(),
            name: name_of(&new.name)?,
            role: role.to_string(),
            teams,
            participant,
            secret: digest_of(&secret),
            made_at: keep::now(),
            made_by: actor.to_owned(),
            expires_at: new.days.map(expiry).transpose()?,
            revoked: None,
        };
        let known: Vec<KeyRecord> = keys_of(space)?;
        if let Some(known) = known.iter().find(|known| known.name == record.name && known.revoked.is_none()) {
            return Err(ServiceError::Conflict(format!(
                "there is a key `{}` already, {}; take another name, or revoke that one first",
                known.name, known.id
            )));
        }
        let body = keep::body(space, &record)?;
        let batch = Batch::new().require_absent(place_of(&id)).put(place_of(&id), body);
        keep::commit(space, actor, "make-key", &format!("{} {role}", record.name), &record.secret, batch)?;
        Ok(MadeKey { key: format!("{PREFIX}_{id}_{secret}_{company}"), record })
    }

    /// A company's keys, by name.
    pub fn keys(&self, caller: &Caller) -> Result<Vec<KeyRecord>, ServiceError> {
        self.company(caller)?;
        keys_of(&self.space(caller))
    }

    /// The operator's keys, by name.
    pub fn operator_keys(&self) -> Result<Vec<KeyRecord>, ServiceError> {
        keys_of(&self.store.operator())
    }

    /// Revokes a company's key, named by id or name. From then on nobody acts with it.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`].
    pub fn revoke_key(&self, caller: &Caller, reference: &str) -> Result<KeyRecord, ServiceError> {
        self.company(caller)?;
        revoke(&self.space(caller), &caller.actor, reference)
    }

    /// Revokes a key of the operator's.
    ///
    /// # Errors
    ///
    /// As [`Service::revoke_key`].
    pub fn revoke_operator_key(&self, actor: &str, reference: &str) -> Result<KeyRecord, ServiceError> {
        revoke(&self.store.operator(), actor, reference)
    }

    /// Who has a key, or a token of a company's identity provider; none for one that is unknown, revoked, expired or none at all: nobody is told which.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Store`], [`ServiceError::Record`].
    pub fn holder_of(&self, text: &str) -> Result<Option<Holder>, ServiceError> {
        let Some((id, secret, company)) = parts_of(text) else { return self.holder_of_token(text) };
        let of_host = company == HOST;
        let space = match (of_host, CompanyId::parse(company)) {
            (true, _) => self.store.operator(),
            (false, Some(company)) => self.store.company(&company),
            (false, None) => return Ok(None),
        };
        let Some(record) = keep::read::<KeyRecord>(&space, &place_of(id))? else { return Ok(None) };
        let role = Role::parse(&record.role);
        let (Some(role), true) = (role, record.secret == digest_of(secret) && record.is_good()) else {
            return Ok(None);
        };
        let company = match (of_host, role, CompanyId::parse(company)) {
            (true, Role::Operator, _) => return Ok(Some(Holder::Host { actor: record.name })),
            (false, role, Some(company)) if role != Role::Operator => company,
            _ => return Ok(None),
        };
        Ok(Some(Holder::Company(Caller {
            company,
            actor: record.name,
            role,
            teams: record.teams,
            participant: record.participant,
        })))
    }
}

impl KeyRecord {
    /// Whether one may act with it now.
    pub fn is_good(&self) -> bool {
        let until = self.expires_at.as_ref().map(|at| at.parse::<Timestamp>());
        let expired = match until {
            None => false,
            Some(Ok(until)) => until <= Timestamp::now(),
            Some(Err(_)) => true,
        };
        self.revoked.is_none() && !expired
    }
}

fn revoke(space: &Space, actor: &str, reference: &str) -> Result<KeyRecord, ServiceError> {
    let keys = keys_of(space)?;
    let good = |record: &&KeyRecord| record.revoked.is_none();
    let named = |record: &&KeyRecord| record.id == reference || record.name == reference;
    let Some(record) = keys.iter().filter(good).find(named) else {
        let names: Vec<&str> = keys.iter().filter(good).map(|record| record.name.as_str()).collect();
        let hint = hint(reference, names.iter().copied());
        return Err(ServiceError::NotFound { what: "key", name: reference.to_owned(), hint });
    };
    let record = KeyRecord { revoked: Some((actor.to_owned(), keep::now())), ..record.clone() };
    let batch = Batch::new().put(place_of(&record.id), keep::body(space, &record)?);
    keep::commit(space, actor, "revoke-key", &record.name, &record.secret, batch)?;
    Ok(record)
}

/// What has keys that were revoked in one life of a company be so in another, where they are good.
pub(crate) fn revoked_too(before: &Space, now: &Space) -> Result<Batch, ServiceError> {
    let mut batch = Batch::new();
    for record in keys_of(before)?.into_iter().filter(|record| record.revoked.is_some()) {
        let place = place_of(&record.id);
        let known: Option<KeyRecord> = keep::read(now, &place)?;
        if known.is_some_and(|known| known.revoked.is_none()) {
            batch = batch.put(place, keep::body(now, &record)?);
        }
    }
    Ok(batch)
}

fn keys_of(space: &Space) -> Result<Vec<KeyRecord>, ServiceError> {
    let mut keys: Vec<KeyRecord> = keep::all(space, keys_scan())?;
    keys.sort_by(|a, b| (&a.name, &a.made_at).cmp(&(&b.name, &b.made_at)));
    Ok(keys)
}

fn keys_scan() -> Scan {
    keep::under(Kind::Access, &[KEYS])
}

fn role_of(name: &str) -> Result<Role, ServiceError> {
    Role::parse(name).ok_or_else(|| {
        let hint = hint(name, Role::ALL.map(Role::name));
        ServiceError::invalid("role", format!("`{name}` is not a role{hint}"))
    })
}

fn name_of(name: &str) -> Result<String, ServiceError> {
    let trimmed = name.trim();
    let fits = (1..=100).contains(&trimmed.len()) && !trimmed.chars().any(char::is_control);
    if trimmed.starts_with(provider::PREFIX) {
        let prefix = provider::PREFIX;
        return Err(ServiceError::invalid(
            "name",
            format!(
                "`{prefix}` begins the names of those who come with an identity provider's token; take another name"
            ),
        ));
    }
    match fits {
        true => Ok(trimmed.to_owned()),
        false => {
            Err(ServiceError::invalid("name", "expected 1 to 100 bytes of text, such as whose key it is"))
        }
    }
}

/// Teams and participant, as they go with the role.
fn scope_of(role: Role, new: &NewKey) -> Result<(Vec<String>, Option<String>), ServiceError> {
    let teams = match (role, new.teams.is_empty()) {
        (Role::Lead, true) => {
            return Err(ServiceError::invalid("teams", "a lead's key names their teams, at least one"));
        }
        (Role::Lead, false) => new.teams.clone(),
        (_, true) => Vec::new(),
        (_, false) => {
            return Err(ServiceError::invalid(
                "teams",
                format!("only a lead's key names teams, this one is for `{role}`"),
            ));
        }
    };
    let participant = match (role, &new.participant) {
        (Role::Participant, Some(id)) => Some(normal_id(id).ok_or_else(|| {
            ServiceError::invalid("participant", format!("`{id}` is not an id of a participant"))
        })?),
        (Role::Participant, None) => {
            return Err(ServiceError::invalid("participant", "a participant's key names the participant"));
        }
        (_, None) => None,
        (_, Some(_)) => {
            return Err(ServiceError::invalid(
                "participant",
                format!("only a participant's key names one, this one is for `{role}`"),
            ));
        }
    };
    Ok((teams, participant))
}

fn expiry(days: i64) -> Result<String, ServiceError> {
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(ServiceError::invalid(
            "days",
            format!("`{days}` is out of range, expected 1 to {DAYS_MAX}"),
        ));
    }
    let until = Timestamp::now().checked_add(SignedDuration::from_hours(days.saturating_mul(24)));
    let until = until.map_err(|error| ServiceError::invalid("days", error.to_string()))?;
    Ok(until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
