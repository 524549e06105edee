//! Approval: a run becomes its period's official one.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key};
use crate::run_plan::{Cut, Decision, RunView, decision, official_key};
use attain_calc::Progress;
use attain_model::record::RunState;
use attain_store::{Batch, Kind};
use std::sync::atomic::AtomicBool;

/// Rows of a batch when a run is computed again before it is approved: another cut than any usual one.
const SECOND_CUT: usize = 1_021;

impl Service {
    /// Approves a run: it is computed again in another cut, and becomes the period's official run.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Conflict`] when the second computation differs, or the official run is locked.
    pub fn approve(
        &self,
        caller: &Caller,
        reference: &str,
        cancel: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<RunView, ServiceError> {
        self.company(caller)?;
        let space = self.space(caller);
        let stored = self.find_run(&space, reference)?;
        let id = stored.record.id;
        let short = id.short();
        let cut = Cut { threads: None, batch_rows: Some(SECOND_CUT) };
        let replay = self.replay_stored(caller, &stored, cut, cancel, progress)?;
        if !replay.same {
            return Err(ServiceError::Conflict(format!(
                "run {short} comes out otherwise in another cut, in {} cells; a policy's rows depend on their neighbours, or the store is damaged: attain replay {short}",
                replay.differing
            )));
        }
        self.writing(caller, || {
            let pins = &stored.record.pins;
            let official_key = official_key(&pins.plan, pins.period);
            let before: Option<attain_model::Digest> = keep::read(&space, &official_key)?;
            if before == Some(id) {
                return self.view(&space, stored.record.clone());
            }
            let locked = before
                .map(|run| decision(&space, &run))
                .transpose()?
                .flatten()
                .is_some_and(|d| d.state == RunState::Locked);
            if locked {
                return Err(ServiceError::Conflict(format!(
                    "the official run of `{}` for `{}` is locked",
                    pins.plan, pins.period
                )));
            }
            let made = Decision { state: RunState::Approved, by: caller.actor.clone(), at: keep::now() };
            let mut batch = Batch::new()
                .put(key(Kind::Review, &[id.0]), keep::body(&space, &made)?)
                .put(official_key, keep::body(&space, &id)?);
            if let Some(before) = before {
                // One run a plan and period is official: the one before is a draft again.
                batch = batch.delete(key(Kind::Review, &[before.0]));
            }
            keep::commit(
                &space,
                &caller.actor,
                "approve",
                &format!("{} {}", pins.plan, pins.period),
                &id,
                batch,
            )?;
            self.view(&space, stored.record.clone())
        })
    }
}
