//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Where the pool comes from.
    pool: PoolOf,
    /// How it is split among the members.
    split: SplitBy,
    /// Whose amounts and targets make the team's.
    #[parameter(default = "eligible")]
    counted: Counted,
    /// The share of the pool that is held back.
    #[parameter(default = "0", min = "0", max = "1")]
    reserve: Ratio<6>,
    /// The most that one member gets. None means no cap.
    #[parameter(min = "0")]
    cap: Option<Money>,
    /// What happens to what a cap cuts off.
    #[parameter(default = "stays")]
    excess: Excess,
    /// What a pool below zero does.
    #[parameter(default = "nothing")]
    negative_pool: NegativePool,
    /// What the input `contribution` counts.
    #[parameter(default = "money")]
    contribution_unit: Kind,
    /// How the pool and the reserve become whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters)]
enum PoolOf {
    /// The input `pool`, which is the same in each member's row.
    Given,
    /// A share of the team's amount.
    Rate(Ratio<6>),
    /// A share of the team's amount that depends on its attainment.
    Attainment {
        /// Rising thresholds of attainment, and the share of the amount from each on. Below the first: none.
        tiers: Vec<Tier>,
        /// Which tier an attainment exactly on an edge belongs to.
        #[parameter(default = "higher")]
        edge: Edge,
        /// What there is for a team without a target.
        #[parameter(default = "nothing")]
        without_target: Without,
    },
}

/// From a threshold on.
#[derive(Parameters)]
struct Tier {
    /// Attainment: `"0.8"` is 80 % of the team's target.
    #[parameter(min = "0")]
    from: Decimal,
    /// The share of the whole amount.
    #[parameter(min = "0")]
    rate: Ratio<6>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Without {
    /// No pool.
    Nothing,
    /// The rate of the first tier.
    FirstRate,
}

#[derive(Parameters, PartialEq)]
pub enum SplitBy {
    /// Everybody the same.
    Equal,
    /// By the input `contribution`; what is below zero counts as nothing.
    Contribution,
    /// By the input `weight`.
    Weight,
    /// By the input `role`: each member weighs what their role does.
    Role(Named<Ratio<6>>),
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Counted {
    /// Those of members who are eligible.
    Eligible,
    /// Those of everybody in the team.
    Everybody,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Excess {
    /// It stays in the pool, undistributed.
    Stays,
    /// It goes to the others, by their weights, as far as their caps allow.
    Redistributed,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum NegativePool {
    /// Nobody pays in: it counts as none.
    Nothing,
    /// It is split like any other.
    Shared,
}

/// Where the pool comes from, ready for use.
pub enum Source {
    Given,
    Rate(Ratio<6>),
    Tiers(TierTable, Without),
}

/// What the rule works with.
pub struct Plan {
    pub source: Source,
    pub split: SplitBy,
    pub counted: Counted,
    pub reserve: Ratio<6>,
    pub cap: Option<Money>,
    pub excess: Excess,
    pub negative_pool: NegativePool,
    pub round: Round,
    contribution_unit: Kind,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if let SplitBy::Role(weights) = &terms.split {
            for (role, weight) in weights.iter().filter(|(_, weight)| weight.units() < 0) {
                let message = format!("the weight of `{role}` is {weight}, expected at least 0");
                wrong.at(format_args!("split.role.{role}"), "out-of-range", message);
            }
            if weights.values().all(|weight| weight.units() <= 0) {
                let message = "no role has a weight above 0, expected at least one".to_owned();
                wrong.at("split.role", "no-weight", message);
            }
        }
        let source = match terms.pool {
            PoolOf::Given => Source::Given,
            PoolOf::Rate(rate) => {
                if rate < Ratio::ZERO {
                    let message = format!("`{rate}` is below 0, the least it may be");
                    wrong.at("pool.rate", "out-of-range", message);
                }
                Source::Rate(rate)
            }
            PoolOf::Attainment { tiers, edge, without_target } => {
                Source::Tiers(table(&tiers, edge, wrong)?, without_target)
            }
        };
        Some(Plan {
            source,
            split: terms.split,
            counted: terms.counted,
            reserve: terms.reserve,
            cap: terms.cap,
            excess: terms.excess,
            negative_pool: terms.negative_pool,
            round: terms.round,
            contribution_unit: terms.contribution_unit,
        })
    }
}

fn table(tiers: &[Tier], edge: Edge, wrong: &mut Wrong<'_, '_>) -> Option<TierTable> {
    let tiers: Vec<(Decimal, Exact)> = tiers.iter().map(|tier| (tier.from, tier.rate.exact())).collect();
    TierTable::checked("pool.attainment.tiers", &tiers, 1, edge, wrong)
}

impl Plan {
    pub fn amount(&self) -> Need {
        Need::if_so(!matches!(self.source, Source::Given))
    }

    pub fn target(&self) -> Need {
        match self.source {
            Source::Tiers(..) => Need::Required,
            Source::Rate(_) => Need::Optional,
            Source::Given => Need::Unused,
        }
    }

    pub fn pool(&self) -> Need {
        Need::if_so(matches!(self.source, Source::Given))
    }

    pub fn contribution(&self) -> Need {
        Need::if_so(self.split == SplitBy::Contribution)
    }

    pub fn weight(&self) -> Need {
        Need::if_so(self.split == SplitBy::Weight)
    }

    pub fn role(&self) -> Need {
        Need::if_so(matches!(self.split, SplitBy::Role(_)))
    }

    pub fn contribution_kind(&self) -> Kind {
        self.contribution_unit
    }
}
