//! What every table from outside is, whatever file it came from.

use attain_model::company::{is_column_name, normal_id};
use attain_model::table::NO_TEXT;
use attain_model::{Data, Digest, NO_VALUE, Table, Unit};
use std::collections::BTreeSet;

/// Panics unless the table is well formed: names, lengths, sorted dictionaries of what occurs, values of their unit.
pub(crate) fn check(table: &Table) {
    let names: BTreeSet<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names.len(), table.columns.len(), "a column's name is there twice");
    for column in &table.columns {
        assert!(is_column_name(&column.name), "`{}` is no column name", column.name);
        assert_eq!(column.data.len(), table.rows, "`{}`", column.name);
        match &column.data {
            Data::Numbers(numbers) => check_numbers(&column.name, column.kind.unit, numbers),
            Data::Texts(texts) => {
                assert!(
                    texts.dictionary.is_sorted_by(|a, b| a < b),
                    "`{}`: {:?}",
                    column.name,
                    texts.dictionary
                );
                let used: BTreeSet<u32> =
                    texts.codes.iter().copied().filter(|code| *code != NO_TEXT).collect();
                let all: BTreeSet<u32> = (0..u32::try_from(texts.dictionary.len()).unwrap_or(0)).collect();
                assert_eq!(used, all, "`{}`: a dictionary holds what occurs", column.name);
                assert!(!texts.dictionary.iter().any(String::is_empty), "`{}`: an empty text", column.name);
            }
        }
    }
    if table.name == "people" {
        let participants = table.column("participant").and_then(|column| column.texts());
        let participants = participants.expect("people have a participant");
        assert!(participants.iter().all(|id| id.and_then(normal_id).as_deref() == id && id.is_some()));
        assert!(participants.codes.is_sorted(), "people stand by participant");
    }
}

fn check_numbers(name: &str, unit: Unit, numbers: &[i64]) {
    for number in numbers.iter().filter(|number| **number != NO_VALUE) {
        let fits = match unit {
            Unit::Flag => (0..=1).contains(number),
            Unit::Level => (0..=3).contains(number),
            _ => true,
        };
        assert!(fits, "`{name}`, {unit}: {number}");
    }
}

/// A digest over all columns, in their order.
pub(crate) fn digests(table: &Table) -> Vec<(String, Digest)> {
    table.columns.iter().map(|column| (column.name.clone(), column.digest())).collect()
}
