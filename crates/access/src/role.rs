//! Role files: complete, what they do not grant is denied.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far an action reaches over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    #[default]
    None,
    /// Owned, shared by hand or by rule, shared by default, or reached through a child one owns.
    Own,
    /// Also where the record's team is one of mine.
    Team,
    /// Also where the record's team is below one of mine.
    Below,
    All,
}

/// What a role does to one field. Fields not named are read and written like the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldRight {
    /// Not there.
    Hidden,
    /// Reads null, cannot be named in a question.
    Masked,
    /// Readable, not writable.
    Read,
    Write,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectRights {
    pub create: bool,
    pub read: Reach,
    pub update: Reach,
    pub delete: Reach,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldRight>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub name: String,
    pub label: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// People outside the organisation: default sharing is not for them.
    #[serde(default)]
    pub external: bool,
    /// Fields of this sensitivity and above are masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask_from: Option<metadata::Sensitivity>,
    /// Totals over fewer records than this are not told: they would be about a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_group: Option<u32>,
    #[serde(default)]
    pub areas: BTreeMap<String, ObjectRights>,
    #[serde(default)]
    pub objects: BTreeMap<String, ObjectRights>,
}

/// Every capability there is; a role file that names another is refused.
pub const CAPABILITIES: &[&str] = &[
    "define",
    "configure",
    "manage_users",
    "manage_roles",
    "import",
    "import_past",
    "mass_change",
    "export",
    "read_log",
    "read_configuration",
    "erase",
    "restrict",
    "impersonate_preview",
    "manage_tokens",
    "see_all_access",
];

impl Role {
    pub fn from_toml(text: &str) -> Result<Role, String> {
        let role: Role = toml::from_str(text).map_err(|e| e.to_string())?;
        match role.capabilities.iter().find(|c| !CAPABILITIES.contains(&c.as_str())) {
            Some(odd) => Err(format!("role {} names the capability \"{odd}\", which does not exist", role.name)),
            None => Ok(role),
        }
    }
    /// The entry for an object: its own, else its area's, else `*`.
    pub fn object(&self, name: &str, area: &str) -> Option<&ObjectRights> {
        self.objects.get(name).or_else(|| self.areas.get(area)).or_else(|| self.objects.get("*"))
    }
}

macro_rules! roles {
    ($($name:literal),* $(,)?) => {
        /// The role files that come with the program.
        ///
        /// # Errors
        /// Names the file that cannot be read.
        pub fn built_in_roles() -> Result<Vec<Role>, String> {
            [$(($name, include_str!(concat!("../roles/", $name, ".toml")))),*]
                .into_iter()
                .map(|(name, text)| Role::from_toml(text).map_err(|e| format!("{name}.toml: {e}")))
                .collect()
        }
    };
}
roles!(
    "admin",
    "sales_operations",
    "manager",
    "rep",
    "marketer",
    "agent",
    "supervisor",
    "finance",
    "people_manager",
    "data_steward",
    "analyst",
    "privacy_officer",
    "auditor",
    "portal",
    "partner",
    "integration",
    "system_cli",
    "system_import",
    "system_jobs",
    "system_retention",
    "system_automation",
    "system_merge",
    "system_backup",
    "system_sign_in",
);
