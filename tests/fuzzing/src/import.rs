//! Files of figures: any bytes are a canonical table or a list of what is wrong.
//!
//! An input is the kind of file, the text of a mapping up to a zero byte, and the file. A workbook may also be made
//! here around the XML of its sheet, which a change of its packed bytes would hardly reach.

use crate::canonical;
use crate::parts::Parts;
use crate::{Plant, Taken};
use attain_demo::write_csv;
use attain_ingest::{ExportError, Format, ImportError, Limits, Mapping, Metrics, Schema, export};
use attain_ingest::{import, import_targets};
use attain_model::{Currency, Table, Type, Unit};
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;

/// The longest that a file of this size may take, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const CSV: u8 = 0;
pub(crate) const XLSX: u8 = 1;
pub(crate) const PARQUET: u8 = 2;
pub(crate) const SHEET: u8 = 3;
pub(crate) const TARGETS: u8 = 4;

fn limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        unpacked_bytes: 8 << 20,
        rows: 5_000,
        cells: 50_000,
        columns: 200,
        problems: 20,
        ..Limits::default()
    }
}

pub(crate) fn check(input: &[u8], plant: Plant) -> Taken {
    let mut parts = Parts::new(input);
    let kind = parts.byte() % 5;
    let settings = String::from_utf8_lossy(parts.until_zero());
    let mapping = match Mapping::parse("map.toml", &settings) {
        Ok(mapping) => mapping,
        Err(error) => {
            well_told(&error);
            return Taken::Yes;
        }
    };
    let (name, bytes) = match kind {
        CSV => ("people.csv", parts.rest().to_vec()),
        XLSX => ("people.xlsx", parts.rest().to_vec()),
        PARQUET => ("people.parquet", parts.rest().to_vec()),
        SHEET => ("people.xlsx", workbook(parts.rest())),
        _ => ("targets.csv", parts.rest().to_vec()),
    };
    let began = Instant::now();
    let read = |bytes: &[u8]| {
        if kind == TARGETS {
            import_targets(name, bytes.to_vec(), Some(&mapping), &metrics(), &limits())
        } else {
            import(name, bytes.to_vec(), Some(&mapping), &people(), &limits())
        }
    };
    // What is planted forgets the file at the second look.
    let again: &[u8] = if plant.spoils(input) { &[] } else { &bytes };
    match (read(&bytes), read(again)) {
        (Ok(table), Ok(again)) => {
            assert_eq!(table, again, "the same file, two tables");
            canonical::check(&table);
            if kind != TARGETS {
                comes_back(&table);
            }
        }
        (Err(one), Err(other)) => {
            well_told(&one);
            assert_eq!(one.to_string(), other.to_string());
        }
        (one, other) => panic!("the same file, two answers: {one:?} {other:?}"),
    }
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    Taken::Yes
}

fn people() -> Schema {
    Schema::table("people", Currency::parse("USD").ok())
}

fn metrics() -> Metrics {
    let money = Type { unit: Unit::Money, decimals: 2 };
    Metrics { types: BTreeMap::from([("revenue".to_owned(), money)]), currency: None, participants: None }
}

/// A refusal has a code and is told in bounded words.
fn well_told(error: &ImportError) {
    assert!(!error.code().is_empty());
    let length = error.to_string().len();
    assert!(length <= 256 << 10, "{length} bytes of message");
}

/// The table as a file and read again is the same table, in whatever order its rows stand in the file.
fn comes_back(table: &Table) {
    let backwards: Vec<usize> = (0..table.rows).rev().collect();
    for rows in [table.clone(), table.gather(&backwards)] {
        let mut csv = Vec::new();
        write_csv([rows], &mut csv).expect("a vector takes all");
        let read = import("again.csv", csv.clone(), None, &people(), &Limits::default());
        match read {
            Ok(again) => {
                assert_eq!(
                    canonical::digests(&again),
                    canonical::digests(table),
                    "{}",
                    String::from_utf8_lossy(&csv)
                );
            }
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&csv)),
        }
    }
    for format in [Format::Json, Format::Parquet] {
        match export(table, format, Vec::new()) {
            Ok(bytes) => assert!(!bytes.is_empty()),
            Err(ExportError::TooManyDigits { .. }) => assert_eq!(format, Format::Parquet),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A workbook of one sheet, packed without compression.
pub(crate) fn workbook(sheet: &[u8]) -> Vec<u8> {
    const PARTS: [(&str, &str); 4] = [
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="people" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let parts = PARTS.map(|(name, text)| (name, text.as_bytes()));
    for (name, bytes) in parts.into_iter().chain([("xl/worksheets/sheet1.xml", sheet)]) {
        zip.start_file(name, stored).expect("a vector takes all");
        zip.write_all(bytes).expect("a vector takes all");
    }
    zip.finish().expect("a vector takes all").into_inner()
}
