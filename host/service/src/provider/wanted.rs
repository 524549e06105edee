//! A provider that somebody asks for, and whether it can be.

use super::{Keys, ProviderRecord};
use crate::Service;
use crate::access::Role;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep;
use crate::key_set;
use attain_model::nearest::hint;

/// The most rows that say which claim's value is which role.
const ROLES_MAX: usize = 200;

/// A provider that somebody asks for.
#[derive(Clone, Debug)]
pub struct NewProvider {
    /// The claim `iss` of its tokens.
    pub issuer: String,
    /// The claim `aud` of tokens that are for this company's account.
    pub audience: String,
    /// Its public keys: the set itself (JSON), or where the host fetches it.
    pub keys: NewKeys,
    /// The claim that decides the role.
    pub role_claim: String,
    /// A value of it, `*` for any, and the role; the first that fits counts.
    pub roles: Vec<(String, String)>,
    /// The claim with a lead's teams.
    pub team_claim: Option<String>,
    /// The claim with a participant's id.
    pub participant_claim: Option<String>,
    /// The claim that names whoever comes, for the log.
    pub name_claim: String,
}

/// Where a provider's public keys come from.
#[derive(Clone, Debug)]
pub enum NewKeys {
    /// The set, as JSON.
    Set(Vec<u8>),
    /// An address that the host fetches it from.
    Url(String),
}

/// The record of a provider that can be. Keys at an address are fetched now, so that one that doesn't work is found out.
pub(super) fn record(
    service: &Service,
    caller: &Caller,
    new: NewProvider,
) -> Result<ProviderRecord, ServiceError> {
    let roles = roles_of(&new)?;
    let before = service.provider_if_any(caller)?;
    let keys = match new.keys {
        // Set by the operator before, and fetched in its turn.
        NewKeys::Url(url)
            if caller.role != Role::Operator
                && before.is_some_and(|before| before.keys_url() == Some(&url)) =>
        {
            Keys::Url(url)
        }
        NewKeys::Url(url) if caller.role != Role::Operator => {
            return Err(ServiceError::invalid(
                "keys_url",
                format!(
                    "the host itself would fetch `{url}`, so only its operator sets an address; give the key set itself, or ask the operator"
                ),
            ));
        }
        NewKeys::Url(url) => {
            service
                .fetched
                .now(&url)
                .map_err(|why| ServiceError::invalid("keys_url", format!("`{url}` {why}")))?;
            Keys::Url(url)
        }
        NewKeys::Set(json) => Keys::Set(
            key_set::published(&json)
                .map_err(|why| ServiceError::invalid("keys", format!("the key set {why}")))?,
        ),
    };
    Ok(ProviderRecord {
        format: 1,
        issuer: word_of("issuer", new.issuer)?,
        audience: word_of("audience", new.audience)?,
        keys,
        role_claim: word_of("role_claim", new.role_claim)?,
        roles,
        team_claim: new.team_claim.map(|claim| word_of("team_claim", claim)).transpose()?,
        participant_claim: new
            .participant_claim
            .map(|claim| word_of("participant_claim", claim))
            .transpose()?,
        name_claim: word_of("name_claim", new.name_claim)?,
        set_at: keep::now(),
        set_by: caller.actor.clone(),
    })
}

fn word_of(at: &str, text: String) -> Result<String, ServiceError> {
    match (1..=500).contains(&text.len()) && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(ServiceError::invalid(
            at,
            "expected 1 to 500 bytes of text, exactly as it stands in the tokens",
        )),
    }
}

/// Values and roles, as they go with the other claims.
fn roles_of(new: &NewProvider) -> Result<Vec<(String, String)>, ServiceError> {
    let wrong = |message: String| ServiceError::invalid("roles", message);
    if !(1..=ROLES_MAX).contains(&new.roles.len()) {
        return Err(wrong(format!(
            "`{}` rows, expected 1 to {ROLES_MAX}: a value of the claim `{}`, or `*` for any, and a role",
            new.roles.len(),
            new.role_claim
        )));
    }
    for (value, name) in &new.roles {
        word_of("roles", value.clone())?;
        let role = Role::parse(name).ok_or_else(|| {
            wrong(format!("`{name}` is not a role{}", hint(name, Role::ALL.map(Role::name))))
        })?;
        match role {
            Role::Operator => {
                return Err(wrong(
                    "`operator` is the host's own role, and no company's provider says who has it; expected one of the others, such as `admin`"
                        .to_owned(),
                ));
            }
            Role::Lead if new.team_claim.is_none() => {
                return Err(wrong(
                    "a lead has teams; name the claim that they stand in, `team_claim`".to_owned(),
                ));
            }
            Role::Participant if new.participant_claim.is_none() => {
                return Err(wrong(
                    "a participant sees their own pay; name the claim that their id stands in, `participant_claim`"
                        .to_owned(),
                ));
            }
            _ => {}
        }
    }
    Ok(new.roles.clone())
}
