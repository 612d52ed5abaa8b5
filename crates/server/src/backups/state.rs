//! What is remembered of the backups of a workspace, in `DATA/backups/NAME/state.json`: beside the workspace, so that a restore does not turn it back.

use crate::data::{file_error, private_folder, write_private};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

/// Times are milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// When it was first looked whether a backup is due.
    pub(super) since: i64,
    pub(super) tried: Option<i64>,
    pub(super) proof_tried: Option<i64>,
    pub(super) places: BTreeMap<String, PlaceState>,
    /// By path.
    pub(super) files: BTreeMap<String, Known>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PlaceState {
    /// When the last backup arrived whole.
    pub(super) made: Option<i64>,
    /// When a backup was last proven, though that one may be gone by now.
    pub(super) proven: Option<i64>,
    /// What went wrong last, until it goes well.
    pub(super) error: Option<Trouble>,
    /// The last proof went wrong, until one goes well.
    pub(super) unproven: Option<Trouble>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Trouble {
    pub(super) at: i64,
    pub(super) detail: String,
}

/// What is known of a file beyond what its folder tells.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Known {
    /// SHA-256 of the file as it was written.
    pub(super) hash: Option<String>,
    pub(super) took_ms: Option<i64>,
    pub(super) proof: Option<Proof>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Proof {
    pub(super) at: i64,
    pub(super) took_ms: i64,
    /// What is wrong; `None`: proven.
    pub(super) failed: Option<String>,
    pub(super) figures: Option<crate::transfer::Proven>,
}

impl State {
    pub(super) fn load(path: &Path) -> Result<State> {
        match fs::read(path) {
            // it only remembers: a damaged one is begun anew
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(State::default()),
            Err(e) => Err(file_error(path, &e)),
        }
    }

    pub(super) fn save(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            private_folder(folder)?;
        }
        write_private(path, &serde_json::to_vec_pretty(self).map_err(|e| Error::internal(e.to_string()))?)
    }
}
