//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// The most honours and rights of one plan.
pub const AWARDS_MAX: usize = 16;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Honours for the best, by name; each is an output.
    honours: Option<Named<Honour>>,
    /// Rights for whoever reaches a threshold, by name; each is an output.
    rights: Option<Named<Right>>,
    /// Among whom the best are looked for.
    #[parameter(default = "company")]
    among: Among,
}

/// An honour for the best.
#[derive(Parameters)]
struct Honour {
    /// The input that decides.
    metric: String,
    /// What it counts.
    #[parameter(default = "money")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// What decides among those who are tied.
    second: Option<Second>,
    /// How many win.
    #[parameter(default = 1, min = "1")]
    winners: u32,
    /// Who doesn't reach this can't win; where less is better, who is above it.
    at_least: Option<Decimal>,
    /// What those do who are still tied for the last win.
    #[parameter(default = "shared")]
    tied: Tied,
}

/// What decides among those who are tied.
#[derive(Parameters)]
struct Second {
    /// The input that decides. Who has no value of it comes last.
    metric: String,
    /// What it counts.
    #[parameter(default = "money")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
}

/// A right for whoever reaches a threshold.
#[derive(Parameters)]
struct Right {
    /// The input that decides.
    metric: String,
    /// What it counts.
    #[parameter(default = "points")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// From where on the right is there; where less is better, up to where.
    from: Option<Decimal>,
    /// Instead of it: steps with a limit each, such as by how much a price may be moved.
    steps: Option<Vec<Step>>,
}

/// A step of a right.
#[derive(Parameters)]
struct Step {
    /// From where on it applies; where less is better, up to where.
    from: Decimal,
    /// How far the right goes.
    #[parameter(min = "0")]
    limit: Ratio,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Among {
    /// Everybody.
    Company,
    /// Those with the same input `group`.
    Group,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Tied {
    /// All of them win.
    Shared,
    /// The order of participants decides.
    ByOrder,
}

/// A metric, ready for use.
pub struct ReadyMetric {
    input: usize,
    lower_is_better: bool,
}

impl ReadyMetric {
    /// Its value.
    pub fn value(&self, cells: Cells<'_>) -> Option<Amount> {
        cells.get(self.input).map(Amount::from_units)
    }

    /// Its value, turned so that more is better.
    pub fn merit(&self, cells: Cells<'_>) -> Option<Amount> {
        self.value(cells).map(|value| self.turned(value))
    }

    /// Whether a value is no worse than a threshold.
    pub fn reaches(&self, value: Amount, threshold: Amount) -> bool {
        self.turned(value) >= self.turned(threshold)
    }

    fn turned(&self, value: Amount) -> Amount {
        if self.lower_is_better { -value } else { value }
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

/// An honour, ready for use.
pub struct ReadyHonour {
    pub metric: ReadyMetric,
    pub second: Option<ReadyMetric>,
    pub winners: usize,
    pub at_least: Option<Amount>,
    pub tied: Tied,
}

/// A right, ready for use: thresholds from worse to better, with the limit of each; none where there is no limit.
pub struct ReadyRight {
    pub metric: ReadyMetric,
    pub steps: Vec<(Amount, Option<Ratio>)>,
    pub has_limits: bool,
}

/// What the rule works with.
pub struct Plan {
    pub honours: Vec<ReadyHonour>,
    pub rights: Vec<ReadyRight>,
    /// The names of honours and rights, which are those of the outputs.
    names: Vec<String>,
    inputs: Vec<Input>,
    among: Among,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let (honours, rights) = (terms.honours.unwrap_or_default(), terms.rights.unwrap_or_default());
        let names: Vec<String> = honours.keys().chain(rights.keys()).map(str::to_owned).collect();
        if names.is_empty() || names.len() > AWARDS_MAX {
            let message = format!(
                "{} honours and rights, expected 1 to {AWARDS_MAX}; put more into a step of its own",
                names.len()
            );
            wrong.add("out-of-range", message);
        }
        check_names(&honours, &rights, wrong);
        let mut building = Building { inputs: Vec::new(), wrong };
        let honours = honours.iter().map(|(name, honour)| building.honour(name, honour)).collect();
        let rights = rights.iter().map(|(name, right)| building.right(name, right)).collect();
        Some(Plan { honours, rights, names, inputs: building.inputs, among: terms.among })
    }
}

/// An honour and a right of one name would be one output.
fn check_names(honours: &Named<Honour>, rights: &Named<Right>, wrong: &mut Wrong<'_, '_>) {
    for name in honours.keys() {
        wrong.column(format_args!("honours.{name}"), "an honour", name, &[]);
    }
    for name in rights.keys() {
        let is_name = wrong.column(format_args!("rights.{name}"), "a right", name, &[]);
        if is_name && honours.get(name).is_some() {
            let message = format!("`{name}` is an honour as well; give one of the two another name");
            wrong.at(format_args!("rights.{name}"), "same-name", message);
        }
    }
}

/// Awards being made ready, and the inputs that they read so far.
struct Building<'b, 'w, 'r> {
    inputs: Vec<Input>,
    wrong: &'b mut Wrong<'w, 'r>,
}

impl Building<'_, '_, '_> {
    fn honour(&mut self, name: &str, honour: &Honour) -> ReadyHonour {
        let at = format!("honours.{name}");
        let metric = self.metric(&honour.metric, honour.unit, honour.better, format!("{at}.metric"));
        let second = honour.second.as_ref().map(|second| {
            let at = format!("{at}.second.metric");
            if second.metric == honour.metric {
                let message = format!("`{}` can't break its own ties; name another input", second.metric);
                self.wrong.at(&at, "same-input", message);
            }
            self.metric(&second.metric, second.unit, second.better, at)
        });
        let least = honour.at_least.map(|least| self.amount(least, honour.unit, format!("{at}.at_least")));
        let winners = usize::try_from(honour.winners).unwrap_or(usize::MAX);
        ReadyHonour { metric, second, winners, at_least: least, tied: honour.tied }
    }

    fn right(&mut self, name: &str, right: &Right) -> ReadyRight {
        let at = format!("rights.{name}");
        let metric = self.metric(&right.metric, right.unit, right.better, format!("{at}.metric"));
        let steps = match (right.from, &right.steps) {
            (Some(from), None) => vec![(self.amount(from, right.unit, format!("{at}.from")), None)],
            (None, Some(steps)) => self.steps(steps, right, &metric, &at),
            _ => {
                let message = "a right has `from` or `steps`, one of the two".to_owned();
                self.wrong.at(at, "from-or-steps", message);
                Vec::new()
            }
        };
        ReadyRight { metric, steps, has_limits: right.steps.is_some() }
    }

    /// Steps, each better than the one before.
    fn steps(
        &mut self,
        steps: &[Step],
        right: &Right,
        metric: &ReadyMetric,
        at: &str,
    ) -> Vec<(Amount, Option<Ratio>)> {
        if steps.is_empty() {
            let message = "there is no step, expected at least one".to_owned();
            self.wrong.at(format_args!("{at}.steps"), "no-steps", message);
        }
        let mut ready: Vec<(Amount, Option<Ratio>)> = Vec::with_capacity(steps.len());
        for (i, step) in steps.iter().enumerate() {
            let at = format!("{at}.steps[{i}].from");
            let from = self.amount(step.from, right.unit, at.clone());
            if let Some((before, _)) = ready.last()
                && metric.reaches(*before, from)
            {
                let message = format!("`{}` is no better than the step before", step.from);
                self.wrong.at(at, "not-rising", message);
            }
            ready.push((from, Some(step.limit)));
        }
        ready
    }

    /// A metric and its input; awards may share one.
    fn metric(&mut self, name: &str, kind: Kind, better: Better, at: String) -> ReadyMetric {
        self.wrong.column(&at, "a metric", name, &["eligible", "group"]);
        let known = self.inputs.iter().position(|input| input.name == name);
        let input = known.unwrap_or(self.inputs.len());
        match self.inputs.get(input) {
            Some(other) if other.kind != kind => {
                let message =
                    format!("`{name}` has another unit elsewhere; give it the same `unit` each time");
                self.wrong.at(&at, "units-differ", message);
            }
            Some(_) => {}
            None => self.inputs.push(Input {
                name: name.to_owned(),
                kind,
                need: Need::Required,
                doc: "What an award looks at.".to_owned(),
            }),
        }
        ReadyMetric { input, lower_is_better: better == Better::Lower }
    }

    fn amount(&mut self, decimal: Decimal, kind: Kind, at: String) -> Amount {
        self.wrong.amount(at, decimal, kind)
    }
}

impl Plan {
    /// An output for each honour and each right.
    pub fn outputs(&self) -> Vec<Output> {
        let limits = self.rights.iter().map(|right| right.has_limits);
        let has_limits = self.honours.iter().map(|_| false).chain(limits);
        let output = |(name, has_limits): (&String, bool)| match has_limits {
            true => {
                let doc = "How far the right goes; 0 where there is none.";
                Output::new(name, Kind::new(Unit::Ratio, 4), Role::Award, doc)
            }
            false => Output::new(name, Kind::new(Unit::Flag, 0), Role::Award, "Whether somebody has it."),
        };
        self.names.iter().zip(has_limits).map(output).collect()
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn group(&self) -> Need {
        Need::if_so(self.among == Among::Group)
    }

    pub fn grouping(&self) -> Grouping {
        match self.among {
            Among::Company => Grouping::All,
            Among::Group => Grouping::By(vec!["group".to_owned()]),
        }
    }
}
