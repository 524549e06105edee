//! Who meets the target several periods in a row is granted restricted stock.
//!
//! The streak goes from period to period. A period that misses the target ends it; one without a value ends it
//! too, or is passed over.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
struct Terms {
    /// How many periods in a row the target must be met.
    #[parameter(default = 2, min = "1", max = "120")]
    in_a_row: u8,
    /// The least attainment that meets it.
    #[parameter(default = "1", min = "0")]
    met_from: Decimal,
    /// Where attainment comes from.
    #[parameter(default = "quotient")]
    attainment: AttainmentOf,
    /// What `result` and `target` count.
    #[parameter(default = "money")]
    figures: Kind,
    /// What a period without an attainment does to the streak.
    #[parameter(default = "breaks")]
    missing: Missing,
    /// What a grant does to the streak.
    #[parameter(default = "begins-anew")]
    after_grant: AfterGrant,
    /// What is granted. None means that each person's own is the input `grant`.
    #[parameter(min = "0")]
    grant: Option<Decimal>,
    /// What a grant counts: `count` for units of stock, or `money`.
    #[parameter(default = "count")]
    grant_unit: Kind,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum AttainmentOf {
    /// The input `result` over the input `target`, exactly.
    Quotient,
    /// The input `attainment`.
    Value,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Missing {
    /// It ends it, as a missed target does.
    Breaks,
    /// Nothing: the streak goes on with the next period.
    Pauses,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum AfterGrant {
    /// It begins anew: the next grant takes as many periods again.
    BeginsAnew,
    /// It goes on: each further period that meets the target is granted, too.
    GoesOn,
}

/// What the rule works with.
struct Plan {
    in_a_row: Count,
    met_from: Exact,
    missing: Missing,
    after_grant: AfterGrant,
    grant: Option<Amount>,
    attainment: AttainmentOf,
    figures: Kind,
    grant_unit: Kind,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if !matches!(terms.grant_unit.unit, Unit::Money | Unit::Count) {
            let message = format!(
                "`{}` is nothing to grant, expected `count` or `money`",
                terms.grant_unit.unit.name()
            );
            wrong.at("grant_unit", "out-of-range", message);
        }
        let grant = terms.grant.map(|grant| wrong.amount("grant", grant, terms.grant_unit));
        Some(Plan {
            in_a_row: Count::from_units(terms.in_a_row.into()),
            met_from: terms.met_from.exact(),
            missing: terms.missing,
            after_grant: terms.after_grant,
            grant,
            attainment: terms.attainment,
            figures: terms.figures,
            grant_unit: terms.grant_unit,
        })
    }
}

impl Plan {
    fn always(&self) -> Need {
        Need::Required
    }

    fn figures(&self) -> Kind {
        self.figures
    }

    fn value(&self) -> Need {
        Need::if_so(self.attainment == AttainmentOf::Value)
    }

    fn quotient(&self) -> Need {
        Need::if_so(self.attainment == AttainmentOf::Quotient)
    }

    fn grant_kind(&self) -> Kind {
        self.grant_unit
    }

    fn own_grant(&self) -> Need {
        Need::if_so(self.grant.is_none())
    }
}

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// What was reached.
    #[input(kind = Plan::figures, when = Plan::quotient)]
    result: Option<Amount>,
    /// What was to be reached.
    #[input(kind = Plan::figures, when = Plan::quotient)]
    target: Option<Amount>,
    /// What was reached over what was to be reached.
    #[input(when = Plan::value)]
    attainment: Option<Ratio<6>>,
    /// How many periods in a row had met the target before this one. No value is none.
    #[input(when = Plan::always)]
    streak: Option<Count>,
    /// What the person is granted. Who has no value is granted nothing.
    #[input(kind = Plan::grant_kind, when = Plan::own_grant)]
    grant: Option<Amount>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Granted {
    /// What is granted.
    #[output(award, kind = Plan::grant_kind)]
    granted: Amount,
    /// Whether this period met the target; no value where that isn't known.
    #[output(info)]
    met: Option<bool>,
    /// How many periods in a row have met the target, this one included.
    #[output(info)]
    reached: Count,
    /// The streak that the next period goes on from.
    #[output(carry)]
    streak: Count,
}

#[derive(Rules)]
enum Step {
    /// attainment is {attainment}, at least {from}, so the target is met
    #[zh("完成率 {attainment}，达到 {from}：目标已完成")]
    Met { attainment: Ratio<6>, from: Ratio<6> },
    /// attainment is {attainment}, below {from}, so the target is missed
    #[zh("完成率 {attainment}，低于 {from}：目标未完成")]
    Missed { attainment: Ratio<6>, from: Ratio<6> },
    /// there is no attainment, which ends the streak
    #[zh("没有完成率，连续达标中断")]
    Broken,
    /// there is no attainment, and the streak waits
    #[zh("没有完成率，连续达标暂停计数")]
    Paused,
    /// {reached} of {needed} period{needed|s} in a row
    #[zh("连续达标 {reached} 期，要求 {needed} 期")]
    Streak { reached: Count, needed: Count },
    /// granted: {granted}
    #[zh("授予：{granted}")]
    Granted {
        #[place(like = "granted")]
        granted: Amount,
    },
    /// the streak begins anew
    #[zh("连续达标重新计数")]
    Anew,
}

#[policy(each, rules = Step, zh = "连续若干期完成目标者，授予限制性股票")]
fn equity_grant(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Granted> {
    let before = row.streak.unwrap_or_default();
    let attainment = attainment(&row);
    let met = attainment.map(|attainment| attainment >= plan.met_from);
    explain(plan, attainment, why);
    let reached = match (met, plan.missing) {
        (Some(true), _) => before + Count::from_units(1),
        (None, Missing::Pauses) => before,
        (Some(false), _) | (None, Missing::Breaks) => Count::ZERO,
    };
    why.notes(|| Step::Streak { reached, needed: plan.in_a_row });
    if met != Some(true) || reached < plan.in_a_row {
        return Ok(Granted { granted: Amount::ZERO, met, reached, streak: reached });
    }
    let granted = plan.grant.or(row.grant).unwrap_or_default();
    why.adds(Granted::GRANTED, granted, |granted| Step::Granted { granted });
    let streak = match plan.after_grant {
        AfterGrant::GoesOn => reached,
        AfterGrant::BeginsAnew => {
            why.notes(|| Step::Anew);
            Count::ZERO
        }
    };
    Ok(Granted { granted, met, reached, streak })
}

/// What was reached over what was to be reached; none without a target above zero.
fn attainment(row: &Row) -> Option<Exact> {
    let quotient = |result: Amount| result.over(row.target.filter(|target| *target > Amount::ZERO)?);
    row.attainment.map(Ratio::exact).or_else(|| row.result.and_then(quotient))
}

/// Says whether the target is met.
fn explain(plan: &Plan, attainment: Option<Exact>, why: &mut impl Why) {
    let Some(attainment) = attainment else {
        why.notes(|| match plan.missing {
            Missing::Breaks => Step::Broken,
            Missing::Pauses => Step::Paused,
        });
        return;
    };
    let met = attainment >= plan.met_from;
    why.notes(|| {
        let (attainment, from) = (attainment.round(Round::HalfUp), plan.met_from.round(Round::HalfUp));
        if met { Step::Met { attainment, from } } else { Step::Missed { attainment, from } }
    });
}

#[cfg(test)]
attain_cases::cases!();
