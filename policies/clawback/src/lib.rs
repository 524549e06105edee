//! What came back is recovered from pay, within limits, and the rest is carried on.
//!
//! Returns, bad debt and overdue receivables take back what was paid for them. A period recovers at most a share
//! of what it earned and leaves a protected minimum; what is still owed is carried, and written off when it is
//! old enough.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
struct Terms {
    /// The most of a period's earnings that is recovered.
    #[parameter(default = "1", min = "0", max = "1")]
    share: Ratio<6>,
    /// What of the earnings is left to everybody, whatever they owe.
    #[parameter(default = "0", min = "0")]
    protected: Money,
    /// After how many periods of being carried what is still owed is written off. None means never.
    #[parameter(min = "1", max = "120")]
    write_off_after: Option<i32>,
    /// What happens where more came back to the person than they owe.
    #[parameter(default = "paid-back")]
    overpaid: Overpaid,
    /// How a share becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Overpaid {
    /// It is paid to them.
    PaidBack,
    /// Nothing.
    Nothing,
}

impl Terms {
    fn owed_lately(&self) -> Need {
        Need::if_so(self.write_off_after.is_some())
    }

    fn always(&self) -> Need {
        Need::Required
    }
}

#[derive(Inputs)]
#[inputs(plan = Terms)]
struct Row {
    /// What the period earned, which can be recovered from.
    earned: Money,
    /// What came to be owed in this period. No value is nothing; below zero it takes off what is owed.
    #[input(when = Terms::always)]
    owed: Option<Money>,
    /// What is owed from earlier periods. No value is nothing owed yet.
    #[input(when = Terms::always)]
    owed_before: Option<Money>,
    /// What came to be owed in the last periods, this one included: as many as a debt is carried.
    #[input(when = Terms::owed_lately)]
    owed_lately: Option<Money>,
}

#[derive(Outputs)]
struct Clawed {
    /// What is taken from pay, below zero; above zero where it is paid back.
    #[output(pay)]
    recovery: Money,
    /// What nobody has to pay any more.
    #[output(info)]
    written_off: Money,
    /// What is owed at the end of the period.
    #[output(carry)]
    still_owed: Money,
}

#[derive(Rules)]
enum Step {
    /// {before} was owed and {owed} comes to it: {due}
    #[zh("原欠 {before}，本期新增 {owed}，应扣回 {due}")]
    Due { before: Money, owed: Money, due: Money },
    /// nothing was earned that it could be recovered from
    #[zh("本期没有可供扣回的收入")]
    NothingEarned,
    /// at most {share} of {earned} can be recovered: {most}
    #[zh("最多扣回收入 {earned} 的 {share}：{most}")]
    ShareLimit { share: Ratio<6>, earned: Money, most: Money },
    /// {protected} of {earned} is protected, so at most {most} can be recovered
    #[zh("收入 {earned} 中保留 {protected}，最多扣回 {most}")]
    ProtectedLimit { protected: Money, earned: Money, most: Money },
    /// recovered: {change}
    #[zh("本期扣回：{change}")]
    Recovered { change: Money },
    /// more came back than was owed, and it is paid back: {change}
    #[zh("冲减后已无欠款，多出的部分退还本人：{change}")]
    PaidBack { change: Money },
    /// more came back than was owed, and it isn't paid back: {left}
    #[zh("冲减后已无欠款，多出的部分不退还：{left}")]
    NotPaidBack { left: Money },
    /// {old} has been carried for {periods} period{periods|s} and is written off
    #[zh("欠款 {old} 已结转满 {periods} 期，予以核销")]
    WrittenOff { old: Money, periods: Count },
    /// {owed} is still owed
    #[zh("尚欠 {owed}")]
    StillOwed { owed: Money },
}

#[policy(each, rules = Step, zh = "退货、坏账等应追回的提成，从本期收入中按限额扣回，余额结转")]
fn clawback(terms: &Terms, row: Row, why: &mut impl Why) -> Result<Clawed> {
    let (before, owed) = (row.owed_before.unwrap_or_default(), row.owed.unwrap_or_default());
    if before < Money::ZERO {
        let message = "`owed_before` is below zero, and it says what is owed; give it 0 for nothing";
        return Err(Failure::new("out-of-range", message));
    }
    let due = before + owed;
    if before != Money::ZERO || owed != Money::ZERO {
        why.notes(|| Step::Due { before, owed, due });
    }
    if due <= Money::ZERO {
        return Ok(Clawed {
            recovery: paid_back(terms, -due, why),
            written_off: Money::ZERO,
            still_owed: Money::ZERO,
        });
    }
    let recovered = due.min(most(terms, row.earned, why));
    if recovered > Money::ZERO {
        why.adds(Clawed::RECOVERY, -recovered, |change| Step::Recovered { change });
    }
    let left = due - recovered;
    let written_off = written_off(terms, left, row.owed_lately, why);
    let still_owed = left - written_off;
    if still_owed > Money::ZERO {
        why.notes(|| Step::StillOwed { owed: still_owed });
    }
    Ok(Clawed { recovery: -recovered, written_off, still_owed })
}

/// What of it is paid where more came back than was owed.
fn paid_back(terms: &Terms, left: Money, why: &mut impl Why) -> Money {
    if left == Money::ZERO {
        return Money::ZERO;
    }
    if terms.overpaid == Overpaid::Nothing {
        why.notes(|| Step::NotPaidBack { left });
        return Money::ZERO;
    }
    why.adds(Clawed::RECOVERY, left, |change| Step::PaidBack { change });
    left
}

/// The most that a period's earnings give.
fn most(terms: &Terms, earned: Money, why: &mut impl Why) -> Money {
    if earned <= Money::ZERO {
        why.notes(|| Step::NothingEarned);
        return Money::ZERO;
    }
    let by_share: Money = (earned * terms.share).round(terms.round);
    let unprotected = (earned - terms.protected).max(Money::ZERO);
    if unprotected < by_share {
        let protected = terms.protected;
        why.notes(|| Step::ProtectedLimit { protected, earned, most: unprotected });
    } else {
        why.notes(|| Step::ShareLimit { share: terms.share, earned, most: by_share });
    }
    by_share.min(unprotected)
}

/// What of a debt is too old. Recoveries go to the oldest debts, so what is left is the latest: all of it that
/// came to be owed lately, and the rest is older.
fn written_off(terms: &Terms, left: Money, lately: Option<Money>, why: &mut impl Why) -> Money {
    let Some(periods) = terms.write_off_after else { return Money::ZERO };
    let young = lately.unwrap_or_default().max(Money::ZERO);
    let old = (left - young).max(Money::ZERO);
    if old > Money::ZERO {
        why.notes(|| Step::WrittenOff { old, periods: Count::from_units(periods.into()) });
    }
    old
}

#[cfg(test)]
attain_cases::cases!();
