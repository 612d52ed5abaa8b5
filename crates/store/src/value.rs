//! The five kinds of value both engines share. Booleans are 0/1, time is milliseconds, money is minor units:
//! what a number means is known by the definitions of objects, not here.

/// A value on its way into a text, or kept from a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// A value inside a row: borrows from the driver's buffer, copies nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl<'a> Cell<'a> {
    pub fn to_val(self) -> Val {
        match self {
            Cell::Null => Val::Null,
            Cell::Int(n) => Val::Int(n),
            Cell::Real(n) => Val::Real(n),
            Cell::Text(s) => Val::Text(s.to_owned()),
            Cell::Blob(b) => Val::Blob(b.to_owned()),
        }
    }

    /// The text, or `None` for null and every other kind.
    pub fn as_str(self) -> Option<&'a str> {
        if let Cell::Text(s) = self { Some(s) } else { None }
    }

    /// The whole number, or `None` for null and every other kind (a real is not rounded).
    pub fn as_int(self) -> Option<i64> {
        if let Cell::Int(n) = self { Some(n) } else { None }
    }

    /// The number as a real; whole numbers are converted.
    pub fn as_real(self) -> Option<f64> {
        match self {
            Cell::Real(n) => Some(n),
            Cell::Int(n) => Some(n as f64),
            _ => None,
        }
    }

    pub fn as_blob(self) -> Option<&'a [u8]> {
        if let Cell::Blob(b) = self { Some(b) } else { None }
    }

    pub fn is_null(self) -> bool {
        matches!(self, Cell::Null)
    }
}

impl Val {
    pub fn as_cell(&self) -> Cell<'_> {
        match self {
            Val::Null => Cell::Null,
            Val::Int(n) => Cell::Int(*n),
            Val::Real(n) => Cell::Real(*n),
            Val::Text(s) => Cell::Text(s),
            Val::Blob(b) => Cell::Blob(b),
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        self.as_cell().as_str()
    }

    pub fn as_int(&self) -> Option<i64> {
        self.as_cell().as_int()
    }

    pub fn as_real(&self) -> Option<f64> {
        self.as_cell().as_real()
    }

    pub fn as_blob(&self) -> Option<&[u8]> {
        self.as_cell().as_blob()
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Val::Null)
    }
}

macro_rules! from {
    ($($type:ty => $make:expr),* $(,)?) => {$(
        impl From<$type> for Val {
            fn from(v: $type) -> Val {
                let make: fn($type) -> Val = $make;
                make(v)
            }
        }
    )*};
}

from! {
    i64 => Val::Int,
    i32 => |n| Val::Int(n.into()),
    u32 => |n| Val::Int(n.into()),
    u8 => |n| Val::Int(n.into()),
    bool => |b| Val::Int(b.into()),
    f64 => Val::Real,
    String => Val::Text,
    &str => |s| Val::Text(s.to_owned()),
    &String => |s| Val::Text(s.clone()),
    Vec<u8> => Val::Blob,
    &[u8] => |b| Val::Blob(b.to_owned()),
    Cell<'_> => |c| c.to_val(),
    &Val => |v| v.clone(),
}

impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(v: Option<T>) -> Val {
        v.map_or(Val::Null, Into::into)
    }
}

/// What neither engine may be given: PostgreSQL refuses NUL in text, SQLite turns NaN into null, and neither NaN nor
/// infinity can be shown as JSON.
pub(crate) fn check(value: &Val) -> Result<(), crate::Error> {
    match value {
        Val::Text(s) if s.contains('\0') => Err(crate::Error::other("a text holds the character NUL, which a database cannot keep")),
        Val::Real(n) if !n.is_finite() => Err(crate::Error::other("a number is not finite")),
        _ => Ok(()),
    }
}
