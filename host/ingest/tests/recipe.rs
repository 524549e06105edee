//! What recipes may do, what they give, and what they say when they give nothing.

#![expect(clippy::unwrap_used, reason = "a test that fails is a test that panics")]

use attain_ingest::{Files, FolderFiles, Frame, ImportError, Limits, Recipe, build};
use attain_model::{Column, Currency, NO_VALUE, Span, Table};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::time::Duration;

const DEALS: &str = "id,agent,stage,value,closed\n\
    1,Anna,Won,10.05,2017-01-31\n2,Anna,Won,20,2017-02-01\n3,Bo,Won,5.5,2017-02-28\n4,Bo,Lost,0,2017-02-03\n5,Co,Open,,\n";

fn files() -> BTreeMap<String, Bytes> {
    BTreeMap::from([("deals.csv".to_owned(), Bytes::from(DEALS))])
}

/// February 2017, yuan.
fn frame() -> Frame {
    Frame { span: Span { first_day: 17_198, last_day: 17_225 }, currency: Currency::parse("CNY").ok() }
}

fn recipe(sql: &str, columns: &str) -> String {
    format!(
        "[sources.deals]\nfile = \"deals.csv\"\ncolumns = {{ value = {{ unit = \"money\", decimals = 2 }}, closed = \"date\" }}\n\
         [tables.people]\nsql = \"\"\"{sql}\"\"\"\n[tables.people.columns]\n{columns}\n"
    )
}

fn run_within(limits: &Limits, sql: &str, columns: &str) -> Result<Table, String> {
    let recipe = Recipe::parse("recipe.toml", &recipe(sql, columns)).map_err(|error| error.to_string())?;
    let tables = build(&recipe, &files(), frame(), limits).map_err(|error| error.to_string())?;
    Ok(tables.into_iter().next().unwrap())
}

fn run(sql: &str, columns: &str) -> Result<Table, String> {
    run_within(&Limits::default(), sql, columns)
}

/// One number of SQL.
fn number(expression: &str) -> Result<i64, String> {
    let table = run(&format!("select 'Anna' as participant, {expression} as x from deals"), "x = \"count\"")
        .or_else(|_| run(&format!("select 'Anna' as participant, {expression} as x"), "x = \"count\""))?;
    Ok(table.column("x").and_then(Column::numbers).unwrap()[0])
}

#[track_caller]
fn refused(sql: &str, columns: &str, expected: &str) {
    assert_eq!(run(sql, columns).unwrap_err(), expected);
}

#[test]
fn a_recipe_makes_typed_keyed_sorted_tables() {
    let sql = "select agent as participant, coalesce(sum(value) filter (where stage = 'Won'), 0) as revenue, \
               max(closed) as last_closed, ratio(count(*) filter (where stage = 'Won'), count(*), 4) as win_rate \
               from deals where closed between :first_day and :last_day group by 1 order by 1 desc";
    let columns = "revenue = \"money\"\nlast_closed = \"date\"\nwin_rate = \"ratio:4\"";
    let table = run(sql, columns).unwrap();
    let participants = table.column("participant").unwrap().texts().unwrap();
    assert_eq!(participants.dictionary, ["Anna", "Bo"]);
    assert_eq!(participants.codes, [0, 1]);
    assert_eq!(table.column("revenue").unwrap().numbers(), Some(&[2000, 550][..]));
    assert_eq!(table.column("last_closed").unwrap().numbers(), Some(&[17_198, 17_225][..]));
    assert_eq!(table.column("win_rate").unwrap().numbers(), Some(&[10_000, 5_000][..]));
}

#[test]
fn our_functions_are_exact_and_half_up() {
    for (expression, expected) in [
        ("ratio(1, 3, 4)", 3333),
        ("ratio(2, 3, 4)", 6667),
        ("ratio(-1, 8, 2)", -13),
        ("ratio(0, 0, 4)", NO_VALUE),
        ("ratio(null, 2, 4)", NO_VALUE),
        ("ratio(9007199254740993, 1, 0)", 9_007_199_254_740_993),
        ("round_div(5, 2)", 3),
        ("round_div(-5, 2)", -3),
        ("round_div(5, 2, 1)", 25),
        ("days(date('2017-02-27'), date('2017-03-01'))", 2),
        ("date('28.02.2017', 'DD.MM.YYYY')", 17_225),
        ("year(:last_day) * 10000 + month(:last_day) * 100 + day(:last_day)", 20_170_228),
        ("money('12.3')", 1230),
        ("money('-0.005', 3)", -5),
        ("whole(' 42 ')", 42),
        ("(select mean(value, 1) from deals)", 8_888),
        ("(select mean(value, 0) from deals where stage = 'none')", NO_VALUE),
        ("(select sum(value) from deals where stage = 'none')", NO_VALUE),
        (
            "(select max(running) from (select sum(value) over (order by id rows 1 preceding) as running from deals))",
            3005,
        ),
        ("(select count(*) from (select agent from deals group by 1))", 3),
    ] {
        assert_eq!(
            number(&format!("max({expression}, {expression})")).or_else(|_| number(expression)),
            Ok(expected),
            "{expression}"
        );
    }
}

#[test]
fn what_is_not_exact_is_refused_with_what_to_use_instead() {
    let real = "is floating point, which can't be exact; use `ratio(a, b, decimals)` or `round_div(a, b)` for a quotient and `mean(x, decimals)` for a mean, declare the columns of the source that are numbers (`columns = { ... }`), or keep products below 9223372036854775807";
    refused(
        "select 'Anna' as participant, 9223372036854775807 + max(value) as x from deals",
        "x = \"count\"",
        &format!("`recipe.toml`, table `people`, row 1, column `x`: `9223372036854778000` {real}"),
    );
    for (sql, expected) in [
        ("avg(value)", "`avg` gives floating point; use `mean(x, decimals)`"),
        ("total(value)", "`total` gives floating point; use `coalesce(sum(x), 0)`"),
        ("round(value)", "`round` gives floating point; use `round_div(a, b)` or `ratio(a, b, decimals)`"),
        ("random()", "`random` gives another result each time; a recipe must not"),
        ("current_date", "`current_date` reads the clock; use `:first_day` and `:last_day`"),
        (
            "strftime('%Y', closed)",
            "`strftime` reads texts and the clock; dates are whole days here: `year(d)`, `month(d)`, `day(d)`",
        ),
        ("sqrt(value)", "there is no function `sqrt` in line 1 of its SQL; there are 45, such as `abs`"),
        (
            "value * 1.1",
            "the SQL has a number with a decimal point or exponent, which SQLite keeps as floating point; write decimals in their smallest unit (12.34 is `1234`, or `money('12.34')`), and times 1.1 as `round_div(x * 11, 10)`",
        ),
        (
            "value / 3",
            "the SQL divides by `/`, which drops the fraction of whole numbers; use `ratio(a, b, decimals)` or `round_div(a, b)`",
        ),
        (
            "cast(id as integer)",
            "the SQL casts to a number, which cuts off what isn't one; declare the column in its source (`columns = { ... }`), or use `whole(x)`",
        ),
        (
            "id * 2",
            "the SQL calculates with a column of texts, in whose numbers SQLite sees no decimals; declare the column in its source (`columns = { ... }`), or use `whole(x)`",
        ),
        (
            "value + id",
            "the SQL calculates with a column of texts, in whose numbers SQLite sees no decimals; declare the column in its source (`columns = { ... }`), or use `whole(x)`",
        ),
        (
            "2 - coalesce(id, agent) - id",
            "the SQL calculates with a column of texts, in whose numbers SQLite sees no decimals; declare the column in its source (`columns = { ... }`), or use `whole(x)`",
        ),
        (
            "sum(id % 3)",
            "the SQL calculates with a column of texts, in whose numbers SQLite sees no decimals; declare the column in its source (`columns = { ... }`), or use `whole(x)`",
        ),
        ("date('now')", "`date` got `now`, expected a day such as `2017-03-01`"),
        (
            "date('2017-01-01', '+1 day')",
            "`date` got the format `+1 day`, expected a format with `YYYY`, `MM` (or `M`) and `DD` (or `D`), such as `DD.MM.YYYY` or `YYYY-MM-DD hh:mm:ss`",
        ),
        ("ratio(value, 0, 2)", "`ratio` divides 1005 by zero; leave such rows out, or use `nullif(b, 0)`"),
        (
            "ratio(id, 2, 2)",
            "`ratio` got the text `1`, expected a whole number; declare the column in its source (`columns = { ... }`)",
        ),
        ("ratio(value, 2, 12)", "`ratio` got `12` as decimals, expected 0 to 9"),
        ("money('1,5')", "`money` got `1,5`, which is not a decimal number"),
        (
            "(select sum(9223372036854775807) from deals)",
            "`sum` is 46116860184273879035, beyond 9223372036854775807; count in a larger unit",
        ),
        (
            "sum(id)",
            "`sum` got the text `1`, expected a whole number; declare the column in its source (`columns = { ... }`)",
        ),
    ] {
        refused(
            &format!("select agent as participant, {sql} as x from deals"),
            "x = \"count\"",
            &format!("`recipe.toml`, table `people`: {expected}"),
        );
    }
}

#[test]
fn sql_can_do_nothing_but_read_its_sources() {
    for (sql, expected) in [
        ("attach 'x.db' as x", "a recipe can't open other databases; name the file as a source"),
        ("pragma table_info(deals)", "a recipe can't change SQLite (`pragma table_info`); remove it"),
        ("delete from deals", "a recipe only reads its sources; expected one `select`"),
        ("create table x (a)", "a recipe only reads its sources; expected one `select`"),
        ("select load_extension('x')", "`load_extension` loads code; a recipe can't"),
        (
            "select readfile('/etc/passwd')",
            "there is no function `readfile` in line 1 of its SQL; did you mean `replace`?",
        ),
        (
            "select count(*) as participant from sqlite_master",
            "`sqlite_master` is no source of the recipe; there is `deals`",
        ),
        ("select name from sqlite_master", "`sqlite_master` is no source of the recipe; there is `deals`"),
        (
            "select name from pragma_table_info('deals')",
            "`pragma_table_info` is no source of the recipe; there is `deals`",
        ),
        ("select json('{}')", "`json` is not a function of recipes; there are 45, such as `abs`"),
        ("select 1 as participant; select 2", "has more than one statement, expected one `select`"),
        ("explain select 1 as participant", "is not a `select`, expected one `select` or `with ... select`"),
        (
            "select \"Anna\" as participant",
            "there is no column `\"Anna\"` in line 1 of its SQL (should this be a string literal in single-quotes?); there is `agent`, `closed`, `id`, `stage`, `value`",
        ),
        (
            "select d.agnt as participant\nfrom deals d",
            "there is no column `d.agnt` in line 1 of its SQL; did you mean `agent`?",
        ),
        ("select agent as participant\nfrom deal", "there is no table `deal`; did you mean `deals`?"),
        ("select :today as participant", "`:today` is no parameter of a recipe; did you mean `:first_day`?"),
        (
            "select agent from from deals",
            "it can't be read at `from` in line 1 of its SQL; expected one `select` as SQLite writes it",
        ),
    ] {
        refused(sql, "", &format!("`recipe.toml`, table `people`: {expected}"));
    }
}

#[test]
fn sql_that_does_not_end_is_stopped() {
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as participant from n";
    let few = Limits { sql_steps: 1_000_000, ..Limits::default() };
    assert_eq!(
        run_within(&few, endless, "").unwrap_err(),
        "`recipe.toml`, table `people`: was stopped after 1000000 steps; join on fewer rows, or filter the sources first"
    );
    let short = Limits { sql_time: Duration::ZERO, ..Limits::default() };
    assert_eq!(
        run_within(&short, endless, "").unwrap_err(),
        "`recipe.toml`, table `people`: was stopped after 0 s; join on fewer rows, or filter the sources first"
    );
    let long = "select agent as participant, replace('x', 'x', printf('%9999999d', 1)) as x from deals";
    assert!(run(long, "").unwrap_err().contains("`printf` is not a function of recipes"));
}

#[test]
fn rows_that_do_not_fit_are_reported_as_in_a_file() {
    refused(
        "select agent as participant, value, 5 as n from deals where stage = 'Won'",
        "value = \"money:2\"",
        "`recipe.toml`, table `people`, row 1, column `n`: `5` is a number, but nothing says of what; declare the column, such as `{ unit = \"money\", decimals = 2 }` or `\"count\"`",
    );
    refused(
        "select agent as participant, value from deals",
        "value = \"money:2\"",
        "`recipe.toml`, table `people`, row 2, column `participant`: `Anna` is already in row 1; expected one row for each participant, or a different `from` for each assignment; group by them in the SQL\n\
         `recipe.toml`, table `people`, row 4, column `participant`: `Bo` is already in row 3; expected one row for each participant, or a different `from` for each assignment; group by them in the SQL",
    );
    refused(
        "select agent as participant, value, count(*) from deals group by 1",
        "valu = \"money:2\"",
        "`recipe.toml`, table `people`: `count(*)` can't name a column, expected 1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter; name it in the SQL: `... as name`\n\
         `recipe.toml`, table `people`: `valu` is declared, but no column of the result; did you mean `value`?",
    );
    refused(
        "select agent as participant, stage as x, closed as y from deals where id = '1'",
        "x = \"money:2\"\ny = \"flag\"",
        "`recipe.toml`, table `people`, row 1, column `x`: `Won` is a text, expected a whole number; declare the column in its source (`columns = { ... }`)\n\
         `recipe.toml`, table `people`, row 1, column `y`: `17197` is out of range, expected flag, 0 or 1",
    );
    refused(
        "select agent as participant from deals where id = 'none'",
        "",
        "`recipe.toml`, table `people`: the SQL gives no row, expected a row a participant; check its conditions and the period",
    );
}

#[test]
fn sources_with_problems_are_all_reported() {
    let text = "[sources.a]\nfile = \"a.csv\"\ncolumns = { x = \"count\" }\n[sources.b]\nfile = \"b.csv\"\ncolumns = { y = \"date\" }\n[tables.people]\nsql = \"select 1\"";
    let recipe = Recipe::parse("recipe.toml", text).unwrap();
    let files = BTreeMap::from([
        ("a.csv".to_owned(), Bytes::from("x\n1.5\n")),
        ("b.csv".to_owned(), Bytes::from("y,y\n1,2\n")),
    ]);
    assert_eq!(
        build(&recipe, &files, frame(), &Limits::default()).unwrap_err().to_string(),
        "`a.csv`, row 2, column `x`: `1.5` has more than 0 decimals, expected count, such as `1234`; round it at its source or declare more decimals\n\
         `b.csv`, row 1: `y` is the second column named `y`, the first is `y`; rename one, or ignore it in the recipe"
    );
    let none: BTreeMap<String, Bytes> = BTreeMap::from([("c.csv".to_owned(), Bytes::new())]);
    assert_eq!(
        build(&recipe, &none, frame(), &Limits::default()).unwrap_err().to_string(),
        "`a.csv` is named by the recipe, but didn't come with it; send it along; did you mean `c.csv`?"
    );
}

#[test]
fn a_recipe_with_unknown_keys_or_outside_files_is_refused_whole() {
    let text = "[source.x]\nfile = \"x.csv\"\n[sources.a]\nfile = \"/etc/passwd\"\n[sources.b]\nfil = \"b.csv\"\n[sources.\"B-1\"]\nfile = \"b.csv\"\n\
                [sources.c]\nfile = \"d/../../c.csv\"\n[tables.people]\nsql = 5\n[tables.deals]\nsql = \"select 1\"\ncolumns = { x = { unit = \"money\", decimals = 10 } }";
    let outside =
        "which is outside the recipe's folder; put the file beside the recipe and name it from there";
    assert_eq!(
        Recipe::parse("recipe.toml", text).unwrap_err().to_string(),
        format!(
            "`recipe.toml`: `sources.B-1` can't be a name here, expected 1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter, and not `sqlite...`\n\
             `recipe.toml`: `sources.a.file` is `/etc/passwd`, {outside}\n\
             `recipe.toml`: `sources.b.file` is missing, expected the name of a file beside the recipe\n\
             `recipe.toml`: `sources.b.fil` is not a key that is known here; did you mean `file`?\n\
             `recipe.toml`: `sources.c.file` is `d/../../c.csv`, {outside}\n\
             `recipe.toml`: `tables.deals.columns.x.decimals` is `10`, expected a whole number from 0 to 9\n\
             `recipe.toml`: `tables.people.sql` is a whole number, expected a text in quotes\n\
             `recipe.toml`: `source` is not a key that is known here; did you mean `sources`?"
        )
    );
    assert_eq!(
        Recipe::parse("recipe.toml", "[sources.a]\nfile = \"a.csv\"").unwrap_err().to_string(),
        "`recipe.toml`: `tables` is missing, expected at least one `[tables.NAME]`"
    );
}

#[test]
fn a_folder_gives_nothing_outside_itself() {
    let folder = std::env::temp_dir().join(format!("attain-ingest-{}", std::process::id()));
    let inside = folder.join("inside");
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(folder.join("secret.csv"), "a\n1\n").unwrap();
    std::fs::write(inside.join("a.csv"), "a\n1\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.join("secret.csv"), inside.join("link.csv")).unwrap();
    let files = FolderFiles::new(&inside, 1_000);
    assert_eq!(files.read("a.csv").unwrap(), "a\n1\n");
    let outside = |name: &str| files.read(name).map_err(|error: ImportError| error.to_string()).unwrap_err();
    assert_eq!(
        outside("../secret.csv"),
        "`../secret.csv` is outside the recipe's folder; put the file beside the recipe"
    );
    #[cfg(unix)]
    assert_eq!(
        outside("link.csv"),
        "`link.csv` is outside the recipe's folder; put the file beside the recipe"
    );
    assert_eq!(outside("none.csv"), "`none.csv` isn't there; put the file beside the recipe");
    assert_eq!(
        FolderFiles::new(&inside, 2).read("a.csv").unwrap_err().to_string(),
        "`a.csv` has 4 bytes, expected at most 2; split it"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_order_of_rows_in_a_source_does_not_show() {
    let text = recipe(
        "select agent as participant, group_concat(id, '+') as ids, id as first_id from deals group by 1",
        "",
    );
    let recipe = Recipe::parse("recipe.toml", &text).unwrap();
    let mut lines: Vec<&str> = DEALS.lines().collect();
    let expected = build(&recipe, &files(), frame(), &Limits::default()).unwrap();
    lines[1..].reverse();
    let files = BTreeMap::from([("deals.csv".to_owned(), Bytes::from(lines.join("\n")))]);
    assert_eq!(build(&recipe, &files, frame(), &Limits::default()).unwrap(), expected);
}
