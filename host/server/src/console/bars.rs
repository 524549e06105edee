//! Lengths of bars: whole pixels, whatever the numbers.

use attain_model::{NO_VALUE, number};
use attain_service::Line;
use std::collections::BTreeMap;

/// Where a bar begins and how long it is, in pixels, and whether it takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub from: i64,
    pub length: i64,
    pub takes_away: bool,
}

/// Bars for amounts side by side: the greatest is as long as allowed.
pub(super) fn of_amounts(amounts: &[i64], pixels: i64) -> Vec<Bar> {
    let size = |amount: i64| if amount == NO_VALUE { 0 } else { i128::from(amount).abs() };
    let most = amounts.iter().map(|amount| size(*amount)).max().unwrap_or(0);
    let bar = |amount: &i64| Bar {
        from: 0,
        length: scaled(size(*amount), most, pixels),
        takes_away: *amount < 0 && *amount != NO_VALUE,
    };
    amounts.iter().map(bar).collect()
}

/// Bars for lines of an explanation: each begins where the one before, of the same output, ended.
pub(super) fn of_lines(lines: &[Line], pixels: i64) -> Vec<Option<Bar>> {
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    let mut spans: Vec<Option<(i128, i128)>> = Vec::new();
    for line in lines {
        spans.push(line.adds_to.as_deref().zip(line.amount.as_deref().and_then(smallest_units)).map(
            |(output, amount)| {
                let sum = sums.entry(output).or_default();
                let before = *sum;
                *sum += i128::from(amount);
                (before, *sum)
            },
        ));
    }
    let ends = || spans.iter().flatten().flat_map(|(before, after)| [*before, *after]);
    let (least, most) = (ends().min().unwrap_or(0), ends().max().unwrap_or(0));
    let bar = |(before, after): (i128, i128)| Bar {
        from: scaled(before.min(after) - least, most - least, pixels),
        length: scaled((after - before).abs(), most - least, pixels),
        takes_away: after < before,
    };
    spans.into_iter().map(|span| span.map(bar)).collect()
}

fn smallest_units(amount: &str) -> Option<i64> {
    number::parse(amount, decimals_of(amount)?).ok()
}

fn decimals_of(amount: &str) -> Option<u8> {
    u8::try_from(amount.split_once('.').map_or(0, |(_, fraction)| fraction.len())).ok()
}

/// An amount with its thousands apart.
pub(super) fn grouped(amount: &str) -> String {
    let read = smallest_units(amount).zip(decimals_of(amount));
    read.map_or_else(|| amount.to_owned(), |(value, decimals)| number::format_grouped(value, decimals))
}

fn scaled(part: i128, whole: i128, pixels: i64) -> i64 {
    let length = part.saturating_mul(i128::from(pixels)).checked_div(whole).unwrap_or(0);
    i64::try_from(length).unwrap_or(pixels).clamp(0, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_in_their_room_whatever_the_numbers() {
        let bars = of_amounts(&[i64::MAX, i64::MIN + 1, NO_VALUE, 0], 100);
        assert_eq!(bars.iter().map(|bar| bar.length).collect::<Vec<_>>(), [100, 100, 0, 0]);
        assert_eq!(bars.iter().map(|bar| bar.takes_away).collect::<Vec<_>>(), [false, true, false, false]);
        assert_eq!(of_amounts(&[0], 100)[0].length, 0);
    }

    #[test]
    fn an_amount_is_grouped_when_it_is_one() {
        for (amount, shown) in [("1234567.80", "1,234,567.80"), ("-1234", "-1,234"), ("", ""), ("n/a", "n/a")]
        {
            assert_eq!(grouped(amount), shown);
        }
    }

    #[test]
    fn lines_go_on_where_the_last_one_ended() {
        let line = |amount: Option<&str>| Line {
            rule: "r".to_owned(),
            text: "t".to_owned(),
            adds_to: amount.map(|_| "pay".to_owned()),
            amount: amount.map(str::to_owned),
        };
        let bars =
            of_lines(&[line(Some("30.00")), line(None), line(Some("70.00")), line(Some("-50.00"))], 100);
        let at = |from, length, takes_away| Some(Bar { from, length, takes_away });
        assert_eq!(bars, [at(0, 30, false), None, at(30, 70, false), at(50, 50, true)]);
    }
}
