//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The abilities, in the order in which a plan counts them.
    abilities: Vec<Ability>,
    /// When a weak point is the team's.
    #[parameter(default = "share")]
    shared_when: SharedWhen,
    /// The share of the members under the bar from which on it is.
    #[parameter(default = "0.5", min = "0", max = "1")]
    share: Ratio<6>,
    /// How many members need a score for a weak point to be the team's.
    #[parameter(default = "2", min = "1")]
    least_members: Count,
    /// The level of a team that needs training.
    #[parameter(default = "yellow")]
    training_level: Level,
    /// The level of somebody who needs a coaching plan.
    #[parameter(default = "yellow")]
    coaching_level: Level,
}

/// An ability, and how much of it is expected.
#[derive(Parameters)]
struct Ability {
    /// The input that holds its scores.
    name: String,
    /// The score that is expected; under it is a weak point.
    bar: Decimal,
    /// What its scores count.
    #[parameter(default = "points")]
    unit: Kind,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum SharedWhen {
    /// At least `share` of the members lie under the bar.
    Share,
    /// The mean of the team lies under the bar.
    Mean,
    /// One of the two.
    Either,
}

/// An ability, ready for use. Its input has the same index.
pub struct ReadyAbility {
    pub bar: Amount,
    input: Input,
}

/// What the rule works with.
pub struct Plan {
    pub abilities: Vec<ReadyAbility>,
    pub shared_when: SharedWhen,
    pub share: Ratio<6>,
    pub least_members: Count,
    pub training_level: Level,
    pub coaching_level: Level,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        check(&terms, wrong);
        let mut abilities = Vec::new();
        for (i, ability) in terms.abilities.iter().enumerate() {
            let bar = wrong.amount(format_args!("abilities[{i}].bar"), ability.bar, ability.unit);
            let input = Input {
                name: ability.name.clone(),
                kind: ability.unit,
                need: Need::Required,
                doc: format!("Scores of the ability `{}`.", ability.name),
            };
            abilities.push(ReadyAbility { bar, input });
        }
        Some(Plan {
            abilities,
            shared_when: terms.shared_when,
            share: terms.share,
            least_members: terms.least_members,
            training_level: terms.training_level,
            coaching_level: terms.coaching_level,
        })
    }
}

fn check(terms: &Terms, wrong: &mut Wrong<'_, '_>) {
    if terms.abilities.is_empty() {
        wrong.at("abilities", "no-abilities", "there is no ability, expected at least one".to_owned());
    }
    for (i, ability) in terms.abilities.iter().enumerate() {
        let name = &ability.name;
        let is_name = wrong.column(format_args!("abilities[{i}].name"), "an ability", name, &["team"]);
        if is_name && terms.abilities.iter().take(i).any(|earlier| earlier.name == *name) {
            let message = format!("the ability `{name}` is there twice");
            wrong.at(format_args!("abilities[{i}].name"), "name-taken", message);
        }
        if ability.bar <= Decimal::ZERO {
            let message = format!("`{}` is no bar, expected a score above 0", ability.bar);
            wrong.at(format_args!("abilities[{i}].bar"), "out-of-range", message);
        }
    }
    if terms.share == Ratio::ZERO {
        let message = "`0` is reached by every team, expected a share above 0".to_owned();
        wrong.at("share", "out-of-range", message);
    }
}

/// What a team's scores in an ability come to.
pub struct Standing {
    /// Whether the weak point is the team's.
    pub is_shared: bool,
    pub under: Count,
    pub members: Count,
    /// The mean score; none where nobody has one.
    pub mean: Option<Exact>,
}

impl Plan {
    pub fn standing(&self, ability: &ReadyAbility, scores: impl Iterator<Item = Amount>) -> Standing {
        let one = Count::from_units(1);
        let (mut under, mut members, mut sum) = (Count::ZERO, Count::ZERO, Amount::ZERO);
        for score in scores {
            members += one;
            sum += score;
            if score < ability.bar {
                under += one;
            }
        }
        let (share, mean) = (under.over(members), sum.over(members));
        let by_share = share.is_some_and(|share| share >= self.share.exact());
        let by_mean = mean.is_some_and(|mean| mean < ability.bar.exact());
        let is_weak = match self.shared_when {
            SharedWhen::Share => by_share,
            SharedWhen::Mean => by_mean,
            SharedWhen::Either => by_share || by_mean,
        };
        Standing { is_shared: is_weak && members >= self.least_members, under, members, mean }
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.abilities.iter().map(|ability| ability.input.clone()).collect()
    }
}

/// How much is missing to the bar, as a share of it; below zero past it.
pub fn gap(ability: &ReadyAbility, score: impl Into<Exact>) -> Exact {
    // A bar is above zero.
    (ability.bar.exact() - score).over(ability.bar).unwrap_or(Exact::ZERO)
}
