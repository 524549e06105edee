//! What the API promises, asked through the router as a client would.
//!
//! Every answer is also held against the schema that the OpenAPI document has for it.

mod api;
mod companies;
mod console;
mod figures;
mod guest;
mod hostile;
mod openapi;
mod plans;
mod runs;
mod schema;
mod tcp;
