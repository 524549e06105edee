//! What people do: publish a policy, bring figures in, publish a plan, run it, ask why, replay, approve.
//!
//! In: who acts for which company, and what they bring. Out: the record of what came of it.
//! One file a verb. A thing done and its entry in the log are committed together or not at all.

mod access;
mod approve;
mod caller;
mod company;
mod error;
mod estimate;
mod explain_run;
mod export_run;
mod fetched;
mod figures;
mod keep;
mod key_set;
mod keys;
mod limits;
mod log;
mod mark;
mod outcome_rows;
mod plans;
mod policies;
mod provider;
mod replay_run;
mod run_plan;
mod scope;
mod sentence;
mod settings;
mod snapshots;
mod token;
mod vault;

pub use access::{Act, Reach, Role};
pub use attain_calc::{Changes, Difference, Meter, Part, Progress, RunError};
pub use attain_engine::{BATCH_ROWS, Failure, PolicyError};
pub use attain_ingest::{ExportError, Format, ImportError};
pub use attain_store::archive::{ArchiveError, Flaw};
pub use attain_store::{Damage, StoreError};
pub use caller::Caller;
pub use error::{Class, ServiceError};
pub use estimate::{Estimate, EstimateRequest};
pub use explain_run::{Line, Statement, StatementRow, StatementStep, Value};
pub use export_run::RunExport;
pub use fetched::Fetch;
pub use keys::{Holder, KeyRecord, MadeKey, NewKey, random};
pub use limits::{CompanyLimits, LimitView};
pub use mark::LogMark;
pub use outcome_rows::OutcomePage;
pub use plans::{PlanCheck, Probed};
pub use provider::{NewKeys, NewProvider, ProviderRecord};
pub use replay_run::Replay;
pub use run_plan::{Cut, RunView};
pub use scope::Paid;
pub use settings::Settings;
pub use snapshots::{ImportRequest, SourceFile};
pub use vault::{
    BACKUP_MEDIA_TYPE, Backup, BackupSummary, CompanyMark, Erased, HOST, HostOptions, RestoreOptions,
    Restored, RestoredHost, read_backup, restore_host,
};

use attain_engine::{Engine, EngineSettings};
use attain_model::CompanyId;
use attain_store::{Batch, Kind, Space, Store};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Everything a host does, over one store and one engine. Usable from several threads at once.
pub struct Service {
    store: Arc<dyn Store>,
    engine: Engine,
    /// What companies may use, as far as anybody asked.
    known_limits: Mutex<HashMap<CompanyId, Arc<CompanyLimits>>>,
    settings: Settings,
    meter: Arc<dyn Meter>,
    /// Keys of identity providers that lie elsewhere.
    fetched: fetched::Fetched,
    /// One company at a time says which provider is its own.
    providers: Mutex<()>,
    /// One writer a company at a time: reads go on.
    writers: Mutex<HashMap<CompanyId, Arc<Mutex<()>>>>,
}

impl Service {
    /// Opens a host's data directory, or makes one.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Store`] when another process has it open or it is damaged, [`ServiceError::Engine`].
    pub fn open(settings: Settings) -> Result<Service, ServiceError> {
        let store = match &settings.data {
            Some(dir) => {
                let (store, partial) = (dir.join(vault::STORE), dir.join(vault::PARTIAL));
                if partial.exists() && !store.exists() {
                    return Err(ServiceError::Conflict(format!(
                        "a restore into `{}` was broken off; do it again: attain restore FILE, or remove `{}` to begin anew",
                        dir.display(),
                        partial.display()
                    )));
                }
                attain_store::open(&store, &attain_store::Settings::default())?
            }
            None => attain_store::in_memory(),
        };
        Service::over(store, settings)
    }

    /// A host over a store that is open already: for whoever damages one on purpose. Compiled code still goes to
    /// the data directory, where one is named.
    ///
    /// # Errors
    ///
    /// As [`Service::open`].
    pub fn over(store: Arc<dyn Store>, settings: Settings) -> Result<Service, ServiceError> {
        let engine = Engine::new(EngineSettings {
            calls_at_once: u32::try_from(settings.threads.saturating_mul(4))
                .unwrap_or(u32::MAX)
                .clamp(32, 256),
            cache: settings.data.as_ref().map(|dir| dir.join("compiled")),
            compiling: settings.compiling.clone(),
            // One more than a server takes in at once: whoever compiles for long leaves the others a place.
            compiled_at_once: 4,
            ..EngineSettings::default()
        })?;
        let meter = Arc::new(attain_calc::Unmeasured);
        let (known_limits, writers) = (Mutex::default(), Mutex::default());
        let fetched = fetched::Fetched::by(Arc::new(fetched::NoFetch));
        let providers = Mutex::default();
        let service = Service { store, engine, known_limits, settings, meter, fetched, providers, writers };
        service.sweep()?;
        Ok(service)
    }

    /// Has its runs measured: where their time goes.
    #[must_use]
    pub fn measured_by(self, meter: Arc<dyn Meter>) -> Service {
        Service { meter, ..self }
    }

    /// Has it fetch what lies elsewhere: keys of identity providers. Without this it fetches nothing.
    #[must_use]
    pub fn fetching_by(self, fetch: Arc<dyn Fetch>) -> Service {
        Service { fetched: fetched::Fetched::by(fetch), ..self }
    }

    /// Whether it can take something in: writes a mark and reads it again.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Store`] says why not: a full disk, a store that only reads since a write failed.
    pub fn ready(&self) -> Result<(), ServiceError> {
        let (space, place) = (self.store.operator(), keep::key(Kind::Setting, &["ready"]));
        let now = keep::now();
        // Nothing is asked of what was there before.
        _ = space.commit(Batch::new().put(place.clone(), keep::body(&space, &now)?))?;
        match keep::read::<String>(&space, &place)? {
            Some(_) => Ok(()),
            None => Err(ServiceError::Damaged("what was written isn't there".to_owned())),
        }
    }

    /// The engine, for those who build and test policies.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How many threads a run takes when nobody says.
    pub fn threads(&self) -> usize {
        self.settings.threads
    }

    fn space(&self, caller: &Caller) -> Space {
        self.store.company(&caller.company)
    }

    /// Does something that writes, alone among those who write for this company.
    fn writing<T>(
        &self,
        caller: &Caller,
        work: impl FnOnce() -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let lock = {
            let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(writers.entry(caller.company.clone()).or_default())
        };
        let _alone = lock.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }
}
