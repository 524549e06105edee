//! The tier of a customer by value, and the metric that counts in that tier.
//!
//! Strategic, growth, potential: each tier begins at a value, and the plan says for each bound which side a value
//! exactly on it belongs to. Each tier is judged by a metric of its own, so that nobody is measured by what fits
//! another kind of customer.

mod terms;

use attain_sdk::prelude::*;
use terms::{Missing, OUTPUTS_MAX, Plan, ReadyMetric, ReadyTier};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Customer<'a> {
    /// The metrics that count in the tiers.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// What the customer is worth, such as lifetime value.
    #[input(kind = Plan::value_unit, when = Plan::value)]
    value: Option<Amount>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Tiered {
    /// The metric that counts in the customer's tier.
    #[output(info, kind = Plan::metric_unit, fold = "max")]
    metric: Option<Amount>,
    /// The metric over its target, or the other way where less is better.
    #[output(info, fold = "max")]
    attainment: Option<Ratio<6>>,
    /// 1 where the metric reaches its target, 0 where it doesn't; how many of a person's customers do.
    #[output(info, fold = "sum")]
    on_target: Option<Count>,
    /// The tier, and a count for each.
    #[output(each = Plan::outputs)]
    tiers: Several<OUTPUTS_MAX>,
}

#[derive(Rules)]
enum Step {
    /// a value of {value} is at least {from}: tier {tier}
    #[zh("价值 {value}，达到 {from}：第 {tier} 级")]
    From {
        #[place(like = "value")]
        value: Amount,
        #[place(like = "value")]
        from: Amount,
        tier: Count,
    },
    /// a value of {value} is above {from}: tier {tier}
    #[zh("价值 {value}，超过 {from}：第 {tier} 级")]
    Above {
        #[place(like = "value")]
        value: Amount,
        #[place(like = "value")]
        from: Amount,
        tier: Count,
    },
    /// a value of {value} makes the lowest tier
    #[zh("价值 {value}：归入最低一级")]
    Lowest {
        #[place(like = "value")]
        value: Amount,
    },
    /// a value of {value} lies below all tiers
    #[zh("价值 {value}，未达到任何一级")]
    Below {
        #[place(like = "value")]
        value: Amount,
    },
    /// there is no value, so the lowest tier
    #[zh("没有价值数据，归入最低一级")]
    NoValueLowest,
    /// there is no value, so no tier
    #[zh("没有价值数据，不分级")]
    NoValue,
    /// {metric} counts in this tier: {value}
    #[zh("该级的指标为 {metric}：{value}")]
    Metric {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
    },
    /// {metric} counts in this tier: {value}, which is {attainment} of a target of {target}
    #[zh("该级的指标为 {metric}：{value}，目标 {target}，完成率 {attainment}")]
    MetricOfTarget {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        attainment: Option<Ratio<6>>,
        #[place(like = "metric")]
        target: Amount,
    },
    /// {metric} counts in this tier and has no value
    #[zh("该级的指标为 {metric}，但没有数值")]
    NoMetric { metric: InputName },
}

#[policy(each, table = "customers", rules = Step, zh = "按价值给客户分级，并取各级自己的指标")]
fn customer_tier(plan: &Plan, customer: Customer<'_>, why: &mut impl Why) -> Result<Tiered> {
    let mut tiered = Tiered { metric: None, attainment: None, on_target: None, tiers: Several::NONE };
    let place = match customer.value {
        Some(value) => plan.tiers.iter().rposition(|tier| tier.begins_at(value)),
        None => (plan.missing == Missing::Lowest).then_some(0),
    };
    for (i, _) in plan.tiers.iter().enumerate() {
        // The first of these outputs is the tier itself.
        tiered.tiers.set(i + 1, place.map(|place| count(usize::from(place == i))));
    }
    let Some((place, tier)) = place.and_then(|place| Some((place, plan.tiers.get(place)?))) else {
        why.notes(|| customer.value.map_or(Step::NoValue, |value| Step::Below { value }));
        return Ok(tiered);
    };
    tiered.tiers.set(0, count(place));
    why.adds(Tiered::TIERS.at(place + 1), Amount::from_units(1), |_| told(customer.value, place, tier));
    if let Some(metric) = &tier.metric {
        picked(metric, customer.metrics, &mut tiered, why);
    }
    Ok(tiered)
}

fn told(value: Option<Amount>, place: usize, tier: &ReadyTier) -> Step {
    let number = count(place + 1);
    match (value, tier.from) {
        (None, _) => Step::NoValueLowest,
        (Some(value), None) => Step::Lowest { value },
        (Some(value), Some(from)) if tier.includes_from => Step::From { value, from, tier: number },
        (Some(value), Some(from)) => Step::Above { value, from, tier: number },
    }
}

/// The metric that counts in the tier.
fn picked(metric: &ReadyMetric, cells: Cells<'_>, tiered: &mut Tiered, why: &mut impl Why) {
    let name = metric.name();
    let Some(value) = cells.get(metric.input).map(Amount::from_units) else {
        why.notes(|| Step::NoMetric { metric: name });
        return;
    };
    let attainment = metric.attainment(value).map(|attainment| attainment.round(Round::HalfUp));
    tiered.metric = Some(value);
    tiered.attainment = attainment;
    tiered.on_target = metric.is_reached(value).map(|reached| count(usize::from(reached)));
    why.notes(|| match metric.target {
        None => Step::Metric { metric: name, value },
        Some(target) => Step::MetricOfTarget { metric: name, value, attainment, target },
    });
}

fn count(number: usize) -> Count {
    Count::from_units(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
attain_cases::cases!();
