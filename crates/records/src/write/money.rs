//! Amounts in workspace currency, kept beside the amount, so that filters, sorts and sums are one number.

use crate::{OrDb, record::Record, tx::Tx};
use kernel::{Currency, Decimal, Result};
use metadata::{Storage, Value};
use store::{Sql, Val};

impl Tx<'_> {
    /// Fills in the workspace amount by the latest rate on or before the day of `at_ms`. No rate: it stays empty and is
    /// counted as unconverted, never zero.
    pub(crate) fn with_workspace_amount(&mut self, value: Value, at_ms: i64) -> Result<Value> {
        let Value::Money { money, .. } = value else { return Ok(value) };
        let home = self.settings().currency();
        let workspace = if money.currency == home { Some(money.minor) } else { self.rate(money.currency, home, at_ms)?.and_then(|rate| money.convert(home, rate)).map(|m| m.minor) };
        Ok(Value::Money { money, workspace })
    }
    pub(crate) fn fill_workspace_amounts(&mut self, record: &mut Record) -> Result<()> {
        let names: Vec<String> = record.object.fields.values().filter(|f| f.storage == Storage::Money && !record.get(f.name()).is_null()).map(|f| f.name().to_owned()).collect();
        for name in names {
            let now = self.now_ms();
            let value = self.with_workspace_amount(record.get(&name).clone(), now)?;
            record.set(&name, value);
        }
        Ok(())
    }
    /// Units of `to` for one of `from`. Uses the inverse where only that is known.
    pub fn rate(&mut self, from: Currency, to: Currency, at_ms: i64) -> Result<Option<Decimal>> {
        if let Some(rate) = self.rates.get(&from).filter(|_| at_ms == self.now_ms() && to == self.settings().currency()) {
            return Ok(*rate);
        }
        if self.registry().object("exchange_rate").is_none() {
            return Ok(None);
        }
        let zone = self.settings().zone();
        let day = jiff::Timestamp::from_millisecond(at_ms).map(|t| zone.to_datetime(t).date().to_string()).unwrap_or_default();
        let mut find = |a: Currency, b: Currency| -> Result<Option<i64>> {
            let table = self.db().table("exchange_rate");
            let mut q = Sql::new(format!("SELECT \"rate\" FROM {table} WHERE \"archived_at\" IS NULL AND \"from\" = "));
            q.arg(a.to_string()).push(" AND \"to\" = ").arg(b.to_string()).push(" AND \"on\" <= ").arg(day.as_str()).push(" ORDER BY \"on\" DESC LIMIT 1");
            Ok(match self.db().one(&q).or_db()?.as_deref() {
                Some([Val::Int(units)]) if *units > 0 => Some(*units),
                _ => None,
            })
        };
        let rate = match find(from, to)? {
            Some(units) => Some(Decimal { units, scale: 6 }),
            None => find(to, from)?.and_then(|units| Decimal::mul_div(1_000_000, 1_000_000, units)).map(|units| Decimal { units, scale: 6 }),
        };
        if at_ms == self.now_ms() && to == self.settings().currency() {
            self.rates.insert(from, rate);
        }
        Ok(rate)
    }
}
