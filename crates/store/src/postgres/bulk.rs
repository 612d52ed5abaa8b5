//! Many rows at once: `COPY ... FROM STDIN` in PostgreSQL's binary format.
//! Format: postgresql.org, documentation of COPY, "Binary Format".

use super::{
    link::{Link, Prepared},
    send::{Fault, prepare},
    types::Arg,
};
use crate::{Error, Val, quote};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::SinkExt as _;
use tokio::runtime::Handle;
use tokio_postgres::types::{IsNull, ToSql as _, Type};

/// Below this number of rows a copy's round trips cost more than inserts sent together.
pub(super) const FEW: usize = 8;
/// Bytes handed to the driver at once.
const CHUNK: usize = 64 << 10;
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

pub(super) struct Target<'a> {
    /// qualified and quoted
    pub(super) table: String,
    pub(super) columns: &'a [&'a str],
}

impl Target<'_> {
    fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|name| quote(name)).collect();
        names.join(", ")
    }

    pub(super) fn insert_text(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|n| format!("${n}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.table, self.names(), places.join(", "))
    }

    pub(super) fn check(&self, rows: &[Vec<Val>]) -> Result<(), Error> {
        if self.columns.is_empty() {
            return Err(Error::other("bulk_insert needs at least one column"));
        }
        rows.iter().try_for_each(|row| self.check_row(row))
    }

    fn check_row(&self, row: &[Val]) -> Result<(), Error> {
        let n = self.columns.len();
        if row.len() == n { Ok(()) } else { Err(Error::Other(format!("a row for {} has {} values, not {n}", self.table, row.len()))) }
    }
}

/// `desynchronised` is set if the server refused the copy before it began. The driver then still sends the end of a copy,
/// which the server answers a second time: the connection's next answers would be those of the request before.
pub(super) fn copy(link: &mut Link, runtime: &Handle, target: &Target<'_>, rows: &mut dyn Iterator<Item = Vec<Val>>, desynchronised: &mut bool) -> Result<u64, Fault> {
    let shape = cached(link, runtime, &format!("SELECT {} FROM {} LIMIT 0", target.names(), target.table))?;
    let types: Vec<Type> = shape.statement.columns().iter().map(|column| column.type_().clone()).collect();
    let into = cached(link, runtime, &format!("COPY {} ({}) FROM STDIN (FORMAT binary)", target.table, target.names()))?;
    let begun = runtime.block_on(link.client.copy_in::<_, Bytes>(&into.statement)).inspect_err(|_| *desynchronised = true)?;
    let mut sink = Box::pin(begun);
    let mut buf = BytesMut::with_capacity(CHUNK * 2);
    buf.put_slice(HEADER);
    for row in rows {
        // on an error the sink is dropped, which makes the server forget the copy
        target.check_row(&row)?;
        encode(&row, &types, &mut buf)?;
        if buf.len() >= CHUNK && runtime.block_on(sink.send(buf.split().freeze())).is_err() {
            // the server has refused something: finishing says what
            return match runtime.block_on(sink.as_mut().finish()) {
                Err(e) => Err(e.into()),
                Ok(_) => Err(Error::other("PostgreSQL ended a copy early").into()),
            };
        }
    }
    buf.put_i16(-1);
    if let Err(e) = runtime.block_on(sink.send(buf.freeze())) {
        return Err(runtime.block_on(sink.as_mut().finish()).err().unwrap_or(e).into());
    }
    Ok(runtime.block_on(sink.as_mut().finish())?)
}

fn cached(link: &mut Link, runtime: &Handle, text: &str) -> Result<Prepared, Fault> {
    match link.cache.get(text) {
        Some(prepared) => Ok(prepared),
        None => runtime.block_on(prepare(link, None, text)),
    }
}

fn encode(row: &[Val], types: &[Type], buf: &mut BytesMut) -> Result<(), Error> {
    let n = i16::try_from(types.len()).map_err(|_many| Error::other("too many columns"))?;
    buf.put_i16(n);
    for (value, ty) in row.iter().zip(types) {
        crate::value::check(value)?;
        let start = buf.len();
        buf.put_i32(-1);
        let written = Arg(value).to_sql(ty, buf).map_err(|e| Error::Other(format!("PostgreSQL: {e}")))?;
        if let IsNull::No = written {
            let len = i32::try_from(buf.len() - start - 4).map_err(|_big| Error::other("a text or file is larger than the database takes (1 GB)"))?;
            buf[start..start + 4].copy_from_slice(&len.to_be_bytes());
        }
    }
    Ok(())
}
