//! What is kept of everything done: versioned records that outlive the code that wrote them.
//!
//! A record's `format` is read first; a reader refuses one it doesn't know. Times are RFC 3339 in UTC.

use crate::currency::Currency;
use crate::digest::{Canonical, Digest};
use crate::manifest::OutputKind;
use crate::period::{Period, Span};
use crate::unit::Type;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the host's own meaning of a plan: binding, grouping, folding, payout. A change that could
/// change an outcome raises it.
pub const SEMANTICS: u32 = 1;

/// A published policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRecord {
    /// 1.
    pub format: u32,
    /// Digest of the component's bytes.
    pub digest: Digest,
    /// As its manifest says.
    pub name: String,
    /// As its manifest says.
    pub version: String,
    /// Size of the component in bytes.
    pub bytes: u64,
    /// When it was published.
    pub published_at: String,
    /// What `describe` returned.
    pub manifest: serde_json::Value,
}

/// A published version of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRecord {
    /// 1.
    pub format: u32,
    /// Digest of what the plan says and of the policies it is pinned to.
    pub digest: Digest,
    /// The plan as published.
    pub plan: crate::plan::Plan,
    /// For each step, the digest that its policy was pinned to.
    pub policies: Vec<Digest>,
    /// Its place among the versions of this plan, from 1.
    pub version: u32,
    /// When it was published.
    pub published_at: String,
    /// The file as it came.
    pub source: String,
}

impl PlanRecord {
    /// The digest of a plan pinned to policies. It covers what the plan says, not how its file is written.
    pub fn digest_of(plan: &crate::plan::Plan, policies: &[Digest]) -> Result<Digest, serde_json::Error> {
        let mut form = Canonical::new("attain.plan.v1");
        form.text(serde_json::to_vec(plan)?).count(policies.len());
        policies.iter().for_each(|digest| {
            form.digest(digest);
        });
        Ok(form.finish())
    }
}

/// A column of a stored table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnRecord {
    /// Its name.
    pub name: String,
    /// Its unit and decimals.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Digest of its cells; of ids, the digest of their salted hashes.
    pub digest: Digest,
}

/// A stored table by its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRecord {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// Its columns, in order.
    pub columns: Vec<ColumnRecord>,
    /// Root over its salted rows (RFC 6962), where it has a `participant` column.
    pub root: Option<Digest>,
}

impl TableRecord {
    /// The digest of the figures: names, types and cells of all columns but ids. It doesn't depend on salts.
    pub fn figures(&self) -> Digest {
        let mut form = Canonical::new("attain.table.v1");
        form.text(&self.name).number(i64::try_from(self.rows).unwrap_or(i64::MAX));
        let figures = self.columns.iter().filter(|column| column.name != "participant");
        for column in figures {
            form.text(&column.name)
                .text(column.kind.unit.name())
                .count(usize::from(column.kind.decimals))
                .digest(&column.digest);
        }
        form.finish()
    }

    /// The digest of the figures and of whose they are.
    pub fn digest(&self) -> Digest {
        let mut form = Canonical::new("attain.table.v1+ids");
        form.digest(&self.figures());
        if let Some(ids) = self.columns.iter().find(|column| column.name == "participant") {
            form.digest(&ids.digest);
        }
        form.digest(&self.root.unwrap_or(Digest([0; 32])));
        form.finish()
    }
}

/// The figures of one company for one period, at one revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotRecord {
    /// 1.
    pub format: u32,
    /// Digest of the period and its tables.
    pub id: Digest,
    /// The period.
    pub period: Period,
    /// Its days.
    pub span: Span,
    /// From 1, one more for each correction.
    pub revision: u32,
    /// When this revision was made.
    pub made_at: String,
    /// Its tables by name.
    pub tables: BTreeMap<String, TableRecord>,
}

impl SnapshotRecord {
    /// The digest of a period's tables.
    pub fn id_of(period: Period, span: Span, tables: &BTreeMap<String, TableRecord>) -> Digest {
        let mut form = Canonical::new("attain.snapshot.v1");
        form.text(period.to_string())
            .number(span.first_day.into())
            .number(span.last_day.into())
            .count(tables.len());
        for table in tables.values() {
            form.digest(&table.digest());
        }
        form.finish()
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Computed and kept; nobody has decided anything.
    Draft,
    /// Handed to an approver.
    Submitted,
    /// The period's official run.
    Approved,
    /// Paid; it never changes.
    Locked,
}

/// An earlier period that a run looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryPin {
    /// The period.
    pub period: Period,
    /// Its official run at that time; none where there was none, and then nothing was read.
    pub run: Option<Digest>,
    /// The snapshot that run used.
    pub snapshot: Option<Digest>,
}

/// Everything that a run depends on. Its digest is the run's id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// [`SEMANTICS`] of the host that ran it.
    pub semantics: u32,
    /// The plan's name.
    pub plan: String,
    /// Digest of the plan's version.
    pub plan_digest: Digest,
    /// The policy of each step.
    pub policies: Vec<Digest>,
    /// The period.
    pub period: Period,
    /// Its days.
    pub span: Span,
    /// The fiscal year's days.
    pub year: Span,
    /// What it pays in.
    pub currency: Currency,
    /// The snapshot.
    pub snapshot: Digest,
    /// Earlier periods, in order of time.
    pub history: Vec<HistoryPin>,
}

impl Pins {
    /// The run's id: the same pins are the same run.
    pub fn id(&self) -> Digest {
        let mut form = Canonical::new("attain.run.v1");
        form.count(self.semantics as usize)
            .text(&self.plan)
            .digest(&self.plan_digest)
            .count(self.policies.len());
        self.policies.iter().for_each(|policy| {
            form.digest(policy);
        });
        form.text(self.period.to_string());
        for span in [self.span, self.year] {
            form.number(span.first_day.into()).number(span.last_day.into());
        }
        form.text(self.currency.as_str()).digest(&self.snapshot).count(self.history.len());
        for pin in &self.history {
            let none = Digest([0; 32]);
            form.text(pin.period.to_string())
                .digest(&pin.run.unwrap_or(none))
                .digest(&pin.snapshot.unwrap_or(none));
        }
        form.finish()
    }
}

/// An output of a step in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputRecord {
    /// Its name within the step.
    pub name: String,
    /// Its unit and decimals.
    #[serde(rename = "type")]
    pub kind: Type,
    /// What was done with it.
    pub does: OutputKind,
}

/// A step of a run: what went in and how much it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRecord {
    /// Its name in the plan.
    pub name: String,
    /// `name@version` of its policy.
    pub policy: String,
    /// For each input: its name, where it came from, and the digest of its cells.
    pub inputs: Vec<InputRecord>,
    /// For each output: its name, type and kind. Digests stand with the outcome's columns.
    pub outputs: Vec<OutputRecord>,
    /// Fuel used: for planning limits, never a part of the result.
    pub fuel: u64,
    /// The most of its fuel that one call used, in thousandths.
    pub fuel_share: u64,
    /// Linear memory of a call at its largest.
    pub memory_bytes: u64,
    /// The most of its memory that one call used, in thousandths.
    pub memory_share: u64,
}

/// An input of a step in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputRecord {
    /// Its name within the policy.
    pub name: String,
    /// Where it came from, as a plan writes it; none where nothing is bound to it.
    pub from: Option<String>,
    /// Digest of its cells, in the order of participants.
    pub digest: Option<Digest>,
}

/// What a run gave and all that is needed to compute it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// 1.
    pub format: u32,
    /// Digest of the pins.
    pub id: Digest,
    /// What it depends on.
    pub pins: Pins,
    /// Digest of the engine's settings.
    pub profile: Digest,
    /// When it was committed.
    pub made_at: String,
    /// The plan's steps.
    pub steps: Vec<StepRecord>,
    /// The outcome: participant, payout, then `step.output` for each.
    pub outcome: TableRecord,
    /// Digest of the outcome's figures: equal figures, equal digest.
    pub outcome_digest: Digest,
    /// How many people it covers.
    pub participants: u64,
    /// Sum of all payouts, in the smallest unit of the currency.
    pub payout_total: i64,
}
