//! Files of figures that can't be taken.

use super::desk::Desk;

#[test]
fn a_workbook_named_as_text_is_told_its_kind() {
    let desk = Desk::with_plan();
    desk.attain.ok(["run", "sales", "--period", "2017-Q1"]);
    desk.attain.ok(["export", "sales/2017-Q1", "--format", "xlsx", "--out", "people.csv"]);
    desk.refuses(
        &["snapshot", "import", "people.csv", "--period", "2017-Q1"],
        "`people.csv` is an XLSX workbook by its content, expected a text file by its name; check that it is the right file, then give it the extension .xlsx",
    );
}

#[test]
fn a_file_of_an_unknown_kind_is_told_which_are_known() {
    Desk::with_figures().refuses_file(
        "people.docx",
        "x",
        "`people.docx` has the extension .docx, expected .csv, .tsv, .txt, .xlsx or .parquet; export the figures as one of them",
    );
}

#[test]
fn an_empty_file_and_one_of_a_header_alone_are_refused() {
    let desk = Desk::with_figures();
    desk.refuses_file(
        "people.csv",
        "",
        "`people.csv` is empty, expected a header and rows; check how it was exported",
    );
    desk.refuses_file(
        "people.csv",
        "participant,team\n",
        "`people.csv` has no row of figures, expected at least one below the header",
    );
}

#[test]
fn a_picture_named_as_text_is_called_so() {
    Desk::with_figures().refuses_file(
        "people.csv",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "`people.csv` is a picture, expected figures; export them as CSV, XLSX or Parquet",
    );
}

#[test]
fn a_text_named_as_workbook_is_told_its_kind() {
    Desk::with_figures().refuses_file("people.xlsx", "participant,team\nAnna,North\n", "`people.xlsx` is a text file by its content, expected an XLSX workbook by its name; check that it is the right file, then give it the extension .csv");
}

#[test]
fn a_header_that_can_not_be_used_is_refused() {
    let desk = Desk::with_figures();
    desk.refuses_file("people.csv", "particpant,team\nAnna,North\n", "`people.csv`, row 1: no column `participant`, which `people` needs; there is `particpant`, `team`; if `particpant` is meant, rename it, in the file or in the mapping");
    desk.refuses_file("people.csv", "participant,revenue:munny:2,bonus:money:12\nAnna,1.00,2.00\n", "`people.csv`, row 1: `revenue:munny:2` has no type that is known, write such as `revenue:money:2`: expected a unit; did you mean `money`?\n\
         `people.csv`, row 1: `bonus:money:12` has no type that is known, write such as `bonus:money:2`: expected 0 to 9 decimals for money");
    desk.refuses_file("people.csv", "participant,Team,team\nAnna,North,South\n", "`people.csv`, row 1: `team` is the second column named `team`, the first is `Team`; rename one, or ignore it in the mapping");
}

#[test]
fn a_number_too_large_is_refused_with_what_fits() {
    Desk::with_figures().refuses_file(
        "people.csv",
        "participant,revenue:money:2,deals:count\nAnna,92233720368547758.08,1\nBo,1.00,-99999999999999999999\n",
        "`people.csv`, row 2, column `revenue:money:2`: `92233720368547758.08` is too large, expected money with 2 decimals from -92233720368547758.07 to 92233720368547758.07; correct it, or declare fewer decimals\n\
         `people.csv`, row 3, column `deals:count`: `-99999999999999999999` is too large, expected count from -9223372036854775807 to 9223372036854775807; correct it",
    );
}

#[test]
fn a_date_that_is_none_is_refused() {
    Desk::with_figures().refuses_file(
        "people.csv",
        "participant,hired:date\nAnna,2017-02-30\nBo,03/04/2017\nCem,soon\n",
        "`people.csv`, row 2, column `hired:date`: `2017-02-30` is not a day of the calendar; correct it\n\
         `people.csv`, row 3, column `hired:date`: `03/04/2017` is not a day, expected such as `2017-03-01`; name another way to write days in the mapping, such as `date = \"DD.MM.YYYY\"`\n\
         `people.csv`, row 4, column `hired:date`: `soon` is not a day, expected such as `2017-03-01`; correct it, or say in the mapping that it means no value: `empty = [\"soon\"]`",
    );
}

#[test]
fn cells_of_another_kind_than_their_column_are_refused() {
    let desk = Desk::with_figures();
    desk.refuses_file(
        "people.csv",
        "participant,rate:ratio:4,active:flag,deals:count\nAnna,5%,yes,1.5\nBo,0.05,1,n/a\n",
        "`people.csv`, row 2, column `rate:ratio:4`: `5%` is not a decimal number, expected ratio with 4 decimals, such as `1234.5000`; name another way to write numbers in the mapping, such as `number = \"12.34%\"`\n\
         `people.csv`, row 2, column `active:flag`: `yes` is not a decimal number, expected flag, 0 or 1; correct it\n\
         `people.csv`, row 2, column `deals:count`: `1.5` has more than 0 decimals, expected count, such as `1234`; round it at its source or declare more decimals\n\
         `people.csv`, row 3, column `deals:count`: `n/a` is not a decimal number, expected count, such as `1234`; correct it, or say in the mapping that it means no value: `empty = [\"n/a\"]`",
    );
    desk.refuses_file("people.csv", "participant,code\nAnna,17\nBo,A17\n", "`people.csv`, row 3, column `code`: `A17` is another kind of value than above (row 2 holds a number); mend the cell, or say what the column is: `code:text`, `code:count` or `code:money:2` in the header, or its unit in a mapping");
}

#[test]
fn a_header_without_participants_is_refused_with_what_there_is() {
    Desk::with_figures().refuses_file(
        "people.csv",
        "agent,revenue:money:2\nAnna,1.00\n",
        "`people.csv`, row 1: no column `participant`, which `people` needs; there is `agent`, `revenue`; rename the column that is meant, in the file or in the mapping",
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_with_the_row() {
    Desk::with_figures().refuses_file(
        "people.csv",
        b"participant,team\nAnna,North\nBo,S\xFCd\n",
        "`people.csv` is not UTF-8: byte 0xFC in row 3; name its encoding in the mapping, such as `encoding = \"gb18030\"`",
    );
}

#[test]
fn utf_16_without_its_mark_needs_a_mapping() {
    let bytes: Vec<u8> = "participant,team\nAnna,North\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Desk::with_figures().refuses_file(
        "people.csv",
        bytes,
        "`people.csv` is not text: byte 1 is zero; expected CSV, XLSX or Parquet, or name its encoding in the mapping, such as `encoding = \"utf-16le\"`",
    );
}

#[test]
fn a_participant_twice_is_refused_at_every_later_row() {
    Desk::with_figures().refuses_file(
        "people.csv",
        "participant,team\nAnna,North\nBo,South\n\nAnna,East\nBo,West\n",
        "`people.csv`, row 5, column `participant`: `Anna` is already in row 2; expected one row for each participant, or a different `from` for each assignment\n\
         `people.csv`, row 6, column `participant`: `Bo` is already in row 3; expected one row for each participant, or a different `from` for each assignment",
    );
}

#[test]
fn more_decimals_than_declared_are_refused() {
    Desk::with_figures().refuses_file(
        "people.csv",
        "participant,revenue:money:2\nAnna,1.50\nBo,1.005\n",
        "`people.csv`, row 3, column `revenue:money:2`: `1.005` has more than 2 decimals, expected money with 2 decimals, such as `1234.50`; round it at its source or declare more decimals",
    );
}

#[test]
fn money_is_never_guessed() {
    let desk = Desk::with_figures();
    desk.refuses_file(
        "people.csv",
        "participant,revenue:money:2\nAnna,\"1,234.50\"\nBo,\"1.234,50\"\nCem,$5.00\nDana,(5.00)\n",
        "`people.csv`, row 2, column `revenue:money:2`: `1,234.50` is not a decimal number, expected money with 2 decimals, such as `1234.50`; name another way to write numbers in the mapping, such as `number = \"1,234.56\"`\n\
         `people.csv`, row 3, column `revenue:money:2`: `1.234,50` is not a decimal number, expected money with 2 decimals, such as `1234.50`; name another way to write numbers in the mapping, such as `number = \"1.234,56\"`\n\
         `people.csv`, row 4, column `revenue:money:2`: `$5.00` is not a decimal number, expected money with 2 decimals, such as `1234.50`; name another way to write numbers in the mapping, such as `number = \"$1,234.56\"`\n\
         `people.csv`, row 5, column `revenue:money:2`: `(5.00)` is not a decimal number, expected money with 2 decimals, such as `1234.50`; write a negative number with a minus, such as `-1234`",
    );
    desk.refuses_file(
        "people.csv",
        "participant,bonus\nAnna,1234.50\n",
        "`people.csv`, row 2, column `bonus`: `1234.50` may be a number, but nothing says of what; write the header as `bonus:money:2`, `bonus:ratio:4` or `bonus:text`, or name the unit in a mapping",
    );
}

#[test]
fn rows_that_are_cut_wrong_are_refused() {
    let desk = Desk::with_figures();
    desk.refuses_file(
        "people.csv",
        "participant,revenue:money:2\nAnna,1,00\n",
        "`people.csv`, row 2: has 3 cells, expected 2 as in the header; a cell that holds the delimiter needs quotes",
    );
    desk.refuses_file(
        "people.csv",
        "participant,revenue:money:2\nAnna,\"1.00\nBo,2.00\n",
        "`people.csv`, row 2: a quote is opened and never closed; close it, or double it where it belongs to the text",
    );
}

#[test]
fn a_row_about_nobody_is_refused() {
    Desk::with_figures().refuses_file(
        "people.csv",
        "participant,team\nAnna,North\n,South\n",
        "`people.csv`, row 3, column `participant`: is empty, expected who the row is about; name them or remove the row",
    );
}

#[test]
fn an_assignment_that_ends_before_it_begins_is_refused() {
    Desk::with_figures().refuses_file(
        "people.csv",
        "participant,from,to\nAnna,2017-03-01,2017-02-01\n",
        "`people.csv`, row 2, column `to`: `2017-02-01` is before `from`, 2017-03-01; expected the same day or a later one",
    );
}
