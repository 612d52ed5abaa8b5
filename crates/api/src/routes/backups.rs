//! Backups that the server makes by itself; their handlers are the server's.

use super::{Route, Tag};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/backups",
            "listBackups",
            Tag::Operation,
            "The backups of the workspace in all places, the newest first, when they were proven, and what an administrator should see to; needs the capability `configure` or `read_configuration`.",
        )
        .answers(200, "Backups", "All of them."),
        Route::post(
            "/backups",
            "makeBackup",
            Tag::Operation,
            "Makes a backup in every place, in the background; needs the capability `configure`. 409 while one is made or proven. How it ended stands in the list.",
        )
        .unkeyed()
        .answers(202, "Backups", "It has begun."),
        Route::post(
            "/backups/proof",
            "proveBackups",
            Tag::Operation,
            "Restores the newest backup of every place on trial and checks what comes out, in the background; needs the capability `configure`.",
        )
        .unkeyed()
        .answers(202, "Backups", "It has begun."),
    ]
}
