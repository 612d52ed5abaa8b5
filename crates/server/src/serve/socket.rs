//! The server's end of `DATA/rapport.sock`: runs commands for command lines on this machine.

use crate::{
    app::App,
    cli::{
        remote::Remote,
        run::{remote_call, report},
        wire::with_short_path,
    },
    data::{file_error, private_folder, remove_file},
};
use kernel::{Error, Result};
use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, net::UnixListener},
    path::PathBuf,
    sync::Arc,
};
use tokio::{runtime::Runtime, sync::Semaphore};

/// Commands at the same time; more wait.
const AT_ONCE: usize = 4;

/// Removes the socket when the server ends.
pub(super) struct Socket(PathBuf);
impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(e) = remove_file(&self.0) {
            tracing::warn!(error = %e, "the socket could not be removed");
        }
    }
}

/// Listens until the runtime ends.
pub(super) fn listen(runtime: &Runtime, app: &Arc<App>) -> Result<Socket> {
    let path = app.data.socket();
    let listener = bind(app).map_err(|e| file_error(&path, &e))?;
    let app = app.clone();
    let _inside = runtime.enter();
    let listener = tokio::net::UnixListener::from_std(listener).map_err(|e| Error::internal(format!("the socket cannot be used: {e}")))?;
    drop(runtime.spawn(async move {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _peer)) => {
                    let app = app.clone();
                    drop(tokio::task::spawn_blocking(move || {
                        let _place = place;
                        match stream.into_std() {
                            Ok(stream) => answer(&app, stream),
                            Err(e) => tracing::warn!(error = %e, "a command line could not be answered"),
                        }
                    }));
                }
                Err(e) => {
                    tracing::warn!(error = %e, "no command line can be answered");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                }
            }
        }
    }));
    Ok(Socket(path))
}

/// Made in a folder that nobody else may enter, and moved into place when only its owner may open it: at no moment can
/// another account connect.
fn bind(app: &App) -> std::io::Result<UnixListener> {
    let folder = app.data.tmp();
    private_folder(&folder).map_err(|e| std::io::Error::other(e.to_string()))?;
    let made = folder.join("rapport.sock");
    remove_file(&made)?;
    let listener = with_short_path(&made, |short| UnixListener::bind(short))?;
    fs::set_permissions(&made, fs::Permissions::from_mode(0o600))?;
    fs::rename(&made, app.data.socket())?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn answer(app: &Arc<App>, stream: std::os::unix::net::UnixStream) {
    let (asked, mut remote) = match Remote::accept(stream, &app.data.tmp()) {
        Ok(asked) => asked,
        // whoever only looks whether a server is there hangs up at once
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return,
        Err(e) => {
            tracing::warn!(error = %e, "a command line said something strange");
            return;
        }
    };
    let code = match remote_call(app, &asked, &mut remote) {
        Ok(()) => 0,
        Err(failure) => report(&failure, &mut remote),
    };
    remote.exit(code);
}
