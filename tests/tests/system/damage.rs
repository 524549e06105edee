//! Goal: a stored value of which one bit changed is reported, by name, or has no effect; a number is never wrong.

mod files;
mod values;
