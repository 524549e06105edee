//! Who acts, and for which company.

use attain_model::CompanyId;

/// Who acts. The company comes from the credential, never from what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// For which company.
    pub company: CompanyId,
    /// The name of the credential, as the log has it.
    pub actor: String,
}

impl Caller {
    /// Whoever has the data directory or the loopback address: the operator.
    pub fn operator(company: CompanyId) -> Caller {
        Caller { company, actor: "operator".to_owned() }
    }
}
