//! Inputs to begin with: real ones, made from what is in the repository and from the demo company.

use crate::http::{operations, seeds_of};
use crate::parts::Written;
use crate::{Target, batch, guests, import, plan, publish, recipe};
use attain_demo::{DemoCompany, SEED, write_csv, write_targets_csv};
use attain_ingest::{Format, export};
use attain_ledger::Entry;
use attain_model::period::Period;
use attain_model::{Data, Table, TextColumn};
use attain_store::trial;
use std::path::{Path, PathBuf};

/// Seeds of a target; the same each time, at least one.
pub fn seeds(target: Target) -> Vec<Vec<u8>> {
    match target {
        Target::Publish => publishing(),
        Target::Batch => batches(),
        Target::Import => imports(),
        Target::Recipe => recipes(),
        Target::Plan => plans(),
        Target::Http => operations().iter().enumerate().flat_map(seeds_of).collect(),
        Target::Store => stored(),
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Files below a folder that have this name or end, in the order of their paths.
fn files(folder: &str, end: &str) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    let mut folders = vec![repository().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

fn chosen(choice: u8, rest: impl AsRef<[u8]>) -> Vec<u8> {
    Written::default().byte(choice).rest(rest)
}

fn publishing() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> =
        guests::GUESTS.iter().map(|guest| chosen(0, guests::named(guest, "flat-rate"))).collect();
    // What wasm-smith makes of a run of bytes that looks like chance.
    let chance: Vec<u8> = (0u32..600).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for from in [0, 100, 200, 300] {
        all.extend([1, 2].map(|way| chosen(way, &chance[from..from + 300])));
    }
    for guest in 0..guests::GUESTS.len() as u8 {
        all.push(vec![3, guest, 200, 3, 7]);
        all.push(vec![4, guest, 90, 1, 0x20]);
    }
    assert!(all.iter().all(|seed| seed[0] < publish::WAYS));
    all
}

fn batches() -> Vec<Vec<u8>> {
    // A good answer of the puppet: the column begins at 65536, and the words before 65568 say a list of one list.
    let word = |low: u32, high: u32| [low.to_le_bytes(), high.to_le_bytes()].concat();
    let (at, lists) = (65_536, 65_560);
    let answer = |length: u32| [word(at + 8, 0), word(0, lists), word(1, 0), word(at, length)].concat();
    let mut all = Vec::new();
    for binding in 0..batch::BINDINGS.len() as u8 {
        for (told, explained) in [(0, 1), (4, 1), (9, 1), (14, 1), (19, 1), (0, 0)] {
            all.push([&[2, binding, told, explained][..], &answer(4)].concat());
        }
        all.push([&[2, binding, 0, 1][..], &answer(5), &word(1, 0)].concat());
    }
    all.extend(batch::BINDINGS.map(|binding| chosen(1, binding)));
    all.extend((0..8u8).map(|tiers| {
        let numbers = (0..48u8).flat_map(|i| [100, i.wrapping_mul(tiers), i]);
        [vec![0, tiers, 3 + tiers, 11, 0xff], numbers.collect()].concat()
    }));
    all
}

fn imports() -> Vec<Vec<u8>> {
    let period = Period::parse("2026-Q3").expect("a period of the demo");
    let company = DemoCompany::new(SEED, 6);
    let people = Table::concat(company.people(period, 100).expect("figures").collect()).expect("people");
    let mut csv = Vec::new();
    write_csv([people.clone()], &mut csv).expect("a vector takes all");
    let mut targets = Vec::new();
    write_targets_csv(company.targets(period, 100).expect("figures"), &mut targets)
        .expect("a vector takes all");
    let sheet = r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>participant</t></is></c><c r="B1" t="str"><v>revenue:money:2</v></c><c r="C1" t="inlineStr"><is><t>hired:date</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>Ann</t></is></c><c r="B2"><v>12.5</v></c><c r="C2"><v>45000</v></c></row></sheetData></worksheet>"#;
    let german = "encoding = \"windows-1252\"\ndelimiter = \";\"\nnumber = \"1.234,56\"\ndate = \"DD.MM.YYYY\"\nempty = [\"n/a\"]\nignore = [\"Bemerkung\"]\n[columns]\nName = { name = \"participant\", unit = \"text\" }\nUmsatz = { name = \"revenue\", unit = \"money\", decimals = 2 }\nEintritt = { name = \"hired\", unit = \"date\" }\n";
    let small = "participant,revenue:money:2,share:ratio:4,hired:date,warned:flag,n\nAnn,1.40,0.25,2017-03-01,yes,3\n王芳,-7,,,no,\n";
    let packed = |format| export(&people, format, Vec::new()).expect("a vector takes all");
    let of =
        |kind: u8, mapping: &str, file: &[u8]| Written::default().byte(kind).zero_ended(mapping).rest(file);
    let mut all = vec![
        of(import::CSV, "", &csv),
        of(import::CSV, "", small.as_bytes()),
        of(
            import::CSV,
            german,
            b"Name;Umsatz;Eintritt;Bemerkung\nJ\xf6rg;1.234,50;31.12.2016;x\nAnn;n/a;;\n",
        ),
        of(import::CSV, "delimiter = \"tab\"\nheader_row = 2", b"x\nparticipant\tdeals\n\"A\"\"nn\"\t3\n"),
        of(import::CSV, "", b"\xff\xfep\0a\0r\0t\0i\0c\0i\0p\0a\0n\0t\0\n\0A\0n\0n\0\n\0"),
        of(import::XLSX, "", &packed(Format::Xlsx)),
        of(import::XLSX, "sheet = \"people\"", &packed(Format::Xlsx)),
        of(import::PARQUET, "", &packed(Format::Parquet)),
        of(import::SHEET, "", sheet.as_bytes()),
        of(import::TARGETS, "", &targets),
        of(import::TARGETS, "", b"participant,metric,target:money:2\nAnn,revenue,200\nBo,upsell,7\n"),
    ];
    all.extend(
        files("policies/plans", ".csv")
            .into_iter()
            .filter(|file| file.len() < 4_000)
            .take(6)
            .map(|file| of(import::CSV, "", &file)),
    );
    all
}

fn recipes() -> Vec<Vec<u8>> {
    const SQL: [&str; 12] = [
        "select owner as participant, sum(amount) as revenue, count(*) as deals from deals group by 1",
        "select name as participant, team, 1.5 as revenue, 0 as deals from roster",
        "with recursive n(i) as (select 1 union all select i + 1 from n) select i as participant from n",
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50) select 'p' || i as participant, i as deals from n",
        "select r.name as participant, coalesce(sum(d.amount), 0) as revenue from roster r left join deals d on d.owner = r.name and d.closed between :first_day and :last_day group by r.name",
        "select owner as participant, group_concat(deal) as team, max(amount) over (partition by owner) as revenue from deals",
        "select load_extension('x') as participant",
        "attach '/etc/passwd' as p",
        "pragma table_info(deals)",
        "select hex(randomblob(1000000000)) as participant",
        "select name as participant, replace(printf('%.1000000c', 'x'), 'x', 'yy') as team from roster",
        "select count(*) as participant from deals a, deals b, deals c, deals d, deals e, deals f, deals g, deals h, deals i",
    ];
    let whole = "[sources.deals]\nfile = \"deals.csv\"\ncolumns = { amount = { unit = \"money\", decimals = 2 }, closed = \"date\" }\n[tables.people]\nsql = \"select owner as participant, sum(amount) as revenue from deals group by 1\"\n[tables.people.columns]\nrevenue = { unit = \"money\", decimals = 2 }\n";
    let mut all: Vec<Vec<u8>> = SQL.iter().map(|sql| chosen(1, sql)).collect();
    all.push(chosen(0, whole));
    all.extend(files("tests", "recipe.toml").iter().map(|recipe| chosen(0, recipe)));
    assert!(recipe::DEALS.starts_with("deal,") && recipe::ROSTER.starts_with("name,"));
    all
}

fn plans() -> Vec<Vec<u8>> {
    let flat = "plan = \"field-sales\"\nperiod = \"quarter\"\nstarts = \"2017-Q1\"\n[population]\nwhere = { team = [\"North\", \"South\"] }\n[[step]]\nname = \"commission\"\npolicy = \"flat-rate@1\"\ninputs = { credit = \"ytd(credit)\" }\n[[step]]\nname = \"two\"\npolicy = \"flat-rate@1\"\ninputs = { credit = \"sum(commission.commission by manager)\" }\noutputs = { commission = \"info\" }\n[[example]]\n[example.people]\nparticipant = [\"Ann\"]\ncredit = [\"1.40\"]\nteam = [\"North\"]\nmanager = [\"\"]\n[example.expect]\n\"commission.commission\" = [\"0.07\"]\n";
    let mut all = vec![chosen(0, flat)];
    all.extend(files("tests", "plan.toml").iter().map(|file| chosen(0, file)));
    all.extend(files("policies/plans", ".toml").iter().map(|file| chosen(0, file)));
    for source in [
        "revenue",
        "target.revenue",
        "score.factor",
        "carry(balance)",
        "-12.50",
        "'word'",
        "ytd(x)",
        "ytd_before(a.b)",
        "prior(target.x, 4)",
        "trailing(x, 12)",
        "sum(x by manager)",
        "sum(score.points under manager)",
    ] {
        all.push(chosen(1, source));
    }
    all.extend(
        ["2025", "2025-Q4", "2025-11", "2025-W47", "2025-11-22", "1900-01-01", "2999-W52"]
            .map(|text| chosen(2, text)),
    );
    all.extend(
        ["0", "-12.34", "+9223372036854775807", "0.000000000000000001", "1000000.50"]
            .map(|text| chosen(3, text)),
    );
    all.extend(
        ["acme", "CNY", " Zoe\u{308} ", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
            .map(|text| chosen(4, text)),
    );
    all.push(chosen(5, guests::MANIFEST));
    all.extend(batch::BINDINGS.map(|binding| chosen(5, binding)));
    assert!(all.iter().all(|seed| seed[0] < plan::KINDS));
    all
}

fn stored() -> Vec<Vec<u8>> {
    let numbers = |n: i64| Data::Numbers((0..n).map(|i| i * i % 1_000 - 7).collect());
    let texts = |n: usize| {
        Data::Texts(TextColumn::from_rows((0..n).map(|i| ["North", "South", "渠道"].get(i % 4).copied())))
    };
    let blocks =
        [vec![numbers(3)], vec![numbers(300), texts(300)], vec![texts(9), texts(9), numbers(9)], vec![]];
    let mut all: Vec<Vec<u8>> = blocks
        .iter()
        .filter_map(|columns| trial::write_block(columns))
        .map(|block| chosen(0, block))
        .collect();
    let entry = Entry {
        format: 1,
        index: 7,
        at: "2026-11-28T12:00:00Z".to_owned(),
        actor: "operator".to_owned(),
        action: "run".to_owned(),
        object: "field-sales 2026-Q3".to_owned(),
        digest: "00".repeat(32),
        previous: None,
    };
    all.push(chosen(1, entry.to_bytes().expect("an entry is bytes")));
    all
}
