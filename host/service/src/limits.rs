//! What a company may use: each limit with its default, and what the operator set instead.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key};
use attain_engine::{Limits, PublishLimits};
use attain_model::nearest::hint;
use attain_model::{Canonical, CompanyId};
use attain_store::{Batch, Kind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// The limit of which it is known how much is used.
const BYTES_STORED: &str = "bytes-stored";

/// Where what was set is kept.
const LIMITS: &str = "limits";

/// What a company may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyLimits {
    /// A call of a policy.
    pub call: Limits,
    /// Bytes of a component.
    pub component_bytes: u64,
    /// Rows of a table of a snapshot.
    pub table_rows: u64,
    /// Bytes that it has stored.
    pub bytes_stored: u64,
    /// Requests a second.
    pub requests_per_second: u64,
}

impl Default for CompanyLimits {
    fn default() -> Self {
        CompanyLimits {
            call: Limits::default(),
            component_bytes: PublishLimits::default().component_bytes,
            table_rows: 20_000_000,
            bytes_stored: 100 << 30,
            requests_per_second: 1_000,
        }
    }
}

/// One limit: what it is called, what it bounds, and where it lies in [`CompanyLimits`].
struct Limit {
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    least: u64,
    most: u64,
    field: fn(&mut CompanyLimits) -> Field<'_>,
}

/// A limit's place.
enum Field<'a> {
    Long(&'a mut u64),
    Short(&'a mut u32),
}

macro_rules! limits {
    ($($name:literal, $unit:literal, $about:literal, $least:literal..=$most:expr, $kind:ident $($field:ident).+;)*) => {
        &[$(Limit {
            name: $name,
            unit: $unit,
            about: $about,
            least: $least,
            most: $most,
            field: |limits| Field::$kind(&mut limits.$($field).+),
        }),*]
    };
}

/// All of them.
const ALL: &[Limit] = limits! {
    "fuel-base", "fuel", "A policy's call, whatever its rows.", 100_000..=1 << 50, Long call.fuel_base;
    "fuel-per-row", "fuel", "On top for each row.", 0..=1 << 40, Long call.fuel_per_row;
    "memory-base", "bytes", "A call's linear memory, whatever its rows.", 1_048_576..=4 << 30, Long call.memory_bytes;
    "memory-per-row", "bytes", "On top for each row.", 0..=1 << 20, Long call.memory_bytes_per_row;
    "output-base", "bytes", "What a call may give back, whatever its rows.", 65_536..=1 << 30, Long call.output_bytes;
    "output-per-row", "bytes", "On top for each row.", 0..=1 << 20, Long call.output_bytes_per_row;
    "explanation-steps", "steps", "The explanation of one row.", 1..=100_000, Short call.explain_steps;
    "wall-time", "ms", "A call's time, as a backstop.", 100..=3_600_000, Long call.wall_ms;
    "component-size", "bytes", "A component to publish.", 1_024..=4 << 20, Long component_bytes;
    "table-rows", "rows", "A table of a snapshot.", 1..=1 << 32, Long table_rows;
    "bytes-stored", "bytes", "All that the company keeps; what began below it is finished.", 1_024..=1 << 50, Long bytes_stored;
    "requests-per-second", "requests", "All of the company's, with a burst of a second.", 1..=1_000_000, Long requests_per_second;
};

impl Limit {
    fn value(&self, limits: &mut CompanyLimits) -> u64 {
        match (self.field)(limits) {
            Field::Long(value) => *value,
            Field::Short(value) => (*value).into(),
        }
    }

    fn set(&self, limits: &mut CompanyLimits, to: u64) {
        match (self.field)(limits) {
            Field::Long(value) => *value = to,
            Field::Short(value) => *value = u32::try_from(to).unwrap_or(u32::MAX),
        }
    }
}

/// A limit as a company has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitView {
    /// Its name.
    pub name: &'static str,
    /// What it is now.
    pub value: u64,
    /// What it is where nothing is set.
    pub default: u64,
    /// What is counted.
    pub unit: &'static str,
    /// The least it may be set to.
    pub least: u64,
    /// The most it may be set to.
    pub most: u64,
    /// What it bounds.
    pub about: &'static str,
    /// How much of it is used now, where that adds up over time.
    pub used: Option<u64>,
}

/// What was set, as kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    format: u32,
    values: BTreeMap<String, u64>,
}

impl Service {
    /// What a company may use.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Store`], [`ServiceError::Record`].
    pub fn limits_of(&self, company: &CompanyId) -> Result<Arc<CompanyLimits>, ServiceError> {
        // Held while they are read, so that what was set meanwhile can't be overwritten by what was there before.
        let mut known = self.known_limits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(company) {
            return Ok(Arc::clone(known));
        }
        let mut limits = CompanyLimits::default();
        for (name, value) in self.set_limits(company)?.values {
            // A name of a later version is of no use here; what it bounds has its default.
            if let Some(limit) = ALL.iter().find(|limit| limit.name == name) {
                // It may have come with a backup, from who knows where.
                limit.set(&mut limits, value.clamp(limit.least, limit.most));
            }
        }
        let limits = Arc::new(limits);
        known.insert(company.clone(), Arc::clone(&limits));
        Ok(limits)
    }

    /// Whether a company may store anything more.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Invalid`] says how much it has and how much it may have.
    pub(crate) fn room(&self, caller: &Caller) -> Result<(), ServiceError> {
        let (used, most) = (self.space(caller).bytes()?, self.limits_of(&caller.company)?.bytes_stored);
        if used < most {
            return Ok(());
        }
        let message = format!(
            "the company has {used} bytes stored, {most} are allowed; ask the operator for more (`{BYTES_STORED}`)"
        );
        Err(ServiceError::invalid(BYTES_STORED, message))
    }

    /// How many bytes some companies have stored.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Store`].
    pub fn bytes_stored(&self, companies: Vec<String>) -> Result<Vec<(String, u64)>, ServiceError> {
        let sized = |id: String| {
            let company = CompanyId::parse(&id)?;
            Some(self.store.company(&company).bytes().map(|bytes| (id, bytes)))
        };
        companies.into_iter().filter_map(sized).collect::<Result<_, _>>().map_err(ServiceError::from)
    }

    /// What was set is read again when somebody next asks.
    pub(crate) fn forget_limits(&self, company: &CompanyId) {
        self.known_limits.lock().unwrap_or_else(PoisonError::into_inner).remove(company);
    }

    fn set_limits(&self, company: &CompanyId) -> Result<Set, ServiceError> {
        let set = keep::read(&self.store.company(company), &key(Kind::Setting, &[LIMITS]))?;
        Ok(set.unwrap_or_default())
    }

    /// All limits of a company, each with its default.
    pub fn limits(&self, caller: &Caller) -> Result<Vec<LimitView>, ServiceError> {
        self.company(caller)?;
        let mut limits = CompanyLimits::clone(&*self.limits_of(&caller.company)?);
        let mut default = CompanyLimits::default();
        let stored = self.space(caller).bytes()?;
        let view = |limit: &Limit| LimitView {
            used: (limit.name == BYTES_STORED).then_some(stored),
            name: limit.name,
            value: limit.value(&mut limits),
            default: limit.value(&mut default),
            unit: limit.unit,
            least: limit.least,
            most: limit.most,
            about: limit.about,
        };
        Ok(ALL.iter().map(view).collect())
    }

    /// Sets a limit of a company, or lets it have its default again.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] for a name that is none, [`ServiceError::Invalid`] for a value out of range.
    pub fn set_limit(
        &self,
        caller: &Caller,
        name: &str,
        value: Option<u64>,
    ) -> Result<Vec<LimitView>, ServiceError> {
        self.company(caller)?;
        let Some(limit) = ALL.iter().find(|limit| limit.name == name) else {
            let hint = hint(name, ALL.iter().map(|limit| limit.name));
            return Err(ServiceError::NotFound { what: "limit", name: name.to_owned(), hint });
        };
        if let Some(value) = value.filter(|value| !(limit.least..=limit.most).contains(value)) {
            return Err(ServiceError::invalid(
                name,
                format!(
                    "`{value}` is out of range, expected {} to {} {}",
                    limit.least, limit.most, limit.unit
                ),
            ));
        }
        self.writing(caller, || {
            let space = self.space(caller);
            let mut set = Set { format: 1, ..self.set_limits(&caller.company)? };
            match value {
                Some(value) => _ = set.values.insert(name.to_owned(), value),
                None => _ = set.values.remove(name),
            }
            let mut form = Canonical::new("attain.limits.v1");
            for (name, value) in &set.values {
                form.text(name).text(value.to_le_bytes());
            }
            let place = key(Kind::Setting, &[LIMITS]);
            let batch = Batch::new().put(place, keep::body(&space, &set)?);
            let object = match value {
                Some(value) => format!("{name} {value}"),
                None => format!("{name} as usual"),
            };
            keep::commit(&space, &caller.actor, "set-limit", &object, &form.finish(), batch)?;
            self.forget_limits(&caller.company);
            Ok(())
        })?;
        self.limits(caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_lies_within_its_bounds_and_every_name_is_there_once() {
        let mut default = CompanyLimits::default();
        for limit in ALL {
            let value = limit.value(&mut default);
            assert!((limit.least..=limit.most).contains(&value), "{} {value}", limit.name);
            assert_eq!(ALL.iter().filter(|other| other.name == limit.name).count(), 1, "{}", limit.name);
            let mut limits = CompanyLimits::default();
            limit.set(&mut limits, limit.least);
            assert_eq!(limit.value(&mut limits), limit.least, "{}", limit.name);
        }
    }
}
