//! Seeded changes of an input: the same always, so that CI is.

/// An endless sequence of inputs, each a few changes away from one of the seeds.
#[derive(Debug)]
pub struct Mutations<'a> {
    seeds: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutations<'a> {
    /// Changes of these seeds; at least one of them.
    pub fn new(seeds: &'a [Vec<u8>], seed: u64) -> Mutations<'a> {
        Mutations { seeds, state: seed | 1 }
    }

    fn below(&mut self, most: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % (most.max(1) as u64)).unwrap_or(0)
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        match self.below(7) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, self.below(256) as u8),
            2 if !bytes.is_empty() => _ = bytes.remove(at),
            3 if !bytes.is_empty() => {
                let more: Vec<u8> = bytes[at..].iter().take(1 + self.below(64)).copied().collect();
                let to = self.below(bytes.len());
                bytes.splice(to..to, more);
            }
            4 => {
                let other = &self.seeds[self.below(self.seeds.len())];
                let from = self.below(other.len());
                let piece: Vec<u8> = other[from..].iter().take(1 + self.below(64)).copied().collect();
                bytes.splice(at..at, piece);
            }
            5 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            _ if !bytes.is_empty() => {
                bytes[at] = [0, 0xff, 0x7f, 0x80, b'"', b'\n', b'0', b'9'][self.below(8)]
            }
            _ => {}
        }
    }
}

impl Iterator for Mutations<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut bytes = self.seeds[self.below(self.seeds.len())].clone();
        for _ in 0..1 + self.below(6) {
            self.change(&mut bytes);
        }
        Some(bytes)
    }
}
