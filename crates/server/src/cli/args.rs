//! The command line as it is typed. The wording is the contract; see the reference of commands.

use crate::backups::ERASURES;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Parser)]
#[command(name = "rapport", version, about = "Rapport: the customer relationship system that you run yourself.", arg_required_else_help = true, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Global {
    /// Settings file [default: ./rapport.toml, else DIR/rapport.toml]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Data directory [default: ./rapport-data]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data: Option<String>,
    /// PostgreSQL instead of SQLite files: postgres://user:password@host/database
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) database_url: Option<String>,
    /// Workspace to work on [default: main]
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) workspace: Option<String>,
    /// Act with this user's rights instead of the system actor cli
    #[arg(long = "as", value_name = "EMAIL", global = true)]
    pub(crate) actor: Option<String>,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the application and the API
    Serve {
        /// Address and port [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// Fill an empty workspace with a small invented company
        #[arg(long)]
        demo: bool,
    },
    /// People who can sign in
    #[command(subcommand)]
    User(User),
    /// Tokens for programs
    #[command(subcommand)]
    Token(Token),
    /// Read records from a file, or from another system's export
    Import(Import),
    /// Take back an import or another mass change
    Undo {
        change_set: String,
        /// Also where somebody has edited since
        #[arg(long)]
        force: bool,
    },
    /// Write records to a file
    Export(Export),
    /// Call a route of the HTTP interface: rapport api GET '/records/contact?limit=5'
    Api {
        method: String,
        path: String,
        /// Body
        body: Option<String>,
    },
    /// Copy the whole workspace into one file, while it is being used; or see to the backups that the server makes by itself
    #[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
    Backup {
        #[arg(group = "what", conflicts_with_all = ["now", "list", "prove"])]
        file: Option<PathBuf>,
        /// Encrypt FILE with the passphrase in this file
        #[arg(long, value_name = "KEY", requires = "file")]
        key_file: Option<PathBuf>,
        /// Make a backup in every place of the settings
        #[arg(long, group = "what")]
        now: bool,
        /// Restore the newest backup of every place on trial, and check what comes out
        #[arg(long, group = "what")]
        prove: bool,
        /// List the backups
        #[arg(long, group = "what")]
        list: bool,
    },
    /// Put a workspace back to what a backup holds
    Restore {
        file: PathBuf,
        /// The key file of an encrypted backup [default: backup.key_file of the settings]
        #[arg(long, value_name = "KEY")]
        key_file: Option<PathBuf>,
    },
    /// Look for damage
    Verify,
    /// Who did what with rights and data, and whether the log of it is whole
    #[command(subcommand)]
    Log(Log),
    /// Fill an empty workspace with an invented company of any size
    Demo {
        #[arg(long, default_value_t = 5_000)]
        contacts: usize,
        /// The same seed gives the same company
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Analyse a table in a file; needs no workspace
    #[command(subcommand)]
    Analyze(super::analyze::Analyze),
    /// Workspaces: separate organisations in one installation
    #[command(subcommand)]
    Workspace(Workspace),
    /// Settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the description of the HTTP interface (OpenAPI 3.1)
    Openapi,
    /// Try this version on a copy of the data
    Upgrade {
        #[arg(long, required = true)]
        rehearse: bool,
    },
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum User {
    /// Add a person; prints the id, and an invitation link unless a password is given
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// admin, manager, rep, agent, ...; may be given several times
        #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',')]
        roles: Vec<String>,
        /// Team; made if there is none of this name
        #[arg(long = "team", value_name = "TEAM")]
        teams: Vec<String>,
        /// E-mail of the manager
        #[arg(long, value_name = "EMAIL")]
        manager: Option<String>,
        /// Read the password (15 characters or more) as one line from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List people
    List,
    /// Switch a login off: sessions and tokens end at once, records stay
    Disable { email: String },
    /// End sessions and tokens and print a link to choose a new password
    Reset { email: String },
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token; it alone is printed, this once
    Create {
        #[arg(long)]
        email: String,
        /// What it is for
        #[arg(long, default_value = "token")]
        name: String,
        /// OBJECT:read or OBJECT:write, * for all objects; none means all rights of the person
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// Days until it ends; never, if not given
        #[arg(long)]
        days: Option<u32>,
    },
}

#[derive(Args, Clone, Debug)]
pub(crate) struct Import {
    /// OBJECT FILE (csv, xlsx, jsonl, vcf); with --from the folder or zip of the export
    #[arg(value_name = "OBJECT FILE", num_args = 1..=2, required = true)]
    pub(crate) what: Vec<String>,
    /// The system whose export this is: salesforce, hubspot, suitecrm, espocrm, twenty, ...
    #[arg(long, value_name = "SYSTEM")]
    pub(crate) from: Option<String>,
    /// Which column goes to which field
    #[arg(long, value_name = "MAP.toml")]
    pub(crate) map: Option<PathBuf>,
    /// Field that tells rows apart: rows whose value exists are updated
    #[arg(long, value_name = "FIELD")]
    pub(crate) key: Option<String>,
    /// Apply what is only suggested
    #[arg(long)]
    pub(crate) accept: bool,
    /// Show what would happen, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// End with 1 when a row was rejected
    #[arg(long)]
    pub(crate) strict: bool,
}

impl Import {
    /// The object, where a single file is imported, and the file or folder.
    pub(crate) fn parts(&self) -> Result<(Option<&str>, &Path), String> {
        match (self.what.as_slice(), &self.from) {
            ([object, file], None) => Ok((Some(object), Path::new(file))),
            ([folder], Some(_)) => Ok((None, Path::new(folder))),
            ([_], None) => Err("name the object and the file: rapport import contact people.csv".into()),
            _ => Err("with --from only the folder or zip file is named: rapport import --from salesforce export/".into()),
        }
    }
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Log {
    /// List entries, the newest first
    List {
        /// sign_in, read, search, disclosure, grant, ...; one that is none is answered with all there are
        #[arg(long, value_name = "KIND", value_delimiter = ',')]
        kind: Vec<String>,
        /// E-mail of a person, or id of a session or token
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
        /// Written since then: 2026-01-31 or 2026-01-31T08:00:00Z
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Who saw this record
        #[arg(long, num_args = 2, value_names = ["OBJECT", "ID"])]
        saw: Option<Vec<String>>,
        /// Entries at most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Print the signed head: kept elsewhere, it proves later that nothing was changed
    Head {
        /// File to write [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Who read far more than usual and is paused; with --resume, let one of them go on
    Paused {
        /// As listed: token ID, or user ID
        #[arg(long, value_name = "READER")]
        resume: Option<String>,
    },
    /// Compare the whole log with its hashes, and with heads that were kept
    Verify {
        /// File with a head that was kept elsewhere; may be given several times
        #[arg(long = "head", value_name = "FILE")]
        heads: Vec<PathBuf>,
    },
}

#[derive(Args, Clone, Debug)]
pub(crate) struct Export {
    pub(crate) object: String,
    /// A condition: {"field":"city","op":"eq","value":"Bern"}
    #[arg(long, value_name = "JSON")]
    pub(crate) filter: Option<String>,
    /// Fields, separated by commas [default: all]
    #[arg(long, value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// [default: by the name of the output file, else csv]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Csv,
    Xlsx,
    Jsonl,
    Vcf,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Workspace {
    /// Make an empty workspace; prints how to sign in
    Create { name: String },
    /// List the workspaces
    List,
    /// Write a whole workspace to a file that SQLite and PostgreSQL installations can read
    Export {
        name: String,
        /// [default: NAME.rapport]
        file: Option<PathBuf>,
    },
    /// Make a workspace from such a file
    Import {
        name: String,
        /// [default: NAME.rapport]
        file: Option<PathBuf>,
    },
    /// Delete a workspace with everything in it, for good
    Delete { name: String },
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting, its value, where it comes from and what it means
    Explain,
}

impl Workspace {
    /// The file that export and import use.
    pub(crate) fn file(name: &str, given: Option<&PathBuf>) -> PathBuf {
        given.cloned().unwrap_or_else(|| PathBuf::from(format!("{name}.rapport")))
    }
}

impl Command {
    /// Files and folders that the command reads: sent along where a server runs it.
    pub(crate) fn inputs(&self) -> Vec<PathBuf> {
        match self {
            Command::Import(import) => {
                let file = import.parts().ok().map(|(_, file)| file.to_owned());
                file.into_iter().chain(import.map.clone()).collect()
            }
            Command::Log(Log::Verify { heads }) => heads.clone(),
            Command::Backup { key_file, .. } => key_file.iter().cloned().collect(),
            Command::Restore { file, key_file } => {
                let erasures = Some(file.with_file_name(ERASURES)).filter(|beside| beside.is_file());
                std::iter::once(file.clone()).chain(key_file.clone()).chain(erasures).collect()
            }
            Command::Workspace(Workspace::Import { name, file }) => vec![Workspace::file(name, file.as_ref())],
            _ => Vec::new(),
        }
    }

    /// Whether the command may begin a data directory; the others want one that is there.
    pub(crate) fn makes_data(&self) -> bool {
        matches!(
            self,
            Command::User(User::Add { .. })
                | Command::Import(_)
                | Command::Restore { .. }
                | Command::Demo { .. }
                | Command::Api { .. }
                | Command::Workspace(Workspace::Create { .. } | Workspace::Import { .. } | Workspace::List)
        )
    }

    /// Whether one line of standard input belongs to it.
    pub(crate) fn reads_line(&self) -> bool {
        matches!(self, Command::User(User::Add { password_stdin: true, .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{CommandFactory as _, Parser as _};

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_forms_of_the_contract_are_understood() {
        for line in [
            "serve --data d --database-url postgres://h/d --listen 127.0.0.1:0 --demo",
            "user add --email a@b.c --name A --role rep --team North --manager m@b.c --password-stdin",
            "user list",
            "user disable a@b.c",
            "user reset a@b.c",
            "token create --email a@b.c --name ci --scope contact:read --scope account:write --days 30",
            "import contact people.csv --map m.toml --key external_id --accept --dry-run --strict --json",
            "import --from salesforce dir --dry-run",
            "undo 0190a1b2-0000-7000-8000-000000000000 --force",
            "export contact --filter {} --fields a,b --format xlsx -o out.xlsx",
            "api GET /records/contact --as a@b.c",
            "api POST /records/contact {\"name\":1}",
            "backup f",
            "backup f --key-file k",
            "backup --now --prove",
            "backup --list --json",
            "restore f",
            "restore f --key-file k",
            "verify --workspace other",
            "log list --kind read,search --by a@b.c --since 2026-01-31 --saw contact 0190a1b2-0000-7000-8000-000000000000 --limit 5",
            "log head -o f",
            "log paused",
            "log paused --resume token-1",
            "log verify --head f --head g",
            "demo --contacts 100 --seed 7",
            "analyze rfm a.csv --customer c --date d --amount a --order o --until 2025-01-01 --cost 1 --margin 0.3",
            "analyze cohort a.csv --customer c --date d --unit week",
            "analyze clv a.csv --customer c --date d --amount a --model paretonbd --horizon 39 --unit week --discount 0.01 --json",
            "analyze survival a.csv --duration t --event e --id i --ignore a,b --treatment g",
            "analyze forecast a.csv --series s --date d --value v --horizon 6 --season 12 --unit month --until 2025-01-31 --json",
            "analyze describe a.csv --ignore a,b",
            "analyze crosstab a.csv --rows r --columns c --value v --fn mean",
            "analyze test a.csv --value v --group g --expected a=1,b=1",
            "analyze correlate a.csv --columns a,b --ignore c",
            "analyze cluster a.csv --columns a,b --id i --ignore c --k 3",
            "analyze profit a.csv --customer c --revenue r --cost a --cost b --driver calls=12.5 --driver visits=90",
            "analyze duplicates a.csv b.csv --id id --truth cluster --learn pairs.csv --ignore a,b --threshold 0.7 --kind born=date --json",
            "workspace create two",
            "workspace list",
            "workspace export two",
            "workspace import two f",
            "workspace delete two",
            "config explain",
            "openapi",
            "upgrade --rehearse",
        ] {
            let words = std::iter::once("rapport").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }

    #[test]
    fn wrong_use_ends_with_2_and_help_alone_too() {
        for line in ["", "user add", "frobnicate", "export", "backup", "backup f --now", "backup --key-file k", "upgrade", "analyze", "analyze duplicates", "demo --contacts many"] {
            let words = std::iter::once("rapport").chain(line.split(' ').filter(|w| !w.is_empty()));
            assert_eq!(Cli::try_parse_from(words).unwrap_err().exit_code(), 2, "{line}");
        }
        assert_eq!(Cli::try_parse_from(["rapport", "--help"]).unwrap_err().exit_code(), 0);
    }
}
