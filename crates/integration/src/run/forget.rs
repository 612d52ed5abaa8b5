//! What imports keep of people: the files they came from, samples, rejected rows. Nobody can tell from them whom they are
//! about; when somebody is erased, those of finished imports go.

use kernel::Result;
use records::{OrDb, Tx};
use std::path::{Path, PathBuf};
use store::{Sql, Val};

pub(crate) fn forget(tx: &mut Tx, files: &Path) -> Result<Vec<PathBuf>> {
    let (jobs, rejects, late) = (tx.db().table("import_job"), tx.db().table("import_reject"), tx.db().table("import_late"));
    let q = Sql::new(format!("SELECT \"file\" FROM {jobs} WHERE \"status\" IN ('done', 'failed') AND \"file\" IS NOT NULL"));
    let mut out = Vec::new();
    for row in tx.db().rows(&q).or_db()? {
        // A file of the command line lies elsewhere and is its owner's.
        if let Some(Val::Text(file)) = row.first()
            && Path::new(file).starts_with(files)
        {
            out.push(PathBuf::from(file));
            out.push(PathBuf::from(format!("{file}.rejected.csv")));
        }
    }
    for table in [rejects, late] {
        let q = Sql::new(format!("DELETE FROM {table} WHERE \"import\" IN (SELECT \"id\" FROM {jobs} WHERE \"status\" IN ('done', 'failed'))"));
        tx.db().exec(&q).or_db()?;
    }
    let q = Sql::new(format!("UPDATE {jobs} SET \"report\" = '{{}}', \"rejected\" = 0, \"error\" = NULL, \"file_name\" = '' WHERE \"status\" IN ('done', 'failed')"));
    tx.db().exec(&q).or_db()?;
    Ok(out)
}
