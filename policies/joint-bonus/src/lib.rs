//! Functions that share metrics share one bonus, split to the cent.
//!
//! Sales and marketing, sales and after-sales, sales and development: each team has rows of more than one function.
//! The metrics are the team's, each is worth its weight of the bonus at target, and its curve says how much of that
//! the team earns. What is earned is split equally, by weight, or by function.

mod curve;
mod shares;
mod terms;

use attain_sdk::prelude::*;
use shares::Split;
use terms::{BonusOf, Missing, Plan, ReadyMetric, Rows};

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

#[derive(Rules, Clone, Copy)]
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
    let (team, shared) = shared(plan, members, shares)?;
    let Shared { sharing, earned, split } = &shared;
    for (i, _) in members.iter().enumerate().filter(|(_, member)| !shares_in(member)) {
        why.of(i).notes(|| Step::NotEligible);
    }
    // What is told of the team is told to each of those who share; it costs something to find out.
    if sharing.iter().any(|i| why.of(*i).listens()) {
        let steps = attain_sdk::telling(|| steps(plan, members, earned))?;
        for (place, i) in sharing.iter().enumerate() {
            for step in &steps {
                why.of(*i).notes(|| *step);
            }
            why.of(*i).adds(Share::SHARE, split.share(place), |share| split.told(place, share));
        }
    }
    Ok(team)
}

/// How a team's bonus came about.
struct Shared {
    /// Those who share in it.
    sharing: Vec<usize>,
    earned: Earned,
    split: Split,
}

/// All that is paid. Nobody listens here: the code is there once for those who are paid and for those who ask why.
#[inline(never)]
fn shared(plan: &Plan, members: &[Member<'_>], shares: &mut [Share]) -> Result<(Team, Shared)> {
    let mut sharing = Vec::with_capacity(members.len());
    sharing.extend((0..members.len()).filter(|i| members.get(*i).is_some_and(shares_in)));
    let earned = earned(plan, members, &sharing)?;
    let split = Split::new(plan, earned.bonus, members, &sharing)?;
    let mut distributed = Money::ZERO;
    for (place, i) in sharing.iter().enumerate() {
        if let Some(slot) = shares.get_mut(*i) {
            slot.share = split.share(place);
            distributed += slot.share;
        }
    }
    let team = Team {
        joint_bonus: earned.bonus,
        achievement: earned.achievement.map(|achievement| achievement.round(Round::HalfUp)),
        undistributed: earned.bonus - distributed,
    };
    Ok((team, Shared { sharing, earned, split }))
}

fn shares_in(member: &Member<'_>) -> bool {
    member.eligible.unwrap_or(true)
}

/// What a team earned, and how.
struct Earned {
    /// How many functions those who share are of, as far as anybody asks.
    functions: u32,
    target: Exact,
    /// As a multiple of the bonus at target; none where there is no bonus.
    achievement: Option<Exact>,
    is_capped: bool,
    bonus: Money,
}

fn earned(plan: &Plan, members: &[Member<'_>], sharing: &[usize]) -> Result<Earned> {
    let target = target(plan, members, sharing.len())?;
    let functions = functions(members, sharing, plan.functions_min);
    let mut achievement = if functions < plan.functions_min { None } else { achievement(plan, members)? };
    let is_capped = plan.cap.is_some_and(|cap| achievement.is_some_and(|achievement| achievement > cap));
    if is_capped {
        achievement = plan.cap;
    }
    let bonus = (target * achievement.unwrap_or(Exact::ZERO)).round(plan.round);
    Ok(Earned { functions, target, achievement, is_capped, bonus })
}

/// What the team earns where every metric is at its target.
fn target(plan: &Plan, members: &[Member<'_>], sharing: usize) -> Result<Exact> {
    match plan.bonus {
        BonusOf::Fixed(bonus) => Ok(bonus.exact()),
        BonusOf::PerMember(bonus) => Ok(bonus * Exact::whole(i64::try_from(sharing).unwrap_or(i64::MAX))),
        BonusOf::Given => {
            let team = members.first().map_or("", |member| member.team);
            match same(members.iter().map(|member| member.bonus.map(Money::units))) {
                Ok(Some(bonus)) if bonus >= 0 => Ok(Exact::whole(bonus)),
                Ok(bonus) => Err(no_bonus(bonus, team)),
                Err(row) => Err(differ("bonus", team, "", row)),
            }
        }
    }
}

#[cold]
#[inline(never)]
fn no_bonus(bonus: Option<i64>, team: &str) -> Failure {
    match bonus {
        Some(_) => Failure::new(
            "out-of-range",
            format!("the `bonus` of team `{team}` is below zero, expected at least 0"),
        ),
        None => Failure::new(
            "missing-value",
            format!("no row of team `{team}` has a `bonus`, expected one in each"),
        ),
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

#[cold]
#[inline(never)]
fn differ(what: &str, team: &str, or_else: &str, row: usize) -> Failure {
    let message = format!(
        "the rows of team `{team}` name different values of `{what}`, expected one and the same{or_else}"
    );
    Failure::new("values-differ", message).in_row(row)
}

/// How many functions those who share are of, as far as anybody asks.
fn functions(members: &[Member<'_>], sharing: &[usize], needed: u32) -> u32 {
    if needed < 2 {
        return needed;
    }
    let mut functions: Vec<&str> = Vec::new();
    for function in sharing.iter().filter_map(|i| members.get(*i)?.function) {
        if !functions.contains(&function) {
            functions.push(function);
        }
    }
    u32::try_from(functions.len()).unwrap_or(u32::MAX)
}

/// What the metrics pay in all, before the cap; none where there is no bonus.
fn achievement(plan: &Plan, members: &[Member<'_>]) -> Result<Option<Exact>> {
    let (mut sum, mut weight) = (Exact::ZERO, Exact::ZERO);
    for metric in &plan.metrics {
        match measured(plan, metric, members)? {
            Some(measured) => {
                sum += metric.pays(measured.exact()) * metric.weight;
                weight += metric.weight;
            }
            None if plan.missing == Missing::NoBonus => return Ok(None),
            None => {}
        }
    }
    Ok(sum.over(if plan.missing == Missing::Reweigh { weight } else { plan.weights_total }))
}

/// What is told to each of those who share: how the team earned what it did.
#[inline(never)]
fn steps(plan: &Plan, members: &[Member<'_>], earned: &Earned) -> Result<Vec<Step>> {
    let mut steps = Vec::with_capacity(plan.metrics.len().saturating_add(2));
    if earned.functions < plan.functions_min {
        let count = |number: u32| Count::from_units(number.into());
        let (functions, needed) = (count(earned.functions), count(plan.functions_min));
        steps.push(Step::TooFewFunctions { functions, needed });
        return Ok(steps);
    }
    for metric in &plan.metrics {
        let name = metric.name();
        let measured = measured(plan, metric, members)?;
        steps.push(match (measured, plan.missing) {
            (Some(measured), _) => step(metric, measured),
            (None, Missing::Zero) => Step::PaysNothing { metric: name },
            (None, Missing::Reweigh) => Step::LeftOut { metric: name },
            (None, Missing::NoBonus) => Step::NoBonus { metric: name },
        });
        if measured.is_none() && plan.missing == Missing::NoBonus {
            return Ok(steps);
        }
    }
    if earned.is_capped {
        steps.extend(plan.cap.map(|cap| Step::Cap { cap: cap.told() }));
    }
    let Earned { target, achievement, bonus, .. } = *earned;
    let together = |of: Exact| Step::JointBonus { achievement: of.told(), target: target.told(), bonus };
    steps.extend(achievement.map(together));
    Ok(steps)
}

/// A team's value of a metric, and what it is divided by, where it is.
#[derive(Clone, Copy)]
struct Measured {
    value: i64,
    /// Always above zero.
    over: Option<i64>,
}

impl Measured {
    /// The quotient, or the value as a count of its smallest part.
    #[inline(never)]
    fn exact(self) -> Exact {
        let value = Exact::whole(self.value);
        self.over.map_or(value, |over| value.over(Exact::whole(over)).unwrap_or(Exact::ZERO))
    }
}

/// The team's value of a metric; none where there is none.
#[inline(never)]
fn measured(plan: &Plan, metric: &ReadyMetric, members: &[Member<'_>]) -> Result<Option<Measured>> {
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
    let Some(over) = metric.over else { return Ok(Some(Measured { value: of, over: None })) };
    Ok(value(over)?.filter(|over| *over > 0).map(|over| Measured { value: of, over: Some(over) }))
}

fn step(metric: &ReadyMetric, measured: Measured) -> Step {
    let (name, value) = (metric.name(), Amount::from_units(measured.value));
    let exact = measured.exact();
    let (pays, weight) = (metric.pays(exact).told(), metric.weight.told());
    match measured.over.map(Amount::from_units) {
        None => Step::Metric { metric: name, value, pays, weight },
        Some(over) => Step::MetricOver { metric: name, value, over, share: exact.told(), pays, weight },
    }
}

#[cfg(test)]
attain_cases::cases!();
