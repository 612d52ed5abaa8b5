//! `rapport backup` and `restore`.

use super::Call;
use crate::{
    app::App,
    backups::{self, ERASURES, seal},
    cli::{io::Io, run::Failure},
    data::file_error,
    heads,
    transfer::{Form, Onto, load, pack},
    workspaces::Open,
};
use access::{Exit, Permit};
use kernel::{Ctx, Error, Result, Secret};
use records::{Disclosed, LogEntry};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// What `rapport backup` is asked for.
pub(super) struct Wanted<'a> {
    pub(super) file: Option<&'a Path>,
    pub(super) key_file: Option<&'a Path>,
    pub(super) now: bool,
    pub(super) list: bool,
    pub(super) prove: bool,
}

pub(super) fn backup(app: &App, call: &Call, wanted: &Wanted, io: &mut dyn Io) -> Result<(), Failure> {
    let open = call.open(app)?;
    let ctx = call.ctx(&open)?;
    if let Some(file) = wanted.file {
        let phrase = wanted.key_file.map(|path| io.input(path).and_then(|path| seal::passphrase(&path))).transpose()?;
        return hand_over(app, &open, &ctx, Form::Backup, phrase.as_ref(), file, io);
    }
    may_see(&open, &ctx)?;
    if wanted.now {
        backups::back_up(app, &open, &ctx)?;
    }
    if wanted.prove {
        may_configure(&open, &ctx, "prove backups")?;
        backups::prove(app, &open)?;
    }
    let status = backups::status(app, &open)?;
    if call.global.json {
        io.say(status.to_string())?
    } else {
        tell(&status, wanted.list, io)?
    }
    Ok(())
}

/// The list, or after work only the newest of each place.
fn tell(status: &Json, all: bool, io: &mut dyn Io) -> Result<()> {
    let none = Vec::new();
    let (items, places) = (status["items"].as_array().unwrap_or(&none), status["places"].as_array().unwrap_or(&none));
    for place in places {
        for item in items.iter().filter(|item| item["place"] == place["place"]).take(if all { usize::MAX } else { 1 }) {
            let proof = match (item["result"].as_str(), item["checked_at"].as_str()) {
                (Some("proven"), Some(at)) => format!("proven {at}"),
                (Some(_), Some(at)) => format!("NOT WHOLE by the proof of {at}: {}", item["detail"].as_str().unwrap_or_default()),
                _ => "not yet proven".to_owned(),
            };
            io.say(format!("{}  {} bytes  {proof}", item["file"].as_str().unwrap_or_default(), item["size"]))?;
        }
        if place["beside_the_data"] == true {
            io.note(&format!(
                "{} is on the disk of the data: it does not survive the loss of that disk. Name another place under [backup] to = [...] in rapport.toml.",
                place["place"].as_str().unwrap_or_default()
            ))?;
        }
    }
    for alarm in status["alarm"].as_array().unwrap_or(&none) {
        io.note(&format!("alarm: {}: {}", alarm["place"].as_str().unwrap_or_default(), alarm["detail"].as_str().unwrap_or_default()))?;
    }
    Ok(())
}

/// Whoever may see how the system is configured may see its backups.
pub(crate) fn may_see(open: &Open, ctx: &Ctx) -> Result<()> {
    open.workspace.read_blocking(ctx, |tx| {
        let may = ["configure", "read_configuration"].iter().any(|c| tx.rights().capability(c));
        if may { Ok(()) } else { Err(Error::forbidden("Your role may not see the backups. Ask an administrator for the capability \"read_configuration\".")) }
    })
}

pub(crate) fn may_configure(open: &Open, ctx: &Ctx, what: &'static str) -> Result<()> {
    open.workspace.read_blocking(ctx, move |tx| {
        if tx.rights().capability("configure") { Ok(()) } else { Err(Error::forbidden(format!("Your role may not {what}. Ask an administrator for the capability \"configure\"."))) }
    })
}

/// A packed workspace on its way out.
pub(crate) struct Packed {
    pub(crate) path: PathBuf,
    pub(crate) hash: String,
    _folder: tempfile::TempDir,
}

/// Packs a workspace under a permit, encrypted where there is a passphrase; that it leaves is written down.
pub(crate) fn packed(app: &App, open: &Open, ctx: &Ctx, form: Form, phrase: Option<&Secret<String>>, whom: &str, io: &mut dyn Io) -> Result<Packed> {
    let permit = open.workspace.read_blocking(ctx, |tx| Permit::ask(tx.rights(), tx.ctx(), Exit::Backup, None, "backup", tx.new_id()))?;
    let folder = tempfile::Builder::new().prefix("pack-").tempdir_in(app.data.tmp()).map_err(|e| file_error(&app.data.tmp(), &e))?;
    let mut path = folder.path().join("packed");
    pack(&app.workspaces, open, form, folder.path(), &path, io)?;
    if let Some(phrase) = phrase {
        let sealed = folder.path().join("sealed");
        seal::seal(&path, &sealed, phrase)?;
        crate::data::remove_file(&path).map_err(|e| file_error(&path, &e))?;
        path = sealed;
    }
    let hash = crate::check::hash(&path).map_err(|e| file_error(&path, &e))?;
    let (written, whom) = (hash.clone(), whom.to_owned());
    open.workspace.write_blocking(ctx, move |tx| {
        // a backup holds everything: whom it is about needs no list
        let fields = ["everything".to_owned()].into();
        tx.disclose(&Disclosed { hash: Some(written), fields, ..Disclosed::under(&permit, &whom) })
    })?;
    Ok(Packed { path, hash, _folder: folder })
}

/// Packs a workspace and hands the file over.
pub(super) fn hand_over(app: &App, open: &Open, ctx: &Ctx, form: Form, phrase: Option<&Secret<String>>, file: &Path, io: &mut dyn Io) -> Result<(), Failure> {
    let packed = packed(app, open, ctx, form, phrase, "whoever holds the file", io)?;
    io.deliver(&packed.path, Some(file), false)?;
    io.note(&match phrase {
        None => format!("{} is whole. It holds the workspace's key: keep it as safe as the data.", file.display()),
        Some(_) => format!("{} is whole. It opens with the key file only: keep a copy of that elsewhere.", file.display()),
    })?;
    Ok(())
}

pub(super) fn restore(app: &App, call: &Call, file: &Path, key_file: Option<&Path>, io: &mut dyn Io) -> Result<(), Failure> {
    let archive = io.input(file)?;
    let exists = app.workspaces.names()?.contains(&call.workspace);
    let mut replaced = None;
    if exists {
        let open = call.open(app)?;
        let ctx = call.ctx(&open)?;
        may_configure(&open, &ctx, "restore a backup")?;
        heads::keep(&open, &heads::folder(app))?;
        replaced = Some(open.workspace.signed_head()?.0);
    }
    let hash = crate::check::hash(&archive).map_err(|e| file_error(&archive, &e))?;
    let folder = tempfile::Builder::new().prefix("restore-").tempdir_in(app.data.tmp()).map_err(|e| file_error(&app.data.tmp(), &e))?;
    let archive = opened(app, archive, key_file, folder.path(), io)?;
    // ids of people who were erased since, where the server that made the backup left them beside it
    let erasures = io.input(&file.with_file_name(ERASURES)).ok();
    load(&app.workspaces, &call.workspace, &archive, if exists { Onto::Existing } else { Onto::New }, erasures.as_deref(), &app.data.tmp(), io)?;
    let open = app.workspaces.get_blocking(&call.workspace)?;
    let ctx = call.ctx(&open).unwrap_or_else(|_| crate::people::cli(&open));
    // entries since the backup are gone with it: how many there were, the log says from now on
    open.workspace.write_blocking(&ctx, move |tx| tx.log(LogEntry::new("restore").detail("hash", hash).detail("entries_before", replaced)))?;
    if let Some(aside) = heads::set_aside(&open, &heads::folder(app))? {
        io.note(&format!("Heads of the log as it was before are in {}.", aside.display()))?;
    }
    io.note(&format!("{} is as the backup has it. Everybody signs in anew; look through the tokens: one that was revoked since is back.", call.workspace))?;
    Ok(())
}

/// The archive itself; an encrypted one is opened with the key file that is named, or with that of the settings.
fn opened(app: &App, archive: PathBuf, key_file: Option<&Path>, folder: &Path, io: &mut dyn Io) -> Result<PathBuf> {
    if !seal::is_sealed(&archive)? {
        return Ok(archive);
    }
    let key_file = match (key_file, &app.config.backup.key_file) {
        (Some(named), _) => io.input(named)?,
        (None, Some(ours)) => ours.clone(),
        (None, None) => return Err(Error::malformed("no_key_file", "The backup is encrypted. Name its key file: rapport restore FILE --key-file KEY")),
    };
    let plain = folder.join("plain");
    seal::unseal(&archive, &plain, &seal::passphrase(&key_file)?)?;
    Ok(plain)
}
