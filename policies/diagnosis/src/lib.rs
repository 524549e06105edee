//! What moves together tells the cause: weaker leads or pitch, overdrawn customers, newcomers or training.
//!
//! One figure alone says that something is wrong; two that move against each other say what. Each rule looks at
//! one such pair, of a person, a team or the company, and fires by itself.

mod terms;

use attain_sdk::prelude::*;
use terms::{ConversionRule, OutputRule, Plan, RepurchaseRule};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// Visits of the period.
    #[input(when = Plan::for_conversion)]
    visits: Option<Count>,
    /// Visits of the period before.
    #[input(when = Plan::for_conversion)]
    visits_before: Option<Count>,
    /// Deals won of them.
    #[input(when = Plan::for_conversion)]
    won: Option<Count>,
    /// Deals won in the period before.
    #[input(when = Plan::for_conversion)]
    won_before: Option<Count>,
    /// Visits to leads that were qualified.
    #[input(when = Plan::for_leads)]
    qualified: Option<Count>,
    /// Visits to leads that were qualified, in the period before.
    #[input(when = Plan::for_leads)]
    qualified_before: Option<Count>,
    /// Existing customers.
    #[input(when = Plan::for_repurchase)]
    customers: Option<Count>,
    /// Existing customers who bought again.
    #[input(when = Plan::for_repurchase)]
    repurchasing: Option<Count>,
    /// Sales to new customers.
    #[input(when = Plan::for_repurchase)]
    new_sales: Option<Money>,
    /// Sales to new customers in the period before.
    #[input(when = Plan::for_repurchase)]
    new_sales_before: Option<Money>,
    /// Output of the period: sales, margin.
    #[input(when = Plan::for_output)]
    output: Option<Money>,
    /// Output of the period before.
    #[input(when = Plan::for_output)]
    output_before: Option<Money>,
    /// Whether somebody is a newcomer.
    #[input(when = Plan::for_heads)]
    newcomer: Option<bool>,
    /// Hours of training in the period.
    #[input(when = Plan::for_heads)]
    training_hours: Option<Count<2>>,
    /// Whose figures are added up.
    #[input(when = Plan::team)]
    #[expect(dead_code, reason = "the host groups by it")]
    team: Option<&'a str>,
}

#[derive(Outputs, Default, Clone, Copy)]
struct Diagnosis {
    /// The worst level of what was found; no value where no rule could be asked.
    #[output(alert)]
    level: Option<Level>,
    /// Why conversion fell while visits rose.
    #[output(info)]
    conversion: Option<ConversionFinding>,
    /// Whether existing customers are overdrawn.
    #[output(info)]
    repurchase: Option<RepurchaseFinding>,
    /// Why output per head swung.
    #[output(info)]
    output: Option<OutputFinding>,
}

/// Why conversion fell while visits rose.
#[derive(Labels, Clone, Copy, PartialEq)]
enum ConversionFinding {
    /// nothing found
    #[zh("未发现问题")]
    Nothing,
    /// lead quality
    #[zh("线索质量")]
    Leads,
    /// pitch
    #[zh("话术与方案")]
    Pitch,
    /// lead quality or pitch
    #[zh("线索质量或话术")]
    LeadsOrPitch,
}

/// Whether existing customers are overdrawn.
#[derive(Labels, Clone, Copy, PartialEq)]
enum RepurchaseFinding {
    /// nothing found
    #[zh("未发现问题")]
    Nothing,
    /// existing customers overdrawn
    #[zh("老客户被透支")]
    Overdrawn,
}

/// Why output per head swung.
#[derive(Labels, Clone, Copy, PartialEq)]
enum OutputFinding {
    /// nothing found
    #[zh("未发现问题")]
    Nothing,
    /// newcomers
    #[zh("新人占比")]
    Newcomers,
    /// training
    #[zh("培训不足")]
    Training,
    /// newcomers and training
    #[zh("新人占比与培训不足")]
    Both,
    /// unexplained
    #[zh("原因待查")]
    Unexplained,
}

#[derive(Rules)]
enum Step {
    /// conversion went from {before} to {now}: {change}; visits: {visits_change}
    #[zh("转化率由 {before} 变为 {now}，变动 {change}；拜访量变动 {visits_change}")]
    Conversion { before: Ratio<6>, now: Ratio<6>, change: Ratio<6>, visits_change: Ratio<6> },
    /// qualified leads went from {before} to {now} of the visits
    #[zh("拜访中合格线索占比由 {before} 变为 {now}")]
    Leads { before: Ratio<6>, now: Ratio<6> },
    /// more visits and less conversion, with weaker leads: look at where leads come from and how they are qualified
    #[zh("拜访增加而转化下降，线索变差：检查线索来源和筛选标准")]
    LeadQuality,
    /// more visits and less conversion, with leads as good as before: go along on visits and work on the pitch
    #[zh("拜访增加而转化下降，线索质量未变：陪访并打磨话术与方案")]
    Pitch,
    /// more visits and less conversion: check first whether the leads or the pitch got weaker
    #[zh("拜访增加而转化下降：先分清是线索变差还是话术不到位")]
    LeadsOrPitch,
    /// {repurchasing} of {customers} existing customer{customers|s} bought again, {rate}; new sales: {change}
    #[zh("老客户 {customers} 家，复购 {repurchasing} 家，复购率 {rate}；新客户销售额变动 {change}")]
    Repurchase { repurchasing: Count, customers: Count, rate: Ratio<6>, change: Ratio<6> },
    /// repurchase is under {low} while new sales grow: existing customers are overdrawn, so set time aside for them
    #[zh("复购率低于 {low} 而新客户销售额在增长：老客户被透支，应留出时间经营老客户")]
    Overdrawn { low: Ratio<6> },
    /// output per head went from {before} to {now}: {change}
    #[zh("人均产出由 {before} 变为 {now}，变动 {change}")]
    Output { before: Money, now: Money, change: Ratio<6> },
    /// newcomers are {share} of the heads, {from} or more: pair them with experienced people
    #[zh("新人占 {share}，达到 {from}：安排老带新")]
    Newcomers { share: Ratio<6>, from: Ratio<6> },
    /// {hours} hour{hours|s} of training per head, under {under}: plan training
    #[zh("人均培训 {hours} 小时，不足 {under} 小时：安排培训")]
    Training { hours: Count<2>, under: Count<2> },
    /// neither newcomers nor training explain the swing: look at deals and territories
    #[zh("新人占比与培训都解释不了波动：再看订单结构和区域")]
    Unexplained,
    /// conversion can't be compared with the period before
    #[zh("转化率无法与上期对比")]
    NoConversion,
    /// repurchase or new sales can't be judged
    #[zh("复购率或新客户销售额不明，无法判断")]
    NoRepurchase,
    /// output per head can't be compared with the period before
    #[zh("人均产出无法与上期对比")]
    NoOutput,
}

#[policy(grouping = Plan::grouping, rules = Step, zh = "指标联动查原因：线索与话术、老客户透支、新人与培训")]
fn diagnosis(plan: &Plan, rows: &[Row<'_>], found: &mut [Diagnosis], why: &mut impl Why) -> Result<()> {
    let mut all = Diagnosis::default();
    if let Some(rule) = &plan.conversion {
        all.conversion = conversion(rule, rows, why);
        let is_found = all.conversion.map(|finding| finding != ConversionFinding::Nothing);
        all.level = all.level.max(level(is_found, rule.level));
    }
    if let Some(rule) = &plan.repurchase {
        all.repurchase = repurchase(rule, rows, why);
        let is_found = all.repurchase.map(|finding| finding != RepurchaseFinding::Nothing);
        all.level = all.level.max(level(is_found, rule.level));
    }
    if let Some(rule) = &plan.output {
        all.output = output(rule, rows, why);
        let is_found = all.output.map(|finding| finding != OutputFinding::Nothing);
        all.level = all.level.max(level(is_found, rule.level));
    }
    found.fill(all);
    Ok(())
}

/// The level of a rule that found something; none where it couldn't be asked.
fn level(is_found: Option<bool>, of: Level) -> Option<Level> {
    is_found.map(|is_found| if is_found { of } else { Level::None })
}

fn conversion(rule: &ConversionRule, rows: &[Row<'_>], why: &mut impl Why) -> Option<ConversionFinding> {
    let rate = |part: fn(&Row<'_>) -> Option<Count>, whole: fn(&Row<'_>) -> Option<Count>| {
        quotient(rows, |row| Some((part(row)?, whole(row)?)))
    };
    let now = rate(|row| row.won, |row| row.visits);
    let before = rate(|row| row.won_before, |row| row.visits_before);
    let visits = growth_of(rows, |row| Some((row.visits?, row.visits_before?)));
    let change = growth(now, before);
    let (Some(now), Some(before), Some(change), Some(visits_change)) = (now, before, change, visits) else {
        each(rows, why, || Step::NoConversion);
        return None;
    };
    each(rows, why, || Step::Conversion {
        before: shown(before),
        now: shown(now),
        change: shown(change),
        visits_change: shown(visits_change),
    });
    let rises = visits_change > Exact::ZERO && visits_change >= rule.visits_rise.exact();
    if !rises || !falls(change, rule.fall) {
        return Some(ConversionFinding::Nothing);
    }
    let good = rate(|row| row.qualified, |row| row.visits);
    let good_before = rate(|row| row.qualified_before, |row| row.visits_before);
    let Some((good, before, change)) =
        good.zip(good_before).and_then(|(now, before)| Some((now, before, growth(Some(now), Some(before))?)))
    else {
        each(rows, why, || Step::LeadsOrPitch);
        return Some(ConversionFinding::LeadsOrPitch);
    };
    each(rows, why, || Step::Leads { before: shown(before), now: shown(good) });
    if falls(change, rule.leads_fall) {
        each(rows, why, || Step::LeadQuality);
        return Some(ConversionFinding::Leads);
    }
    each(rows, why, || Step::Pitch);
    Some(ConversionFinding::Pitch)
}

fn repurchase(rule: &RepurchaseRule, rows: &[Row<'_>], why: &mut impl Why) -> Option<RepurchaseFinding> {
    let known = || rows.iter().filter_map(|row| Some((row.repurchasing?, row.customers?)));
    let repurchasing: Count = known().map(|(repurchasing, _)| repurchasing).sum();
    let customers: Count = known().map(|(_, customers)| customers).sum();
    let rate = if customers > Count::ZERO { repurchasing.over(customers) } else { None };
    let change = growth_of(rows, |row| Some((row.new_sales?, row.new_sales_before?)));
    let Some((rate, change)) = rate.zip(change) else {
        each(rows, why, || Step::NoRepurchase);
        return None;
    };
    let (rounded, new) = (shown(rate), shown(change));
    each(rows, why, || Step::Repurchase { repurchasing, customers, rate: rounded, change: new });
    let grows = change > Exact::ZERO && change >= rule.new_growth.exact();
    if !grows || rate >= rule.low_under.exact() {
        return Some(RepurchaseFinding::Nothing);
    }
    each(rows, why, || Step::Overdrawn { low: rule.low_under });
    Some(RepurchaseFinding::Overdrawn)
}

fn output(rule: &OutputRule, rows: &[Row<'_>], why: &mut impl Why) -> Option<OutputFinding> {
    let one = Count::from_units(1);
    let now = quotient(rows, |row| Some((row.output?, one)));
    let before = quotient(rows, |row| Some((row.output_before?, one)));
    let Some((now, before, change)) =
        now.zip(before).and_then(|(now, before)| Some((now, before, growth(Some(now), Some(before))?)))
    else {
        each(rows, why, || Step::NoOutput);
        return None;
    };
    let (from, to) = (before.round(Round::HalfUp), now.round(Round::HalfUp));
    each(rows, why, || Step::Output { before: from, now: to, change: shown(change) });
    if change.is_zero() || (change < rule.swing.exact() && change > -rule.swing.exact()) {
        return Some(OutputFinding::Nothing);
    }
    let newcomers = quotient(rows, |row| Some((Count::<0>::from_units(row.newcomer?.into()), one)));
    let newcomers = newcomers.filter(|share| *share >= rule.newcomers_from.exact());
    let training = quotient(rows, |row| Some((row.training_hours?, one)));
    let training = training.filter(|hours| *hours < rule.training_under.exact());
    if let Some(share) = newcomers {
        each(rows, why, || Step::Newcomers { share: shown(share), from: rule.newcomers_from });
    }
    if let Some(hours) = training {
        let under = rule.training_under;
        each(rows, why, || Step::Training { hours: hours.round(Round::HalfUp), under });
    }
    Some(match (newcomers.is_some(), training.is_some()) {
        (true, true) => OutputFinding::Both,
        (true, false) => OutputFinding::Newcomers,
        (false, true) => OutputFinding::Training,
        (false, false) => {
            each(rows, why, || Step::Unexplained);
            OutputFinding::Unexplained
        }
    })
}

/// By which share of what it was a figure moved, of those who have it now and had it before.
fn growth_of<N: Into<Exact>>(rows: &[Row<'_>], of: impl Fn(&Row<'_>) -> Option<(N, N)>) -> Option<Exact> {
    let (mut now, mut before) = (Exact::ZERO, Exact::ZERO);
    for (value, earlier) in rows.iter().filter_map(of) {
        now += value;
        before += earlier;
    }
    growth(Some(now), Some(before))
}

/// The sum of the parts over that of the wholes, of those who have both; none where the wholes come to nothing.
fn quotient<N: Into<Exact>>(rows: &[Row<'_>], of: impl Fn(&Row<'_>) -> Option<(N, Count)>) -> Option<Exact> {
    let (mut parts, mut wholes) = (Exact::ZERO, Count::ZERO);
    for (part, whole) in rows.iter().filter_map(of) {
        parts += part;
        wholes += whole;
    }
    if wholes > Count::ZERO { parts.over(wholes) } else { None }
}

/// By which share of what it was something moved; none where it was nothing, or less.
fn growth(now: Option<Exact>, before: Option<Exact>) -> Option<Exact> {
    let (now, before) = now.zip(before)?;
    if before.is_negative() { None } else { Some(now.over(before)? - Exact::ONE) }
}

fn falls(change: Exact, least: Ratio<6>) -> bool {
    change.is_negative() && change <= -least.exact()
}

fn shown(share: Exact) -> Ratio<6> {
    share.round(Round::HalfUp)
}

/// Tells everybody the same.
fn each(rows: &[Row<'_>], why: &mut impl Why, step: impl Fn() -> Step) {
    for i in 0..rows.len() {
        why.of(i).notes(&step);
    }
}

#[cfg(test)]
attain_cases::cases!();
