//! `rapport api METHOD PATH [JSON]`

use super::Call;
use crate::{
    app::App,
    cli::{io::Io, run::Failure},
};
use http::Method;
use std::sync::Arc;

pub(super) fn run(app: &Arc<App>, call: &Call, method: &str, path: &str, json: Option<&str>, io: &mut dyn Io) -> Result<(), Failure> {
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).map_err(|_| Failure::Usage(format!("{method} is no HTTP method")))?;
    if path.split('?').next().is_some_and(|path| path.ends_with("/stream")) {
        return Err(Failure::Usage("the stream never ends: read it over HTTP".into()));
    }
    let answer = call.inside(app)?.send(method, path, json.map(str::to_owned))?;
    io.out(&answer.body)?;
    if answer.is_text && !answer.body.is_empty() && !answer.body.ends_with(b"\n") {
        io.out(b"\n")?;
    }
    if answer.status.is_success() || answer.status.is_redirection() {
        Ok(())
    } else {
        io.note(&format!("rapport: the answer is {}", answer.status))?;
        Err(Failure::Told)
    }
}
