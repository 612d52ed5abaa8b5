use super::{Refusal, text::kind_of};
use crate::value::Value;
use kernel::{Currency, Decimal, Money};
use serde_json::Value as Json;

pub(super) fn integer(json: &Json) -> Result<Value, Refusal> {
    json.as_i64().map(Value::Int).ok_or_else(|| ("wrong_type", format!("A whole number is expected, not {}.", if json.is_number() { "a fraction or a number that large" } else { kind_of(json) })))
}
/// Decimals come as text, so that no digit is lost; a JSON number is taken by its own digits.
fn digits(json: &Json) -> Result<String, Refusal> {
    match json {
        Json::String(text) => Ok(text.trim().to_owned()),
        Json::Number(number) => {
            let text = number.to_string();
            if text.contains(['e', 'E']) { number.as_f64().map(|f| f.to_string()).ok_or_else(|| ("bad_number", "This number cannot be read.".into())) } else { Ok(text) }
        }
        other => Err(("wrong_type", format!("A number is expected, not {}.", kind_of(other)))),
    }
}
pub(super) fn decimal(json: &Json, scale: u8) -> Result<Value, Refusal> {
    let text = digits(json)?;
    Decimal::parse(&text, scale).map(Value::Decimal).ok_or_else(|| ("bad_number", format!("This is not a number with at most {scale} digits after the point.")))
}
pub(super) fn money(json: &Json, default: Currency) -> Result<Value, Refusal> {
    let (amount, currency) = match json {
        Json::Object(parts) => {
            if let Some(odd) = parts.keys().find(|k| !matches!(k.as_str(), "amount" | "currency" | "rate" | "unconverted" | "workspace_amount")) {
                return Err(("unknown_key", format!("An amount has \"amount\" and \"currency\", not \"{odd}\".")));
            }
            let currency = match parts.get("currency") {
                None | Some(Json::Null) => default,
                Some(code) => code.as_str().and_then(|c| c.parse().ok()).ok_or(("unknown_currency", "The currency is not a code of ISO 4217, such as EUR.".to_owned()))?,
            };
            match parts.get("amount") {
                None | Some(Json::Null) => return if parts.contains_key("currency") { Err(("missing_amount", "The amount is missing.".into())) } else { Ok(Value::Null) },
                Some(amount) => (digits(amount)?, currency),
            }
        }
        other => (digits(other)?, default),
    };
    let money = Money::parse(&amount, currency).ok_or_else(|| ("bad_amount", format!("This is not an amount in {currency} with at most {} digits after the point.", currency.digits())))?;
    Ok(Value::Money { money, workspace: None })
}
pub(super) fn boolean(json: &Json) -> Result<Value, Refusal> {
    json.as_bool().map(Value::Bool).ok_or_else(|| ("wrong_type", format!("true or false is expected, not {}.", kind_of(json))))
}
