//! Asks a real server everything that its OpenAPI document allows, and much that it forbids, as a person of every role:
//! no 5xx, no answer that is not in the document, no wrong input accepted. The tool is schemathesis, kept beside the
//! build, not in the clone.

use crate::machine::{Done, has, root, run, target};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::spawn,
};

/// Kept to one line of versions: a new one finds new things, which is a change of its own.
const TOOL: &str = "schemathesis>=4.3,<5";
/// What is held against each answer. `positive_data_acceptance` is left out: an id that is well formed names nothing.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,unsupported_method,missing_required_header,ignored_auth,use_after_free";

/// `cargo xtask fuzz [EXAMPLES [ROLE...]]`
pub(crate) fn all(args: &[String]) -> Done {
    let examples = args.first().map_or("25", String::as_str);
    let tool = tool()?;
    run(".", "cargo", &["build", "--package", "server"], &[("RAPPORT_UI", "skip")])?;
    let binary = target().join("debug/rapport");
    let roles = if args.len() > 1 { args[1..].to_vec() } else { roles()? };
    let place = target().join("fuzz");
    let _removed = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).map_err(|e| format!("{}: {e}", place.display()))?;
    let data = place.join("data").display().to_string();
    let rapport = |words: &[&str]| said(&binary, &data, words);
    rapport(&["demo", "--contacts", "200"])?;
    let people: Vec<(String, Option<Known>)> = roles.iter().map(|role| Ok((person(&rapport, role)?, known(&rapport, role)))).collect::<Result<_, String>>()?;
    let server = serve(&binary, &data)?;
    let mut failed = Vec::new();
    for (role, (token, known)) in roles.iter().zip(&people) {
        // Made-up ids lead nowhere: what is behind a record is asked of one that this person knows.
        for (what, known) in [("made-up records", None), ("a record they know", known.as_ref())] {
            if known.is_none() && what != "made-up records" {
                eprintln!("\n== {role} may read no contact and no account: only made-up records are asked for");
                continue;
            }
            eprintln!("\n== {role}, {what}");
            let report = place.join(role).join(what.replace(' ', "-"));
            if ask(&tool, &server.address, token, examples, known, &report).is_err() {
                failed.push(format!("{role} with {what}"));
            }
        }
    }
    drop(server);
    if failed.is_empty() { Ok(()) } else { Err(format!("schemathesis found something as {}; the requests stand above, the reports below {}", failed.join(", "), place.display())) }
}

/// The roles that people have.
fn roles() -> Result<Vec<String>, String> {
    let folder = root().join("crates/access/roles");
    let files = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut out: Vec<String> =
        files.flatten().filter_map(|file| file.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned)).filter(|name| !name.starts_with("system_") && name != "portal").collect();
    out.sort();
    Ok(out)
}

fn person(rapport: &dyn Fn(&[&str]) -> Result<String, String>, role: &str) -> Result<String, String> {
    let email = format!("{role}@fuzz.example");
    rapport(&["user", "add", "--email", &email, "--name", role, "--role", role])?;
    rapport(&["token", "create", "--email", &email]).map(|token| token.trim().to_owned())
}

/// A record that somebody may read.
struct Known {
    object: &'static str,
    id: String,
}
fn known(rapport: &dyn Fn(&[&str]) -> Result<String, String>, role: &str) -> Option<Known> {
    ["contact", "account", "lead", "case", "product", "user"].into_iter().find_map(|object| {
        let found = rapport(&["api", "GET", &format!("/records/{object}?limit=1&fields=id"), "--as", &format!("{role}@fuzz.example")]).ok()?;
        let id: String = found.split_once("\"id\"")?.1.chars().skip_while(|c| !c.is_ascii_hexdigit()).take_while(|c| c.is_ascii_hexdigit() || *c == '-').collect();
        (id.len() == 36).then_some(Known { object, id })
    })
}

fn said(binary: &Path, data: &str, words: &[&str]) -> Result<String, String> {
    let out = Command::new(binary).args(words).args(["--data", data]).stdin(Stdio::null()).output().map_err(|e| format!("{}: {e}", binary.display()))?;
    if out.status.success() { Ok(String::from_utf8_lossy(&out.stdout).into_owned()) } else { Err(format!("`rapport {}`: {}", words.join(" "), String::from_utf8_lossy(&out.stderr))) }
}

struct Server {
    child: Child,
    address: String,
}
impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
/// Serves on a free port; its log goes on beside the data.
fn serve(binary: &Path, data: &str) -> Result<Server, String> {
    let mut child = Command::new(binary)
        .args(["serve", "--listen", "127.0.0.1:0", "--data", data])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{}: {e}", binary.display()))?;
    let mut log = BufReader::new(child.stderr.take().ok_or("the server has no log")?).lines();
    let address = loop {
        let line = log.next().ok_or("the server did not start")?.map_err(|e| e.to_string())?;
        if let Some(rest) = line.split("listening=").nth(1) {
            break rest.split_whitespace().next().unwrap_or_default().to_owned();
        }
    };
    spawn(move || log.map_while(Result::ok).filter(|line| line.contains("ERROR")).for_each(|line| eprintln!("server: {line}")));
    Ok(Server { child, address })
}

/// What a wrong request may be answered with: beside the tool's own lists an address or headers that are too long, and 428 for
/// a change without `If-Match` (RFC 6585).
const REFUSALS: &str = "[checks.negative_data_rejection]\nexpected-statuses = [400, 401, 403, 404, 405, 406, 409, 411, 412, 413, 414, 415, 422, 428, 429, 431, \"5xx\"]\n[checks.missing_required_header]\nexpected-statuses = [400, 401, 403, 404, 406, 415, 422, 428]\n";

fn ask(tool: &Path, address: &str, token: &str, examples: &str, known: Option<&Known>, report: &Path) -> Done {
    fs::create_dir_all(report).map_err(|e| format!("{}: {e}", report.display()))?;
    let settings = report.join("schemathesis.toml");
    let of_known = known.map(|k| format!("[parameters]\n\"path.object\" = \"{}\"\n\"path.id\" = \"{}\"\n", k.object, k.id)).unwrap_or_default();
    fs::write(&settings, format!("{REFUSALS}{of_known}")).map_err(|e| format!("{}: {e}", settings.display()))?;
    let status = Command::new(tool)
        .arg("--config-file")
        .arg(&settings)
        .arg("run")
        .arg(format!("http://{address}/api/v1/openapi.json"))
        .args(["--checks", CHECKS, "--max-examples", examples, "--phases", "examples,coverage,fuzzing,stateful", "--workers", "1", "--seed", "1", "--continue-on-failure", "--no-color"])
        // an event stream never ends; signing in is limited by tries, and signing out ends the token
        .args(["--exclude-path", "/api/v1/stream", "--exclude-path-regex", "^/api/v1/auth/", "--request-timeout", "30"])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .current_dir(report)
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("it ended with {status}")),
        Err(e) => Err(format!("{}: {e}", tool.display())),
    }
}

/// Installed once per machine.
fn tool() -> Result<PathBuf, String> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"))).unwrap_or_else(std::env::temp_dir);
    let folder = cache.join("rapport/schemathesis");
    let tool = folder.join("bin/schemathesis");
    if tool.exists() {
        return Ok(tool);
    }
    if !has("python3") {
        return Err("Fuzzing needs python3 with venv (Debian: apt-get install python3-venv). Install it and run again.".into());
    }
    let place = folder.display().to_string();
    run(".", "python3", &["-m", "venv", &place], &[])?;
    run(".", &format!("{place}/bin/pip"), &["install", "--quiet", TOOL], &[])?;
    Ok(tool)
}
