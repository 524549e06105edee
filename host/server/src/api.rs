//! The paths of the API, one file a resource, each with its document.

mod companies;
mod health;
mod keys;
mod limits;
mod log;
mod outcomes;
mod plans;
mod policies;
mod runs;
mod snapshots;
mod vault;

use crate::route::Route;

/// Every operation of the API.
pub(crate) fn routes() -> Vec<Route> {
    let resources = [
        health::routes(),
        keys::routes(),
        limits::routes(),
        companies::routes(),
        policies::routes(),
        snapshots::routes(),
        plans::routes(),
        runs::routes(),
        outcomes::routes(),
        log::routes(),
        vault::routes(),
    ];
    resources.into_iter().flatten().collect()
}
