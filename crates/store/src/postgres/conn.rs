//! One PostgreSQL connection as the [`Db`] of a transaction.
//!
//! `BEGIN` is sent together with the first statement, and the end of a read is not waited for: a read of one statement
//! costs one round trip.

use super::{
    bulk,
    error::convert,
    link::{Link, Prepared},
    pool::PgPool,
    send::{Fault, begin_query, begun, check, drained, refresh, start_all},
    types::{Kind, Raw},
};
use crate::{
    Cell, Db, Dialect, Error, Options, Row, Sql, Val,
    engine::{Conn, Stop},
    options::READ_TIMEOUT,
    quote,
};
use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{self, Either},
};
use std::{
    pin::{Pin, pin},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_postgres::{NoTls, RowStream, SimpleQueryMessage};

/// The texts that begin a transaction of a workspace.
pub(super) struct Begin {
    write: Arc<str>,
}

impl Begin {
    pub(super) fn new(options: &Options) -> Begin {
        let wait = options.busy_timeout.as_millis();
        Begin { write: format!("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {wait}; SET LOCAL statement_timeout = 0").into() }
    }

    fn read(limit: Option<Duration>) -> Arc<str> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        if limit == Some(READ_TIMEOUT) {
            return BEGIN.into(); // every connection has this limit from its start
        }
        // 0 means no limit to PostgreSQL
        let ms = limit.map_or(0, |limit| limit.as_millis().max(1));
        format!("{BEGIN}; SET LOCAL statement_timeout = {ms}").into()
    }
}

pub(super) struct PgConn {
    pool: PgPool,
    /// taken when the connection goes back to the pool
    link: Option<Link>,
    schema: String,
    texts: Arc<Begin>,
    /// the text of BEGIN, until the first statement sends it
    begin: Option<Arc<str>>,
    open: bool,
    failed: Option<Error>,
    broken: bool,
    read_only: bool,
    /// of the read under way
    stop: Stop,
}

impl PgConn {
    pub(super) fn new(pool: PgPool, link: Link, schema: &str, texts: Arc<Begin>) -> PgConn {
        PgConn { pool, link: Some(link), schema: quote(schema), texts, begin: None, open: false, failed: None, broken: false, read_only: true, stop: Stop::default() }
    }

    /// Runs `work`, which must be the only user of the link meanwhile. The first statement of a transaction is tried
    /// again on a fresh connection if this one turns out to be dead: nothing was done yet.
    fn on_link<T>(&mut self, mut work: impl FnMut(&mut Link, Option<&str>, &PgPool) -> Result<T, Fault>) -> Result<T, Error> {
        if self.failed.is_some() {
            return Err(Error::other("an earlier statement of this transaction failed; go back to a savepoint first"));
        }
        let begin = self.begin.take();
        let Some(link) = &mut self.link else { return Err(Error::Closed) };
        self.open |= begin.is_some();
        let result = match work(link, begin.as_deref(), &self.pool) {
            Err(fault) => match fault.remedy().filter(|_| begin.is_some()) {
                Some(remedy) => refresh(link, &self.pool, remedy).map_err(Fault::Ours).and_then(|()| work(link, begin.as_deref(), &self.pool)),
                None => Err(fault),
            },
            done => done,
        };
        result.map_err(|fault| self.fail(fault.error()))
    }

    /// One text in the simple protocol, in whatever state the connection is.
    pub(super) fn plain(&mut self, text: &str) -> Result<(), Error> {
        let Some(link) = &mut self.link else { return Err(Error::Closed) };
        self.pool.runtime().block_on(link.client.batch_execute(text)).map_err(|e| convert(&e))
    }

    /// Gives the connection its limit back before others use it.
    pub(super) fn reset_limit(&mut self) {
        if self.plain(&format!("SET statement_timeout = {}", READ_TIMEOUT.as_millis())).is_err() {
            self.broken = true;
        }
    }

    /// Sends a text and does not wait for the answer; what is sent next is served after it.
    fn send(&mut self, text: &str) {
        if let Some(link) = &self.link
            && let Some(Err(_closed)) = link.client.batch_execute(text).now_or_never()
        {
            self.broken = true;
        }
    }

    fn start(&mut self, q: &Sql) -> Result<(Prepared, Pin<Box<RowStream>>), Error> {
        let stop = self.stop.clone();
        let started = self.on_link(|link, begin, pool| {
            check(q)?;
            let (started, stopped) = (pin!(begin_query(link, begin, q)), pin!(stop.wait()));
            match pool.runtime().block_on(future::select(started, stopped)) {
                Either::Left((started, _)) => started.map(|(prepared, stream)| (prepared, Box::pin(stream))),
                Either::Right(_) => Err(Error::Interrupted.into()),
            }
        });
        if stop.is_set() {
            return Err(self.abandon());
        }
        started
    }

    /// Stops the query under way and gives the connection up: a late cancellation must not meet the next user's query.
    fn abandon(&mut self) -> Error {
        self.broken = true;
        self.failed = Some(Error::Interrupted);
        if let Some(link) = &self.link {
            let token = link.client.cancel_token();
            self.pool.runtime().spawn(async move {
                if let Err(e) = token.cancel_query(NoTls).await {
                    tracing::warn!(error = %convert(&e), "an abandoned query could not be cancelled; it runs to its time limit");
                }
            });
        }
        Error::Interrupted
    }

    fn fail(&mut self, e: Error) -> Error {
        self.failed = Some(e.clone());
        e
    }
}

struct PgRow<'a> {
    row: &'a tokio_postgres::Row,
    kinds: &'a [Kind],
}

impl Row for PgRow<'_> {
    fn cell(&self, i: usize) -> Cell<'_> {
        let Some(kind) = self.kinds.get(i) else { return Cell::Null };
        match self.row.try_get::<_, Option<Raw<'_>>>(i) {
            Ok(Some(raw)) => raw.cell(*kind),
            Ok(None) | Err(_) => Cell::Null,
        }
    }

    fn len(&self) -> usize {
        self.kinds.len()
    }
}

/// Rows taken from the driver in one turn, before `each` sees them on this thread.
const TURN: usize = 128;

impl Db for PgConn {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn table(&self, name: &str) -> String {
        format!("{}.{}", self.schema, quote(name))
    }

    fn query(&mut self, q: &Sql, each: &mut dyn FnMut(&dyn Row) -> Result<(), Error>) -> Result<(), Error> {
        let began = Instant::now();
        let (prepared, stream) = self.start(q)?;
        let kinds = prepared.kinds()?;
        let stop = self.stop.clone();
        let mut turns = stream.ready_chunks(TURN);
        loop {
            let next = pin!(turns.next());
            let stopped = pin!(stop.wait());
            let rows = match self.pool.runtime().block_on(future::select(next, stopped)) {
                Either::Left((Some(rows), _)) => rows,
                Either::Left((None, _)) => {
                    crate::slow::note(&q.text, began);
                    return Ok(());
                }
                Either::Right(_) => return Err(self.abandon()),
            };
            for row in rows {
                let row = row.map_err(|e| self.fail(convert(&e)))?;
                each(&PgRow { row: &row, kinds })?;
            }
        }
    }

    fn exec(&mut self, q: &Sql) -> Result<u64, Error> {
        if q.args.is_empty() {
            // DDL and savepoints: preparing them would cost a round trip and a place in the cache
            return self.on_link(|link, begin, pool| {
                check(q)?;
                let done = pool.runtime().block_on(begun(&link.client, begin, link.client.simple_query(&q.text)))?;
                Ok(done.iter().fold(0, |n, message| if let SimpleQueryMessage::CommandComplete(m) = message { *m } else { n }))
            });
        }
        let began = Instant::now();
        let (_, stream) = self.start(q)?;
        let done = self.pool.runtime().block_on(drained(stream)).map_err(|e| self.fail(convert(&e)));
        crate::slow::note(&q.text, began);
        done
    }

    fn exec_all(&mut self, list: &[Sql]) -> Result<Vec<u64>, Error> {
        if list.is_empty() {
            return Ok(Vec::new());
        }
        self.on_link(|link, begin, pool| {
            list.iter().try_for_each(check)?;
            pool.runtime().block_on(start_all(link, begin, list))
        })
    }

    fn bulk_insert(&mut self, table: &str, columns: &[&str], rows: &mut dyn Iterator<Item = Vec<Val>>) -> Result<u64, Error> {
        let target = bulk::Target { table: self.table(table), columns };
        // a few rows are cheaper as inserts than as a copy
        let mut few: Vec<Vec<Val>> = rows.take(bulk::FEW).collect();
        target.check(&few).map_err(|e| self.fail(e))?;
        if few.len() < bulk::FEW {
            let text = target.insert_text();
            let list: Vec<Sql> = few.into_iter().map(|args| Sql { text: text.clone(), args }).collect();
            return Ok(self.exec_all(&list)?.iter().sum());
        }
        let mut rows = few.drain(..).chain(rows);
        if self.read_only {
            return Err(self.fail(Error::ReadOnly));
        }
        // whatever may be refused before the copy begins is refused here, see `bulk::copy`
        self.exec(&Sql::new(format!("LOCK TABLE {} IN ROW EXCLUSIVE MODE", target.table)))?;
        let mut desynchronised = false;
        let done = self.on_link(|link, _, pool| bulk::copy(link, pool.runtime(), &target, &mut rows, &mut desynchronised));
        self.broken |= desynchronised;
        done
    }

    fn lock(&mut self, key: &str) -> Result<(), Error> {
        let mut q = Sql::new("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(");
        q.arg(format!("rapport {} {key}", self.schema)).push(", 0))");
        self.exec(&q).map(drop)
    }

    fn rollback_to(&mut self, name: &str) -> Result<(), Error> {
        if self.broken {
            return Err(Error::lost());
        }
        self.plain(&format!("ROLLBACK TO SAVEPOINT {}", quote(name)))?;
        self.failed = None;
        Ok(())
    }
}

impl Conn for PgConn {
    fn begin_read(&mut self, limit: Option<Duration>, stop: &Stop) -> Result<(), Error> {
        (self.begin, self.open, self.failed) = (Some(Begin::read(limit)), false, None);
        (self.stop, self.read_only) = (stop.clone(), true);
        Ok(())
    }

    fn begin_write(&mut self) -> Result<(), Error> {
        (self.begin, self.open, self.failed) = (Some(self.texts.write.clone()), false, None);
        (self.stop, self.read_only) = (Stop::default(), false);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        if self.failed.is_some() {
            // COMMIT of a failed transaction answers without an error, and rolls back
            self.rollback();
            return Err(Error::other("an earlier statement of this transaction failed; nothing was changed"));
        }
        self.begin = None;
        if !std::mem::take(&mut self.open) {
            return Ok(());
        }
        let Some(link) = &mut self.link else { return Err(Error::Closed) };
        match self.pool.runtime().block_on(link.client.batch_execute("COMMIT")) {
            Ok(()) => Ok(()),
            Err(e) if e.is_closed() => {
                self.broken = true;
                Err(Error::Uncertain)
            }
            Err(e) => Err(convert(&e)),
        }
    }

    fn rollback(&mut self) {
        (self.begin, self.failed) = (None, None);
        if std::mem::take(&mut self.open) {
            self.send("ROLLBACK");
        }
    }

    fn lost(&self) -> Option<Error> {
        let dead = self.broken || self.link.as_ref().is_none_or(|link| link.client.is_closed());
        (self.open && dead).then(Error::lost)
    }

    fn healthy(&self) -> bool {
        !self.broken && !self.open
    }

    fn as_db(&mut self) -> &mut dyn Db {
        self
    }
}

impl Drop for PgConn {
    fn drop(&mut self) {
        if let Some(link) = self.link.take()
            && self.healthy()
        {
            self.pool.give(link);
        }
    }
}
