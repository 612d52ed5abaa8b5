//! Sign-in's own tables, reached without a person's rights: they are how rights come about.

use kernel::{Error, Result};
use records::OrDb as _;
use store::{Db, Store};

enum Failure {
    Ours(Error),
    Store(store::Error),
}
impl From<store::Error> for Failure {
    fn from(e: store::Error) -> Failure {
        Failure::Store(e)
    }
}
impl Failure {
    fn into_error(self) -> Error {
        match self {
            Failure::Ours(e) => e,
            // the one place that words a database's failure for clients
            Failure::Store(e) => Err::<(), _>(e).or_db().err().unwrap_or_else(|| Error::internal("a failure without an error")),
        }
    }
}

pub(crate) async fn read<T: Send + 'static>(store: &Store, f: impl FnOnce(&mut dyn Db) -> Result<T> + Send + 'static) -> Result<T> {
    store.read(move |db| f(db).map_err(Failure::Ours)).await.map_err(Failure::into_error)
}

/// [`read`] for a row or two by their key.
pub(crate) async fn read_quick<T: Send + 'static>(store: &Store, f: impl FnOnce(&mut dyn Db) -> Result<T> + Send + 'static) -> Result<T> {
    store.read_quick(move |db| f(db).map_err(Failure::Ours)).await.map_err(Failure::into_error)
}

/// Durable when it answers `Ok`.
pub(crate) async fn write<T: Send + 'static>(store: &Store, f: impl FnOnce(&mut dyn Db) -> Result<T> + Send + 'static) -> Result<T> {
    store.write(move |db| f(db).map_err(Failure::Ours)).await.map_err(Failure::into_error)
}

pub(crate) fn read_blocking<T: Send + 'static>(store: &Store, f: impl FnOnce(&mut dyn Db) -> Result<T> + Send + 'static) -> Result<T> {
    store.read_blocking(move |db| f(db).map_err(Failure::Ours)).map_err(Failure::into_error)
}

pub(crate) fn write_blocking<T: Send + 'static>(store: &Store, f: impl FnOnce(&mut dyn Db) -> Result<T> + Send + 'static) -> Result<T> {
    store.write_blocking(move |db| f(db).map_err(Failure::Ours)).map_err(Failure::into_error)
}
