//! The paths of the API, one file a resource, each with its document.

mod companies;
mod estimates;
mod health;
mod keys;
mod limits;
mod log;
mod outcomes;
mod plans;
mod policies;
mod provider;
mod runs;
mod snapshots;
mod vault;
mod work;

use crate::route::Route;

/// Every operation of the API.
pub(crate) fn routes() -> Vec<Route> {
    let resources = [
        health::routes(),
        keys::routes(),
        provider::routes(),
        limits::routes(),
        companies::routes(),
        policies::routes(),
        snapshots::routes(),
        plans::routes(),
        runs::routes(),
        outcomes::routes(),
        estimates::routes(),
        work::routes(),
        log::routes(),
        vault::routes(),
    ];
    resources.into_iter().flatten().collect()
}
