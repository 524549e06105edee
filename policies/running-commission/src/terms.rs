//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Rising thresholds of the running measure, and the rate from each on. Below the first, nothing is earned.
    tiers: Vec<Tier>,
    /// What a threshold is held against.
    #[parameter(default = "attainment")]
    thresholds: Thresholds,
    /// Which tier a deal is paid at.
    #[parameter(default = "split")]
    paid_at: PaidAt,
    /// Which tier a measure exactly on an edge belongs to.
    #[parameter(default = "higher")]
    edge: Edge,
    /// What a deal that doesn't advance the measure earns.
    #[parameter(default = "paid")]
    not_counting: NotCounting,
    /// What the deals of somebody without a target, or with one of zero, earn where thresholds are of attainment.
    #[parameter(default = "nothing")]
    without_target: Without,
    /// How commissions become whole cents.
    #[parameter(default = "half-up")]
    round: Round,
    /// What is rounded.
    #[parameter(default = "each-deal")]
    rounded: Rounded,
}

/// From a threshold on.
#[derive(Parameters)]
struct Tier {
    /// Attainment (`"1.0"` is the whole target) or amount.
    #[parameter(min = "0")]
    from: Decimal,
    /// The share of a deal's credit that is earned.
    #[parameter(min = "0")]
    rate: Ratio<6>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Thresholds {
    /// The running measure over the target.
    Attainment,
    /// The running measure itself.
    Amount,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum PaidAt {
    /// Each part of the deal at the tier it falls in.
    Split,
    /// The whole deal at the tier that was reached before it: it advances the measure after it is paid.
    TierBefore,
    /// The whole deal at the tier that is reached with it: it advances the measure before it is paid.
    TierAfter,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum NotCounting {
    /// The rate of the tier that is reached.
    Paid,
    /// Nothing.
    Unpaid,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Without {
    /// Nothing.
    Nothing,
    /// The rate of the first tier.
    FirstRate,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Rounded {
    /// What each deal earns.
    EachDeal,
    /// What was earned so far: a deal earns by how much that grew, so that deals add up to the rounded sum.
    RunningSum,
}

/// What the rule works with.
pub struct Plan {
    pub tiers: TierTable,
    pub on_attainment: bool,
    pub paid_at: PaidAt,
    pub not_counting: NotCounting,
    pub without_target: Without,
    pub round: Round,
    pub rounded: Rounded,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let on_attainment = terms.thresholds == Thresholds::Attainment;
        // Amounts are compared in cents.
        let scale = if on_attainment { 1 } else { attain_sdk::power_of_ten(period.money_decimals) };
        let tiers: Vec<(Decimal, Exact)> =
            terms.tiers.iter().map(|tier| (tier.from, tier.rate.exact())).collect();
        let tiers = TierTable::checked("tiers", &tiers, scale, terms.edge, wrong)?;
        Some(Plan {
            tiers,
            on_attainment,
            paid_at: terms.paid_at,
            not_counting: terms.not_counting,
            without_target: terms.without_target,
            round: terms.round,
            rounded: terms.rounded,
        })
    }
}

impl Plan {
    /// What thresholds are a multiple of: the target, or one where they are amounts. None without a target.
    pub fn per(&self, target: Option<Money>) -> Option<i64> {
        match self.on_attainment {
            true => target.map(Money::units).filter(|target| *target > 0),
            false => Some(1),
        }
    }

    pub fn target(&self) -> Need {
        if self.on_attainment { Need::Required } else { Need::Optional }
    }
}
