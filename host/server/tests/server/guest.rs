//! Components to publish: the engine's test guests.

use attain_guests::{BINDING, manifest, text};

/// A policy that pays five per cent of `credit`, unless its guest does something else.
pub fn component(guest: &str, name: &str) -> Vec<u8> {
    attain_guests::component(&text(guest), &manifest(name), BINDING)
}
