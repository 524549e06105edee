//! How an explanation comes about: the rule tells its steps while it computes.
//!
//! A rule is compiled twice. With [`Silent`] nobody listens: no closure is called and nothing of this is left in
//! the compiled rule. With [`Trace`] every step is kept. So what pays and what explains can't drift apart.

use crate::contract::exports::attain::policy::rules::Step;
use crate::exact::Exact;
use crate::number::{Kind, NO_VALUE, Number};
use crate::output::{Column, Words};
use crate::overflow::{self, UNTOLD};
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
///
/// Paying never depends on explaining: a number of a sentence that doesn't fit in 64 bits is kept as no value, and a
/// step that would add such a number adds nothing. The next change of the output takes what it would have added with
/// it; so the steps add up to the output all the same.
pub struct Trace {
    members: Vec<Told>,
    member: usize,
    /// Of the step that is being made: what it adds, whether its amount fits, and the marks there were before.
    adds_to: Option<(u16, i64)>,
    is_whole: bool,
    marks: u8,
}

/// What was told of a member.
#[derive(Clone, Default)]
struct Told {
    asked: bool,
    steps: Vec<Step>,
    /// What the steps so far add to each output.
    added: Vec<Added>,
}

/// What steps add to an output.
#[derive(Clone)]
struct Added {
    output: u16,
    /// What they add.
    sum: i128,
    /// What those would have added since whose amount doesn't fit.
    untold: Vec<Exact>,
}

impl Told {
    fn added(&mut self, output: u16) -> Option<&mut Added> {
        if !self.added.iter().any(|added| added.output == output) {
            self.added.push(Added { output, sum: 0, untold: Vec::new() });
        }
        self.added.iter_mut().find(|added| added.output == output)
    }
}

impl Trace {
    /// Listens for the members of a group that were asked for.
    pub fn new(asked: &[bool]) -> Trace {
        let members = asked.iter().map(|asked| Told { asked: *asked, ..Told::default() }).collect();
        Trace { members, member: 0, adds_to: None, is_whole: true, marks: 0 }
    }

    /// The steps, member by member.
    pub fn finish(self) -> impl Iterator<Item = Vec<Step>> {
        self.members.into_iter().map(|told| told.steps)
    }

    /// Begins a step that adds nothing, where anybody listens.
    #[inline(never)]
    fn begin(&mut self) -> bool {
        self.adds_to = None;
        self.is_whole = true;
        let listens = self.listens();
        if listens {
            self.marks = overflow::begin_telling();
        }
        listens
    }

    /// Begins a step that adds an amount to an output, where anybody listens, and gives that in the output's smallest
    /// part.
    #[inline(never)]
    fn begin_adding(&mut self, output: u16, amount: Exact, scale: i64) -> Option<i64> {
        if !self.begin() {
            return None;
        }
        let units = amount.in_units(scale);
        self.is_whole = !overflow::take();
        if self.is_whole {
            self.adds_to = Some((output, units));
        } else {
            self.members.get_mut(self.member)?.added(output)?.untold.push(amount);
        }
        Some(units)
    }

    /// The same of a change, which takes what couldn't be told before with it.
    #[inline(never)]
    fn begin_changing(&mut self, output: u16, from: Exact, into: Exact, scale: i64) -> Option<i64> {
        let added = self.members.get_mut(self.member).filter(|told| told.asked)?.added(output)?;
        let change = added.untold.drain(..).fold(into - from, |change, untold| change + untold);
        self.begin_adding(output, change, scale)
    }

    /// Begins a step for what is left between the steps so far and an output's value, where there is any. Where that
    /// doesn't fit, the steps so far are told without what they add.
    #[inline(never)]
    fn begin_settling(&mut self, output: u16, value: i64) -> Option<i64> {
        let told = self.members.get_mut(self.member).filter(|told| told.asked)?;
        let added = told.added(output)?;
        added.untold.clear();
        let rest = i64::try_from(i128::from(value) - added.sum);
        if rest.is_err() {
            added.sum = 0;
            let of_output = |step: &&mut Step| step.adds_to.is_some_and(|(to, _)| to == output);
            told.steps.iter_mut().filter(of_output).for_each(|step| step.adds_to = None);
        }
        let rest = rest.unwrap_or(value);
        if rest == 0 {
            return None;
        }
        self.begin();
        self.adds_to = Some((output, rest));
        Some(rest)
    }

    /// Ends a step.
    #[inline(never)]
    fn push(&mut self, rule: u16, mut values: Vec<i64>) {
        let is_cut = overflow::end_telling(self.marks);
        let Some(told) = self.members.get_mut(self.member) else { return };
        if is_cut || !self.is_whole {
            for value in values.iter_mut().filter(|value| value.unsigned_abs() == UNTOLD.unsigned_abs()) {
                *value = NO_VALUE;
            }
        }
        told.steps.push(Step { rule, values, adds_to: self.adds_to });
        if let Some((output, amount)) = self.adds_to
            && let Some(added) = told.added(output)
        {
            added.sum += i128::from(amount);
        }
    }
}

impl Why for Trace {
    fn notes<R: Rules>(&mut self, step: impl FnOnce() -> R) {
        if self.begin() {
            let step = step();
            self.push(step.index(), step.values());
        }
    }

    fn adds<N: Number, R: Rules>(
        &mut self,
        to: Column<N>,
        amount: impl Into<Exact>,
        step: impl FnOnce(N) -> R,
    ) {
        if let Some(amount) = self.begin_adding(to.index(), amount.into(), N::SCALE) {
            let step = step(N::from_units(amount));
            self.push(step.index(), step.values());
        }
    }

    fn changes<N: Number, R: Rules>(
        &mut self,
        to: Column<N>,
        from: Exact,
        into: impl Into<Exact>,
        step: impl FnOnce(N) -> R,
    ) {
        if let Some(change) = self.begin_changing(to.index(), from, into.into(), N::SCALE) {
            let step = step(N::from_units(change));
            self.push(step.index(), step.values());
        }
    }

    fn settles<N: Number, R: Rules>(&mut self, to: Column<N>, value: N, step: impl FnOnce(N) -> R) {
        if let Some(rest) = self.begin_settling(to.index(), value.units()) {
            let step = step(N::from_units(rest));
            self.push(step.index(), step.values());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;

    const PAY: Column<Money> = Column::new(0);

    /// A step with one number.
    struct Says(Option<i64>);

    impl Rules for Says {
        const RULES: &'static [Rule] = &[];
        fn index(&self) -> u16 {
            0
        }
        fn values(&self) -> Vec<i64> {
            vec![self.0.unwrap_or(NO_VALUE)]
        }
    }

    fn says(number: Money) -> Says {
        Says(Some(number.units()))
    }

    fn told(tell: impl FnOnce(&mut Trace)) -> Vec<(i64, Option<i64>)> {
        let mut trace = Trace::new(&[true]);
        tell(&mut trace);
        assert!(!overflow::take(), "what is only told leaves no mark");
        let steps = trace.finish().flatten();
        steps.map(|step| (step.values[0], step.adds_to.map(|(_, amount)| amount))).collect()
    }

    /// Once an explanation of 50 billion at a rate of 3 and a cap was refused as too large, and what it explained was
    /// paid.
    #[test]
    fn what_is_too_large_to_be_told_is_left_out_and_steps_add_up_all_the_same() {
        let most = Money::from_units(i64::MAX);
        let (huge, cap) = (most * Exact::whole(3), Exact::whole(700));
        let capped = told(|why| {
            why.adds(PAY, Exact::whole(100), says);
            why.adds(PAY, huge, says);
            why.changes(PAY, huge + Exact::whole(100), cap, says);
            why.settles(PAY, Money::from_units(700), says);
        });
        assert_eq!(capped, [(100, Some(100)), (NO_VALUE, None), (600, Some(600))]);
        // One change after another, until one fits.
        let changed = told(|why| {
            why.adds(PAY, huge, says);
            why.changes(PAY, huge, huge * Exact::whole(5), says);
            why.changes(PAY, huge * Exact::whole(5), cap, says);
        });
        assert_eq!(changed, [(NO_VALUE, None), (NO_VALUE, None), (700, Some(700))]);
        // What adds up to more than fits, and then back.
        let back = told(|why| {
            why.adds(PAY, most, says);
            why.adds(PAY, most, says);
            why.settles(PAY, Money::from_units(-5), says);
        });
        assert_eq!(back, [(i64::MAX, None), (i64::MAX, None), (-5, Some(-5))]);
        let halves = told(|why| {
            why.adds(PAY, huge, says);
            why.adds(PAY, -huge, says);
            why.settles(PAY, Money::from_units(7), says);
        });
        assert_eq!(halves, [(NO_VALUE, None), (NO_VALUE, None), (7, Some(7))]);
        let beyond = Exact::fraction(i128::MAX, 3).unwrap();
        let beyond = told(|why| {
            why.adds(PAY, beyond * beyond, says);
            why.changes(PAY, beyond * beyond, cap, says);
            why.settles(PAY, Money::from_units(700), says);
        });
        assert_eq!(beyond, [(NO_VALUE, None), (NO_VALUE, None), (700, Some(700))]);
    }

    #[test]
    fn a_number_of_a_sentence_that_does_not_fit_is_no_value() {
        let most = Money::from_units(i64::MAX);
        let noted = told(|why| {
            why.notes(|| says((most * Exact::whole(2)).round(crate::Round::HalfUp)));
            why.notes(|| says(-(most + most)));
            why.notes(|| says(most));
            why.notes(|| Says(None));
        });
        assert_eq!(noted, [(NO_VALUE, None), (NO_VALUE, None), (i64::MAX, None), (NO_VALUE, None)]);
        // What is paid is another matter.
        let mut trace = Trace::new(&[true]);
        let paid = most + most;
        trace.notes(|| says(paid));
        assert!(overflow::take());
    }
}
