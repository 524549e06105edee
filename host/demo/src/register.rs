//! Who works for the demo company, in which team, from when to when.
//!
//! Everything about a person follows from the seed and the person's number, so nothing is kept: a company of
//! millions takes no more room than one of fifty.
//!
//! Numbers are scattered over the places of teams. Sixty places make five teams of 9, 11, 12, 13 and 15; each
//! sixth place is that of somebody who has left by July 2026, which leaves teams of 8, 9, 10, 11 and 12.

use crate::names::{Name, REGIONS, Region};
use crate::random::{Dice, Shuffle};

/// What a draw is for, so that draws for different things don't depend on each other.
const PERSON: u64 = 1;
const TEAM: u64 = 2;

/// Where the five teams of sixty places begin.
const TEAM_STARTS: [u64; 5] = [0, 9, 20, 32, 45];
const PLACES: u64 = 60;

/// The regions that teams belong to, in turn; indices into [`REGIONS`].
const TURNS: [usize; 8] = [0, 1, 4, 2, 3, 0, 5, 2];

/// Days since 1970-01-01 between which things happen.
const DAY_2016: i64 = 16_801;
const DAY_2022: i64 = 18_993;
const DAY_2024_OCTOBER: i64 = 19_997;
const DAY_2024_DECEMBER: i64 = 20_058;
const DAY_2026_JUNE_30: i64 = 20_634;
const DAY_2026_AUGUST_31: i64 = 20_696;

/// Shortest time that somebody stays.
const STAY_DAYS: i64 = 120;

/// Everybody who ever worked there during the two years.
#[derive(Clone, Debug)]
pub struct Register {
    seed: u64,
    count: u64,
    shuffle: Shuffle,
    width: usize,
}

/// Somebody who sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The number behind the id.
    pub number: u64,
    /// The team.
    pub team: u64,
    /// Whether the person leads the team.
    pub leads: bool,
    /// First day.
    pub hired: i32,
    /// Last day; none for those who are still there.
    pub left: Option<i32>,
    /// How good, in per cent of the usual.
    pub skill: i64,
    /// How busy, in per cent of the usual.
    pub zeal: i64,
    /// Whether the person counts as senior once hired long enough.
    pub able: bool,
}

/// What somebody is, by time in the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Less than six months.
    Newcomer,
    /// The usual.
    Rep,
    /// More than two years, and able.
    Senior,
}

impl Role {
    /// As figures and plans name it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Newcomer => "newcomer",
            Role::Rep => "rep",
            Role::Senior => "senior",
        }
    }
}

impl Register {
    /// A register with `participants` people there from August 2026 on. At least 1, at most 3 billion.
    pub fn new(seed: u64, participants: u32) -> Register {
        let count = participants.max(1).saturating_add(participants / 5);
        let width = count.to_string().len().max(5);
        Register { seed, count: u64::from(count), shuffle: Shuffle::new(seed, count), width }
    }

    /// How many people it ever held.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// A person's id; ids rise by code point as numbers do.
    pub fn id(&self, number: u64) -> String {
        format!("S{:0width$}", number + 1, width = self.width)
    }

    /// The person of a number.
    pub fn person(&self, number: u64) -> Person {
        let place = self.shuffle.to(number);
        let team = self.team_at(place);
        let leads = place == self.first_place(team);
        let mut dice = Dice::of(self.seed, PERSON, number);
        let skill = dice.bell(55, 145);
        let zeal = dice.bell(40, 160);
        let able = dice.chance(40);
        let left = (place % 6 == 5).then(|| dice.between(DAY_2024_DECEMBER, DAY_2026_JUNE_30));
        let latest = left.map_or(DAY_2026_AUGUST_31, |left| left - STAY_DAYS);
        let hired = match (leads, dice.chance(30)) {
            (true, _) => dice.between(DAY_2016, DAY_2022),
            (false, true) => dice.between(DAY_2024_OCTOBER.min(latest), latest),
            (false, false) => dice.between(DAY_2016, DAY_2024_OCTOBER.min(latest)),
        };
        let day = |day: i64| i32::try_from(day).unwrap_or_default();
        Person { number, team, leads, hired: day(hired), left: left.map(day), skill, zeal, able }
    }

    /// A person's name.
    pub fn name(&self, person: &Person) -> Name {
        let mut dice = Dice::of(self.seed, PERSON + 100, person.number);
        Name::draw(&mut dice, self.region(person.team).chinese)
    }

    /// A team's name: its city and its number.
    pub fn team_name(&self, team: u64) -> String {
        let mut dice = Dice::of(self.seed, TEAM + 100, team);
        let city = dice.pick(self.region(team).cities).copied().unwrap_or_default();
        format!("{city} {:02}", team + 1)
    }

    /// A team's region; five teams are enough to have one abroad.
    pub fn region(&self, team: u64) -> &'static Region {
        let turn = usize::try_from(team % TURNS.len() as u64).unwrap_or_default();
        TURNS.get(turn).and_then(|region| REGIONS.get(*region)).unwrap_or(&REGIONS[0])
    }

    /// What a team's market is good for, in per cent of the usual; targets follow it.
    pub fn potential(&self, team: u64) -> i64 {
        Dice::of(self.seed, TEAM + 200, team).between(90, 112)
    }

    /// The id of who leads a team.
    pub fn lead_of(&self, team: u64) -> String {
        self.id(self.shuffle.from(self.first_place(team)))
    }

    /// The team of a place. Fewer than five places at the end belong to the team before them.
    fn team_at(&self, place: u64) -> u64 {
        let last_start = self.count - self.count % PLACES;
        let place = if place >= last_start && self.count % PLACES < 5 && last_start > 0 {
            last_start - 1
        } else {
            place
        };
        let within = place % PLACES;
        let earlier = TEAM_STARTS.iter().filter(|start| **start <= within).count() as u64;
        place / PLACES * TEAM_STARTS.len() as u64 + earlier - 1
    }

    fn first_place(&self, team: u64) -> u64 {
        let teams = TEAM_STARTS.len() as u64;
        let start =
            TEAM_STARTS.get(usize::try_from(team % teams).unwrap_or_default()).copied().unwrap_or_default();
        team / teams * PLACES + start
    }
}

impl Person {
    /// Whether the person is there on one of these days.
    pub fn is_there(&self, first_day: i32, last_day: i32) -> bool {
        self.hired <= last_day && self.left.is_none_or(|left| left >= first_day)
    }

    /// The person's role in a period, by its first day.
    pub fn role(&self, first_day: i32) -> Role {
        match first_day - self.hired {
            ..183 => Role::Newcomer,
            731.. if self.able => Role::Senior,
            _ => Role::Rep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attain_model::period::{Period, parse_day};
    use std::collections::BTreeMap;

    #[test]
    fn the_days_are_the_days_they_are_named_after() {
        let days = [
            ("2016-01-01", DAY_2016),
            ("2022-01-01", DAY_2022),
            ("2024-10-01", DAY_2024_OCTOBER),
            ("2024-12-01", DAY_2024_DECEMBER),
            ("2026-06-30", DAY_2026_JUNE_30),
            ("2026-08-31", DAY_2026_AUGUST_31),
        ];
        for (text, day) in days {
            assert_eq!(parse_day(text).map(i64::from), Some(day), "{text}");
        }
    }

    #[test]
    fn as_many_are_there_in_the_last_quarter_as_were_asked_for() {
        let span = Period::parse("2026-Q3").unwrap().span(crate::calendar::CALENDAR);
        for participants in [1, 2, 49, 50, 51, 60, 99, 1_000, 12_345] {
            let register = Register::new(3, participants);
            let people = (0..register.count()).map(|number| register.person(number));
            let there = people.filter(|person| person.is_there(span.first_day, span.last_day)).count();
            assert_eq!(there, participants as usize);
        }
    }

    #[test]
    fn teams_have_eight_to_twelve_people_and_a_lead_who_stays() {
        let register = Register::new(5, 1_000);
        let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
        for person in (0..register.count()).map(|number| register.person(number)) {
            if person.left.is_none() {
                *sizes.entry(person.team).or_default() += 1;
            }
            if person.leads {
                assert_eq!((person.left, register.lead_of(person.team)), (None, register.id(person.number)));
            }
        }
        assert_eq!(sizes.len(), 100);
        assert!(sizes.values().all(|size| (8..=12).contains(size)), "{sizes:?}");
    }

    #[test]
    fn a_small_rest_joins_the_team_before_it() {
        let register = Register::new(5, 51);
        let teams: std::collections::BTreeSet<u64> =
            (0..61).map(|number| register.person(number).team).collect();
        assert_eq!(teams.len(), 5);
    }

    #[test]
    fn ids_rise_as_numbers_do() {
        let register = Register::new(5, 90_000);
        assert!(register.id(9) < register.id(10) && register.id(99_999) < register.id(100_000));
    }

    #[test]
    fn nobody_leaves_before_being_hired() {
        let register = Register::new(8, 5_000);
        for person in (0..register.count()).map(|number| register.person(number)) {
            assert!(person.left.is_none_or(|left| left >= person.hired + 100), "{person:?}");
        }
    }
}
