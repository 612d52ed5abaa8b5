//! What a column can mean beyond "this field".

use crate::import::coerce::Missing;
use serde::Serialize;

/// Kinds of contact points, as the object `contact_point` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    Email,
    Phone,
    Mobile,
    Fax,
    Address,
    Url,
    Handle,
}
impl PointKind {
    pub fn name(self) -> &'static str {
        match self {
            PointKind::Email => "email",
            PointKind::Phone => "phone",
            PointKind::Mobile => "mobile",
            PointKind::Fax => "fax",
            PointKind::Address => "address",
            PointKind::Url => "url",
            PointKind::Handle => "handle",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressPart {
    Street,
    HouseNumber,
    StreetLine(u8),
    Extra,
    PoBox,
    City,
    Region,
    PostalCode,
    Country,
    /// The whole address; says nothing where the parts are there.
    Formatted,
}

/// Part of a date that a file spreads over three columns (Thunderbird).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePart {
    Year,
    Month,
    Day,
}

/// What a column was understood to hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Meaning {
    Field {
        field: String,
        /// For references: the field of the target by which it is found.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        missing: Option<Missing>,
    },
    /// A whole name, to be split.
    FullName,
    Email {
        label: Option<String>,
        n: u32,
    },
    Phone {
        kind: PointKind,
        label: Option<String>,
        n: u32,
    },
    Url {
        label: Option<String>,
        n: u32,
    },
    Handle {
        platform: String,
    },
    Address {
        group: String,
        part: AddressPart,
    },
    /// Says what kind of address another column holds.
    Label {
        of: PointKind,
        n: u32,
    },
    /// The currency of one amount, or of all amounts of the row.
    Currency {
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    },
    /// Further contact points that the reader gathered.
    Points,
    DatePart {
        field: String,
        part: DatePart,
    },
    /// A yes is an objection to marketing by this channel (`email`, `phone`, `sms`, `post`, `all`).
    Objection {
        channel: String,
    },
    /// No field of ours, kept as a line `header: value` of the description.
    Note,
    /// Known and left out, for a reason.
    Ignore {
        why: String,
    },
}
impl Meaning {
    pub fn field(name: &str) -> Meaning {
        Meaning::Field { field: name.to_owned(), by: None, missing: None }
    }
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Certainty {
    /// Equal to the name or label of a field.
    Equal,
    /// By the tables of known exports.
    Known,
    /// Alike; applies only when accepted. From 0 to 1.
    Suggested { confidence: f64 },
}
