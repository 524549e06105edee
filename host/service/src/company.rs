//! Companies: whom the host works for.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::keep::{self, key};
use crate::keys::Holder;
use attain_model::nearest::hint;
use attain_model::{Calendar, Canonical, Company, CompanyId};
use attain_store::{Batch, Kind, Scan, TableId, TableRef, commit_together, sweep, sweep_lives};

impl Service {
    /// Adds a company. Adding the same one again changes nothing.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Conflict`] when it is there with other settings: they decide what periods and amounts
    /// mean, so they don't change.
    pub fn add_company(&self, company: &Company) -> Result<Company, ServiceError> {
        if !(1..=12).contains(&company.fiscal_year_start) {
            let got = company.fiscal_year_start;
            return Err(ServiceError::invalid(
                "fiscal_year_start",
                format!("`{got}` is not a month, expected 1 to 12"),
            ));
        }
        if jiff::tz::TimeZone::get(&company.timezone).is_err() {
            let names = jiff::tz::db().available().map(|name| name.to_string()).collect::<Vec<_>>();
            let hint = attain_model::nearest::nearest(&company.timezone, names.iter().map(String::as_str))
                .map_or_else(
                    || "; expected an IANA name such as `Asia/Shanghai`".to_owned(),
                    |near| format!("; did you mean `{near}`?"),
                );
            return Err(ServiceError::invalid(
                "timezone",
                format!("`{}` is not a time zone{hint}", company.timezone),
            ));
        }
        if company.name.trim().is_empty()
            || company.name.len() > 200
            || company.name.chars().any(char::is_control)
        {
            return Err(ServiceError::invalid(
                "name",
                "expected 1 to 200 bytes of text without control characters",
            ));
        }
        let operator = self.store.operator();
        let record_key = key(Kind::Company, &[company.id.as_str()]);
        if let Some(known) = keep::read::<Company>(&operator, &record_key)? {
            if known == *company {
                return Ok(known);
            }
            return Err(ServiceError::Conflict(format!(
                "company `{}` is there already, as {} in {}, {}, fiscal year from month {}; these don't change, so add it under another id",
                known.id, known.name, known.currency, known.timezone, known.fiscal_year_start
            )));
        }
        if let Some(erased) = self.erased(&company.id)? {
            return Err(ServiceError::Conflict(format!(
                "company `{}` was erased on {} by {}; its id isn't given again, take another, or restore it from a backup",
                company.id, erased.at, erased.by
            )));
        }
        let caller = Caller::operator(company.id.clone());
        let mut form = Canonical::new("attain.company.v1");
        form.text(company.id.as_str()).text(&company.name).text(company.currency.as_str());
        form.text(&company.timezone).count(company.fiscal_year_start.into());
        let (space, digest) = (self.space(&caller), form.finish());
        let entry = keep::entry(&space, &caller.actor, "add-company", company.id.as_str(), &digest)?;
        let body = keep::body(&operator, company)?;
        let batch = Batch::new().require_absent(record_key.clone()).put(record_key, body);
        if !commit_together(vec![(operator, batch), (space, entry)])?.is_yes() {
            return self.add_company(company);
        }
        Ok(company.clone())
    }

    /// All companies, by id.
    pub fn companies(&self) -> Result<Vec<Company>, ServiceError> {
        keep::all(&self.store.operator(), Scan::all(Kind::Company))
    }

    /// The companies that somebody may see, by id.
    pub fn companies_of(&self, holder: &Holder) -> Result<Vec<Company>, ServiceError> {
        match holder {
            Holder::Host { .. } => self.companies(),
            Holder::Company(caller) => Ok(vec![self.company(caller)?]),
        }
    }

    /// The company of a caller.
    pub fn company(&self, caller: &Caller) -> Result<Company, ServiceError> {
        self.company_by_id(&caller.company)
    }

    /// A company by its id.
    pub fn company_by_id(&self, id: &CompanyId) -> Result<Company, ServiceError> {
        let found = keep::read(&self.store.operator(), &key(Kind::Company, &[id.as_str()]))?;
        if let Some(company) = found {
            return Ok(company);
        }
        let companies = self.companies()?;
        let hint = match (self.erased(id)?, companies.is_empty()) {
            (Some(erased), _) => format!("; it was erased on {} by {}", erased.at, erased.by),
            (None, true) => format!("; add it: attain company add {id}"),
            (None, false) => hint(id.as_str(), companies.iter().map(|company| company.id.as_str())),
        };
        Err(ServiceError::NotFound { what: "company", name: id.to_string(), hint })
    }

    pub(crate) fn calendar(company: &Company) -> Calendar {
        Calendar { fiscal_year_start: company.fiscal_year_start }
    }

    /// Removes companies that were erased or replaced, and blocks that no record names: what a kill or a refused
    /// import left.
    ///
    /// A company with a damaged record is left as it is, since its blocks can't be told from leftovers: the host opens
    /// for all others, and whoever asks for what is damaged is told.
    pub(crate) fn sweep(&self) -> Result<(), ServiceError> {
        sweep_lives(&self.store)?;
        for company in unless_damaged(self.companies())?.unwrap_or_default() {
            unless_damaged(self.sweep_company(&company.id))?;
        }
        Ok(())
    }

    fn sweep_company(&self, id: &CompanyId) -> Result<(), ServiceError> {
        let space = self.store.company(id);
        let mut live: Vec<TableId> = Vec::new();
        let mut keep_table = |table: &TableRef| live.push(table.id);
        for snapshot in crate::snapshots::all_stored(&space)? {
            snapshot.tables.values().for_each(&mut keep_table);
        }
        crate::run_plan::all_stored(&space)?.iter().for_each(|run| keep_table(&run.outcome_table));
        if let Some(register) = crate::snapshots::register(&space)? {
            keep_table(&register);
        }
        sweep(&space, &live)?;
        Ok(())
    }
}

/// What was read, or none where something of it is damaged.
fn unless_damaged<T>(read: Result<T, ServiceError>) -> Result<Option<T>, ServiceError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.is_damage() => Ok(None),
        Err(error) => Err(error),
    }
}
