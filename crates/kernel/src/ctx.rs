use crate::RecordId;

/// Who acts. There is no "nobody" and no bypass: system work has a name, a role file and an entry in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    User(RecordId),
    /// A named system actor (`cli`, `import`, `jobs`, ...), with rights of its own.
    System(&'static str),
}

/// Through which door a change came; written into the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    Api,
    Screen,
    CommandLine,
    Import,
    Job,
    Rule,
}
impl Through {
    pub fn as_str(self) -> &'static str {
        match self {
            Through::Api => "api",
            Through::Screen => "screen",
            Through::CommandLine => "command_line",
            Through::Import => "import",
            Through::Job => "job",
            Through::Rule => "rule",
        }
    }
}

/// What every call carries: who, when, through what, and which scopes the credential was given.
#[derive(Clone, Debug)]
pub struct Ctx {
    pub actor: Actor,
    /// Milliseconds since 1970 UTC, fixed for the whole call.
    pub now_ms: i64,
    pub through: Through,
    /// Scopes of an API token (`contact:read`); `None` is a full session.
    pub scopes: Option<std::sync::Arc<[String]>>,
    /// IANA name of the asker's time zone; `None` means the workspace's.
    pub time_zone: Option<String>,
    /// The session or token that was shown, `session ID` or `token ID`; `None` where none was needed.
    pub via: Option<std::sync::Arc<str>>,
}
impl Ctx {
    pub fn new(actor: Actor, through: Through, now_ms: i64) -> Self {
        Ctx { actor, now_ms, through, scopes: None, time_zone: None, via: None }
    }
}
