//! What is answered, by name: runs, replays, statements, rows.

use super::schema::*;

/// Runs and what they depend on.
pub(super) fn runs() -> Vec<Field> {
    let none = &[];
    let history = [
        ("period", text("The period.")),
        ("run", or_null(digest("Its official run at that time."))),
        ("snapshot", or_null(digest("The snapshot that run used."))),
    ];
    let pins = [
        ("semantics", whole("Version of the host's own meaning of a plan.")),
        ("plan", text("The plan's name.")),
        ("plan_digest", digest("The plan's version.")),
        ("policies", list(digest("The policy of a step."))),
        ("period", text("The period.")),
        ("span", reference("Span")),
        ("year", reference("Span")),
        ("currency", text("What it pays in.")),
        ("snapshot", digest("The snapshot.")),
        ("history", list(object("An earlier period that it looked at.", &history, none))),
    ];
    let input = [
        ("name", text("Its name within the policy.")),
        ("from", or_null(text("Where it came from, as a plan writes it."))),
        ("digest", or_null(digest("Of its cells."))),
    ];
    let output = [
        ("name", text("Its name within the step.")),
        ("type", reference("Type")),
        ("does", reference("OutputKind")),
    ];
    let step = [
        ("name", text("Its name in the plan.")),
        ("policy", text("`name@version`.")),
        ("inputs", list(object("An input.", &input, none))),
        ("outputs", list(object("An output.", &output, none))),
        ("fuel", whole("Fuel used; never a part of the result.")),
        ("fuel_share", whole("The most of its fuel that one call used, in thousandths.")),
        ("memory_bytes", whole("Linear memory of a call at its largest.")),
        ("memory_share", whole("The most of its memory that one call used, in thousandths.")),
    ];
    let run = [
        ("format", whole("The record's version.")),
        ("id", digest("Of everything that it depends on.")),
        ("pins", object("Everything that it depends on.", &pins, none)),
        ("profile", digest("Of the engine's settings.")),
        ("made_at", text("When, in UTC (RFC 3339).")),
        ("steps", list(object("A step.", &step, none))),
        ("outcome", reference("Table")),
        ("outcome_digest", digest("Equal figures, equal digest.")),
        ("participants", whole("How many people it covers.")),
        ("payout_total", whole("Sum of all payouts, in the smallest unit of the currency.")),
        ("state", word("Where it stands.", &["draft", "submitted", "approved", "locked"])),
        ("decided", or_null(list(text("Who decided that, then when.")))),
        ("official", yes_or_no("Whether it is the official run of its plan and period.")),
    ];
    let notice = [
        ("code", word("What it is about, never renamed.", &["unmatched", "unapproved", "near-limit"])),
        ("message", text("A sentence with the next step.")),
    ];
    let notice = object("What may be as meant, or a mistake; told when the run is made.", &notice, none);
    let told = [("notices", list(notice))];
    let difference = [
        ("participant", text("Whose row.")),
        ("row", whole("Its place in the outcome, from 0.")),
        ("column", text("`payout` or `step.output`.")),
        ("kept", or_null(whole("What was kept, scaled by the column's decimals."))),
        ("computed", or_null(whole("What came out now, likewise."))),
    ];
    let replay = [
        ("run", digest("The run.")),
        ("same", yes_or_no("Whether everything is as it was kept.")),
        ("rows", whole("Rows computed.")),
        ("cells", whole("Cells compared.")),
        ("differing", whole("How many differ.")),
        ("differences", list(object("A cell that differs.", &difference, none))),
        ("digests", list(text("What has another digest than the record."))),
        ("recorded", digest("The outcome's digest as recorded.")),
        ("computed", digest("The outcome's digest now.")),
    ];
    let paid = [
        ("run", digest("The run.")),
        ("plan", text("The plan.")),
        ("period", text("The period.")),
        ("payout", text("The sum over all of their rows.")),
        ("currency", text("What amounts are in.")),
    ];
    let work = [
        ("id", text("Names it while it is under way.")),
        ("operation", text("What was asked, by its id in this document.")),
        ("of", text("The plan and period, or the run.")),
        ("by", text("Who asked.")),
        ("since", text("Since when, in UTC (RFC 3339).")),
        ("state", word("Where it stands.", &["waiting", "running", "stopping"])),
        ("step", or_null(text("The step or steps at work."))),
        ("rows", or_null(whole("Rows that are through."))),
        ("rows_of", or_null(whole("Rows in all."))),
    ];
    let kinds = ["pay", "score", "factor", "award", "alert", "target-change", "info", "carry"];
    vec![
        ("OutputKind", word("What is done with an output.", &kinds)),
        ("Run", object("A run and where it stands.", &run, &told)),
        ("Work", object("A run, a replay or an approval under way.", &work, none)),
        ("Paid", object("An official run that somebody has a statement in.", &paid, none)),
        ("Replay", object("What a replay found.", &replay, none)),
    ]
}

/// Rows, statements, progress.
pub(super) fn answers() -> Vec<Field> {
    let none = &[];
    let column = || {
        vec![
            ("name", text("Its name.")),
            ("unit", text("What it counts.")),
            ("decimals", whole("Its decimals.")),
        ]
    };
    let does = || vec![("does", or_null(reference("OutputKind")))];
    let rows = |column: &[Field]| {
        [
            ("columns", list(object("A column.", column, none))),
            ("rows", list(list(or_null(text("A decimal number, a day or a text."))))),
            ("of", whole("How many rows there are in all.")),
        ]
    };
    let figure = object(
        "A figure with its name.",
        &[
            ("name", text("Of the input or output.")),
            ("note", text("Where an input came from; what an output is for.")),
            ("value", or_null(text("A decimal number or a text."))),
            ("shown", text("As a person reads it.")),
        ],
        none,
    );
    let line = object(
        "One line of an explanation.",
        &[
            ("rule", text("The rule's code.")),
            ("text", text("The sentence.")),
            ("adds_to", or_null(text("The output that it adds to."))),
            ("amount", or_null(text("How much it adds."))),
        ],
        none,
    );
    let step = object(
        "One step of the plan.",
        &[
            ("step", text("Its name.")),
            ("of", or_null(text("Which row of its table it is about, where that isn't `people`."))),
            ("policy", text("`name@version`.")),
            ("summary", text("What the policy is for.")),
            ("inputs", list(figure.clone())),
            ("lines", list(line)),
            ("outputs", list(figure)),
            ("pays", or_null(text("What it pays; null where it pays nothing by its kind."))),
        ],
        none,
    );
    let row = object("One assignment.", &[("payout", text("What it is paid.")), ("steps", list(step))], none);
    let told = |first: &[Field]| {
        let rest = [
            ("plan", text("The plan.")),
            ("period", text("The period.")),
            ("participant", text("Who.")),
            ("currency", text("What amounts are in.")),
            ("language", word("The language of the sentences.", &["en", "zh"])),
            ("payout", text("The sum over all rows.")),
            ("rows", list(row.clone())),
        ];
        [first, &rest].concat()
    };
    let statement = told(&[("run", digest("The run."))]);
    let estimate = told(&[
        ("plan_digest", digest("The plan's version, with its policies.")),
        ("snapshot", digest("The figures that were changed.")),
    ]);
    let progress = [
        ("step", text("The step or steps at work.")),
        ("rows", whole("Rows that are through.")),
        ("of", whole("Rows in all.")),
    ];
    vec![
        ("TableRows", object("Rows of a table.", &rows(&column()), none)),
        ("OutcomeRows", object("Rows of an outcome.", &rows(&[column(), does()].concat()), none)),
        ("Statement", object("How one person's outcome came about.", &statement, none)),
        (
            "Estimate",
            object("What somebody would be paid, and why, as a statement would say it.", &estimate, none),
        ),
        ("Progress", object("How far a run is.", &progress, none)),
    ]
}
