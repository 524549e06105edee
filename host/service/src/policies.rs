//! Policies: published once under name and version, found by tag or digest ever after.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key};
use attain_engine::{Policy, PolicyError};
use attain_model::Digest;
use attain_model::nearest::hint;
use attain_model::record::PolicyRecord;
use attain_store::{Batch, Kind, Scan, Space, get_bytes, put_bytes};
use std::sync::Arc;

type Version = (u32, u32, u32);

fn version_of(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

impl Service {
    /// Publishes a component: checked, compiled, and kept under its digest.
    ///
    /// Publishing the same bytes again changes nothing.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Policy`] says what is wrong with the component; [`ServiceError::Conflict`] when another
    /// component has this name and version.
    pub fn publish_policy(&self, caller: &Caller, component: &[u8]) -> Result<PolicyRecord, ServiceError> {
        self.company(caller)?;
        let (bytes, most) = (component.len() as u64, self.limits_of(&caller.company)?.component_bytes);
        if bytes > most {
            return Err(PolicyError::TooLarge { bytes, most }.into());
        }
        self.room(caller)?;
        let policy = self.engine.load(component)?;
        self.writing(caller, || {
            let space = self.space(caller);
            let manifest = policy.manifest();
            let digest = policy.digest();
            let policy_key = key(Kind::Policy, &[digest.0]);
            if let Some(known) = keep::read(&space, &policy_key)? {
                return Ok(known);
            }
            let tag = key(Kind::Tag, &[manifest.name.as_str(), manifest.version.as_str()]);
            if let Some(other) = keep::read::<Digest>(&space, &tag)? {
                return Err(ServiceError::Conflict(format!(
                    "`{}@{}` is published already, as component {}; raise the version in Cargo.toml to publish another",
                    manifest.name,
                    manifest.version,
                    other.short()
                )));
            }
            let unreadable = |source| ServiceError::Record { record: "manifest".into(), source };
            let record = PolicyRecord {
                format: 1,
                digest,
                name: manifest.name.clone(),
                version: manifest.version.clone(),
                bytes: component.len() as u64,
                published_at: keep::now(),
                manifest: serde_json::to_value(manifest).map_err(unreadable)?,
            };
            put_bytes(&space, component)?;
            let batch = Batch::new()
                .require_absent(policy_key.clone())
                .require_absent(tag.clone())
                .put(policy_key, keep::body(&space, &record)?)
                .put(tag, keep::body(&space, &digest)?);
            let object = format!("{}@{}", record.name, record.version);
            keep::commit(&space, &caller.actor, "publish-policy", &object, &digest, batch)?;
            Ok(record)
        })
    }

    /// All policies, by name and version.
    pub fn policies(&self, caller: &Caller) -> Result<Vec<PolicyRecord>, ServiceError> {
        self.company(caller)?;
        let mut records: Vec<PolicyRecord> = keep::all(&self.space(caller), Scan::all(Kind::Policy))?;
        records.sort_by_key(|record| (record.name.clone(), version_of(&record.version)));
        Ok(records)
    }

    /// A policy by `name`, `name@major`, `name@version` or the first 8 or more digits of its digest.
    pub fn policy(&self, caller: &Caller, reference: &str) -> Result<PolicyRecord, ServiceError> {
        let records = self.policies(caller)?;
        let found = find(&records, reference).cloned();
        found.ok_or_else(|| not_found(&records, reference))
    }

    /// Component and manifest of a policy, ready to run.
    pub(crate) fn load_policy(&self, space: &Space, digest: &Digest) -> Result<Arc<Policy>, ServiceError> {
        let missing = || {
            ServiceError::Damaged(format!(
                "the component {digest} is missing; restore the store from a backup"
            ))
        };
        if let Some(policy) = self.engine.loaded(digest) {
            return Ok(policy);
        }
        let component = get_bytes(space, digest)?.ok_or_else(missing)?;
        Ok(self.engine.load(&component)?)
    }

    /// The policy that a plan's step means at this moment.
    pub(crate) fn resolve_policy(&self, caller: &Caller, reference: &str) -> Result<PolicyRecord, String> {
        let records = self.policies(caller).map_err(|error| error.to_string())?;
        if !reference.contains('@') && Digest::parse(reference).is_none() {
            return Err(format!(
                "`{reference}` names no version, expected such as `{reference}@1` or a digest"
            ));
        }
        find(&records, reference).cloned().ok_or_else(|| not_found(&records, reference).to_string())
    }
}

fn find<'a>(records: &'a [PolicyRecord], reference: &str) -> Option<&'a PolicyRecord> {
    let (name, version) =
        reference.split_once('@').map_or((reference, None), |(name, version)| (name, Some(version)));
    let matches = |record: &&PolicyRecord| {
        record.name == name
            && version.is_none_or(|wanted| {
                record.version == wanted || record.version.starts_with(&format!("{wanted}."))
            })
    };
    // Records are in the order of versions: the last is the newest.
    let newest = records.iter().rfind(matches);
    let by_digest = || {
        let mut found = records
            .iter()
            .filter(|record| reference.len() >= 8 && record.digest.to_string().starts_with(reference));
        found.next().filter(|_| found.next().is_none())
    };
    newest.or_else(by_digest)
}

fn not_found(records: &[PolicyRecord], reference: &str) -> ServiceError {
    let tags: Vec<String> =
        records.iter().map(|record| format!("{}@{}", record.name, record.version)).collect();
    let hint = match tags.is_empty() {
        true => "; publish one: attain policy publish FILE.wasm".to_owned(),
        false => hint(reference, tags.iter().map(String::as_str)),
    };
    ServiceError::NotFound { what: "policy", name: reference.to_owned(), hint }
}
