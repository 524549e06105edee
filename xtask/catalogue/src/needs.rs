//! What a consultant wants, and the policy that does it: the way into the catalogue.

/// What is wanted, and the policies that do it, in the order in which a plan has them as steps.
pub type Need = (&'static str, &'static [&'static str]);

/// Needs by subject.
pub const NEEDS: &[(&str, &[Need])] = &[
    (
        "Commission",
        &[
            ("pay a rate that rises or falls with attainment, or with the amount", &["tiered-commission"]),
            ("pay each deal at the rate that the year so far has reached", &["running-commission"]),
            (
                "pay by product line: on revenue, on margin, a sum per unit, more for a first contract",
                &["product-commission"],
            ),
            ("pay a share of the first year's contract, and then of what recurs each month", &["residual"]),
            ("share one deal among several people, or credit it to a second one in full", &["credit-split"]),
            ("pay a lead on what the team sold or was paid", &["override"]),
            ("let a score raise or lower a commission", &["scorecard", "tiered-commission"]),
        ],
    ),
    (
        "Bonus and award",
        &[
            ("pay a target amount by a curve over attainment", &["target-bonus"]),
            ("guarantee a bonus for visits, quality of leads, records kept", &["process-guarantee"]),
            ("pay for satisfaction, renewals and referrals instead of for signing", &["retention-bonus"]),
            ("let sales and another function share metrics and one bonus", &["joint-bonus"]),
            ("split a pool among a team: equally, by contribution, by weight or by role", &["team-pool"]),
            ("reward units, first orders or customers woken, for as long as a campaign runs", &["spiff"]),
            ("name the star of the month, or give a right to who earned it", &["awards"]),
            ("grant stock to who meets the target several periods in a row", &["equity-grant"]),
        ],
    ),
    (
        "Who is new, and who was there for a part of it",
        &[
            (
                "judge newcomers on process first, on a smaller target, and guarantee their pay",
                &["new-hire-ramp"],
            ),
            ("count a target or a variable amount for the days somebody was there", &["proration"]),
            ("let other business make up for part of a missed target", &["target-offset"]),
        ],
    ),
    (
        "When it is paid, and how much of it",
        &[
            ("pay an advance, and recover it from later pay or not at all", &["draw"]),
            ("hold a part back and release it later", &["holdback"]),
            ("pay in equal parts over several periods", &["installments"]),
            ("pay as the customer pays", &["pay-on-payment"]),
            ("take fees off first, together or one after another", &["deductions"]),
        ],
    ),
    (
        "What comes back",
        &[
            (
                "say what a return, bad debt, an overdue bill or a lost customer takes back",
                &["return-clawback"],
            ),
            ("take what is owed from pay, within limits, and carry the rest on", &["clawback"]),
            (
                "do both: find it deal by deal, and recover it person by person",
                &["return-clawback", "clawback"],
            ),
        ],
    ),
    (
        "A score of people",
        &[
            ("weigh metrics into one score", &["scorecard"]),
            (
                "compare people with their peers, with their own past, or regions with their own baselines",
                &["relative-index"],
            ),
            ("make one score of what others say of somebody", &["peer-review"]),
            ("rank people and mark the first and the last", &["forced-ranking"]),
        ],
    ),
    (
        "A score of customers and deals",
        &[
            ("sort customers into tiers by what they are worth", &["customer-tier"]),
            ("see a customer cool down before the renewal", &["customer-health"]),
            ("see an open deal go stale", &["opportunity-health"]),
        ],
    ),
    (
        "A warning and its cause",
        &[
            ("warn when a metric is past a line, or gets worse period after period", &["early-warning"]),
            ("tell a weak market from weak work, and propose another target", &["deviation"]),
            ("find out what went wrong from two figures that move against each other", &["diagnosis"]),
            ("find the stage that holds the funnel up", &["funnel"]),
            ("find out who visits many customers and goes deep with few", &["shallow-coverage"]),
            ("see whether open deals cover what is missing to the target", &["forecast-gap"]),
            ("choose between a training for the team and coaching for one person", &["ability-gap"]),
            ("remind a small firm's people of notes, new customers and the weekly report", &["reminders"]),
        ],
    ),
    (
        "What none of them covers",
        &[("write a decision table and formulas of your own, without a programmer", &["rules"])],
    ),
];
