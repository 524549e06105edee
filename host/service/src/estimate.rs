//! What somebody would be paid if some of their figures were others. Nothing of it is kept.

use crate::Service;
use crate::access::{Act, Reach};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::explain_run::{StatementRow, check_language, participant_id, told};
use crate::figures::{KeptRows, Opened};
use crate::run_plan::Cut;
use attain_calc::{Changes, RunError, estimate};
use attain_model::{Data, Digest};
use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// What is asked.
#[derive(Clone, Debug)]
pub struct EstimateRequest {
    /// The plan, as it holds in the period.
    pub plan: String,
    /// The period, whose newest figures are taken.
    pub period: String,
    /// Whose pay.
    pub participant: String,
    /// `en` or `zh`.
    pub language: String,
    /// What is other than in the figures.
    pub changes: Changes,
}

/// What somebody would be paid, and why: as their statement in a run of these figures would say it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The plan.
    pub plan: String,
    /// The digest of its version.
    pub plan_digest: Digest,
    /// The period.
    pub period: String,
    /// The figures.
    pub snapshot: Digest,
    /// Who.
    pub participant: String,
    /// What amounts are in.
    pub currency: String,
    /// The language of the sentences.
    pub language: String,
    /// The sum over all rows, as a decimal number.
    pub payout: String,
    /// A part for each assignment.
    pub rows: Vec<StatementRow>,
}

impl Service {
    /// Computes what one participant would be paid for a period with changed figures, on the newest snapshot, with the
    /// plan and the history that a run would take now. Without changes it is what that run would give them.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Run`] with [`RunError::Changes`] for what can't be changed so, with every place.
    pub fn estimate(
        &self,
        caller: &Caller,
        request: &EstimateRequest,
        cancel: &AtomicBool,
    ) -> Result<Estimate, ServiceError> {
        let EstimateRequest { plan, period, participant, language, changes } = request;
        check_language(language)?;
        let id = participant_id(participant)?;
        let (pins, prepared) = self.pin(caller, plan, period)?;
        let opened = Opened::open(&self.space(caller), &pins)?;
        let unknown = |hint| ServiceError::NotFound {
            what: "participant of this plan in these figures",
            name: id.clone(),
            hint,
        };
        if !sees(caller, opened.people(), &id)? {
            return Err(unknown(String::new()));
        }
        let limits = self.limits_of(&caller.company)?;
        let one = Cut { threads: Some(1), batch_rows: None };
        let settings = self.calc_settings(one, &limits.call, cancel, &|_| {});
        let estimated = estimate(&prepared, &opened.figures(), &settings, &id, changes);
        let explanation = estimated.map_err(|error| match error {
            // A hint could name somebody whom they don't see.
            RunError::Participant { .. } if caller.reach(Act::Estimate) < Reach::Company => {
                unknown(String::new())
            }
            RunError::Participant { hint, .. } => unknown(hint),
            error => error.into(),
        })?;
        let (payout, rows) = told(&prepared, &explanation, language);
        Ok(Estimate {
            plan: pins.plan,
            plan_digest: pins.plan_digest,
            period: pins.period.to_string(),
            snapshot: pins.snapshot,
            participant: explanation.participant,
            currency: prepared.currency.to_string(),
            language: language.clone(),
            payout,
            rows,
        })
    }
}

/// Whether somebody may ask about a participant, whose teams are those of these figures.
fn sees(caller: &Caller, people: &KeptRows, participant: &str) -> Result<bool, ServiceError> {
    Ok(match caller.reach(Act::Estimate) {
        Reach::Company => true,
        Reach::Own => caller.participant.as_deref() == Some(participant),
        Reach::Nothing => false,
        Reach::Teams => {
            if !people.reader().table().columns.iter().any(|column| column.name == "team") {
                return Ok(false);
            }
            let teams = people.reader().read_named(&["team"], people.rows_of(participant)?)?;
            match teams.first() {
                Some(Data::Texts(teams)) => {
                    teams.iter().flatten().any(|team| caller.teams.iter().any(|known| known == team))
                }
                _ => false,
            }
        }
    })
}
