//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets. A rule that is left out isn't asked.
#[derive(Parameters)]
pub struct Terms {
    /// Whose figures are added up before they are looked at.
    #[parameter(default = "team")]
    of: Of,
    /// Conversion falls while visits rise: leads or pitch.
    conversion: Option<ConversionRule>,
    /// Repurchase is low while new sales grow: existing customers are overdrawn.
    repurchase: Option<RepurchaseRule>,
    /// Output per head swings: newcomers or training.
    output: Option<OutputRule>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Of {
    /// Each row for itself.
    Each,
    /// Those with the same `team`.
    Team,
    /// Everybody.
    Company,
}

/// When falling conversion and rising visits are a finding.
#[derive(Parameters, Clone)]
pub struct ConversionRule {
    /// By which share of what it was conversion must fall.
    #[parameter(default = "0.10", min = "0")]
    pub fall: Ratio<6>,
    /// By which share visits must rise.
    #[parameter(default = "0.10", min = "0")]
    pub visits_rise: Ratio<6>,
    /// By which share of what it was the share of qualified leads must fall for the leads to be the cause.
    #[parameter(default = "0.10", min = "0")]
    pub leads_fall: Ratio<6>,
    /// The level of the finding.
    #[parameter(default = "yellow")]
    pub level: Level,
}

/// When low repurchase and growing new sales are a finding.
#[derive(Parameters, Clone)]
pub struct RepurchaseRule {
    /// The share of existing customers who buy again under which repurchase is low.
    #[parameter(default = "0.30", min = "0", max = "1")]
    pub low_under: Ratio<6>,
    /// By which share new sales must grow.
    #[parameter(default = "0.10", min = "0")]
    pub new_growth: Ratio<6>,
    /// The level of the finding.
    #[parameter(default = "yellow")]
    pub level: Level,
}

/// When a swing of output per head is a finding, and what explains it.
#[derive(Parameters, Clone)]
pub struct OutputRule {
    /// By which share of what it was output per head must move, up or down.
    #[parameter(default = "0.20", min = "0")]
    pub swing: Ratio<6>,
    /// The share of newcomers from which on they explain it.
    #[parameter(default = "0.30", min = "0", max = "1")]
    pub newcomers_from: Ratio<6>,
    /// The hours of training per head under which training explains it.
    #[parameter(default = "4", min = "0")]
    pub training_under: Count<2>,
    /// The level of the finding.
    #[parameter(default = "yellow")]
    pub level: Level,
}

/// What the rule works with.
pub struct Plan {
    grouping: Grouping,
    pub conversion: Option<ConversionRule>,
    pub repurchase: Option<RepurchaseRule>,
    pub output: Option<OutputRule>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.conversion.is_none() && terms.repurchase.is_none() && terms.output.is_none() {
            let message = "no rule is asked, expected at least one of `conversion`, `repurchase`, `output`, such as `output = {}`";
            wrong.add("no-rules", message.to_owned());
        }
        if terms.output.is_some() && terms.of == Of::Each {
            let message = "one person has no output per head to swing; choose `team` or `company`, or leave `output` out";
            wrong.at("of", "each-has-no-heads", message.to_owned());
        }
        Some(Plan {
            grouping: match terms.of {
                Of::Each => Grouping::Each,
                Of::Team => Grouping::By(vec!["team".to_owned()]),
                Of::Company => Grouping::All,
            },
            conversion: terms.conversion,
            repurchase: terms.repurchase,
            output: terms.output,
        })
    }
}

impl Plan {
    pub fn grouping(&self) -> Grouping {
        self.grouping.clone()
    }

    pub fn team(&self) -> Need {
        Need::if_so(matches!(self.grouping, Grouping::By(_)))
    }

    pub fn for_conversion(&self) -> Need {
        Need::if_so(self.conversion.is_some())
    }

    pub fn for_leads(&self) -> Need {
        if self.conversion.is_some() { Need::Optional } else { Need::Unused }
    }

    pub fn for_repurchase(&self) -> Need {
        Need::if_so(self.repurchase.is_some())
    }

    pub fn for_output(&self) -> Need {
        Need::if_so(self.output.is_some())
    }

    pub fn for_heads(&self) -> Need {
        if self.output.is_some() { Need::Optional } else { Need::Unused }
    }
}
