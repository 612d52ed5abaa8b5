//! Generated files: written by the tests that check them, with `UPDATE=1`.

use crate::machine::{Done, npm_ci, run};

pub(crate) fn all() -> Done {
    run(".", "cargo", &["test", "--workspace", "--", "fresh"], &[("UPDATE", "1")])?;
    npm_ci("web")?;
    run("web", "npm", &["run", "--silent", "types"], &[])
}
