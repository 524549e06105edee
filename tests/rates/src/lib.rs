//! What a row of every policy costs: in the sandbox, and the same function natively; fuel, and the component's size.
//!
//! In:  the policies, natively, their cases, and their components.
//! Out: a table. Both ways take turns, a batch at a time, and each figure is the lower quartile of sixty: what other work
//! on the machine disturbs isn't what a row costs.
//!
//! A policy is measured with the parameters and rows of its own cases: of those that give a result, the one with the
//! most rows, which are repeated until they fill a batch. Both ways get the same batch, on one thread; in the sandbox
//! each has a fresh store and fuel is counted. What both give is compared, and a difference is a failure.

use attain_cases::{Case, Expected, Subject, batch, read_folder};
use attain_engine::{BATCH_ROWS, Batch, Call, Context, Engine, Limits, Policy, PolicyError, TextSlice};
use attain_model::{Binding, Grouping};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// How often each way is taken.
const ROUNDS: usize = 60;

/// What was measured of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// The policy.
    pub policy: String,
    /// The case whose parameters and rows it was measured with.
    pub case: String,
    /// Rows of a batch.
    pub rows: usize,
    /// Nanoseconds a row in the sandbox.
    pub sandbox_ns: f64,
    /// Nanoseconds a row natively.
    pub native_ns: f64,
    /// Fuel a row.
    pub fuel: u64,
    /// Bytes of the component.
    pub component_bytes: usize,
}

impl Rate {
    /// How many times the native row.
    pub fn ratio(&self) -> f64 {
        ratio(self.sandbox_ns, self.native_ns)
    }

    /// Whether it keeps to the goal: at most one and a half times native, or 60 ns over it.
    pub fn is_fast(&self) -> bool {
        self.ratio() <= 1.5 || over(self.sandbox_ns, self.native_ns) <= 60.0
    }

    /// Whether its component keeps to the goal: at most 120 KiB.
    pub fn is_small(&self) -> bool {
        self.component_bytes <= 120 << 10
    }
}

// Measured times are no money: they may be floating point.
#[expect(clippy::float_arithmetic, reason = "nanoseconds a row are for people to look at")]
fn ratio(a: f64, b: f64) -> f64 {
    a / b
}

#[expect(clippy::float_arithmetic, reason = "nanoseconds a row are for people to look at")]
fn over(a: f64, b: f64) -> f64 {
    a - b
}

/// Why a policy can't be measured.
#[derive(Debug, thiserror::Error)]
pub enum RateError {
    /// No component stands there.
    #[error("there is no component `{path}`; build it: cargo xtask build")]
    NoComponent {
        /// Where it should be.
        path: String,
        /// Why it can't be read.
        source: std::io::Error,
    },
    /// Its cases can't be read.
    #[error(transparent)]
    Cases(#[from] attain_cases::CaseError),
    /// The engine refuses it.
    #[error("`{policy}`: {source}")]
    Engine {
        /// The policy.
        policy: String,
        /// What the engine says.
        source: PolicyError,
    },
    /// Both ways differ, or no case can be repeated.
    #[error("`{policy}`: {what}")]
    Policy {
        /// The policy.
        policy: String,
        /// What is wrong.
        what: String,
    },
}

/// Measures a policy whose component stands in `components`.
pub fn measure(
    engine: &Engine,
    subject: &dyn Subject,
    policies: &Path,
    components: &Path,
) -> Result<Rate, RateError> {
    let name = name(subject)?;
    let path = components.join(format!("{name}.wasm"));
    let component = std::fs::read(&path)
        .map_err(|source| RateError::NoComponent { path: path.display().to_string(), source })?;
    let failed = |source| RateError::Engine { policy: name.clone(), source };
    let policy = engine.load(&component).map_err(failed)?;

    let mut cases = read_folder(&policies.join(&name).join("cases"))?;
    cases.retain(|(_, case)| matches!(case.expected(), Expected::Result { .. }));
    // The most rows first; names settle ties.
    cases.sort_by_key(|(name, case)| (std::cmp::Reverse(rows_of(case)), name.clone()));
    for (case_name, case) in &cases {
        let Some(rule) = Rule::of(subject, &policy, case) else { continue };
        return rule.timed(&name, case_name, component.len());
    }
    let what = "no case of it can be repeated to fill a batch; add one that can".to_owned();
    Err(RateError::Policy { policy: name, what })
}

/// What a policy is called.
pub fn name(subject: &dyn Subject) -> Result<String, RateError> {
    let wrong = |what| RateError::Policy { policy: "a policy".to_owned(), what };
    let manifest = subject.describe().map_err(wrong)?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    Ok(manifest.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned())
}

fn rows_of(case: &Case) -> usize {
    case.inputs.values().map(Vec::len).max().unwrap_or(0)
}

/// A policy with parameters and a batch, ready both ways.
struct Rule<'a> {
    subject: &'a dyn Subject,
    policy: &'a Policy,
    parameters: String,
    native_context: attain_cases::Context,
    context: Context,
    binding: Binding,
    batch: attain_cases::Batch,
}

impl<'a> Rule<'a> {
    /// None where the case's rows can't be repeated: the rule refuses them, natively.
    fn of(subject: &'a dyn Subject, policy: &'a Policy, case: &Case) -> Option<Rule<'a>> {
        let parameters = serde_json::to_string(&case.parameters).ok()?;
        let native_context = case.period.context();
        let context = Context {
            period_kind: native_context.period_kind.clone(),
            first_day: native_context.first_day,
            last_day: native_context.last_day,
            year_first_day: native_context.year_first_day,
            year_last_day: native_context.year_last_day,
            money_decimals: native_context.money_decimals,
        };
        let bound = subject.bind(&parameters, &native_context).ok()?;
        let small = batch(case, &serde_json::from_str(&bound).ok()?).ok()?;
        let binding = policy.bind(&parameters, &context).ok()?;
        let rule = Rule {
            subject,
            policy,
            batch: repeated(&small, &binding.grouping)?,
            binding,
            parameters,
            native_context,
            context,
        };
        rule.native().ok()?;
        Some(rule)
    }

    fn native(&self) -> Result<Vec<Vec<i64>>, String> {
        let given = self.subject.evaluate(&self.parameters, &self.native_context, &self.batch);
        given.map_err(|failure| failure.message)
    }

    fn sandboxed(&self, limits: &Limits) -> Result<attain_engine::Evaluated, PolicyError> {
        let call =
            Call { parameters: &self.parameters, context: &self.context, binding: &self.binding, limits };
        let texts = self.batch.texts.iter().map(|column| TextSlice {
            dictionary: column.dictionary.iter().map(String::as_str).collect(),
            codes: &column.codes,
        });
        let batch = Batch {
            rows: self.batch.rows,
            numbers: self.batch.numbers.iter().map(Vec::as_slice).collect(),
            texts: texts.collect(),
            group_ends: &self.batch.group_ends,
        };
        self.policy.evaluate(&call, &batch)
    }

    fn timed(&self, name: &str, case: &str, component_bytes: usize) -> Result<Rate, RateError> {
        let limits = Limits::default();
        let failed = |source| RateError::Engine { policy: name.to_owned(), source };
        let given = self.sandboxed(&limits).map_err(failed)?;
        if Ok(&given.columns) != self.native().as_ref() {
            let what = "the sandbox and the native rule differ; were they built together? cargo xtask build";
            return Err(RateError::Policy { policy: name.to_owned(), what: what.to_owned() });
        }
        let (mut sandbox, mut native) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            black_box(self.sandboxed(&limits).map_err(failed)?);
            sandbox.push(begun.elapsed().as_nanos());
            let begun = Instant::now();
            _ = black_box(self.native());
            native.push(begun.elapsed().as_nanos());
        }
        let rows = self.batch.rows as usize;
        Ok(Rate {
            policy: name.to_owned(),
            case: case.to_owned(),
            rows,
            sandbox_ns: a_row(sandbox, rows),
            native_ns: a_row(native, rows),
            fuel: given.fuel / u64::from(self.batch.rows.max(1)),
            component_bytes,
        })
    }
}

#[expect(clippy::float_arithmetic, reason = "nanoseconds a row are for people to look at")]
fn a_row(mut rounds: Vec<u128>, rows: usize) -> f64 {
    rounds.sort_unstable();
    let quartile = rounds.get(rounds.len() / 4).copied().unwrap_or(0);
    u32::try_from(quartile / 100).map_or(0.0, f64::from) * 100.0 / u32::try_from(rows).map_or(1.0, f64::from)
}

/// The rows of a batch over and over, until they fill one as a run does. A group is repeated whole.
fn repeated(small: &attain_cases::Batch, grouping: &Grouping) -> Option<attain_cases::Batch> {
    let rows = small.rows as usize;
    let times = (BATCH_ROWS as usize).checked_div(rows)?.max(1);
    let ends = |time: usize| {
        small
            .group_ends
            .iter()
            .map(move |end| u32::try_from(time * rows).unwrap_or(u32::MAX).saturating_add(*end))
    };
    let over =
        |column: &Vec<i64>| column.iter().copied().cycle().take(column.len() * times).collect::<Vec<i64>>();
    Some(attain_cases::Batch {
        rows: u32::try_from(rows * times).ok()?,
        numbers: small.numbers.iter().map(over).collect(),
        texts: small
            .texts
            .iter()
            .map(|column| attain_cases::TextColumn {
                dictionary: column.dictionary.clone(),
                codes: column.codes.iter().copied().cycle().take(column.codes.len() * times).collect(),
            })
            .collect(),
        // The company at once stays at once: it is one group, whatever its size.
        group_ends: match grouping {
            Grouping::Each => Vec::new(),
            Grouping::All => vec![u32::try_from(rows * times).ok()?],
            Grouping::By(_) | Grouping::Person => (0..times).flat_map(ends).collect(),
        },
    })
}
