//! A connection with its prepared statements, whatever workspace uses it next.

use super::types::{Kind, kind_of};
use crate::Error;
use std::{collections::HashMap, sync::Arc};
use tokio_postgres::{Client, Statement};

pub(super) struct Link {
    pub(super) client: Client,
    pub(super) cache: Cache,
}

#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) statement: Statement,
    kinds: Arc<Result<Vec<Kind>, Error>>,
}

impl Prepared {
    pub(super) fn new(statement: Statement) -> Prepared {
        let kinds = statement.columns().iter().map(|column| kind_of(column.type_())).collect();
        Prepared { statement, kinds: Arc::new(kinds) }
    }

    /// How to read the columns; an error if one has a type that we do not read.
    pub(super) fn kinds(&self) -> Result<&[Kind], Error> {
        match &*self.kinds {
            Ok(kinds) => Ok(kinds),
            Err(e) => Err(e.clone()),
        }
    }
}

/// Prepared statements by text, the least recently used one forgotten first. Texts carry their schema, so each
/// workspace has its own: hence the bound.
pub(super) struct Cache {
    map: HashMap<String, (Prepared, u64)>,
    clock: u64,
    most: usize,
}

impl Cache {
    pub(super) fn new(most: usize) -> Cache {
        Cache { map: HashMap::new(), clock: 0, most: most.max(1) }
    }

    pub(super) fn get(&mut self, text: &str) -> Option<Prepared> {
        self.clock += 1;
        let (prepared, used) = self.map.get_mut(text)?;
        *used = self.clock;
        Some(prepared.clone())
    }

    pub(super) fn put(&mut self, text: &str, prepared: Prepared) {
        if self.map.len() >= self.most {
            let oldest = self.map.iter().min_by_key(|(_, (_, used))| *used).map(|(text, _)| text.clone());
            if let Some(oldest) = oldest {
                self.map.remove(&oldest);
            }
        }
        self.map.insert(text.to_owned(), (prepared, self.clock));
    }

    pub(super) fn clear(&mut self) {
        self.map.clear();
    }
}
