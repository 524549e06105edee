//! A company at work, and what it keeps: the same before and after something bad was handed in.

use attain_tests::{Answer, Attain, Server};
use serde_json::Value;

/// A file of people that is good.
pub const PEOPLE: &str = "\
participant,team,revenue:money:2,deals,hired:date
Anna,North,1200.50,4,2015-02-01
Bo,South,800.00,2,2016-07-15
Cem,North,0.00,0,2017-01-09
";

/// A file of quotas that is good.
pub const TARGETS: &str = "\
participant,metric,target:money:2
Anna,revenue,1000.00
Bo,revenue,1000.00
Cem,revenue,1000.00
";

/// A plan that is good.
pub const PLAN: &str = r#"plan   = "sales"
period = "quarter"
starts = "2017-Q1"

[[step]]
name   = "commission"
policy = "tiered-commission@1"
inputs = { credit = "revenue", target = "target.revenue" }
[step.params]
tiers = [ { from = "0", rate = "0.02" }, { from = "1.0", rate = "0.09" } ]
"#;

/// Somebody's desk: the company `acme`, and a folder of files to hand in.
pub struct Desk {
    pub attain: Attain,
}

impl Desk {
    /// People and quotas of 2017-Q1 are in.
    pub fn with_figures() -> Desk {
        Desk::with(&[])
    }

    /// The plan `sales` is published too.
    pub fn with_plan() -> Desk {
        let desk = Desk::with(&["tiered-commission"]);
        desk.attain.write("sales.toml", PLAN);
        desk.attain.ok(["plan", "publish", "sales.toml"]);
        desk
    }

    /// Figures and these policies.
    pub fn with(policies: &[&str]) -> Desk {
        let attain = Attain::with_policies(policies);
        attain.write("good.csv", PEOPLE);
        attain.ok(["snapshot", "import", "good.csv", "--period", "2017-Q1"]);
        attain.write("quotas.csv", TARGETS);
        attain.ok(["target", "import", "quotas.csv", "--period", "2017-Q1"]);
        Desk { attain }
    }

    /// Refuses a file of people: exit code 3.
    #[track_caller]
    pub fn refuses_file(&self, name: &str, content: impl AsRef<[u8]>, says: &str) {
        self.attain.write(name, content);
        self.refuses(&["snapshot", "import", name, "--period", "2017-Q1"], says);
    }

    /// Refuses a command's input: exit code 3.
    #[track_caller]
    pub fn refuses(&self, arguments: &[&str], says: &str) {
        self.ends(arguments, 3, says);
    }

    /// Runs a command that ends with this code and these words, and keeps nothing.
    #[track_caller]
    pub fn ends(&self, arguments: &[&str], code: i32, says: &str) {
        let before = self.kept();
        let answer: Answer = self.attain.run(arguments);
        assert_eq!(answer.err, format!("error: {says}\n"));
        assert_eq!((answer.code, answer.out.as_str()), (code, ""));
        assert_eq!(self.kept(), before, "something was kept");
    }

    /// Everything that the host keeps, as its lists say it.
    #[track_caller]
    pub fn kept(&self) -> Vec<Value> {
        kept_by(&self.attain.serve())
    }
}

/// Everything that a server keeps.
#[track_caller]
pub fn kept_by(server: &Server) -> Vec<Value> {
    let lists = ["policies", "snapshots", "plans", "runs"].map(|list| format!("/v1/companies/acme/{list}"));
    std::iter::once("/v1/companies")
        .chain(lists.iter().map(String::as_str))
        .map(|path| server.get(path))
        .collect()
}
