//! What is earned in a period is paid in equal parts over several.
//!
//! Each period pays a part of what it earned itself and of what each of the periods before earned. The parts of
//! one amount differ by a cent at most, the larger ones first, and add up to it.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
struct Terms {
    /// How many parts an amount is paid in.
    #[parameter(min = "1", max = "100")]
    parts: u8,
    /// What of the amount is paid in all, such as a rate of commission.
    #[parameter(default = "1", min = "0")]
    rate: Ratio<6>,
    /// How many periods after it was earned the first part is paid.
    #[parameter(default = 0, max = "20")]
    delay: u8,
    /// How the amount becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

impl Terms {
    /// How many earlier periods still have a part to be paid.
    fn earlier(&self) -> usize {
        (usize::from(self.parts) + usize::from(self.delay)).saturating_sub(1)
    }

    fn inputs(&self) -> Vec<Input> {
        let input = |ago: usize| Input {
            name: format!("earned_{ago}"),
            kind: Kind::MONEY,
            need: Need::Required,
            doc: format!("What was earned {ago} periods ago. No value is nothing."),
        };
        (1..=self.earlier()).map(input).collect()
    }
}

#[derive(Inputs)]
#[inputs(plan = Terms)]
struct Row<'a> {
    /// What this period earned.
    earned: Money,
    /// What each of the periods before earned, the latest first.
    #[input(each = Terms::inputs)]
    earlier: Cells<'a>,
}

#[derive(Outputs)]
struct Paid {
    /// The parts that are paid in this period.
    #[output(pay)]
    pay: Money,
    /// What this period's earnings pay in all their parts.
    #[output(info)]
    total: Money,
    /// What is to be paid later of this period's earnings and of those before.
    #[output(info)]
    outstanding: Money,
}

#[derive(Rules)]
enum Step {
    /// {rate} of the {earned} earned is paid in {parts} part{parts|s}: {total}
    #[zh("本期应得 {earned}，其中 {rate} 分 {parts} 期发放：{total}")]
    Total { rate: Ratio<6>, earned: Money, parts: Count, total: Money },
    /// part {part} of {parts} of this period's {total}: {pay}
    #[zh("本期所得 {total} 的第 {part} 期（共 {parts} 期）：{pay}")]
    Now { part: Count, parts: Count, total: Money, pay: Money },
    /// part {part} of {parts} of an earlier {total} (periods ago: {ago}): {pay}
    #[zh("{ago} 期前所得 {total} 的第 {part} 期（共 {parts} 期）：{pay}")]
    Earlier { part: Count, parts: Count, total: Money, ago: Count, pay: Money },
}

#[policy(each, rules = Step, zh = "当期所得分期等额发放，各期之和分毫不差")]
fn installments(terms: &Terms, row: Row<'_>, why: &mut impl Why) -> Result<Paid> {
    let total: Money = (row.earned * terms.rate).round(terms.round);
    let parts = counted(terms.parts.into());
    why.notes(|| Step::Total { rate: terms.rate, earned: row.earned, parts, total });
    let (mut pay, mut outstanding) = (Money::ZERO, Money::ZERO);
    for ago in 0..=terms.earlier() {
        let amount = match ago.checked_sub(1) {
            None => total,
            Some(index) => match row.earlier.get(index) {
                Some(earned) => (Money::from_units(earned) * terms.rate).round(terms.round),
                None => continue,
            },
        };
        let Some(paid_before) = ago.checked_sub(terms.delay.into()) else {
            outstanding += amount;
            continue;
        };
        let equal = EqualParts::of(amount, terms.parts.into());
        let paid: Money = equal.first(paid_before + 1);
        let part = paid - equal.first(paid_before);
        pay += part;
        outstanding += amount - paid;
        if amount != Money::ZERO {
            let number = counted(paid_before + 1);
            why.adds(Paid::PAY, part, |pay| match ago {
                0 => Step::Now { part: number, parts, total: amount, pay },
                _ => Step::Earlier { part: number, parts, total: amount, ago: counted(ago), pay },
            });
        }
    }
    Ok(Paid { pay, total, outstanding })
}

fn counted(number: usize) -> Count {
    Count::from_units(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
attain_cases::cases!();
