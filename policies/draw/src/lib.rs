//! Pay is topped up to a draw, and what was drawn is repaid from later pay, or never.
//!
//! Five ways of a draw in one rule: topped up and repaid from what is earned above it, topped up and repaid from
//! everything, lent on top of pay, advanced at the start of the period, and borne by the company. The balance
//! goes from period to period.

mod terms;

use attain_sdk::prelude::*;
use terms::{Draws, Negative, Phase, Plan, Recovery};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// What the period earned before the draw.
    earned: Money,
    /// The person's draw. Who has none draws nothing.
    #[input(when = Plan::own_draw)]
    draw: Option<Money>,
    /// What is owed from earlier periods. No value is nothing owed yet.
    #[input(when = Plan::balance)]
    balance: Option<Money>,
    /// A day in the first period of the draw. Who has none draws nothing.
    #[input(when = Plan::draw_start)]
    draw_start: Option<Date>,
    /// Which period of the draw this is, the first being 1.
    #[input(when = Plan::draw_period)]
    draw_period: Option<Count>,
}

#[derive(Outputs)]
struct Drawn {
    /// What is paid.
    #[output(pay)]
    pay: Money,
    /// What the draw gave: the shortfall, the loan, or the advance.
    #[output(info)]
    drawn: Money,
    /// What was repaid.
    #[output(info)]
    recovered: Money,
    /// What of the balance was forgiven.
    #[output(info)]
    forgiven: Money,
    /// By how much the balance grew.
    #[output(info)]
    balance_change: Money,
    /// What is owed at the end of the period.
    #[output(carry)]
    balance: Money,
}

#[derive(Rules)]
enum Step {
    /// {earned} was earned
    #[zh("本期应得 {earned}")]
    Earned { earned: Money },
    /// what is below zero isn't taken from pay but owed: {change}
    #[zh("负数部分不从本期收入扣除，计入欠款：{change}")]
    NegativeOwed { change: Money },
    /// what is below zero counts as nothing: {change}
    #[zh("负数部分按零计：{change}")]
    NegativeNothing { change: Money },
    /// there is no date or number that the draw begins with, so there is no draw
    #[zh("没有预支的起始日期或当前期数，因此没有预支")]
    NoStart,
    /// the draw hasn't begun
    #[zh("预支尚未开始")]
    NotYet,
    /// the draw has ended
    #[zh("预支已结束")]
    NoMore,
    /// recovery begins in period {from} of the draw
    #[zh("从预支的第 {from} 期起开始扣回")]
    RecoveryLater { from: Count },
    /// {owed} is owed, and {share} of {of} can repay it: {change}
    #[zh("欠款 {owed}，以 {of} 的 {share} 为限扣回：{change}")]
    Recovered { owed: Money, share: Ratio<6>, of: Money, change: Money },
    /// at most {ceiling} may be owed, so {drawn} is drawn
    #[zh("欠款上限为 {ceiling}，因此预支 {drawn}")]
    Ceiling { ceiling: Money, drawn: Money },
    /// the draw is {draw}, so pay is topped up: {drawn}
    #[zh("预支标准为 {draw}，补足：{drawn}")]
    ToppedUp { draw: Money, drawn: Money },
    /// the draw is {draw}, and the company bears what is missing: {drawn}
    #[zh("预支标准为 {draw}，不足部分由公司承担：{drawn}")]
    Borne { draw: Money, drawn: Money },
    /// a draw is paid on top: {drawn}
    #[zh("另外预支：{drawn}")]
    Added { drawn: Money },
    /// {drawn} was paid at the start of the period and is owed
    #[zh("期初已预支 {drawn}，计入欠款")]
    Advanced { drawn: Money },
    /// {share} of what is still owed is forgiven: {forgiven}
    #[zh("免除剩余欠款的 {share}：{forgiven}")]
    Forgiven { share: Ratio<6>, forgiven: Money },
    /// {before} was owed, and now {balance} is
    #[zh("原欠款 {before}，现欠款 {balance}")]
    Balance { before: Money, balance: Money },
}

#[policy(each, rules = Step, zh = "收入不足时补足到预支标准，预支的部分从以后的收入中扣回或由公司承担")]
fn draw(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Drawn> {
    let before = row.balance.unwrap_or_default();
    if before < Money::ZERO {
        let message = "`balance` is below zero, and it says what is owed; give it 0 for nothing";
        return Err(Failure::new("out-of-range", message));
    }
    if row.draw.is_some_and(|draw| draw < Money::ZERO) {
        let message = "`draw` is below zero, and nobody draws less than nothing; give it 0, or none";
        return Err(Failure::new("out-of-range", message));
    }
    let phase = plan.phase(row.draw_start, row.draw_period);
    let draw =
        if phase.draws == Draws::Yes { plan.draw.or(row.draw).unwrap_or_default() } else { Money::ZERO };
    let mut pay = row.earned;
    let mut owed = before;
    why.adds(Drawn::PAY, row.earned, |earned| Step::Earned { earned });
    if row.earned < Money::ZERO {
        negative(plan, row.earned, &mut pay, &mut owed, why);
    }
    // What tops up and repays isn't below zero.
    let earned = row.earned.max(Money::ZERO);
    let advanced = plan.recovery == Recovery::Advanced;
    let mut drawn = Money::ZERO;
    explain_phase(plan, phase, owed, why);
    if advanced {
        drawn = within_ceiling(plan, draw, owed, why);
        owed += drawn;
        if drawn > Money::ZERO {
            why.notes(|| Step::Advanced { drawn });
        }
    }
    let recovered = if phase.recovers { recovered(plan, earned, draw, owed, why) } else { Money::ZERO };
    owed -= recovered;
    pay -= recovered;
    if !advanced {
        drawn = topped_up(plan, earned, draw, owed, why);
        pay += drawn;
        if plan.recovery != Recovery::Never {
            owed += drawn;
        }
    }
    let forgiven = if phase.forgives { forgiven(plan, owed, why) } else { Money::ZERO };
    let balance = owed - forgiven;
    if before != Money::ZERO || balance != Money::ZERO {
        why.notes(|| Step::Balance { before, balance });
    }
    Ok(Drawn { pay, drawn, recovered, forgiven, balance_change: balance - before, balance })
}

/// What earnings below zero do to pay and to what is owed.
fn negative(plan: &Plan, earned: Money, pay: &mut Money, owed: &mut Money, why: &mut impl Why) {
    match plan.negative {
        Negative::Deducted => return,
        Negative::Nothing => why.adds(Drawn::PAY, -earned, |change| Step::NegativeNothing { change }),
        Negative::Owed => {
            *owed -= earned;
            why.adds(Drawn::PAY, -earned, |change| Step::NegativeOwed { change });
        }
    }
    *pay = Money::ZERO;
}

/// Says what of the draw doesn't apply in this period.
fn explain_phase(plan: &Plan, phase: Phase, owed: Money, why: &mut impl Why) {
    match phase.draws {
        Draws::Yes => {}
        Draws::NoStart => why.notes(|| Step::NoStart),
        Draws::NotYet => why.notes(|| Step::NotYet),
        Draws::NoMore => why.notes(|| Step::NoMore),
    }
    if !phase.recovers && owed > Money::ZERO {
        why.notes(|| Step::RecoveryLater { from: Count::from_units(plan.recovery_from.into()) });
    }
}

/// What of the earnings repays what is owed.
fn recovered(plan: &Plan, earned: Money, draw: Money, owed: Money, why: &mut impl Why) -> Money {
    let of = match plan.recovery {
        Recovery::AboveDraw => (earned - draw).max(Money::ZERO),
        Recovery::AllFirst | Recovery::Added | Recovery::Advanced => earned,
        Recovery::Never => Money::ZERO,
    };
    let most: Money = (of * plan.recovery_share).round(plan.round);
    let recovered = most.min(owed);
    if owed > Money::ZERO && of > Money::ZERO {
        let share = plan.recovery_share;
        why.adds(Drawn::PAY, -recovered, |change| Step::Recovered { owed, share, of, change });
    }
    recovered
}

/// What the draw adds to pay at the end of the period.
fn topped_up(plan: &Plan, earned: Money, draw: Money, owed: Money, why: &mut impl Why) -> Money {
    if plan.recovery == Recovery::Added {
        let drawn = within_ceiling(plan, draw, owed, why);
        if drawn > Money::ZERO {
            why.adds(Drawn::PAY, drawn, |drawn| Step::Added { drawn });
        }
        return drawn;
    }
    let drawn = within_ceiling(plan, (draw - earned).max(Money::ZERO), owed, why);
    if drawn > Money::ZERO {
        why.adds(Drawn::PAY, drawn, |drawn| match plan.recovery {
            Recovery::Never => Step::Borne { draw, drawn },
            _ => Step::ToppedUp { draw, drawn },
        });
    }
    drawn
}

/// As much of a draw as may still be owed.
fn within_ceiling(plan: &Plan, drawn: Money, owed: Money, why: &mut impl Why) -> Money {
    let Some(ceiling) = plan.ceiling else { return drawn };
    let most = (ceiling - owed).max(Money::ZERO);
    if drawn <= most {
        return drawn;
    }
    why.notes(|| Step::Ceiling { ceiling, drawn: most });
    most
}

/// What of the balance is forgiven.
fn forgiven(plan: &Plan, owed: Money, why: &mut impl Why) -> Money {
    let Some((share, _)) = plan.forgive else { return Money::ZERO };
    let forgiven: Money = (owed * share).round(plan.round);
    if forgiven > Money::ZERO {
        why.notes(|| Step::Forgiven { share, forgiven });
    }
    forgiven
}

#[cfg(test)]
attain_cases::cases!();
