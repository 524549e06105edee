//! Mapping files that can't be taken.

use super::desk::Desk;

#[track_caller]
fn refuses(mapping: &str, says: &str) {
    let desk = Desk::with_figures();
    desk.attain.write("map.toml", mapping);
    desk.refuses(&["snapshot", "import", "good.csv", "--period", "2017-Q1", "--map", "map.toml"], says);
}

#[test]
fn an_unknown_key_is_told_the_nearest() {
    refuses(
        "delimeter = \";\"\n",
        "`map.toml`: `delimeter` is not a key that is known here; did you mean `delimiter`?",
    );
}

#[test]
fn a_column_that_the_file_lacks_is_told_the_nearest() {
    refuses(
        "[columns]\nrevenu = \"money:2\"\n",
        "`good.csv`: `revenu` is named in the mapping, but is no column of the file; did you mean `revenue`?",
    );
}

#[test]
fn units_and_encodings_that_are_not_known_are_all_named() {
    refuses(
        "encoding = \"gb18031\"\n[columns.revenue]\nunit = \"mony\"\ndecimals = 2\n",
        "`map.toml`: `encoding` is `gb18031`, expected the name of an encoding; did you mean `gb18030`?\n\
         `map.toml`: `columns.revenue.unit` is `mony`, expected a unit; did you mean `money`?",
    );
}

#[test]
fn a_mapping_that_is_no_toml_is_refused_with_its_line() {
    refuses(
        "number = \"1,234.56\"\nencoding = gb18030\n",
        "`map.toml` is not TOML in line 2: string values must be quoted, expected literal string; mend it there",
    );
}
