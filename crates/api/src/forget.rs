//! What this crate keeps of people outside records, let go of when somebody is erased: answers beside idempotency keys, and
//! exports that still lie there. Whom they are about cannot be told one by one: those of people's objects go as a whole.

use kernel::Result;
use records::{OrDb, Tx};
use std::path::{Path, PathBuf};
use store::{Sql, Val};

pub(crate) fn forget(tx: &mut Tx, files: &Path) -> Result<Vec<PathBuf>> {
    // The key stays, so that a repetition is known; what it was answered is not told again. An erasure's own answer is an id
    // and how far it is.
    let gone = Val::from(crate::idempotency::FORGOTTEN.to_vec());
    let q = Sql::with(format!("UPDATE {} SET \"answer\" = $1 WHERE \"answer\" IS NOT NULL AND \"path\" NOT LIKE '%/erasure'", tx.db().table("api_idempotency")), [gone]);
    tx.db().exec(&q).or_db()?;
    let q = Sql::new(format!("SELECT \"id\", \"object\" FROM {}", tx.db().table("api_export")));
    let mut out = Vec::new();
    for row in tx.db().rows(&q).or_db()? {
        let [Val::Text(id), Val::Text(object)] = row.as_slice() else { continue };
        let of_people = tx.registry().object(object).is_none_or(|o| matches!(&*o.name, "contact" | "account" | "lead") || !o.person_fields().is_empty());
        if of_people && let Ok(id) = id.parse() {
            out.push(crate::export::place(files, id));
            let q = Sql::with(format!("DELETE FROM {} WHERE \"id\" = $1", tx.db().table("api_export")), [id.to_string()]);
            tx.db().exec(&q).or_db()?;
        }
    }
    Ok(out)
}
