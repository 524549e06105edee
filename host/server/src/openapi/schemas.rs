//! What is sent and answered, by name: companies, policies, plans, snapshots, problems.

use super::figures;
use super::schema::*;
use attain_service::Role;
use serde_json::{Map, Value};

/// Every schema that the document names.
pub(super) fn all() -> Value {
    let all =
        [requests(), keys(), providers(), vault(), records(), plans(), figures::runs(), figures::answers()]
            .into_iter()
            .flatten();
    Value::Object(all.map(|(name, schema)| (name.to_owned(), schema)).collect::<Map<_, _>>())
}

fn requests() -> Vec<Field> {
    let cut = || {
        [
            ("threads", whole("Threads at work, 1 to 1024; the host's number when it is not said.")),
            (
                "batch",
                whole("The most rows of a batch, 1 to 8192; the engine profile's when it is not said."),
            ),
        ]
    };
    let company = object(
        "A company to add.",
        &[("id", text("1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter or digit."))],
        &[
            ("name", text("What people call it; its id when it is not said.")),
            ("currency", text("ISO 4217 code; `CNY` when it is not said.")),
            ("timezone", text("IANA name; `Asia/Shanghai` when it is not said.")),
            (
                "fiscal_year_start",
                whole("The month that its fiscal year begins with; 1 when it is not said."),
            ),
        ],
    );
    let run = object(
        "A run to make. How it is cut doesn't change its outcome.",
        &[("plan", text("The plan's name.")), ("period", text("The period."))],
        &cut(),
    );
    let cell = "As a file has it, decimals by the figures' own; an empty text is no value.";
    let estimate = object(
        "Whose pay, and what is other than in the figures.",
        &[
            ("plan", text("The plan's name.")),
            ("period", text("The period, whose newest figures are taken.")),
            ("participant", text("Whose pay.")),
        ],
        &[
            ("lang", text("`en` or `zh`; `en` when it is not said.")),
            (
                "figures",
                named(
                    "By column of `people`, or `target.METRIC`.",
                    either(text(cell), list(text("For each of their rows."))),
                ),
            ),
            (
                "rows",
                named(
                    "By table, rows that they have besides, at most 1000.",
                    list(named("By column.", text(cell))),
                ),
            ),
        ],
    );
    vec![
        ("NewEstimate", estimate),
        ("NewCompany", company),
        ("NewRun", run),
        ("Cut", object("How a run is cut, which doesn't change its outcome.", &[], &cut())),
    ]
}

fn vault() -> Vec<Field> {
    let log = || reference("LogHead");
    let head = [("size", whole("How many entries.")), ("root", digest("The root over them (RFC 6962)."))];
    let restored = [
        ("company", text("The company's id.")),
        ("made_at", text("When the backup was made, in UTC (RFC 3339).")),
        ("log", log()),
        ("behind", or_null(log())),
        ("records", whole("How many records.")),
    ];
    let erased = [
        ("company", text("The company's id.")),
        ("at", text("When, in UTC (RFC 3339).")),
        ("by", text("Whose credential it was.")),
        ("log", log()),
    ];
    let entry = [
        ("format", whole("1.")),
        ("index", whole("Its place in the log, from 0.")),
        ("at", text("When, in UTC (RFC 3339).")),
        ("actor", text("Whose credential it was.")),
        ("action", text("What: `import-snapshot`, `run`, `approve`, ...")),
        ("object", text("What it was done to.")),
        ("digest", digest("Of the record that came of it.")),
        ("previous", or_null(digest("The leaf before."))),
    ];
    let erasure = [("confirm", text("The company's id, once more."))];
    vec![
        (
            "LogHead",
            object(
                "The head of a log. Who holds one can tell whether a later log is the same, grown.",
                &head,
                &[],
            ),
        ),
        ("LogEntry", object("Something that was done.", &entry, &[])),
        (
            "Restored",
            object(
                "A company restored: the head of its log in the backup, and the known one that it went back behind.",
                &restored,
                &[],
            ),
        ),
        ("Erasure", object("A company to erase.", &erasure, &[])),
        ("Erased", object("A company erased, and the last head of its log.", &erased, &[])),
    ]
}

fn keys() -> Vec<Field> {
    let roles = Role::ALL.map(Role::name);
    let teams = list(text("A team, as the column `team` of `people` has it."));
    let wanted = object(
        "A key to make.",
        &[
            ("name", text("Whose it is, 1 to 100 bytes: the log calls whoever acts with it so.")),
            ("role", word("What it may do.", &roles)),
        ],
        &[
            ("teams", teams.clone()),
            ("participant", text("For a participant's key: their id.")),
            (
                "days",
                whole("For how many days it is good, 1 to 3650; until it is revoked when it is not said."),
            ),
        ],
    );
    let key = [
        ("id", text("Names it: 16 hexadecimal digits.")),
        ("name", text("Whose it is.")),
        ("role", word("What it may do.", &roles)),
        ("teams", teams.clone()),
        ("participant", or_null(text("For a participant's key: their id."))),
        ("made_at", text("When, in UTC (RFC 3339).")),
        ("made_by", text("Who made it.")),
        ("expires_at", or_null(text("Until when it is good, in UTC (RFC 3339)."))),
        ("revoked", or_null(list(text("Who revoked it, then when.")))),
        ("good", yes_or_no("Whether one may act with it now.")),
    ];
    let made = [("key", text("The key itself, shown this once.")), ("record", reference("Key"))];
    let me = [
        ("name", text("The credential's name.")),
        ("role", word("What it may do.", &roles)),
        ("company", or_null(text("The company; none for the operator."))),
        ("teams", teams),
        ("participant", or_null(text("A participant's id."))),
    ];
    let limit = [
        ("name", text("Its name.")),
        ("value", whole("What it is now.")),
        ("default", whole("What it is where nothing is set.")),
        ("unit", text("What is counted.")),
        ("least", whole("The least it may be set to.")),
        ("most", whole("The most it may be set to.")),
        ("about", text("What it bounds.")),
        ("used", or_null(whole("How much of it is used now, where that adds up over time."))),
    ];
    let new_limit = object(
        "A limit to set.",
        &[],
        &[("value", or_null(whole("What it is from now on; its default when it is not said.")))],
    );
    vec![
        ("Limit", object("A limit of a company.", &limit, &[])),
        ("NewLimit", new_limit),
        ("NewKey", wanted),
        ("Key", object("A key as kept, without its secret.", &key, &[])),
        ("MadeKey", object("A key just made.", &made, &[])),
        ("Me", object("Who asks.", &me, &[])),
    ]
}

fn providers() -> Vec<Field> {
    let roles: Vec<&str> = Role::ALL.map(Role::name).into_iter().filter(|role| *role != "operator").collect();
    let row = object(
        "A value of the claim that decides the role.",
        &[("value", text("The value, `*` for any.")), ("role", word("The role that it gives.", &roles))],
        &[],
    );
    let team = "The claim with a lead's teams.";
    let participant = "The claim with a participant's id.";
    let claims = "A claim is named as it is, or by its place within others, such as `realm_access.roles`.";
    let wanted = object(
        &format!("An identity provider to set, with either `keys` or `keys_url`. {claims}"),
        &[
            ("issuer", text("The claim `iss` of its tokens.")),
            ("audience", text("The claim `aud` of tokens for this company.")),
            ("roles", list(row.clone())),
        ],
        &[
            ("keys", or_null(anything("Its public keys: a JSON Web Key Set (RFC 7517)."))),
            ("keys_url", or_null(text("Where the host fetches them; for the operator alone to set."))),
            ("role_claim", or_null(text("The claim that decides the role; `roles` when it is not said."))),
            ("team_claim", or_null(text(team))),
            ("participant_claim", or_null(text(participant))),
            ("name_claim", or_null(text("The claim that the log names them by; `sub` when it is not said."))),
        ],
    );
    let record = [
        ("issuer", text("The claim `iss` of its tokens.")),
        ("audience", text("The claim `aud` of tokens for this company.")),
        ("keys_url", or_null(text("Where the host fetches its keys."))),
        ("key_ids", list(text("A key of the set that was given; `-` for one without a name."))),
        ("role_claim", text("The claim that decides the role.")),
        ("roles", list(row)),
        ("team_claim", or_null(text(team))),
        ("participant_claim", or_null(text(participant))),
        ("name_claim", text("The claim that the log names them by.")),
        ("set_at", text("When, in UTC (RFC 3339).")),
        ("set_by", text("Who set it.")),
    ];
    vec![
        ("NewProvider", wanted),
        ("Provider", object("A company's identity provider. The first role that fits counts.", &record, &[])),
    ]
}

fn records() -> Vec<Field> {
    let units = ["money", "ratio", "points", "count", "days", "date", "flag", "level", "label", "text"];
    let kind =
        [("unit", word("What is counted.", &units)), ("decimals", whole("Digits after the point, 0 to 9."))];
    let company = [
        ("id", text("Its id.")),
        ("name", text("What people call it.")),
        ("currency", text("ISO 4217 code.")),
        ("timezone", text("IANA name.")),
        ("fiscal_year_start", whole("The month that its fiscal year begins with.")),
    ];
    let column = [
        ("name", text("Its name.")),
        ("type", reference("Type")),
        ("digest", digest("Of its cells; of ids, of their salted hashes.")),
    ];
    let table = [
        ("name", text("Its name.")),
        ("rows", whole("How many rows.")),
        ("columns", list(reference("Column"))),
        ("root", or_null(digest("Root over its salted rows (RFC 6962)."))),
    ];
    let span = [
        ("first_day", whole("Days from 1970-01-01.")),
        ("last_day", whole("Days from 1970-01-01; the day belongs to the span.")),
    ];
    let snapshot = [
        ("format", whole("The record's version.")),
        ("id", digest("Of the period and its tables.")),
        ("period", text("The period.")),
        ("span", reference("Span")),
        ("revision", whole("From 1, one more for each correction.")),
        ("made_at", text("When, in UTC (RFC 3339).")),
        ("tables", named("Its tables by name.", reference("Table"))),
    ];
    let policy = [
        ("format", whole("The record's version.")),
        ("digest", digest("Of the component's bytes.")),
        ("name", text("As its manifest says.")),
        ("version", text("As its manifest says.")),
        ("bytes", whole("Size of the component.")),
        ("published_at", text("When, in UTC (RFC 3339).")),
        ("manifest", anything("What the policy says of itself.")),
    ];
    vec![
        (
            "Health",
            object(
                "The server answers.",
                &[("status", word("How it is.", &["ok"])), ("version", text("Its version."))],
                &[],
            ),
        ),
        ("Type", object("Unit and decimals.", &kind, &[])),
        ("Company", object("Whose figures they are.", &company, &[])),
        ("Column", object("A column of a kept table.", &column, &[])),
        ("Table", object("A kept table by its content.", &table, &[])),
        ("Span", object("Days from the first to the last.", &span, &[])),
        ("Snapshot", object("The figures of one company for one period, at one revision.", &snapshot, &[])),
        ("Policy", object("A published policy.", &policy, &[])),
        ("Problem", problem()),
    ]
}

fn problem() -> Value {
    let part = object(
        "One thing that is wrong.",
        &[],
        &[
            ("file", text("The file, as it was named.")),
            ("table", text("The table of a recipe.")),
            ("row", whole("The row; the first line of a file is row 1.")),
            ("column", text("The column.")),
            ("value", text("What stands there.")),
            ("what", text("What is wrong with it, what was expected, what to do.")),
            ("at", or_null(text("The field or place."))),
            ("participant", text("Whose row.")),
            ("message", text("What is wrong, what was expected, what to do.")),
            ("code", text("A policy's own word.")),
        ],
    );
    object(
        "Why a request was not answered as asked (RFC 9457).",
        &[
            ("type", text("`urn:attain:` and the code, or `about:blank`.")),
            ("title", text("The kind of problem.")),
            ("status", whole("The HTTP status.")),
            ("detail", text("What happened, what was expected, what to do.")),
            ("code", text("A word for programs, never renamed.")),
        ],
        &[
            ("problems", list(part)),
            ("problems_total", whole("How many there are, where not all are listed.")),
        ],
    )
}

fn plans() -> Vec<Field> {
    let kinds = ["pay", "score", "factor", "award", "alert", "target-change", "info", "carry"];
    let texts = || named("By column.", list(text("A cell as a file has it.")));
    let step = object(
        "One policy with its parameters.",
        &[("name", text("Its name.")), ("policy", text("`name@major`, `name@version` or a digest."))],
        &[
            (
                "inputs",
                named("Where inputs come from.", text("A column, `target.metric`, `step.output`, ...")),
            ),
            (
                "outputs",
                named(
                    "Kinds of outputs that differ from the policy's.",
                    word("What is done with it.", &kinds),
                ),
            ),
            ("params", anything("What the policy's schema describes.")),
        ],
    );
    let example = object(
        "Rows in, outcome out.",
        &[("doc", text("What it shows.")), ("people", texts()), ("expect", texts())],
        &[("period", text("The period it is about."))],
    );
    let plan = object(
        "A plan as its file says it.",
        &[
            ("plan", text("Its name.")),
            ("period", word("How long its periods are.", &["day", "week", "month", "quarter", "year"])),
            ("starts", text("The first period that it applies to.")),
            ("step", list(step)),
        ],
        &[
            ("title", text("What people call it.")),
            ("currency", text("What it pays in.")),
            ("population", anything("Whom it covers.")),
            ("example", list(example)),
        ],
    );
    let record = [
        ("format", whole("The record's version.")),
        ("digest", digest("Of what it says and of the policies it is pinned to.")),
        ("plan", reference("Plan")),
        ("policies", list(digest("The policy of a step."))),
        ("version", whole("Its place among the versions of this plan, from 1.")),
        ("published_at", text("When, in UTC (RFC 3339).")),
        ("source", text("The file as it came.")),
    ];
    let probe = [
        ("rows", whole("Rows that it computed, of those made from its inputs.")),
        ("fuel_base", whole("Fuel of a call for itself.")),
        ("fuel_per_row", whole("Fuel on top for each row.")),
        ("fuel_share", whole("How much of the fuel allowed a call of these rows used, in thousandths.")),
        ("memory_bytes", whole("Linear memory of a call.")),
    ];
    let pair = list(or_null(text("The input's name, then where it comes from.")));
    let check = [
        ("plan", reference("Plan")),
        ("policies", list(reference("Policy"))),
        ("inputs", list(list(pair))),
        ("outputs", list(text("A column of the outcome."))),
        ("probes", list(object("What trying a step out found.", &probe, &[]))),
        ("checked_against", or_null(text("The period whose columns it was checked against."))),
    ];
    vec![
        ("Plan", plan),
        ("PlanRecord", object("A published version of a plan.", &record, &[])),
        ("PlanCheck", object("What a plan would do.", &check, &[])),
    ]
}
