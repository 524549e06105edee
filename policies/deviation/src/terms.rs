//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Among whom interaction is compared.
    #[parameter(default = "company")]
    peers: Peers,
    /// Whose interaction makes the mean.
    #[parameter(default = "everybody")]
    mean_of: MeanOf,
    /// How many people with a value the mean needs.
    #[parameter(default = "3", min = "1")]
    least_peers: Count,
    /// The attainment up to which a result is low.
    #[parameter(default = "0.75", min = "0", max = "1")]
    low_result: Ratio<6>,
    /// How far above the mean interaction is much.
    #[parameter(default = "0.30", min = "0")]
    much_above: Ratio<6>,
    /// How far below the mean interaction is thin.
    #[parameter(default = "0.30", min = "0", max = "1")]
    thin_below: Ratio<6>,
    /// The share of the gap between result and target that is proposed to be taken off the target.
    #[parameter(default = "1", min = "0", max = "1")]
    gap_share: Ratio<6>,
    /// The most that a target may move at a time, as a share of it.
    #[parameter(default = "0.10", min = "0", max = "1")]
    most_change: Ratio<6>,
    /// The attainment under which a target counts as missed.
    #[parameter(default = "1", min = "0")]
    missed_below: Ratio<6>,
    /// The share of the target for interaction from which on somebody was active.
    #[parameter(default = "1", min = "0")]
    active_from: Ratio<6>,
    /// How many periods in a row of missing the target while active are a finding.
    #[parameter(default = "3", min = "1")]
    periods: Count,
    /// What a period that isn't known does to that count.
    #[parameter(default = "keeps")]
    unknown_period: UnknownPeriod,
    /// The level of a thin interaction with a low result.
    #[parameter(default = "yellow")]
    process_level: Level,
    /// The level of missing the target so often while active.
    #[parameter(default = "yellow")]
    active_level: Level,
    /// What `result` and `target` count.
    #[parameter(default = "money")]
    figures: Kind,
    /// What `interaction` counts. None: things, with 2 decimals for the mean.
    interactions: Option<Kind>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Peers {
    /// Everybody.
    Company,
    /// Those with the same `peer_group`.
    Group,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum MeanOf {
    /// Of everybody in the group, so that it is the mean that a report shows.
    Everybody,
    /// Of the others, so that nobody moves the mean that they are held against.
    Others,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum UnknownPeriod {
    /// It stays as it was.
    Keeps,
    /// It begins anew.
    Restarts,
}

/// What the rule works with.
pub struct Plan {
    grouping: Grouping,
    mean_of: MeanOf,
    pub least_peers: Count,
    pub low_result: Ratio<6>,
    pub much_above: Ratio<6>,
    pub thin_below: Ratio<6>,
    pub gap_share: Ratio<6>,
    pub most_change: Ratio<6>,
    pub missed_below: Ratio<6>,
    pub active_from: Ratio<6>,
    pub periods: Count,
    pub unknown_period: UnknownPeriod,
    pub process_level: Level,
    pub active_level: Level,
    figures: Kind,
    interactions: Kind,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.low_result >= terms.missed_below {
            let message = format!(
                "a result is low up to `{}`, and that is not below `missed_below`, `{}`: a low result misses the target",
                terms.low_result, terms.missed_below
            );
            wrong.at("low_result", "out-of-range", message);
        }
        Some(Plan {
            grouping: match terms.peers {
                Peers::Company => Grouping::All,
                Peers::Group => Grouping::By(vec!["peer_group".to_owned()]),
            },
            mean_of: terms.mean_of,
            least_peers: terms.least_peers,
            low_result: terms.low_result,
            much_above: terms.much_above,
            thin_below: terms.thin_below,
            gap_share: terms.gap_share,
            most_change: terms.most_change,
            missed_below: terms.missed_below,
            active_from: terms.active_from,
            periods: terms.periods,
            unknown_period: terms.unknown_period,
            process_level: terms.process_level,
            active_level: terms.active_level,
            figures: terms.figures,
            interactions: terms.interactions.unwrap_or(Kind::new(Unit::Count, 2)),
        })
    }
}

/// What a group did together.
pub struct Together {
    pub sum: Amount,
    pub people: Count,
}

impl Plan {
    /// The mean that somebody is held against, and how many people make it.
    pub fn mean(&self, all: &Together, own: Amount) -> (Option<Exact>, Count) {
        let (sum, people) = match self.mean_of {
            MeanOf::Everybody => (all.sum, all.people),
            MeanOf::Others => (all.sum - own, all.people - Count::from_units(1)),
        };
        (sum.over(people), people)
    }

    pub fn always(&self) -> Need {
        Need::Required
    }

    pub fn peer_group(&self) -> Need {
        Need::if_so(matches!(self.grouping, Grouping::By(_)))
    }

    pub fn grouping(&self) -> Grouping {
        self.grouping.clone()
    }

    pub fn figures(&self) -> Kind {
        self.figures
    }

    pub fn interactions(&self) -> Kind {
        self.interactions
    }
}
