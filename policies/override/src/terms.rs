//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// What the lead earns on the team's amount.
    pays: Pays,
    /// Whether the lead's own amount and target count with the team's.
    #[parameter(default = "excluded")]
    own: Own,
    /// What a team without a target, or with one of zero, earns the lead where the rate depends on attainment.
    #[parameter(default = "nothing")]
    without_target: Without,
    /// What an amount below zero earns.
    #[parameter(default = "nothing")]
    negative: Negative,
    /// The most that is earned, as a share of the lead's own pay. None means no such cap.
    #[parameter(min = "0")]
    cap_share: Option<Ratio<6>>,
    /// The most that is earned. None means no cap.
    #[parameter(min = "0")]
    cap: Option<Money>,
    /// How the override becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters)]
enum Pays {
    /// A share of the team's amount.
    Rate(Ratio<6>),
    /// A share that depends on the team's attainment.
    Attainment {
        /// Rising thresholds of attainment, and the share from each on. Below the first nothing is earned.
        tiers: Vec<Tier>,
        /// What a rate applies to.
        #[parameter(default = "retroactive")]
        mode: Mode,
        /// Which tier an attainment exactly on an edge belongs to.
        #[parameter(default = "higher")]
        edge: Edge,
    },
}

/// From a threshold on.
#[derive(Parameters)]
struct Tier {
    /// Attainment: `"0.8"` is 80 % of the team's target.
    #[parameter(min = "0")]
    from: Decimal,
    /// The share of the amount.
    #[parameter(min = "0")]
    rate: Ratio<6>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Mode {
    /// The whole amount earns the rate of the tier that is reached.
    Retroactive,
    /// Each slice of the amount earns the rate of the tier it falls in.
    Marginal,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Own {
    /// It doesn't.
    Excluded,
    /// It does.
    Included,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Without {
    /// Nothing.
    Nothing,
    /// All of it the rate of the first tier.
    FirstRate,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Negative {
    /// Nothing.
    Nothing,
    /// It takes back: by the rate, or by that of the first tier.
    TakesBack,
}

/// What the lead earns, ready for use.
pub enum Rates {
    One(Ratio<6>),
    Tiers(TierTable, Mode),
}

/// What the rule works with.
pub struct Plan {
    pub rates: Rates,
    pub without_target: Without,
    pub negative: Negative,
    pub own: Own,
    pub cap_share: Option<Ratio<6>>,
    pub cap: Option<Money>,
    pub round: Round,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let rates = match terms.pays {
            Pays::Rate(rate) => {
                if rate < Ratio::ZERO {
                    let message = format!("`{rate}` is below 0, the least it may be");
                    wrong.at("pays.rate", "out-of-range", message);
                }
                if terms.without_target != Without::Nothing {
                    let message = "one rate needs no target, so `without_target` has no use; leave it out";
                    wrong.at("without_target", "unused-field", message.to_owned());
                }
                Rates::One(rate)
            }
            Pays::Attainment { tiers, mode, edge } => Rates::Tiers(table(&tiers, edge, wrong)?, mode),
        };
        Some(Plan {
            rates,
            without_target: terms.without_target,
            negative: terms.negative,
            own: terms.own,
            cap_share: terms.cap_share,
            cap: terms.cap,
            round: terms.round,
        })
    }
}

fn table(tiers: &[Tier], edge: Edge, wrong: &mut Wrong<'_, '_>) -> Option<TierTable> {
    let tiers: Vec<(Decimal, Exact)> = tiers.iter().map(|tier| (tier.from, tier.rate.exact())).collect();
    TierTable::checked("pays.attainment.tiers", &tiers, 1, edge, wrong)
}

impl Plan {
    pub fn always(&self) -> Need {
        Need::Required
    }

    pub fn team_target(&self) -> Need {
        match self.rates {
            Rates::Tiers(..) => Need::Required,
            Rates::One(_) => Need::Optional,
        }
    }

    pub fn own_amount(&self) -> Need {
        Need::if_so(self.own == Own::Included)
    }

    pub fn own_target(&self) -> Need {
        match self.own {
            Own::Included => self.team_target(),
            Own::Excluded => Need::Unused,
        }
    }

    pub fn own_pay(&self) -> Need {
        Need::if_so(self.cap_share.is_some())
    }
}
