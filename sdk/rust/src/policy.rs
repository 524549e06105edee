//! What the `#[policy]` attribute makes of a rule, and how it is run on a batch.

use crate::contract::exports::attain::policy::rules::{self, Batch, Context, Step};
use crate::failure::{Failure, Result};
use crate::input::{Input, Inputs, Source};
use crate::output::{Output, Outputs};
use crate::overflow;
use crate::parameter::Prepare;
use crate::why::{Rule, RuleText, Silent, Trace, Why};
use std::ops::Range;

/// A policy, whole, as the host sees it. `#[policy]` implements it for a unit struct `Policy` beside the rule.
pub trait Policy {
    /// What it is, as JSON.
    fn describe() -> String;
    /// What it reads and gives for these parameters, as JSON; or all that is wrong with them.
    fn bind(parameters: &str, context: &Context) -> std::result::Result<String, Vec<rules::Failure>>;
    /// The outputs, column by column.
    fn evaluate(
        parameters: &str,
        context: &Context,
        batch: &Batch,
    ) -> std::result::Result<Vec<Vec<i64>>, rules::Failure>;
    /// How each of `rows` came to its outputs.
    fn explain(
        parameters: &str,
        context: &Context,
        batch: &Batch,
        rows: &[u32],
    ) -> std::result::Result<Vec<Vec<Step>>, rules::Failure>;
}

/// A policy as its own types see it.
pub trait Definition {
    /// What its rule works with.
    type Plan: Prepare;
    /// What it is, whatever its parameters.
    const ABOUT: About;
    /// What it reads and gives for these parameters.
    fn declare(plan: &Self::Plan) -> Declared;
    /// The outputs, column by column.
    fn evaluate(plan: &Self::Plan, batch: &Batch) -> Result<Vec<Vec<i64>>>;
    /// How each of `rows` came to its outputs.
    fn explain(plan: &Self::Plan, batch: &Batch, rows: &[u32]) -> Result<Vec<Vec<Step>>>;
}

/// What a policy is, whatever its parameters.
pub struct About {
    /// What a plan calls it.
    pub name: &'static str,
    /// `major.minor.patch`.
    pub version: &'static str,
    /// One line in each language, `en` among them.
    pub summary: &'static [(&'static str, &'static str)],
    /// The table whose rows it reads.
    pub table: &'static str,
    /// What the steps of its explanations say.
    pub rules: &'static [Rule],
    /// The order of rows inside a group.
    pub order: &'static [Order],
}

/// What a policy reads and gives.
pub struct Declared {
    /// In order.
    pub inputs: Vec<Input>,
    /// In order: those of a row, then those of a group.
    pub outputs: Vec<Output>,
    /// How many outputs there is room for.
    pub outputs_max: usize,
    /// Which rows it needs to see together.
    pub grouping: Grouping,
    /// Steps whose sentences these parameters make, past those of [`About::rules`].
    pub rules: Vec<RuleText>,
}

/// Which rows a policy needs to see together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Rows are independent.
    Each,
    /// Rows with the same values in these inputs come together.
    By(Vec<String>),
    /// The rows of a participant come together: their deals, or their assignments.
    Person,
    /// The company at once.
    All,
}

/// A key that rows are ordered by inside a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The input.
    pub input: &'static str,
    /// From the greatest down.
    pub descending: bool,
}

/// A rule about rows that don't depend on each other.
pub trait EachRow {
    /// What it works with.
    type Plan;
    /// What it reads.
    type Row<'a>: Inputs<'a, Self::Plan>;
    /// What it gives.
    type Out: Outputs<Self::Plan>;
    /// The rule.
    fn rule(plan: &Self::Plan, row: Self::Row<'_>, why: &mut impl Why) -> Result<Self::Out>;
}

/// A rule about a group of rows at once.
pub trait EachGroup {
    /// What it works with.
    type Plan;
    /// What it reads of each row.
    type Row<'a>: Inputs<'a, Self::Plan>;
    /// What it gives for each row.
    type Out: Outputs<Self::Plan> + Default + Clone;
    /// What it gives for the group.
    type Whole: Outputs<Self::Plan>;
    /// The rule. `outs` has a place for each row.
    fn rule(
        plan: &Self::Plan,
        rows: &[Self::Row<'_>],
        outs: &mut [Self::Out],
        why: &mut impl Why,
    ) -> Result<Self::Whole>;
}

#[cold]
fn missing(input: &str, row: usize) -> Failure {
    let message = format!(
        "`{input}` has no value here and the rule needs one; give it one, or leave the row out of the plan's population"
    );
    Failure::new("missing-value", message).in_row(row)
}

fn row_columns<'a, P, R: Inputs<'a, P>>(plan: &P, batch: &'a Batch) -> Result<(R::Columns, usize)> {
    let mut source = Source::new(batch);
    let columns = R::columns(plan, &mut source);
    let rows = source.rows();
    source.finish()?;
    Ok((columns, rows))
}

/// Runs a rule on every row.
pub fn evaluate_rows<E: EachRow>(plan: &E::Plan, batch: &Batch) -> Result<Vec<Vec<i64>>> {
    let (columns, rows) = row_columns::<_, E::Row<'_>>(plan, batch)?;
    let mut out = E::Out::columns(plan, rows);
    overflow::done();
    for row in 0..rows {
        let cells = E::Row::read(&columns, row).map_err(|input| missing(input, row))?;
        let given = E::rule(plan, cells, &mut Silent).map_err(|failure| failure.in_row_at_least(row))?;
        given.write(&mut out, row);
        if overflow::done() {
            return Err(Failure::overflow(row));
        }
    }
    let mut all = Vec::new();
    E::Out::finish(out, &mut all);
    Ok(all)
}

/// Runs a rule on the rows asked for, and listens.
pub fn explain_rows<E: EachRow>(plan: &E::Plan, batch: &Batch, asked: &[u32]) -> Result<Vec<Vec<Step>>> {
    let (columns, rows) = row_columns::<_, E::Row<'_>>(plan, batch)?;
    overflow::done();
    let mut told = Vec::with_capacity(asked.len());
    for row in asked {
        let row = asked_row(*row, rows)?;
        let cells = E::Row::read(&columns, row).map_err(|input| missing(input, row))?;
        let mut trace = Trace::new(&[true]);
        E::rule(plan, cells, &mut trace).map_err(|failure| failure.in_row_at_least(row))?;
        if overflow::done() {
            return Err(Failure::overflow(row));
        }
        told.extend(trace.finish());
    }
    Ok(told)
}

fn asked_row(row: u32, rows: usize) -> Result<usize> {
    let asked = usize::try_from(row).ok().filter(|row| *row < rows);
    asked.ok_or_else(|| Failure::batch(format!("row {row} was asked for, the batch has {rows}")))
}

/// Where each group lies. Rows that are independent are groups of one.
fn groups(batch: &Batch, rows: usize, grouping: &Grouping) -> Result<Vec<Range<usize>>> {
    if *grouping == Grouping::Each {
        return Ok((0..rows).map(|row| row..row + 1).collect());
    }
    let mut start = 0;
    let mut groups = Vec::with_capacity(batch.group_ends.len());
    for end in &batch.group_ends {
        let end = usize::try_from(*end).ok().filter(|end| *end > start && *end <= rows);
        let end = end.ok_or_else(|| Failure::batch("the ends of groups don't rise to the number of rows"))?;
        groups.push(start..end);
        start = end;
    }
    if start != rows {
        return Err(Failure::batch(format!("the last group ends at row {start}, the batch has {rows}")));
    }
    Ok(groups)
}

/// Reads the rows of a group: the same code for whoever runs a rule on them.
#[inline(never)]
fn read_group<'a, G: EachGroup>(
    columns: &<G::Row<'a> as Inputs<'a, G::Plan>>::Columns,
    group: &Range<usize>,
    members: &mut Vec<G::Row<'a>>,
) -> Result<()> {
    members.clear();
    for row in group.clone() {
        members.push(G::Row::read(columns, row).map_err(|input| missing(input, row))?);
    }
    Ok(())
}

/// Runs a rule on one group; the values it gave stay in `outs`.
fn run_group<'a, G: EachGroup>(
    plan: &G::Plan,
    columns: &<G::Row<'a> as Inputs<'a, G::Plan>>::Columns,
    group: &Range<usize>,
    members: &mut Vec<G::Row<'a>>,
    outs: &mut Vec<G::Out>,
    why: &mut impl Why,
) -> Result<G::Whole> {
    read_group::<G>(columns, group, members)?;
    outs.clear();
    outs.resize(members.len(), G::Out::default());
    let whole = G::rule(plan, members, outs, why).map_err(|failure| failure.in_group(group.start))?;
    if overflow::done() {
        return Err(Failure::overflow(group.start));
    }
    Ok(whole)
}

/// Runs a rule on every group.
pub fn evaluate_groups<G: EachGroup>(
    plan: &G::Plan,
    batch: &Batch,
    grouping: &Grouping,
) -> Result<Vec<Vec<i64>>> {
    let (columns, rows) = row_columns::<_, G::Row<'_>>(plan, batch)?;
    let groups = groups(batch, rows, grouping)?;
    let mut row_columns = G::Out::columns(plan, rows);
    let mut group_columns = G::Whole::columns(plan, groups.len());
    let (mut members, mut outs) = (Vec::new(), Vec::new());
    overflow::done();
    for (index, group) in groups.iter().enumerate() {
        let whole = run_group::<G>(plan, &columns, group, &mut members, &mut outs, &mut Silent)?;
        whole.write(&mut group_columns, index);
        for (row, out) in group.clone().zip(outs.drain(..)) {
            out.write(&mut row_columns, row);
        }
    }
    let mut all = Vec::new();
    G::Out::finish(row_columns, &mut all);
    G::Whole::finish(group_columns, &mut all);
    Ok(all)
}

/// Runs a rule on the groups in which rows were asked for, each group once, and listens.
pub fn explain_groups<G: EachGroup>(
    plan: &G::Plan,
    batch: &Batch,
    grouping: &Grouping,
    asked: &[u32],
) -> Result<Vec<Vec<Step>>> {
    let (columns, rows) = row_columns::<_, G::Row<'_>>(plan, batch)?;
    let mut wanted = vec![false; rows];
    for row in asked {
        if let Some(wanted) = wanted.get_mut(asked_row(*row, rows)?) {
            *wanted = true;
        }
    }
    let mut steps: Vec<Vec<Step>> = vec![Vec::new(); rows];
    let (mut members, mut outs) = (Vec::new(), Vec::new());
    overflow::done();
    for group in &groups(batch, rows, grouping)? {
        let asked = wanted.get(group.clone()).unwrap_or_default();
        if !asked.contains(&true) {
            continue;
        }
        let mut trace = Trace::new(asked);
        run_group::<G>(plan, &columns, group, &mut members, &mut outs, &mut trace)?;
        for (slot, told) in steps.iter_mut().skip(group.start).zip(trace.finish()) {
            *slot = told;
        }
    }
    let of =
        |row: &u32| usize::try_from(*row).ok().and_then(|row| steps.get(row).cloned()).unwrap_or_default();
    Ok(asked.iter().map(of).collect())
}
