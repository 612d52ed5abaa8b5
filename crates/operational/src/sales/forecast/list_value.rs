//! What open deals without an amount would come to at list price, where the deals name their product in a field of their
//! own: a number beside the columns, never in them. Weighted by the win rate so far, because nothing else is known.

use super::{
    asked::Asked,
    now::empty,
    rows::{Item, groups, id, text},
    sums::{Columns, Place, amount},
};
use kernel::{Decimal, RecordId, Result};
use records::Tx;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Open deals without an amount, by product.
pub(crate) type Unpriced = HashMap<RecordId, i64>;

/// The field in which deals name a product: the first that the asker may read.
pub(crate) fn product_field(tx: &mut Tx) -> Result<Option<String>> {
    let deals = tx.object("opportunity")?;
    for field in deals.live_fields().filter(|field| field.kind().target() == Some("product") && !matches!(field.kind(), metadata::FieldType::ManyToMany { .. })) {
        if tx.reads_field("opportunity", field)? {
            return Ok(Some(field.name().to_owned()));
        }
    }
    Ok(None)
}
pub(crate) fn unpriced_now(tx: &mut Tx, asked: &Asked, product: &str) -> Result<Unpriced> {
    let filter = asked.narrowed(vec![empty("outcome"), empty("amount")]);
    let found = groups(tx, "opportunity", &filter, &[product], &json!([{"fn": "count"}]))?;
    Ok(found.iter().filter_map(|(key, values)| Some((id(key, product)?, values.first()?.as_i64()?))).collect())
}
pub(crate) fn count(unpriced: &mut Unpriced, deal: &Item, product: &str) {
    if let Some(product) = id(deal, product) {
        *unpriced.entry(product).or_default() += 1;
    }
}
/// Null where no deal names a product. A product with several prices has none.
pub(crate) fn json(tx: &mut Tx, asked: &Asked, unpriced: &Unpriced, all: &Columns) -> Result<Json> {
    if unpriced.is_empty() || !tx.reads_any("price_book_entry")? {
        return Ok(Json::Null);
    }
    let measures = json!([{"fn": "min", "field": "unit_price"}, {"fn": "max", "field": "unit_price"}]);
    let home = json!({"or": [{"field": "currency", "op": "eq", "value": asked.home.as_str()}, empty("currency")]});
    let (mut minor, mut deals) = (0i128, 0);
    for (key, values) in groups(tx, "price_book_entry", &home, &["product"], &measures)? {
        let price = |i: usize| values.get(i).and_then(Json::as_str).and_then(|text| Decimal::parse(text, 6));
        if let (Some(count), Some(low), Some(high)) = (id(&key, "product").and_then(|product| unpriced.get(&product)), price(0), price(1))
            && low == high
        {
            let scaled = i128::from(low.units) * i128::from(*count) * 10i128.pow(u32::from(asked.home.digits()));
            minor += (scaled + 500_000) / 1_000_000;
            deals += count;
        }
    }
    let (won, lost) = (all.of(&[Place::WonSoFar]).deals, all.of(&[Place::LostSoFar]).deals);
    let (won, closed) = (i128::from(won), i128::from(won + lost));
    let weighted = if closed > 0 { amount((minor * won + closed / 2) / closed, asked.home) } else { Json::Null };
    Ok(json!({"deals": deals, "without_price": unpriced.values().sum::<i64>() - deals, "amount": amount(minor, asked.home), "weighted": weighted}))
}
/// A deal of which it is not known what it is worth.
pub(crate) fn is_unpriced(deal: &Item) -> bool {
    text(deal, "outcome").is_none() && deal.get("amount").is_none_or(Json::is_null)
}
