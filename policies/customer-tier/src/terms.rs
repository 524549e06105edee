//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// The most tiers there are.
pub const TIERS_MAX: usize = 12;
/// The tier, and a count for each.
pub const OUTPUTS_MAX: usize = TIERS_MAX + 1;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The tiers, from the lowest up.
    tiers: Vec<Tier>,
    /// What a customer's value counts.
    #[parameter(default = "money")]
    value_unit: Kind,
    /// What the tiers' metrics count.
    #[parameter(default = "ratio")]
    metric_unit: Kind,
    /// What a customer without a value is.
    #[parameter(default = "untiered")]
    missing: Missing,
}

/// A tier of customers.
#[derive(Parameters)]
struct Tier {
    /// What the output is called that counts its customers.
    name: String,
    /// What people call it. None: its name.
    en: Option<String>,
    /// What people call it in Chinese.
    zh: Option<String>,
    /// The value that it begins with. The lowest may have none: then it is what lies below the second.
    from: Option<Decimal>,
    /// Which tier a value exactly on it belongs to: this one (`higher`), or the one below.
    #[parameter(default = "higher")]
    edge: Edge,
    /// The metric that counts in this tier.
    metric: Option<Metric>,
}

/// The metric that counts in a tier.
#[derive(Parameters)]
struct Metric {
    /// The input that it is read from.
    input: String,
    /// What is expected of it. None: nothing is.
    target: Option<Decimal>,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// It has no tier.
    Untiered,
    /// It is in the lowest tier.
    Lowest,
}

/// A tier, ready for use.
pub struct ReadyTier {
    /// The value it begins with; none where it is what lies below the next.
    pub from: Option<Amount>,
    /// Whether a value exactly on it belongs to the tier.
    pub includes_from: bool,
    pub metric: Option<ReadyMetric>,
    name: String,
    words: Words,
}

impl ReadyTier {
    /// Whether a value is in this tier or a higher one.
    pub fn begins_at(&self, value: Amount) -> bool {
        self.from.is_none_or(|from| if self.includes_from { value >= from } else { value > from })
    }
}

/// A metric, ready for use.
pub struct ReadyMetric {
    /// Which input it is read from.
    pub input: usize,
    pub target: Option<Amount>,
    lower_is_better: bool,
}

impl ReadyMetric {
    /// How much of its target a value is, from 1 on at least all of it; none without a target, or where less is
    /// better and there is nothing to divide by.
    pub fn attainment(&self, value: Amount) -> Option<Exact> {
        let target = self.target?;
        let (part, whole) = if self.lower_is_better { (target, value) } else { (value, target) };
        (whole > Amount::ZERO).then(|| part.over(whole)).flatten()
    }

    /// Whether a value reaches the target.
    pub fn is_reached(&self, value: Amount) -> Option<bool> {
        let target = self.target?;
        Some(if self.lower_is_better { value <= target } else { value >= target })
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

/// What the rule works with.
pub struct Plan {
    pub tiers: Vec<ReadyTier>,
    pub missing: Missing,
    inputs: Vec<Input>,
    value_unit: Kind,
    metric_unit: Kind,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.tiers.is_empty() || terms.tiers.len() > TIERS_MAX {
            let message = format!("{} tiers, expected 1 to {TIERS_MAX}", terms.tiers.len());
            wrong.at("tiers", "out-of-range", message);
        }
        check(&terms.tiers, wrong);
        let (mut tiers, mut inputs) = (Vec::with_capacity(terms.tiers.len()), Vec::new());
        for (i, tier) in terms.tiers.iter().enumerate() {
            let from =
                tier.from.map(|from| wrong.amount(format_args!("tiers[{i}].from"), from, terms.value_unit));
            let metric = tier.metric.as_ref().map(|metric| {
                let at = format!("tiers[{i}].metric");
                ready(metric, terms.metric_unit, &mut inputs, &at, wrong)
            });
            let mut words: Words =
                vec![("en".into(), tier.en.clone().unwrap_or_else(|| tier.name.clone()).into())];
            words.extend(tier.zh.clone().map(|zh| ("zh".into(), zh.into())));
            let includes_from = tier.edge == Edge::Higher;
            tiers.push(ReadyTier { from, includes_from, metric, name: tier.name.clone(), words });
        }
        let Terms { value_unit, metric_unit, missing, .. } = terms;
        Some(Plan { tiers, missing, inputs, value_unit, metric_unit })
    }
}

/// Names that are none or are there twice, and tiers that don't rise.
fn check(tiers: &[Tier], wrong: &mut Wrong<'_, '_>) {
    let mut before: Option<Decimal> = None;
    for (i, tier) in tiers.iter().enumerate() {
        let (name, at) = (&tier.name, format!("tiers[{i}].name"));
        let reserved = ["tier", "metric", "attainment", "on_target"];
        if wrong.column(&at, "a tier", name, &reserved)
            && tiers.iter().take(i).any(|other| other.name == *name)
        {
            let message = format!("`{name}` is the name of a tier before; give it another one");
            wrong.at(at, "same-name", message);
        }
        let at = format!("tiers[{i}].from");
        match (tier.from, before) {
            (None, _) if i > 0 => {
                let message = "only the lowest tier may have no `from`; say which value this one begins with";
                wrong.at(at, "missing-field", message.to_owned());
            }
            (Some(from), Some(before)) if from <= before => {
                let message = format!("`{from}` is not above `{before}`, where the tier before begins");
                wrong.at(at, "not-rising", message);
            }
            _ => {}
        }
        before = tier.from.or(before);
    }
}

/// A metric made ready; tiers may share an input.
fn ready(
    metric: &Metric,
    kind: Kind,
    inputs: &mut Vec<Input>,
    at: &str,
    wrong: &mut Wrong<'_, '_>,
) -> ReadyMetric {
    let name = &metric.input;
    wrong.column(format_args!("{at}.input"), "a metric", name, &["value"]);
    let target = metric.target.map(|target| {
        let at = format!("{at}.target");
        if target.units() <= 0 {
            let message = format!("`{target}` can't be reached in part, expected a target above 0");
            wrong.at(&at, "out-of-range", message);
        }
        wrong.amount(at, target, kind)
    });
    let known = inputs.iter().position(|input| input.name == *name);
    let input = known.unwrap_or_else(|| {
        inputs.push(Input {
            name: name.clone(),
            kind,
            need: Need::Required,
            doc: "A metric that counts in a tier.".to_owned(),
        });
        inputs.len().saturating_sub(1)
    });
    ReadyMetric { input, target, lower_is_better: metric.better == Better::Lower }
}

impl Plan {
    /// The tier, and a count for each, under the names that the plan gives them.
    pub fn outputs(&self) -> Vec<Output> {
        let mut tier = Output::new(
            "tier",
            Kind::new(Unit::Label, 0),
            Role::Info,
            "The customer's tier; of a person's customers the highest.",
        );
        tier.labels = self.tiers.iter().map(|tier| tier.words.clone()).collect();
        tier.fold = Some("max");
        let counted = |tier: &ReadyTier| {
            let doc = "1 where the customer is in this tier; how many of a person's customers are.";
            let output = Output::new(&tier.name, Kind::new(Unit::Count, 0), Role::Info, doc);
            Output { fold: Some("sum"), ..output }
        };
        std::iter::once(tier).chain(self.tiers.iter().map(counted)).collect()
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn value(&self) -> Need {
        Need::Required
    }

    pub fn value_unit(&self) -> Kind {
        self.value_unit
    }

    pub fn metric_unit(&self) -> Kind {
        self.metric_unit
    }
}
