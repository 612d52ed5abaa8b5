//! Figures of an answer: enough digits to compare by, none that mean nothing.

use serde_json::{Value as Json, json};

/// Ten significant digits; null for what is no number.
#[must_use]
pub(crate) fn figure(value: f64) -> Json {
    if !value.is_finite() {
        return Json::Null;
    }
    let text = format!("{value:.9e}");
    text.parse::<f64>().map_or(Json::Null, |v| json!(v))
}
