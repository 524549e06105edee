//! How an explanation comes about: the rule tells its steps while it computes.
//!
//! A rule is compiled twice. With [`Silent`] nobody listens: no closure is called and nothing of this is left in
//! the compiled rule. With [`Trace`] every step is kept. So what pays and what explains can't drift apart.

use crate::contract::exports::attain::policy::rules::Step;
use crate::exact::Exact;
use crate::number::{Kind, Number};
use crate::output::{Column, Words};
use std::borrow::Cow;

/// Who listens to a rule.
///
/// What the steps of a row add to an output adds up to that output, exactly: give what a slice earns with
/// [`Why::adds`], and end with [`Why::settles`], which gives the rest that rounding left. An amount becomes an
/// exact value only where somebody listens: a [`Slice`](crate::Slice) isn't even multiplied before.
pub trait Why {
    /// A step that adds to no output.
    fn notes<R: Rules>(&mut self, step: impl FnOnce() -> R);

    /// A step that adds `amount` to an output. The step is made with what it adds, rounded half-up.
    fn adds<N: Number, R: Rules>(
        &mut self,
        to: Column<N>,
        amount: impl Into<Exact>,
        step: impl FnOnce(N) -> R,
    );

    /// A step that takes what was earned so far from one value to another, and so adds the difference.
    fn changes<N: Number, R: Rules>(
        &mut self,
        to: Column<N>,
        from: Exact,
        into: impl Into<Exact>,
        step: impl FnOnce(N) -> R,
    );

    /// A step for what is left between the steps so far and the output's value, where there is any.
    fn settles<N: Number, R: Rules>(&mut self, to: Column<N>, value: N, step: impl FnOnce(N) -> R);

    /// Whose steps come next, by index in the group, in a policy that sees a group at once.
    fn of(&mut self, member: usize) -> &mut Self;

    /// Whether anybody listens, for what costs something to find out before it can be told.
    fn listens(&self) -> bool;
}

/// Nobody listens.
pub struct Silent;

impl Why for Silent {
    #[inline(always)]
    fn notes<R: Rules>(&mut self, _: impl FnOnce() -> R) {}
    #[inline(always)]
    fn adds<N: Number, R: Rules>(&mut self, _: Column<N>, _: impl Into<Exact>, _: impl FnOnce(N) -> R) {}
    #[inline(always)]
    fn changes<N: Number, R: Rules>(
        &mut self,
        _: Column<N>,
        _: Exact,
        _: impl Into<Exact>,
        _: impl FnOnce(N) -> R,
    ) {
    }
    #[inline(always)]
    fn settles<N: Number, R: Rules>(&mut self, _: Column<N>, _: N, _: impl FnOnce(N) -> R) {}
    #[inline(always)]
    fn of(&mut self, _: usize) -> &mut Silent {
        self
    }
    #[inline(always)]
    fn listens(&self) -> bool {
        false
    }
}

/// A step whose sentence the parameters made: one of those that `#[policy(sentences = path)]` gives. The last
/// variant of the steps may hold it, as in `Named(Sentence)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Which of the sentences, from 0.
    pub sentence: usize,
    /// The numbers for its places.
    pub values: Vec<i64>,
}

impl Sentence {
    /// Its index among all rules: past those of the policy itself.
    #[doc(hidden)]
    pub fn index(&self, own: u16) -> u16 {
        u16::try_from(self.sentence).unwrap_or(u16::MAX).saturating_add(own)
    }
}

/// The kinds of steps of a policy. Derive it with `#[derive(Rules)]`.
pub trait Rules {
    /// What its steps say.
    const RULES: &'static [Rule];
    /// Which of them it is.
    fn index(&self) -> u16;
    /// The numbers for the places of its sentence.
    fn values(&self) -> Vec<i64>;
}

/// The numbers for a sentence, kept: the code that does it is there once.
#[doc(hidden)]
#[inline(never)]
pub fn cells(numbers: &[i64]) -> Vec<i64> {
    numbers.to_vec()
}

/// A kind of step that is part of the policy, as `describe` gives it.
pub struct Rule {
    /// For programs.
    pub code: &'static str,
    /// The places of its sentence, in the order of a step's values.
    pub places: &'static [RulePlace],
    /// The sentence in each language, with a `{place}` for each number it shows.
    pub text: &'static [(&'static str, &'static str)],
}

/// A place in the sentence of such a step: see [`Place`].
pub struct RulePlace {
    /// The word between the braces.
    pub name: &'static str,
    /// What its number means.
    pub kind: Kind,
    /// Whose unit and decimals it has instead.
    pub like: Option<&'static str>,
    /// What its values are called, where it is a label.
    pub labels: &'static [&'static [(&'static str, &'static str)]],
}

/// A kind of step whose sentence the parameters make, as `bind` gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleText {
    /// For programs.
    pub code: Cow<'static, str>,
    /// The places of its sentence, in the order of a step's values.
    pub places: Vec<Place>,
    /// The sentence in each language, with a `{place}` for each number it shows.
    pub text: Words,
}

/// A place in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The word between the braces.
    pub name: Cow<'static, str>,
    /// What its number means.
    pub kind: Kind,
    /// Whose unit and decimals it has instead: an input or an output of the binding, or a place of the same
    /// sentence that names an input.
    pub like: Option<Cow<'static, str>>,
    /// What its values are called, where it is a label.
    pub labels: Vec<Words>,
}

/// Keeps the steps of the members that were asked for. Its functions are the same code for every step: a rule that is
/// explained needn't be as fast as one that is paid.
pub struct Trace {
    members: Vec<Told>,
    member: usize,
}

/// What was told of a member.
#[derive(Clone, Default)]
struct Told {
    asked: bool,
    steps: Vec<Step>,
    /// What the steps so far add to each output.
    added: Vec<(u16, i128)>,
}

impl Trace {
    /// Listens for the members of a group that were asked for.
    pub fn new(asked: &[bool]) -> Trace {
        let members = asked.iter().map(|asked| Told { asked: *asked, ..Told::default() }).collect();
        Trace { members, member: 0 }
    }

    /// The steps, member by member.
    pub fn finish(self) -> impl Iterator<Item = Vec<Step>> {
        self.members.into_iter().map(|told| told.steps)
    }

    #[inline(never)]
    fn push(&mut self, rule: u16, values: Vec<i64>, adds_to: Option<(u16, i64)>) {
        let Some(told) = self.members.get_mut(self.member) else { return };
        told.steps.push(Step { rule, values, adds_to });
        if let Some((output, amount)) = adds_to {
            match told.added.iter_mut().find(|(known, _)| *known == output) {
                Some((_, sum)) => *sum += i128::from(amount),
                None => told.added.push((output, amount.into())),
            }
        }
    }

    /// What is left between the steps so far and an output's value, where there is any.
    #[inline(never)]
    fn rest(&self, output: u16, value: i64) -> Option<i64> {
        let told = self.members.get(self.member).filter(|told| told.asked)?;
        let added = told.added.iter().find(|(known, _)| *known == output).map_or(0, |(_, sum)| *sum);
        let rest = i128::from(value) - added;
        if i64::try_from(rest).is_err() {
            crate::overflow::mark();
        }
        i64::try_from(rest).ok().filter(|rest| *rest != 0)
    }
}

#[inline(never)]
fn difference(from: Exact, into: Exact) -> Exact {
    into - from
}

impl Why for Trace {
    fn notes<R: Rules>(&mut self, step: impl FnOnce() -> R) {
        if self.listens() {
            let step = step();
            self.push(step.index(), step.values(), None);
        }
    }

    fn adds<N: Number, R: Rules>(
        &mut self,
        to: Column<N>,
        amount: impl Into<Exact>,
        step: impl FnOnce(N) -> R,
    ) {
        if self.listens() {
            let amount = N::from_units(amount.into().in_units(N::SCALE));
            let step = step(amount);
            self.push(step.index(), step.values(), Some((to.index(), amount.units())));
        }
    }

    fn changes<N: Number, R: Rules>(
        &mut self,
        to: Column<N>,
        from: Exact,
        into: impl Into<Exact>,
        step: impl FnOnce(N) -> R,
    ) {
        self.adds(to, difference(from, into.into()), step);
    }

    fn settles<N: Number, R: Rules>(&mut self, to: Column<N>, value: N, step: impl FnOnce(N) -> R) {
        if let Some(rest) = self.rest(to.index(), value.units()) {
            let step = step(N::from_units(rest));
            self.push(step.index(), step.values(), Some((to.index(), rest)));
        }
    }

    fn of(&mut self, member: usize) -> &mut Trace {
        self.member = member;
        self
    }

    #[inline(never)]
    fn listens(&self) -> bool {
        self.members.get(self.member).is_some_and(|told| told.asked)
    }
}
