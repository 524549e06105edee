//! What is split adds up, to the last unit.

use crate::expression::{Place, worth};
use crate::figures::Sheet;
use crate::library::Policy;
use crate::setting::Setting;

/// An equation over what goes in and what comes out of a row and its group.
pub struct Sum {
    /// The policy.
    pub policy: &'static str,
    /// The left side, as [`crate::expression`] reads it.
    pub left: &'static str,
    /// The right side.
    pub right: &'static str,
    /// Where it holds.
    pub holds: fn(&Setting<'_>) -> bool,
    /// Where it holds, in words; nothing where it always does.
    pub doc: &'static str,
}

/// All of them.
pub const SUMS: &[Sum] = &[
    Sum {
        policy: "clawback",
        left: "in.owed_before + in.owed",
        right: "still_owed + written_off - recovery",
        holds: |setting| setting.is("/overpaid", "paid-back"),
        doc: "what is left over is paid back",
    },
    Sum { policy: "credit-split", left: "sum(credit)", right: "deal_credit", holds: |_| true, doc: "" },
    Sum {
        policy: "credit-split",
        left: "sum(commission)",
        right: "deal_commission",
        holds: |_| true,
        doc: "",
    },
    Sum {
        policy: "credit-split",
        left: "deal_credit",
        right: "first(amount)",
        holds: |setting| setting.is("/mode", "split"),
        doc: "a split",
    },
    Sum { policy: "deductions", left: "net + deducted", right: "amount", holds: |_| true, doc: "" },
    Sum {
        policy: "deviation",
        left: "target + target_change",
        right: "proposed_target",
        holds: |_| true,
        doc: "",
    },
    Sum { policy: "draw", left: "balance - in.balance", right: "balance_change", holds: |_| true, doc: "" },
    Sum {
        policy: "draw",
        left: "pay - balance_change",
        right: "earned + forgiven",
        holds: |setting| owes(setting) && !setting.is("/recovery", "advanced"),
        doc: "what is below zero isn't dropped, and a draw isn't advanced",
    },
    Sum {
        policy: "draw",
        left: "pay - balance_change + drawn",
        right: "earned + forgiven",
        holds: |setting| owes(setting) && setting.is("/recovery", "advanced"),
        doc: "the same for an advance",
    },
    Sum { policy: "forced-ranking", left: "sum(rewarded)", right: "top_count", holds: |_| true, doc: "" },
    Sum { policy: "forecast-gap", left: "closed + weighted", right: "forecast", holds: |_| true, doc: "" },
    Sum { policy: "holdback", left: "paid_now + held", right: "earned", holds: |_| true, doc: "" },
    Sum {
        policy: "holdback",
        left: "in.reserve_before - released + held - forfeited",
        right: "reserve",
        holds: |_| true,
        doc: "",
    },
    Sum {
        policy: "joint-bonus",
        left: "sum(share) + undistributed",
        right: "joint_bonus",
        holds: |_| true,
        doc: "",
    },
    Sum { policy: "new-hire-ramp", left: "earned + top_up", right: "total", holds: |_| true, doc: "" },
    Sum {
        policy: "pay-on-payment",
        left: "earned_to_date + outstanding",
        right: "eligible",
        holds: |_| true,
        doc: "",
    },
    Sum { policy: "peer-review", left: "sum(outlier)", right: "outliers", holds: |_| true, doc: "" },
    Sum { policy: "return-clawback", left: "owed + adjustment", right: "0", holds: |_| true, doc: "" },
    Sum {
        policy: "return-clawback",
        left: "in.taken_before + owed",
        right: "taken_to_date",
        holds: |_| true,
        doc: "",
    },
    Sum {
        policy: "return-clawback",
        left: "taken_to_date + retained",
        right: "earned",
        holds: |_| true,
        doc: "",
    },
    Sum {
        policy: "target-bonus",
        left: "bonus",
        right: "earned - in.paid_to_date",
        holds: |setting| setting.is("/counts", "period") || setting.is("/overpaid", "taken-back"),
        doc: "what was paid too much is taken back, or nothing was paid before",
    },
    Sum {
        policy: "target-offset",
        left: "credit + offset",
        right: "adjusted_credit",
        holds: |_| true,
        doc: "",
    },
    Sum { policy: "team-pool", left: "sum(share) + undistributed", right: "pool", holds: |_| true, doc: "" },
];

/// Whether earnings below zero are owed or deducted.
fn owes(setting: &Setting<'_>) -> bool {
    !setting.is("/recovery", "never") && !setting.is("/negative", "nothing")
}

impl Sum {
    /// What names it among all.
    pub fn label(&self) -> String {
        format!("{}: {} = {}", self.policy, self.left, self.right)
    }
}

/// A policy's.
pub fn sums(policy: &Policy) -> impl Iterator<Item = &'static Sum> {
    SUMS.iter().filter(|sum| sum.policy == policy.name)
}

/// Every equation in every row.
pub fn check(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    let Ok(given) = setting.evaluate(sheet) else { return Ok(()) };
    for sum in sums(setting.policy).filter(|sum| (sum.holds)(setting)) {
        for (group_index, group) in sheet.groups(&setting.binding).into_iter().enumerate() {
            for row in group.clone() {
                let at = Place { setting, sheet, given: &given, row, group: group.clone(), group_index };
                let (Some(left), Some(right)) = (worth(sum.left, &at), worth(sum.right, &at)) else {
                    continue;
                };
                crate::trial::tried(&sum.label());
                if left != right {
                    return Err(format!("row {row}: {} is {left}, {} is {right}", sum.left, sum.right));
                }
            }
        }
    }
    Ok(())
}
