//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets. At least one of `peers`, `own_past` and `regions`.
#[derive(Parameters)]
pub struct Terms {
    /// What `value` counts, and what it is held against.
    #[parameter(default = "money")]
    unit: Kind,
    /// Which way is better. An index above 1 is better either way.
    #[parameter(default = "higher")]
    better: Better,
    /// The peers that somebody is held against. None: nobody.
    peers: Option<Peers>,
    /// One's own past. None: it doesn't count.
    own_past: Option<OwnPast>,
    /// Regions, each held against its own baseline. None: there are none.
    regions: Option<Regions>,
    /// How indexes and gaps are rounded to 4 decimals.
    #[parameter(default = "half-up")]
    round: Round,
}

/// The peers that somebody is held against.
#[derive(Parameters)]
pub struct Peers {
    /// Who they are.
    #[parameter(default = "company")]
    pub among: Among,
    /// What stands for all of them.
    #[parameter(default = "mean")]
    pub reference: Reference,
    /// Whether somebody counts among their own peers.
    #[parameter(default = "counted")]
    pub oneself: Oneself,
}

/// One's own past.
#[derive(Parameters)]
pub struct OwnPast {
    /// How many periods the input `before` adds up; it is divided by them.
    #[parameter(default = 1, min = "1", max = "120")]
    pub periods: u32,
}

/// Regions, each held against its own baseline.
#[derive(Parameters)]
pub struct Regions {
    /// What the input `baseline` is.
    #[parameter(default = "own")]
    pub baseline: Baseline,
    /// What the gap between the best region and the worst is.
    #[parameter(default = "difference")]
    pub gap: Gap,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Among {
    /// Everybody.
    Company,
    /// Those with the same input `group`.
    Group,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Reference {
    /// The sum over the number.
    Mean,
    /// The value in the middle; of an even number, the mean of the two.
    Median,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Oneself {
    /// Counts.
    Counted,
    /// Is left out.
    LeftOut,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Baseline {
    /// Each row's own, such as what it had a year ago; they add up to the region's.
    Own,
    /// The region's for one row, the same in each of its rows.
    PerHead,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Gap {
    /// The best index less the worst.
    Difference,
    /// The same, over the best.
    OfBest,
}

/// What the rule works with.
pub struct Plan {
    pub peers: Option<Peers>,
    pub own_past: Option<OwnPast>,
    pub regions: Option<Regions>,
    unit: Kind,
    lower_is_better: bool,
    round: Round,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.peers.is_none() && terms.own_past.is_none() && terms.regions.is_none() {
            let message =
                "nothing to hold anybody against; set at least one of `peers`, `own_past` and `regions`";
            wrong.add("nothing-to-do", message.to_owned());
        }
        Some(Plan {
            peers: terms.peers,
            own_past: terms.own_past,
            regions: terms.regions,
            unit: terms.unit,
            lower_is_better: terms.better == Better::Lower,
            round: terms.round,
        })
    }
}

impl Plan {
    /// A value over what it is held against, or the other way where less is better; none where what is divided by
    /// isn't above zero.
    pub fn index(&self, value: Exact, against: Exact) -> Option<Exact> {
        let (part, whole) = if self.lower_is_better { (against, value) } else { (value, against) };
        (whole > Exact::ZERO).then(|| part.over(whole)).flatten()
    }

    /// An index as it is given.
    pub fn rounded(&self, index: Exact) -> Ratio {
        index.round(self.round)
    }

    /// The groups that peers are looked for in, where there are any.
    pub fn by_group(&self) -> bool {
        self.peers.as_ref().is_some_and(|peers| peers.among == Among::Group)
    }

    pub fn unit(&self) -> Kind {
        self.unit
    }

    pub fn value(&self) -> Need {
        Need::Required
    }

    pub fn before(&self) -> Need {
        Need::if_so(self.own_past.is_some())
    }

    pub fn group(&self) -> Need {
        Need::if_so(self.by_group())
    }

    pub fn region(&self) -> Need {
        Need::if_so(self.regions.is_some())
    }

    /// How many regions there are, and the gaps between them: of the group, which is everybody.
    pub fn span(&self) -> Vec<Output> {
        let gap = |name, doc| Output::new(name, Kind::new(Unit::Ratio, 4), Role::Info, doc);
        let count = Kind::new(Unit::Count, 0);
        let span = [
            Output::new("regions", count, Role::Info, "How many regions are compared."),
            gap(
                "gap_before",
                "How far the best region and the worst lie apart where all are held to one number: each region's \
                 value per head over the company's.",
            ),
            gap("gap", "How far they lie apart where each is held against its own baseline."),
        ];
        if self.regions.is_some() { span.into() } else { Vec::new() }
    }

    /// Regions are compared across the company; otherwise nobody needs to see more than their peers.
    pub fn grouping(&self) -> Grouping {
        match (&self.regions, &self.peers) {
            (Some(_), _) => Grouping::All,
            (None, Some(peers)) if peers.among == Among::Group => Grouping::By(vec!["group".to_owned()]),
            (None, Some(_)) => Grouping::All,
            (None, None) => Grouping::Each,
        }
    }
}
