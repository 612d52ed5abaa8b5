//! The forecast against a model that adds up by hand, and its movement against what the test itself saw.

mod model;
mod movement;
mod rng;
mod rules;

use crate::world::World;
use kernel::Ctx;
use records::Params;
use serde_json::Value as Json;

pub(crate) fn ask(w: &World, ctx: &Ctx, name: &'static str, params: &[(&str, &str)]) -> kernel::Result<Json> {
    let params: Params = params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let ctx = Ctx { now_ms: w.workspace.now_ms(), ..ctx.clone() };
    w.workspace.read_blocking(&ctx, move |tx| (tx.catalogue().report(name)?.run)(tx, &params))
}
/// Minor units of an amount of two digits.
pub(crate) fn cents(value: &Json) -> i64 {
    let text = value.get("amount").and_then(|a| a.get("amount").or(Some(a))).and_then(Json::as_str).unwrap_or_else(|| panic!("no amount in {value}"));
    text.replace('.', "").parse().unwrap()
}
/// A thousand rounds under `RAPPORT_PROVE=1`.
#[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the program")]
pub(crate) fn rounds(usual: u64) -> u64 {
    if std::env::var("RAPPORT_PROVE").is_ok_and(|v| v == "1") { usual * 5 } else { usual }
}
