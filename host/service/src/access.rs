//! Roles, and what each may do: one table, from which the server's check, its tests and `docs/roles.md` are made.

use std::fmt;

/// Whom somebody is for a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs the host: every company's, as whoever has the data directory is.
    Operator,
    /// Runs the company's account: everything of it, and who may do what.
    Admin,
    /// Writes policies and plans, and tries them on the company's figures.
    Consultant,
    /// Brings figures in and runs plans.
    Analyst,
    /// Decides which run is official.
    Approver,
    /// Leads teams, and sees what these got.
    Lead,
    /// Checks everything and changes nothing.
    Auditor,
    /// Is paid, and sees why.
    Participant,
}

/// Something that an operation of the API does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// List the companies that one may see.
    ListCompanies,
    /// Add a company.
    AddCompany,
    /// Make, list and revoke API keys.
    ManageKeys,
    /// Make, list and revoke the operator's own keys.
    ManageHostKeys,
    /// Set, see and remove the company's identity provider.
    ManageProvider,
    /// See the company's limits.
    ReadLimits,
    /// Set the company's limits.
    SetLimits,
    /// See what the host counts.
    ReadMetrics,
    /// See policies.
    ReadPolicies,
    /// Publish a policy.
    PublishPolicy,
    /// See plans.
    ReadPlans,
    /// Check and publish a plan.
    PublishPlan,
    /// See snapshots and their tables.
    ReadFigures,
    /// Import figures and targets.
    ImportFigures,
    /// See runs: what each pinned, and the sum that it pays.
    ReadRuns,
    /// Run a plan.
    Run,
    /// Stop work under way.
    CancelWork,
    /// Compute a run again and compare.
    Replay,
    /// Make a run official.
    Approve,
    /// See what people got in a run.
    ReadOutcomes,
    /// See why somebody got it.
    ReadStatements,
    /// Ask what somebody would be paid with other figures.
    Estimate,
    /// Take a run's outcome as a file.
    Export,
    /// See the company's log.
    ReadLog,
    /// See the host's own log.
    ReadHostLog,
    /// Take all of the company as a file.
    ExportCompany,
    /// Take all of the host as a file.
    Backup,
    /// Restore a company from a file.
    RestoreCompany,
    /// Erase a company.
    EraseCompany,
}

/// Whose figures somebody may do something with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nobody's: it may not be done.
    Nothing,
    /// One's own.
    Own,
    /// Those of one's teams.
    Teams,
    /// The whole company's.
    Company,
}

use Act::*;

/// A row an act, a column a role, in the order of [`Role::ALL`]: `c` the whole company, `t` one's teams, `o` one's own,
/// `-` not at all.
const TABLE: &[(Act, &str, &[u8; 8])] = &[
    //                                                       operator, admin, consultant, analyst,
    //                                                       approver, lead, auditor, participant
    (ListCompanies, "list the companies that they may see", b"cccccccc"),
    (AddCompany, "add a company", b"c-------"),
    (ManageKeys, "make, list and revoke API keys", b"cc------"),
    (ManageHostKeys, "make, list and revoke the operator's own keys", b"c-------"),
    (ManageProvider, "set, see and remove the company's identity provider", b"cc------"),
    (ReadLimits, "see limits", b"cccc--c-"),
    (SetLimits, "set limits", b"c-------"),
    (ReadMetrics, "see what the host counts", b"c-------"),
    (ReadPolicies, "see policies", b"ccccccc-"),
    (PublishPolicy, "publish a policy", b"ccc-----"),
    (ReadPlans, "see plans", b"ccccccc-"),
    (PublishPlan, "check and publish a plan", b"ccc-----"),
    (ReadFigures, "see snapshots and their tables", b"ccccc-c-"),
    (ImportFigures, "import figures and targets", b"cccc----"),
    (ReadRuns, "see runs", b"ccccccc-"),
    (Run, "run a plan", b"cccc----"),
    (CancelWork, "stop work under way", b"cccc----"),
    (Replay, "replay a run", b"ccccc-c-"),
    (Approve, "approve a run", b"cc--c---"),
    (ReadOutcomes, "see what people got", b"ccccctc-"),
    (ReadStatements, "see why somebody got it", b"ccccctco"),
    (Estimate, "ask what somebody would be paid with other figures", b"ccccctco"),
    (Export, "take an outcome as a file", b"ccccc-c-"),
    (ReadLog, "see the log", b"ccccc-c-"),
    (ReadHostLog, "see the host's own log", b"c-------"),
    (ExportCompany, "take all of a company as a file", b"cc------"),
    (Backup, "take all of the host as a file", b"c-------"),
    (RestoreCompany, "restore a company from a file", b"c-------"),
    (EraseCompany, "erase a company", b"c-------"),
];

impl Role {
    /// All of them, as the table has them.
    pub const ALL: [Role; 8] = [
        Role::Operator,
        Role::Admin,
        Role::Consultant,
        Role::Analyst,
        Role::Approver,
        Role::Lead,
        Role::Auditor,
        Role::Participant,
    ];

    /// As it is written: `operator`, `admin`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Admin => "admin",
            Role::Consultant => "consultant",
            Role::Analyst => "analyst",
            Role::Approver => "approver",
            Role::Lead => "lead",
            Role::Auditor => "auditor",
            Role::Participant => "participant",
        }
    }

    /// Who it is, in a sentence without a subject.
    #[cfg(test)]
    fn about(self) -> &'static str {
        match self {
            Role::Operator => "runs the host, and so every company's account",
            Role::Admin => "runs the company's account: everything of it, and who may do what",
            Role::Consultant => "writes policies and plans, and tries them on the company's figures",
            Role::Analyst => "brings figures in and runs plans",
            Role::Approver => "decides which run is official",
            Role::Lead => "leads teams, and sees what these got",
            Role::Auditor => "checks everything and changes nothing",
            Role::Participant => "is paid, and sees why",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whose figures somebody of this role may do something with.
    pub fn reach(self, act: Act) -> Reach {
        let column = Role::ALL.iter().position(|role| *role == self);
        let row = TABLE.iter().find(|(known, ..)| *known == act);
        match row.zip(column).and_then(|((_, _, row), column)| row.get(column)) {
            Some(b'c') => Reach::Company,
            Some(b't') => Reach::Teams,
            Some(b'o') => Reach::Own,
            _ => Reach::Nothing,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Act {
    /// All of them, as the table has them.
    pub fn all() -> impl Iterator<Item = Act> {
        TABLE.iter().map(|(act, ..)| *act)
    }

    /// What it is, as a sentence says it: `publish a plan`.
    pub fn words(self) -> &'static str {
        TABLE.iter().find(|(act, ..)| *act == self).map_or("do that", |(_, words, _)| words)
    }

    /// The roles that may do it, at least to their own.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| role.reach(self) > Reach::Nothing)
    }
}

/// The page `docs/roles.md`, which the test below writes and holds to the table.
#[cfg(test)]
fn page() -> String {
    let mut page = "# Roles\n\nWho may do what. This page is made from the table that the server itself looks at \
        (`host/service/src/access.rs`), and a test holds the two together. Every credential has one role, and belongs \
        to one company; only the operator's belongs to the host.\n\n"
        .to_owned();
    for role in Role::ALL {
        page.push_str(&format!("- **{role}** {}.\n", role.about()));
    }
    page.push_str("\nWhat they may do: `●` for the whole company, `teams` for people of the teams that the key names, `own` for oneself.\n\n| |");
    Role::ALL.iter().for_each(|role| page.push_str(&format!(" {role} |")));
    page.push_str("\n|---|");
    Role::ALL.iter().for_each(|_| page.push_str(":-:|"));
    page.push('\n');
    for act in Act::all() {
        page.push_str(&format!("| {} |", act.words()));
        for role in Role::ALL {
            page.push_str(match role.reach(act) {
                Reach::Company => " ● |",
                Reach::Teams => " teams |",
                Reach::Own => " own |",
                Reach::Nothing => " |",
            });
        }
        page.push('\n');
    }
    page.push_str(
        "\nWhat a role may not do is answered with 403 and the roles that may. Another company's id, a run, a plan or a \
         person out of reach is answered as one that isn't there: 404, with the same words.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_act_has_one_row_and_an_operator_may_do_all() {
        let acts: BTreeSet<Act> = Act::all().collect();
        assert_eq!(acts.len(), TABLE.len());
        for act in acts {
            assert_eq!(Role::Operator.reach(act), Reach::Company, "{act:?}");
            assert!(act.words() != "do that");
        }
    }

    #[test]
    fn who_only_checks_changes_nothing() {
        for act in [
            AddCompany,
            ManageKeys,
            ManageProvider,
            SetLimits,
            PublishPolicy,
            PublishPlan,
            ImportFigures,
            Run,
            Approve,
            RestoreCompany,
            EraseCompany,
        ] {
            for role in [Role::Auditor, Role::Lead, Role::Participant] {
                assert_eq!(role.reach(act), Reach::Nothing, "{role} {act:?}");
            }
        }
    }

    #[test]
    fn a_participant_sees_and_estimates_their_own_and_nothing_else() {
        let may: Vec<Act> = Act::all().filter(|act| Role::Participant.reach(*act) > Reach::Nothing).collect();
        assert_eq!(may, [ListCompanies, ReadStatements, Estimate]);
        assert!([ReadStatements, Estimate].iter().all(|act| Role::Participant.reach(*act) == Reach::Own));
    }

    #[test]
    fn the_page_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/roles.md");
        if std::env::var_os("ATTAIN_REFRESH").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            kept,
            page(),
            "write it anew: ATTAIN_REFRESH=1 cargo test --package attain-service access"
        );
    }
}
