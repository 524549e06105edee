//! Components that misbehave, one misbehaviour each: the engine's own test guests.

const MANIFEST: &str = r#"{"contract":"attain:policy@1.0.0","name":"guest","version":"1.0.0",
    "summary":{"en":"Pays five per cent."},"parameters":{"type":"object"},
    "rules":[{"code":"flat","places":[{"name":"row","unit":"count"}],"text":{"en":"row {row} earns 7"}}]}"#;

/// A plan that pays by the policy `guest`.
pub const PLAN: &str = r#"plan   = "sales"
period = "quarter"
starts = "2017-Q1"

[[step]]
name   = "commission"
policy = "guest@1"
inputs = { credit = "revenue" }
"#;

/// The component of a guest.
pub fn component(guest: &str) -> Vec<u8> {
    attain_guests::component(&attain_guests::text(guest), MANIFEST, attain_guests::BINDING)
}
