//! Functions that share metrics share one bonus, split to the cent.
//!
//! Sales and marketing, sales and after-sales, sales and development: each team has rows of more than one function.
//! The metrics are the team's, each is worth its weight of the bonus at target, and its curve says how much of that
//! the team earns. What is earned is split equally, by weight, or by function.

mod curve;
mod shares;
mod terms;

use attain_sdk::prelude::*;
use shares::{by_function, by_weight};
use terms::{BonusOf, Missing, Plan, ReadyMetric, Rows, SplitBy};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Member<'a> {
    /// The metrics that the parameters weigh.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// The team or the pair that the member belongs to.
    team: &'a str,
    /// Whether the member shares in the bonus; who has no value does.
    eligible: Option<bool>,
    /// What the team earns where every metric is at its target, the same in each member's row.
    #[input(when = Plan::bonus)]
    bonus: Option<Money>,
    /// How much the member weighs in the split.
    #[input(when = Plan::weight)]
    weight: Option<Ratio<6>>,
    /// The member's function, such as sales or marketing.
    #[input(when = Plan::function)]
    function: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
struct Share {
    /// The member's share.
    #[output(pay)]
    share: Money,
}

#[derive(Outputs)]
#[outputs(per = "group")]
struct Team {
    /// What the team earned.
    #[output(info)]
    joint_bonus: Money,
    /// What it earned over the bonus at target, before it is rounded; no value where there is no bonus at all.
    #[output(info)]
    achievement: Option<Ratio<6>>,
    /// What of it nobody gets, because nobody shares or weighs anything.
    #[output(info)]
    undistributed: Money,
}

#[derive(Rules)]
enum Step {
    /// not eligible this period
    #[zh("本期不参与分配")]
    NotEligible,
    /// {metric} of {value} pays {pays}, with a weight of {weight}
    #[zh("{metric} 为 {value}，可得目标奖金的 {pays}，权重 {weight}")]
    Metric {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        pays: Ratio<6>,
        weight: Ratio<6>,
    },
    /// {metric} of {value} out of {over} is {share} and pays {pays}, with a weight of {weight}
    #[zh("{metric} 为 {value}，占 {over} 的 {share}，可得目标奖金的 {pays}，权重 {weight}")]
    MetricOver {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        over: Amount,
        share: Ratio<6>,
        pays: Ratio<6>,
        weight: Ratio<6>,
    },
    /// {metric} has no value and pays nothing
    #[zh("{metric} 没有数值，不计奖金")]
    PaysNothing { metric: InputName },
    /// {metric} has no value and is left out
    #[zh("{metric} 没有数值，不参与计算")]
    LeftOut { metric: InputName },
    /// {metric} has no value, so there is no bonus
    #[zh("{metric} 没有数值，因此没有奖金")]
    NoBonus { metric: InputName },
    /// {functions} function{functions|s} share{functions|s|}, {needed} {needed|is|are} needed, so there is no bonus
    #[zh("参与分享的职能有 {functions} 个，至少需要 {needed} 个，因此没有奖金")]
    TooFewFunctions { functions: Count, needed: Count },
    /// no more than {cap} of the bonus at target
    #[zh("封顶为目标奖金的 {cap}")]
    Cap { cap: Ratio<6> },
    /// together {achievement} of the bonus at target of {target}: the team earned {bonus}
    #[zh("合计为目标奖金 {target} 的 {achievement}，团队奖金为 {bonus}")]
    JointBonus { achievement: Ratio<6>, target: Money, bonus: Money },
    /// split equally among {members}: {share}
    #[zh("由 {members} 人平分：{share}")]
    EqualShare { members: Count, share: Money },
    /// a weight of {weight} of {total}: {share}
    #[zh("权重 {weight}，权重合计 {total}：{share}")]
    WeightShare { weight: Ratio<6>, total: Ratio<6>, share: Money },
    /// the function weighs {weight} of {total} and gets {part}, split equally among its {members}: {share}
    #[zh("所在职能权重 {weight}，权重合计 {total}，分得 {part}，由 {members} 人平分：{share}")]
    FunctionShare { weight: Ratio<6>, total: Ratio<6>, part: Money, members: Count, share: Money },
}

#[policy(by = "team", rules = Step, zh = "多个职能共担指标，共享一份协同奖金")]
fn joint_bonus(
    plan: &Plan,
    members: &[Member<'_>],
    shares: &mut [Share],
    why: &mut impl Why,
) -> Result<Team> {
    let sharing: Vec<usize> = (0..).zip(members).filter(|(_, m)| shares_in(m)).map(|(i, _)| i).collect();
    for (i, _) in members.iter().enumerate().filter(|(_, member)| !shares_in(member)) {
        why.of(i).notes(|| Step::NotEligible);
    }
    let target = target(plan, members, sharing.len())?;
    let mut told = Told { sharing: &sharing, why };
    let achievement = match has_functions(plan, members, &sharing, &mut told)? {
        true => achievement(plan, members, &mut told)?,
        false => None,
    };
    let bonus: Money = (target * achievement.unwrap_or(Exact::ZERO)).round(plan.round);
    if let Some(achievement) = achievement {
        let achievement = achievement.round(Round::HalfUp);
        told.all(|| Step::JointBonus { achievement, target, bonus });
    }
    let split = match &plan.split {
        SplitBy::Equal => by_weight(bonus, &vec![1; sharing.len()], told, |members, _, share| {
            Step::EqualShare { members: Count::from_units(members), share }
        }),
        SplitBy::Weight => {
            let weight = |i: &usize| members.get(*i).and_then(|m| m.weight).map_or(0, |w| w.units().max(0));
            let weights: Vec<i64> = sharing.iter().map(weight).collect();
            by_weight(bonus, &weights, told, |total, weight, share| Step::WeightShare {
                weight: Ratio::from_units(weight),
                total: Ratio::from_units(total),
                share,
            })
        }
        SplitBy::Function(weights) => by_function(bonus, weights, members, told)?,
    };
    let distributed: Money = split.iter().copied().sum();
    for (i, share) in sharing.iter().zip(split) {
        if let Some(slot) = shares.get_mut(*i) {
            slot.share = share;
        }
    }
    Ok(Team {
        joint_bonus: bonus,
        achievement: achievement.map(|achievement| achievement.round(Round::HalfUp)),
        undistributed: bonus - distributed,
    })
}

fn shares_in(member: &Member<'_>) -> bool {
    member.eligible.unwrap_or(true)
}

/// Those who share, and who listens: what is told of the team is told to each of them.
struct Told<'t, W> {
    sharing: &'t [usize],
    why: &'t mut W,
}

impl<W: Why> Told<'_, W> {
    fn all(&mut self, step: impl Fn() -> Step) {
        for i in self.sharing {
            self.why.of(*i).notes(&step);
        }
    }
}

/// What the team earns where every metric is at its target.
fn target(plan: &Plan, members: &[Member<'_>], sharing: usize) -> Result<Money> {
    match plan.bonus {
        BonusOf::Fixed(bonus) => Ok(bonus),
        BonusOf::PerMember(bonus) => {
            let number = i64::try_from(sharing).unwrap_or(i64::MAX);
            // Whole cents times a whole number.
            Ok((bonus * Exact::whole(number)).round(Round::HalfUp))
        }
        BonusOf::Given => {
            let team = members.first().map_or("", |member| member.team);
            let bonus = same(members.iter().map(|member| member.bonus.map(Money::units)));
            match bonus.map_err(|row| differ("bonus", team, "", row))? {
                Some(bonus) if bonus < 0 => Err(Failure::new(
                    "out-of-range",
                    format!("the `bonus` of team `{team}` is below zero, expected at least 0"),
                )),
                Some(bonus) => Ok(Money::from_units(bonus)),
                None => Err(Failure::new(
                    "missing-value",
                    format!("no row of team `{team}` has a `bonus`, expected one in each"),
                )),
            }
        }
    }
}

/// The value that all rows with one name, none where there is none; or the first row that names another one.
fn same(values: impl Iterator<Item = Option<i64>>) -> Result<Option<i64>, usize> {
    let mut known = None;
    for (row, value) in values.enumerate() {
        match (known, value) {
            (None, value) => known = value,
            (Some(first), Some(value)) if first != value => return Err(row),
            _ => {}
        }
    }
    Ok(known)
}

fn differ(what: &str, team: &str, or_else: &str, row: usize) -> Failure {
    let message = format!(
        "the rows of team `{team}` name different values of `{what}`, expected one and the same{or_else}"
    );
    Failure::new("values-differ", message).in_row(row)
}

/// Whether there are members of enough functions.
fn has_functions(
    plan: &Plan,
    members: &[Member<'_>],
    sharing: &[usize],
    told: &mut Told<'_, impl Why>,
) -> Result<bool> {
    if plan.functions_min < 2 {
        return Ok(true);
    }
    let mut functions: Vec<&str> = Vec::new();
    for function in sharing.iter().filter_map(|i| members.get(*i)?.function) {
        if !functions.contains(&function) {
            functions.push(function);
        }
    }
    let number = i64::try_from(functions.len()).unwrap_or(i64::MAX);
    let needed = i64::from(plan.functions_min);
    if number < needed {
        told.all(|| Step::TooFewFunctions {
            functions: Count::from_units(number),
            needed: Count::from_units(needed),
        });
    }
    Ok(number >= needed)
}

/// What the metrics pay in all, as a multiple of the bonus at target; none where there is no bonus.
fn achievement(plan: &Plan, members: &[Member<'_>], told: &mut Told<'_, impl Why>) -> Result<Option<Exact>> {
    let (mut sum, mut weight) = (Exact::ZERO, Exact::ZERO);
    for metric in &plan.metrics {
        let name = metric.name();
        let Some((value, over)) = measured(plan, metric, members)? else {
            match plan.missing {
                Missing::Zero => told.all(|| Step::PaysNothing { metric: name }),
                Missing::Reweigh => told.all(|| Step::LeftOut { metric: name }),
                Missing::NoBonus => {
                    told.all(|| Step::NoBonus { metric: name });
                    return Ok(None);
                }
            }
            continue;
        };
        let measured = Exact::whole(value).over(over.map_or(metric.scale, Exact::whole));
        let measured = measured.unwrap_or(Exact::ZERO);
        let pays = metric.line.at(measured).unwrap_or(Exact::ZERO);
        sum += pays * metric.weight;
        weight += metric.weight;
        told.all(|| step(metric, value, over, measured, pays));
    }
    let total = if plan.missing == Missing::Reweigh { weight } else { plan.weights_total };
    let Some(mut achievement) = sum.over(total) else { return Ok(None) };
    if let Some(cap) = plan.cap
        && achievement > cap
    {
        told.all(|| Step::Cap { cap: cap.round(Round::HalfUp) });
        achievement = cap;
    }
    Ok(Some(achievement))
}

/// The team's value of a metric, and what it is divided by: always above zero. None where there is no value.
fn measured(plan: &Plan, metric: &ReadyMetric, members: &[Member<'_>]) -> Result<Option<(i64, Option<i64>)>> {
    let team = members.first().map_or("", |member| member.team);
    let column = |input: usize| members.iter().map(move |member| member.metrics.get(input));
    let value = |input: usize| match metric.rows {
        Rows::Same => same(column(input))
            .map_err(|row| differ(plan.name_of(input), team, ", or set `rows` to `sum`", row)),
        Rows::Sum => {
            let values = column(input).flatten().map(Amount::from_units);
            Ok(column(input).any(|value| value.is_some()).then(|| values.sum::<Amount>().units()))
        }
    };
    let Some(of) = value(metric.input)? else { return Ok(None) };
    let Some(over) = metric.over else { return Ok(Some((of, None))) };
    Ok(value(over)?.filter(|over| *over > 0).map(|over| (of, Some(over))))
}

fn step(metric: &ReadyMetric, value: i64, over: Option<i64>, measured: Exact, pays: Exact) -> Step {
    let (name, value) = (metric.name(), Amount::from_units(value));
    let (pays, weight) = (pays.round(Round::HalfUp), metric.weight.round(Round::HalfUp));
    match over {
        None => Step::Metric { metric: name, value, pays, weight },
        Some(over) => Step::MetricOver {
            metric: name,
            value,
            over: Amount::from_units(over),
            share: measured.round(Round::HalfUp),
            pays,
            weight,
        },
    }
}

#[cfg(test)]
attain_cases::cases!();
