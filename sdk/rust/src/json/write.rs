//! Writing JSON straight to a text, without a tree.

/// A text of JSON that grows. Commas come by themselves.
#[derive(Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// Nothing yet.
    pub fn new() -> Writer {
        Writer::default()
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.text
    }

    /// Begins an object or a list.
    #[inline(never)]
    pub fn open(&mut self, bracket: char) {
        self.separate();
        self.put(bracket);
    }

    /// Ends it.
    pub fn close(&mut self, bracket: char) {
        self.put(bracket);
    }

    /// The name of a field; its value comes next.
    #[inline(never)]
    pub fn key(&mut self, name: &str) -> &mut Writer {
        self.text(name);
        self.put(':');
        self
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.open('"');
        self.part(text);
        self.close('"');
    }

    /// A part of a text, between its quotes.
    #[inline(never)]
    pub fn part(&mut self, text: &str) {
        for character in text.chars() {
            let escape = match character {
                '"' | '\\' => character,
                '\n' => 'n',
                '\r' => 'r',
                '\t' => 't',
                control if control < ' ' => 'u',
                other => {
                    self.put(other);
                    continue;
                }
            };
            self.put('\\');
            self.put(escape);
            if escape == 'u' {
                let hexadecimal = [12, 8, 4, 0].map(|shift| (u32::from(character) >> shift) & 15);
                hexadecimal
                    .into_iter()
                    .filter_map(|digit| char::from_digit(digit, 16))
                    .for_each(|c| self.put(c));
            }
        }
    }

    /// A number, or whatever else is JSON already.
    #[inline(never)]
    pub fn plain(&mut self, json: &str) {
        self.separate();
        self.text.push_str(json);
    }

    /// `true` or `false`.
    pub fn flag(&mut self, yes: bool) {
        self.plain(if yes { "true" } else { "false" });
    }

    /// A whole number.
    #[inline(never)]
    pub fn whole(&mut self, number: i64) {
        self.plain(&number.to_string());
    }

    /// The comma before whatever isn't the first.
    #[inline(never)]
    fn separate(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.put(',');
        }
    }

    #[inline(never)]
    fn put(&mut self, character: char) {
        self.text.push(character);
    }
}
