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
    pub fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
    }

    /// Ends it.
    pub fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// The name of a field; its value comes next.
    pub fn key(&mut self, name: &str) -> &mut Writer {
        self.text(name);
        self.text.push(':');
        self
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.open('"');
        for character in text.chars() {
            let escape = match character {
                '"' => '"',
                '\\' => '\\',
                '\n' => 'n',
                '\r' => 'r',
                '\t' => 't',
                control if control < ' ' => {
                    self.text.push_str("\\u00");
                    for digit in [u32::from(control) >> 4, u32::from(control) & 15] {
                        self.text.extend(char::from_digit(digit, 16));
                    }
                    continue;
                }
                other => {
                    self.text.push(other);
                    continue;
                }
            };
            self.text.push('\\');
            self.text.push(escape);
        }
        self.text.push('"');
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
    pub fn whole(&mut self, number: i64) {
        self.plain(&number.to_string());
    }

    /// The comma before whatever isn't the first.
    #[inline(never)]
    fn separate(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.text.push(',');
        }
    }
}
