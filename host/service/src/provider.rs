//! A company's own identity provider: whose tokens are believed, and whom their claims make somebody.
//!
//! The record lies in the company's space. Which company a token is for follows from its issuer and audience alone, by
//! an index in the operator's space, and the record must name the same two: so an entry that outlived its record leads
//! nowhere, and may be taken by another company.

mod wanted;

pub use wanted::{NewKeys, NewProvider};

use crate::Service;
use crate::access::Role;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key};
use crate::key_set::{Jwk, KeySet};
use crate::keys::Holder;
use crate::token::Token;
use attain_model::company::normal_id;
use attain_model::{Canonical, CompanyId, Digest};
use attain_store::{Batch, Key, Kind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};

/// What stands before the name of who comes with a token, and before no key's name.
pub(crate) const PREFIX: &str = "idp:";

/// Where the record and the index are kept.
const PROVIDER: &str = "provider";

/// The most teams of a token that counts.
const TEAMS_MAX: usize = 1_000;

/// A provider as kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderRecord {
    format: u32,
    /// The claim `iss` of its tokens.
    pub issuer: String,
    /// The claim `aud` of tokens for this company.
    pub audience: String,
    keys: Keys,
    /// The claim that decides the role.
    pub role_claim: String,
    /// A value of it, `*` for any, and the role.
    pub roles: Vec<(String, String)>,
    /// The claim with a lead's teams.
    pub team_claim: Option<String>,
    /// The claim with a participant's id.
    pub participant_claim: Option<String>,
    /// The claim that names whoever comes.
    pub name_claim: String,
    /// When it was set.
    pub set_at: String,
    /// Who set it.
    pub set_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Keys {
    Set(Vec<Jwk>),
    Url(String),
}

impl ProviderRecord {
    /// Where the host fetches its keys, if it does.
    pub fn keys_url(&self) -> Option<&str> {
        match &self.keys {
            Keys::Url(url) => Some(url),
            Keys::Set(_) => None,
        }
    }

    /// The names of its keys, where the set itself was given.
    pub fn key_ids(&self) -> Vec<&str> {
        match &self.keys {
            Keys::Url(_) => Vec::new(),
            Keys::Set(keys) => keys.iter().map(|key| key.kid.as_deref().unwrap_or("-")).collect(),
        }
    }

    /// Whom a token's claims make somebody; none where they make nobody.
    fn caller(&self, company: CompanyId, token: &Token<'_>) -> Option<Caller> {
        let values = token.texts(&self.role_claim);
        let fits = |value: &str| value == "*" || values.contains(&value);
        let role =
            self.roles.iter().find(|(value, _)| fits(value)).and_then(|(_, role)| Role::parse(role))?;
        let name = token.texts(&self.name_claim).first().copied()?;
        let is_name = (1..=100).contains(&name.len()) && !name.chars().any(char::is_control);
        let texts =
            |claim: &Option<String>| claim.as_deref().map(|claim| token.texts(claim)).unwrap_or_default();
        let teams = match role {
            Role::Lead => texts(&self.team_claim).into_iter().take(TEAMS_MAX).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let participant = match role {
            Role::Participant => Some(texts(&self.participant_claim).first().and_then(|id| normal_id(id))?),
            _ => None,
        };
        let is_somebody = role != Role::Operator && (role != Role::Lead || !teams.is_empty());
        (is_name && is_somebody).then(|| Caller {
            company,
            actor: format!("{PREFIX}{name}"),
            role,
            teams,
            participant,
        })
    }
}

fn record_place() -> Key {
    key(Kind::Access, &[PROVIDER])
}

/// The place in the index of an issuer and audience.
fn index_place(issuer: &str, audience: &str) -> Key {
    let mut form = Canonical::new("attain.provider.v1");
    form.text(issuer).text(audience);
    key(Kind::Access, &[PROVIDER.as_bytes(), form.finish().0.as_slice()])
}

impl Service {
    /// The identity provider of a caller's company.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] where there is none.
    pub fn provider(&self, caller: &Caller) -> Result<ProviderRecord, ServiceError> {
        self.company(caller)?;
        self.provider_if_any(caller)?.ok_or_else(|| {
            let name = caller.company.to_string();
            let hint = "; set one: attain idp set".to_owned();
            ServiceError::NotFound { what: "identity provider of company", name, hint }
        })
    }

    fn provider_if_any(&self, caller: &Caller) -> Result<Option<ProviderRecord>, ServiceError> {
        keep::read(&self.space(caller), &record_place())
    }

    /// Sets the identity provider of a caller's company, in place of the one before.
    ///
    /// An address to fetch keys from is the operator's to set, since it is the host that goes there. It is fetched now,
    /// too, so that one that doesn't work is found out.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Invalid`] for what can't be, [`ServiceError::Conflict`] where these tokens are another company's.
    pub fn set_provider(&self, caller: &Caller, new: NewProvider) -> Result<ProviderRecord, ServiceError> {
        self.company(caller)?;
        let record = wanted::record(self, caller, new)?;
        // Two companies that want the same tokens at the same time come one after the other.
        let _alone = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        self.writing(caller, || {
            self.claim(&caller.company, &record)?;
            let space = self.space(caller);
            let before = self.provider_if_any(caller)?;
            let batch = Batch::new().put(record_place(), keep::body(&space, &record)?);
            keep::commit(&space, &caller.actor, "set-provider", &record.issuer, &digest_of(&record)?, batch)?;
            if let Some(before) = before.filter(|before| !same_tokens(before, &record)) {
                self.unclaim(&caller.company, &before)?;
            }
            Ok(())
        })?;
        Ok(record)
    }

    /// Removes the identity provider of a caller's company: its tokens are believed no more.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] where there is none.
    pub fn remove_provider(&self, caller: &Caller) -> Result<ProviderRecord, ServiceError> {
        let _alone = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let record = self.provider(caller)?;
        self.writing(caller, || {
            let batch = Batch::new().delete(record_place());
            let digest = digest_of(&record)?;
            keep::commit(
                &self.space(caller),
                &caller.actor,
                "remove-provider",
                &record.issuer,
                &digest,
                batch,
            )?;
            self.unclaim(&caller.company, &record)
        })?;
        Ok(record)
    }

    /// Whom a token stands for; none for one that isn't good: nobody is told why.
    pub(crate) fn holder_of_token(&self, text: &str) -> Result<Option<Holder>, ServiceError> {
        let Some(token) = Token::parse(text) else { return Ok(None) };
        if !token.is_good_at(Timestamp::now().as_second()) {
            return Ok(None);
        }
        let Some((company, record)) = self.provider_of(&token)? else { return Ok(None) };
        let keys = match &record.keys {
            Keys::Set(keys) => Arc::new(KeySet::of(keys)),
            Keys::Url(url) => {
                match self.fetched.get(url, |keys| keys.has(token.kid.as_deref(), token.algorithm)) {
                    Some(keys) => keys,
                    None => return Ok(None),
                }
            }
        };
        Ok(match token.is_signed_by(&keys) {
            true => record.caller(company, &token).map(Holder::Company),
            false => None,
        })
    }

    /// The one company that a token can be for. A token for two is for nobody.
    fn provider_of(&self, token: &Token<'_>) -> Result<Option<(CompanyId, ProviderRecord)>, ServiceError> {
        let Some(issuer) = token.issuer() else { return Ok(None) };
        let mut found = None;
        for audience in token.audiences() {
            let Some(company) = self.claimed_by(issuer, audience)? else { continue };
            if found.as_ref().is_some_and(|(known, _)| *known != company.0) {
                return Ok(None);
            }
            found = Some(company);
        }
        Ok(found)
    }

    /// The company whose tokens these are, with its record.
    fn claimed_by(
        &self,
        issuer: &str,
        audience: &str,
    ) -> Result<Option<(CompanyId, ProviderRecord)>, ServiceError> {
        let place = index_place(issuer, audience);
        let Some(company) = keep::read::<CompanyId>(&self.store.operator(), &place)? else { return Ok(None) };
        let record: Option<ProviderRecord> = keep::read(&self.store.company(&company), &record_place())?;
        let own = |record: &ProviderRecord| record.issuer == issuer && record.audience == audience;
        Ok(record.filter(own).map(|record| (company, record)))
    }

    /// Takes these tokens for a company, unless they are another's.
    fn claim(&self, company: &CompanyId, record: &ProviderRecord) -> Result<(), ServiceError> {
        let (operator, place) = (self.store.operator(), index_place(&record.issuer, &record.audience));
        let taken = || {
            ServiceError::Conflict(format!(
                "tokens of `{}` for `{}` can't be this company's, they are taken; register an application of its own with the provider and name its audience",
                record.issuer, record.audience
            ))
        };
        let seen = operator.get(&place)?;
        let held = self.claimed_by(&record.issuer, &record.audience)?;
        if held.is_some_and(|(holder, _)| holder != *company) {
            return Err(taken());
        }
        let batch = Batch::new().require_unchanged(place.clone(), seen);
        let claimed = operator.commit(batch.put(place, keep::body(&operator, company)?))?;
        if claimed.is_yes() { Ok(()) } else { Err(taken()) }
    }

    /// Lets tokens go that are a company's.
    fn unclaim(&self, company: &CompanyId, record: &ProviderRecord) -> Result<(), ServiceError> {
        let (operator, place) = (self.store.operator(), index_place(&record.issuer, &record.audience));
        let Some(seen) = operator.get(&place)? else { return Ok(()) };
        if keep::parse::<CompanyId>(&operator, &place, &seen)? == *company {
            // Whoever changed it meanwhile has it now.
            _ = operator.commit(Batch::new().require(place.clone(), seen).delete(place))?;
        }
        Ok(())
    }
}

fn same_tokens(a: &ProviderRecord, b: &ProviderRecord) -> bool {
    (&a.issuer, &a.audience) == (&b.issuer, &b.audience)
}

fn digest_of(record: &ProviderRecord) -> Result<Digest, ServiceError> {
    let json = serde_json::to_vec(record)
        .map_err(|source| ServiceError::Record { record: "provider".into(), source })?;
    let mut form = Canonical::new("attain.provider-record.v1");
    form.text(json);
    Ok(form.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use attain_model::{Company, Currency};

    const KEYS: &str =
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn new() -> NewProvider {
        NewProvider {
            issuer: "https://login.example".to_owned(),
            audience: "attain".to_owned(),
            keys: NewKeys::Set(KEYS.as_bytes().to_vec()),
            role_claim: "roles".to_owned(),
            roles: vec![("*".to_owned(), "analyst".to_owned())],
            team_claim: None,
            participant_claim: None,
            name_claim: "sub".to_owned(),
        }
    }

    fn caller(service: &Service, id: &str) -> Caller {
        let id = CompanyId::parse(id).unwrap();
        let currency = Currency::parse("USD").unwrap();
        let (name, timezone) = (id.to_string(), "Asia/Shanghai".to_owned());
        let company = Company { id: id.clone(), name, currency, timezone, fiscal_year_start: 1 };
        service.add_company(&company).unwrap();
        Caller::operator(id)
    }

    /// As after a company was erased, or a host ended between the two writes.
    #[test]
    fn an_entry_that_outlived_its_record_leads_nowhere_and_may_be_taken() {
        let service = Service::open(Settings { threads: 1, ..Settings::default() }).unwrap();
        let (acme, rival) = (caller(&service, "acme"), caller(&service, "rival"));
        service.set_provider(&acme, new()).unwrap();
        let taken = service.set_provider(&rival, new()).unwrap_err();
        assert!(matches!(taken, ServiceError::Conflict(_)), "{taken}");
        let held = |service: &Service| {
            let claimed = service.claimed_by("https://login.example", "attain").unwrap();
            claimed.map(|(company, _)| company.to_string())
        };
        assert_eq!(held(&service).as_deref(), Some("acme"));
        assert!(service.space(&acme).commit(Batch::new().delete(record_place())).unwrap().is_yes());
        assert_eq!(held(&service), None);
        service.set_provider(&rival, new()).unwrap();
        assert_eq!(held(&service).as_deref(), Some("rival"));
        let taken = service.set_provider(&acme, new()).unwrap_err();
        assert!(matches!(taken, ServiceError::Conflict(_)), "{taken}");
    }
}
