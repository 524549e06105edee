//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The stages of an open deal. A deal in another one, such as won or lost, isn't scored.
    stages: Vec<Stage>,
    /// The most points that each part gives.
    #[parameter(default = "20", min = "0")]
    stage_points: Points,
    /// For an age within what is usual.
    #[parameter(default = "40", min = "0")]
    age_points: Points,
    /// For a decision chain as broad as it should be.
    #[parameter(default = "20", min = "0")]
    contacts_points: Points,
    /// For a next step that is set.
    #[parameter(default = "20", min = "0")]
    next_step_points: Points,
    /// How many times the usual age gives no points any more.
    #[parameter(default = "2")]
    stale_at: Decimal,
    /// How a next step is known.
    #[parameter(default = "date")]
    next_step: NextStep,
    /// What an age or contacts without a value do.
    #[parameter(default = "no-score")]
    missing: Missing,
    /// The points under which a deal is blue. 0: there is no blue.
    #[parameter(default = "70", min = "0")]
    blue_under: Points,
    /// The points under which it is yellow. 0: there is no yellow.
    #[parameter(default = "50", min = "0")]
    yellow_under: Points,
    /// The points under which it is red. 0: there is no red.
    #[parameter(default = "30", min = "0")]
    red_under: Points,
    /// The level from which on a deal is at risk.
    #[parameter(default = "yellow", min = "blue")]
    at_risk_from: Level,
    /// How points are rounded.
    #[parameter(default = "half-up")]
    round: Round,
}

/// A stage of an open deal.
#[derive(Parameters)]
struct Stage {
    /// As the input `stage` names it.
    name: String,
    /// How many days one usually stays in it.
    #[parameter(min = "1")]
    usual_days: Days,
    /// How many contacts in the decision chain there should be.
    #[parameter(default = "3", min = "1")]
    contacts: Count,
    /// The share of the stage's points that a deal has by being in it.
    #[parameter(default = "1", min = "0", max = "1")]
    worth: Ratio,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum NextStep {
    /// By its day, the input `next_step_on`: set when it isn't past on the last day of the period.
    Date,
    /// By the input `next_step`, true or false.
    Flag,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// There are no points at all.
    NoScore,
    /// The part gives nothing.
    Zero,
}

/// A stage, ready for use.
pub struct ReadyStage {
    pub name: String,
    pub usual: Days,
    pub contacts: Count,
    pub worth: Ratio,
}

/// What the rule works with.
pub struct Plan {
    stages: Vec<ReadyStage>,
    pub stage_points: Points,
    pub age_points: Points,
    pub contacts_points: Points,
    pub next_step_points: Points,
    stale_at: Exact,
    next_step: NextStep,
    pub missing: Missing,
    /// From red to blue.
    levels: Vec<(Points, Level)>,
    pub at_risk_from: Level,
    pub round: Round,
    last: Date,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        check(&terms, wrong);
        let levels = levels(&terms, wrong);
        let ready = |stage: Stage| ReadyStage {
            name: stage.name,
            usual: stage.usual_days,
            contacts: stage.contacts,
            worth: stage.worth,
        };
        Some(Plan {
            stages: terms.stages.into_iter().map(ready).collect(),
            stage_points: terms.stage_points,
            age_points: terms.age_points,
            contacts_points: terms.contacts_points,
            next_step_points: terms.next_step_points,
            stale_at: terms.stale_at.exact(),
            next_step: terms.next_step,
            missing: terms.missing,
            levels,
            at_risk_from: terms.at_risk_from,
            round: terms.round,
            last: period.last,
        })
    }
}

fn check(terms: &Terms, wrong: &mut Wrong<'_, '_>) {
    if terms.stages.is_empty() {
        wrong.at("stages", "no-stages", "there is no stage, expected at least one".to_owned());
    }
    for (i, stage) in terms.stages.iter().enumerate() {
        if stage.name.trim() != stage.name || stage.name.is_empty() {
            let message = format!("`{}` is no stage, expected a name without spaces around it", stage.name);
            wrong.at(format_args!("stages[{i}].name"), "not-a-name", message);
        } else if terms.stages.iter().take(i).any(|earlier| earlier.name == stage.name) {
            let message = format!("the stage `{}` is there twice", stage.name);
            wrong.at(format_args!("stages[{i}].name"), "name-taken", message);
        }
    }
    if terms.stale_at <= Decimal::ONE {
        let message = format!("`{}` is the usual age or less, expected more than 1", terms.stale_at);
        wrong.at("stale_at", "out-of-range", message);
    }
    let most = terms.stage_points + terms.age_points + terms.contacts_points + terms.next_step_points;
    if most == Points::ZERO {
        let message = "no part gives points, expected at least one above 0".to_owned();
        wrong.at("age_points", "no-points", message);
    }
}

/// From red to blue, each under the next.
fn levels(terms: &Terms, wrong: &mut Wrong<'_, '_>) -> Vec<(Points, Level)> {
    let set = [
        ("blue", terms.blue_under, Level::Blue),
        ("yellow", terms.yellow_under, Level::Yellow),
        ("red", terms.red_under, Level::Red),
    ];
    let (mut levels, mut before): (Vec<_>, Option<(&str, Points)>) = (Vec::new(), None);
    for (word, under, level) in set.into_iter().filter(|(_, under, _)| *under > Points::ZERO) {
        if let Some((milder, begins)) = before
            && under >= begins
        {
            let message = format!("`{under}` is not under `{begins}`, where {milder} begins");
            wrong.at(format_args!("{word}_under"), "not-worse", message);
        }
        before = Some((word, under));
        levels.push((under, level));
    }
    levels.reverse();
    levels
}

impl Plan {
    pub fn stage(&self, name: &str) -> Option<&ReadyStage> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// How many days a deal has been in its stage on the last day of the period; none where it came later.
    pub fn age(&self, since: Date) -> Option<Days> {
        let days = i64::from(self.last.days()) - i64::from(since.days());
        (days >= 0).then(|| Days::from_units(days))
    }

    /// The share of its points that an age gives: all of them up to the usual age, none from `stale_at` times it.
    pub fn freshness(&self, stage: &ReadyStage, age: Days) -> Exact {
        let ages = age.over(stage.usual).unwrap_or(Exact::ZERO);
        // The divisor is above zero: `stale_at` is above one.
        let share = (self.stale_at - ages).over(self.stale_at - Exact::ONE).unwrap_or(Exact::ZERO);
        share.at_least(Exact::ZERO).at_most(Exact::ONE)
    }

    /// Whether a next step is set; none where nothing says so.
    pub fn has_next_step(&self, on: Option<Date>, flag: Option<bool>) -> Option<bool> {
        match self.next_step {
            NextStep::Date => Some(on.is_some_and(|day| day >= self.last)),
            NextStep::Flag => flag,
        }
    }

    /// The worst level that points fall under.
    pub fn level(&self, points: Points) -> Option<(Points, Level)> {
        self.levels.iter().find(|(under, _)| points < *under).copied()
    }

    pub fn always(&self) -> Need {
        Need::Required
    }

    pub fn next_step_on(&self) -> Need {
        Need::if_so(self.next_step == NextStep::Date)
    }

    pub fn next_step_flag(&self) -> Need {
        Need::if_so(self.next_step == NextStep::Flag)
    }
}
