//! One workspace: a schema, reached over the shared pool.

use super::{
    conn::{Begin, PgConn},
    pool::PgPool,
};
use crate::{
    Db as _, Dialect, Error, Options, Sql, Store,
    engine::{Conn, Engine, PlaceFuture, Purpose, Stop},
    quote,
};
use std::sync::Arc;
use tokio::runtime::Handle;

pub(super) struct PgEngine {
    pool: PgPool,
    schema: Arc<str>,
    begin: Arc<Begin>,
}

/// Opens a workspace's schema, or makes it. Blocks: call it on a blocking thread, not inside async code.
/// Errors: the server cannot be reached, is not UTF-8, refuses to make the schema.
pub fn open_postgres(pool: &PgPool, schema: &str, options: Options) -> Result<Store, Error> {
    if schema.is_empty() || schema.len() > 63 || schema.contains('\0') || schema.starts_with("pg_") {
        return Err(Error::Schema(format!("a schema has a name of 1 to 63 bytes that does not begin with pg_: {schema:?}")));
    }
    let begin = Arc::new(Begin::new(&options));
    let engine = PgEngine { pool: pool.clone(), schema: schema.into(), begin };
    let mut conn = engine.take(Purpose::Write)?;
    let made = prepare(&mut *conn, schema);
    engine.give(Purpose::Write, conn);
    made?;
    Ok(Store::new(Box::new(engine), options))
}

fn prepare(conn: &mut dyn Conn, schema: &str) -> Result<(), Error> {
    conn.begin_write()?;
    let made = make_schema(conn, schema);
    match made {
        Ok(()) => conn.commit(),
        Err(e) => {
            conn.rollback();
            Err(e)
        }
    }
}

fn make_schema(conn: &mut dyn Conn, schema: &str) -> Result<(), Error> {
    let db = conn.as_db();
    let facts = db.one(&Sql::new("SELECT current_setting('server_encoding'), current_setting('synchronous_commit'), current_setting('fsync')"))?;
    let fact = |i: usize| facts.as_ref().and_then(|f| f.get(i)).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    if fact(0) != "UTF8" {
        return Err(Error::Other(format!("the PostgreSQL database has the encoding {}; Rapport needs UTF8", fact(0))));
    }
    if fact(1) == "off" || fact(2) == "off" {
        tracing::warn!("PostgreSQL runs with fsync or synchronous_commit off: an answered change can be lost in a crash");
    }
    // two servers may start at once
    db.lock("schema")?;
    let there = db.one(&Sql::with("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [schema]))?;
    if there.is_none() {
        db.exec(&Sql::new(format!("CREATE SCHEMA {}", quote(schema))))?;
    }
    Ok(())
}

impl Engine for PgEngine {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn take(&self, _purpose: Purpose) -> Result<Box<dyn Conn>, Error> {
        let link = self.pool.take()?;
        Ok(Box::new(PgConn::new(self.pool.clone(), link, &self.schema, self.begin.clone())))
    }

    fn give(&self, _purpose: Purpose, conn: Box<dyn Conn>) {
        drop(conn); // goes back to the pool by itself, if it may be used again
    }

    fn place(&self) -> PlaceFuture {
        let places = self.pool.places();
        Box::pin(async move { places.acquire_owned().await.map(Some).map_err(|_closed| Error::Closed) })
    }

    fn runtime(&self) -> Option<&Handle> {
        Some(self.pool.runtime())
    }

    fn outside(&self, text: &str) -> Result<(), Error> {
        let link = self.pool.take()?;
        let mut conn = PgConn::new(self.pool.clone(), link, &self.schema, self.begin.clone());
        conn.plain("SET statement_timeout = 0")?;
        let done = conn.plain(text);
        conn.reset_limit();
        done
    }

    fn optimize(&self) -> Result<(), Error> {
        let link = self.pool.take()?;
        let mut conn = PgConn::new(self.pool.clone(), link, &self.schema, self.begin.clone());
        conn.begin_read(None, &Stop::default())?;
        let tables = crate::ddl::tables(conn.as_db());
        conn.rollback();
        conn.plain("SET statement_timeout = 0")?;
        let done = tables?.iter().try_for_each(|table| conn.plain(&format!("ANALYZE {}", conn.table(table))));
        conn.reset_limit();
        done
    }

    fn close(&self) {
        // the connections belong to the pool
    }
}
