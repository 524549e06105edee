//! What the pages show.

use super::bars::{self, Bar};
use super::html::{Language, Page};
use crate::problem::Problem;
use attain_model::number::format_grouped;
use attain_model::record::RunState;
use attain_model::{Company, NO_VALUE};
use attain_service::{OutcomePage, RunView, Statement, StatementStep, Value};

/// Runs of a company on the first page.
const RUNS_SHOWN: usize = 100;

/// Companies and their newest runs.
pub(super) fn runs(language: Language, companies: &[(Company, Vec<RunView>)], signs_out: bool) -> Page {
    let mut page = Page::new(language, ("Companies and runs", "公司与核算"));
    if companies.is_empty() {
        page.raw("<p>")
            .say("There is no company yet:", "还没有公司：")
            .raw(" <code>attain company add ID</code></p>");
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
        for view in runs.iter().rev().take(RUNS_SHOWN) {
            run(&mut page, company, view);
        }
        page.raw("</table>\n");
    }
    if signs_out {
        page.raw("<form method=\"post\" action=\"/sign-out\"><p><button>");
        page.say("Sign out", "退出登录").raw("</button></p></form>\n");
    }
    page
}

fn run(page: &mut Page, company: &Company, view: &RunView) {
    let (record, pins) = (&view.record, &view.record.pins);
    page.raw("<tr>").cell(&pins.period.to_string()).cell(&pins.plan).raw("<td>");
    state(page, view.state)
        .raw("</td>")
        .figure(&total(view))
        .figure(&record.participants.to_string())
        .raw("<td>");
    let parts = ["company", company.id.as_str(), "runs", &record.id.to_string()];
    page.link(&parts, &record.id.short()).raw("</td></tr>\n");
}

fn total(view: &RunView) -> String {
    let currency = view.record.pins.currency;
    format!("{} {currency}", format_grouped(view.record.payout_total, currency.decimals()))
}

fn state(page: &mut Page, state: RunState) -> &mut Page {
    match state {
        RunState::Draft => page.say("draft", "草稿"),
        RunState::Submitted => page.say("submitted", "已提交"),
        RunState::Approved => page.say("approved", "已批准"),
        RunState::Locked => page.say("locked", "已锁定"),
    }
}

/// A run's payouts, with a bar for each.
pub(super) fn payouts(language: Language, company: &str, view: &RunView, rows: &OutcomePage) -> Page {
    let mut page = Page::new(language, ("Payouts", "奖金"));
    let (pins, run) = (&view.record.pins, view.record.id.to_string());
    page.raw("<p>").text(&format!("{} · {} · ", pins.plan, pins.period));
    state(&mut page, view.state).raw(" · <strong>").text(&total(view)).raw("</strong></p>\n<p><code>");
    page.text(&run).raw("</code></p>\n<table>").head(&[
        ("Participant", "人员"),
        ("Payout", "应发"),
        ("", ""),
    ]);
    let payouts = rows.table.column("payout").and_then(|column| column.numbers()).unwrap_or_default();
    let names = rows.table.column("participant").and_then(|column| column.texts());
    let bars = bars::of_amounts(payouts, 240);
    for ((name, payout), bar) in names.iter().flat_map(|names| names.iter()).zip(payouts).zip(bars) {
        let name = name.unwrap_or_default();
        page.raw("<tr><td>").link(&["company", company, "runs", &run, "people", name], name).raw("</td>");
        page.figure(&amount(*payout, pins.currency.decimals())).raw("<td>");
        draw(&mut page, bar, "240").raw("</td></tr>\n");
    }
    page.raw("</table>\n");
    if rows.of > payouts.len() {
        page.raw("<p>").say("Rows in all:", "总行数：").text(&format!(" {}", rows.of)).raw("</p>\n");
    }
    page
}

fn amount(value: i64, decimals: u8) -> String {
    if value == NO_VALUE { "–".to_owned() } else { format_grouped(value, decimals) }
}

fn draw<'a>(page: &'a mut Page, bar: Bar, room: &'static str) -> &'a mut Page {
    page.raw("<svg width=\"")
        .raw(room)
        .raw("\" height=\"12\" aria-hidden=\"true\"><rect x=\"")
        .number(bar.from);
    page.raw("\" width=\"").number(bar.length.max(1)).raw("\" height=\"12\"");
    page.raw(if bar.takes_away { " class=\"minus\"" } else { "" }).raw("/></svg>")
}

/// One person's statement: what each step read, how it came to its result, and what that adds.
pub(super) fn statement(language: Language, company: &str, statement: &Statement) -> Page {
    let mut page = Page::new(language, ("Statement", "奖金明细"));
    page.raw("<p><strong>").text(&statement.participant).raw("</strong>");
    page.text(&format!(" · {} · {} · ", statement.plan, statement.period)).raw("<strong>");
    page.text(&format!("{} {}", bars::grouped(&statement.payout), statement.currency))
        .raw("</strong></p>\n<p>");
    page.link(&["company", company, "runs", &statement.run.to_string()], &statement.run.short())
        .raw("</p>\n");
    for row in &statement.rows {
        if statement.rows.len() > 1 {
            page.raw("<h2 class=\"assignment\">").say("Assignment:", "任职：").text(" ");
            page.text(&bars::grouped(&row.payout)).raw("</h2>\n");
        }
        row.steps.iter().for_each(|part| step(&mut page, part));
    }
    page
}

fn step(page: &mut Page, step: &StatementStep) {
    page.raw("<section><h2>").text(&step.step);
    if let Some(of) = &step.of {
        page.text(&format!(" · {of}"));
    }
    if let Some(pays) = &step.pays {
        page.raw(" <small>").say("pays", "应发").text(&format!(" {}", bars::grouped(pays))).raw("</small>");
    }
    page.raw("</h2>\n<p>").text(&step.summary).raw(" <code>").text(&step.policy).raw("</code></p>\n<table>");
    for (line, bar) in step.lines.iter().zip(bars::of_lines(&step.lines, 300)) {
        let amount = line.amount.as_deref().map(bars::grouped).unwrap_or_default();
        page.raw("<tr>")
            .cell(&line.text)
            .figure(&amount)
            .cell(line.adds_to.as_deref().unwrap_or_default())
            .raw("<td>");
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
        page.raw("<tr>").cell(&figure.name).figure(&figure.shown).raw("<td class=\"note\">");
        page.text(&figure.note).raw("</td></tr>\n");
    }
    page.raw("</table>");
}

/// Why there is no page.
/// What was wrong with what somebody signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// The key isn't good.
    Key,
    /// The link was used before, or is too old.
    Ticket,
}

/// Where one signs in.
pub(super) fn sign_in(language: Language, wrong: Option<Wrong>) -> Page {
    let mut page = Page::new(language, ("Sign in", "登录"));
    match wrong {
        None => {}
        Some(Wrong::Key) => {
            page.raw("<p class=\"wrong\">").say(
                "This key is not good: unknown, expired or revoked.",
                "此密钥无效：不存在、已过期或已撤销。",
            );
            page.raw("</p>\n");
        }
        Some(Wrong::Ticket) => {
            page.raw("<p class=\"wrong\">").say(
                "This link was used before, or is too old. Sign in with a key, or start the server again for another link.",
                "此链接已用过或已过期。请用密钥登录，或重新启动服务以获取新链接。",
            );
            page.raw("</p>\n");
        }
    }
    page.raw("<form method=\"post\"><p><label>").say("API key", "API 密钥");
    page.raw(" <input name=\"key\" type=\"password\" autocomplete=\"current-password\" required size=\"60\"></label></p>");
    page.raw("<p><button>")
        .say("Sign in", "登录")
        .raw("</button></p></form>\n<p>")
        .say("Whoever runs your company's account makes keys:", "密钥由贵公司的管理员生成：");
    page.raw(" <code>attain key add NAME --role ROLE</code></p>\n");
    page
}

pub(super) fn problem(language: Language, problem: &Problem) -> Page {
    let mut page = Page::new(language, ("Not shown", "无法显示"));
    page.raw("<p>").text(&problem.detail).raw("</p>\n");
    page
}
