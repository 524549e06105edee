//! What an import gives, and what it says when it gives nothing.

#![expect(clippy::unwrap_used, reason = "a test that fails is a test that panics")]

use attain_ingest::{Limits, Mapping, Metrics, Schema, import, import_targets};
use attain_model::{Column, Currency, Data, NO_VALUE, Table, Type, Unit};

fn people(file: &str, bytes: impl Into<Vec<u8>>, mapping: &str) -> Result<Table, String> {
    let mapping = Mapping::parse("map.toml", mapping).map_err(|error| error.to_string())?;
    let schema = Schema::table("people", Currency::parse("CNY").ok());
    import(file, bytes.into(), Some(&mapping), &schema, &Limits::default()).map_err(|error| error.to_string())
}

fn deals(csv: &str) -> Result<Table, String> {
    import("deals.csv", csv.to_owned(), None, &Schema::table("deals", None), &Limits::default())
        .map_err(|error| error.to_string())
}

#[track_caller]
fn refused(outcome: Result<Table, String>, expected: &str) {
    assert_eq!(outcome.unwrap_err(), expected);
}

fn numbers<'t>(table: &'t Table, name: &str) -> &'t [i64] {
    table.column(name).and_then(Column::numbers).unwrap()
}

fn texts(table: &Table, name: &str) -> Vec<String> {
    let texts = table.column(name).and_then(Column::texts).unwrap();
    texts.iter().map(|text| text.unwrap_or("-").to_owned()).collect()
}

fn kind(table: &Table, name: &str) -> Type {
    table.column(name).unwrap().kind
}

#[test]
fn what_is_beyond_doubt_needs_no_mapping() {
    let csv = "Participant,team,hire date,visits,plz,revenue:money\nBo,7,2020-02-29,12,01234,10.5\nZoe\u{308} ,8,,,99999,\n";
    let table = people("people.csv", csv, "").unwrap();
    assert_eq!(texts(&table, "participant"), ["Bo", "Zoë"]);
    assert_eq!(texts(&table, "team"), ["7", "8"]);
    assert_eq!(texts(&table, "plz"), ["01234", "99999"]);
    assert_eq!(
        (kind(&table, "hire_date").unit, numbers(&table, "hire_date")),
        (Unit::Date, &[18_321, NO_VALUE][..])
    );
    assert_eq!((kind(&table, "visits").unit, numbers(&table, "visits")), (Unit::Count, &[12, NO_VALUE][..]));
    assert_eq!(numbers(&table, "revenue"), [1050, NO_VALUE]);
    assert_eq!(kind(&table, "revenue"), Type { unit: Unit::Money, decimals: 2 });
}

#[test]
fn the_order_of_rows_in_a_file_does_not_show() {
    let rows = ["1,Anna,2017-03-01", "2,Bo,2017-03-02", "2,Anna,2017-03-01", "1,Anna,2017-02-01"];
    let file = |order: [usize; 4]| {
        let lines: Vec<&str> = order.iter().map(|row| rows[*row]).collect();
        deals(&format!("amount,participant,closed\n{}\n", lines.join("\n"))).unwrap()
    };
    let table = file([0, 1, 2, 3]);
    assert_eq!(texts(&table, "participant"), ["Anna", "Anna", "Anna", "Bo"]);
    for order in [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        assert_eq!(file(order), table);
    }
}

#[test]
fn delimiters_and_encodings_are_recognised_beyond_doubt_or_named() {
    let expected = people("p.csv", "participant,role\nAnna,rep\n张伟,\"a;b\"\n", "").unwrap();
    for text in [
        "participant;role\nAnna;rep\n张伟;\"a;b\"\n",
        "participant\trole\nAnna\trep\n张伟\ta;b\n",
        "participant|role\r\nAnna|rep\r\n张伟|a;b\r\n",
        "sep=;\nparticipant;role\nAnna;rep\n张伟;\"a;b\"\n",
        "\u{feff}participant,role\n\nAnna,rep\n张伟,a;b\n,\n",
    ] {
        assert_eq!(people("p.csv", text, "").unwrap(), expected, "{text}");
    }
    let text = "participant,role\nAnna,rep\n张伟,a;b\n";
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(people("p.csv", utf16.as_slice(), "").unwrap(), expected);
    let gb18030 = [&b"participant,role\nAnna,rep\n"[..], &[0xd5, 0xc5, 0xce, 0xb0], b",a;b\n"].concat();
    assert_eq!(people("p.csv", gb18030.as_slice(), "encoding = \"gb18030\"").unwrap(), expected);
    refused(
        people("p.csv", gb18030.as_slice(), ""),
        "`p.csv` is not UTF-8: byte 0xD5 in row 3; name its encoding in the mapping, such as `encoding = \"gb18030\"`",
    );
    refused(
        people("p.csv", "participant,a;b\nAnna,1;2\n", ""),
        "`p.csv` may be delimited by `,` or `;`; name the delimiter in the mapping, such as `delimiter = \",\"`",
    );
}

#[test]
fn a_mapping_says_what_a_file_does_not() {
    let csv = "Bericht vom 1.4.2017\n\nMitarbeiter;Umsatz;Quote;Eintritt;Notiz;Besuche\nAnna;1.234,50;12,5%;01.03.2017;x;n/a\n";
    let mapping = r#"
        header_row = 3
        number = "1.234,56"
        date = "DD.MM.YYYY"
        empty = ["n/a"]
        ignore = ["Notiz"]
        [columns]
        Mitarbeiter = { name = "participant" }
        Umsatz = { name = "revenue", unit = "money", decimals = 2 }
        Quote = { name = "win_rate", unit = "ratio", decimals = 4, number = "12,34%" }
        Eintritt = { name = "hire_date", unit = "date" }
        Besuche = { name = "visits", unit = "count" }
    "#;
    let table = people("bericht.csv", csv, mapping).unwrap();
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["participant", "revenue", "win_rate", "hire_date", "visits"]);
    assert_eq!(numbers(&table, "revenue"), [123_450]);
    assert_eq!(numbers(&table, "win_rate"), [1250]);
    assert_eq!(numbers(&table, "hire_date"), [17_226]);
    assert_eq!(numbers(&table, "visits"), [NO_VALUE]);
}

#[test]
fn every_problem_of_a_file_is_reported_at_once() {
    let csv = "participant,from,to,revenue:money:2,start:date,active:flag\n\
               Anna,,,\"1,234\",2017-02-30,1\n\
               Bo,2017-05-01,2017-04-01,12.345,2017-02-01,2\n\
               Bo,x,,92233720368547758.08,,\n\
               ,,,1,,\n";
    refused(
        people("people.csv", csv, ""),
        "`people.csv`, row 2, column `revenue:money:2`: `1,234` is not a decimal number, expected money with 2 decimals, such as `1234.50`; name another way to write numbers in the mapping, such as `number = \"1,234.56\"`\n\
         `people.csv`, row 2, column `start:date`: `2017-02-30` is not a day of the calendar; correct it\n\
         `people.csv`, row 3, column `revenue:money:2`: `12.345` has more than 2 decimals, expected money with 2 decimals, such as `1234.50`; round it at its source or declare more decimals\n\
         `people.csv`, row 3, column `active:flag`: `2` is out of range, expected flag, 0 or 1\n\
         `people.csv`, row 4, column `from`: `x` is not a day, expected such as `2017-03-01`; correct it, or say in the mapping that it means no value: `empty = [\"x\"]`\n\
         `people.csv`, row 4, column `revenue:money:2`: `92233720368547758.08` is too large, expected money with 2 decimals from -92233720368547758.07 to 92233720368547758.07; correct it, or declare fewer decimals",
    );
    refused(
        people("people.csv", "participant,from,to\nBo,2017-05-01,2017-04-01\n,,2017-01-01\n", ""),
        "`people.csv`, row 2, column `to`: `2017-04-01` is before `from`, 2017-05-01; expected the same day or a later one\n\
         `people.csv`, row 3, column `participant`: is empty, expected who the row is about; name them or remove the row",
    );
}

#[test]
fn a_duplicate_participant_names_both_rows() {
    refused(
        people("people.csv", "participant,team\nBo,1\nAnna,1\n Bo,2\nBo,3\n", ""),
        "`people.csv`, row 4, column `participant`: `Bo` is already in row 2; expected one row for each participant, or a different `from` for each assignment\n\
         `people.csv`, row 5, column `participant`: `Bo` is already in row 2; expected one row for each participant, or a different `from` for each assignment",
    );
    let csv = "participant,from\nBo,2017-01-01\nBo,2017-02-01\nBo,2017-02-01\n";
    refused(
        people("people.csv", csv, ""),
        "`people.csv`, row 4, column `participant`: `Bo` with `from` 2017-02-01 is already in row 3; expected one row for each participant, or a different `from` for each assignment",
    );
    assert_eq!(people("people.csv", "participant,from\nBo,2017-02-01\nBo,2017-01-01\n", "").unwrap().rows, 2);
}

#[test]
fn a_wrong_header_is_refused_with_the_nearest_match() {
    refused(
        people("people.csv", "particpant,客户,a,A,,x:mony:2\nAnna,1,2,3,4,5\n", ""),
        "`people.csv`, row 1: `客户` can't name a column, expected 1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter; rename it in the mapping, below `[columns]`: `\"客户\" = { name = \"...\" }`\n\
         `people.csv`, row 1: `A` is the second column named `a`, the first is `a`; rename one, or ignore it in the mapping\n\
         `people.csv`, row 1: column 5 has no name; write one into the header, or remove the column\n\
         `people.csv`, row 1: `x:mony:2` has no type that is known, write such as `x:money:2`: expected a unit; did you mean `money`?\n\
         `people.csv`, row 1: no column `participant`, which `people` needs; there is `a`, `particpant`, `x`; if `particpant` is meant, rename it, in the file or in the mapping",
    );
    refused(
        people("people.csv", "participant,team:money:2\nAnna,1\n", "[columns]\nrevenu = \"count\""),
        "`people.csv`: `revenu` is named in the mapping, but is no column of the file; there is `participant`, `team`\n\
         `people.csv`, row 1: `team:money:2` is declared as money, expected text for `team`",
    );
}

#[test]
fn an_untyped_number_is_not_guessed() {
    let advice = |name: &str| {
        format!(
            "may be a number, but nothing says of what; write the header as `{name}:money:2`, `{name}:ratio:4` or `{name}:text`, or name the unit in a mapping"
        )
    };
    for (value, shown) in [
        ("12.5", "12.5"),
        ("\"1,234\"", "1,234"),
        ("1.234", "1.234"),
        ("12%", "12%"),
        ("03/04/2017", "03/04/2017"),
        ("¥5", "¥5"),
    ] {
        refused(
            deals(&format!("x\n{value}\n")),
            &format!("`deals.csv`, row 2, column `x`: `{shown}` {}", advice("x")),
        );
    }
    refused(
        deals("x,y\n1,a\nn/a,b\n"),
        "`deals.csv`, row 3, column `x`: `n/a` is another kind of value than above (row 2 holds a number); mend the cell, or say what the column is: `x:text`, `x:count` or `x:money:2` in the header, or its unit in a mapping",
    );
}

#[test]
fn a_file_of_another_kind_is_named() {
    refused(
        people("people.xlsx", "participant\nAnna\n", ""),
        "`people.xlsx` is a text file by its content, expected an XLSX workbook by its name; check that it is the right file, then give it the extension .csv",
    );
    refused(
        people("people.csv", b"PK\x03\x04rest".as_slice(), ""),
        "`people.csv` is an XLSX workbook by its content, expected a text file by its name; check that it is the right file, then give it the extension .xlsx",
    );
    refused(
        people("people.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), ""),
        "`people.xlsx` is an old Excel workbook or one with a password; save it as .xlsx without a password",
    );
    refused(
        people("people.json", "{}", ""),
        "`people.json` has the extension .json, expected .csv, .tsv, .txt, .xlsx or .parquet; export the figures as one of them",
    );
    refused(
        people("people.csv", "", ""),
        "`people.csv` is empty, expected a header and rows; check how it was exported",
    );
    refused(
        people("people.csv", "participant,team\n", ""),
        "`people.csv` has no row of figures, expected at least one below the header",
    );
    refused(
        people("people.xlsx", b"PK\x03\x04rest".as_slice(), ""),
        "`people.xlsx` is a damaged zip archive; save it again as .xlsx",
    );
    refused(
        people("people.parquet", b"PAR1rest".as_slice(), ""),
        "`people.parquet` ends before its footer, so it is cut off or damaged; write it again",
    );
    refused(
        people("p.csv", b"participant\0,x\nAnna,1\n".as_slice(), ""),
        "`p.csv` is not text: byte 11 is zero; expected CSV, XLSX or Parquet, or name its encoding in the mapping, such as `encoding = \"utf-16le\"`",
    );
}

#[test]
fn rows_that_do_not_fit_the_header_are_reported() {
    refused(
        people("p.csv", "participant,team\nAnna,a,b\nBo\nCo,\"c\n", ""),
        "`p.csv`, row 2: has 3 cells, expected 2 as in the header; a cell that holds the delimiter needs quotes\n\
         `p.csv`, row 3: has 1 cells, expected 2 as in the header; a cell that holds the delimiter needs quotes\n\
         `p.csv`, row 4: a quote is opened and never closed; close it, or double it where it belongs to the text",
    );
}

#[test]
fn problems_past_the_limit_are_counted() {
    let rows: String = (0..250).map(|row| format!("P{row},x\n")).collect();
    let error = people("p.csv", format!("participant,visits:count\n{rows}"), "").unwrap_err();
    assert_eq!(error.lines().count(), 101);
    assert!(error.ends_with("\nand 150 more"), "{error}");
}

#[test]
fn a_mapping_with_unknown_keys_or_values_is_refused_whole() {
    refused(
        people(
            "p.csv",
            "participant\nAnna\n",
            "delimeter = \";\"\nencoding = \"klingon\"\nheader_row = 0\n[columns]\na = { unit = \"mony\", decimal = 2 }\nb = 5\nc = { unit = \"count\", number = \"12%\" }",
        ),
        "`map.toml`: `header_row` is `0`, expected a whole number from 1 to 1000\n\
         `map.toml`: `encoding` is `klingon`, expected the name of an encoding; there is `utf-8`, `utf-16le`, `utf-16be`, `gb18030`, `gbk`, `big5`, `shift_jis`, `windows-1252`, `iso-8859-1`\n\
         `map.toml`: `columns.a.unit` is `mony`, expected a unit; did you mean `money`?\n\
         `map.toml`: `columns.a.decimal` is not a key that is known here; did you mean `decimals`?\n\
         `map.toml`: `columns.b` is a whole number, expected a unit such as `\"date\"` or `{ unit = \"money\", decimals = 2 }`\n\
         `map.toml`: `columns.c.number` is `12%`, expected the number 1234.56 as the file writes it, such as `1,234.56`, `1.234,56`, `1 234,56` or `12.34%`\n\
         `map.toml`: `delimeter` is not a key that is known here; did you mean `delimiter`?",
    );
    refused(
        people("p.csv", "participant\nAnna\n", "sheet = \"a\"\nsheet = \"b\""),
        "`map.toml` is not TOML in line 2: duplicate key; mend it there",
    );
}

#[test]
fn targets_are_typed_as_their_metrics() {
    let metrics = Metrics {
        types: [
            ("revenue".to_owned(), Type { unit: Unit::Money, decimals: 2 }),
            ("visits".to_owned(), Type { unit: Unit::Count, decimals: 0 }),
        ]
        .into(),
        ..Metrics::default()
    };
    let run = |csv: &str| {
        import_targets("quota.csv", csv.to_owned(), None, &metrics, &Limits::default())
            .map_err(|e| e.to_string())
    };
    let table = run("participant,metric,target\nBo,visits,12\nAnna,revenue,100.5\nBo,revenue,7\n").unwrap();
    assert_eq!(texts(&table, "participant"), ["Anna", "Bo"]);
    assert_eq!(numbers(&table, "revenue"), [10_050, 700]);
    assert_eq!(numbers(&table, "visits"), [NO_VALUE, 12]);
    refused(
        run(
            "participant,metric,target\nBo,visits,1.5\nBo,revenu,1\nAnna,revenue,\nCo,visits,1\nCo,visits,2\n",
        ),
        "`quota.csv`, row 2, column `target`: `1.5` has more than 0 decimals, expected count, such as `1234`; round it at its source or declare more decimals\n\
         `quota.csv`, row 3, column `target`: `1` has no unit, because no metric `revenu` is known; if it is new, write the header as `target:money:2`; did you mean `revenue`?\n\
         `quota.csv`, row 4, column `target`: is empty, expected the target; remove the row where there is none\n\
         `quota.csv`, row 6, column `participant`: `Co` with `metric` visits is already in row 5; expected it once, remove one row or add them up",
    );
    refused(
        run("participant,metric,quota\nBo,visits,1\n"),
        "`quota.csv`, row 1: no column `target`, which `targets` needs; there is `metric`, `participant`, `quota`; rename the column that is meant, in the file or in the mapping\n\
         `quota.csv`, row 1: `quota` is no column of targets, expected `participant`, `metric` and `target`; remove it, or ignore it in the mapping",
    );
}

#[test]
fn a_file_is_bounded() {
    let limits = Limits { rows: 2, file_bytes: 100, ..Limits::default() };
    let run = |csv: String| {
        import("p.csv", csv, None, &Schema::table("people", None), &limits).unwrap_err().to_string()
    };
    assert_eq!(
        run("participant\na\nb\nc\n".to_owned()),
        "`p.csv` has more than 2 rows of 1 columns; split it"
    );
    assert_eq!(run("x".repeat(101)), "`p.csv` has 101 bytes, expected at most 100; split it");
}

/// Each bound lets through what is at it, and refuses what is one past it.
#[test]
fn every_bound_of_a_file_holds_at_its_limit_and_not_one_past() {
    let run = |csv: &str, limits: Limits| {
        import("p.csv", csv.to_owned(), None, &Schema::table("people", None), &limits)
            .map(|table| table.rows)
            .map_err(|error| error.to_string())
    };
    let usual = Limits::default;
    let csv = "participant,team\na,North\nb,South\n";
    for (at, past, words) in [
        (
            Limits { columns: 2, ..usual() },
            Limits { columns: 1, ..usual() },
            "`p.csv` has 2 columns, expected at most 1; leave out what no rule needs",
        ),
        (
            Limits { cells: 4, ..usual() },
            Limits { cells: 3, ..usual() },
            "`p.csv` has more than 1 rows of 2 columns; split it",
        ),
        (
            Limits { rows: 2, ..usual() },
            Limits { rows: 1, ..usual() },
            "`p.csv` has more than 1 rows of 2 columns; split it",
        ),
        (
            Limits { text_bytes: 5, ..usual() },
            Limits { text_bytes: 4, problems: 1, ..usual() },
            "`p.csv`, row 2, column `team`: `North` has 5 bytes, expected at most 4; shorten it or ignore the column\nand 1 more",
        ),
        (
            Limits { file_bytes: csv.len(), ..usual() },
            Limits { file_bytes: csv.len() - 1, ..usual() },
            "`p.csv` has 33 bytes, expected at most 32; split it",
        ),
    ] {
        assert_eq!(run(csv, at), Ok(2), "{words}");
        assert_eq!(run(csv, past), Err(words.to_owned()));
    }
    let long = |bytes: usize| format!("#{}\n", "x".repeat(bytes - 2));
    let most = usual().settings_bytes;
    Mapping::parse("map.toml", &long(most)).unwrap();
    let error = Mapping::parse("map.toml", &long(most + 1)).unwrap_err().to_string();
    assert_eq!(error, "`map.toml` has 1048577 bytes, expected at most 1048576");
}

#[test]
fn texts_of_equal_look_are_equal() {
    let table = people("p.csv", "participant,team\nBo,Zo\u{eb} \nAnna,Zoe\u{308}\n", "").unwrap();
    let Data::Texts(teams) = &table.column("team").unwrap().data else { panic!("no text") };
    assert_eq!(teams.dictionary, ["Zoë"]);
}

#[test]
fn a_known_type_holds_until_the_file_says_another() {
    let last = Type { unit: Unit::Money, decimals: 2 };
    let schema =
        Schema::table("deals", None).with_known([("value".to_owned(), last), ("name".to_owned(), last)]);
    let run = |csv: &'static str| {
        import("deals.csv", csv, None, &schema, &Limits::default()).map_err(|e| e.to_string())
    };
    assert_eq!(kind(&run("value\n1.5\n").unwrap(), "value"), last);
    assert_eq!(kind(&run("value:ratio:4\n1.5\n").unwrap(), "value"), Type { unit: Unit::Ratio, decimals: 4 });
    refused(
        run("name:count\n1\n"),
        "`deals.csv`, row 1: `name:count` is declared as count, expected text for `name`",
    );
}
