//! From the text of a formula to its words and signs, each with the character it begins at.

use super::Refusal;
use attain_sdk::Decimal;

/// A word or a sign.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Number(Decimal),
    Text(String),
    /// In lower case: names of columns are, and spreadsheets write `IF`.
    Name(String),
    Sign(&'static str),
    End,
}

/// A token, and its first character, counted from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub token: Token,
    pub at: usize,
}

/// The longest first.
const SIGNS: [&str; 16] =
    ["<=", ">=", "<>", "!=", "+", "-", "*", "/", "%", "(", ")", ",", ":", "=", "<", ">"];

/// What people write who come from elsewhere, and what it is here.
const ELSEWHERE: [(&str, &str); 16] = [
    ("==", "`=`"),
    ("&&", "`and`"),
    ("||", "`or`"),
    ("!", "`not`"),
    (";", "`,`"),
    ("^", "a product, as in `x * x`"),
    (".", "a digit first, as in `0.5`"),
    ("×", "`*`"),
    ("÷", "`/`"),
    ("−", "`-`"),
    ("≤", "`<=`"),
    ("≥", "`>=`"),
    ("≠", "`<>`"),
    ("‘", "`'`"),
    ("’", "`'`"),
    ("“", "`'`"),
];

/// The tokens of a formula; the last is [`Token::End`].
pub fn tokens(text: &str) -> Result<Vec<Placed>, Refusal> {
    let mut reader = Reader { characters: text.chars().collect(), next: 0 };
    let mut tokens = Vec::new();
    loop {
        let placed = reader.token()?;
        let is_end = placed.token == Token::End;
        tokens.push(placed);
        if is_end {
            return Ok(tokens);
        }
    }
}

/// The names that a formula mentions, whatever else is wrong with it.
pub fn mentions(text: &str) -> Vec<String> {
    let names = tokens(text).unwrap_or_default().into_iter().filter_map(|placed| match placed.token {
        Token::Name(name) => Some(name),
        _ => None,
    });
    names.collect()
}

struct Reader {
    characters: Vec<char>,
    next: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.next + ahead).copied()
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = self.characters.iter().skip(self.next);
        let taken: String = rest.take_while(|character| belongs(**character)).collect();
        self.next += taken.chars().count();
        taken
    }

    fn starts_with(&self, sign: &str) -> bool {
        sign.chars().enumerate().all(|(i, character)| self.peek(i) == Some(character))
    }

    fn token(&mut self) -> Result<Placed, Refusal> {
        self.take(char::is_whitespace);
        let at = self.next + 1;
        let token = match self.peek(0) {
            None => Token::End,
            Some(digit) if digit.is_ascii_digit() => self.number(at)?,
            Some(letter) if letter.is_ascii_alphabetic() => {
                let name = self.take(|c| c.is_ascii_alphanumeric() || c == '_');
                Token::Name(name.to_ascii_lowercase())
            }
            Some(quote @ ('\'' | '"')) => self.text(at, quote)?,
            Some(other) => self.sign(at, other)?,
        };
        Ok(Placed { token, at })
    }

    fn number(&mut self, at: usize) -> Result<Token, Refusal> {
        let digits = self.take(|c| c.is_ascii_digit() || c == '.');
        let number = Decimal::parse(&digits).ok_or_else(|| {
            Refusal::syntax(at, format!("`{digits}` is not a number of at most 9 decimals, such as 1234.5"))
        })?;
        Ok(Token::Number(number))
    }

    /// Up to the same quote; a quote inside is written twice.
    fn text(&mut self, at: usize, quote: char) -> Result<Token, Refusal> {
        let mut text = String::new();
        loop {
            self.next += 1;
            text.push_str(&self.take(|c| c != quote));
            match (self.peek(0), self.peek(1)) {
                (None, _) => {
                    return Err(Refusal::syntax(at, "the text that begins here has no end; close the quote"));
                }
                (Some(_), Some(again)) if again == quote => {
                    text.push(quote);
                    self.next += 1;
                }
                (Some(_), _) => {
                    self.next += 1;
                    return Ok(Token::Text(text));
                }
            }
        }
    }

    fn sign(&mut self, at: usize, found: char) -> Result<Token, Refusal> {
        if !self.starts_with("!=")
            && let Some((sign, here)) = ELSEWHERE.iter().find(|(sign, _)| self.starts_with(sign))
        {
            return Err(Refusal::syntax(at, format!("`{sign}` isn't written here; write {here}")));
        }
        let Some(sign) = SIGNS.into_iter().find(|sign| self.starts_with(sign)) else {
            let code = u32::from(found);
            let narrow = (0xff01..=0xff5e).contains(&code).then(|| char::from_u32(code - 0xfee0)).flatten();
            let hint = narrow.map(|narrow| format!("; it is a full-width `{narrow}`, write the narrow one"));
            let hint = hint.unwrap_or_default();
            return Err(Refusal::syntax(at, format!("`{found}` has no meaning here{hint}")));
        };
        let is_digit = |character: Option<char>| character.is_some_and(|c| c.is_ascii_digit());
        let before = self.next.checked_sub(1).and_then(|before| self.characters.get(before)).copied();
        if sign == "," && is_digit(before) && is_digit(self.peek(1)) {
            let what = "a comma between digits; write a number without commas, such as 1500, and put a space \
                        after a comma that separates two numbers";
            return Err(Refusal::syntax(at, what));
        }
        self.next += sign.len();
        Ok(Token::Sign(if sign == "!=" { "<>" } else { sign }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, at: usize, words: &str) {
        let refusal = tokens(text).unwrap_err();
        assert_eq!(refusal.at, at, "{refusal:?}");
        assert!(refusal.what.contains(words), "expected `{words}` in `{}`", refusal.what);
    }

    #[test]
    fn words_and_signs_have_their_places() {
        let found = tokens("IF(Höhe").unwrap_err();
        assert_eq!(found.at, 5, "counted in characters, not in bytes");
        let found: Vec<(Token, usize)> =
            tokens("a_1>=12.50 %'O''Hara'!=\"x\"").unwrap().into_iter().map(|p| (p.token, p.at)).collect();
        let number = Decimal::parse("12.5").unwrap();
        assert_eq!(
            found,
            [
                (Token::Name("a_1".to_owned()), 1),
                (Token::Sign(">="), 4),
                (Token::Number(number), 6),
                (Token::Sign("%"), 12),
                (Token::Text("O'Hara".to_owned()), 13),
                (Token::Sign("<>"), 22),
                (Token::Text("x".to_owned()), 24),
                (Token::End, 27),
            ]
        );
    }

    #[test]
    fn what_is_written_elsewhere_is_refused_with_how_it_is_written_here() {
        refused("a == 1", 3, "write `=`");
        refused("a && b", 3, "write `and`");
        refused("!a", 1, "write `not`");
        refused("max(a; b)", 6, "write `,`");
        refused("a > .5", 5, "`0.5`");
        refused("大区 = 1", 1, "`大` has no meaning here");
        refused("if（a", 3, "a full-width `(`");
        refused("min(a, 1,500)", 9, "a comma between digits");
        refused("a = 'East", 5, "close the quote");
        refused("1.2.3", 1, "`1.2.3` is not a number");
        refused("0.1234567891", 1, "at most 9 decimals");
        refused("99999999999999999999", 1, "is not a number");
    }

    #[test]
    fn names_are_found_in_what_is_wrong_otherwise() {
        assert_eq!(mentions("Revenue / target +"), ["revenue", "target"]);
        assert_eq!(mentions("a ="), ["a"]);
        assert!(mentions("a 大").is_empty());
    }
}
