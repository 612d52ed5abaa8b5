//! From typed words to an exit code: in the server that has the data, else here.

use super::{
    args::{Cli, Command, ConfigCommand, Global},
    client,
    io::{HUNG_UP, Io, Terminal},
    remote::Asked,
    wire,
};
use crate::{
    app::App,
    commands::{self, Call},
    config::{Config, Sources},
    data::{DataDir, Lock},
    serve,
};
use clap::Parser as _;
use kernel::{Code, Error};
use std::{collections::HashMap, process::ExitCode, sync::Arc, time::Duration};

/// Why a command ended without having done what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Exit code 2: the words do not fit together.
    Usage(String),
    /// Exit code 1.
    Failed(Error),
    /// Exit code 1; everything was said already.
    Told,
}
impl From<Error> for Failure {
    fn from(e: Error) -> Failure {
        Failure::Failed(e)
    }
}

/// How long another command may keep the data directory.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn main() -> ExitCode {
    let arguments: Vec<String> = match std::env::args_os().skip(1).map(std::ffi::OsString::into_string).collect() {
        Ok(arguments) => arguments,
        Err(odd) => {
            eprintln!("rapport: the command line must be UTF-8: {}", odd.to_string_lossy());
            return ExitCode::from(2);
        }
    };
    let cli = match Cli::try_parse_from(std::iter::once("rapport".to_owned()).chain(arguments.iter().cloned())) {
        Ok(cli) => cli,
        Err(e) => {
            // nothing to do where even this cannot be written
            let _ = e.print();
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let mut io = Terminal::new(cli.global.json);
    match run(cli, arguments, &mut io) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(report(&failure, &mut io)),
    }
}

/// Tells the person; the exit code.
pub(crate) fn report(failure: &Failure, io: &mut dyn Io) -> u8 {
    let (code, lines) = match failure {
        Failure::Usage(text) => (2, vec![format!("rapport: {text}")]),
        Failure::Told => (1, vec![]),
        Failure::Failed(e) if e.reason == HUNG_UP => (1, vec![]),
        Failure::Failed(e) => {
            let mut lines = vec![format!("rapport: {}", e.detail)];
            if e.fields.len() > 1 || e.fields.first().is_some_and(|f| !e.detail.contains(&f.detail)) {
                lines.extend(e.fields.iter().map(|f| format!("  {}: {}", f.field, f.detail)));
            } else if let Some(field) = e.fields.first() {
                lines = vec![format!("rapport: {}: {}", field.field, field.detail)];
            }
            (1, lines)
        }
    };
    for line in lines {
        // whoever asked is gone: there is nobody to tell
        let _ = io.note(&line);
    }
    code
}

fn run(cli: Cli, arguments: Vec<String>, io: &mut Terminal) -> Result<u8, Failure> {
    if let Command::Import(import) = &cli.command {
        import.parts().map_err(Failure::Usage)?;
    }
    if let Command::Analyze(analyze) = &cli.command {
        super::analyze::run(analyze, cli.global.json, io)?;
        return Ok(0);
    }
    let config = load(&cli)?;
    match cli.command {
        Command::Serve { demo, .. } => {
            serve::run(config, demo)?;
            return Ok(0);
        }
        Command::Config(ConfigCommand::Explain) => {
            commands::explain(&config, cli.global.json, io)?;
            return Ok(0);
        }
        Command::Openapi => {
            commands::openapi(io)?;
            return Ok(0);
        }
        _ => {}
    }
    for warning in &config.warnings {
        io.note(&format!("rapport: {warning}"))?;
    }
    let data = DataDir::at(&config.place.data);
    if !data.path().exists() && !cli.command.makes_data() {
        return Err(Failure::Failed(Error::new(Code::NotFound, "no_data", format!("There is no data in {}. Name the directory with --data.", data.path().display()))));
    }
    let ask = |server, io: &mut Terminal| {
        let place = wire::Place { workspace: config.place.workspace.clone(), database_url: config.place.database_url.as_ref().map(|url| url.expose().clone()) };
        client::run(server, arguments.clone(), place, &cli.command, io).map_err(Failure::Failed)
    };
    if let Some(server) = wire::connect(&data.socket()) {
        return ask(server, io);
    }
    let data = DataDir::prepare(data.path())?;
    match Lock::wait(&data, PATIENCE, || wire::connect(&data.socket()))? {
        Err(server) => ask(server, io),
        Ok(_lock) => here(config, data, &cli, io).map(|()| 0),
    }
}

/// Runs a command in this process, which holds the lock.
fn here(config: Config, data: DataDir, cli: &Cli, io: &mut dyn Io) -> Result<(), Failure> {
    serve::logging::start(&quiet(&config), None)?;
    data.empty_tmp()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|e| Error::internal(format!("the runtime could not be started: {e}")))?;
    let workspace = config.place.workspace.clone();
    let app = App::open(config, data, runtime.handle().clone())?;
    let done = commands::run(&app, &Call { global: &cli.global, workspace, command: &cli.command }, io);
    app.stop.send_replace(true);
    app.workspaces.close_all();
    runtime.shutdown_timeout(Duration::from_millis(200));
    done
}

/// A command's own words are what people want to see; warnings and errors are logged.
fn quiet(config: &Config) -> crate::config::Log {
    let level = config.explained.iter().find(|e| e.key == "log.level").filter(|e| e.source != "default").map_or_else(|| "warn".to_owned(), |e| e.value.clone());
    crate::config::Log { level, ..config.log.clone() }
}

/// Runs in the server what a command line elsewhere asks.
pub(crate) fn remote_call(app: &Arc<App>, asked: &Asked, io: &mut dyn Io) -> Result<(), Failure> {
    if asked.version != App::version() {
        return Err(Failure::Usage(format!("the server on this data directory is version {}, this command is {}. Use the same program, or restart the server.", App::version(), asked.version)));
    }
    let words = std::iter::once("rapport".to_owned()).chain(asked.arguments.iter().cloned());
    let cli = Cli::try_parse_from(words).map_err(|e| Failure::Usage(e.to_string()))?;
    let mine = app.config.place.database_url.as_ref();
    if asked.database_url.as_ref().is_some_and(|theirs| mine != Some(theirs)) {
        return Err(Failure::Usage("the server on this data directory uses another database than --database-url names".into()));
    }
    commands::run(app, &Call { global: &cli.global, workspace: asked.workspace.clone(), command: &cli.command }, io)
}

fn load(cli: &Cli) -> Result<Config, Failure> {
    let sources = Sources::of_process(flags(&cli.global, &cli.command), cli.global.config.clone()).map_err(Failure::Usage)?;
    Config::load(sources).map_err(|errors| Failure::Usage(format!("the settings cannot be used:\n  {}", errors.join("\n  "))))
}

fn flags(global: &Global, command: &Command) -> HashMap<&'static str, String> {
    let listen = match command {
        Command::Serve { listen, .. } => listen.clone(),
        _ => None,
    };
    let all = [("data", global.data.clone()), ("database_url", global.database_url.clone()), ("workspace", global.workspace.clone()), ("listen", listen)];
    all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}
