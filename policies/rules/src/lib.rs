//! A decision table and formulas in the plan's own words, for what no policy covers.
//!
//! The plan names inputs and outputs, gives names to formulas (`let`), and lists rows: *when* a condition holds,
//! *then* the outputs are these formulas. Everything is parsed and checked when the plan is published; a row of
//! figures is then computed exactly, rounded once an output, and explained row by row in the table's words.

mod formula;
mod plan;
mod sentences;
mod terms;

use attain_sdk::prelude::*;
use formula::{Cause, Node, Shape, Values};
use plan::{Line, OUTPUTS_MAX, Plan, Target};
use terms::{Combine, Hit, Undecided, Word};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// What the parameters name.
    #[input(each = Plan::inputs)]
    cells: Cells<'a>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Given {
    /// The first row of the table that applies, counted from 1; no value where none does.
    #[output(info)]
    row: Option<Count>,
    /// How many rows of the table a missing value leaves undecided, of those that were looked at.
    #[output(info)]
    undecided: Count,
    /// What the parameters name.
    #[output(each = Plan::outputs)]
    outputs: Several<OUTPUTS_MAX>,
}

#[derive(Rules)]
enum Step {
    /// row {row} can't be decided, because {input} has no value
    #[zh("第 {row} 行无法判定：{input} 没有数值")]
    Undecided { row: Count, input: InputName },
    /// row {row} can't be decided, because something is divided by zero
    #[zh("第 {row} 行无法判定：除数为零")]
    UndecidedByZero { row: Count },
    /// row {row} can't be decided, because nothing listed in a formula fits
    #[zh("第 {row} 行无法判定：公式所列的值都不符合")]
    UndecidedUnlisted { row: Count },
    /// {input} has no value
    #[zh("{input} 没有数值")]
    Missing { input: InputName },
    /// something is divided by zero
    #[zh("除数为零")]
    DividedByZero,
    /// nothing listed in a formula fits
    #[zh("公式所列的值都不符合")]
    Unlisted,
    /// One of those that the parameters make.
    Named(Sentence),
}

#[policy(
    each,
    rules = Step,
    sentences = Plan::sentences,
    zh = "以决策表和公式自行定义规则，精确计算，发布时逐项检查"
)]
fn rules(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Given> {
    let values = plan.values(row.cells);
    let found = Found::new(plan, &values)?;
    let mut outputs = Several::NONE;
    for (i, (target, sum)) in plan.outputs.iter().zip(&found.sums).enumerate() {
        outputs.set(i, target.cell(*sum)?);
    }
    if why.listens() {
        sentences::tell(plan, &values, &found, why);
    }
    Ok(Given { row: found.first.map(counted), undecided: found.undecided, outputs })
}

/// What the table gives somebody.
struct Found<'p> {
    first: Option<usize>,
    undecided: Count,
    /// Whether a row can't be decided and the plan says that nothing is given then.
    is_stopped: bool,
    sums: [Sum<'p>; OUTPUTS_MAX],
    /// Which of them no row gave, so that they are what applies otherwise.
    is_otherwise: [bool; OUTPUTS_MAX],
}

/// What an output is before it is rounded.
#[derive(Clone, Copy)]
enum Sum<'p> {
    /// No row gave it.
    Nothing,
    /// No value, and why.
    None(Cause),
    Number {
        number: Exact,
        /// The row that gave it, or the first one; none where it is what applies otherwise.
        from: Option<usize>,
    },
    Truth(bool),
    Text(&'p str),
}

impl<'p> Found<'p> {
    fn nothing(undecided: Count, is_stopped: bool) -> Found<'p> {
        let sums = [Sum::Nothing; OUTPUTS_MAX];
        Found { first: None, undecided, is_stopped, sums, is_otherwise: [false; OUTPUTS_MAX] }
    }

    fn new(plan: &'p Plan, values: &Values<'p>) -> Result<Found<'p>> {
        let mut found = Found::nothing(Count::ZERO, false);
        for (i, line) in plan.rows.iter().enumerate() {
            match line.applies(values) {
                Ok(false) => {}
                Ok(true) => {
                    if let (Some(first), Hit::Only) = (found.first, plan.hit) {
                        return Err(two_rows(first, i));
                    }
                    found.first.get_or_insert(i);
                    for (output, _, node) in &line.then {
                        found.give(plan, values, *output, node, Some(i));
                    }
                    if plan.hit == Hit::First {
                        break;
                    }
                }
                Err(cause) => {
                    found.undecided += Count::from_units(1);
                    match plan.undecided {
                        Undecided::DoesNotApply => {}
                        Undecided::NoValue => return Ok(Found::nothing(found.undecided, true)),
                        Undecided::Refused => return Err(undecided(plan, i, cause)),
                    }
                }
            }
        }
        found.fill(plan, values);
        Ok(found)
    }

    /// Gives the outputs that no row gave what applies otherwise.
    fn fill(&mut self, plan: &'p Plan, values: &Values<'p>) {
        for (output, _, node) in plan.otherwise.iter().flat_map(|line| &line.then) {
            if let (Some(Sum::Nothing), Some(is_otherwise)) =
                (self.sums.get(*output), self.is_otherwise.get_mut(*output))
            {
                *is_otherwise = true;
                self.give(plan, values, *output, node, None);
            }
        }
        // A sum of nothing is zero.
        for (target, sum) in plan.outputs.iter().zip(&mut self.sums) {
            if let (Sum::Nothing, Hit::All, Combine::Sum) = (*sum, plan.hit, target.combine) {
                *sum = Sum::Number { number: Exact::ZERO, from: None };
            }
        }
    }

    /// A row gives an output something, or no value.
    fn give(
        &mut self,
        plan: &'p Plan,
        values: &Values<'p>,
        output: usize,
        node: &'p Node,
        from: Option<usize>,
    ) {
        let (Some(target), Some(sum)) = (plan.outputs.get(output), self.sums.get_mut(output)) else { return };
        let given = match target.shape() {
            Shape::Number => values.number(node).map(|number| Sum::Number { number, from }),
            Shape::Truth => values.truth(node).map(Sum::Truth),
            Shape::Text => values.text(node).map(Sum::Text),
        };
        *sum = match (*sum, given.unwrap_or_else(Sum::None)) {
            // A part without a value leaves the whole without one.
            (Sum::None(cause), _) => Sum::None(cause),
            (Sum::Number { number: sum, from }, Sum::Number { number, from: now }) => match target.combine {
                Combine::Sum => Sum::Number { number: sum + number, from },
                Combine::Max if number > sum => Sum::Number { number, from: now },
                Combine::Min if number < sum => Sum::Number { number, from: now },
                Combine::Max | Combine::Min => Sum::Number { number: sum, from },
            },
            (_, given) => given,
        };
    }
}

impl Line {
    /// Whether it is met.
    fn applies<'p>(&'p self, values: &Values<'p>) -> Result<bool, Cause> {
        self.when.as_ref().map_or(Ok(true), |(_, node)| values.truth(node))
    }
}

impl Target {
    /// An exact value in the smallest part of the output.
    fn rounded(&self, number: Exact, mode: Round) -> Amount {
        (number * self.scale).round(mode)
    }

    /// The cell of an output.
    fn cell(&self, sum: Sum<'_>) -> Result<Option<Amount>> {
        let cell = match sum {
            Sum::Nothing | Sum::None(_) => return Ok(None),
            Sum::Truth(truth) => i64::from(truth),
            Sum::Text(text) => match self.label(text) {
                Some(label) => i64::try_from(label).unwrap_or(i64::MAX),
                None => return Err(self.out_of_range(text, "one of its labels")),
            },
            Sum::Number { number, .. } => {
                let amount = self.rounded(number, self.round);
                if self.word == Word::Level && !(0..=3).contains(&amount.units()) {
                    return Err(
                        self.out_of_range(&amount.units().to_string(), "0 to 3: none, blue, yellow or red")
                    );
                }
                return Ok(Some(amount));
            }
        };
        Ok(Some(Amount::from_units(cell)))
    }

    #[cold]
    fn out_of_range(&self, found: &str, expected: &str) -> Failure {
        Failure::new("out-of-range", format!("`{}` comes out as `{found}`, expected {expected}", self.name))
    }
}

#[cold]
fn two_rows(first: usize, second: usize) -> Failure {
    let [first, second] = [first, second].map(counted);
    let message = format!(
        "rows {first} and {second} of the table are both met, and `hit` is `only`; make their conditions exclude \
         each other, or say which comes first with `hit = \"first\"`"
    );
    Failure::new("two-rows", message)
}

#[cold]
fn undecided(plan: &Plan, row: usize, cause: Cause) -> Failure {
    let why = match cause {
        Cause::Input(input) => {
            let name = plan.input(input.into()).map_or("an input", |input| &input.name);
            format!("`{name}` has no value")
        }
        Cause::Zero => "something is divided by zero".to_owned(),
        Cause::Unlisted => "nothing listed in a formula fits".to_owned(),
    };
    Failure::new("undecided", format!("row {} of the table can't be decided, because {why}", counted(row)))
}

/// A row as people count.
fn counted(row: usize) -> Count {
    Count::from_units(i64::try_from(row).unwrap_or(i64::MAX - 1) + 1)
}

#[cfg(test)]
attain_cases::cases!();
