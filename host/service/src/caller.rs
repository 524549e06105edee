//! Who acts, and for which company.

use crate::access::{Act, Reach, Role};
use attain_model::CompanyId;

/// Who acts. The company comes from the credential, never from what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// For which company.
    pub company: CompanyId,
    /// The name of the credential, as the log has it.
    pub actor: String,
    /// What they may do.
    pub role: Role,
    /// Whose figures a lead sees: those of people of these teams.
    pub teams: Vec<String>,
    /// Whose figures a participant sees: their own id.
    pub participant: Option<String>,
}

impl Caller {
    /// Whoever has the data directory: the operator.
    pub fn operator(company: CompanyId) -> Caller {
        Caller {
            company,
            actor: "operator".to_owned(),
            role: Role::Operator,
            teams: Vec::new(),
            participant: None,
        }
    }

    /// Whose figures they may do something with.
    pub fn reach(&self, act: Act) -> Reach {
        self.role.reach(act)
    }
}
