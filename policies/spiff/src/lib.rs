//! Rewards of a campaign: per unit, for first orders, for customers woken, on amounts, on other pay.
//!
//! A deal that closed inside the campaign, and that isn't marked as not eligible, is rewarded for everything that
//! the plan names; what it is rewarded for adds up and is rounded once.

mod terms;

use attain_sdk::prelude::*;
use terms::{BelowZero, NeverOrdered, Plan, ReadyKicker, Waking};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Deal {
    /// The day on which it closed. A deal without one lies in no campaign that has a first or a last day.
    #[input(when = Plan::day)]
    close_date: Option<Date>,
    /// Whether the campaign is about it; a deal without a value is eligible.
    eligible: Option<bool>,
    /// How many units were sold.
    #[input(when = Plan::units)]
    units: Option<Count<2>>,
    /// Whether it is the customer's first order of a new product; no value is no.
    #[input(when = Plan::first)]
    first_order: Option<bool>,
    /// Days from the customer's last order to this one. A customer who never ordered has no value.
    #[input(when = Plan::idle)]
    days_since_order: Option<Days>,
    /// What the customer is worth; a customer without a value isn't known to be worth enough.
    #[input(when = Plan::value)]
    customer_value: Option<Money>,
    /// The amount of which a share is rewarded.
    #[input(when = Plan::amount)]
    amount: Option<Money>,
    /// What is held against the kicker's threshold; without a value it isn't passed.
    #[input(kind = Plan::measure_kind, when = Plan::kicks)]
    measure: Option<Amount>,
    /// What the kicker is a share of: this deal's commission.
    #[input(when = Plan::kicks)]
    other_pay: Option<Money>,
}

#[derive(Outputs)]
struct Rewarded {
    /// What the deal is rewarded with.
    #[output(pay, fold = "sum")]
    reward: Money,
    /// 1 for a deal in the campaign that is rewarded with something.
    #[output(info, fold = "sum")]
    rewarded: Count,
}

#[derive(Rules)]
enum Step {
    /// it closed on {day}, outside the campaign
    #[zh("成交日为 {day}，不在活动期内")]
    Outside { day: Date },
    /// it has no day of closing, so it lies in no campaign
    #[zh("没有成交日期，不在活动期内")]
    NoDay,
    /// the campaign isn't about it
    #[zh("不属于本次活动的范围")]
    NotEligible,
    /// {units} unit{units|s} at {amount} each: {reward}
    #[zh("{units} 件，每件奖励 {amount}：{reward}")]
    PerUnit { units: Count<2>, amount: Money, reward: Money },
    /// the first order of a new product: {reward}
    #[zh("新产品首单奖励：{reward}")]
    FirstOrder { reward: Money },
    /// the customer had not ordered for {days} day{days|s} and is woken: {reward}
    #[zh("客户已 {days} 天未下单，唤醒奖励：{reward}")]
    Woken { days: Days, reward: Money },
    /// the customer had never ordered and is woken: {reward}
    #[zh("客户此前从未下单，唤醒奖励：{reward}")]
    NeverOrdered { reward: Money },
    /// the customer is asleep, but is worth {value}, less than {least}
    #[zh("客户虽已沉睡，但客户价值 {value} 低于 {least}，不奖励")]
    WorthTooLittle { value: Option<Money>, least: Money },
    /// {share} of the eligible {amount}: {reward}
    #[zh("符合条件的金额 {amount}，按 {share} 奖励：{reward}")]
    Share { share: Ratio<6>, amount: Money, reward: Money },
    /// {measure} is past {threshold}, so {share} of {pay} is paid on top: {reward}
    #[zh("{measure} 已过门槛 {threshold}，按 {pay} 的 {share} 加奖：{reward}")]
    Kicker {
        #[place(like = "measure")]
        measure: Amount,
        #[place(like = "measure")]
        threshold: Amount,
        share: Ratio<6>,
        pay: Money,
        reward: Money,
    },
    /// {measure} isn't past {threshold}, so nothing is paid on top
    #[zh("{measure} 未过门槛 {threshold}，不加奖")]
    NoKicker {
        #[place(like = "measure")]
        measure: Option<Amount>,
        #[place(like = "measure")]
        threshold: Amount,
    },
    /// units, amounts or pay are below zero, and {reward} isn't taken back
    #[zh("数量、金额或提成为负，{reward} 不予追回")]
    BelowZero { reward: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
}

#[policy(each, table = "deals", rules = Step, zh = "活动奖励：按件、新品首单、客户唤醒、金额比例和提成加奖")]
fn spiff(plan: &Plan, deal: Deal, why: &mut impl Why) -> Result<Rewarded> {
    let mut rewarded = Rewarded { reward: Money::ZERO, rewarded: Count::ZERO };
    if !plan.runs_on(deal.close_date) {
        match deal.close_date {
            Some(day) => why.notes(|| Step::Outside { day }),
            None => why.notes(|| Step::NoDay),
        }
        return Ok(rewarded);
    }
    if deal.eligible == Some(false) {
        why.notes(|| Step::NotEligible);
        return Ok(rewarded);
    }
    let mut sum = Exact::ZERO;
    if let Some(amount) = plan.per_unit {
        let units = needed(deal.units, "units")?;
        if let Some(reward) = kept(plan, units * amount, why) {
            sum += reward;
            why.adds(Rewarded::REWARD, reward, |reward| Step::PerUnit { units, amount, reward });
        }
    }
    if let (Some(reward), Some(true)) = (plan.first_order, deal.first_order) {
        sum += reward;
        why.adds(Rewarded::REWARD, reward, |reward| Step::FirstOrder { reward });
    }
    if let Some(waking) = plan.waking {
        sum += woken(waking, &deal, why);
    }
    if let Some(share) = plan.share {
        let amount = needed(deal.amount, "amount")?;
        if let Some(reward) = kept(plan, amount * share, why) {
            sum += reward;
            why.adds(Rewarded::REWARD, reward, |reward| Step::Share { share, amount, reward });
        }
    }
    if let Some(kicker) = plan.kicker {
        sum += kick(plan, kicker, &deal, why)?;
    }
    rewarded.reward = sum.round(plan.round);
    rewarded.rewarded = Count::from_units(i64::from(rewarded.reward != Money::ZERO));
    why.settles(Rewarded::REWARD, rewarded.reward, |change| Step::Rounding { change });
    Ok(rewarded)
}

/// A reward as it is; none where it is below zero and the plan takes nothing back.
fn kept(plan: &Plan, reward: Exact, why: &mut impl Why) -> Option<Exact> {
    if plan.below_zero == BelowZero::TakenBack || !reward.is_negative() {
        return Some(reward);
    }
    why.notes(|| Step::BelowZero { reward: reward.round(Round::HalfUp) });
    None
}

/// The reward for a customer who hadn't ordered for long enough, and is worth it.
fn woken(waking: Waking, deal: &Deal, why: &mut impl Why) -> Money {
    let is_asleep = match deal.days_since_order {
        Some(days) => days >= Days::from_units(waking.idle_days.into()),
        None => waking.never_ordered == NeverOrdered::Counts,
    };
    if !is_asleep {
        return Money::ZERO;
    }
    if let Some(least) = waking.customer_value
        && deal.customer_value.is_none_or(|value| value < least)
    {
        why.notes(|| Step::WorthTooLittle { value: deal.customer_value, least });
        return Money::ZERO;
    }
    why.adds(Rewarded::REWARD, waking.reward, |reward| match deal.days_since_order {
        Some(days) => Step::Woken { days, reward },
        None => Step::NeverOrdered { reward },
    });
    waking.reward
}

/// The share of other pay, once the threshold is passed.
fn kick(plan: &Plan, kicker: ReadyKicker, deal: &Deal, why: &mut impl Why) -> Result<Exact> {
    let ReadyKicker { share, threshold, .. } = kicker;
    let Some(measure) = deal.measure.filter(|measure| kicker.is_open(*measure)) else {
        why.notes(|| Step::NoKicker { measure: deal.measure, threshold });
        return Ok(Exact::ZERO);
    };
    let pay = needed(deal.other_pay, "other_pay")?;
    let Some(reward) = kept(plan, pay * share, why) else { return Ok(Exact::ZERO) };
    why.adds(Rewarded::REWARD, reward, |reward| Step::Kicker { measure, threshold, share, pay, reward });
    Ok(reward)
}

#[cfg(test)]
attain_cases::cases!();
