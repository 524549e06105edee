//! What values are, and what they count: money isn't added to a ratio.
//!
//! A plain number, such as `500`, counts whatever it stands beside. In products and quotients money, points and
//! days are kept like units in physics: money over days times days is money. Ratios and counts are numbers there.

use attain_sdk::{Kind, Unit};
use std::fmt;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Number(Measure),
    Day,
    /// A condition.
    Truth,
    Text,
}

/// What a number counts: powers of money, points and days, and where there are none, how it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    powers: [i8; 3],
    scalar: Scalar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scalar {
    /// It was written as a number, so it fits everything.
    Plain,
    Ratio,
    Count,
}

impl Measure {
    pub const PLAIN: Measure = Measure { powers: [0; 3], scalar: Scalar::Plain };
    pub const RATIO: Measure = Measure { powers: [0; 3], scalar: Scalar::Ratio };
    pub const COUNT: Measure = Measure { powers: [0; 3], scalar: Scalar::Count };
    pub const MONEY: Measure = Measure { powers: [1, 0, 0], scalar: Scalar::Plain };
    pub const POINTS: Measure = Measure { powers: [0, 1, 0], scalar: Scalar::Plain };
    pub const DAYS: Measure = Measure { powers: [0, 0, 1], scalar: Scalar::Plain };

    fn is_scalar(self) -> bool {
        self.powers == [0; 3]
    }

    fn with_powers(self, other: Measure, turn: i8, scalar: Scalar) -> Measure {
        let [a, b, c] = self.powers;
        let [d, e, f] = other.powers;
        let power = |mine: i8, others: i8| mine.saturating_add(others.saturating_mul(turn));
        let powers = [power(a, d), power(b, e), power(c, f)];
        match (powers == [0; 3], self.is_scalar() && other.is_scalar()) {
            (true, true) => Measure { powers, scalar },
            // Money over money.
            (true, false) => Measure::RATIO,
            (false, _) => Measure { powers, scalar: Scalar::Plain },
        }
    }

    /// Of a product.
    pub fn times(self, other: Measure) -> Measure {
        let scalar = match (self.scalar, other.scalar) {
            (Scalar::Plain, other) | (other, Scalar::Plain) => other,
            (Scalar::Ratio, Scalar::Ratio) => Scalar::Ratio,
            _ => Scalar::Count,
        };
        self.with_powers(other, 1, scalar)
    }

    /// Of a quotient.
    pub fn per(self, other: Measure) -> Measure {
        let scalar = match (self.scalar, other.scalar) {
            (own, Scalar::Plain) => own,
            (Scalar::Count, Scalar::Ratio) => Scalar::Count,
            _ => Scalar::Ratio,
        };
        self.with_powers(other, -1, scalar)
    }

    /// Of two that stand side by side: in a sum, a comparison, the branches of an `if`.
    fn beside(self, other: Measure) -> Option<Measure> {
        match () {
            () if self == other || other == Measure::PLAIN => Some(self),
            () if self == Measure::PLAIN => Some(other),
            () => None,
        }
    }
}

impl Sort {
    pub const PLAIN: Sort = Sort::Number(Measure::PLAIN);

    /// Of the values of a unit. A level counts: 0 none, 1 blue, 2 yellow, 3 red.
    pub fn of(unit: Unit) -> Sort {
        match unit {
            Unit::Money => Sort::Number(Measure::MONEY),
            Unit::Ratio => Sort::Number(Measure::RATIO),
            Unit::Points => Sort::Number(Measure::POINTS),
            Unit::Count | Unit::Level => Sort::Number(Measure::COUNT),
            Unit::Days => Sort::Number(Measure::DAYS),
            Unit::Date => Sort::Day,
            Unit::Flag => Sort::Truth,
            Unit::Label | Unit::Text => Sort::Text,
        }
    }

    /// How such a value is shown where only its formula is known, and how many decimals are enough: rounded, and
    /// exact everywhere else.
    pub fn shown_as(self, enough: Option<u8>) -> Kind {
        let decimals = |most: u8| enough.map_or(most, |enough| enough.min(most));
        match self {
            Sort::Number(Measure::MONEY) => Kind::MONEY,
            Sort::Number(Measure::RATIO) => Kind::new(Unit::Ratio, 6),
            Sort::Number(Measure::POINTS) => Kind::new(Unit::Points, decimals(2)),
            Sort::Number(Measure::DAYS) => Kind::new(Unit::Days, decimals(2)),
            Sort::Number(_) => Kind::new(Unit::Count, decimals(4)),
            Sort::Day => Kind::new(Unit::Date, 0),
            Sort::Truth => Kind::new(Unit::Flag, 0),
            Sort::Text => Kind::new(Unit::Label, 0),
        }
    }

    /// Of two that stand side by side; none where they don't go together.
    pub fn beside(self, other: Sort) -> Option<Sort> {
        match (self, other) {
            (Sort::Number(one), Sort::Number(two)) => one.beside(two).map(Sort::Number),
            _ => (self == other).then_some(self),
        }
    }

    /// What to say of two that don't go together.
    pub fn clash(self, other: Sort) -> String {
        let hint = match (self, other) {
            (Sort::Number(_), Sort::Number(_)) => "; both must count the same",
            (Sort::Day, Sort::Text) | (Sort::Text, Sort::Day) => "; a day is written date('2025-01-31')",
            (Sort::Text, Sort::Number(_)) | (Sort::Number(_), Sort::Text) => "; a number has no quotes",
            (Sort::Truth, _) | (_, Sort::Truth) => "; a condition stands for itself: `is_new`, `not is_new`",
            _ => "",
        };
        format!("{self} and {other} don't go together{hint}")
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measure = match self {
            Sort::Number(measure) => measure,
            Sort::Day => return f.write_str("a day"),
            Sort::Truth => return f.write_str("a condition"),
            Sort::Text => return f.write_str("a text"),
        };
        if measure.is_scalar() {
            return f.write_str(match measure.scalar {
                Scalar::Plain => "a number",
                Scalar::Ratio => "a ratio",
                Scalar::Count => "a count",
            });
        }
        let names = ["money", "points", "days"];
        let of = |turn: i8| {
            let times = |(power, name): (&i8, &'static str)| {
                std::iter::repeat_n(name, usize::try_from(power.saturating_mul(turn)).unwrap_or(0))
            };
            measure.powers.iter().zip(names).flat_map(times).collect::<Vec<_>>().join(" times ")
        };
        match (of(1), of(-1)) {
            (above, below) if below.is_empty() => f.write_str(&above),
            (above, below) if above.is_empty() => write!(f, "a number per {below}"),
            (above, below) => write!(f, "{above} per {below}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_quotients_count_like_units_in_physics() {
        let [money, ratio, count, days, plain] =
            [Measure::MONEY, Measure::RATIO, Measure::COUNT, Measure::DAYS, Measure::PLAIN];
        assert_eq!(money.per(money), ratio);
        assert_eq!(money.times(ratio), money);
        assert_eq!(money.per(days).times(days), money);
        assert_eq!(count.times(money), money);
        assert_eq!(count.per(count), ratio);
        assert_eq!(count.times(ratio), count);
        assert_eq!(count.per(plain), count);
        assert_eq!(plain.per(plain), plain);
        assert_eq!(Sort::Number(money.times(money).per(days)).to_string(), "money times money per days");
        assert_eq!(Sort::Number(plain.per(days)).to_string(), "a number per days");
        let many = (0..300).fold(money, |product, _| product.times(money));
        assert!(Sort::Number(many).to_string().len() > 1000, "it stays a name");
    }

    #[test]
    fn a_plain_number_goes_beside_everything_that_counts() {
        let beside = |a, b| Sort::of(a).beside(Sort::of(b));
        assert_eq!(Sort::PLAIN.beside(Sort::of(Unit::Money)), Some(Sort::of(Unit::Money)));
        assert_eq!(Sort::of(Unit::Days).beside(Sort::PLAIN), Some(Sort::of(Unit::Days)));
        assert_eq!(beside(Unit::Money, Unit::Ratio), None);
        assert_eq!(beside(Unit::Count, Unit::Ratio), None);
        assert_eq!(Sort::PLAIN.beside(Sort::Text), None);
        assert_eq!(
            Sort::of(Unit::Money).clash(Sort::of(Unit::Ratio)),
            "money and a ratio don't go together; both must count the same"
        );
    }
}
