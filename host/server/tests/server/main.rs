//! What the API promises, asked through the router as a client would.
//!
//! Every answer is also held against the schema that the OpenAPI document has for it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what surrounds a test fails it as the test itself would"
)]

mod api;
mod companies;
mod console;
mod figures;
mod guest;
mod hostile;
mod issuer;
mod limits;
mod openapi;
mod otlp;
mod plans;
mod provider;
mod roles;
mod runs;
mod schema;
mod tcp;
mod tls;
mod vault;
