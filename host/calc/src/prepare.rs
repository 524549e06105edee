//! A plan made ready: policies bound to parameters, inputs to their sources, everything checked.
//!
//! In: a plan, the policies it is pinned to, and the columns there are. Out: [`Prepared`], or all that is
//! wrong, each with its place. The same check runs when a plan is published and when it is run.

use crate::outcome::OutcomeColumn;
use attain_engine::{Context, Policy, PolicyError};
use attain_model::manifest::{Binding, Fold, Grouping, Input, Output, OutputKind};
use attain_model::nearest::hint;
use attain_model::plan::{Plan, PlanProblem, Reach, Source, Step};
use attain_model::{Calendar, Currency, Period, Type, Unit, number};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The columns there are; none where no snapshot is known yet, and then they are taken to fit.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Of `people`.
    pub people: Option<Vec<(String, Type)>>,
    /// Of `targets`: `participant`, then a column a metric.
    pub targets: Option<Vec<(String, Type)>>,
    /// Of the others, by name.
    pub others: BTreeMap<String, Vec<(String, Type)>>,
}

/// A plan ready to run for one period.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// The period.
    pub period: Period,
    /// What policies are told of it.
    pub context: Context,
    /// What it pays in.
    pub currency: Currency,
    /// The company's calendar.
    pub calendar: Calendar,
    /// Its steps, in order.
    pub steps: Vec<PreparedStep>,
    /// For each column of `people` that the population names, the values that are covered.
    pub population: Vec<(String, Vec<String>)>,
    /// Sources that must be joined to people before a row can be computed, each once.
    pub aligned: Vec<Aligned>,
}

/// A source that is joined by participant.
#[derive(Clone, Debug, PartialEq)]
pub struct Aligned {
    /// The source.
    pub source: Source,
    /// The step that carries, for `carry`.
    pub step: usize,
    /// What its numbers are.
    pub kind: Type,
}

/// A step ready to run.
pub struct PreparedStep {
    /// Its name.
    pub name: String,
    /// Its policy.
    pub policy: Arc<Policy>,
    /// Its parameters, as passed.
    pub parameters: String,
    /// What the policy reads and gives for them.
    pub binding: Binding,
    /// For each input of the binding.
    pub feeds: Vec<Feed>,
    /// For each output of the binding, what is done with it.
    pub kinds: Vec<OutputKind>,
    /// The table whose rows it reads, where that isn't `people`.
    pub table: Option<String>,
    /// For each output of the binding, how the rows of that table become one value a person.
    pub folds: Vec<Fold>,
}

impl PreparedStep {
    /// What an output is in the outcome: a value a person, where its rows are another table's.
    pub fn kind_of(&self, output: usize) -> Type {
        let kind = self.binding.outputs.get(output).map_or(Type::TEXT, Output::kind_of_number);
        match (&self.table, self.folds.get(output)) {
            (Some(_), Some(fold)) => fold.kind(kind),
            _ => kind,
        }
    }
}

/// Where an input's values come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// As the plan says; none where nothing is bound.
    pub source: Option<Source>,
    /// Where to take them.
    pub from: From,
    /// What they are there.
    pub kind: Type,
}

/// A place to take values from.
#[derive(Clone, Debug, PartialEq)]
pub enum From {
    /// Nothing is bound.
    Nothing,
    /// A column of `people`; on another table's rows, that of the person whose they are.
    People(String),
    /// A column of the step's own table, where that isn't `people`.
    Own(String),
    /// An output of an earlier step, by their places.
    Output(usize, usize),
    /// One of [`Prepared::aligned`].
    Aligned(usize),
    /// A number, scaled by the input's decimals.
    Constant(i64),
    /// A name.
    Word(String),
}

impl Prepared {
    /// The columns of its outcome after `participant` and `payout`.
    pub fn outcome_columns(&self) -> Vec<OutcomeColumn> {
        let of_step = |step: &PreparedStep| {
            let column = |(place, (output, does)): (usize, (&Output, &OutputKind))| OutcomeColumn {
                name: format!("{}.{}", step.name, output.name),
                kind: step.kind_of(place),
                does: *does,
            };
            step.binding.outputs.iter().zip(&step.kinds).enumerate().map(column).collect::<Vec<_>>()
        };
        self.steps.iter().flat_map(of_step).collect()
    }

    /// What the payout is measured in.
    pub fn payout_type(&self) -> Type {
        Type { unit: Unit::Money, decimals: self.currency.decimals() }
    }
}

/// What a period is, as policies are told.
pub fn context_of(period: Period, calendar: Calendar, currency: Currency) -> Context {
    let (span, year) = (period.span(calendar), period.year_span(calendar));
    Context {
        period_kind: period.kind().name().to_owned(),
        first_day: span.first_day,
        last_day: span.last_day,
        year_first_day: year.first_day,
        year_last_day: year.last_day,
        money_decimals: currency.decimals(),
    }
}

/// Makes a plan ready for a period, or says all that is wrong with it.
pub fn prepare(
    plan: &Plan,
    policies: &[Arc<Policy>],
    period: Period,
    calendar: Calendar,
    currency: Currency,
    schema: &Schema,
) -> Result<Prepared, Vec<PlanProblem>> {
    let context = context_of(period, calendar, currency);
    let mut check =
        Check { plan, schema, period, currency, problems: Vec::new(), aligned: Vec::new(), done: Vec::new() };
    for (i, (step, policy)) in plan.steps.iter().zip(policies).enumerate() {
        check.step(i, step, policy, &context);
    }
    let population = check.population();
    let Check { problems, aligned, done, .. } = check;
    let steps: Vec<PreparedStep> = done.into_iter().flatten().collect();
    if !problems.is_empty() || steps.len() != plan.steps.len() {
        return Err(problems);
    }
    Ok(Prepared { plan: plan.clone(), period, context, currency, calendar, steps, population, aligned })
}

struct Check<'a> {
    plan: &'a Plan,
    schema: &'a Schema,
    period: Period,
    currency: Currency,
    problems: Vec<PlanProblem>,
    aligned: Vec<Aligned>,
    done: Vec<Option<PreparedStep>>,
}

impl Check<'_> {
    fn wrong(&mut self, at: String, message: String) {
        self.problems.push(PlanProblem { at, message });
    }

    fn population(&mut self) -> Vec<(String, Vec<String>)> {
        let filters = self.plan.population.filter.iter();
        let population: Vec<(String, Vec<String>)> =
            filters.map(|(column, values)| (column.clone(), values.values().to_vec())).collect();
        if let Some(people) = &self.schema.people {
            for (column, _) in &population {
                let at = format!("population.where.{column}");
                match people.iter().find(|(name, _)| name == column) {
                    None => {
                        let hint = hint(column, people.iter().map(|(name, _)| name.as_str()));
                        self.wrong(at, format!("`people` has no column `{column}`{hint}"));
                    }
                    Some((_, kind)) if kind.unit != Unit::Text => {
                        let texts = people
                            .iter()
                            .filter(|(name, kind)| kind.unit == Unit::Text && !name.starts_with('#'))
                            .map(|(name, _)| name.as_str())
                            .collect::<Vec<_>>();
                        let message =
                            format!("`{column}` is {kind}, expected a text column: `{}`", texts.join("`, `"));
                        self.wrong(at, message);
                    }
                    Some(_) => {}
                }
            }
        }
        population
    }

    fn step(&mut self, i: usize, step: &Step, policy: &Arc<Policy>, context: &Context) {
        let parameters = step.params.to_string();
        let table = step.table.as_ref().unwrap_or(&policy.manifest().table);
        let table = (table != "people").then(|| table.clone());
        self.table_is_there(i, step, table.as_deref());
        let binding = match policy.bind(&parameters, context) {
            Ok(binding) => binding,
            Err(error) => {
                self.refused(i, error);
                self.done.push(None);
                return;
            }
        };
        self.known_names(i, step, &binding);
        let kinds: Vec<OutputKind> = binding
            .outputs
            .iter()
            .map(|output| step.outputs.get(&output.name).copied().unwrap_or(output.kind))
            .collect();
        self.pay_fits(i, &binding, &kinds);
        let own = table.as_deref();
        let folds = self.folds(i, step, own, &binding, &kinds);
        let feeds = binding.inputs.iter().map(|input| self.feed(i, step, own, input, &binding)).collect();
        self.done.push(Some(PreparedStep {
            name: step.name.clone(),
            policy: Arc::clone(policy),
            parameters,
            binding,
            feeds,
            kinds,
            table,
            folds,
        }));
    }

    fn table_is_there(&mut self, i: usize, step: &Step, table: Option<&str>) {
        let (Some(table), Some(_)) = (table, &self.schema.people) else { return };
        let at = match step.table {
            Some(_) => format!("step[{i}].table"),
            None => format!("step[{i}].policy"),
        };
        match self.schema.others.get(table) {
            None => {
                let known = self.schema.others.keys().map(String::as_str).chain(["people"]);
                let message = format!(
                    "the step reads table `{table}`, and the snapshot of {} has none; import it: attain snapshot import FILE --period {} --table {table}{}",
                    self.period,
                    self.period,
                    hint(table, known),
                );
                self.wrong(at, message);
            }
            Some(columns) if !columns.iter().any(|(name, _)| name == "participant") => {
                let message = format!(
                    "table `{table}` has no column `participant`, so nobody can be paid for its rows; import it with one"
                );
                self.wrong(at, message);
            }
            Some(_) => {}
        }
    }

    /// How each output becomes a value a person: as the plan says, or as the policy does.
    fn folds(
        &mut self,
        i: usize,
        step: &Step,
        table: Option<&str>,
        binding: &Binding,
        kinds: &[OutputKind],
    ) -> Vec<Fold> {
        for name in step.folds.keys() {
            let at = format!("step[{i}].folds.{name}");
            if !binding.outputs.iter().any(|output| &output.name == name) {
                let hint = hint(name, binding.outputs.iter().map(|output| output.name.as_str()));
                self.wrong(at, format!("with these parameters the policy has no output `{name}`{hint}"));
            } else if table.is_none() {
                self.wrong(
                    at,
                    "the step's rows are people, so there is nothing to fold; leave it out".to_owned(),
                );
            }
        }
        let fold = |output: &Output| step.folds.get(&output.name).copied().unwrap_or(output.fold);
        let folds: Vec<Fold> = binding.outputs.iter().map(fold).collect();
        for ((output, fold), kind) in binding.outputs.iter().zip(&folds).zip(kinds) {
            let message = match (table, fold, kind) {
                (None, ..) => continue,
                (_, Fold::Sum, _) if !output.unit.is_additive() => format!(
                    "`{}` is {}, which doesn't add up over rows; say how it folds: folds = {{ {} = \"max\" }}",
                    output.name,
                    output.kind_of_number(),
                    output.name
                ),
                (_, fold, OutputKind::Pay) if *fold != Fold::Sum => format!(
                    "`{}` is paid and folds by `{}`; what is paid adds up: folds = {{ {} = \"sum\" }}",
                    output.name,
                    fold.name(),
                    output.name
                ),
                (Some(table), _, OutputKind::Carry) => format!(
                    "`{}` is carried, and rows of `{table}` have no next period; carry it in a step on people",
                    output.name
                ),
                _ => continue,
            };
            self.wrong(format!("step[{i}].outputs.{}", output.name), message);
        }
        folds
    }

    fn refused(&mut self, i: usize, error: PolicyError) {
        match error {
            PolicyError::Refused(failures) => {
                for failure in failures {
                    let at = failure.at.map_or_else(String::new, |at| format!(".{at}"));
                    self.wrong(format!("step[{i}].params{at}"), failure.message);
                }
            }
            other => self.wrong(format!("step[{i}].policy"), other.to_string()),
        }
    }

    fn known_names(&mut self, i: usize, step: &Step, binding: &Binding) {
        for name in step.inputs.keys() {
            if !binding.inputs.iter().any(|input| &input.name == name) {
                let hint = hint(name, binding.inputs.iter().map(|input| input.name.as_str()));
                self.wrong(
                    format!("step[{i}].inputs.{name}"),
                    format!("with these parameters the policy has no input `{name}`{hint}"),
                );
            }
        }
        for name in step.outputs.keys() {
            if !binding.outputs.iter().any(|output| &output.name == name) {
                let hint = hint(name, binding.outputs.iter().map(|output| output.name.as_str()));
                self.wrong(
                    format!("step[{i}].outputs.{name}"),
                    format!("with these parameters the policy has no output `{name}`{hint}"),
                );
            }
        }
    }

    fn pay_fits(&mut self, i: usize, binding: &Binding, kinds: &[OutputKind]) {
        let decimals = self.currency.decimals();
        for (output, kind) in binding.outputs.iter().zip(kinds) {
            let fits = output.unit == Unit::Money && output.decimals == decimals;
            if *kind == OutputKind::Pay && !fits {
                let message = format!(
                    "output `{}` is {}, and what is paid in {} is money with {decimals} decimals; round it in the policy, or don't pay it",
                    output.name,
                    output.kind_of_number(),
                    self.currency
                );
                self.wrong(format!("step[{i}].outputs.{}", output.name), message);
            }
        }
    }

    fn feed(&mut self, i: usize, step: &Step, table: Option<&str>, input: &Input, binding: &Binding) -> Feed {
        let source = Plan::source(step, &input.name);
        let at = format!("step[{i}].inputs.{}", input.name);
        let nothing = Feed { source: None, from: From::Nothing, kind: input.kind() };
        let named = step.inputs.contains_key(&input.name);
        if !named && !input.required && !self.has_column(table, &input.name) {
            return nothing;
        }
        match self.resolve(i, &source, table, input, binding) {
            Ok((from, kind)) => {
                if let Err(message) = fits(&source, kind, input) {
                    self.wrong(at, format!("{message}{}", self.that_fit(table, input)));
                }
                Feed { source: Some(source), from, kind }
            }
            Err(message) => {
                let advice = if named {
                    String::new()
                } else {
                    format!("; bind it: inputs = {{ {} = \"...\" }}", input.name)
                };
                self.wrong(at, format!("{message}{advice}"));
                nothing
            }
        }
    }

    /// The columns that an input could be bound to instead.
    fn that_fit(&self, table: Option<&str>, input: &Input) -> String {
        let own = table.and_then(|table| self.schema.others.get(table));
        let fitting: Vec<&str> = own
            .into_iter()
            .chain(&self.schema.people)
            .flatten()
            .filter(|(name, kind)| {
                kind.unit == input.unit && kind.decimals <= input.decimals && !name.starts_with('#')
            })
            .map(|(name, _)| name.as_str())
            .take(12)
            .collect();
        match fitting.is_empty() {
            true => format!("; bind another column, or import this one as {}", input.kind()),
            false => format!("; bind a column that fits, such as `{}`", fitting.join("`, `")),
        }
    }

    /// Whether a step on this table can read a column of this name.
    fn has_column(&self, table: Option<&str>, name: &str) -> bool {
        let own = table.and_then(|table| self.schema.others.get(table));
        own.into_iter().chain(&self.schema.people).flatten().any(|(column, _)| column == name)
    }

    /// A column of the step's own table, or else of its people.
    fn column(&self, table: Option<&str>, name: &str, wanted: Type) -> Result<(From, Type), String> {
        let Some(table) = table else {
            return Ok((From::People(name.to_owned()), self.column_type(name, wanted)?));
        };
        let own = self.schema.others.get(table).map(Vec::as_slice).unwrap_or_default();
        if let Some((_, kind)) = own.iter().find(|(column, _)| column == name) {
            return Ok((From::Own(name.to_owned()), *kind));
        }
        match &self.schema.people {
            // Nothing is known yet, or the table itself is missing, which is told once.
            None => Ok((From::Own(name.to_owned()), wanted)),
            Some(_) if own.is_empty() => Ok((From::Own(name.to_owned()), wanted)),
            Some(people) => match people.iter().find(|(column, _)| column == name) {
                Some((_, kind)) => Ok((From::People(name.to_owned()), *kind)),
                None => {
                    let names = own.iter().chain(people).map(|(column, _)| column.as_str());
                    let hint = hint(name, names.filter(|column| !column.starts_with('#')));
                    Err(format!("neither `{table}` nor `people` has a column `{name}`{hint}"))
                }
            },
        }
    }

    fn resolve(
        &mut self,
        i: usize,
        source: &Source,
        table: Option<&str>,
        input: &Input,
        binding: &Binding,
    ) -> Result<(From, Type), String> {
        let own_history = match source {
            Source::History { of, .. } => {
                let own = self.plan.steps.get(i).map(|step| step.name.as_str());
                matches!(of.as_ref(), Source::Output { step, .. } if Some(step.as_str()) == own)
            }
            _ => false,
        };
        if let (Some(table), true) = (table, own_history || matches!(source, Source::Carry(_))) {
            return Err(format!(
                "`{source}` is one value a person, and this step has a row for each of `{table}`; keep what must last in a column of the table, or in a step on people"
            ));
        }
        match source {
            Source::Constant(text) => {
                let parsed = number::parse(text, input.decimals);
                let value = parsed.map_err(|error| {
                    format!(
                        "`{text}` {error}, and input `{}` asks for {}; write another number",
                        input.name,
                        input.kind()
                    )
                })?;
                if input.unit == Unit::Text {
                    return Err(format!(
                        "`{text}` is a number and input `{}` a text; write a word in single quotes",
                        input.name
                    ));
                }
                Ok((From::Constant(value), input.kind()))
            }
            Source::Word(word) => Ok((From::Word(word.clone()), Type::TEXT)),
            Source::Column(name) => self.column(table, name, input.kind()),
            Source::Output { step, output } => self.output(i, table, step, output),
            Source::Target(_) | Source::History { .. } | Source::RollUp { .. } | Source::Carry(_) => {
                let kind = self.aligned_type(i, source, input, binding)?;
                Ok((From::Aligned(self.align(source, i, kind)), kind))
            }
        }
    }

    fn align(&mut self, source: &Source, step: usize, kind: Type) -> usize {
        let wanted = Aligned { source: source.clone(), step, kind };
        let carries = matches!(source, Source::Carry(_));
        let same = |a: &Aligned| a.source == wanted.source && (!carries || a.step == step);
        self.aligned.iter().position(same).unwrap_or_else(|| {
            self.aligned.push(wanted);
            self.aligned.len() - 1
        })
    }

    fn column_type(&self, name: &str, wanted: Type) -> Result<Type, String> {
        let Some(people) = &self.schema.people else { return Ok(wanted) };
        let found = people.iter().find(|(column, _)| column == name).map(|(_, kind)| *kind);
        found.ok_or_else(|| {
            let names =
                people.iter().map(|(column, _)| column.as_str()).filter(|column| !column.starts_with('#'));
            format!("`people` has no column `{name}`{}", hint(name, names))
        })
    }

    /// An earlier step's output: row by row on the same table, otherwise a value a person.
    fn output(
        &self,
        i: usize,
        table: Option<&str>,
        step: &str,
        output: &str,
    ) -> Result<(From, Type), String> {
        let place = self.plan.steps.iter().position(|s| s.name == step);
        let Some(place) = place else {
            let names = self.plan.steps.iter().take(i).map(|s| s.name.as_str()).chain(["target"]);
            return Err(format!("there is no step `{step}`{}", hint(step, names)));
        };
        if place >= i {
            return Err(format!(
                "step `{step}` runs after `{}`; a step reads earlier ones, so move it up",
                self.plan.steps.get(i).map_or("", |s| s.name.as_str())
            ));
        }
        let Some(Some(earlier)) = self.done.get(place) else {
            return Err(format!("step `{step}` can't be bound, see there"));
        };
        let found = earlier.binding.outputs.iter().position(|o| o.name == output);
        let Some(found) = found else {
            let names = earlier.binding.outputs.iter().map(|o| o.name.as_str());
            return Err(format!("step `{step}` gives no `{output}`{}", hint(output, names)));
        };
        let same = table.is_some() && earlier.table.as_deref() == table;
        let whole = || earlier.binding.outputs.get(found).map_or(Type::TEXT, Output::kind_of_number);
        let kind = if same { whole() } else { earlier.kind_of(found) };
        Ok((From::Output(place, found), kind))
    }

    fn aligned_type(
        &self,
        i: usize,
        source: &Source,
        input: &Input,
        binding: &Binding,
    ) -> Result<Type, String> {
        match source {
            Source::Target(metric) => {
                let Some(targets) = &self.schema.targets else {
                    if self.schema.people.is_some() {
                        return Err(format!(
                            "there are no targets for `{metric}`; import them: attain target import FILE --period {}",
                            self.period
                        ));
                    }
                    return Ok(input.kind());
                };
                let found = targets.iter().find(|(name, _)| name == metric && name != "participant");
                found.map(|(_, kind)| *kind).ok_or_else(|| {
                    let metrics =
                        targets.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "participant");
                    format!("there is no target for metric `{metric}`{}", hint(metric, metrics))
                })
            }
            Source::Carry(output) => {
                let found = binding.outputs.iter().find(|o| &o.name == output);
                found.map(Output::kind_of_number).ok_or_else(|| {
                    let names = binding.outputs.iter().map(|o| o.name.as_str());
                    format!("this step gives no `{output}` to carry{}", hint(output, names))
                })
            }
            Source::History { reach, of } => {
                let whole = matches!(reach, Reach::YearToDate | Reach::YearBefore);
                if whole && !self.plan.period.nests_in_year() {
                    return Err(format!("`{source}`: weeks don't nest in a year; use `trailing(.., n)`"));
                }
                let kind = self.past_type(i, of, *reach, input, binding)?;
                if reach.is_sum() && !kind.unit.is_additive() {
                    return Err(format!(
                        "`{source}`: {} doesn't add up over periods; name the parts it is made of",
                        kind.unit
                    ));
                }
                Ok(kind)
            }
            Source::RollUp { of, by, .. } => {
                let by_kind = self.belonging(by)?;
                if by_kind.unit != Unit::Text {
                    return Err(format!("`{by}` is {by_kind}, expected a column of participants"));
                }
                let kind = match of.as_ref() {
                    Source::Column(name) => self.column_type(name, input.kind())?,
                    Source::Output { step, output } => self.output(i, None, step, output)?.1,
                    other => return Err(format!("`{other}` can't be added up")),
                };
                if !kind.unit.is_additive() {
                    return Err(format!("`{source}`: {} doesn't add up over people", kind.unit));
                }
                Ok(kind)
            }
            _ => Ok(input.kind()),
        }
    }

    /// The column that says whom people belong to: of people, or else of `memberships`.
    fn belonging(&self, by: &str) -> Result<Type, String> {
        let Some(people) = &self.schema.people else { return Ok(Type::TEXT) };
        let memberships = self.schema.others.get("memberships").map(Vec::as_slice).unwrap_or_default();
        let found = people.iter().chain(memberships).find(|(column, _)| column == by).map(|(_, kind)| *kind);
        found.ok_or_else(|| {
            let names = people.iter().chain(memberships).map(|(column, _)| column.as_str());
            let hint = hint(by, names.filter(|column| !column.starts_with('#')));
            format!("neither `people` nor a table `memberships` has a column `{by}`{hint}")
        })
    }

    fn past_type(
        &self,
        i: usize,
        of: &Source,
        reach: Reach,
        input: &Input,
        binding: &Binding,
    ) -> Result<Type, String> {
        let reads_now = matches!(reach, Reach::YearToDate | Reach::Trailing(_));
        match of {
            Source::Column(name) => self.column_type(name, input.kind()),
            Source::Target(_) => self.aligned_type(i, of, input, binding),
            Source::Output { step, output } => {
                let own = self.plan.steps.get(i).is_some_and(|s| &s.name == step);
                if own && !reads_now {
                    let found = binding.outputs.iter().find(|o| &o.name == output);
                    return found
                        .map(Output::kind_of_number)
                        .ok_or_else(|| format!("step `{step}` gives no `{output}`"));
                }
                if own {
                    return Err(format!(
                        "`{step}.{output}` of this period isn't known while it is computed; use `ytd_before(..)` or `prior(.., n)`"
                    ));
                }
                self.output(i, None, step, output).map(|(_, kind)| kind)
            }
            other => Err(format!("history is of a column, a target or a step's output, not of `{other}`")),
        }
    }
}

fn fits(source: &Source, kind: Type, input: &Input) -> Result<(), String> {
    if kind.unit != input.unit {
        return Err(format!("`{source}` is {kind}, and input `{}` asks for {}", input.name, input.kind()));
    }
    if kind.decimals > input.decimals {
        return Err(format!(
            "`{source}` has {} decimals and input `{}` takes {}; digits would be lost",
            kind.decimals, input.name, input.decimals
        ));
    }
    Ok(())
}

/// Whether rows of people go through a step one by one, so that they needn't all be there.
pub(crate) fn streams(step: &PreparedStep) -> bool {
    is_each(step) && step.table.is_none()
}

/// Whether a step's rows are independent.
pub(crate) fn is_each(step: &PreparedStep) -> bool {
    step.binding.grouping == Grouping::Each
}
