//! A host or a company as a file, of one instant, while others go on writing.

use super::{About, CompanyMark, write_json};
use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep;
use crate::mark::LogMark;
use attain_model::{Company, CompanyId};
use attain_store::archive::Snapshot;
use attain_store::{Batch, Kind, Scan};
use std::io::Write;

/// A host or a company as it was at one instant, to be written to a file.
pub struct Backup {
    snapshot: Snapshot,
    of: Option<CompanyId>,
    made_at: String,
    host: Option<LogMark>,
    companies: Vec<CompanyMark>,
}

impl Service {
    /// The whole host, as it is now.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Store`]; a company whose log's head is damaged is named.
    pub fn backup(&self) -> Result<Backup, ServiceError> {
        let snapshot = Snapshot::of(&self.store)?;
        let operator = snapshot.operator();
        let host = Some(keep::mark(&operator)?);
        let companies: Vec<Company> = keep::all(&operator, Scan::all(Kind::Company))?;
        let companies = companies.into_iter().map(|company| marked(&snapshot, company));
        let companies = companies.collect::<Result<_, _>>()?;
        Ok(Backup { snapshot, of: None, made_at: keep::now(), host, companies })
    }

    /// A caller's company entire, as it is now; its log says that it was taken.
    ///
    /// # Errors
    ///
    /// As [`Service::backup`].
    pub fn export_company(&self, caller: &Caller) -> Result<Backup, ServiceError> {
        let company = self.company(caller)?;
        let space = self.space(caller);
        let root = keep::mark(&space)?.root;
        keep::commit(&space, &caller.actor, "export-company", company.id.as_str(), &root, Batch::new())?;
        let snapshot = Snapshot::of(&self.store)?;
        let of = Some(company.id.clone());
        let companies = vec![marked(&snapshot, company)?];
        Ok(Backup { snapshot, of, made_at: keep::now(), host: None, companies })
    }
}

fn marked(snapshot: &Snapshot, company: Company) -> Result<CompanyMark, ServiceError> {
    let log = keep::mark(&snapshot.company(&company.id));
    let log = log.map_err(|error| ServiceError::Damaged(format!("company `{}`: {error}", company.id)))?;
    Ok(CompanyMark { company, log })
}

impl Backup {
    /// A name for the file, such as `acme-2026-11-28.attain`.
    pub fn file_name(&self) -> String {
        let whose = self.of.as_ref().map_or("host", CompanyId::as_str);
        let day = self.made_at.split('T').next().unwrap_or_default();
        format!("{whose}-{day}.attain")
    }

    /// Writes the file. `out` is written to in pieces of up to a megabyte.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Backup`] when a record is damaged or `out` refuses; what was written until then is no backup.
    pub fn write<W: Write>(&self, mut out: W) -> Result<W, ServiceError> {
        let attain = env!("CARGO_PKG_VERSION").to_owned();
        let about = About { format: 1, made_at: self.made_at.clone(), attain, host: self.host };
        let companies = self.companies.iter().map(write_json).collect::<Result<Vec<_>, _>>()?;
        self.snapshot.write(&mut out, self.of.as_ref(), &write_json(&about)?, companies)?;
        Ok(out)
    }
}
