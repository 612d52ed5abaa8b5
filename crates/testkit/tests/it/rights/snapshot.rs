//! Reads every row of every table as it stands, past all rights.

use super::house::House;
use records::{OrDb, Tx};
use std::collections::BTreeMap;
use store::{Sql, compile};
use testkit::policy::{Row, Rows};

pub(crate) fn rows(house: &House) -> Rows {
    house.workspace.read_blocking(&house.cli(), rows_in).unwrap_or_else(|e| panic!("{e:?}"))
}
pub(crate) fn rows_in(tx: &mut Tx) -> kernel::Result<Rows> {
    let mut out = Rows::new();
    let objects: Vec<_> = tx.registry().objects().cloned().collect();
    for object in objects {
        let fields: Vec<_> = object.live_fields().filter(|f| compile::width(f) > 0).cloned().collect();
        let columns: Vec<String> = fields.iter().flat_map(|f| f.columns().into_iter().take(compile::width(f)).collect::<Vec<_>>()).map(|c| store::quote(&c)).collect();
        let q = Sql::new(format!("SELECT {} FROM {}", columns.join(", "), tx.db().table(&object.name)));
        let mut found = BTreeMap::new();
        tx.db()
            .query(&q, &mut |row| {
                let mut at = 0;
                let mut values = BTreeMap::new();
                for field in &fields {
                    values.insert(field.name().to_owned(), compile::read(field, row, at).to_json());
                    at += compile::width(field);
                }
                let id = values["id"].as_str().unwrap_or_default().to_owned();
                found.insert(id.clone(), Row { object: object.name.to_string(), id, values });
                Ok(())
            })
            .or_db()?;
        out.insert(object.name.to_string(), found);
    }
    Ok(out)
}
