//! Customers visited but stuck in first contact: who visits many and goes deep with few.
//!
//! A deal that has been in first contact for longer than allowed is stuck. Somebody whose visited customers are
//! mostly stuck covers their market broadly and not deeply, which no number of visits shows.

mod terms;

use attain_sdk::prelude::*;
use terms::Plan;

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Deal<'a> {
    /// The stage that the deal is in.
    #[input(when = Plan::always)]
    stage: Option<&'a str>,
    /// The day on which it came into that stage.
    #[input(when = Plan::always)]
    stage_since: Option<Date>,
    /// The day of the last visit to its customer.
    #[input(when = Plan::visited_on)]
    visited_on: Option<Date>,
    /// Its customer. Where a deal has none, it is a customer of its own.
    customer: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
struct Depth {
    /// Whether the deal is stuck in first contact; no value where it doesn't count.
    #[output(info, fold = "any")]
    stuck: Option<bool>,
    /// How many days a deal that counts has been in first contact.
    #[output(info, fold = "max")]
    days_in_first_contact: Option<Days>,
}

#[derive(Outputs)]
#[outputs(per = "group")]
struct Coverage {
    /// Whether the person's coverage is shallow.
    #[output(alert, fold = "max")]
    level: Level,
    /// How many customers count.
    #[output(info, fold = "max")]
    customers: Count,
    /// How many of them are stuck: all of their deals that count.
    #[output(info, fold = "max")]
    stuck_customers: Count,
    /// The share of them that is stuck; no value where none counts.
    #[output(info, fold = "max")]
    stuck_share: Option<Ratio<6>>,
}

#[derive(Rules)]
enum Step {
    /// {days} day{days|s} in first contact, where {limit} {limit|is|are} allowed: stuck
    #[zh("停留在初次接触 {days} 天，允许 {limit} 天：卡住了")]
    Stuck { days: Days, limit: Days },
    /// {days} day{days|s} in first contact, of {limit} that {limit|is|are} allowed
    #[zh("处于初次接触 {days} 天，允许 {limit} 天")]
    InTime { days: Days, limit: Days },
    /// past first contact
    #[zh("已过初次接触阶段")]
    Further,
    /// not visited in this period, so it doesn't count
    #[zh("本期未拜访，不计入")]
    NotVisited,
    /// the stage isn't known, or since when, so it doesn't count
    #[zh("阶段或进入日期不明，不计入")]
    NotKnown,
    /// {stuck} of {customers} customer{customers|s} {stuck|is|are} stuck in first contact: {share}
    #[zh("{customers} 个客户中有 {stuck} 个卡在初次接触：{share}")]
    Share { stuck: Count, customers: Count, share: Ratio<6> },
    /// only {customers} customer{customers|s} count{customers|s|} and {least} {least|is|are} needed, so coverage isn't judged
    #[zh("计入的客户只有 {customers} 个，至少需要 {least} 个，不作判断")]
    TooFew { customers: Count, least: Count },
    /// coverage is shallow: before any new visit, set a next step with each customer who is stuck
    #[zh("浅层覆盖：先为每个卡住的客户定下推进动作，再去拜访新客户")]
    Shallow,
}

/// What a deal says of its customer.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Stuck,
    Further,
    DoesNotCount,
}

#[policy(person, table = "deals", rules = Step, zh = "客户拜访多却卡在初次接触：识别浅层覆盖")]
fn shallow_coverage(
    plan: &Plan,
    deals: &[Deal<'_>],
    depths: &mut [Depth],
    why: &mut impl Why,
) -> Result<Coverage> {
    // Whether all that counts of a customer is stuck.
    let mut known: BTreeMap<&str, bool> = BTreeMap::new();
    let (mut customers, mut stuck) = (0, 0);
    for (i, (deal, depth)) in deals.iter().zip(depths).enumerate() {
        let standing = standing(plan, deal, depth, why.of(i));
        if standing == Standing::DoesNotCount {
            continue;
        }
        let is_stuck = standing == Standing::Stuck;
        match deal.customer {
            Some(customer) => {
                known.entry(customer).and_modify(|all| *all &= is_stuck).or_insert(is_stuck);
            }
            None => {
                customers += 1;
                stuck += i64::from(is_stuck);
            }
        }
    }
    for is_stuck in known.into_values() {
        customers += 1;
        stuck += i64::from(is_stuck);
    }
    let (customers, stuck) = (Count::from_units(customers), Count::from_units(stuck));
    let share = stuck.over(customers);
    let enough = customers >= plan.least_customers;
    let shallow = enough && share.is_some_and(|share| share >= plan.share.exact());
    let stuck_share: Option<Ratio<6>> = share.map(|share| share.round(Round::HalfUp));
    for i in 0..deals.len() {
        let why = why.of(i);
        if let Some(share) = stuck_share {
            why.notes(|| Step::Share { stuck, customers, share });
        }
        if !enough {
            why.notes(|| Step::TooFew { customers, least: plan.least_customers });
        }
        if shallow {
            why.notes(|| Step::Shallow);
        }
    }
    let level = if shallow { plan.level } else { Level::None };
    Ok(Coverage { level, customers, stuck_customers: stuck, stuck_share })
}

/// Whether a deal is stuck, and whether it counts at all.
fn standing(plan: &Plan, deal: &Deal<'_>, depth: &mut Depth, why: &mut impl Why) -> Standing {
    if !plan.counts(deal.visited_on) {
        why.notes(|| Step::NotVisited);
        return Standing::DoesNotCount;
    }
    let Some(stage) = deal.stage else {
        why.notes(|| Step::NotKnown);
        return Standing::DoesNotCount;
    };
    if !plan.is_first_contact(stage) {
        why.notes(|| Step::Further);
        depth.stuck = Some(false);
        return Standing::Further;
    }
    let Some(days) = deal.stage_since.and_then(|since| plan.age(since)) else {
        why.notes(|| Step::NotKnown);
        return Standing::DoesNotCount;
    };
    let (limit, is_stuck) = (plan.days, days > plan.days);
    depth.days_in_first_contact = Some(days);
    depth.stuck = Some(is_stuck);
    why.notes(|| if is_stuck { Step::Stuck { days, limit } } else { Step::InTime { days, limit } });
    if is_stuck { Standing::Stuck } else { Standing::Further }
}

#[cfg(test)]
attain_cases::cases!();
