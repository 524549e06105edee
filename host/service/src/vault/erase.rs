//! The end of a company on this host: all of it goes, and the host's own log says so.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key};
use crate::mark::LogMark;
use attain_model::{Company, CompanyId};
use attain_store::{Batch, Committed, Key, Kind, end_life, sweep_company};
use serde::{Deserialize, Serialize};

/// Where the operator keeps which companies were erased.
const ERASED: &str = "erased";

/// A company that was erased. A stored record of the operator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// 1.
    format: u32,
    /// Which one.
    pub company: CompanyId,
    /// When.
    pub at: String,
    /// By whom, by the name of their credential.
    pub by: String,
    /// The last head of its log.
    pub log: LogMark,
}

/// What a host has under a company's id.
pub(super) struct Standing {
    company: Option<Company>,
    erased: Option<Erased>,
    /// The head of its log; of an empty one where it isn't there.
    pub(super) log: LogMark,
    seen: [Option<Vec<u8>>; 2],
}

impl Standing {
    pub(super) fn erased_key(id: &CompanyId) -> Key {
        key(Kind::Setting, &[ERASED, id.as_str()])
    }

    fn places(id: &CompanyId) -> [Key; 2] {
        [key(Kind::Company, &[id.as_str()]), Standing::erased_key(id)]
    }

    /// Heads of its log that have left the house.
    pub(super) fn heads(&self) -> impl Iterator<Item = LogMark> {
        let here = self.company.as_ref().map(|_| self.log);
        let gone = self.erased.as_ref().map(|erased| erased.log);
        [here, gone].into_iter().flatten().filter(|mark| *mark != LogMark::none())
    }

    /// That nothing of it has changed since.
    pub(super) fn unchanged(&self, id: &CompanyId) -> Batch {
        let places = Standing::places(id).into_iter().zip(self.seen.iter().cloned());
        places.fold(Batch::new(), |batch, (place, seen)| batch.require_unchanged(place, seen))
    }

    /// Whether a company may be put there.
    pub(super) fn allows(&self, id: &CompanyId, replace: bool) -> Result<(), ServiceError> {
        match (&self.company, &self.erased, replace) {
            (Some(_), _, false) => Err(ServiceError::Conflict(format!(
                "company `{id}` is there, its log at {}; restore it in its place: --replace",
                self.log
            ))),
            (None, Some(erased), false) => Err(ServiceError::Conflict(format!(
                "company `{id}` was erased on {} by {}; restore it all the same: --replace",
                erased.at, erased.by
            ))),
            _ => Ok(()),
        }
    }
}

impl Service {
    /// What the host has under a company's id now.
    pub(super) fn standing(&self, id: &CompanyId) -> Result<Standing, ServiceError> {
        let operator = self.store.operator();
        let [company_key, erased_key] = Standing::places(id);
        let (company, erased) = (operator.get(&company_key)?, operator.get(&erased_key)?);
        let log = keep::mark(&self.store.company(id))?;
        Ok(Standing {
            company: company.as_ref().map(|bytes| keep::parse(&operator, &company_key, bytes)).transpose()?,
            erased: erased.as_ref().map(|bytes| keep::parse(&operator, &erased_key, bytes)).transpose()?,
            log,
            seen: [company, erased],
        })
    }

    /// That, when and by whom a company was erased; none where it wasn't.
    pub(crate) fn erased(&self, id: &CompanyId) -> Result<Option<Erased>, ServiceError> {
        keep::read(&self.store.operator(), &Standing::erased_key(id))
    }

    /// Erases a caller's company: figures, policies, plans, runs, keys, limits and its log. `confirm` is its id once
    /// more. What stays is the host's own: that it was erased, when, by whom, and the last head of its log.
    ///
    /// At first it isn't there any more, by one batch; then what it was is removed, and a kill in between only puts
    /// that off until the host is next opened.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`], [`ServiceError::Invalid`] when `confirm` is something else.
    pub fn erase_company(&self, caller: &Caller, confirm: &str) -> Result<Erased, ServiceError> {
        let id = &caller.company;
        self.company(caller)?;
        if confirm != id.as_str() {
            let shown: String = confirm.chars().filter(|c| !c.is_control()).take(100).collect();
            let message =
                format!("`{shown}` is not `{id}`; say the company's id once more to erase all of it");
            return Err(ServiceError::invalid("confirm", message));
        }
        for _ in 0..keep::TRIES {
            let standing = self.standing(id)?;
            if standing.company.is_none() {
                break;
            }
            let log = standing.log;
            let erased =
                Erased { format: 1, company: id.clone(), at: keep::now(), by: caller.actor.clone(), log };
            let operator = self.store.operator();
            let [company_key, erased_key] = Standing::places(id);
            let said = format!("{id} at {log}");
            let host = standing
                .unchanged(id)
                .delete(company_key)
                .put(erased_key, keep::body(&operator, &erased)?)
                .and(keep::entry(&operator, &caller.actor, "erase-company", &said, &log.root)?);
            let old = self.store.company(id);
            let closing = keep::closing(&old, &log)?;
            if let Committed::Yes = end_life(&self.store, id, vec![(operator, host), (old, closing)])? {
                self.forget_limits(id);
                sweep_company(&self.store, id)?;
                return Ok(erased);
            }
        }
        self.company(caller)?;
        Err(keep::contended())
    }
}
