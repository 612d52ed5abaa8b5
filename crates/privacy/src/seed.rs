//! The purposes that every organisation has; the privacy officer adds to them.

use kernel::Result;
use records::Tx;
use serde_json::{Map, json};

pub(crate) fn purposes(tx: &mut Tx) -> Result<()> {
    let all = [
        json!({"code": "contract", "name": "Orders and contracts", "class": "contract", "default_basis": "contract", "text": "To deliver what was ordered, to bill it and to keep what the law asks for."}),
        json!({"code": "service", "name": "Service", "class": "service", "default_basis": "contract", "text": "To answer questions and to help."}),
        json!({"code": "marketing", "name": "Marketing", "class": "marketing", "default_basis": "consent", "text": "News and offers."}),
    ];
    for purpose in all {
        tx.write_fact("purpose", purpose.as_object().unwrap_or(&Map::new()))?;
    }
    Ok(())
}
