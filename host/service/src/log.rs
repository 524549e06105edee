//! The log, to be looked at.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep;
use crate::mark::LogMark;
use attain_ledger::Entry;

impl Service {
    /// The head of a company's log.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`], [`ServiceError::Store`].
    pub fn log_head(&self, caller: &Caller) -> Result<LogMark, ServiceError> {
        self.company(caller)?;
        keep::mark(&self.space(caller))
    }

    /// Entries of a company's log, in order: so many from one on, or the newest.
    ///
    /// # Errors
    ///
    /// As [`Service::log_head`].
    pub fn log(&self, caller: &Caller, from: Option<u64>, limit: usize) -> Result<Vec<Entry>, ServiceError> {
        self.company(caller)?;
        keep::entries(&self.space(caller), from, limit)
    }

    /// The same of the host's own log: its keys, companies restored and erased.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Store`].
    pub fn host_log(&self, from: Option<u64>, limit: usize) -> Result<Vec<Entry>, ServiceError> {
        keep::entries(&self.store.operator(), from, limit)
    }
}
