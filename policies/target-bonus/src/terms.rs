//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Points of the payout curve, rising by attainment. Below the first nothing is earned.
    points: Vec<Point>,
    /// What is earned between two points.
    #[parameter(default = "linear")]
    between: Between,
    /// What is earned above the last point. None means what the last point pays.
    beyond: Option<Beyond>,
    /// The most that is earned, as a multiple of the target amount. None means no cap.
    #[parameter(min = "0")]
    cap: Option<Ratio<6>>,
    /// Which side of a point an attainment exactly on it belongs to.
    #[parameter(default = "higher")]
    edge: Edge,
    /// Where attainment comes from.
    #[parameter(default = "quotient")]
    attainment: AttainmentOf,
    /// What `result` and `target` count.
    #[parameter(default = "money")]
    figures: Kind,
    /// What the attainment and the target amount are of.
    #[parameter(default = "period")]
    counts: Counts,
    /// What happens where more was paid to date than is earned to date.
    #[parameter(default = "nothing")]
    overpaid: Overpaid,
    /// What somebody without an attainment earns.
    #[parameter(default = "nothing")]
    without_target: Without,
    /// How the bonus becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

/// A point of the payout curve.
#[derive(Parameters)]
struct Point {
    /// Attainment: `"1.0"` is the target.
    #[parameter(min = "0")]
    attainment: Decimal,
    /// What it pays: `"1.0"` is the target amount.
    #[parameter(min = "0")]
    payout: Decimal,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Between {
    /// A straight line from one point to the next.
    Linear,
    /// What the point that is reached pays, up to the next.
    Steps,
}

/// What is earned above the last point.
#[derive(Parameters)]
struct Beyond {
    /// What each point of attainment, a hundredth of the target, adds: `"0.02"` is 2 % of the target amount.
    #[parameter(min = "0")]
    per_point: Ratio<6>,
    /// Whether a part of a point counts.
    #[parameter(default = "exact")]
    points: Points,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Points {
    /// In proportion.
    Exact,
    /// Only whole points count.
    Whole,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum AttainmentOf {
    /// The input `result` over the input `target`, exactly.
    Quotient,
    /// The input `attainment`.
    Value,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Counts {
    /// Of the period.
    Period,
    /// Of the year so far: what was paid to date is taken off.
    ToDate,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Overpaid {
    /// Nothing is paid, and nothing is taken back.
    Nothing,
    /// It is taken back from pay.
    TakenBack,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Without {
    /// Nothing.
    Nothing,
    /// The target amount, as if the target were met exactly.
    TargetAmount,
}

/// What the rule works with.
pub struct Plan {
    /// Attainment and payout, rising by attainment.
    points: Vec<(Exact, Exact)>,
    between: Between,
    beyond: Option<(Exact, Points)>,
    pub cap: Option<Ratio<6>>,
    edge: Edge,
    pub overpaid: Overpaid,
    pub without_target: Without,
    pub round: Round,
    attainment: AttainmentOf,
    figures: Kind,
    pub to_date: bool,
}

/// What an attainment pays, in multiples of the target amount.
pub enum Payout {
    /// It lies below the first point.
    Below,
    /// On the curve, and beyond its last point.
    Earned { curve: Exact, beyond: Option<BeyondLast> },
}

/// What lies beyond the last point.
pub struct BeyondLast {
    /// The last point's attainment.
    pub from: Exact,
    /// How many points of attainment above it count.
    pub points: Exact,
    pub per_point: Exact,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.points.is_empty() {
            wrong.at("points", "no-points", "there is no point, expected at least one".to_owned());
        }
        for (i, pair) in terms.points.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            if after.attainment <= before.attainment {
                let message =
                    format!("`{}` is not above `{}`, the point before", after.attainment, before.attainment);
                wrong.at(format_args!("points[{}].attainment", i + 1), "not-rising", message);
            }
        }
        if let (Some(cap), Some(last)) = (terms.cap, terms.points.last())
            && terms.beyond.is_some()
            && cap.exact() < last.payout.exact()
        {
            let message = format!(
                "`{cap}` is less than the last point pays, so nothing beyond it counts; raise it or leave out `beyond`"
            );
            wrong.at("cap", "out-of-range", message);
        }
        let points = terms.points.iter().map(|point| (point.attainment.exact(), point.payout.exact()));
        Some(Plan {
            points: points.collect(),
            between: terms.between,
            beyond: terms.beyond.map(|beyond| (beyond.per_point.exact(), beyond.points)),
            cap: terms.cap,
            edge: terms.edge,
            overpaid: terms.overpaid,
            without_target: terms.without_target,
            round: terms.round,
            attainment: terms.attainment,
            figures: terms.figures,
            to_date: terms.counts == Counts::ToDate,
        })
    }
}

impl Plan {
    /// Where the curve begins.
    pub fn first(&self) -> Exact {
        self.points.first().map_or(Exact::ZERO, |(attainment, _)| *attainment)
    }

    /// What an attainment pays.
    pub fn payout(&self, attainment: Exact) -> Payout {
        let is_reached = |from: Exact| match self.edge {
            Edge::Higher => attainment >= from,
            Edge::Lower => attainment > from,
        };
        let Some(reached) = self.points.iter().rposition(|(from, _)| is_reached(*from)) else {
            return Payout::Below;
        };
        let Some((from, payout)) = self.points.get(reached).copied() else { return Payout::Below };
        let Some((next, next_payout)) = self.points.get(reached + 1).copied() else {
            return Payout::Earned { curve: payout, beyond: self.beyond_last(from, attainment) };
        };
        let curve = match self.between {
            Between::Steps => payout,
            Between::Linear => {
                // The two differ: attainments rise.
                let way = (attainment - from).over(next - from).unwrap_or(Exact::ZERO);
                payout + way * (next_payout - payout)
            }
        };
        Payout::Earned { curve, beyond: None }
    }

    fn beyond_last(&self, from: Exact, attainment: Exact) -> Option<BeyondLast> {
        let (per_point, counted) = self.beyond?;
        let points = (attainment - from) * Exact::whole(100);
        let points = match counted {
            Points::Exact => points,
            Points::Whole => points.round::<Count>(Round::Floor).exact(),
        };
        (!points.is_zero()).then_some(BeyondLast { from, points, per_point })
    }

    pub fn figures(&self) -> Kind {
        self.figures
    }

    pub fn value(&self) -> Need {
        Need::if_so(self.attainment == AttainmentOf::Value)
    }

    pub fn quotient(&self) -> Need {
        Need::if_so(self.attainment == AttainmentOf::Quotient)
    }

    pub fn paid_to_date(&self) -> Need {
        Need::if_so(self.to_date)
    }
}
