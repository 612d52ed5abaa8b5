//! The total of a line: quantity times price less discount, in the deal's currency, rounded once (EN 16931).

use kernel::{Currency, Decimal, Money, Result};
use metadata::Value;
use records::{Draft, Tx};

pub(crate) fn before(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    if !["quantity", "unit_price", "discount"].iter().any(|f| draft.changed(f)) || draft.changed("total") && !draft.get("total").is_null() {
        return Ok(());
    }
    let deal = {
        let row = draft.after.clone();
        tx.follow(&row, "opportunity")?
    };
    let currency = match deal.as_ref().map(|d| d.get("amount")) {
        Some(Value::Money { money, .. }) => money.currency,
        _ => tx.settings().currency(),
    };
    let total = total(decimal(draft.get("quantity")), decimal(draft.get("unit_price")), decimal(draft.get("discount")), currency);
    draft.set("total", total.map_or(Value::Null, |money| Value::Money { money, workspace: None }));
    Ok(())
}
fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(d) => Some(*d),
        _ => None,
    }
}
/// Empty where quantity or price is not known.
pub(crate) fn total(quantity: Option<Decimal>, price: Option<Decimal>, discount: Option<Decimal>, currency: Currency) -> Option<Money> {
    let (quantity, price) = (quantity?, price?);
    let keep = discount.map_or(1_000_000, |d| 1_000_000 - d.units.min(1_000_000)); // percent points at scale 4: 100 % is 1,000,000
    let product = i128::from(quantity.units) * i128::from(price.units) * i128::from(keep);
    let scale = u32::from(quantity.scale) + u32::from(price.scale) + 6;
    let divisor = 10i128.pow(scale - u32::from(currency.digits()));
    let half = if product < 0 { -(divisor / 2) } else { divisor / 2 };
    i64::try_from((product + half) / divisor).ok().map(|minor| Money { minor, currency })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn lines_round_once() {
        let d = |text, scale| Decimal::parse(text, scale);
        for (quantity, price, discount, amount) in [("3", "9.995", None, "29.99"), ("1", "10", Some("33.3333"), "6.67"), ("-2", "1.005", None, "-2.01"), ("2.5", "0.01", Some("50"), "0.01")] {
            let got = total(d(quantity, 6), d(price, 6), discount.and_then(|x| d(x, 4)), Currency::EUR);
            assert_eq!(got.map(Money::amount).as_deref(), Some(amount), "{quantity} x {price}");
        }
        assert_eq!(total(None, d("1", 6), None, Currency::EUR), None);
    }
}
