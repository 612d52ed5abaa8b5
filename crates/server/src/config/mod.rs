//! Settings: flags, then `RAPPORT_*`, then `rapport.toml`. One struct per concern; all errors are told at once.
//! The only place that reads the environment.

mod backup;
mod explain;
mod limits;
mod log;
mod oidc;
mod parse;
mod place;
mod postgres;
mod reader;
mod sign_in;
mod web;

pub(crate) use backup::Backup;
pub(crate) use explain::Explained;
pub(crate) use limits::Limits;
pub(crate) use log::{Log, LogFormat};
pub(crate) use oidc::Oidc;
pub(crate) use place::Place;
pub(crate) use postgres::Postgres;
pub(crate) use reader::Sources;
pub(crate) use sign_in::SignIn;
pub(crate) use web::Web;

use reader::Reader;

/// The workspace that is meant where none is named.
pub(crate) const MAIN: &str = "main";

/// Everything that can be set.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) place: Place,
    pub(crate) web: Web,
    pub(crate) postgres: Postgres,
    pub(crate) sign_in: SignIn,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) backup: Backup,
    /// Each setting with its value, where it came from and what it means.
    pub(crate) explained: Vec<Explained>,
    /// What looks like a slip but may be meant for somebody else (an unknown `RAPPORT_...` variable).
    pub(crate) warnings: Vec<String>,
}

impl Config {
    /// Reads everything and tells everything that is wrong, one line each.
    pub(crate) fn load(sources: Sources) -> Result<Config, Vec<String>> {
        let mut reader = Reader::new(sources);
        let place = Place::read(&mut reader);
        let web = Web::read(&mut reader);
        let postgres = Postgres::read(&mut reader);
        let sign_in = SignIn::read(&mut reader);
        let limits = Limits::read(&mut reader);
        let log = Log::read(&mut reader);
        let backup = Backup::read(&mut reader);
        let (explained, warnings) = reader.finish()?;
        Ok(Config { place, web, postgres, sign_in, limits, log, backup, explained, warnings })
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Sources};
    use std::path::Path;

    fn sources(flags: &[(&'static str, &str)], env: &[(&str, &str)], file: &str) -> Sources {
        Sources {
            flags: flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect(),
            environment: env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            file: Some(("rapport.toml".into(), file.to_owned())),
        }
    }

    #[test]
    fn flags_beat_the_environment_which_beats_the_file() {
        let file = "listen = \"127.0.0.1:1\"\ndata = \"/file\"\n[limits]\nconnections = 7\n";
        let config = Config::load(sources(&[("listen", "127.0.0.1:3")], &[("RAPPORT_LISTEN", "127.0.0.1:2"), ("RAPPORT_DATA", "/env")], file)).unwrap();
        assert_eq!(config.web.listen, "127.0.0.1:3");
        assert_eq!(config.place.data, Path::new("/env"));
        assert_eq!(config.limits.connections, 7);
        let explained = |key: &str| config.explained.iter().find(|e| e.key == key).unwrap().clone();
        assert_eq!(explained("listen").source, "--listen");
        assert_eq!(explained("data").source, "RAPPORT_DATA");
        assert_eq!(explained("limits.connections").source, "rapport.toml");
        assert_eq!(explained("workspace").source, "default");
    }

    #[test]
    fn all_errors_are_told_at_once() {
        let file = "limits.conections = 7\n[sign_in]\nsession_idle = \"soon\"\n";
        let errors = Config::load(sources(&[], &[("RAPPORT_LIMITS_CONNECTIONS", "many"), ("RAPPORT_LOG_FORMAT", "xml")], file)).unwrap_err();
        assert_eq!(errors.len(), 4, "{errors:?}");
        for word in ["limits.conections", "sign_in.session_idle", "RAPPORT_LIMITS_CONNECTIONS", "RAPPORT_LOG_FORMAT"] {
            assert!(errors.iter().any(|e| e.contains(word)), "{word}: {errors:?}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = Config::load(sources(&[], &[("RAPPORT_DATABASE_URL", "postgres://u:hunter2@h/d"), ("RAPPORT_METRICS_TOKEN", "hunter2")], "")).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(config.explained.iter().all(|e| !e.value.contains("hunter2")));
    }

    #[test]
    fn strangers_in_the_environment_are_only_warned_of() {
        // Kubernetes sets RAPPORT_PORT=tcp://... for a service that is called rapport
        let config = Config::load(sources(&[], &[("RAPPORT_PORT", "tcp://10.0.0.1:80")], "")).unwrap();
        assert!(config.warnings.iter().any(|w| w.contains("RAPPORT_PORT")));
    }

    #[test]
    fn a_file_that_is_not_toml_says_where() {
        let errors = Config::load(sources(&[], &[], "listen = \n")).unwrap_err();
        assert!(errors[0].contains("rapport.toml") && errors[0].contains('1'), "{errors:?}");
    }
}
