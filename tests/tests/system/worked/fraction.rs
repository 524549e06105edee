//! Exact fractions, for computing in a test what a rule in words says.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A fraction with a denominator above zero. It overflows loudly: tests have small numbers.
#[derive(Clone, Copy)]
pub struct Fraction {
    numerator: i128,
    denominator: i128,
}

/// A whole number.
pub fn whole(number: i128) -> Fraction {
    Fraction { numerator: number, denominator: 1 }
}

/// So many per cent.
pub fn percent(number: i128) -> Fraction {
    whole(number) / whole(100)
}

impl Fraction {
    /// Reads `-12.50`, with any commas in it, or a flag.
    pub fn parse(text: &str) -> Fraction {
        let text = text.replace(',', "");
        if ["true", "false"].contains(&text.as_str()) {
            return whole((text == "true").into());
        }
        let decimals = text.split_once('.').map_or(0, |(_, after)| after.len());
        let digits = text.replace('.', "").parse().unwrap_or_else(|_| panic!("`{text}` is not a number"));
        whole(digits) / whole(10i128.pow(decimals.try_into().unwrap()))
    }

    /// To so many decimals, half away from zero.
    pub fn rounded(self, decimals: u32) -> Fraction {
        let scale = 10i128.pow(decimals);
        let twice = 2 * self.numerator.abs() * scale;
        let units = (twice + self.denominator) / (2 * self.denominator);
        whole(units * self.numerator.signum()) / whole(scale)
    }

    /// To cents.
    pub fn cents(self) -> Fraction {
        self.rounded(2)
    }

    /// The whole cents in it, and whatever is beyond them.
    fn cut(self) -> (i128, Fraction) {
        let cents = (self * whole(100)).numerator.div_euclid((self * whole(100)).denominator);
        (cents, self - whole(cents) / whole(100))
    }
}

/// A sum among people by weight: whole cents first, then a cent each to the largest fractions, earlier people first.
pub fn shared(sum: Fraction, weights: &[Fraction]) -> Vec<Fraction> {
    let total = weights.iter().copied().fold(whole(0), Fraction::add);
    let exact: Vec<Fraction> = weights.iter().map(|weight| sum * *weight / total).collect();
    let mut cents: Vec<i128> = exact.iter().map(|share| share.cut().0).collect();
    let mut largest: Vec<usize> = (0..weights.len()).collect();
    largest.sort_by(|a, b| exact[*b].cut().1.cmp(&exact[*a].cut().1).then(a.cmp(b)));
    let left = sum.cut().0 - cents.iter().sum::<i128>();
    for person in largest.into_iter().take(left.try_into().unwrap()) {
        cents[person] += 1;
    }
    cents.into_iter().map(|cents| whole(cents) / whole(100)).collect()
}

impl Add for Fraction {
    type Output = Fraction;
    fn add(self, other: Fraction) -> Fraction {
        whole(self.numerator * other.denominator + other.numerator * self.denominator)
            / whole(self.denominator * other.denominator)
    }
}

impl Neg for Fraction {
    type Output = Fraction;
    fn neg(self) -> Fraction {
        whole(0) - self
    }
}

impl Sub for Fraction {
    type Output = Fraction;
    fn sub(self, other: Fraction) -> Fraction {
        self + whole(-1) * other
    }
}

impl Mul for Fraction {
    type Output = Fraction;
    fn mul(self, other: Fraction) -> Fraction {
        whole(self.numerator * other.numerator) / whole(self.denominator * other.denominator)
    }
}

/// Every fraction is made here, in lowest terms.
impl Div for Fraction {
    type Output = Fraction;
    fn div(self, other: Fraction) -> Fraction {
        let (n, d) = (self.numerator * other.denominator, self.denominator * other.numerator);
        assert_ne!(d, 0, "nothing to divide by");
        let (mut a, mut b) = (n.abs(), d.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Fraction { numerator: n / a * d.signum(), denominator: d.abs() / a }
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Fraction) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fraction {}

impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

#[test]
fn halves_go_away_from_zero_and_cents_to_the_largest_fractions() {
    let cents = |text: &str| Fraction::parse(text).cents();
    assert_eq!(
        [cents("0.005"), cents("-0.005"), cents("1.0049")],
        ["0.01", "-0.01", "1"].map(Fraction::parse)
    );
    assert_eq!(shared(whole(100), &[whole(1); 3]), ["33.34", "33.33", "33.33"].map(Fraction::parse));
    assert_eq!(shared(whole(-3), &[whole(1); 2]), [Fraction::parse("-1.5"); 2]);
}
