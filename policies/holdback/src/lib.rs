//! A share of what is earned is held back, and released some periods later.
//!
//! The release is what the step itself held so many periods ago, as the plan binds it. What is held in all is
//! carried, so that nothing is released that was forfeited or paid out before.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
struct Terms {
    /// The share of what is earned that is held back.
    #[parameter(min = "0", max = "1")]
    share: Ratio<6>,
    /// The most that is held in all. None means no ceiling.
    #[parameter(min = "0")]
    ceiling: Option<Money>,
    /// What happens to what is held of somebody who left.
    #[parameter(default = "as-due")]
    on_leaving: OnLeaving,
    /// How what is held becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum OnLeaving {
    /// It is released when it is due, as if they had stayed.
    AsDue,
    /// It is released at once.
    Released,
    /// They lose it.
    Forfeited,
}

impl Terms {
    fn always(&self) -> Need {
        Need::Required
    }

    fn has_left(&self) -> Need {
        Need::if_so(self.on_leaving != OnLeaving::AsDue)
    }
}

#[derive(Inputs)]
#[inputs(plan = Terms)]
struct Row {
    /// What the period earned.
    earned: Money,
    /// What was held of the period whose release is due. No value is nothing.
    #[input(when = Terms::always)]
    due: Option<Money>,
    /// What is held in all, from earlier periods. No value is nothing held yet.
    #[input(when = Terms::always)]
    reserve_before: Option<Money>,
    /// Whether the person has left. Who has no value hasn't.
    #[input(when = Terms::has_left)]
    has_left: Option<bool>,
}

#[derive(Outputs)]
struct Held {
    /// What of the period's earnings is paid now.
    #[output(pay)]
    paid_now: Money,
    /// What is paid of what was held before.
    #[output(pay)]
    released: Money,
    /// What of the period's earnings is held.
    #[output(info)]
    held: Money,
    /// What is lost.
    #[output(info)]
    forfeited: Money,
    /// What is held in all at the end of the period.
    #[output(carry)]
    reserve: Money,
}

#[derive(Rules)]
enum Step {
    /// {earned} was earned
    #[zh("本期应得 {earned}")]
    Earned { earned: Money },
    /// at most {ceiling} is held in all, and {reserve} is: {held} more
    #[zh("留存总额上限为 {ceiling}，已留存 {reserve}，本期最多留存 {held}")]
    Ceiling { ceiling: Money, reserve: Money, held: Money },
    /// {share} of it is held back: {change}
    #[zh("按 {share} 留存：{change}")]
    Held { share: Ratio<6>, change: Money },
    /// what was held earlier is released: {released}
    #[zh("前期留存到期发放：{released}")]
    Released { released: Money },
    /// {due} would be due, but only {reserve} is still held
    #[zh("到期应发 {due}，但留存仅剩 {reserve}")]
    LessHeld { due: Money, reserve: Money },
    /// all that was held is released, as the person has left: {released}
    #[zh("已离职，留存全部发放：{released}")]
    ReleasedAtOnce { released: Money },
    /// all that was held is forfeited, as the person has left: {forfeited}
    #[zh("已离职，留存全部作废：{forfeited}")]
    Forfeited { forfeited: Money },
    /// {reserve} is held in all
    #[zh("累计留存 {reserve}")]
    Reserve { reserve: Money },
}

#[policy(each, rules = Step, zh = "部分提成先行留存，若干期后发放")]
fn holdback(terms: &Terms, row: Row, why: &mut impl Why) -> Result<Held> {
    let before = row.reserve_before.unwrap_or_default();
    let due = row.due.unwrap_or_default();
    for (name, amount) in [("reserve_before", before), ("due", due)] {
        if amount < Money::ZERO {
            let message = format!("`{name}` is below zero, and it says what is held; give it 0 for nothing");
            return Err(Failure::new("out-of-range", message));
        }
    }
    why.adds(Held::PAID_NOW, row.earned, |earned| Step::Earned { earned });
    if row.has_left == Some(true) && terms.on_leaving != OnLeaving::AsDue {
        return Ok(left(terms, row.earned, before, why));
    }
    let released = due.min(before);
    if released < due {
        why.notes(|| Step::LessHeld { due, reserve: before });
    }
    if released > Money::ZERO {
        why.adds(Held::RELEASED, released, |released| Step::Released { released });
    }
    let held = held(terms, row.earned, before - released, why);
    let reserve = before - released + held;
    why.notes(|| Step::Reserve { reserve });
    Ok(Held { paid_now: row.earned - held, released, held, forfeited: Money::ZERO, reserve })
}

/// What of the earnings is held; nothing of what isn't above zero.
fn held(terms: &Terms, earned: Money, reserve: Money, why: &mut impl Why) -> Money {
    let mut held: Money = (earned.max(Money::ZERO) * terms.share).round(terms.round);
    if let Some(ceiling) = terms.ceiling
        && held > (ceiling - reserve).max(Money::ZERO)
    {
        held = (ceiling - reserve).max(Money::ZERO);
        why.notes(|| Step::Ceiling { ceiling, reserve, held });
    }
    if held > Money::ZERO {
        why.adds(Held::PAID_NOW, -held, |change| Step::Held { share: terms.share, change });
    }
    held
}

/// The last word about what was held of somebody who has left.
fn left(terms: &Terms, earned: Money, reserve: Money, why: &mut impl Why) -> Held {
    let forfeits = terms.on_leaving == OnLeaving::Forfeited;
    let (released, forfeited) = if forfeits { (Money::ZERO, reserve) } else { (reserve, Money::ZERO) };
    if released > Money::ZERO {
        why.adds(Held::RELEASED, released, |released| Step::ReleasedAtOnce { released });
    }
    if forfeited > Money::ZERO {
        why.notes(|| Step::Forfeited { forfeited });
    }
    Held { paid_now: earned, released, held: Money::ZERO, forfeited, reserve: Money::ZERO }
}

#[cfg(test)]
attain_cases::cases!();
