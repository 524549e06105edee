//! The bound on SQLite's memory, in a process of its own: the bound holds for the whole process.

use attain_ingest::{Frame, Limits, Recipe, build};
use attain_model::Span;
use bytes::Bytes;
use std::collections::BTreeMap;

#[test]
fn sql_that_hoards_is_stopped() {
    let text = "[sources.a]\nfile = \"a.csv\"\n[tables.people]\nsql = \"\"\"\
        with recursive n(i, t) as (select 1, replace('xxxxxxxxxx', 'x', 'yyyyyyyyyy') union select i + 1, t || i from n where i < 100000000)\
        select i as participant from n order by t\"\"\"";
    let recipe = Recipe::parse("recipe.toml", text).unwrap();
    let files = BTreeMap::from([("a.csv".to_owned(), Bytes::from("a\n1\n"))]);
    let limits = Limits { sql_bytes: 32 << 20, ..Limits::default() };
    let frame = Frame { span: Span { first_day: 0, last_day: 30 }, currency: None };
    assert_eq!(
        build(&recipe, &files, frame, &limits).unwrap_err().to_string(),
        "`recipe.toml`, table `people`: needs more than 33554432 bytes of memory; join on fewer rows, or filter the sources first"
    );
}
