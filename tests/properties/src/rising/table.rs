//! What rises with what.

use super::{Better, Figures, Rising, Unless, a_curve_falls, billionths, falls, metrics, number};
use crate::figures::Sheet;
use crate::setting::Setting;
use serde_json::Value;

const NO_SLACK: fn(&Setting<'_>) -> i128 = |_| 0;

/// A row that leaves nothing to chance: no slack, no exceptions.
const fn plain(policy: &'static str, figures: Figures, credit: &'static str, pay: &'static str) -> Rising {
    Rising { policy, figures, credit, pay, slack: NO_SLACK, slack_doc: "", unless: &[] }
}

/// Largest remainder: where there is more to split, somebody may get a unit less.
const ALABAMA: &str = "where there is more to split, the largest remainders may lie elsewhere";

const CURVE: Unless = Unless { doc: "a curve pays less for what is better", is_so: a_curve_falls };

/// Everything that pay rises with.
pub const RISING: &[Rising] = &[
    plain("ability-gap", Figures::Named(abilities), "each ability", "-training_level"),
    plain("awards", Figures::Named(of_honour), "the metric of this honour", "customers_ambassador"),
    Rising {
        unless: &[Unless {
            doc: "a better step has a lower limit",
            is_so: |setting, _, _| falls(&setting.parameter("/rights/move_a_price/steps"), "limit"),
        }],
        ..plain("awards", Figures::Named(of_right), "the metric of this right", "move_a_price")
    },
    plain("clawback", Figures::Row(&["earned"]), "`earned`", "recovery + earned"),
    Rising {
        slack: |setting| i128::from(setting.is("/mode", "split")),
        slack_doc: ALABAMA,
        ..plain("credit-split", Figures::Group("amount"), "`amount`", "commission")
    },
    plain("credit-split", Figures::Group("amount"), "`amount`", "deal_commission"),
    plain("credit-split", Figures::Row(&["units"]), "`units`", "commission"),
    plain("customer-tier", Figures::Row(&["value"]), "`value`", "tier"),
    Rising { unless: &[CURVE], ..plain("customer-health", Figures::Named(metrics), "each metric", "health") },
    Rising {
        slack: |setting| setting.binding.inputs.len() as i128,
        slack_doc: "each deduction is rounded: several may rise by a unit at once",
        unless: &[
            Unless {
                doc: "deductions of the whole amount take more than all of it",
                is_so: |setting, sheet, row| {
                    setting.is("/of", "aggregate") && shares(setting, sheet, row) > 1_000_000
                },
            },
            Unless {
                doc: "nothing is taken below zero, and fixed amounts go on there from zero",
                is_so: |setting, _, _| {
                    setting.is("/at_zero", "goes-on") && setting.is("/negative", "nothing")
                },
            },
        ],
        ..plain("deductions", Figures::Row(&["amount"]), "`amount`", "net")
    },
    Rising {
        unless: &[Unless {
            doc: "`recovery = \"all-first\"`: what is earned below the draw repays while pay is topped up",
            is_so: |setting, _, _| setting.is("/recovery", "all-first"),
        }],
        ..plain("draw", Figures::Row(&["earned"]), "`earned`", "pay")
    },
    plain("deviation", Figures::Row(&["result"]), "`result`", "-level"),
    plain("draw", Figures::Row(&["earned"]), "`earned`", "pay - balance"),
    Rising { ..plain("early-warning", Figures::Named(metrics), "each metric of the period", "-level") },
    Rising {
        unless: &[Unless {
            doc: "a grant is below zero",
            is_so: |setting, sheet, row| number(setting, sheet, row, "grant").is_some_and(|grant| grant < 0),
        }],
        ..plain("equity-grant", Figures::Row(&["result"]), "`result`", "granted")
    },
    plain("forced-ranking", Figures::Named(first_metric), "the first metric", "-rank"),
    plain("forced-ranking", Figures::Named(first_metric), "the first metric", "percentile"),
    plain("forecast-gap", Figures::Row(&["closed"]), "`closed`", "forecast"),
    Rising {
        unless: &[Unless {
            doc: "what went on is below zero, and isn't judged",
            is_so: |setting, sheet, row| {
                let last = last_stage(setting).pop();
                let went_on = last.and_then(|(last, _)| number(setting, sheet, row, &last));
                went_on.is_some_and(|went_on| went_on < 0)
            },
        }],
        ..plain("funnel", Figures::Named(last_stage), "the last stage", "-level")
    },
    plain("holdback", Figures::Row(&["earned"]), "`earned`", "paid_now"),
    plain("holdback", Figures::Row(&["due"]), "`due`", "released"),
    plain("installments", Figures::Named(all_inputs), "each `earned`", "pay"),
    Rising {
        slack: |_| 2,
        slack_doc: ALABAMA,
        unless: &[CURVE],
        ..plain("joint-bonus", Figures::NamedInGroup(metrics), "each metric", "share")
    },
    Rising {
        unless: &[CURVE],
        ..plain("joint-bonus", Figures::NamedInGroup(metrics), "each metric", "joint_bonus")
    },
    plain("joint-bonus", Figures::Group("bonus"), "`bonus`", "joint_bonus"),
    plain("joint-bonus", Figures::Row(&["weight"]), "`weight`", "share"),
    plain("new-hire-ramp", Figures::Row(&["earned"]), "`earned`", "top_up + earned"),
    plain("opportunity-health", Figures::Row(&["contacts"]), "`contacts`", "points"),
    Rising {
        unless: &[
            Unless {
                doc: "a higher tier pays the whole amount a lower rate",
                is_so: |setting, _, _| {
                    setting.parameter("/pays/attainment/mode").as_str() != Some("marginal")
                        && falls(&setting.parameter("/pays/attainment/tiers"), "rate")
                },
            },
            Unless {
                doc: "whether somebody leads a team isn't said and depends on the amount",
                is_so: |setting, sheet, row| number(setting, sheet, row, "is_lead").is_none(),
            },
        ],
        ..plain("override", Figures::Row(&["team_amount"]), "`team_amount`", "override_pay")
    },
    Rising {
        unless: &[
            Unless {
                doc: "the amount is zero or less",
                is_so: |setting, sheet, row| {
                    number(setting, sheet, row, "amount").is_none_or(|amount| amount <= 0)
                },
            },
            Unless {
                doc: "the commission is below zero",
                is_so: |setting, sheet, row| {
                    number(setting, sheet, row, "commission").is_some_and(|whole| whole < 0)
                },
            },
        ],
        ..plain("pay-on-payment", Figures::Row(&["received_to_date"]), "`received_to_date`", "paid_now")
    },
    Rising {
        unless: &[Unless {
            doc: "outliers are left out: a better rating may make one",
            is_so: |setting, _, _| setting.is("/outliers", "left-out"),
        }],
        ..plain("peer-review", Figures::Row(&["rating"]), "`rating`", "score")
    },
    plain("process-guarantee", Figures::Named(metrics), "each metric", "bonus"),
    plain("process-guarantee", Figures::Row(&["bonus"]), "`bonus`", "bonus"),
    plain("process-guarantee", Figures::Row(&["share_of_period"]), "`share_of_period`", "bonus"),
    plain("product-commission", Figures::Row(&["revenue"]), "`revenue`", "commission + award"),
    plain("product-commission", Figures::Row(&["quantity"]), "`quantity`", "commission + award"),
    plain("product-commission", Figures::Named(cost), "less `cost`", "commission + award"),
    plain("proration", Figures::Row(&["to"]), "`to`", "share"),
    Rising {
        unless: &[Unless {
            doc: "less is better: then what is zero or less has no index",
            is_so: |setting, _, _| setting.is("/better", "lower"),
        }],
        ..plain("relative-index", Figures::Row(&["value"]), "`value`", "to_own_past")
    },
    plain("reminders", Figures::Named(records), "fewer `records_without_progress`", "-fill_in"),
    plain("reminders", Figures::Row(&["new_customers"]), "`new_customers`", "-talk"),
    plain("residual", Figures::Row(&["contract"]), "`contract`", "initial"),
    plain("residual", Figures::Row(&["mrr"]), "`mrr`", "initial + residual"),
    Rising { unless: &[CURVE], ..plain("retention-bonus", Figures::Named(metrics), "each metric", "bonus") },
    plain("retention-bonus", Figures::Row(&["target_bonus"]), "`target_bonus`", "bonus"),
    plain("return-clawback", Figures::Row(&["earned"]), "`earned`", "retained"),
    Rising {
        unless: &[Unless {
            doc: "the whole deal earns the tier that is reached with it, and that pays less, or the deal is below zero",
            is_so: |setting, sheet, row| {
                let is_return = number(setting, sheet, row, "credit").is_some_and(|credit| credit < 0);
                setting.is("/paid_at", "tier-after")
                    && (is_return || falls(&setting.parameter("/tiers"), "rate"))
            },
        }],
        ..plain("running-commission", Figures::Row(&["credit"]), "`credit`", "commission")
    },
    Rising {
        unless: &[
            CURVE,
            Unless {
                doc: "who are all the same score more than the best",
                is_so: |setting, _, _| {
                    let metrics = setting.parameter("/metrics");
                    let all_same = metrics
                        .as_object()
                        .into_iter()
                        .flatten()
                        .filter_map(|(_, metric)| billionths(metric.pointer("/curve/min-max/all_same")));
                    all_same.into_iter().any(|score| score > 100_000_000_000)
                },
            },
            Unless {
                doc: "a target is below zero",
                is_so: |setting, sheet, row| {
                    let is_target = |input: &attain_cases::Column| input.name.starts_with("target_");
                    let targets = setting.binding.inputs.iter().filter(|input| is_target(input));
                    targets.into_iter().any(|input| {
                        number(setting, sheet, row, &input.name).is_some_and(|target| target < 0)
                    })
                },
            },
        ],
        ..plain("scorecard", Figures::Named(metrics), "each metric", "score")
    },
    plain("spiff", Figures::Row(&["units"]), "`units`", "reward"),
    plain("spiff", Figures::Row(&["amount"]), "`amount`", "reward"),
    plain("spiff", Figures::Row(&["other_pay"]), "`other_pay`", "reward"),
    plain("spiff", Figures::Row(&["customer_value"]), "`customer_value`", "reward"),
    plain("spiff", Figures::Row(&["days_since_order"]), "`days_since_order`", "reward"),
    Rising {
        unless: &[Unless {
            doc: "other pay is below zero, and a kicker takes its share of it",
            is_so: |setting, sheet, row| number(setting, sheet, row, "other_pay").is_some_and(|pay| pay < 0),
        }],
        ..plain("spiff", Figures::Row(&["measure"]), "`measure`", "reward")
    },
    Rising {
        unless: &[PAYOUT, TARGET_AMOUNT],
        ..plain("target-bonus", Figures::Row(&["result"]), "`result`", "bonus")
    },
    Rising {
        unless: &[PAYOUT, TARGET_AMOUNT],
        ..plain("target-bonus", Figures::Row(&["attainment"]), "`attainment`", "bonus")
    },
    plain("target-bonus", Figures::Row(&["target_amount"]), "`target_amount`", "bonus"),
    plain("target-offset", Figures::Row(&["credit"]), "`credit`", "adjusted_credit"),
    plain("target-offset", Figures::Named(sources), "each source", "offset"),
    Rising {
        slack: |_| 1,
        slack_doc: ALABAMA,
        ..plain("team-pool", Figures::Group("pool"), "`pool`", "share")
    },
    plain("team-pool", Figures::Group("pool"), "`pool`", "sum(share)"),
    Rising {
        slack: |_| 1,
        slack_doc: ALABAMA,
        unless: &[TEAM_TIERS],
        ..plain("team-pool", Figures::Row(&["amount"]), "`amount`", "share")
    },
    Rising { unless: &[TEAM_TIERS], ..plain("team-pool", Figures::Row(&["amount"]), "`amount`", "pool") },
    Rising {
        unless: &[Unless {
            doc: "a pool below zero is shared",
            is_so: |setting, _, _| setting.is("/negative_pool", "shared"),
        }],
        ..plain("team-pool", Figures::Row(&["contribution"]), "`contribution`", "share")
    },
    Rising {
        unless: &[
            Unless {
                doc: "a higher tier pays the whole credit a lower rate",
                is_so: |setting, _, _| {
                    let tiers = setting.parameter("/tiers");
                    setting.is("/mode", "retroactive")
                        && (falls(&tiers, "rate") || falls(&tiers, "multiplier"))
                },
            },
            Unless {
                doc: "the year so far reaches a higher rate, and a credit below zero is paid by it",
                is_so: |setting, sheet, row| {
                    let is_return = number(setting, sheet, row, "credit").is_some_and(|credit| credit < 0);
                    is_return && setting.is("/mode", "retroactive") && setting.is("/counts", "to-date")
                },
            },
            Unless {
                doc: "a multiplier or a factor is below zero",
                is_so: |setting, sheet, row| {
                    ["rate_multiplier", "factor"]
                        .iter()
                        .any(|name| number(setting, sheet, row, name).is_some_and(|factor| factor < 0))
                },
            },
        ],
        ..plain("tiered-commission", Figures::Row(&["credit", "credit_to_date"]), "`credit`", "commission")
    },
];

const PAYOUT: Unless = Unless {
    doc: "a higher point pays less",
    is_so: |setting, _, _| falls(&setting.parameter("/points"), "payout"),
};

const TARGET_AMOUNT: Unless = Unless {
    doc: "the target amount is below zero",
    is_so: |setting, sheet, row| {
        number(setting, sheet, row, "target_amount").is_some_and(|amount| amount < 0)
    },
};

const TEAM_TIERS: Unless = Unless {
    doc: "a higher tier makes the pool with a lower rate",
    is_so: |setting, _, _| falls(&setting.parameter("/pool/attainment/tiers"), "rate"),
};

/// Policies that pay nothing and score nothing, and why no figure of theirs is in the table above.
pub const NOT_RISING: &[(&str, &str)] = &[
    (
        "diagnosis",
        "it finds patterns of two figures, one that falls while another rises: more of either may make one",
    ),
    ("rules", "its formulas are the plan's: what rises with what is theirs to say"),
    (
        "shallow-coverage",
        "it counts what is stuck, and a later day may take a deal that isn't out of the period",
    ),
];

/// The share of the amount that all deductions of a row take, in millionths.
fn shares(setting: &Setting<'_>, sheet: &Sheet, row: usize) -> i128 {
    let deductions = setting.parameter("/deductions");
    let share = |deduction: &Value| {
        let planned = billionths(deduction.get("share"))? / 1000;
        let own = number(setting, sheet, row, deduction.get("name")?.as_str()?);
        Some(own.map_or(planned, i128::from))
    };
    deductions.as_array().into_iter().flatten().filter_map(share).sum()
}

/// What people are ranked by first, where it isn't divided by anything.
fn first_metric(setting: &Setting<'_>) -> Vec<(String, Better)> {
    let order = setting.parameter("/order/0");
    let name = order.get("metric").and_then(Value::as_str).filter(|_| order.get("over").is_none());
    name.map(|name| (name.to_owned(), super::better(&order))).into_iter().collect()
}

fn all_inputs(setting: &Setting<'_>) -> Vec<(String, Better)> {
    setting.binding.inputs.iter().map(|input| (input.name.clone(), Better::Higher)).collect()
}

/// The abilities that the parameters name.
fn abilities(setting: &Setting<'_>) -> Vec<(String, Better)> {
    let abilities = setting.parameter("/abilities");
    let names =
        abilities.as_array().into_iter().flatten().filter_map(|ability| ability.get("name")?.as_str());
    names.map(|name| (name.to_owned(), Better::Higher)).collect()
}

fn of_honour(setting: &Setting<'_>) -> Vec<(String, Better)> {
    of_award(&setting.parameter("/honours/customers_ambassador"))
}

fn of_right(setting: &Setting<'_>) -> Vec<(String, Better)> {
    of_award(&setting.parameter("/rights/move_a_price"))
}

/// The metric of an award, where there is such a one.
fn of_award(award: &Value) -> Vec<(String, Better)> {
    let metric = award.get("metric").and_then(Value::as_str);
    metric.map(|metric| (metric.to_owned(), super::better(award))).into_iter().collect()
}

/// What comes into the last stage.
fn last_stage(setting: &Setting<'_>) -> Vec<(String, Better)> {
    let stages = setting.parameter("/stages");
    let last = stages.as_array().and_then(|stages| stages.last()?.get("name")?.as_str().map(str::to_owned));
    last.map(|last| (last, Better::Higher)).into_iter().collect()
}

fn records(_: &Setting<'_>) -> Vec<(String, Better)> {
    vec![("records_without_progress".to_owned(), Better::Lower)]
}

fn cost(_: &Setting<'_>) -> Vec<(String, Better)> {
    vec![("cost".to_owned(), Better::Lower)]
}

fn sources(setting: &Setting<'_>) -> Vec<(String, Better)> {
    let sources = setting.parameter("/sources");
    let names = sources.as_array().into_iter().flatten().filter_map(|source| source.get("name")?.as_str());
    names.map(|name| (name.to_owned(), Better::Higher)).collect()
}
