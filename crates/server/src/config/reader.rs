use super::Explained;
use kernel::Secret;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
};

/// Where settings come from, strongest first.
#[derive(Default)]
pub(crate) struct Sources {
    /// Key (`limits.connections`) and value of each flag that was given.
    pub(crate) flags: HashMap<&'static str, String>,
    /// Variables that begin with `RAPPORT_`.
    pub(crate) environment: BTreeMap<String, String>,
    /// The settings file: its name for messages, and its text.
    pub(crate) file: Option<(String, String)>,
}

impl Sources {
    /// Takes the environment of this process, and the settings file: the one named by `config`, else `./rapport.toml`,
    /// else `rapport.toml` in the data directory.
    pub(crate) fn of_process(flags: HashMap<&'static str, String>, config: Option<PathBuf>) -> Result<Sources, String> {
        let environment: BTreeMap<String, String> =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).filter(|(name, _)| name.starts_with("RAPPORT_")).collect();
        let named = config.or_else(|| environment.get("RAPPORT_CONFIG").map(PathBuf::from));
        let file = match named {
            Some(path) => Some(std::fs::read_to_string(&path).map(|text| (path.display().to_string(), text)).map_err(|e| format!("{}: {e}", path.display()))?),
            None => {
                let data = flags.get("data").or_else(|| environment.get("RAPPORT_DATA")).map_or_else(|| PathBuf::from("rapport-data"), PathBuf::from);
                first_readable(&[PathBuf::from("rapport.toml"), data.join("rapport.toml")])?
            }
        };
        Ok(Sources { flags, environment, file })
    }
}

fn first_readable(paths: &[PathBuf]) -> Result<Option<(String, String)>, String> {
    for path in paths {
        match std::fs::read_to_string(path) {
            Ok(text) => return Ok(Some((path.display().to_string(), text))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(format!("{}: {e}", path.display())),
        }
    }
    Ok(None)
}

/// Hands out settings one by one and remembers what was asked, found and wrong.
pub(super) struct Reader {
    flags: HashMap<&'static str, String>,
    environment: BTreeMap<String, String>,
    file_name: String,
    file: BTreeMap<String, String>,
    /// Lists of tables.
    lists: BTreeMap<String, Vec<toml::Table>>,
    asked: BTreeSet<&'static str>,
    explained: Vec<Explained>,
    errors: Vec<String>,
}

impl Reader {
    pub(super) fn new(sources: Sources) -> Reader {
        let mut errors = Vec::new();
        let (file_name, text) = sources.file.unwrap_or_default();
        let (mut file, mut lists) = (BTreeMap::new(), BTreeMap::new());
        match text.parse::<toml::Table>() {
            Ok(table) => flatten("", table, &mut file, &mut lists, &mut errors),
            Err(e) => errors.push(format!("{file_name}: {}", e.to_string().trim().replace('\n', " "))),
        }
        Reader { flags: sources.flags, environment: sources.environment, file_name, file, lists, asked: BTreeSet::new(), explained: Vec::new(), errors }
    }

    /// A setting with a default. `default` must be readable by `read`.
    pub(super) fn get<T>(&mut self, key: &'static str, default: &str, doc: &'static str, read: impl Fn(&str) -> Result<T, String>) -> T {
        let found = self.find(key);
        let (text, source) = found.clone().unwrap_or_else(|| (default.to_owned(), "default".to_owned()));
        self.explained.push(Explained { key, value: text.clone(), source: source.clone(), doc });
        read(&text).unwrap_or_else(|why| {
            self.errors.push(format!("{source}: {key} = \"{text}\" {why}"));
            read(default).expect("the default of a setting can be read: every one is read by the tests")
        })
    }

    /// A setting that may be absent.
    pub(super) fn optional<T>(&mut self, key: &'static str, doc: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let Some((text, source)) = self.find(key) else {
            self.explained.push(Explained { key, value: String::new(), source: "default".into(), doc });
            return None;
        };
        self.explained.push(Explained { key, value: text.clone(), source: source.clone(), doc });
        match read(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.errors.push(format!("{source}: {key} = \"{text}\" {why}"));
                None
            }
        }
    }

    /// A setting whose value is never shown.
    pub(super) fn secret(&mut self, key: &'static str, doc: &'static str) -> Option<Secret<String>> {
        let found = self.find(key);
        let (value, source) = found.as_ref().map_or(("", "default"), |(_, source)| ("[set, not shown]", source));
        self.explained.push(Explained { key, value: value.into(), source: source.into(), doc });
        found.map(|(text, _)| Secret::new(text))
    }

    /// A list of tables, which only the file can hold; none where it holds none. `name` is what `explain` shows of each.
    pub(super) fn tables<T>(&mut self, key: &'static str, doc: &'static str, name: impl Fn(&T) -> &str, read: impl Fn(&[toml::Table]) -> Result<Vec<T>, String>) -> Vec<T> {
        let written = self.lists.remove(key);
        let source = if written.is_some() { self.file_name.clone() } else { "default".to_owned() };
        let found = read(&written.unwrap_or_default()).unwrap_or_else(|why| {
            self.errors.push(format!("{source}: {key} {why}"));
            Vec::new()
        });
        self.explained.push(Explained { key, value: found.iter().map(name).collect::<Vec<_>>().join(","), source, doc });
        found
    }

    fn find(&mut self, key: &'static str) -> Option<(String, String)> {
        self.asked.insert(key);
        if let Some(value) = self.flags.get(key) {
            return Some((value.clone(), format!("--{}", key.replace('_', "-"))));
        }
        let name = variable(key);
        if let Some(value) = self.environment.get(&name) {
            return Some((value.clone(), name));
        }
        self.file.get(key).map(|value| (value.clone(), self.file_name.clone()))
    }

    pub(super) fn finish(mut self) -> Result<(Vec<Explained>, Vec<String>), Vec<String>> {
        for key in self.file.keys().chain(self.lists.keys()).filter(|key| !self.asked.contains(key.as_str())) {
            self.errors.push(format!("{}: there is no setting \"{key}\"; `rapport config explain` lists them", self.file_name));
        }
        let known: BTreeSet<String> = self.asked.iter().map(|key| variable(key)).chain(["RAPPORT_CONFIG".to_owned(), "RAPPORT_UI_DIST".to_owned()]).collect();
        let strange = self.environment.keys().filter(|name| !known.contains(*name));
        let warnings = strange.map(|name| format!("the variable {name} is no setting of Rapport and was ignored")).collect();
        if self.errors.is_empty() { Ok((self.explained, warnings)) } else { Err(self.errors) }
    }
}

/// `limits.connections` is set by `RAPPORT_LIMITS_CONNECTIONS`.
fn variable(key: &str) -> String {
    format!("RAPPORT_{}", key.replace('.', "_").to_uppercase())
}

fn flatten(prefix: &str, table: toml::Table, out: &mut BTreeMap<String, String>, lists: &mut BTreeMap<String, Vec<toml::Table>>, errors: &mut Vec<String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, out, lists, errors),
            toml::Value::Array(list) if !list.is_empty() && list.iter().all(toml::Value::is_table) => {
                lists.insert(key, list.into_iter().filter_map(|one| if let toml::Value::Table(table) = one { Some(table) } else { None }).collect());
            }
            toml::Value::Array(list) => {
                let words: Vec<String> = list.iter().filter_map(scalar).collect();
                if words.len() == list.len() {
                    out.insert(key, words.join(","));
                } else {
                    errors.push(format!("{key}: a list of plain values is needed"));
                }
            }
            other => {
                out.extend(scalar(&other).map(|text| (key, text)));
            }
        }
    }
}

fn scalar(value: &toml::Value) -> Option<String> {
    Some(match value {
        toml::Value::String(s) => s.clone(),
        toml::Value::Integer(n) => n.to_string(),
        toml::Value::Float(n) => n.to_string(),
        toml::Value::Boolean(b) => b.to_string(),
        toml::Value::Datetime(d) => d.to_string(),
        toml::Value::Array(_) | toml::Value::Table(_) => return None,
    })
}
