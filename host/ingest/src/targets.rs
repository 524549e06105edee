//! Quotas: a row says who, for which metric, how much.
//!
//! In: a file with the columns `participant`, `metric` and `target`. Out: the table `targets`, with a row a
//! participant and a column a metric, typed as the metric itself, which is what `target.<metric>` binds to.

use crate::builder::Rows;
use crate::cell::{Blank, Cell, Reading};
use crate::error::{Collector, ImportError, Place};
use crate::header::{Expectation, Planned, Untyped, normal_name, plan_columns};
use crate::kind::kind_of;
use crate::limits::Limits;
use crate::read::read_rows;
use crate::schema::Schema;
use crate::settings::mapping::Mapping;
use attain_model::company::normal_id;
use attain_model::nearest::{hint, nearest};
use attain_model::number::NO_VALUE;
use attain_model::{Column, Currency, Data, Table, TextColumn, Type, Unit};
use bytes::Bytes;
use std::collections::BTreeMap;

/// What is known when targets are imported.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Types of the metrics, such as those of the period's `people` columns.
    pub types: BTreeMap<String, Type>,
    /// What fixes the decimals of money that doesn't say its own.
    pub currency: Option<Currency>,
    /// Everybody whom figures name, sorted; none where nobody is known yet, and then anybody may have a target.
    pub participants: Option<Vec<String>>,
}

impl Metrics {
    /// Why nobody of this name may have a target; none when somebody may.
    fn refuse(&self, participant: &str) -> Option<String> {
        let known = self.participants.as_ref()?;
        if known.binary_search_by(|known| known.as_str().cmp(participant)).is_ok() {
            return None;
        }
        // Among very many, a near name says little and takes long to find.
        let near =
            (known.len() <= 10_000).then(|| nearest(participant, known.iter().map(String::as_str))).flatten();
        let advice = near.map_or_else(
            || "; import them with `people` first, or remove the row".to_owned(),
            |near| format!("; did you mean `{near}`?"),
        );
        Some(format!("is nobody in the figures{advice}"))
    }
}

/// Reads targets. A metric's type is that of [`Metrics::types`]; for others the header says it
/// (`target:money:2`), or the mapping.
///
/// # Errors
/// Everything that is wrong, up to a limit; then nothing is returned.
///
/// ```
/// use attain_ingest::{Limits, Metrics, import_targets};
/// let csv = "participant,metric,target:money:2\nBo,revenue,200\nAnna,revenue,100.5\nAnna,upsell,7\n";
/// let table = import_targets("quota.csv", csv, None, &Metrics::default(), &Limits::default()).unwrap();
/// assert_eq!(table.column("revenue").unwrap().numbers(), Some([10_050, 20_000].as_slice()));
/// assert_eq!(table.column("upsell").unwrap().numbers(), Some([700, i64::MIN].as_slice()));
/// ```
pub fn import_targets(
    file: &str,
    bytes: impl Into<Bytes>,
    mapping: Option<&Mapping>,
    metrics: &Metrics,
    limits: &Limits,
) -> Result<Table, ImportError> {
    let bytes = bytes.into();
    if bytes.len() > limits.file_bytes {
        let what = format!("has {} bytes, expected at most {}; split it", bytes.len(), limits.file_bytes);
        return Err(ImportError::too_large(file, what));
    }
    let no_mapping = Mapping::default();
    let schema = Schema {
        required: COLUMNS.map(str::to_owned).to_vec(),
        ..Schema::table("targets", metrics.currency)
    };
    let mapping = mapping.unwrap_or(&no_mapping);
    let expect = Expectation { file, schema: &schema, mapping, limits, untyped: Untyped::Recognised };
    let mut targets = Targets {
        expect,
        metrics,
        columns: Vec::new(),
        cells: BTreeMap::new(),
        readings: BTreeMap::new(),
        problems: Collector::new(file, None, limits.problems),
    };
    read_rows(kind_of(file, &bytes)?, &bytes, expect, &mut targets)?;
    targets.finish()
}

const COLUMNS: [&str; 3] = ["participant", "metric", "target"];

struct Targets<'a> {
    expect: Expectation<'a>,
    metrics: &'a Metrics,
    columns: Vec<Option<Planned>>,
    /// The target and its row, by participant and metric.
    cells: BTreeMap<(String, String), (i64, u64)>,
    readings: BTreeMap<String, Reading>,
    problems: Collector,
}

impl Rows for Targets<'_> {
    fn header(&mut self, row: Option<u64>, names: &[String]) -> Result<(), ImportError> {
        let named = names.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |last| last + 1);
        self.columns =
            plan_columns(self.expect, row, names.get(..named).unwrap_or(names), &mut self.problems)?;
        for column in self.columns.iter().flatten().filter(|column| !COLUMNS.contains(&column.name.as_str()))
        {
            self.problems.add(Place { row, column: None }, Some(&column.source), || {
                "is no column of targets, expected `participant`, `metric` and `target`; remove it, or ignore it in the mapping".to_owned()
            });
        }
        if self.problems.is_empty() { Ok(()) } else { Err(ImportError::Rows(self.take_problems())) }
    }

    fn row(&mut self, row: u64, cells: &[Cell<'_>]) -> Result<(), ImportError> {
        if cells.iter().all(|cell| cell.shown().trim().is_empty()) {
            return Ok(());
        }
        let most = self.expect.limits.rows;
        if self.cells.len() >= most {
            return Err(ImportError::too_large(
                self.expect.file,
                format!("has more than {most} rows; split it"),
            ));
        }
        if cells.iter().skip(self.columns.len()).any(|cell| !cell.shown().trim().is_empty()) {
            let width = self.columns.len();
            self.problems.add(Place { row: Some(row), column: None }, None, || {
                format!("has {} cells, expected {width} as in the header; a cell that holds the delimiter needs quotes", cells.len())
            });
            return Ok(());
        }
        let place = |column| Place { row: Some(row), column: Some(column) };
        let (participant, metric) = (self.text(cells, "participant"), self.text(cells, "metric"));
        let Some(participant_id) = normal_id(&participant) else {
            self.problems.add(place("participant"), Some(&participant), || {
                "can't name a participant, expected 1 to 200 bytes without line ends".to_owned()
            });
            return Ok(());
        };
        if let Some(what) = self.metrics.refuse(&participant_id) {
            self.problems.add(place("participant"), Some(&participant), || what);
            return Ok(());
        }
        let Some(metric_name) = normal_name(&metric) else {
            self.problems.add(place("metric"), Some(&metric), || {
                format!(
                    "is not the name of a metric{}",
                    hint(&metric, self.metrics.types.keys().map(String::as_str))
                )
            });
            return Ok(());
        };
        let cell = self.cell(cells, "target");
        let target = self.reading(&metric_name).and_then(|reading| reading.number(&cell));
        let target = target.and_then(|target| {
            let missing = "is empty, expected the target; remove the row where there is none".to_owned();
            if target == NO_VALUE { Err(missing) } else { Ok(target) }
        });
        match target {
            Err(what) => self.problems.add(place("target"), Some(&cell.shown()), || what),
            Ok(target) => match self.cells.get(&(participant_id.clone(), metric_name.clone())) {
                None => {
                    self.cells.insert((participant_id, metric_name), (target, row));
                }
                Some((_, first)) => {
                    let first = *first;
                    self.problems.add(place("participant"), Some(&participant), || {
                        format!("with `metric` {metric_name} is already in row {first}; expected it once, remove one row or add them up")
                    });
                }
            },
        }
        Ok(())
    }

    fn problem(&mut self, row: u64, value: Option<&str>, what: &str) {
        self.problems.add(Place { row: Some(row), column: None }, value, || what.to_owned());
    }
}

impl Targets<'_> {
    fn planned(&self, name: &str) -> Option<(usize, &Planned)> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter_map(|(i, column)| column.as_ref().map(|c| (i, c)))
            .find(|(_, column)| column.name == name)
    }

    fn cell<'c>(&self, cells: &[Cell<'c>], name: &str) -> Cell<'c> {
        let cell = self.planned(name).and_then(|(index, _)| cells.get(index)).cloned().unwrap_or(Cell::Empty);
        let empty = match &cell {
            Cell::Text(text) => {
                let text = text.trim();
                text.is_empty() || self.expect.mapping.empty.iter().any(|empty| empty.trim() == text)
            }
            _ => false,
        };
        if empty { Cell::Empty } else { cell }
    }

    fn text(&self, cells: &[Cell<'_>], name: &str) -> String {
        match self.cell(cells, name) {
            Cell::Text(text) => text.trim().to_owned(),
            other => other.shown(),
        }
    }

    /// How the targets of a metric are read.
    fn reading(&mut self, metric: &str) -> Result<Reading, String> {
        if let Some(reading) = self.readings.get(metric) {
            return Ok(reading.clone());
        }
        let planned = self.planned("target").map(|(_, planned)| planned);
        let declared = planned.and_then(|planned| planned.kind);
        let kind = match (self.metrics.types.get(metric).copied(), declared) {
            (Some(known), Some(declared)) if known.unit != declared.unit => {
                return Err(format!(
                    "is declared as {}, but the metric `{metric}` is {}; declare `target` as the metric is",
                    declared.unit, known.unit
                ));
            }
            (Some(known), _) => known,
            (None, Some(declared)) => declared,
            (None, None) => {
                let near = hint(metric, self.metrics.types.keys().map(String::as_str));
                return Err(format!(
                    "has no unit, because no metric `{metric}` is known; if it is new, write the header as `target:money:2`{near}"
                ));
            }
        };
        if matches!(kind.unit, Unit::Text | Unit::Date | Unit::Label) {
            return Err(format!(
                "can't be a target, because `{metric}` is {}; expected a metric that is a number",
                kind.unit
            ));
        }
        let spec = planned.map(|planned| planned.spec.clone()).unwrap_or_default();
        let number = spec.number.or_else(|| self.expect.mapping.number.clone());
        let blank = Blank::Refused;
        let reading = Reading { kind, number, date: None, settings: Some("mapping"), blank };
        self.readings.insert(metric.to_owned(), reading.clone());
        Ok(reading)
    }

    fn take_problems(&mut self) -> crate::error::Problems {
        let none = Collector::new(self.expect.file, None, 0);
        std::mem::replace(&mut self.problems, none).into_problems()
    }

    fn finish(mut self) -> Result<Table, ImportError> {
        if !self.problems.is_empty() {
            return Err(ImportError::Rows(self.take_problems()));
        }
        if self.cells.is_empty() {
            return Err(ImportError::file(
                self.expect.file,
                "has no target, expected at least one below the header",
            ));
        }
        // Sorted by participant and then by metric, as the map is.
        let mut rows: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
        for ((participant, metric), (target, _)) in &self.cells {
            rows.entry(participant).or_default().insert(metric, *target);
        }
        let participants = TextColumn::from_rows(rows.keys().map(|participant| Some(*participant)));
        let mut columns = vec![Column {
            name: "participant".to_owned(),
            kind: Type::TEXT,
            data: Data::Texts(participants),
        }];
        for (metric, reading) in &self.readings {
            let targets =
                rows.values().map(|row| row.get(metric.as_str()).copied().unwrap_or(NO_VALUE)).collect();
            columns.push(Column { name: metric.clone(), kind: reading.kind, data: Data::Numbers(targets) });
        }
        Ok(Table { name: "targets".to_owned(), rows: rows.len(), columns })
    }
}
