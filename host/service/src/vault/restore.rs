//! One company of a backup into a host that serves: a new one, or in the place of the one that is there.
//!
//! It is written where nobody sees it, checked, and put in place by one batch. Until then, and if anything fails or the
//! process is killed, the host has what it had.

use super::{CompanyMark, behind, goes_back, read_records, restored_from};
use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep;
use crate::keys::revoked_too;
use crate::mark::LogMark;
use crate::vault::erase::Standing;
use attain_model::nearest::hint;
use attain_model::{CompanyId, Digest};
use attain_store::{Committed, Kind, Staged, sweep_company};
use std::io::Read;

/// How a company is restored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RestoreOptions {
    /// In the place of the company that is there, or was erased.
    pub replace: bool,
    /// Even if it goes back behind a known head.
    pub accept_loss: bool,
    /// A head of its log that somebody holds.
    pub head: Option<LogMark>,
}

/// A company that was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Which one.
    pub company: CompanyId,
    /// When the backup was made.
    pub made_at: String,
    /// The head of its log in the backup.
    pub log: LogMark,
    /// The known head that it went back behind.
    pub behind: Option<LogMark>,
    /// How many records.
    pub records: u64,
}

/// What was read into a place of its own.
struct Filled {
    mark: CompanyMark,
    made_at: String,
    records: u64,
    digest: Digest,
}

impl Service {
    /// Whether a caller's company may be restored, as far as that shows before its backup is read.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Conflict`] when the company is there or was erased.
    pub fn may_restore(&self, caller: &Caller, options: RestoreOptions) -> Result<(), ServiceError> {
        self.standing(&caller.company)?.allows(&caller.company, options.replace)
    }

    /// Restores a caller's company from a backup of it or of its host.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Backup`] for a file that isn't whole, [`ServiceError::Conflict`] when the company is there, was
    /// erased, or would go back behind a known head; then nothing has changed.
    pub fn restore_company(
        &self,
        caller: &Caller,
        source: impl Read,
        options: RestoreOptions,
    ) -> Result<Restored, ServiceError> {
        let id = &caller.company;
        self.may_restore(caller, options)?;
        let mut staged = Staged::begin(&self.store, id)?;
        let restored = fill(&mut staged, id, source)
            .and_then(|read| self.put_in_place(caller, &mut staged, &read, options));
        match restored {
            Ok(restored) => {
                self.forget_limits(id);
                sweep_company(&self.store, id)?;
                Ok(restored)
            }
            Err(error) => {
                // What can't be removed now is removed when the host is next opened; the first error is the cause.
                let _ = staged.abandon();
                Err(error)
            }
        }
    }

    fn put_in_place(
        &self,
        caller: &Caller,
        staged: &mut Staged,
        read: &Filled,
        options: RestoreOptions,
    ) -> Result<Restored, ServiceError> {
        let (id, log) = (&caller.company, read.mark.log);
        let whose = format!("`{id}`");
        for _ in 0..keep::TRIES {
            let standing = self.standing(id)?;
            standing.allows(id, options.replace)?;
            let known: Vec<LogMark> = standing.heads().chain(options.head).collect();
            let found = holds(&staged.space(), &whose, log, &known)?;
            let behind = behind(&known, &found);
            if let Some((known, found)) = behind
                && !options.accept_loss
            {
                return Err(goes_back(&whose, log, known, found));
            }
            let behind = behind.map(|(known, _)| known);
            let said = restored_from(id.as_str(), log, behind);
            let operator = self.store.operator();
            let host = standing
                .unchanged(id)
                .put(keep::key(Kind::Company, &[id.as_str()]), keep::body(&operator, &read.mark.company)?)
                .delete(Standing::erased_key(id))
                .and(keep::entry(&operator, &caller.actor, "restore-company", &said, &read.digest)?);
            let new = keep::entry(&staged.space(), &caller.actor, "restore", &said, &read.digest)?;
            let old = self.store.company(id);
            let closing = keep::closing(&old, &standing.log)?;
            // A key that was revoked since the backup isn't good again.
            let new = new.and(revoked_too(&old, &staged.space())?);
            let parts = vec![(operator, host), (old, closing), (staged.space(), new)];
            if let Committed::Yes = staged.take_place(parts)? {
                let (company, made_at) = (id.clone(), read.made_at.clone());
                return Ok(Restored { company, made_at, log, behind, records: read.records });
            }
        }
        Err(keep::contended())
    }
}

/// Reads a company's records into their place.
fn fill(staged: &mut Staged, id: &CompanyId, source: impl Read) -> Result<Filled, ServiceError> {
    let mut records = 0;
    let mut summary = read_records(source, |record| {
        if record.company().as_ref() == Some(id) {
            staged.put(record)?;
            records += 1;
        }
        Ok(())
    })?;
    staged.settle()?;
    let Some(mark) = summary.companies.remove(id) else {
        let hint = hint(id.as_str(), summary.companies.keys().map(CompanyId::as_str));
        return Err(ServiceError::invalid("the backup", format!("it has no company `{id}`{hint}")));
    };
    Ok(Filled { mark, made_at: summary.made_at, records, digest: summary.digest })
}

/// What a restored log has at the sizes of known heads, once it is found to be the log that the backup says.
pub(super) fn holds(
    space: &attain_store::Space,
    whose: &str,
    log: LogMark,
    known: &[LogMark],
) -> Result<Vec<Option<LogMark>>, ServiceError> {
    let sizes: Vec<u64> = known.iter().map(|mark| mark.size).collect();
    let wrong =
        |why: String| ServiceError::invalid("the backup", format!("the log of {whose} is not whole: {why}"));
    match keep::recount(space, &sizes) {
        Ok((found, at)) if found == log => Ok(at),
        Ok((found, _)) => Err(wrong(format!("its head is said to be {log} and is {found}"))),
        Err(error @ (ServiceError::Damaged(_) | ServiceError::Record { .. })) => {
            Err(wrong(error.to_string()))
        }
        Err(error) => Err(error),
    }
}
