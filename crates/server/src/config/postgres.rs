use super::{parse, reader::Reader};

/// How PostgreSQL is used, where it is.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    /// Connections shared by all workspaces.
    pub(crate) connections: usize,
    /// Workspace `main` is the schema `<prefix>main`.
    pub(crate) schema_prefix: String,
}

impl Postgres {
    pub(super) fn read(reader: &mut Reader) -> Postgres {
        Postgres {
            connections: reader.get("postgres.connections", "24", "Connections to PostgreSQL, shared by all workspaces.", parse::count(2, 1_000)),
            schema_prefix: reader.get("postgres.schema_prefix", "ws_", "Workspace main is the schema <prefix>main; another prefix lets installations share a database.", prefix),
        }
    }
}

fn prefix(text: &str) -> Result<String, String> {
    let sound = text.len() <= 20 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if sound && !text.starts_with("pg_") { Ok(text.to_owned()) } else { Err("is not 1 to 20 lower case letters, digits and _, beginning with a letter, not with pg_".into()) }
}
