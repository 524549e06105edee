//! A currency by its ISO 4217 code.
//!
//! Source of the tables: the maintenance agency of ISO 4217 (SIX), list one as published on 2026-01-01, and list
//! three for what was withdrawn since 2017.

use crate::nearest::nearest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Codes by the decimals of their smallest unit. Units of account that have decimals are there, such as `CLF`.
const DECIMALS: [(u8, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD \
         CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS \
         GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD \
         LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB \
         PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP \
         SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW \
         ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// Withdrawn since 2017, all with two decimals. A code never leaves this file: figures of its time stay readable.
const WITHDRAWN: &str = "ANG BGN CUC HRK MRO SLL STD VEF ZWL";

/// Metals, funds, and codes for tests and for no currency: they have no decimals, and nobody is paid in one.
const NOT_PAID_IN: &str = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX";

/// What people write instead of a code that is far from it.
const OTHERWISE: [(&str, &str); 6] =
    [("RMB", "CNY"), ("CNH", "CNY"), ("YUAN", "CNY"), ("YEN", "JPY"), ("NTD", "TWD"), ("STG", "GBP")];

/// A currency by its ISO 4217 code; it fixes the decimals of a money value that is paid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

/// Why a text is no currency to pay in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACurrency {
    /// ISO 4217 doesn't have it.
    #[error("`{code}` is not a currency of ISO 4217{hint}")]
    Unknown {
        /// What was written.
        code: String,
        /// The nearest match, or what a code looks like.
        hint: String,
    },
    /// ISO 4217 has it, without decimals.
    #[error(
        "`{code}` is a metal, a fund or a code for tests in ISO 4217, and nobody is paid in it; expected a currency such as `CNY`"
    )]
    NotPaidIn {
        /// The code.
        code: String,
    },
}

impl Currency {
    /// A code of ISO 4217, in capital letters.
    ///
    /// ```
    /// use attain_model::Currency;
    /// assert_eq!(Currency::parse("JPY").unwrap().decimals(), 0);
    /// assert_eq!(
    ///     Currency::parse("cny").unwrap_err().to_string(),
    ///     "`cny` is not a currency of ISO 4217; did you mean `CNY`?"
    /// );
    /// ```
    pub fn parse(code: &str) -> Result<Currency, NotACurrency> {
        let tables = DECIMALS.into_iter().chain([(2, WITHDRAWN)]);
        let decimals = tables.filter(|(_, codes)| holds(codes, code)).map(|(decimals, _)| decimals).next();
        match (decimals, code.as_bytes()) {
            (Some(decimals), &[a, b, c]) => Ok(Currency { code: [a, b, c], decimals }),
            _ if holds(NOT_PAID_IN, code) => Err(NotACurrency::NotPaidIn { code: code.to_owned() }),
            _ => Err(NotACurrency::Unknown { code: code.to_owned(), hint: hint(code) }),
        }
    }

    /// Digits after the point of its smallest unit.
    pub fn decimals(self) -> u8 {
        self.decimals
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or_default()
    }
}

fn holds(codes: &str, code: &str) -> bool {
    codes.split_whitespace().any(|known| known == code)
}

fn hint(code: &str) -> String {
    let capitals = code.trim().to_uppercase();
    // Of equally near ones the last wins: `USD` before `USN`.
    let current = DECIMALS.iter().rev().flat_map(|(_, codes)| codes.rsplit(' '));
    let otherwise = OTHERWISE.iter().find(|(written, _)| *written == capitals).map(|(_, code)| *code);
    match otherwise.or_else(|| nearest(&capitals, current)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => ", expected three capital letters such as `CNY`".to_owned(),
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Currency::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[track_caller]
    fn has(code: &str, decimals: u8) {
        let currency = Currency::parse(code).unwrap();
        assert_eq!((currency.as_str(), currency.decimals()), (code, decimals));
    }

    #[track_caller]
    fn refused(code: &str, says: &str) {
        assert_eq!(Currency::parse(code).unwrap_err().to_string(), says);
        let read: Result<Currency, _> = serde_json::from_value(serde_json::json!(code));
        assert_eq!(read.unwrap_err().to_string(), says);
    }

    #[test]
    fn a_currency_has_the_decimals_of_its_smallest_unit() {
        for code in ["JPY", "KRW", "VND", "CLP", "XOF", "UYI"] {
            has(code, 0);
        }
        for code in ["CNY", "USD", "EUR", "GBP", "HKD", "TWD", "XAD", "ZWG"] {
            has(code, 2);
        }
        for code in ["KWD", "BHD", "TND"] {
            has(code, 3);
        }
        has("CLF", 4);
        has("UYW", 4);
    }

    #[test]
    fn a_withdrawn_currency_still_reads_the_figures_of_its_time() {
        for code in ["BGN", "HRK", "VEF"] {
            has(code, 2);
        }
    }

    #[test]
    fn every_code_is_three_capital_letters_and_stands_once() {
        let lists = DECIMALS.iter().map(|(_, codes)| *codes).chain([WITHDRAWN, NOT_PAID_IN]);
        let codes: Vec<&str> = lists.flat_map(str::split_whitespace).collect();
        assert!(codes.iter().all(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())));
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        let listed: usize = DECIMALS.iter().map(|(_, codes)| codes.split_whitespace().count()).sum();
        assert_eq!(listed + NOT_PAID_IN.split_whitespace().count(), 178, "list one of 2026-01-01");
    }

    #[test]
    fn what_is_no_currency_is_refused_with_the_nearest_one() {
        refused("usd", "`usd` is not a currency of ISO 4217; did you mean `USD`?");
        refused(" EUR", "` EUR` is not a currency of ISO 4217; did you mean `EUR`?");
        refused("RMB", "`RMB` is not a currency of ISO 4217; did you mean `CNY`?");
        refused("yen", "`yen` is not a currency of ISO 4217; did you mean `JPY`?");
        refused("USB", "`USB` is not a currency of ISO 4217; did you mean `USD`?");
        refused("EURO", "`EURO` is not a currency of ISO 4217; did you mean `EUR`?");
        refused("", "`` is not a currency of ISO 4217, expected three capital letters such as `CNY`");
        refused(
            "人民币",
            "`人民币` is not a currency of ISO 4217, expected three capital letters such as `CNY`",
        );
    }

    #[test]
    fn nobody_is_paid_in_gold() {
        for code in ["XAU", "XDR", "XTS", "XXX"] {
            refused(
                code,
                &format!(
                    "`{code}` is a metal, a fund or a code for tests in ISO 4217, and nobody is paid in it; expected a currency such as `CNY`"
                ),
            );
        }
    }
}
