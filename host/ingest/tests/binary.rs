//! Workbooks and Parquet files in and out.

#![expect(clippy::unwrap_used, reason = "a test that fails is a test that panics")]

use attain_ingest::{ExportError, Exporter, Format, Layout, Limits, Mapping, Schema, export, import};
use attain_model::{Column, Data, NO_VALUE, Table, TextColumn, Type, Unit};
use bytes::Bytes;
use calamine::{Data as Cell, Reader, Xlsx};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type as SchemaType;
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook};
use std::io::{Cursor, Write};
use std::sync::Arc;

fn read(file: &str, bytes: Vec<u8>, mapping: &str) -> Result<Table, String> {
    let mapping = Mapping::parse("map.toml", mapping).unwrap();
    import(file, bytes, Some(&mapping), &Schema::table("deals", None), &Limits::default())
        .map_err(|e| e.to_string())
}

fn kind(unit: Unit, decimals: u8) -> Type {
    Type::new(unit, decimals).unwrap()
}

fn numbers(name: &str, kind: Type, values: &[i64]) -> Column {
    Column { name: name.to_owned(), kind, data: Data::Numbers(values.to_vec()) }
}

/// Every unit, missing values, and a text that a spreadsheet would run.
fn table() -> Table {
    let names = TextColumn::from_rows([Some("=1+1"), Some("Bo, \"B\""), Some("张伟")]);
    Table {
        name: "payout".to_owned(),
        rows: 3,
        columns: vec![
            Column { name: "participant".to_owned(), kind: Type::TEXT, data: Data::Texts(names) },
            numbers("pay", kind(Unit::Money, 2), &[-1_234_567, NO_VALUE, 5]),
            numbers("rate", kind(Unit::Ratio, 4), &[7_143, 10_000, -1]),
            numbers("visits", kind(Unit::Count, 0), &[0, 12, NO_VALUE]),
            numbers("hired", kind(Unit::Date, 0), &[17_226, NO_VALUE, 0]),
            numbers("active", kind(Unit::Flag, 0), &[1, 0, NO_VALUE]),
        ],
    }
}

fn known(table: &Table) -> Schema {
    let types = table.columns.iter().map(|column| (column.name.clone(), column.kind));
    Schema::table(&table.name, None).with_known(types)
}

#[test]
fn csv_is_exact_and_runs_nothing() {
    let csv = String::from_utf8(export(&table(), Format::Csv, Vec::new()).unwrap()).unwrap();
    assert_eq!(
        csv,
        "participant,pay,rate,visits,hired,active\n\
         '=1+1,-12345.67,0.7143,0,2017-03-01,1\n\
         \"Bo, \"\"B\"\"\",,1.0000,12,,0\n\
         张伟,0.05,-0.0001,,1970-01-01,\n"
    );
}

#[test]
fn json_keeps_every_digit() {
    let json = String::from_utf8(export(&table(), Format::Json, Vec::new()).unwrap()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        value["columns"][1],
        serde_json::json!({"name": "pay", "title": "pay", "unit": "money", "decimals": 2})
    );
    assert_eq!(
        value["rows"][0],
        serde_json::json!({"participant": "=1+1", "pay": "-12345.67", "rate": "0.7143", "visits": "0", "hired": "2017-03-01", "active": true})
    );
    assert_eq!(
        value["rows"][1],
        serde_json::json!({"participant": "Bo, \"B\"", "pay": null, "rate": "1.0000", "visits": "12", "hired": null, "active": false})
    );
}

#[test]
fn a_workbook_has_numbers_days_and_totals() {
    let bytes = export(&table(), Format::Xlsx, Vec::new()).unwrap();
    assert_eq!(bytes, export(&table(), Format::Xlsx, Vec::new()).unwrap(), "the same table, other bytes");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let formulas = workbook.worksheet_formula("payout").unwrap();
    assert_eq!(formulas.get_value((4, 1)).unwrap(), "SUBTOTAL(109,B2:B4)");
    let sheet = workbook.worksheet_range("payout").unwrap();
    let cell = |row, column| sheet.get_value((row, column)).unwrap().clone();
    assert_eq!(cell(0, 1), Cell::String("pay".to_owned()));
    assert_eq!(cell(1, 0), Cell::String("=1+1".to_owned()));
    assert_eq!(cell(1, 1), Cell::Float(-12_345.67));
    assert_eq!(cell(2, 1), Cell::Empty);
    assert_eq!(cell(1, 2), Cell::Float(0.7143));
    assert_eq!(cell(1, 5), Cell::Bool(true));
    assert_eq!(cell(4, 0), Cell::String("Total".to_owned()));
    assert_eq!(cell(4, 1), Cell::Float(-12_345.62));
    let Cell::DateTime(day) = cell(1, 4) else { panic!("no day") };
    assert_eq!(day.to_ymd_hms_milli(), (2017, 3, 1, 0, 0, 0, 0));
}

#[test]
fn a_workbook_loses_no_digit() {
    let mut table = table();
    table.columns.truncate(2);
    table.columns[1].data = Data::Numbers(vec![123_456_789_012_345, 1_234_567_890_123_456, i64::MAX]);
    let bytes = export(&table, Format::Xlsx, Vec::new()).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = workbook.worksheet_range("payout").unwrap();
    let cell = |row| sheet.get_value((row, 1)).unwrap().to_string();
    assert_eq!(sheet.get_value((1, 1)), Some(&Cell::Float(1_234_567_890_123.45)));
    assert_eq!(sheet.get_value((2, 1)), Some(&Cell::String("12345678901234.56".to_owned())));
    assert_eq!(cell(3), "92233720368547758.07");
    assert_eq!(cell(4), "92247300615339116.08");
}

#[test]
fn a_workbook_reads_back_as_the_table() {
    let mut expected = table();
    for column in &mut expected.columns {
        column.data = column.data.gather(&[0, 1, 2]);
    }
    // Without the totals, which only a person reads.
    let mut layout = Layout::of(&expected);
    for column in &mut layout.columns {
        column.total = attain_ingest::Total::None;
    }
    let mut exporter = Exporter::new(Format::Xlsx, layout, Vec::new()).unwrap();
    exporter.write(&expected.columns.iter().map(|column| &column.data).collect::<Vec<_>>()).unwrap();
    let bytes = exporter.finish().unwrap();
    assert_eq!(import("payout.xlsx", bytes, None, &known(&expected), &Limits::default()).unwrap(), expected);
}

#[test]
fn parquet_reads_back_as_the_table_whatever_the_pieces() {
    let expected = table();
    let whole = export(&expected, Format::Parquet, Vec::new()).unwrap();
    let mut exporter = Exporter::new(Format::Parquet, Layout::of(&expected), Vec::new()).unwrap();
    for row in 0..3 {
        let piece = expected.gather(&[row]);
        exporter.write(&piece.columns.iter().map(|column| &column.data).collect::<Vec<_>>()).unwrap();
    }
    for bytes in [whole, exporter.finish().unwrap()] {
        let back = import("payout.parquet", bytes, None, &known(&expected), &Limits::default()).unwrap();
        assert_eq!(back, expected);
    }
}

#[test]
fn what_a_format_can_not_hold_is_refused() {
    let mut table = table();
    table.columns[1].data = Data::Numbers(vec![1, 2, i64::MAX]);
    assert_eq!(
        export(&table, Format::Parquet, Vec::new()).unwrap_err().to_string(),
        "column `pay`: `92233720368547758.07` has more than the 18 digits of a Parquet decimal; export it as csv"
    );
    let layout = Layout::of(&table);
    let column = Data::Numbers(vec![1; 1_048_575]);
    let texts = Data::Texts(TextColumn::from_rows((0..1_048_575).map(|_| None)));
    let mut exporter = Exporter::new(Format::Xlsx, layout.clone(), Vec::new()).unwrap();
    assert_eq!(
        exporter.write(&[&texts, &column, &column, &column, &column, &column]).unwrap_err().to_string(),
        "has 1048575 rows, but xlsx holds at most 1048574; export it as csv or parquet"
    );
    assert!(matches!(exporter.write(&[&column]), Err(ExportError::Shape { found: 1, expected: 6 })));
}

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn cells_of_a_workbook_are_taken_as_they_were_typed() {
    let day = Style::new().set_num_format("yyyy-mm-dd");
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, ["id", "pay:money:2", "rate:ratio:3", "closed", "done:flag", "note"]).unwrap();
        sheet.write_number(1, 0, 1001).unwrap();
        sheet.write_number(1, 1, 1234.56).unwrap();
        sheet.write_number(1, 2, 0.1).unwrap();
        sheet.write_with_format(1, 3, ExcelDateTime::from_ymd(2017, 3, 1).unwrap(), &day).unwrap();
        sheet.write_boolean(1, 4, true).unwrap();
        sheet.write_formula(1, 5, Formula::new("=\"a\"&\"b\"").set_result("ab")).unwrap();
        sheet.write_string(3, 0, "1002").unwrap();
        sheet.write_string(3, 1, "7.5").unwrap();
    });
    let table = read("deals.xlsx", bytes, "").unwrap();
    let number = |name: &str| table.column(name).and_then(Column::numbers).unwrap();
    assert_eq!(table.column("id").unwrap().texts().unwrap().dictionary, ["1001", "1002"]);
    assert_eq!(number("pay"), [123_456, 750]);
    assert_eq!(number("rate"), [100, NO_VALUE]);
    assert_eq!(number("closed"), [17_226, NO_VALUE]);
    assert_eq!(number("done"), [1, NO_VALUE]);
    assert_eq!(table.column("note").unwrap().texts().unwrap().get(0), Some("ab"));
}

#[test]
fn cells_of_a_workbook_that_are_no_values_are_named() {
    let day = Style::new().set_num_format("yyyy-mm-dd");
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, ["pay:money:2", "closed:date"]).unwrap();
        sheet.write_number(1, 0, 0.300_000_000_000_000_04).unwrap();
        sheet.write_number_with_format(1, 1, 42_795.75, &day).unwrap();
        sheet.write_number(2, 0, 1.005).unwrap();
        sheet.write_number(2, 1, 42_795).unwrap();
        sheet.write_formula(3, 0, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_number_with_format(4, 0, 42_795, &day).unwrap();
        sheet.write_boolean(4, 1, true).unwrap();
    });
    assert_eq!(
        read("deals.xlsx", bytes, "").unwrap_err(),
        "`deals.xlsx`, row 2, column `pay:money:2`: `0.30000000000000004` is not an exact number of at most 15 digits; round it in the workbook, such as `=ROUND(A1,2)`\n\
         `deals.xlsx`, row 2, column `closed:date`: `2017-03-01 18:00:00` has a time of day, expected a day; write the day alone, such as `=INT(A1)`\n\
         `deals.xlsx`, row 3, column `pay:money:2`: `1.005` has more than 2 decimals, expected money with 2 decimals, such as `1234.50`; round it at its source or declare more decimals\n\
         `deals.xlsx`, row 3, column `closed:date`: `42795` is of another kind, expected date, such as `2017-03-01`\n\
         `deals.xlsx`, row 4, column `pay:money:2`: `#DIV/0!` is an error of a formula; mend the formula, or empty the cell\n\
         `deals.xlsx`, row 5, column `pay:money:2`: `2017-03-01` is of another kind, expected money with 2 decimals, such as `1234.50`\n\
         `deals.xlsx`, row 5, column `closed:date`: `true` is of another kind, expected date, such as `2017-03-01`"
    );
}

#[test]
fn the_sheet_is_beyond_doubt_or_named() {
    let bytes = workbook(|book| {
        for (name, value) in [("Q1", 1), ("Q2", 2)] {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            sheet.write_string(0, 0, "n").unwrap();
            sheet.write_number(1, 0, value).unwrap();
        }
    });
    assert_eq!(
        read("deals.xlsx", bytes.clone(), "").unwrap_err(),
        "`deals.xlsx` has 2 sheets, `Q1`, `Q2`; name the one that is meant in the mapping, such as `sheet = \"Q1\"`"
    );
    assert_eq!(
        read("deals.xlsx", bytes.clone(), "sheet = \"Q3\"").unwrap_err(),
        "`deals.xlsx` has no sheet `Q3`; there is `Q1`, `Q2`"
    );
    let table = read("deals.xlsx", bytes, "sheet = \"Q2\"").unwrap();
    assert_eq!(table.column("n").unwrap().numbers(), Some(&[2][..]));
}

#[test]
fn a_zip_bomb_is_refused_by_what_it_really_unpacks_to() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("xl/workbook.xml", options).unwrap();
    archive.write_all(&vec![b' '; 3_000_000]).unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 10_000);
    let limits = Limits { unpacked_bytes: 1_000_000, ..Limits::default() };
    assert_eq!(
        import("deals.xlsx", bytes, None, &Schema::table("deals", None), &limits).unwrap_err().to_string(),
        "`deals.xlsx` unpacks to more than 1000000 bytes; split it, or export it as CSV"
    );
}

/// A Parquet file of one required column.
fn parquet_of<T: DataType>(physical: Physical, logical: Option<LogicalType>, values: &[T::T]) -> Vec<u8> {
    let field = SchemaType::primitive_type_builder("x", physical)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(logical)
        .build()
        .unwrap();
    let schema = SchemaType::group_type_builder("t").with_fields(vec![Arc::new(field)]).build().unwrap();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    file.into_inner().unwrap()
}

#[test]
fn floating_point_is_no_money_and_a_point_in_time_no_day() {
    let doubles = parquet_of::<DoubleType>(Physical::DOUBLE, None, &[0.5, 0.300_000_000_000_000_04]);
    assert_eq!(
        read("deals.parquet", doubles.clone(), "[columns]\nx = \"money:2\"").unwrap_err(),
        "`deals.parquet`, row 1, column `x`: `0.5` is a floating-point number, expected an exact one; write the column as DECIMAL(18, 2) or as whole numbers\n\
         `deals.parquet`, row 2, column `x`: `0.30000000000000004` is a floating-point number, expected an exact one; write the column as DECIMAL(18, 2) or as whole numbers"
    );
    assert_eq!(
        read("deals.parquet", doubles, "[columns]\nx = \"ratio:2\"").unwrap_err(),
        "`deals.parquet`, row 2, column `x`: `0.30000000000000004` is not an exact number of at most 15 digits; round it at its source"
    );
    let floats = parquet_of::<FloatType>(Physical::FLOAT, None, &[0.1]);
    let table = read("deals.parquet", floats, "[columns]\nx = \"ratio:2\"").unwrap();
    assert_eq!(table.column("x").unwrap().numbers(), Some(&[10][..]));
    let stamp = Some(LogicalType::timestamp(true, TimeUnit::MILLIS));
    let stamps = parquet_of::<Int64Type>(Physical::INT64, stamp, &[86_400_000, 1]);
    assert_eq!(
        read("deals.parquet", stamps, "").unwrap_err(),
        "`deals.parquet`, row 2, column `x`: `1` is a point in time, expected a day; write the column as DATE in the company's time zone"
    );
    let days = parquet_of::<Int32Type>(Physical::INT32, Some(LogicalType::Date), &[17_226]);
    assert_eq!(read("deals.parquet", days, "").unwrap().column("x").unwrap().kind.unit, Unit::Date);
    let decimals = parquet_of::<Int64Type>(Physical::INT64, None, &[5, -7]);
    assert_eq!(
        read("deals.parquet", decimals, "").unwrap().column("x").unwrap().numbers(),
        Some(&[-7, 5][..])
    );
}

/// Story: a decoder that panics or never ends on a damaged upload takes a server down with it. Each trial damages a
/// good file in a few bytes; what comes back is a table or an error, and it comes back.
#[test]
fn damaged_files_are_errors() {
    let table = table();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for format in [Format::Parquet, Format::Xlsx] {
        let good = export(&table, format, Vec::new()).unwrap();
        let file = format!("payout.{}", format.name());
        let mut refused = 0;
        for _ in 0..400 {
            let mut bytes = good.clone();
            for _ in 0..1 + random(4) {
                let at = random(bytes.len());
                bytes[at] = u8::try_from(random(256)).unwrap();
            }
            if random(4) == 0 {
                bytes.truncate(random(good.len()));
            }
            refused += usize::from(
                import(&file, Bytes::from(bytes), None, &known(&table), &Limits::default()).is_err(),
            );
        }
        assert!(refused > 200, "{file}: {refused} of 400 refused");
    }
}
