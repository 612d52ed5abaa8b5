//! Sending statements over a connection, and what to do when it turns out to be stale.

use super::{
    error::convert,
    link::{Link, Prepared},
    pool::PgPool,
    types::Arg,
};
use crate::{Error, Sql, sql::refuse_control};
use futures_util::{StreamExt as _, future};
use std::pin::Pin;
use tokio_postgres::{Client, RowStream, error::SqlState};

/// A failure of the driver, or one of ours before anything was sent.
pub(super) enum Fault {
    Driver(tokio_postgres::Error),
    Ours(Error),
}

impl From<tokio_postgres::Error> for Fault {
    fn from(e: tokio_postgres::Error) -> Fault {
        Fault::Driver(e)
    }
}

impl From<Error> for Fault {
    fn from(e: Error) -> Fault {
        Fault::Ours(e)
    }
}

impl Fault {
    pub(super) fn error(&self) -> Error {
        match self {
            Fault::Driver(e) => convert(e),
            Fault::Ours(e) => e.clone(),
        }
    }

    /// Would the first statement of a transaction do better another time, and after what?
    pub(super) fn remedy(&self) -> Option<Remedy> {
        let Fault::Driver(e) = self else { return None };
        match e.code() {
            // "cached plan must not change result type": a column changed its type since the statement was prepared
            Some(&SqlState::FEATURE_NOT_SUPPORTED) => Some(Remedy::Prepare),
            // the server ended this connection while it lay idle, and says so only now
            Some(&SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN) => Some(Remedy::Connect),
            _ if e.is_closed() => Some(Remedy::Connect),
            _ => None,
        }
    }
}

/// What to renew before a statement is tried again.
#[derive(Clone, Copy)]
pub(super) enum Remedy {
    Connect,
    Prepare,
}

/// Sends BEGIN, if it is still to be sent, and `work` behind it without waiting in between.
pub(super) async fn begun<T>(client: &Client, begin: Option<&str>, work: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, tokio_postgres::Error> {
    match begin {
        None => work.await,
        Some(text) => {
            // `join` polls in order, and the driver sends at the first poll
            let (began, done) = future::join(client.batch_execute(text), work).await;
            began.and(done)
        }
    }
}

pub(super) fn refresh(link: &mut Link, pool: &PgPool, remedy: Remedy) -> Result<(), Error> {
    match remedy {
        Remedy::Connect => {
            *link = pool.connect()?;
            Ok(())
        }
        Remedy::Prepare => {
            link.cache.clear();
            pool.runtime().block_on(link.client.batch_execute("ROLLBACK")).map_err(|e| convert(&e))
        }
    }
}

/// Prepares the text, if this connection has not yet, and sends it.
pub(super) async fn begin_query(link: &mut Link, begin: Option<&str>, q: &Sql) -> Result<(Prepared, RowStream), Fault> {
    let args = q.args.iter().map(Arg);
    let Some(prepared) = link.cache.get(&q.text) else {
        let prepared = prepare(link, begin, &q.text).await?;
        fits(&prepared, q)?;
        let stream = link.client.query_raw(&prepared.statement, args).await?;
        return Ok((prepared, stream));
    };
    fits(&prepared, q)?;
    let stream = begun(&link.client, begin, link.client.query_raw(&prepared.statement, args)).await?;
    Ok((prepared, stream))
}

pub(super) async fn prepare(link: &mut Link, begin: Option<&str>, text: &str) -> Result<Prepared, Fault> {
    let prepared = Prepared::new(begun(&link.client, begin, link.client.prepare(text)).await?);
    link.cache.put(text, prepared.clone());
    Ok(prepared)
}

pub(super) fn check(q: &Sql) -> Result<(), Error> {
    refuse_control(&q.text)?;
    q.args.iter().try_for_each(crate::value::check)
}

fn fits(prepared: &Prepared, q: &Sql) -> Result<(), Error> {
    let n = prepared.statement.params().len();
    if n == q.args.len() { Ok(()) } else { Err(Error::Schema(format!("the text has {n} placeholders, {} values were given", q.args.len()))) }
}

/// Statements in order without waiting between them; each is prepared before the first runs.
pub(super) async fn start_all(link: &mut Link, mut begin: Option<&str>, list: &[Sql]) -> Result<Vec<u64>, Fault> {
    let mut ready = Vec::with_capacity(list.len());
    for q in list {
        let prepared = match link.cache.get(&q.text) {
            Some(prepared) => prepared,
            None => prepare(link, begin.take(), &q.text).await?,
        };
        fits(&prepared, q)?;
        ready.push((prepared, q));
    }
    let runs = ready.iter().map(|(prepared, q)| async {
        let stream = link.client.query_raw(&prepared.statement, q.args.iter().map(Arg)).await?;
        drained(Box::pin(stream)).await
    });
    Ok(begun(&link.client, begin, future::try_join_all(runs)).await?)
}

/// Reads an answer to its end; the number of rows changed.
pub(super) async fn drained(mut stream: Pin<Box<RowStream>>) -> Result<u64, tokio_postgres::Error> {
    while let Some(row) = stream.next().await {
        row?;
    }
    Ok(stream.rows_affected().unwrap_or(0))
}
