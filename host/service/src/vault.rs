//! Backups, what they are restored to, and erasure: a host's or a company's data entire, out of the house and back.
//!
//! In: a service, or an empty data directory, and a file of `attain_store::archive`. Out: the same figures, records,
//! keys and log, every byte of them checked.
//!
//! INVARIANT (heads): what the host knows of a company's log is compared with the log that would take its place. One
//! that doesn't hold every entry of the known head is refused, unless somebody accepts that; then it says so itself.

mod backup;
mod erase;
mod restore;
mod restore_host;

pub use backup::Backup;
pub use erase::Erased;
pub use restore::{RestoreOptions, Restored};
pub use restore_host::{HostOptions, RestoredHost, restore_host};
pub(crate) use restore_host::{PARTIAL, STORE};

use crate::error::ServiceError;
use crate::mark::LogMark;
use attain_model::{Company, CompanyId, Digest};
use attain_store::archive::{Entry, Reader, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;

/// Media type of a backup.
pub const BACKUP_MEDIA_TYPE: &str = "application/vnd.attain.backup";

/// What stands for the host itself where companies are named.
pub const HOST: &str = "-";

/// The most companies of a backup: what reading one may ever ask for.
const COMPANIES_MAX: usize = 1_000_000;

/// What a backup is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// 1.
    format: u32,
    made_at: String,
    /// The version that wrote it.
    attain: String,
    /// The head of the host's own log; none where it holds one company.
    host: Option<LogMark>,
}

/// A company of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanyMark {
    /// The company.
    pub company: Company,
    /// The head of its log at that moment.
    pub log: LogMark,
}

/// What a backup holds, once all of it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupSummary {
    /// When it was made, RFC 3339 in UTC.
    pub made_at: String,
    /// The head of the host's own log; none where it holds one company.
    pub host: Option<LogMark>,
    /// Its companies, by id.
    pub companies: BTreeMap<CompanyId, CompanyMark>,
    /// How many records.
    pub records: u64,
    /// Digest of the whole file, as its last part says it.
    pub digest: Digest,
}

/// Reads a backup to its end and checks all of it.
///
/// # Errors
///
/// [`ServiceError::Backup`] names the place of what is wrong.
pub fn read_backup(source: impl Read) -> Result<BackupSummary, ServiceError> {
    read_records(source, |_| Ok(()))
}

/// Reads a backup, and gives somebody its records.
fn read_records(
    source: impl Read,
    mut take: impl FnMut(Record) -> Result<(), ServiceError>,
) -> Result<BackupSummary, ServiceError> {
    let mut reader = Reader::open(source)?;
    let mut about: Option<About> = None;
    let mut companies = BTreeMap::new();
    let mut records = 0u64;
    while let Some(entry) = reader.next()? {
        match entry {
            Entry::About(json) => about = Some(read_json("about", &json)?),
            Entry::Company(json) => {
                let mark: CompanyMark = read_json("company", &json)?;
                if companies.len() >= COMPANIES_MAX {
                    let message = format!("it lists more than {COMPANIES_MAX} companies");
                    return Err(ServiceError::invalid("the backup", message));
                }
                companies.insert(mark.company.id.clone(), mark);
            }
            Entry::Record(record) => {
                let listed = match record.company() {
                    Some(id) => companies.contains_key(&id),
                    None => about.as_ref().is_some_and(|about| about.host.is_some()),
                };
                if !listed {
                    let whose = record.company().map_or_else(|| HOST.to_owned(), |id| id.to_string());
                    let message = format!("a record is of `{whose}`, which it doesn't list");
                    return Err(ServiceError::invalid("the backup", message));
                }
                take(record)?;
                records += 1;
            }
        }
    }
    // The reader gives it first, or an error.
    let about = about.ok_or_else(|| ServiceError::invalid("the backup", "doesn't say what it is about"))?;
    let (made_at, host, digest) = (about.made_at, about.host, reader.digest());
    Ok(BackupSummary { made_at, host, companies, records, digest })
}

fn read_json<'a, T: Deserialize<'a>>(what: &str, json: &'a [u8]) -> Result<T, ServiceError> {
    serde_json::from_slice(json).map_err(|error| {
        ServiceError::invalid("the backup", format!("its part `{what}` can't be read: {error}"))
    })
}

fn write_json<T: Serialize>(value: &T) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(value).map_err(|source| ServiceError::Record { record: "backup".into(), source })
}

/// Known heads that a log doesn't hold, the longest first to be said. `found` is what the log has at their sizes.
fn behind(known: &[LogMark], found: &[Option<LogMark>]) -> Option<(LogMark, Option<LogMark>)> {
    let missing = known.iter().zip(found).filter(|(known, found)| Some(**known) != **found);
    missing.map(|(known, found)| (*known, *found)).max_by_key(|(known, _)| known.size)
}

/// Why a log may not take the place of one that is known to have been longer, or another.
fn goes_back(whose: &str, log: LogMark, known: LogMark, found: Option<LogMark>) -> ServiceError {
    let what = match found {
        None => {
            let gone = match known.size.saturating_sub(log.size) {
                1 => "1 entry".to_owned(),
                several => format!("{several} entries"),
            };
            format!(
                "the backup's log of {whose} ends at {log}, and head {known} has left the house: whoever holds it would find {gone} gone"
            )
        }
        Some(_) => format!(
            "the backup's log of {whose} is {log}, and head {known} has left the house: it isn't the same log"
        ),
    };
    ServiceError::Conflict(format!(
        "{what}; nothing was restored, take a newer backup, or say `--accept-loss` to go back, which the log will show"
    ))
}

/// What the log says of a restore.
fn restored_from(id: &str, log: LogMark, behind: Option<LogMark>) -> String {
    match behind {
        None => format!("{id} at {log}"),
        Some(known) => format!("{id} at {log} behind head {known}"),
    }
}
