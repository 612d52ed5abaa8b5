//! A data directory, and commands on it.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;
use testkit::postgres::cluster;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

pub struct Place {
    pub engine: Engine,
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}
impl Said {
    /// The output of a command that must have gone well.
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        self.err
    }
}

impl Place {
    pub fn new(engine: Engine) -> Place {
        let mut environment: Vec<(String, String)> = [
            // a hash that takes 20 ms each time tests nothing
            ("RAPPORT_SIGN_IN_ARGON2_KIB", "64"),
            ("RAPPORT_SIGN_IN_ARGON2_PASSES", "1"),
            ("RAPPORT_BALLAST_MB", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        if engine == Engine::Postgres {
            environment.push(("RAPPORT_DATABASE_URL".into(), cluster().url()));
            environment.push(("RAPPORT_POSTGRES_SCHEMA_PREFIX".into(), format!("{}_", cluster().fresh_schema())));
        }
        Place { engine, folder: tempfile::tempdir().unwrap(), environment }
    }

    /// With a setting: `limits.first_byte` and its value.
    pub fn set(mut self, key: &str, value: &str) -> Place {
        self.environment.push((format!("RAPPORT_{}", key.replace('.', "_").to_uppercase()), value.to_owned()));
        self
    }

    /// The schema of a workspace, on PostgreSQL.
    pub fn schema(&self, workspace: &str) -> String {
        let prefix = self.environment.iter().find(|(name, _)| name == "RAPPORT_POSTGRES_SCHEMA_PREFIX").map_or("", |(_, value)| value);
        format!("{prefix}{workspace}")
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
    /// A path beside the data.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with its settings, and nothing of the tests' own environment.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
        command.env_clear().envs(self.environment.iter().cloned()).env("RAPPORT_DATA", self.data()).current_dir(self.folder.path());
        command
    }

    pub fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, "")
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&self, words: &[&str], input: &str) -> Said {
        let mut child = self.command().args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        Said { code: status.code().unwrap_or(-1), out: String::from_utf8(stdout).unwrap(), err: String::from_utf8(stderr).unwrap() }
    }

    /// Adds a person with the usual password; the id.
    pub fn person(&self, email: &str, role: &str) -> String {
        let said = self.run_with(&["user", "add", "--email", email, "--name", email, "--role", role, "--password-stdin"], &format!("{}\n", super::PASSWORD));
        said.ok().trim().to_owned()
    }

    pub fn token(&self, email: &str, more: &[&str]) -> String {
        let words: Vec<&str> = ["token", "create", "--email", email].iter().chain(more).copied().collect();
        self.run(&words).ok().trim().to_owned()
    }

    /// `rapport api`, as JSON.
    pub fn api(&self, words: &[&str]) -> serde_json::Value {
        let words: Vec<&str> = ["api"].iter().chain(words).copied().collect();
        let out = self.run(&words).ok();
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}"))
    }
}
