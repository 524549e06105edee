//! Where a recipe's raw files come from: a folder, or what came along with a request.

use crate::error::ImportError;
use crate::recipe::is_inside;
use attain_model::nearest::{hint, nearest_file};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Gives the bytes of a recipe's sources.
pub trait Files {
    /// The bytes of a file by its name in the recipe, such as `sales_pipeline.csv`.
    ///
    /// # Errors
    /// When there is no such file, or it isn't below the recipe's folder.
    fn read(&self, name: &str) -> Result<Bytes, ImportError>;
}

/// Files that came along, by name.
impl Files for BTreeMap<String, Bytes> {
    fn read(&self, name: &str) -> Result<Bytes, ImportError> {
        self.get(name).cloned().ok_or_else(|| {
            let near = hint(name, self.keys().map(String::as_str));
            ImportError::file(
                name,
                format!("is named by the recipe, but didn't come with it; send it along{near}"),
            )
        })
    }
}

/// The recipe's own folder, and nothing outside it, not even by a symbolic link.
#[derive(Clone, Debug)]
pub struct FolderFiles {
    folder: PathBuf,
    bytes_max: u64,
}

impl FolderFiles {
    /// Files below `folder`, none larger than `bytes_max`.
    pub fn new(folder: impl Into<PathBuf>, bytes_max: u64) -> Self {
        let folder: PathBuf = folder.into();
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        FolderFiles { folder, bytes_max }
    }

    fn path_of(&self, name: &str) -> Result<PathBuf, String> {
        let outside = "is outside the recipe's folder; put the file beside the recipe".to_owned();
        if !is_inside(name) {
            return Err(outside);
        }
        let real = |path: &Path| path.canonicalize().map_err(|error| self.unopened(name, &error));
        let (folder, path) = (real(&self.folder)?, real(&self.folder.join(name))?);
        if path.starts_with(folder) { Ok(path) } else { Err(outside) }
    }
}

impl FolderFiles {
    fn unopened(&self, name: &str, error: &std::io::Error) -> String {
        if error.kind() != std::io::ErrorKind::NotFound {
            return format!("can't be opened ({error}); put the file beside the recipe");
        }
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten().take(NAMES_MAX);
        let names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let near = nearest_file(name, names.iter().map(String::as_str))
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        match near.is_empty() {
            true => "isn't there; put the file beside the recipe".to_owned(),
            false => format!("isn't there, expected it beside the recipe{near}"),
        }
    }
}

/// Names of a folder that are compared with one that isn't there.
const NAMES_MAX: usize = 10_000;

impl Files for FolderFiles {
    fn read(&self, name: &str) -> Result<Bytes, ImportError> {
        let path = self.path_of(name).map_err(|what| ImportError::file(name, what))?;
        let failed = |error: std::io::Error| ImportError::file(name, format!("can't be read ({error})"));
        let metadata = path.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(ImportError::file(name, "is no file; name a CSV, XLSX or Parquet file"));
        }
        if metadata.len() > self.bytes_max {
            let what = format!("has {} bytes, expected at most {}; split it", metadata.len(), self.bytes_max);
            return Err(ImportError::too_large(name, what));
        }
        std::fs::read(path).map(Bytes::from).map_err(failed)
    }
}
