//! Snapshots: the figures of a company for a period, revision by revision.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key, under};
use attain_calc::ids::{SALT_COLUMNS, Salts};
use attain_ingest::{Frame, Limits, Mapping, Metrics, Schema};
use attain_model::company::is_column_name;
use attain_model::nearest::hint;
use attain_model::record::SnapshotRecord;
use attain_model::{Column, Data, Digest, Period, Table, TextColumn, Type, Unit};
use attain_store::{Batch, Kind, Space, TableReader, TableRef, TableWriter};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// A file that somebody sent.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its name, as messages say it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file to import into a table of a period.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The file.
    pub file: SourceFile,
    /// The period.
    pub period: String,
    /// The table.
    pub table: String,
    /// The mapping file, where there is one.
    pub mapping: Option<SourceFile>,
}

/// A snapshot as kept: its record, and where its tables are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    pub record: SnapshotRecord,
    pub tables: BTreeMap<String, TableRef>,
}

/// Rows that are read and written at once.
const PIECE: usize = 65_536;

/// The salts of everybody the company ever named.
const REGISTER: &str = "participants";

pub(crate) fn all_stored(space: &Space) -> Result<Vec<Stored>, ServiceError> {
    keep::all(space, under(Kind::Snapshot, &[b"revision".as_slice()]))
}

pub(crate) fn register(space: &Space) -> Result<Option<TableRef>, ServiceError> {
    keep::read(space, &key(Kind::Register, &[REGISTER]))
}

fn revision_key(period: Period, revision: u32) -> attain_store::Key {
    key(Kind::Snapshot, &[b"revision".as_slice(), period.to_string().as_bytes(), &revision.to_be_bytes()])
}

pub(crate) fn latest(space: &Space, period: Period) -> Result<Option<Stored>, ServiceError> {
    let scan =
        under(Kind::Snapshot, &[b"revision".as_slice(), period.to_string().as_bytes()]).backward().limit(1);
    space.each(scan).next().transpose()?.map(|(key, bytes)| keep::parse(space, &key, &bytes)).transpose()
}

/// Which revision a snapshot's digest is.
#[derive(Serialize, Deserialize)]
struct Place {
    period: Period,
    revision: u32,
}

pub(crate) fn by_id(space: &Space, id: &Digest) -> Result<Option<Stored>, ServiceError> {
    let place: Option<Place> = keep::read(space, &key(Kind::Snapshot, &[b"id".as_slice(), &id.0]))?;
    match place {
        None => Ok(None),
        Some(place) => keep::read(space, &revision_key(place.period, place.revision)),
    }
}

impl Service {
    /// Reads a file into a table of a period's snapshot: a new revision that shares the other tables.
    ///
    /// The same figures again, in whatever order of rows, are the revision that is there already.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Import`] with every problem's file, row, column and value; then nothing is kept.
    pub fn import_snapshot(
        &self,
        caller: &Caller,
        request: &ImportRequest,
    ) -> Result<SnapshotRecord, ServiceError> {
        let company = self.company(caller)?;
        let period = Period::parse(&request.period)?;
        if !is_column_name(&request.table) {
            let shape = attain_model::company::COLUMN_SHAPE;
            return Err(ServiceError::invalid(
                "table",
                format!("`{}` is not a table's name, expected {shape}", request.table),
            ));
        }
        if request.table == "targets" {
            return Err(ServiceError::invalid(
                "table",
                "targets have a way in of their own: attain target import FILE --period P",
            ));
        }
        let mapping = request.mapping.as_ref().map(read_mapping).transpose()?;
        let space = self.space(caller);
        let before = latest(&space, period)?;
        let known = before.iter().filter_map(|stored| stored.tables.get(&request.table)).flat_map(types_of);
        let schema = Schema::table(&request.table, Some(company.currency)).with_known(known);
        let table = attain_ingest::import(
            &request.file.name,
            request.file.bytes.clone(),
            mapping.as_ref(),
            &schema,
            &Limits::default(),
        )?;
        self.store_tables(caller, period, "import-snapshot", vec![table])
    }

    /// Reads quotas (`participant, metric, target`) into a period's snapshot.
    pub fn import_targets(
        &self,
        caller: &Caller,
        request: &ImportRequest,
    ) -> Result<SnapshotRecord, ServiceError> {
        let company = self.company(caller)?;
        let period = Period::parse(&request.period)?;
        let mapping = request.mapping.as_ref().map(read_mapping).transpose()?;
        let space = self.space(caller);
        let before = latest(&space, period)?;
        let people = before.as_ref().and_then(|stored| stored.tables.get("people"));
        let types =
            people.into_iter().flat_map(types_of).filter(|(_, kind)| kind.unit != Unit::Text).collect();
        // Before a period has people, a quota may be anybody's.
        let participants = people.map(|_| Salter::open(&space)).transpose()?.map(Salter::into_ids);
        let metrics = Metrics { types, currency: Some(company.currency), participants };
        let table = attain_ingest::import_targets(
            &request.file.name,
            request.file.bytes.clone(),
            mapping.as_ref(),
            &metrics,
            &Limits::default(),
        )?;
        self.store_tables(caller, period, "import-targets", vec![table])
    }

    /// Makes tables from raw exports by the SQL of a recipe.
    ///
    /// `files` are what the recipe's sources name; a file that wasn't sent is an error with its name.
    pub fn build_snapshot(
        &self,
        caller: &Caller,
        recipe: &SourceFile,
        files: &[SourceFile],
        period: &str,
    ) -> Result<SnapshotRecord, ServiceError> {
        let company = self.company(caller)?;
        let period = Period::parse(period)?;
        let span = period.span(Service::calendar(&company));
        let text = std::str::from_utf8(&recipe.bytes).map_err(|error| {
            ServiceError::invalid(
                &recipe.name,
                format!("is not UTF-8 at byte {}; save it as UTF-8", error.valid_up_to()),
            )
        })?;
        let recipe_read = attain_ingest::Recipe::parse(&recipe.name, text)?;
        let sent: BTreeMap<String, Bytes> =
            files.iter().map(|file| (file.name.clone(), Bytes::from(file.bytes.clone()))).collect();
        let frame = Frame { span, currency: Some(company.currency) };
        let tables = attain_ingest::build(&recipe_read, &sent, frame, &Limits::default())?;
        self.store_tables(caller, period, "build-snapshot", tables)
    }

    /// Keeps tables as a new revision of a period's snapshot.
    pub fn store_tables(
        &self,
        caller: &Caller,
        period: Period,
        action: &str,
        tables: Vec<Table>,
    ) -> Result<SnapshotRecord, ServiceError> {
        let company = self.company(caller)?;
        self.room(caller)?;
        let most = self.limits_of(&company.id)?.table_rows;
        for table in &tables {
            if table.rows as u64 > most {
                return Err(ServiceError::invalid(
                    format!("table `{}`", table.name),
                    format!(
                        "has {} rows, at most {most} are allowed; ask the operator for more (`table-rows`)",
                        table.rows
                    ),
                ));
            }
        }
        self.writing(caller, || {
            let space = self.space(caller);
            let before = latest(&space, period)?;
            let span = period.span(Service::calendar(&company));
            let mut salter = Salter::open(&space)?;
            let mut records = before.as_ref().map(|stored| stored.record.tables.clone()).unwrap_or_default();
            let mut refs = before.as_ref().map(|stored| stored.tables.clone()).unwrap_or_default();
            for table in tables {
                let salts = salter.salts_of(&table)?;
                let record = attain_calc::outcome::record_of(&table, &salts);
                if records.get(&table.name).is_none_or(|known| known.digest() != record.digest()) {
                    refs.insert(table.name.clone(), write_table(&space, &table, &salts)?);
                    records.insert(table.name, record);
                }
            }
            let id = SnapshotRecord::id_of(period, span, &records);
            if let Some(before) = before.as_ref().filter(|before| before.record.id == id) {
                return Ok(before.record.clone());
            }
            let revision = before.map_or(1, |before| before.record.revision + 1);
            let record = SnapshotRecord {
                format: 1,
                id,
                period,
                span,
                revision,
                made_at: keep::now(),
                tables: records,
            };
            let stored = Stored { record: record.clone(), tables: refs };
            let place = Place { period, revision };
            let mut batch = Batch::new()
                .require_absent(revision_key(period, revision))
                .put(revision_key(period, revision), keep::body(&space, &stored)?)
                .put(key(Kind::Snapshot, &[b"id".as_slice(), &id.0]), keep::body(&space, &place)?);
            if let Some(register) = salter.write(&space)? {
                batch = batch.put(key(Kind::Register, &[REGISTER]), keep::body(&space, &register)?);
            }
            keep::commit(
                &space,
                &caller.actor,
                action,
                &format!("{period} revision {revision}"),
                &id,
                batch,
            )?;
            Ok(record)
        })
    }

    /// All snapshots, by period and revision.
    pub fn snapshots(&self, caller: &Caller) -> Result<Vec<SnapshotRecord>, ServiceError> {
        self.company(caller)?;
        Ok(all_stored(&self.space(caller))?.into_iter().map(|stored| stored.record).collect())
    }

    /// A snapshot: the latest revision of a period, a revision (`2017-Q1#2`), or one by its digest.
    pub fn snapshot(&self, caller: &Caller, reference: &str) -> Result<SnapshotRecord, ServiceError> {
        self.company(caller)?;
        self.find_snapshot(&self.space(caller), reference).map(|stored| stored.record)
    }

    /// The first rows of a table of a snapshot, to look at.
    pub fn snapshot_rows(
        &self,
        caller: &Caller,
        reference: &str,
        table: &str,
        rows: usize,
    ) -> Result<Table, ServiceError> {
        self.company(caller)?;
        let space = self.space(caller);
        let stored = self.find_snapshot(&space, reference)?;
        let found = stored.tables.get(table).ok_or_else(|| ServiceError::NotFound {
            what: "table",
            name: table.to_owned(),
            hint: hint(table, stored.tables.keys().map(String::as_str)),
        })?;
        let reader = TableReader::open(&space, found)?;
        let shown: Vec<usize> = (0..found.columns.len())
            .filter(|i| found.columns.get(*i).is_some_and(|c| !c.name.starts_with('#')))
            .collect();
        let rows = rows.min(reader.rows());
        let data = reader.read(&shown, 0..rows)?;
        let columns = shown.iter().filter_map(|i| found.columns.get(*i)).zip(data);
        let columns = columns
            .map(|(column, data)| Column { name: column.name.clone(), kind: column.kind, data })
            .collect();
        Ok(Table { name: table.to_owned(), rows, columns })
    }

    fn find_snapshot(&self, space: &Space, reference: &str) -> Result<Stored, ServiceError> {
        let missing = || -> Result<ServiceError, ServiceError> {
            let mut known: Vec<String> =
                all_stored(space)?.iter().map(|stored| stored.record.period.to_string()).collect();
            known.dedup();
            let hint = match known.is_empty() {
                true => "; import one: attain snapshot import FILE --period P".to_owned(),
                false => hint(reference, known.iter().map(String::as_str)),
            };
            Ok(ServiceError::NotFound { what: "snapshot", name: reference.to_owned(), hint })
        };
        let (name, revision) =
            reference.split_once('#').map_or((reference, None), |(name, revision)| (name, Some(revision)));
        let found = match (Period::parse(name), revision.map(str::parse::<u32>)) {
            (Ok(period), None) => latest(space, period)?,
            (Ok(period), Some(Ok(revision))) => keep::read(space, &revision_key(period, revision))?,
            _ => {
                let stored = all_stored(space)?.into_iter();
                let mut found = stored.filter(|stored| {
                    reference.len() >= 8 && stored.record.id.to_string().starts_with(reference)
                });
                found.next().filter(|_| found.next().is_none())
            }
        };
        match found {
            Some(stored) => Ok(stored),
            None => Err(missing()?),
        }
    }
}

fn read_mapping(file: &SourceFile) -> Result<Mapping, ServiceError> {
    let text = std::str::from_utf8(&file.bytes).map_err(|error| {
        ServiceError::invalid(
            &file.name,
            format!("is not UTF-8 at byte {}; save it as UTF-8", error.valid_up_to()),
        )
    })?;
    Ok(Mapping::parse(&file.name, text)?)
}

fn types_of(table: &TableRef) -> impl Iterator<Item = (String, Type)> {
    let shown = table.columns.iter().filter(|column| !column.name.starts_with('#'));
    shown.map(|column| (column.name.clone(), column.kind))
}

fn salt_type() -> Type {
    Type { unit: Unit::Count, decimals: 0 }
}

/// Writes a table with the salts of its rows beside the ids; nothing shows it until a record names it.
fn write_table(space: &Space, table: &Table, salts: &Salts) -> Result<TableRef, ServiceError> {
    let salted = !salts.hi.is_empty() || (table.rows == 0 && table.column("participant").is_some());
    let mut columns: Vec<(String, Type)> =
        table.columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
    if salted {
        columns.extend(SALT_COLUMNS.map(|name| (name.to_owned(), salt_type())));
    }
    let mut writer = TableWriter::new(space, &table.name, columns)?;
    let mut first = 0;
    while first < table.rows {
        let range = first..table.rows.min(first + PIECE);
        let mut pieces: Vec<Data> =
            table.columns.iter().map(|column| cut(&column.data, range.clone())).collect();
        if salted {
            for half in [&salts.hi, &salts.lo] {
                pieces.push(Data::Numbers(half.get(range.clone()).unwrap_or_default().to_vec()));
            }
        }
        writer.push(&pieces)?;
        first = range.end;
    }
    Ok(writer.finish()?)
}

fn cut(data: &Data, range: Range<usize>) -> Data {
    match data {
        Data::Numbers(numbers) => Data::Numbers(numbers.get(range).unwrap_or_default().to_vec()),
        Data::Texts(texts) => {
            let rows: Vec<usize> = range.collect();
            Data::Texts(texts.gather(&rows))
        }
    }
}

/// Gives each participant a salt, once, and keeps it in the company's register.
struct Salter {
    known: Vec<(String, i64, i64)>,
    grown: bool,
}

impl Salter {
    fn open(space: &Space) -> Result<Salter, ServiceError> {
        let mut known = Vec::new();
        if let Some(register) = register(space)? {
            let reader = TableReader::open(space, &register)?;
            let data =
                reader.read_named(&["participant", SALT_COLUMNS[0], SALT_COLUMNS[1]], 0..reader.rows())?;
            if let [Data::Texts(ids), Data::Numbers(hi), Data::Numbers(lo)] = data.as_slice() {
                let rows = ids.iter().zip(hi.iter().zip(lo));
                known = rows.map(|(id, (hi, lo))| (id.unwrap_or_default().to_owned(), *hi, *lo)).collect();
            }
        }
        Ok(Salter { known, grown: false })
    }

    /// Everybody the company ever named, sorted.
    fn into_ids(self) -> Vec<String> {
        self.known.into_iter().map(|(id, _, _)| id).collect()
    }

    fn salts_of(&mut self, table: &Table) -> Result<Salts, ServiceError> {
        let Some(ids) = table.column("participant").and_then(Column::texts) else {
            return Ok(Salts::default());
        };
        let unknown =
            |id: &&String| self.known.binary_search_by(|(known, _, _)| known.as_str().cmp(id)).is_err();
        let new: Vec<String> = ids.dictionary.iter().filter(unknown).cloned().collect();
        if !new.is_empty() {
            let mut random = vec![0u8; new.len() * 16];
            getrandom::fill(&mut random).map_err(|error| {
                ServiceError::Damaged(format!("the machine gives no randomness: {error}"))
            })?;
            let halves = random
                .chunks_exact(8)
                .map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap_or_default()) & i64::MAX);
            let halves: Vec<i64> = halves.collect();
            let salted = new.into_iter().zip(halves.chunks_exact(2));
            self.known.extend(salted.map(|(id, pair)| {
                (id, pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0))
            }));
            self.known.sort();
            self.grown = true;
        }
        let of_code: Vec<(i64, i64)> = (ids.dictionary.iter())
            .map(|id| {
                let place = self.known.binary_search_by(|(known, _, _)| known.as_str().cmp(id)).ok();
                place.and_then(|place| self.known.get(place)).map_or((0, 0), |(_, hi, lo)| (*hi, *lo))
            })
            .collect();
        let of_row = ids.codes.iter().map(|code| of_code.get(*code as usize).copied().unwrap_or((0, 0)));
        let (hi, lo) = of_row.unzip();
        Ok(Salts { hi, lo })
    }

    /// Writes the register anew when somebody was added.
    fn write(self, space: &Space) -> Result<Option<TableRef>, ServiceError> {
        if !self.grown {
            return Ok(None);
        }
        let ids = TextColumn::from_rows(self.known.iter().map(|(id, _, _)| Some(id.as_str())));
        let column = Column { name: "participant".to_owned(), kind: Type::TEXT, data: Data::Texts(ids) };
        let table = Table { name: REGISTER.to_owned(), rows: self.known.len(), columns: vec![column] };
        let (hi, lo) = self.known.iter().map(|(_, hi, lo)| (*hi, *lo)).unzip();
        write_table(space, &table, &Salts { hi, lo }).map(Some)
    }
}

/// All revisions of a company, for those who look for the columns there are.
pub(crate) fn newest_of(
    space: &Space,
    wanted: impl Fn(&Stored) -> bool,
) -> Result<Option<Stored>, ServiceError> {
    Ok(keep::all::<Stored>(space, under(Kind::Snapshot, &[b"revision".as_slice()]).backward())?
        .into_iter()
        .find(|stored| wanted(stored)))
}
