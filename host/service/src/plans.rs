//! Plans: checked against policies and figures, pinned, and effective from their first period on.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key, under};
use crate::snapshots;
use attain_calc::{Prepared, Schema, prepare};
use attain_engine::{Blame, Call, Limits, Policy, Probe, probe};
use attain_model::nearest::hint;
use attain_model::plan::{Plan, PlanProblem};
use attain_model::record::{PlanRecord, PolicyRecord};
use attain_model::{Company, Currency, Digest, Period};
use attain_store::{Batch, Kind, Space};
use serde::Serialize;
use std::sync::Arc;

/// The most bytes of a plan's file.
const SOURCE_MAX: usize = 256 * 1024;

/// What a plan would do, when nothing is wrong with it.
#[derive(Clone, Debug, Serialize)]
pub struct PlanCheck {
    /// The plan.
    pub plan: Plan,
    /// For each step, the policy that it would be pinned to.
    pub policies: Vec<PolicyRecord>,
    /// For each step, its inputs and where they come from; none where nothing is bound.
    pub inputs: Vec<Vec<(String, Option<String>)>>,
    /// Columns of the outcome after participant and payout.
    pub outputs: Vec<String>,
    /// For each step, what trying it out found: what it computed the same way however it was cut, and what a row costs.
    pub probes: Vec<Probed>,
    /// The snapshot whose columns it was checked against; none when there is none yet.
    pub checked_against: Option<String>,
}

/// What trying a step out found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Probed {
    /// Rows that it computed, of those made from its inputs.
    pub rows: u32,
    /// Fuel of a call for itself.
    pub fuel_base: u64,
    /// Fuel on top for each row.
    pub fuel_per_row: u64,
    /// How much of the fuel allowed a call of these rows used, in thousandths.
    pub fuel_share: u64,
    /// Linear memory of a call.
    pub memory_bytes: u64,
}

struct Checked {
    plan: Plan,
    records: Vec<PolicyRecord>,
    prepared: Prepared,
    probes: Vec<Probed>,
    against: Option<String>,
}

impl Service {
    /// Checks a plan as publishing it would.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Plan`] with all that is wrong, each with its place.
    pub fn check_plan(&self, caller: &Caller, source: &str) -> Result<PlanCheck, ServiceError> {
        let Checked { plan, records, prepared, probes, against } = self.checked(caller, source)?;
        let inputs = prepared.steps.iter().map(|step| {
            let feeds = step.binding.inputs.iter().zip(&step.feeds);
            feeds
                .map(|(input, feed)| (input.name.clone(), feed.source.as_ref().map(ToString::to_string)))
                .collect()
        });
        Ok(PlanCheck {
            plan,
            policies: records,
            inputs: inputs.collect(),
            outputs: prepared.outcome_columns().into_iter().map(|column| column.name).collect(),
            probes,
            checked_against: against,
        })
    }

    /// Publishes a plan: from its first period on it replaces earlier versions. The same plan again changes
    /// nothing.
    pub fn publish_plan(&self, caller: &Caller, source: &str) -> Result<PlanRecord, ServiceError> {
        let checked = self.checked(caller, source)?;
        self.room(caller)?;
        self.writing(caller, || {
            let space = self.space(caller);
            let policies: Vec<Digest> = checked.records.iter().map(|record| record.digest).collect();
            let unreadable = |source| ServiceError::Record { record: "plan".into(), source };
            let digest = PlanRecord::digest_of(&checked.plan, &policies).map_err(unreadable)?;
            let versions = versions(&space, &checked.plan.plan)?;
            if let Some(last) = versions.last().filter(|last| last.digest == digest) {
                return Ok(last.clone());
            }
            let version = versions.last().map_or(1, |last| last.version + 1);
            let record = PlanRecord {
                format: 1,
                digest,
                plan: checked.plan,
                policies,
                version,
                published_at: keep::now(),
                source: source.to_owned(),
            };
            let place = key(Kind::Plan, &[record.plan.plan.as_bytes(), &version.to_be_bytes()]);
            let batch = Batch::new().require_absent(place.clone()).put(place, keep::body(&space, &record)?);
            let object = format!("{} version {version}", record.plan.plan);
            keep::commit(&space, &caller.actor, "publish-plan", &object, &digest, batch)?;
            Ok(record)
        })
    }

    fn checked(&self, caller: &Caller, source: &str) -> Result<Checked, ServiceError> {
        if source.len() > SOURCE_MAX {
            return Err(ServiceError::invalid(
                "plan",
                format!("the file has {} bytes, at most {SOURCE_MAX} are taken", source.len()),
            ));
        }
        let company = self.company(caller)?;
        let space = self.space(caller);
        let plan = Plan::parse(source).map_err(ServiceError::Plan)?;
        let mut problems = Vec::new();
        let mut records = Vec::new();
        let mut policies = Vec::new();
        for (i, step) in plan.steps.iter().enumerate() {
            match self.resolve_policy(caller, &step.policy) {
                Ok(record) => {
                    policies.push(self.load_policy(&space, &record.digest)?);
                    records.push(record);
                }
                Err(message) => problems.push(PlanProblem { at: format!("step[{i}].policy"), message }),
            }
        }
        if !problems.is_empty() {
            return Err(ServiceError::Plan(problems));
        }
        let currency = plan_currency(&plan, &company)?;
        // The figures of its first period, else the newest there are.
        let has_people = |stored: &snapshots::Stored| stored.tables.contains_key("people");
        let first = snapshots::latest(&space, plan.starts)?.filter(|stored| has_people(stored));
        let newest = match first {
            Some(first) => Some(first),
            None => snapshots::newest_of(&space, |stored| {
                stored.record.period.kind() == plan.period && has_people(stored)
            })?,
        };
        let schema = newest.as_ref().map(schema_of).unwrap_or_default();
        let prepared = prepare(&plan, &policies, plan.starts, Service::calendar(&company), currency, &schema)
            .map_err(ServiceError::Plan)?;
        let limits = self.limits_of(&company.id)?;
        let probes = self.probes(&prepared, &limits.call)?;
        let checked = Checked {
            plan,
            records,
            prepared,
            probes,
            against: newest.map(|stored| stored.record.period.to_string()),
        };
        self.check_examples(&checked, &policies, &company, currency, &limits.call)?;
        Ok(checked)
    }

    /// Tries each step out: a policy that gives something else in another cut is refused.
    fn probes(&self, prepared: &Prepared, limits: &Limits) -> Result<Vec<Probed>, ServiceError> {
        let (mut probes, mut problems) = (Vec::new(), Vec::new());
        for (i, step) in prepared.steps.iter().enumerate() {
            let call = Call {
                parameters: &step.parameters,
                context: &prepared.context,
                binding: &step.binding,
                limits,
            };
            match probe(&step.policy, &call) {
                Ok(Probe { rows, fuel_base, fuel_per_row, fuel_share, memory_bytes }) => {
                    probes.push(Probed { rows, fuel_base, fuel_per_row, fuel_share, memory_bytes });
                }
                Err(error) if error.blame() == Blame::Host => return Err(error.into()),
                Err(error) => problems.push(PlanProblem {
                    at: format!("step[{i}].policy"),
                    message: format!("`{}`: {error}", step.policy.manifest().name),
                }),
            }
        }
        if problems.is_empty() { Ok(probes) } else { Err(ServiceError::Plan(problems)) }
    }

    fn check_examples(
        &self,
        checked: &Checked,
        policies: &[Arc<Policy>],
        company: &Company,
        currency: Currency,
        limits: &Limits,
    ) -> Result<(), ServiceError> {
        let mut problems = Vec::new();
        for (i, example) in checked.plan.examples.iter().enumerate() {
            let outcome = attain_calc::example::compute(
                &checked.plan,
                policies,
                example,
                Service::calendar(company),
                currency,
                limits,
            );
            if let Err(found) = outcome {
                let dot = |at: &str| if at.is_empty() || at.starts_with('.') { "" } else { "." };
                problems.extend(found.into_iter().map(|problem| PlanProblem {
                    at: format!("example[{i}]{}{}", dot(&problem.at), problem.at),
                    ..problem
                }));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ServiceError::Plan(problems)) }
    }

    /// All versions of all plans, by name and version.
    pub fn plans(&self, caller: &Caller) -> Result<Vec<PlanRecord>, ServiceError> {
        self.company(caller)?;
        keep::all(&self.space(caller), attain_store::Scan::all(Kind::Plan))
    }

    /// The newest version of a plan, or one by `name#version` or its digest.
    pub fn plan(&self, caller: &Caller, reference: &str) -> Result<PlanRecord, ServiceError> {
        let plans = self.plans(caller)?;
        let (name, version) =
            reference.split_once('#').map_or((reference, None), |(name, version)| (name, Some(version)));
        let by_name = plans.iter().rfind(|record| {
            record.plan.plan == name && version.is_none_or(|v| record.version.to_string() == v)
        });
        let by_digest = || {
            plans
                .iter()
                .find(|record| reference.len() >= 8 && record.digest.to_string().starts_with(reference))
        };
        by_name.or_else(by_digest).cloned().ok_or_else(|| plan_not_found(&plans, reference))
    }

    /// The version of a plan that holds for a period.
    pub(crate) fn plan_for(
        &self,
        caller: &Caller,
        company: &Company,
        name: &str,
        period: Period,
    ) -> Result<PlanRecord, ServiceError> {
        let versions = versions(&self.space(caller), name)?;
        if versions.is_empty() {
            return Err(plan_not_found(&self.plans(caller)?, name));
        }
        let calendar = Service::calendar(company);
        let day = |period: Period| period.span(calendar).first_day;
        let kinds: Vec<&str> = versions.iter().map(|record| record.plan.period.name()).collect();
        if !versions.iter().any(|record| record.plan.period == period.kind()) {
            let kind = kinds.last().copied().unwrap_or_default();
            let same = versions.last().and_then(|record| {
                Period::of_day(record.plan.period, period.span(calendar).first_day, calendar)
            });
            let advice = same.map_or_else(String::new, |same| format!("; say such as `{same}`"));
            return Err(ServiceError::invalid(
                "period",
                format!(
                    "`{period}` is a {}, but plan `{name}` pays by the {kind}{advice}",
                    period.kind().name()
                ),
            ));
        }
        let holding = versions
            .iter()
            .filter(|record| record.plan.period == period.kind() && day(record.plan.starts) <= day(period));
        let newest = holding.max_by_key(|record| (day(record.plan.starts), record.version));
        newest.cloned().ok_or_else(|| {
            let starts =
                versions.iter().map(|record| record.plan.starts.to_string()).min().unwrap_or_default();
            ServiceError::invalid(
                "period",
                format!("plan `{name}` starts with `{starts}`, and `{period}` is before that; run a later period, or publish the plan with an earlier start"),
            )
        })
    }
}

/// What a plan pays in.
pub(crate) fn plan_currency(plan: &Plan, company: &Company) -> Result<Currency, ServiceError> {
    let currency = plan.currency.unwrap_or(company.currency);
    if currency == company.currency {
        return Ok(currency);
    }
    Err(ServiceError::Plan(vec![PlanProblem {
        at: "currency".to_owned(),
        message: format!(
            "the plan pays in {currency} and the company's figures are in {}; convert the figures before they are imported and add the company in {currency}",
            company.currency
        ),
    }]))
}

/// The columns of a snapshot.
pub(crate) fn schema_of(stored: &snapshots::Stored) -> Schema {
    let columns = |name: &str| {
        stored
            .record
            .tables
            .get(name)
            .map(|table| table.columns.iter().map(|column| (column.name.clone(), column.kind)).collect())
    };
    let others = stored.record.tables.keys().filter(|name| !["people", "targets"].contains(&name.as_str()));
    Schema {
        people: columns("people"),
        targets: columns("targets"),
        others: others.filter_map(|name| Some((name.clone(), columns(name)?))).collect(),
    }
}

fn versions(space: &Space, name: &str) -> Result<Vec<PlanRecord>, ServiceError> {
    keep::all(space, under(Kind::Plan, &[name]))
}

fn plan_not_found(plans: &[PlanRecord], name: &str) -> ServiceError {
    let hint = match plans.is_empty() {
        true => "; publish one: attain plan publish FILE.toml".to_owned(),
        false => {
            let mut names: Vec<&str> = plans.iter().map(|record| record.plan.plan.as_str()).collect();
            names.dedup();
            hint(name, names)
        }
    };
    ServiceError::NotFound { what: "plan", name: name.to_owned(), hint }
}
