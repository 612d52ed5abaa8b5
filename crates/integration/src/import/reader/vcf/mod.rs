//! vCard 2.1 (versit, 1996), 3.0 (RFC 2426) and 4.0 (RFC 6350): `lines` undoes the folding, `card` reads properties and
//! their parameters, `rows` makes a contact of a card.

mod card;
mod lines;
mod rows;
mod text;

pub use card::{Card, Cards, Property};
pub use rows::{COLUMNS, row_of};
pub use text::{escape, fold_line};

use super::{Column, Notice, Notices, OpenError, OpenOptions, RawRow, RowError, Source, Utf8Reader, encoding, open::rewound};
use std::fs::File;
use std::io::Read;

/// The cards of a file as contacts. The columns are fixed and carry the names of the fields of a contact.
pub(super) struct VcfSource {
    cards: Cards<Box<dyn Read + Send>>,
    columns: Vec<Column>,
    notices: Notices,
}

impl VcfSource {
    pub(super) fn open(file: File, options: &OpenOptions) -> Result<Self, OpenError> {
        let mut notices = Notices::default();
        let mut file = rewound(file)?;
        let found = encoding::detect(&mut file, options.encoding.as_deref(), &mut notices)?;
        let wide = found.encoding == encoding_rs::UTF_16LE || found.encoding == encoding_rs::UTF_16BE;
        // Each property of an 8-bit file may name a charset of its own, so its bytes are kept until then.
        let (input, default): (Box<dyn Read + Send>, _) = match wide {
            true => (Box::new(Utf8Reader::new(file, found)), encoding_rs::UTF_8),
            false => {
                std::io::copy(&mut (&mut file).take(found.bom as u64), &mut std::io::sink())?;
                (Box::new(file), found.encoding)
            }
        };
        let columns = COLUMNS.iter().map(|name| Column { name: (*name).to_owned(), original: (*name).to_owned() }).collect();
        Ok(VcfSource { cards: Cards::new(input, default, options.limits.field_bytes), columns, notices })
    }
}

impl Source for VcfSource {
    fn columns(&self) -> &[Column] {
        &self.columns
    }
    fn next(&mut self) -> Option<Result<RawRow, RowError>> {
        Some(self.cards.next()?.map(|card| {
            for odd in &card.oddities {
                self.notices.add(Some(odd.0), "odd_property", odd.1.clone());
            }
            RawRow { line: card.line, cells: row_of(&card) }
        }))
    }
    fn notices(&self) -> &[Notice] {
        self.notices.list()
    }
}
