//! What a plan sets, and what the rule makes of it once a batch.

use crate::curve::Curve;
use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The metrics, by the name of the input that each is read from.
    metrics: Named<Metric>,
    /// What is paid where every metric is at its target.
    bonus: BonusOf,
    /// What the weights add up to.
    #[parameter(default = "1")]
    weights_total: Decimal,
    /// What a metric without a value does.
    #[parameter(default = "zero")]
    missing: Missing,
    /// The most that is paid, as a multiple of the bonus at target. None means no cap.
    #[parameter(min = "0")]
    cap: Option<Decimal>,
    /// What goes to a fund for service innovation. None: there is no fund.
    fund: Option<Fund>,
    /// How bonus and fund become whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

/// A metric and what it counts for.
#[derive(Parameters)]
struct Metric {
    /// Its share of the bonus.
    #[parameter(min = "0")]
    weight: Decimal,
    /// What it counts.
    #[parameter(default = "ratio")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// What it pays.
    curve: Curve,
}

#[derive(Parameters, Clone, Copy)]
pub enum BonusOf {
    /// The same for everybody.
    Fixed(Money),
    /// The input `target_bonus`.
    Given,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// The metric pays nothing.
    Zero,
    /// The other metrics' weights are scaled up.
    Reweigh,
    /// There is no bonus at all.
    NoBonus,
}

/// What goes to a fund.
#[derive(Parameters)]
pub struct Fund {
    /// The share.
    #[parameter(min = "0", max = "1")]
    pub share: Ratio<6>,
    /// Of what.
    #[parameter(default = "bonus")]
    pub of: FundOf,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum FundOf {
    /// The bonus that is paid. Nobody's bonus is less for it.
    Bonus,
    /// The input `service_revenue`.
    ServiceRevenue,
}

/// A metric, ready for use.
pub struct ReadyMetric {
    /// Which input it is read from.
    pub input: usize,
    pub weight: Exact,
    /// What a count of its smallest part pays.
    curve: Line,
}

impl ReadyMetric {
    /// What it pays, as a share of what its weight is worth; none without a value.
    pub fn pays(&self, cells: Cells<'_>) -> Option<Exact> {
        Some(self.curve.at(Exact::whole(cells.get(self.input)?)).unwrap_or(Exact::ZERO))
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

/// What the rule works with.
pub struct Plan {
    pub metrics: Vec<ReadyMetric>,
    pub bonus: BonusOf,
    pub missing: Missing,
    pub cap: Option<Exact>,
    pub fund: Option<Fund>,
    pub round: Round,
    inputs: Vec<Input>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        wrong.weights(terms.metrics.values().map(|metric| metric.weight), terms.weights_total);
        if let BonusOf::Fixed(bonus) = terms.bonus
            && bonus < Money::ZERO
        {
            wrong.at("bonus.fixed", "out-of-range", "a bonus below zero, expected at least 0".to_owned());
        }
        let (mut metrics, mut inputs) = (Vec::new(), Vec::new());
        for (input, (name, metric)) in terms.metrics.iter().enumerate() {
            let taken = ["target_bonus", "service_revenue"];
            wrong.column(format_args!("metrics.{name}"), "a metric", name, &taken);
            inputs.push(Input {
                name: name.to_owned(),
                kind: metric.unit,
                need: Need::Required,
                doc: "A metric that the bonus looks at.".to_owned(),
            });
            let at = format!("metrics.{name}.curve");
            let scale = Exact::whole(attain_sdk::power_of_ten(metric.unit.decimals(period)));
            let curve = metric.curve.line(metric.better, &at, wrong);
            let Some(curve) = curve.map(|line| line.scaled(scale, Exact::ONE)) else { continue };
            // Weights are shares of what they add up to; where that isn't above zero, they were refused.
            let weight = metric.weight.exact().over(terms.weights_total.exact()).unwrap_or(Exact::ZERO);
            metrics.push(ReadyMetric { input, weight, curve });
        }
        Some(Plan {
            metrics,
            bonus: terms.bonus,
            missing: terms.missing,
            cap: terms.cap.map(Decimal::exact),
            fund: terms.fund,
            round: terms.round,
            inputs,
        })
    }
}

impl Plan {
    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn target_bonus(&self) -> Need {
        Need::if_so(matches!(self.bonus, BonusOf::Given))
    }

    pub fn service_revenue(&self) -> Need {
        Need::if_so(self.fund.as_ref().is_some_and(|fund| fund.of == FundOf::ServiceRevenue))
    }
}
