//! What a small firm reminds its people of: notes on progress, new customers, the weekly report.
//!
//! Three reminders a week, each a sentence to the person it is about. They help; nothing is paid or taken away.

mod terms;

use attain_sdk::prelude::*;
use terms::{Plan, UnknownWeek};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// Contact records that say nothing of progress.
    #[input(when = Plan::for_records)]
    records_without_progress: Option<Count>,
    /// New customers of the week.
    #[input(when = Plan::for_weeks)]
    new_customers: Option<Count>,
    /// How many weeks in a row before this one had none.
    #[input(when = Plan::for_weeks)]
    weeks_without: Option<Count>,
    /// The day on which the last weekly report was handed in.
    #[input(when = Plan::for_report)]
    reported_on: Option<Date>,
}

#[derive(Outputs)]
struct Reminders {
    /// Blue where contact records wait for notes on progress.
    #[output(alert)]
    fill_in: Level,
    /// Yellow where a talk is due after weeks without a new customer.
    #[output(alert)]
    talk: Level,
    /// Blue where the week's report isn't there or came late.
    #[output(alert)]
    report: Level,
    /// How many of the three there are.
    #[output(info)]
    reminders: Count,
    /// How many weeks in a row had no new customer, this one included.
    #[output(carry)]
    weeks_without: Option<Count>,
}

#[derive(Rules)]
enum Step {
    /// {records} of your contact records {records|says|say} nothing of progress yet: please note today what came of each and what is next
    #[zh("您有 {records} 条客户联系记录还没写进展：请在今天补上每条的结果和下一步")]
    FillIn { records: Count },
    /// contact records without progress: {records}, and a reminder comes at {at}
    #[zh("未写进展的联系记录有 {records} 条，满 {at} 条时提醒")]
    RecordsInOrder { records: Count, at: Count },
    /// no new customer for {weeks} week{weeks|s} in a row: take half an hour this week to talk with your lead about where the next ones come from
    #[zh("已连续 {weeks} 周没有新客户：本周请与主管聊半小时，一起看看下一批客户从哪里来")]
    Talk { weeks: Count },
    /// no new customer this week; weeks in a row without one: {weeks}
    #[zh("本周没有新客户，已连续 {weeks} 周")]
    NoneThisWeek { weeks: Count },
    /// new customers this week: {customers}. Well done
    #[zh("本周新增客户 {customers} 家，做得好")]
    NewCustomers { customers: Count },
    /// there is no figure of new customers for this week, so the count of {weeks} week{weeks|s} stays
    #[zh("本周没有新客户数据，连续周数 {weeks} 保持不变")]
    CountStays { weeks: Count },
    /// there is no figure of new customers for this week, so the count begins anew
    #[zh("本周没有新客户数据，连续周数重新计算")]
    CountRestarts,
    /// the weekly report was due on {due} and isn't there yet: a few lines are enough, on what was done, what came of it, what is next
    #[zh("周报应于 {due} 提交，目前还没收到：几句话就好，写清做了什么、结果如何、下周做什么")]
    ReportMissing { due: Date },
    /// the weekly report was due on {due} and came on {day}, days late: {late}. Thank you, and please keep the day in mind
    #[zh("周报应于 {due} 提交，实际 {day} 提交，晚了 {late} 天：谢谢，下次请按期提交")]
    ReportLate { day: Date, due: Date, late: Days },
    /// the weekly report came on {day}, in time
    #[zh("周报已于 {day} 按时提交")]
    ReportInTime { day: Date },
    /// nothing to be reminded of this week
    #[zh("本周没有需要提醒的事项")]
    Nothing,
}

#[policy(each, rules = Step, zh = "小企业每周提醒：补写跟进记录、关注新客户、按时交周报")]
fn reminders(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Reminders> {
    let fill_in = fill_in(plan, &row, why);
    let (talk, weeks_without) = talk(plan, &row, why);
    let report = report(plan, &row, why);
    let reminders = [fill_in, talk, report].iter().map(|level| i64::from(*level > Level::None)).sum();
    if reminders == 0 {
        why.notes(|| Step::Nothing);
    }
    Ok(Reminders { fill_in, talk, report, reminders: Count::from_units(reminders), weeks_without })
}

fn fill_in(plan: &Plan, row: &Row, why: &mut impl Why) -> Level {
    let (Some(at), Some(records)) = (plan.records, row.records_without_progress) else { return Level::None };
    if records < at {
        why.notes(|| Step::RecordsInOrder { records, at });
        return Level::None;
    }
    why.notes(|| Step::FillIn { records });
    Level::Blue
}

/// Whether a talk is due, and how many weeks in a row had no new customer.
fn talk(plan: &Plan, row: &Row, why: &mut impl Why) -> (Level, Option<Count>) {
    let Some(at) = plan.weeks else { return (Level::None, None) };
    match row.new_customers {
        None if plan.unknown_week == UnknownWeek::Restarts => {
            why.notes(|| Step::CountRestarts);
            (Level::None, None)
        }
        None => {
            if let Some(weeks) = row.weeks_without {
                why.notes(|| Step::CountStays { weeks });
            }
            (Level::None, row.weeks_without)
        }
        Some(customers) if customers > Count::ZERO => {
            why.notes(|| Step::NewCustomers { customers });
            (Level::None, Some(Count::ZERO))
        }
        Some(_) => {
            let weeks = row.weeks_without.unwrap_or(Count::ZERO) + Count::from_units(1);
            if weeks < at {
                why.notes(|| Step::NoneThisWeek { weeks });
                return (Level::None, Some(weeks));
            }
            why.notes(|| Step::Talk { weeks });
            (Level::Yellow, Some(weeks))
        }
    }
}

/// Whether the week's report is there, and in time. One of an earlier week is none.
fn report(plan: &Plan, row: &Row, why: &mut impl Why) -> Level {
    let Some(due) = plan.due else { return Level::None };
    match row.reported_on.filter(|day| *day >= plan.monday) {
        None => {
            why.notes(|| Step::ReportMissing { due });
            Level::Blue
        }
        Some(day) if day > due => {
            let late = Days::from_units(i64::from(day.days()) - i64::from(due.days()));
            why.notes(|| Step::ReportLate { day, due, late });
            Level::Blue
        }
        Some(day) => {
            why.notes(|| Step::ReportInTime { day });
            Level::None
        }
    }
}

#[cfg(test)]
attain_cases::cases!();
