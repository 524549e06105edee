//! Whose figures somebody sees of a run: everybody's, those of their teams, their own.

use crate::Service;
use crate::access::{Act, Reach};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::explain_run::participant_id;
use crate::figures::KeptRows;
use crate::run_plan::{StoredRun, all_stored};
use crate::snapshots;
use attain_model::{Data, Digest, NO_VALUE, number};
use attain_store::{Space, TableReader};
use serde::Serialize;
use std::collections::BTreeSet;

/// Rows that are read together.
const PIECE: usize = 65_536;

/// People of a run.
pub(crate) enum Seen {
    /// Everybody.
    Everybody,
    /// These.
    These(BTreeSet<String>),
}

/// An official run that somebody has a statement in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paid {
    /// The run.
    pub run: Digest,
    /// The plan.
    pub plan: String,
    /// The period.
    pub period: String,
    /// The sum over all of their rows, as a decimal number.
    pub payout: String,
    /// What amounts are in.
    pub currency: String,
}

impl Seen {
    pub(crate) fn sees(&self, participant: &str) -> bool {
        match self {
            Seen::Everybody => true,
            Seen::These(people) => people.contains(participant),
        }
    }
}

/// The answer to whoever asks for a run that isn't there, or isn't for them.
fn no_run(reference: &str) -> ServiceError {
    ServiceError::NotFound { what: "run", name: reference.to_owned(), hint: String::new() }
}

impl Service {
    /// A run, and whose figures of it a caller sees. Somebody who sees only their own sees only official runs; a draft
    /// is answered as a run that isn't there, and nobody is told what else there is.
    pub(crate) fn find_seen(
        &self,
        caller: &Caller,
        act: Act,
        reference: &str,
    ) -> Result<(StoredRun, Seen), ServiceError> {
        let space = self.space(caller);
        let reach = caller.reach(act);
        let stored = match self.find_run(&space, reference) {
            Err(error) if reach >= Reach::Teams || error.is_damage() => return Err(error),
            found => found.map_err(|_| no_run(reference))?,
        };
        let sees = match reach {
            Reach::Nothing => false,
            Reach::Own => self.view(&space, stored.record.clone())?.official,
            Reach::Teams | Reach::Company => true,
        };
        if !sees {
            return Err(no_run(reference));
        }
        let seen = seen(&space, caller, act, &stored)?;
        Ok((stored, seen))
    }

    /// The official runs that somebody has a statement in, by period, and what each pays them. Somebody out of reach
    /// has none.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Invalid`] when it isn't an id of a participant.
    pub fn statements(&self, caller: &Caller, participant: &str) -> Result<Vec<Paid>, ServiceError> {
        self.company(caller)?;
        let id = participant_id(participant)?;
        let space = self.space(caller);
        let mut paid = Vec::new();
        for stored in all_stored(&space)? {
            if !self.view(&space, stored.record.clone())?.official {
                continue;
            }
            if !seen(&space, caller, Act::ReadStatements, &stored)?.sees(&id) {
                continue;
            }
            let kept = KeptRows::open(&space, &stored.outcome_table)?;
            let rows = kept.rows_of(&id)?;
            if rows.is_empty() {
                continue;
            }
            let payout = kept.reader().read_named(&["payout"], rows)?;
            let Some(Data::Numbers(payouts)) = payout.first() else { continue };
            let sum = payouts.iter().try_fold(0i64, |sum, one| sum.checked_add(*one)).unwrap_or(NO_VALUE);
            let pins = &stored.record.pins;
            paid.push((
                pins.span.first_day,
                Paid {
                    run: stored.record.id,
                    plan: pins.plan.clone(),
                    period: pins.period.to_string(),
                    payout: number::format(sum, pins.currency.decimals()),
                    currency: pins.currency.to_string(),
                },
            ));
        }
        paid.sort_by(|(a, one), (b, other)| (a, &one.plan).cmp(&(b, &other.plan)));
        Ok(paid.into_iter().map(|(_, paid)| paid).collect())
    }
}

/// Whose figures of a run a caller sees.
fn seen(space: &Space, caller: &Caller, act: Act, stored: &StoredRun) -> Result<Seen, ServiceError> {
    Ok(match caller.reach(act) {
        Reach::Company => Seen::Everybody,
        Reach::Teams => Seen::These(members(space, stored, &caller.teams)?),
        Reach::Own => Seen::These(caller.participant.iter().cloned().collect()),
        Reach::Nothing => Seen::These(BTreeSet::new()),
    })
}

/// The people of some teams, as the figures of a run have them.
fn members(space: &Space, stored: &StoredRun, teams: &[String]) -> Result<BTreeSet<String>, ServiceError> {
    let mut members = BTreeSet::new();
    let snapshot = snapshots::by_id(space, &stored.record.pins.snapshot)?;
    let Some(people) = snapshot.as_ref().and_then(|snapshot| snapshot.tables.get("people")) else {
        return Ok(members);
    };
    if !people.columns.iter().any(|column| column.name == "team") {
        return Ok(members);
    }
    let reader = TableReader::open(space, people)?;
    for first in (0..reader.rows()).step_by(PIECE) {
        let range = first..reader.rows().min(first + PIECE);
        let data = reader.read_named(&["participant", "team"], range.clone())?;
        let [Data::Texts(ids), Data::Texts(team)] = data.as_slice() else { continue };
        for row in 0..range.len() {
            if team.get(row).is_some_and(|team| teams.iter().any(|known| known == team)) {
                members.extend(ids.get(row).map(str::to_owned));
            }
        }
    }
    Ok(members)
}
