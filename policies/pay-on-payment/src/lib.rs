//! Commission is earned in proportion to the cash that was received.
//!
//! What a deal earns is known; how much of it is earned so far is its share by the cash received to date, in whole
//! cents. A period pays what that grew by, so that the parts add up to the whole.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
struct Terms {
    /// What the whole deal earns.
    earned: Earned,
    /// What cash beyond the deal's amount does.
    #[parameter(default = "nothing")]
    overpaid: Overpaid,
    /// The least share of the amount that must be received before anything is earned.
    #[parameter(default = "0", min = "0", max = "1")]
    from_share: Ratio<6>,
    /// How what is earned becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, PartialEq)]
enum Earned {
    /// The input `commission`, such as an earlier step's.
    Given,
    /// A share of the deal's amount.
    Rate(Ratio<6>),
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Overpaid {
    /// Nothing: at most the whole is earned. Where more was returned than received, nothing is.
    Nothing,
    /// It earns in proportion, beyond the whole; a balance below zero takes back.
    Earns,
}

/// What the rule works with.
struct Plan {
    rate: Option<Ratio<6>>,
    overpaid: Overpaid,
    from_share: Ratio<6>,
    round: Round,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let rate = match terms.earned {
            Earned::Given => None,
            Earned::Rate(rate) => Some(rate),
        };
        if let Some(rate) = rate
            && rate < Ratio::ZERO
        {
            wrong.at("earned.rate", "out-of-range", format!("`{rate}` is below 0, the least it may be"));
        }
        Some(Plan { rate, overpaid: terms.overpaid, from_share: terms.from_share, round: terms.round })
    }
}

impl Plan {
    /// Whether nothing is earned yet.
    fn is_too_little(&self, share: Exact) -> bool {
        self.from_share > Ratio::ZERO && share < self.from_share.exact()
    }

    fn commission(&self) -> Need {
        Need::if_so(self.rate.is_none())
    }
}

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Deal {
    /// What the customer is to pay, in all.
    amount: Money,
    /// What the whole deal earns.
    #[input(when = Plan::commission)]
    commission: Option<Money>,
    /// What the customer has paid so far, this period included.
    received_to_date: Money,
    /// What the customer had paid before this period. No value is nothing.
    received_before: Option<Money>,
}

#[derive(Outputs)]
struct Paid {
    /// What this period pays.
    #[output(pay, fold = "sum")]
    paid_now: Money,
    /// What the whole deal earns.
    #[output(info, fold = "sum")]
    eligible: Money,
    /// What is earned so far, this period included.
    #[output(info, fold = "sum")]
    earned_to_date: Money,
    /// What is still to be earned.
    #[output(info, fold = "sum")]
    outstanding: Money,
    /// The share of the amount that was received; no value where nothing is to be paid.
    #[output(info, fold = "last")]
    received_share: Option<Ratio<6>>,
}

#[derive(Rules)]
enum Step {
    /// {amount} at {rate} earns {eligible} once it is paid
    #[zh("交易金额 {amount} 按 {rate} 计提，全部回款后应得 {eligible}")]
    AtRate { amount: Money, rate: Ratio<6>, eligible: Money },
    /// the deal earns {eligible} once it is paid
    #[zh("全部回款后应得 {eligible}")]
    Given { eligible: Money },
    /// nothing is to be paid, so nothing is earned by payment
    #[zh("没有应收金额，无法按回款计提")]
    NothingToPay,
    /// {received} of {amount} was received so far, {share}: {earned} is earned
    #[zh("应收 {amount}，累计回款 {received}，占 {share}，累计应得 {earned}")]
    ToDate { received: Money, amount: Money, share: Ratio<6>, earned: Money },
    /// of that, {received} received before had earned its part: {change}
    #[zh("其中此前回款 {received} 已计提：{change}")]
    Before { received: Money, change: Money },
    /// {share} was received, less than the {least} from which on it is earned
    #[zh("回款比例 {share} 未达到 {least}，暂不计提")]
    TooLittle { share: Ratio<6>, least: Ratio<6> },
}

#[policy(each, table = "deals", rules = Step, zh = "提成按回款比例发放，各期之和与应得总额分毫不差")]
fn pay_on_payment(plan: &Plan, deal: Deal, why: &mut impl Why) -> Result<Paid> {
    let eligible = eligible(plan, &deal, why)?;
    let before = deal.received_before.unwrap_or_default();
    let share = share(plan, deal.received_to_date, deal.amount);
    let (now, earlier) = match (share, self::share(plan, before, deal.amount)) {
        (Some(share), Some(earlier)) => (earned(plan, eligible, share), earned(plan, eligible, earlier)),
        _ => {
            why.notes(|| Step::NothingToPay);
            (Money::ZERO, Money::ZERO)
        }
    };
    if let Some(share) = share {
        let shown: Ratio<6> = share.round(Round::HalfUp);
        if plan.is_too_little(share) {
            why.notes(|| Step::TooLittle { share: shown, least: plan.from_share });
        }
        why.adds(Paid::PAID_NOW, now, |earned| Step::ToDate {
            received: deal.received_to_date,
            amount: deal.amount,
            share: shown,
            earned,
        });
        if before != Money::ZERO {
            why.adds(Paid::PAID_NOW, -earlier, |change| Step::Before { received: before, change });
        }
    }
    Ok(Paid {
        paid_now: now - earlier,
        eligible,
        earned_to_date: now,
        outstanding: eligible - now,
        received_share: deal.received_to_date.over(deal.amount).map(|share| share.round(Round::HalfUp)),
    })
}

/// What the whole deal earns, in whole cents.
fn eligible(plan: &Plan, deal: &Deal, why: &mut impl Why) -> Result<Money> {
    if let Some(rate) = plan.rate {
        let eligible = (deal.amount * rate).round(plan.round);
        why.notes(|| Step::AtRate { amount: deal.amount, rate, eligible });
        return Ok(eligible);
    }
    let eligible = needed(deal.commission, "commission")?;
    why.notes(|| Step::Given { eligible });
    Ok(eligible)
}

/// The share of the amount that counts as received; none where nothing is to be paid.
fn share(plan: &Plan, received: Money, amount: Money) -> Option<Exact> {
    let share = received.over(amount)?;
    Some(match plan.overpaid {
        Overpaid::Nothing => share.at_least(Exact::ZERO).at_most(Exact::ONE),
        Overpaid::Earns => share,
    })
}

/// What a share received earns, in whole cents.
fn earned(plan: &Plan, eligible: Money, share: Exact) -> Money {
    match plan.is_too_little(share) {
        true => Money::ZERO,
        false => (eligible * share).round(plan.round),
    }
}

#[cfg(test)]
attain_cases::cases!();
