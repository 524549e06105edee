//! A backup into a data directory that has no store yet: verified whole before it is put in place.

use super::restore::holds;
use super::{BackupSummary, CompanyMark, HOST, behind, goes_back, read_records, restored_from};
use crate::error::ServiceError;
use crate::keep;
use crate::mark::LogMark;
use attain_model::CompanyId;
use attain_model::nearest::hint;
use attain_store::{Batch, Bulk, Kind, Store, StoreError, put_in_place};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

/// The store of a data directory, and its name while a backup is read into it.
pub(crate) const STORE: &str = "store";
pub(crate) const PARTIAL: &str = "store.partial";

/// Who did it, as the logs have it.
const ACTOR: &str = "operator";

/// How a host is restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostOptions {
    /// Even if a log goes back behind a known head.
    pub accept_loss: bool,
    /// Heads that somebody holds: of companies by id, of the host itself by [`HOST`].
    pub heads: BTreeMap<String, LogMark>,
}

/// A host that was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoredHost {
    /// What the backup held.
    pub summary: BackupSummary,
    /// The known heads that logs went back behind.
    pub behind: BTreeMap<String, LogMark>,
}

/// Restores a host, or a host of one company, into a data directory without a store.
///
/// # Errors
///
/// [`ServiceError::Backup`] for a file that isn't whole, [`ServiceError::Conflict`] when the directory isn't empty or a
/// log would go back behind a known head; then the directory has no store, as before.
pub fn restore_host(
    data: &Path,
    source: impl Read,
    options: &HostOptions,
) -> Result<RestoredHost, ServiceError> {
    refuse_unless_empty(data)?;
    let partial = data.join(PARTIAL);
    remove_partial(&partial)?;
    let restored = fill(&partial, source, options).and_then(|restored| {
        put_in_place(&partial, &data.join(STORE))?;
        Ok(restored)
    });
    if restored.is_err() {
        // The first error is the cause; what stays is removed by whoever restores next.
        let _ = std::fs::remove_dir_all(&partial);
    }
    restored
}

/// Only what a host without a store leaves may lie there.
fn refuse_unless_empty(data: &Path) -> Result<(), ServiceError> {
    let entries = match std::fs::read_dir(data) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| disk("list", data, source))?,
    };
    for entry in entries {
        let name = entry.map_err(|source| disk("list", data, source))?.file_name();
        let name = name.to_string_lossy();
        if name == STORE {
            return Err(ServiceError::Conflict(format!(
                "`{}` has a store; restore into an empty directory: --data DIR, or one company of it in its place: --company ID --replace",
                data.display()
            )));
        }
        if ![PARTIAL, "compiled", "server.address"].contains(&&*name) {
            return Err(ServiceError::Conflict(format!(
                "`{}` holds `{name}`; restore into an empty directory, or one that is not there yet: --data DIR",
                data.display()
            )));
        }
    }
    Ok(())
}

/// Removes what a killed restore left, unless another is at work on it.
fn remove_partial(partial: &Path) -> Result<(), ServiceError> {
    if !partial.exists() {
        return Ok(());
    }
    if let Err(error @ StoreError::Locked { .. }) =
        attain_store::open(partial, &attain_store::Settings::default())
    {
        return Err(error.into());
    }
    std::fs::remove_dir_all(partial).map_err(|source| disk("remove", partial, source))
}

fn fill(partial: &Path, source: impl Read, options: &HostOptions) -> Result<RestoredHost, ServiceError> {
    let store = attain_store::open(partial, &attain_store::Settings::default())?;
    let mut bulk = Bulk::new(&store);
    let summary = read_records(source, |record| Ok(bulk.put_record(record)?))?;
    bulk.finish()?;
    for named in options.heads.keys().filter(|named| *named != HOST) {
        if !summary.companies.keys().any(|id| id.as_str() == named) {
            let hint = hint(named, summary.companies.keys().map(CompanyId::as_str));
            return Err(ServiceError::invalid("head", format!("the backup has no company `{named}`{hint}")));
        }
    }
    let mut gone = BTreeMap::new();
    for CompanyMark { company, log } in summary.companies.values() {
        let id = company.id.as_str();
        let space = store.company(&company.id);
        let known = options.heads.get(id).copied();
        let back = compared(&space, &format!("`{id}`"), *log, known, options)?;
        if let Some(known) = back {
            let said = restored_from(id, *log, back);
            keep::commit(&space, ACTOR, "restore", &said, &summary.digest, Batch::new())?;
            gone.insert(id.to_owned(), known);
        }
    }
    host_log(&store, &summary, options, &mut gone)?;
    Ok(RestoredHost { summary, behind: gone })
}

/// What the host itself has to say: its log goes on, with where it comes from.
fn host_log(
    store: &Arc<dyn Store>,
    summary: &BackupSummary,
    options: &HostOptions,
    gone: &mut BTreeMap<String, LogMark>,
) -> Result<(), ServiceError> {
    let operator = store.operator();
    let mut batch = Batch::new();
    let log = summary.host.unwrap_or_else(LogMark::none);
    let known = options.heads.get(HOST).copied();
    let back = compared(&operator, "the host", log, known, options)?;
    gone.extend(back.map(|known| (HOST.to_owned(), known)));
    if summary.host.is_none() {
        for CompanyMark { company, .. } in summary.companies.values() {
            let place = keep::key(Kind::Company, &[company.id.as_str()]);
            batch = batch.put(place, keep::body(&operator, company)?);
        }
    }
    let said = restored_from("the host", log, back);
    keep::commit(&operator, ACTOR, "restore-host", &said, &summary.digest, batch)
}

/// The known head that a log goes back behind, where that is accepted.
fn compared(
    space: &attain_store::Space,
    whose: &str,
    log: LogMark,
    known: Option<LogMark>,
    options: &HostOptions,
) -> Result<Option<LogMark>, ServiceError> {
    let known: Vec<LogMark> = known.into_iter().collect();
    let found = holds(space, whose, log, &known)?;
    match behind(&known, &found) {
        None => Ok(None),
        Some((known, _)) if options.accept_loss => Ok(Some(known)),
        Some((known, found)) => Err(goes_back(whose, log, known, found)),
    }
}

fn disk(action: &'static str, path: &Path, source: std::io::Error) -> ServiceError {
    StoreError::Disk { action, path: path.into(), source }.into()
}
