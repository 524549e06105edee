//! What a plan sets.

use attain_sdk::json::Json;
use attain_sdk::parameter::{Parameter, Path, Reading, Schema};
use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// What is read, by name: a unit, or an object with more.
    pub inputs: BTreeMap<String, Column>,
    /// Names for formulas, which the table and other names may use.
    pub r#let: Option<BTreeMap<String, FormulaText>>,
    /// What is given.
    pub outputs: Vec<OutputTerms>,
    /// The rows of the table, in order.
    pub table: Option<Vec<LineTerms>>,
    /// What is given where no row of the table gives it.
    pub otherwise: Option<OtherwiseTerms>,
    /// Which rows of the table apply.
    #[parameter(default = "first")]
    pub hit: Hit,
    /// What a row does whose condition a missing value leaves undecided.
    #[parameter(default = "does-not-apply")]
    pub undecided: Undecided,
}

/// What is read.
#[derive(Parameters)]
pub struct ColumnTerms {
    /// What it counts.
    pub unit: Word,
    /// Its decimals. None: those of the currency for money, 4 for a ratio, 2 for points and days, else 0.
    #[parameter(max = "9")]
    pub decimals: Option<u8>,
    /// Whether a plan may leave it unbound; nobody has a value then.
    #[parameter(default = false)]
    pub optional: bool,
    /// What it is.
    pub doc: Option<String>,
}

/// A unit, or all of it.
pub struct Column(pub ColumnTerms);

impl Parameter for Column {
    const SCHEMA: Schema = Schema::Either(&[&Word::SCHEMA, &ColumnTerms::SCHEMA]);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Column> {
        if let Json::Object(_) = value {
            return ColumnTerms::read(value, at, reading).map(Column);
        }
        let unit = Word::read(value, at, reading)?;
        Some(Column(ColumnTerms { unit, decimals: None, optional: false, doc: None }))
    }
}

/// What is given.
#[derive(Parameters)]
pub struct OutputTerms {
    /// What later steps and readers call it.
    pub name: String,
    /// What it counts.
    pub unit: Word,
    /// Its decimals. None: those of the currency for money, 4 for a ratio, 2 for points and days, else 0.
    #[parameter(max = "9")]
    pub decimals: Option<u8>,
    /// What the host does with it. None: pay for money, score for points, alert for a level, else info.
    pub kind: Option<Role>,
    /// How it is rounded, once.
    #[parameter(default = "half-up")]
    pub round: Round,
    /// What becomes of several where all rows apply that are met.
    #[parameter(default = "sum")]
    pub combine: Combine,
    /// For a label, what its values are called: a text, or a text by language.
    pub labels: Option<Vec<Text>>,
    /// What it says.
    pub doc: Option<String>,
}

/// What something counts.
#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Word {
    /// An amount in the plan's currency.
    Money,
    /// A share or a rate: 0.05 is five per cent.
    Ratio,
    /// Points of a score.
    Points,
    /// A number of things.
    Count,
    /// A number of days.
    Days,
    /// A calendar day.
    Date,
    /// Whether something is so.
    Flag,
    /// 0 none, 1 blue, 2 yellow, 3 red.
    Level,
    /// Names. Only read.
    Text,
    /// One of the labels that the output lists. Only given.
    Label,
}

impl Word {
    /// Unit and decimals.
    pub fn kind(self, decimals: Option<u8>) -> Kind {
        match (self, decimals) {
            (Word::Money, None) => Kind::MONEY,
            (Word::Money, Some(decimals)) => Kind::new(Unit::Money, decimals),
            (Word::Ratio, decimals) => Kind::new(Unit::Ratio, decimals.unwrap_or(4)),
            (Word::Points, decimals) => Kind::new(Unit::Points, decimals.unwrap_or(2)),
            (Word::Days, decimals) => Kind::new(Unit::Days, decimals.unwrap_or(2)),
            (Word::Count, decimals) => Kind::new(Unit::Count, decimals.unwrap_or(0)),
            (Word::Date, _) => Kind::new(Unit::Date, 0),
            (Word::Flag, _) => Kind::new(Unit::Flag, 0),
            (Word::Level, _) => Kind::new(Unit::Level, 0),
            (Word::Text, _) => Kind::new(Unit::Text, 0),
            (Word::Label, _) => Kind::new(Unit::Label, 0),
        }
    }

    /// Whether amounts of it add up, so that a step may add to it.
    pub fn adds_up(self) -> bool {
        matches!(self, Word::Money | Word::Ratio | Word::Points | Word::Count | Word::Days)
    }
}

/// A row of the table.
#[derive(Parameters)]
pub struct LineTerms {
    /// When it is met. None: always.
    pub when: Option<FormulaText>,
    /// What it gives, by output.
    pub then: BTreeMap<String, FormulaText>,
    /// The sentence that explains it: a text, or a text by language. None: the row's own words.
    pub because: Option<Text>,
}

/// What is given where no row gives it.
#[derive(Parameters)]
pub struct OtherwiseTerms {
    /// What is given, by output.
    pub then: BTreeMap<String, FormulaText>,
    /// The sentence that explains it where no row is met: a text, or a text by language.
    pub because: Option<Text>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Hit {
    /// The first that is met.
    First,
    /// The only one that is met; two are refused, with the row.
    Only,
    /// All that are met: what they give is combined.
    All,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Combine {
    /// It adds up.
    Sum,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Undecided {
    /// It doesn't apply; the output `undecided` counts it, and the explanation says so.
    DoesNotApply,
    /// Nothing is given: no output has a value.
    NoValue,
    /// The run is refused, with the row.
    Refused,
}

/// A formula as the plan writes it; a whole number or a truth needs no quotes.
pub struct FormulaText(pub String);

impl Parameter for FormulaText {
    const SCHEMA: Schema = Schema::Plain("\"type\":[\"string\",\"integer\",\"boolean\"]");
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<FormulaText> {
        match value {
            Json::Text(text) => Some(FormulaText(text.clone())),
            Json::Bool(truth) => Some(FormulaText(truth.to_string())),
            Json::Number(number) if number.parse::<i64>().is_ok() => Some(FormulaText(number.clone())),
            Json::Number(number) => {
                let message = format!("`{number}` is no whole number: write it in quotes, such as \"0.5\"");
                reading.refuse(at, "not-a-formula", message)
            }
            other => reading.wrong_type(at, other, "a formula such as \"0.02 * revenue\""),
        }
    }
}

/// The same text in each language; a plain text is English.
pub struct Text(pub BTreeMap<String, String>);

impl Parameter for Text {
    const SCHEMA: Schema = Schema::Either(&[&String::SCHEMA, &BTreeMap::<String, String>::SCHEMA]);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Text> {
        let texts = match value {
            Json::Text(text) => BTreeMap::from([("en".to_owned(), text.clone())]),
            other => BTreeMap::read(other, at, reading)?,
        };
        match texts.is_empty() {
            true => reading.refuse(
                at,
                "no-text",
                "there is no text, expected such as { en = \"...\" }".to_owned(),
            ),
            false => Some(Text(texts)),
        }
    }
}

impl Text {
    /// For a manifest, where English is always there: another language stands in for it.
    pub fn words(self) -> Words {
        let stand_in = self.0.values().next().cloned().filter(|_| !self.0.contains_key("en"));
        let words = self.0.into_iter().map(|(language, text)| (language.into(), text.into()));
        words.chain(stand_in.map(|text| ("en".into(), text.into()))).collect()
    }
}
