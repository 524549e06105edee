//! An input cut into its parts: choices of a byte, texts that end with a zero byte, and the rest.

/// What is left of an input.
pub(crate) struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Parts<'a> {
        Parts(input)
    }

    /// A byte; 0 past the end.
    pub(crate) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    /// One of these.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }

    /// So many bytes, or as many as there are.
    pub(crate) fn bytes(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// All before the next zero byte.
    pub(crate) fn until_zero(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0);
        let (taken, rest) = match end {
            Some(end) => (&self.0[..end], &self.0[end + 1..]),
            None => (self.0, &[][..]),
        };
        self.0 = rest;
        taken
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// A number: a special one, a small one, or any.
    pub(crate) fn number(&mut self) -> i64 {
        const SPECIAL: [i64; 8] = [i64::MIN, i64::MIN + 1, i64::MAX, 0, 1, -1, 1 << 53, i64::MAX / 100];
        match self.byte() {
            choice @ 0..=63 => SPECIAL[usize::from(choice) % SPECIAL.len()],
            64..=191 => i64::from(i16::from_le_bytes([self.byte(), self.byte()])),
            _ => {
                let mut bytes = [0; 8];
                let taken = self.bytes(8);
                bytes[..taken.len()].copy_from_slice(taken);
                i64::from_le_bytes(bytes)
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The inverse: how seeds are written.
#[derive(Clone, Default)]
pub(crate) struct Written(Vec<u8>);

impl Written {
    pub(crate) fn byte(mut self, byte: u8) -> Written {
        self.0.push(byte);
        self
    }

    pub(crate) fn zero_ended(mut self, bytes: impl AsRef<[u8]>) -> Written {
        self.0.extend_from_slice(bytes.as_ref());
        self.0.push(0);
        self
    }

    pub(crate) fn rest(mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        self.0.extend_from_slice(bytes.as_ref());
        self.0
    }
}
