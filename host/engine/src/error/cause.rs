//! The parts that errors are made of: whose fault, in which function, what the code did.

use std::fmt;

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The policy's author, or whoever set its parameters.
    Policy,
    /// Whoever runs this host: a retry may help, a change of the policy doesn't.
    Host,
}

/// A function of the contract, or the start before any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Instantiation.
    Start,
    /// `describe`.
    Describe,
    /// `bind`.
    Bind,
    /// `evaluate`.
    Evaluate,
    /// `explain`.
    Explain,
}

impl Export {
    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Export::Start => "start",
            Export::Describe => "describe",
            Export::Bind => "bind",
            Export::Evaluate => "evaluate",
            Export::Explain => "explain",
        }
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name())
    }
}

/// What stopped a guest in the middle of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapKind {
    /// It gave up: a panic, an `unwrap`, an overflow check, an allocation that failed.
    Unreachable,
    /// An integer was divided by zero.
    DivideByZero,
    /// A quotient didn't fit.
    IntegerOverflow,
    /// It read or wrote past its memory.
    OutOfBounds,
    /// It called through a table entry that is empty or of another type.
    BadCall,
    /// Anything else.
    Other,
}

impl TrapKind {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            TrapKind::Unreachable => "unreachable",
            TrapKind::DivideByZero => "divide-by-zero",
            TrapKind::IntegerOverflow => "integer-overflow",
            TrapKind::OutOfBounds => "out-of-bounds",
            TrapKind::BadCall => "bad-call",
            TrapKind::Other => "trap",
        }
    }
}

impl fmt::Display for TrapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrapKind::Unreachable => {
                "gave up (a panic, an `unwrap` or an index out of range); return an error that names the row instead"
            }
            TrapKind::DivideByZero => {
                "divided an integer by zero; use the SDK's division, which gives no value there"
            }
            TrapKind::IntegerOverflow => {
                "divided the least integer by -1, which doesn't fit; use the SDK's numbers"
            }
            TrapKind::OutOfBounds => "reached past its memory; look for unsafe code or very deep recursion",
            TrapKind::BadCall => "called a function that isn't there; build the component again",
            TrapKind::Other => "was stopped by the engine; build the component again with this host's SDK",
        })
    }
}
