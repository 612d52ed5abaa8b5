//! A permit: the decision that data may leave. Every exit takes one in its signature, so no code path forgets to ask.

use kernel::{Ctx, Error, RecordId, Result};

/// A way out of the building.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// A file of records.
    Export,
    /// A stored file handed out.
    FileOut,
    /// Server-sent events.
    Stream,
    /// Records read by an integration token.
    IntegrationRead,
    Backup,
    /// All about one person, for that person.
    SubjectCopy,
}
impl Exit {
    pub fn as_str(self) -> &'static str {
        match self {
            Exit::Export => "export",
            Exit::FileOut => "file_out",
            Exit::Stream => "stream",
            Exit::IntegrationRead => "integration_read",
            Exit::Backup => "backup",
            Exit::SubjectCopy => "subject_copy",
        }
    }
}

/// Permission for one use of one exit. Cannot be made up: only [`Permit::ask`] gives one.
///
/// ```compile_fail,E0451
/// // an exit that did not ask
/// let made_up = access::Permit { exit: access::Exit::Export, actor: kernel::Actor::System("cli"), at_ms: 0, object: None, purpose: String::new(), id: kernel::RecordId::fixed(1) };
/// ```
/// The same by the one way there is:
/// ```
/// fn asked(rights: &access::Rights, ctx: &kernel::Ctx) -> kernel::Result<access::Permit> {
///     access::Permit::ask(rights, ctx, access::Exit::Export, None, "export", kernel::RecordId::fixed(1))
/// }
/// ```
#[derive(Debug)]
pub struct Permit {
    exit: Exit,
    actor: kernel::Actor,
    at_ms: i64,
    object: Option<String>,
    purpose: String,
    id: RecordId,
}
impl Permit {
    /// A plain decision by rights: the capability `export` for mass exits, the reader's own rights for the others.
    ///
    /// # Errors
    /// 403 with what is missing.
    pub fn ask(rights: &crate::Rights, ctx: &Ctx, exit: Exit, object: Option<&str>, purpose: &str, id: RecordId) -> Result<Permit> {
        if exit == Exit::Export && !rights.capability("export") {
            return Err(Error::forbidden("Your role may not export. Ask an administrator for the capability \"export\"."));
        }
        // whole whatever single records its maker may see: so it is not for everybody who may export
        if exit == Exit::SubjectCopy && !rights.capability("erase") {
            return Err(Error::forbidden("Your role may not take out all that is kept about a person. Ask the privacy officer."));
        }
        if exit == Exit::Backup && !rights.capability("configure") {
            return Err(Error::forbidden("Your role may not back up. Ask an administrator for the capability \"configure\"."));
        }
        Ok(Permit { exit, actor: ctx.actor, at_ms: ctx.now_ms, object: object.map(str::to_owned), purpose: purpose.to_owned(), id })
    }
    pub fn exit(&self) -> Exit {
        self.exit
    }
    pub fn actor(&self) -> kernel::Actor {
        self.actor
    }
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }
    pub fn object(&self) -> Option<&str> {
        self.object.as_deref()
    }
    pub fn purpose(&self) -> &str {
        &self.purpose
    }
    pub fn id(&self) -> RecordId {
        self.id
    }
}
