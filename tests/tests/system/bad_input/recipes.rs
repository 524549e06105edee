//! Recipes that can't be followed.

use super::desk::Desk;

const DEALS: &str = "agent,stage,value\nAnna,Won,100.50\nBo,Won,20.00\nAnna,Lost,30.00\n";

const SOURCE: &str =
    "[sources.deals]\nfile = \"deals.csv\"\ncolumns = { value = { unit = \"money\", decimals = 2 } }\n";

fn desk() -> Desk {
    let desk = Desk::with_figures();
    desk.attain.write("deals.csv", DEALS);
    desk
}

#[track_caller]
fn refuses(desk: &Desk, recipe: &str, says: &str) {
    desk.attain.write("recipe.toml", recipe);
    desk.refuses(&["snapshot", "build", "recipe.toml", "--period", "2017-Q1"], says);
}

/// Refuses a recipe whose `people` are made by this SQL.
#[track_caller]
fn refuses_sql(desk: &Desk, sql: &str, says: &str) {
    let table = format!(
        "[tables.people]\nsql = \"\"\"{sql}\"\"\"\n[tables.people.columns]\nrevenue = {{ unit = \"money\", decimals = 2 }}\n"
    );
    refuses(desk, &format!("{SOURCE}{table}"), says);
}

#[test]
fn a_recipe_reads_no_file_outside_its_folder() {
    let desk = desk();
    let recipe = |file: &str| {
        SOURCE.replace("deals.csv", file)
            + "[tables.people]\nsql = \"select agent as participant from deals\"\n"
    };
    refuses(
        &desk,
        &recipe("/etc/passwd"),
        "`recipe.toml`: `sources.deals.file` is `/etc/passwd`, which is outside the recipe's folder; put the file beside the recipe and name it from there",
    );
    refuses(
        &desk,
        &recipe("../deals.csv"),
        "`recipe.toml`: `sources.deals.file` is `../deals.csv`, which is outside the recipe's folder; put the file beside the recipe and name it from there",
    );
    std::os::unix::fs::symlink("/etc/hostname", desk.attain.folder().join("link.csv")).unwrap();
    refuses(
        &desk,
        &recipe("link.csv"),
        "`link.csv` is outside the recipe's folder; put the file beside the recipe",
    );
    refuses(
        &desk,
        &recipe("deal.csv"),
        "`deal.csv` isn't there, expected it beside the recipe; did you mean `deals.csv`?",
    );
}

#[test]
fn sql_that_writes_is_refused() {
    let desk = desk();
    let only_reads = "`recipe.toml`, table `people`: a recipe only reads its sources; expected one `select`";
    refuses_sql(&desk, "insert into deals values ('Anna', 'Won', 1)", only_reads);
    refuses_sql(&desk, "delete from deals", only_reads);
    refuses_sql(
        &desk,
        "select agent as participant, sum(value) as revenue from deals group by 1; drop table deals",
        only_reads,
    );
}

#[test]
fn sql_that_reaches_for_something_else_is_refused() {
    let desk = desk();
    refuses_sql(
        &desk,
        "attach 'other.db' as other",
        "`recipe.toml`, table `people`: a recipe can't open other databases; name the file as a source",
    );
    refuses_sql(
        &desk,
        "pragma table_info(deals)",
        "`recipe.toml`, table `people`: a recipe can't change SQLite (`pragma table_info`); remove it",
    );
    refuses_sql(
        &desk,
        "select name as participant, 1 as revenue from sqlite_master",
        "`recipe.toml`, table `people`: `sqlite_master` is no source of the recipe; there is `deals`",
    );
    refuses_sql(
        &desk,
        "select readfile('/etc/passwd') as participant, 1 as revenue",
        "`recipe.toml`, table `people`: there is no function `readfile` in line 1 of its SQL; did you mean `replace`?",
    );
    refuses_sql(
        &desk,
        "select agent as participant, random() as revenue from deals",
        "`recipe.toml`, table `people`: `random` gives another result each time; a recipe must not",
    );
}

#[test]
fn sql_that_is_not_exact_is_told_what_is() {
    let desk = desk();
    let of = |money: &str| format!("select agent as participant, {money} as revenue from deals group by 1");
    refuses_sql(
        &desk,
        &of("avg(value)"),
        "`recipe.toml`, table `people`: `avg` gives floating point; use `mean(x, decimals)`",
    );
    refuses_sql(
        &desk,
        &of("sum(value) / 3"),
        "`recipe.toml`, table `people`: the SQL divides by `/`, which drops the fraction of whole numbers; use `ratio(a, b, decimals)` or `round_div(a, b)`",
    );
    refuses_sql(
        &desk,
        &of("sum(value) * 0.05"),
        "`recipe.toml`, table `people`: the SQL has a number with a decimal point or exponent, which SQLite keeps as floating point; write decimals in their smallest unit (12.34 is `1234`, or `money('12.34')`), and times 1.1 as `round_div(x * 11, 10)`",
    );
    refuses_sql(
        &desk,
        &of("9223372036854775807 + max(value)"),
        "`recipe.toml`, table `people`, row 1, column `revenue`: `9223372036854786000` is floating point, which can't be exact; use `ratio(a, b, decimals)` or `round_div(a, b)` for a quotient and `mean(x, decimals)` for a mean, declare the columns of the source that are numbers (`columns = { ... }`), or keep products below 9223372036854775807",
    );
    refuses_sql(
        &desk,
        &of("sum(9223372036854775807)"),
        "`recipe.toml`, table `people`: `sum` is 18446744073709551614, beyond 9223372036854775807; count in a larger unit",
    );
}

#[test]
fn names_that_the_sources_lack_are_told_the_nearest() {
    let desk = desk();
    refuses_sql(
        &desk,
        "select agent as participant,\n sum(valu) as revenue from deals group by 1",
        "`recipe.toml`, table `people`: there is no column `valu` in line 2 of its SQL; did you mean `value`?",
    );
    refuses_sql(
        &desk,
        "select agent as participant, sum(value) as revenue from deal group by 1",
        "`recipe.toml`, table `people`: there is no table `deal`; did you mean `deals`?",
    );
    refuses_sql(
        &desk,
        "select agent as participant, summ(value) as revenue from deals group by 1",
        "`recipe.toml`, table `people`: there is no function `summ` in line 1 of its SQL; did you mean `sum`?",
    );
    refuses_sql(
        &desk,
        "select agent as participant, :firstday as revenue from deals",
        "`recipe.toml`, table `people`: `:firstday` is no parameter of a recipe; did you mean `:first_day`?",
    );
    refuses_sql(
        &desk,
        "selec agent as participant from deals",
        "`recipe.toml`, table `people`: it can't be read at `selec` in line 1 of its SQL; expected one `select` as SQLite writes it",
    );
}

#[test]
fn a_result_with_a_participant_twice_is_refused() {
    refuses_sql(
        &desk(),
        "select agent as participant, value as revenue from deals",
        "`recipe.toml`, table `people`, row 2, column `participant`: `Anna` is already in row 1; expected one row for each participant, or a different `from` for each assignment; group by them in the SQL",
    );
}

#[test]
fn a_result_of_other_columns_is_refused() {
    let desk = desk();
    refuses_sql(
        &desk,
        "select agent, sum(value) as revenue from deals group by 1",
        "`recipe.toml`, table `people`: no column `participant`, which `people` needs; there is `agent`, `revenue`; name it in the SQL: `... as participant`",
    );
    refuses_sql(
        &desk,
        "select agent as participant, sum(value) as revenu from deals group by 1",
        "`recipe.toml`, table `people`: `revenue` is declared, but no column of the result; did you mean `revenu`?",
    );
    refuses_sql(
        &desk,
        "select agent as participant, sum(value) as revenue, count(*) as n from deals group by 1",
        "`recipe.toml`, table `people`, row 1, column `n`: `2` is a number, but nothing says of what; declare the column, such as `{ unit = \"money\", decimals = 2 }` or `\"count\"`",
    );
    refuses_sql(
        &desk,
        "select agent as participant, stage as revenue from deals where value > 9000",
        "`recipe.toml`, table `people`, row 1, column `revenue`: `Won` is a text, expected a whole number; declare the column in its source (`columns = { ... }`)",
    );
    refuses_sql(
        &desk,
        "select agent as participant, 1 as revenue from deals where stage = 'won'",
        "`recipe.toml`, table `people`: the SQL gives no row, expected a row a participant; check its conditions and the period",
    );
}

#[test]
fn a_source_with_bad_cells_is_refused_with_their_rows() {
    let desk = desk();
    desk.attain.write("deals.csv", "agent,stage,value\nAnna,Won,1.005\nBo,Won,zwei\n");
    refuses_sql(
        &desk,
        "select agent as participant, sum(value) as revenue from deals group by 1",
        "`deals.csv`, row 2, column `value`: `1.005` has more than 2 decimals, expected money with 2 decimals, such as `1234.50`; round it at its source or declare more decimals\n\
         `deals.csv`, row 3, column `value`: `zwei` is not a decimal number, expected money with 2 decimals, such as `1234.50`; correct it, or say in the recipe that it means no value: `empty = [\"zwei\"]`",
    );
}

#[test]
fn keys_that_a_recipe_does_not_have_are_told_the_nearest() {
    let desk = desk();
    refuses(
        &desk,
        "[sources.deals]\nflie = \"deals.csv\"\n[tables.people]\nsql = \"select 1\"\n",
        "`recipe.toml`: `sources.deals.file` is missing, expected the name of a file beside the recipe\n\
         `recipe.toml`: `sources.deals.flie` is not a key that is known here; did you mean `file`?",
    );
    refuses(&desk, SOURCE, "`recipe.toml`: `tables` is missing, expected at least one `[tables.NAME]`");
    refuses(
        &desk,
        &format!("{}[tables.people]\nsql = \"select 1\"\n", SOURCE.replace("value =", "valeu =")),
        "`deals.csv`: `valeu` is named in the recipe, but is no column of the file; did you mean `value`?",
    );
}
