//! Our five kinds of value to and from PostgreSQL's binary form. The server says which type a placeholder or column
//! has; tables of ours use bigint, double precision, text and bytea only, the rest comes from functions and catalogues.

use crate::{Cell, Error, Val};
use bytes::{BufMut as _, BytesMut};
use std::{error::Error as StdError, fmt};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// A value as a parameter. Its `Debug` shows no value: drivers log their parameters.
pub(super) struct Arg<'a>(pub(super) &'a Val);

impl fmt::Debug for Arg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("value")
    }
}

type Boxed = Box<dyn StdError + Sync + Send>;

impl ToSql for Arg<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self.0 {
            Val::Null => return Ok(IsNull::Yes),
            Val::Int(n) => put_int(*n, ty, out)?,
            Val::Real(n) => put_real(*n, ty, out)?,
            Val::Text(s) if is_text(ty) => out.put_slice(s.as_bytes()),
            Val::Text(s) if *ty == Type::JSONB => {
                out.put_u8(1); // version of the format
                out.put_slice(s.as_bytes());
            }
            Val::Blob(b) if *ty == Type::BYTEA => out.put_slice(b),
            Val::Text(_) => return Err(misfit("a text", ty)),
            Val::Blob(_) => return Err(misfit("bytes", ty)),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn is_text(ty: &Type) -> bool {
    // a list of names is passed as one JSON text; a time zone as text
    [Type::TEXT, Type::VARCHAR, Type::NAME, Type::BPCHAR, Type::JSON, Type::UNKNOWN].contains(ty)
}

fn put_int(n: i64, ty: &Type, out: &mut BytesMut) -> Result<(), Boxed> {
    match *ty {
        Type::INT8 => out.put_i64(n),
        Type::INT4 => out.put_i32(i32::try_from(n).map_err(|_range| misfit("a whole number this large", ty))?),
        Type::INT2 => out.put_i16(i16::try_from(n).map_err(|_range| misfit("a whole number this large", ty))?),
        Type::OID => out.put_u32(u32::try_from(n).map_err(|_range| misfit("a whole number this large", ty))?),
        Type::FLOAT8 => out.put_f64(n as f64),
        Type::BOOL if n == 0 || n == 1 => out.put_u8(u8::from(n == 1)),
        Type::NUMERIC => put_numeric(n, out),
        // as SQLite does for a column of affinity TEXT
        _ if is_text(ty) => out.put_slice(n.to_string().as_bytes()),
        _ => return Err(misfit("a whole number", ty)),
    }
    Ok(())
}

fn put_real(n: f64, ty: &Type, out: &mut BytesMut) -> Result<(), Boxed> {
    match *ty {
        Type::FLOAT8 => out.put_f64(n),
        // as SQLite does for a column of affinity INTEGER; the bounds are exact in a double
        Type::INT8 if n.fract() == 0.0 && (-9.2e18..9.2e18).contains(&n) => out.put_i64(n as i64),
        _ => return Err(misfit("a real number", ty)),
    }
    Ok(())
}

/// Groups of four decimal digits, the first one's weight as a power of 10,000.
fn put_numeric(n: i64, out: &mut BytesMut) {
    let mut groups = Vec::new();
    let mut rest = n.unsigned_abs();
    while rest > 0 {
        groups.push((rest % 10_000) as i16);
        rest /= 10_000;
    }
    out.put_i16(groups.len() as i16);
    out.put_i16(groups.len() as i16 - 1);
    out.put_u16(if n < 0 { NEGATIVE } else { 0 });
    out.put_i16(0);
    for group in groups.iter().rev() {
        out.put_i16(*group);
    }
}

fn misfit(what: &str, ty: &Type) -> Boxed {
    format!("{what} was given where the database wants {}", ty.name()).into()
}

/// How to read a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Int8,
    Int4,
    Int2,
    Oid,
    Bool,
    Float8,
    Float4,
    Numeric,
    Text,
    Bytes,
}

pub(super) fn kind_of(ty: &Type) -> Result<Kind, Error> {
    Ok(match *ty {
        Type::INT8 => Kind::Int8,
        Type::INT4 => Kind::Int4,
        Type::INT2 => Kind::Int2,
        Type::OID => Kind::Oid,
        Type::BOOL => Kind::Bool,
        Type::FLOAT8 => Kind::Float8,
        Type::FLOAT4 => Kind::Float4,
        Type::NUMERIC => Kind::Numeric,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::UNKNOWN => Kind::Text,
        Type::BYTEA => Kind::Bytes,
        _ => return Err(Error::Schema(format!("a column of type {} must be converted in the query", ty.name()))),
    })
}

/// A column's bytes as they came.
pub(super) struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Raw<'a>, Boxed> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl<'a> Raw<'a> {
    /// Bytes that are not what their type promises read as the bytes they are.
    pub(super) fn cell(self, kind: Kind) -> Cell<'a> {
        let bytes = self.0;
        self.read(kind).unwrap_or(Cell::Blob(bytes))
    }

    fn read(self, kind: Kind) -> Option<Cell<'a>> {
        let b = self.0;
        Some(match kind {
            Kind::Int8 => Cell::Int(i64::from_be_bytes(b.try_into().ok()?)),
            Kind::Int4 => Cell::Int(i32::from_be_bytes(b.try_into().ok()?).into()),
            Kind::Int2 => Cell::Int(i16::from_be_bytes(b.try_into().ok()?).into()),
            Kind::Oid => Cell::Int(u32::from_be_bytes(b.try_into().ok()?).into()),
            Kind::Bool => Cell::Int((*b.first()? != 0).into()),
            Kind::Float8 => Cell::Real(f64::from_be_bytes(b.try_into().ok()?)),
            Kind::Float4 => Cell::Real(f32::from_be_bytes(b.try_into().ok()?).into()),
            Kind::Numeric => numeric(b)?,
            Kind::Text => Cell::Text(std::str::from_utf8(b).ok()?),
            Kind::Bytes => Cell::Blob(b),
        })
    }
}

const NEGATIVE: u16 = 0x4000;

/// `sum(bigint)` and `avg` are numeric: whole if no decimals were asked for and it fits, else the nearest double.
/// "Not a number" is null, as SQLite has it.
fn numeric(b: &[u8]) -> Option<Cell<'static>> {
    let words: Vec<u16> = b.chunks_exact(2).map(|w| u16::from_be_bytes([w[0], w[1]])).collect();
    let [_, weight, sign, scale, groups @ ..] = &words[..] else { return None };
    match *sign {
        0 | NEGATIVE => {}
        0xD000 => return Some(Cell::Real(f64::INFINITY)),
        0xF000 => return Some(Cell::Real(f64::NEG_INFINITY)),
        _ => return Some(Cell::Null),
    }
    let weight = i32::from(*weight as i16);
    let mut text = String::from(if *sign == NEGATIVE { "-" } else { "" });
    text.push('0');
    for i in 0..=weight.max(-1) {
        let group = usize::try_from(i).ok().and_then(|i| groups.get(i)).copied().unwrap_or(0);
        text.push_str(&format!("{group:04}"));
    }
    if *scale == 0
        && let Ok(whole) = text.parse::<i64>()
    {
        return Some(Cell::Int(whole));
    }
    text.push('.');
    // groups behind the point start at index weight + 1, which is negative for numbers below 0.0001
    for _ in weight + 1..0 {
        text.push_str("0000");
    }
    for group in groups.iter().skip(usize::try_from(weight + 1).unwrap_or(0)) {
        text.push_str(&format!("{group:04}"));
    }
    text.push('0');
    text.parse().ok().map(Cell::Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|w| w.to_be_bytes()).collect()
    }

    #[test]
    fn numerics_are_whole_or_the_nearest_double() {
        let cases: [(&[u16], Cell<'_>); 8] = [
            (&[0, 0, 0, 0], Cell::Int(0)),
            (&[1, 0, NEGATIVE, 0, 42], Cell::Int(-42)),
            (&[1, 2, 0, 0, 3], Cell::Int(300_000_000)),
            (&[2, 0, 0, 2, 1, 5000], Cell::Real(1.5)),
            (&[1, u16::MAX, 0, 4, 25], Cell::Real(0.0025)),
            (&[1, u16::MAX - 1, NEGATIVE, 8, 25], Cell::Real(-0.000_000_25)),
            (&[0, 0, 0xC000, 0], Cell::Null),
            (&[1, 5, 0, 0, 1], Cell::Real(1e20)),
        ];
        for (words, expected) in cases {
            assert_eq!(numeric(&bytes(words)), Some(expected), "{words:?}");
        }
    }

    #[test]
    fn whole_numbers_become_numerics() {
        for n in [0, 1, -1, 9999, 10_000, 123_456_789, i64::MAX, i64::MIN] {
            let mut out = BytesMut::new();
            put_numeric(n, &mut out);
            assert_eq!(numeric(&out), Some(Cell::Int(n)));
        }
    }
}
