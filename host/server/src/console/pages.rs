//! What the pages show.

use super::bars::{self, Bar};
use super::html::{Language, Page};
use crate::problem::Problem;
use attain_model::number::format_grouped;
use attain_model::record::RunState;
use attain_model::{Company, Data, NO_VALUE};
use attain_service::{OutcomePage, RunView, Statement, StatementStep, Value};

/// Companies and their runs, the newest first.
pub(super) fn runs(language: Language, companies: &[(Company, Vec<RunView>)]) -> Page {
    let mut page = Page::new(language, ("Companies and runs", "公司与核算"));
    if companies.is_empty() {
        page.raw("<p>")
            .say("There is no company yet: attain company add ID", "还没有公司：attain company add ID")
            .raw("</p>");
    }
    for (company, runs) in companies {
        page.raw("<h2>").text(&company.name).raw("</h2>\n<table>");
        page.head(&[
            ("Period", "期间"),
            ("Plan", "方案"),
            ("State", "状态"),
            ("Payout", "应发合计"),
            ("People", "人数"),
            ("Run", "核算"),
        ]);
        for view in runs.iter().rev() {
            let (record, pins) = (&view.record, &view.record.pins);
            page.raw("<tr><td>")
                .text(&pins.period.to_string())
                .raw("</td><td>")
                .text(&pins.plan)
                .raw("</td><td>");
            state(&mut page, view);
            page.raw("</td><td class=\"n\">")
                .text(&format_grouped(record.payout_total, pins.currency.decimals()))
                .raw(" ");
            page.text(pins.currency.as_str())
                .raw("</td><td class=\"n\">")
                .text(&record.participants.to_string());
            let parts = ["company", company.id.as_str(), "runs", &record.id.to_string()];
            page.raw("</td><td>").link(&parts, &record.id.short()).raw("</td></tr>\n");
        }
        page.raw("</table>\n");
    }
    page
}

fn state(page: &mut Page, view: &RunView) {
    match view.state {
        RunState::Draft => page.say("draft", "草稿"),
        RunState::Submitted => page.say("submitted", "已提交"),
        RunState::Approved => page.say("approved", "已批准"),
        RunState::Locked => page.say("locked", "已锁定"),
    };
}

/// A run's payouts, with a bar for each.
pub(super) fn payouts(language: Language, company: &str, view: &RunView, rows: &OutcomePage) -> Page {
    let mut page = Page::new(language, ("Payouts", "奖金"));
    let pins = &view.record.pins;
    let run = view.record.id.to_string();
    page.raw("<p>").text(&pins.plan).raw(" · ").text(&pins.period.to_string()).raw(" · ");
    state(&mut page, view);
    page.raw(" · <strong>")
        .text(&format_grouped(view.record.payout_total, pins.currency.decimals()))
        .raw(" ");
    page.text(pins.currency.as_str()).raw("</strong></p>\n<p><code>").text(&run).raw("</code></p>\n<table>");
    page.head(&[("Participant", "人员"), ("Payout", "应发"), ("", "")]);
    let payouts = rows.table.column("payout").and_then(|column| column.numbers()).unwrap_or_default();
    let names = rows.table.column("participant").map(|column| &column.data);
    for (row, (payout, bar)) in payouts.iter().zip(bars::of_amounts(payouts, 240)).enumerate() {
        let name = match names {
            Some(Data::Texts(texts)) => texts.get(row).unwrap_or_default(),
            _ => "",
        };
        page.raw("<tr><td>").link(&["company", company, "runs", &run, "people", name], name);
        page.raw("</td><td class=\"n\">").text(&amount(*payout, pins.currency.decimals())).raw("</td><td>");
        draw(&mut page, bar, "240");
        page.raw("</td></tr>\n");
    }
    page.raw("</table>\n");
    if rows.of > payouts.len() {
        page.raw("<p>").say("Rows in all:", "总行数：").raw(" ").text(&rows.of.to_string()).raw("</p>\n");
    }
    page
}

fn amount(value: i64, decimals: u8) -> String {
    if value == NO_VALUE { "–".to_owned() } else { format_grouped(value, decimals) }
}

fn draw(page: &mut Page, bar: Bar, room: &'static str) {
    page.raw("<svg width=\"")
        .raw(room)
        .raw("\" height=\"12\" aria-hidden=\"true\"><rect x=\"")
        .number(bar.from);
    page.raw("\" width=\"").number(bar.length.max(1)).raw("\" height=\"12\"");
    page.raw(if bar.takes_away { " class=\"minus\"" } else { "" }).raw("/></svg>");
}

/// One person's statement: what each step read, how it came to its result, and what that adds.
pub(super) fn statement(language: Language, company: &str, statement: &Statement) -> Page {
    let mut page = Page::new(language, ("Statement", "奖金明细"));
    page.raw("<p><strong>").text(&statement.participant).raw("</strong> · ").text(&statement.plan).raw(" · ");
    page.text(&statement.period)
        .raw(" · <strong>")
        .text(&statement.payout)
        .raw(" ")
        .text(&statement.currency);
    page.raw("</strong></p>\n<p>")
        .link(&["company", company, "runs", &statement.run.to_string()], &statement.run.short());
    page.raw("</p>\n");
    for row in &statement.rows {
        for step in &row.steps {
            step_of(&mut page, step);
        }
    }
    page
}

fn step_of(page: &mut Page, step: &StatementStep) {
    page.raw("<section><h2>")
        .text(&step.step)
        .raw("</h2>\n<p>")
        .text(&step.summary)
        .raw(" <code>")
        .text(&step.policy);
    page.raw("</code></p>\n<table>");
    for (line, bar) in step.lines.iter().zip(bars::of_lines(&step.lines, 300)) {
        page.raw("<tr><td>")
            .text(&line.text)
            .raw("</td><td class=\"n\">")
            .text(line.amount.as_deref().unwrap_or_default());
        page.raw("</td><td>").text(line.adds_to.as_deref().unwrap_or_default()).raw("</td><td>");
        if let Some(bar) = bar {
            draw(page, bar, "300");
        }
        page.raw("</td></tr>\n");
    }
    page.raw("</table>\n<div class=\"pair\">");
    figures(page, ("What it read", "依据"), &step.inputs);
    figures(page, ("What it gave", "结果"), &step.outputs);
    page.raw("</div></section>\n");
}

fn figures(page: &mut Page, title: (&'static str, &'static str), figures: &[Value]) {
    page.raw("<table><caption>").say(title.0, title.1).raw("</caption>");
    for figure in figures {
        page.raw("<tr><td>")
            .text(&figure.name)
            .raw("</td><td class=\"n\">")
            .text(&figure.shown)
            .raw("</td><td class=\"note\">");
        page.text(&figure.note).raw("</td></tr>\n");
    }
    page.raw("</table>");
}

/// Why there is no page.
pub(super) fn problem(language: Language, problem: &Problem) -> Page {
    let mut page = Page::new(language, ("Not shown", "无法显示"));
    page.raw("<p>").text(&problem.detail).raw("</p>\n");
    page
}
