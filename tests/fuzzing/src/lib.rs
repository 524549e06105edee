//! What must hold for any bytes from outside, a function for each way in.
//!
//! In:  a [`Target`], bytes that nobody chose, and whether a fault is [planted](Plant).
//! Out: whether the bytes were worth keeping; a panic where something doesn't hold.
//!
//! The fuzz targets in `fuzz/` and the tests of this crate call the same functions: the first for hours with
//! libFuzzer, the second for seconds, in CI, on the seeds and on seeded mutations of them.

mod batch;
mod canonical;
mod codes;
mod guests;
mod http;
mod import;
mod mutate;
mod parts;
mod plan;
mod plant;
mod publish;
mod recipe;
mod seeds;
mod store;

pub use mutate::Mutations;
pub use plant::Plant;
pub use seeds::seeds;

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A component: checked, compiled, asked what it is, bound.
    Publish,
    /// Columns in and columns out.
    Batch,
    /// CSV, XLSX, Parquet and targets, with a mapping.
    Import,
    /// A recipe's TOML and SQL.
    Recipe,
    /// A plan, and the small texts that plans are made of.
    Plan,
    /// Requests of every role, with every kind of body.
    Http,
    /// What the store reads back: blocks of rows, entries of the log.
    Store,
}

/// Whether an input got far enough to be worth changing further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was read as what it should be, or refused by what was to be tried.
    Yes,
    /// It isn't even an input of the target.
    No,
}

impl Target {
    /// All of them.
    pub const ALL: [Target; 7] = [
        Target::Publish,
        Target::Batch,
        Target::Import,
        Target::Recipe,
        Target::Plan,
        Target::Http,
        Target::Store,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Target::Publish => "publish",
            Target::Batch => "batch",
            Target::Import => "import",
            Target::Recipe => "recipe",
            Target::Plan => "plan",
            Target::Http => "http",
            Target::Store => "store",
        }
    }

    /// The target of this name.
    pub fn parse(name: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Tries one input.
    ///
    /// # Panics
    ///
    /// Where something doesn't hold.
    pub fn check(self, input: &[u8], plant: Plant) -> Taken {
        let taken = match self {
            Target::Publish => publish::check(input, plant),
            Target::Batch => batch::check(input, plant),
            Target::Import => import::check(input, plant),
            Target::Recipe => recipe::check(input, plant),
            Target::Plan => plan::check(input, plant),
            Target::Http => http::check(input, plant),
            Target::Store => store::check(input, plant),
        };
        // libFuzzer remembers the last few comparisons only: what is planted must be among them.
        std::hint::black_box(plant.spoils(input));
        taken
    }
}
