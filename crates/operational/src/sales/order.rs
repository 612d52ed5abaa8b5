//! Orders: net of a line follows from quantity, price and discount; totals of an order from its lines.

use crate::sales::opportunity::total;
use kernel::{Decimal, Money, RecordId, Result};
use metadata::Value;
use records::{Draft, Rules, Tx, Written};
use serde_json::{Map, json};

pub(crate) fn rules() -> Vec<Rules> {
    vec![
        Rules { object: "order", before: Some(order), after: None },
        Rules { object: "order_line", before: Some(line), after: Some(line_written) },
        Rules { object: "payment", before: Some(payment), after: Some(payment_written) },
    ]
}
fn order(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.after.get("ordered_at").is_null() && !matches!(draft.after.text("status"), "" | "draft") {
        draft.set("ordered_at", Value::DateTime(tx.now_ms()));
    }
    Ok(())
}
fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(d) => Some(*d),
        _ => None,
    }
}
fn line(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    let priced = ["quantity", "unit_price", "discount"].iter().any(|f| draft.changed(f));
    if priced && !draft.get("unit_price").is_null() && (!draft.changed("net") || draft.get("net").is_null()) {
        let row = draft.after.clone();
        let currency = match tx.follow(&row, "order")?.as_ref().map(|o| o.get("total").clone()) {
            Some(Value::Money { money, .. }) => money.currency,
            _ => tx.settings().currency(),
        };
        let net = total(decimal(draft.get("quantity")), decimal(draft.get("unit_price")), decimal(draft.get("discount")), currency);
        draft.set("net", net.map_or(Value::Null, |money| Value::Money { money, workspace: None }));
    }
    if let (Value::Money { money, .. }, Some(rate)) = (draft.get("net").clone(), decimal(draft.get("tax_rate")))
        && (draft.changed("net") || draft.changed("tax_rate"))
        && (!draft.changed("tax") || draft.get("tax").is_null())
    {
        let tax = Decimal::mul_div(money.minor, rate.units, 1_000_000).map(|minor| Money { minor, currency: money.currency });
        draft.set("tax", tax.map_or(Value::Null, |money| Value::Money { money, workspace: None }));
    }
    Ok(())
}
/// Totals given by hand or import stay; an order without them takes the sum of its lines.
fn line_written(tx: &mut Tx, written: &Written) -> Result<()> {
    let orders: Vec<RecordId> = [written.before, Some(written.after)].into_iter().flatten().filter_map(|r| r.reference("order")).collect();
    let Some(order) = orders.first().copied() else { return Ok(()) };
    tx.as_system("jobs", |tx| {
        let (Some(object), Some(lines)) = (tx.registry().object("order").cloned(), tx.registry().object("order_line").cloned()) else { return Ok(()) };
        let Some(record) = tx.load(&object, order)? else { return Ok(()) };
        let computed = record.get("net").is_null() && record.get("total").is_null() || tx.computed_totals(order)?;
        if !computed {
            return Ok(());
        }
        let (mut net, mut tax, mut currency) = (0i64, 0i64, tx.settings().currency());
        for id in tx.ids("order_line", &json!({"field": "order", "op": "eq", "value": order.to_string()}), 5_000)? {
            let Some(line) = tx.load(&lines, id)? else { continue };
            if let Value::Money { money, .. } = line.get("net") {
                net = net.saturating_add(money.minor);
                currency = money.currency;
            }
            if let Value::Money { money, .. } = line.get("tax") {
                tax = tax.saturating_add(money.minor);
            }
        }
        let amount = |minor: i64| json!({"amount": Money { minor, currency }.amount(), "currency": currency.as_str()});
        let mut change = Map::new();
        change.insert("net".into(), amount(net));
        change.insert("tax".into(), amount(tax));
        change.insert("total".into(), amount(net.saturating_add(tax)));
        tx.change_fact("order", order, &change)
    })
}
fn payment(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if draft.changed("status") && draft.after.text("status") == "paid" && draft.after.get("paid_at").is_null() {
        draft.set("paid_at", Value::DateTime(tx.now_ms()));
    }
    Ok(())
}
/// Whether an order is paid follows from its payments against its total.
fn payment_written(tx: &mut Tx, written: &Written) -> Result<()> {
    let Some(order) = written.after.reference("order") else { return Ok(()) };
    tx.as_system("jobs", |tx| {
        let (Some(object), Some(payments)) = (tx.registry().object("order").cloned(), tx.registry().object("payment").cloned()) else { return Ok(()) };
        let Some(record) = tx.load(&object, order)? else { return Ok(()) };
        let (mut paid, mut refunded, mut written_off) = (0i64, false, false);
        for id in tx.ids("payment", &json!({"field": "order", "op": "eq", "value": order.to_string()}), 5_000)? {
            let Some(payment) = tx.load(&payments, id)? else { continue };
            match (payment.text("status"), payment.get("amount")) {
                ("paid", Value::Money { money, .. }) => paid = paid.saturating_add(money.minor),
                ("refunded", _) => refunded = true,
                ("written_off", _) => written_off = true,
                _ => {}
            }
        }
        let total = match record.get("total") {
            Value::Money { money, .. } => Some(money.minor),
            _ => None,
        };
        let status = match total {
            Some(total) if paid >= total && paid > 0 => "paid",
            _ if paid > 0 => "partly_paid",
            _ if refunded => "refunded",
            _ if written_off => "written_off",
            _ => "open",
        };
        let mut change = Map::new();
        change.insert("payment_status".into(), json!(status));
        tx.change_fact("order", order, &change)
    })
}
