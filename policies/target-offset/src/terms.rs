//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;
use std::collections::BTreeSet;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// What can make up for a missed target.
    sources: Vec<Source>,
    /// The most that is made up for, as a share of the target.
    #[parameter(min = "0", max = "1")]
    at_most: Ratio<6>,
    /// The roles that may. None means every role.
    roles: Option<Vec<String>>,
    /// The least level that may. None means every level.
    level_from: Option<Count>,
    /// What credit and target count.
    #[parameter(default = "money")]
    figures: Kind,
    /// How the offset becomes a number of the target's decimals.
    #[parameter(default = "half-up")]
    round: Round,
}

/// A kind of other business.
#[derive(Parameters)]
struct Source {
    /// What it is called: the input that gives it.
    name: String,
    /// How much of the target one of it makes up for.
    #[parameter(default = "1", min = "0")]
    rate: Decimal,
    /// The most that this kind makes up for, as a share of the target. None means no limit of its own.
    #[parameter(min = "0", max = "1")]
    at_most: Option<Ratio<6>>,
    /// What it counts.
    #[parameter(default = "money")]
    unit: Kind,
}

/// A kind of other business, ready for use.
pub struct Kinds {
    pub input: Input,
    pub name: InputName,
    pub rate: Exact,
    /// The smallest parts of the target that the smallest part of it makes up for.
    pub exchange: Exact,
    pub at_most: Option<Ratio<6>>,
}

/// What the rule works with.
pub struct Plan {
    pub sources: Vec<Kinds>,
    pub at_most: Ratio<6>,
    pub round: Round,
    roles: Option<Vec<String>>,
    level_from: Option<Count>,
    figures: Kind,
}

/// What names an input already.
const TAKEN: [&str; 4] = ["credit", "target", "role", "level"];

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.sources.is_empty() {
            wrong.at("sources", "no-sources", "there is none, expected at least one".to_owned());
        }
        if terms.roles.as_ref().is_some_and(Vec::is_empty) {
            let message = "no role may, so nobody may; name one, or leave it out".to_owned();
            wrong.at("roles", "no-roles", message);
        }
        let mut names = BTreeSet::from(TAKEN);
        let scale = |kind: Kind| Exact::whole(attain_sdk::power_of_ten(kind.decimals(period)));
        let mut sources = Vec::new();
        for (i, source) in terms.sources.iter().enumerate() {
            check_name(i, &source.name, &mut names, wrong);
            let rate = source.rate.exact();
            sources.push(Kinds {
                input: Input {
                    name: source.name.clone(),
                    kind: source.unit,
                    need: Need::Required,
                    doc: "Other business that makes up for a missed target.".to_owned(),
                },
                name: InputName(u16::try_from(i).unwrap_or(u16::MAX)),
                rate,
                exchange: (rate * scale(terms.figures)).over(scale(source.unit)).unwrap_or(Exact::ZERO),
                at_most: source.at_most,
            });
        }
        Some(Plan {
            sources,
            at_most: terms.at_most,
            round: terms.round,
            roles: terms.roles,
            level_from: terms.level_from,
            figures: terms.figures,
        })
    }
}

fn check_name<'n>(i: usize, name: &'n str, names: &mut BTreeSet<&'n str>, wrong: &mut Wrong<'_, '_>) {
    let at = format!("sources[{i}].name");
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !plain || !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.len() > 50 {
        let message = format!(
            "`{name}` can't be the name of a source, expected 1 to 50 of `a-z`, `0-9` and `_`, beginning with a letter"
        );
        wrong.at(at, "not-a-name", message);
    } else if !names.insert(name) {
        let message = format!("`{name}` is taken, expected another name for each source");
        wrong.at(at, "duplicate-name", message);
    }
}

impl Plan {
    /// Whether somebody of this role and level may.
    pub fn admits(&self, role: Option<&str>, level: Option<Count>) -> bool {
        let of_role =
            self.roles.as_ref().is_none_or(|roles| role.is_some_and(|role| roles.iter().any(|r| r == role)));
        let of_level = self.level_from.is_none_or(|from| level.is_some_and(|level| level >= from));
        of_role && of_level
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.sources.iter().map(|source| source.input.clone()).collect()
    }

    pub fn figures(&self) -> Kind {
        self.figures
    }

    pub fn always(&self) -> Need {
        Need::Required
    }

    pub fn role(&self) -> Need {
        Need::if_so(self.roles.is_some())
    }

    pub fn level(&self) -> Need {
        Need::if_so(self.level_from.is_some())
    }
}
