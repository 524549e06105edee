//! Which policies there are, and what each is for.

use attain_cases::{Native, Subject};

/// What somebody takes a policy for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It pays, or says how much of what is earned is paid, when and to whom.
    Pay,
    /// It judges: people, customers, deals.
    Score,
    /// It warns, and says where to look.
    Steer,
}

impl Purpose {
    /// Every purpose, in the order of the catalogue.
    pub const ALL: [Purpose; 3] = [Purpose::Pay, Purpose::Score, Purpose::Steer];
}

/// A policy that tests may share among threads.
pub type Shelved = dyn Subject + Send + Sync;

macro_rules! shelf {
    ($($purpose:ident { $($policy:ident)* })*) => {
        /// Every policy, natively. The one list of them: all that looks at every policy walks it.
        pub fn shelf() -> Vec<(Purpose, Box<Shelved>)> {
            vec![$($((Purpose::$purpose, Box::new(Native::<$policy::Policy>::new()) as Box<Shelved>)),*),*]
        }
    };
}

shelf! {
    Pay {
        awards
        clawback
        credit_split
        deductions
        draw
        equity_grant
        holdback
        installments
        joint_bonus
        new_hire_ramp
        pay_on_payment
        process_guarantee
        product_commission
        proration
        residual
        retention_bonus
        return_clawback
        rules
        running_commission
        spiff
        target_bonus
        target_offset
        team_override
        team_pool
        tiered_commission
    }
    Score {
        customer_health
        customer_tier
        forced_ranking
        opportunity_health
        peer_review
        relative_index
        scorecard
    }
    Steer {
        ability_gap
        deviation
        diagnosis
        early_warning
        forecast_gap
        funnel
        reminders
        shallow_coverage
    }
}
