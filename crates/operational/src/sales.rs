//! Sales force automation. `opportunity` is the exemplar slice: read it first, do the same.

pub mod forecast;
pub mod lead;
pub mod opportunity;
pub mod order;

use kernel::Result;
use records::{Report, Rules, Tx, Verb};

pub(crate) const OBJECTS: [&str; 16] = [
    include_str!("sales/contract/contract.toml"),
    include_str!("sales/forecast/forecast_override.toml"),
    include_str!("sales/forecast/quota.toml"),
    include_str!("sales/lead/lead.toml"),
    include_str!("sales/opportunity/opportunity.toml"),
    include_str!("sales/opportunity/opportunity_line.toml"),
    include_str!("sales/opportunity/pipeline.toml"),
    include_str!("sales/opportunity/stage.toml"),
    include_str!("sales/order/order.toml"),
    include_str!("sales/order/order_line.toml"),
    include_str!("sales/order/party_credit.toml"),
    include_str!("sales/order/payment.toml"),
    include_str!("sales/product/price_book.toml"),
    include_str!("sales/product/price_book_entry.toml"),
    include_str!("sales/product/product.toml"),
    include_str!("sales/territory/territory.toml"),
];

pub(crate) fn rules() -> Vec<Rules> {
    let mut out = opportunity::rules();
    out.extend(lead::rules());
    out.extend(order::rules());
    out.extend(forecast::rules());
    out.push(Rules { object: "territory", before: Some(crate::tree::below_parent), after: None });
    out
}
pub(crate) fn reports() -> Vec<Report> {
    forecast::reports()
}
pub(crate) fn verbs() -> Vec<Verb> {
    let mut out = opportunity::verbs();
    out.extend(lead::verbs());
    out
}
pub(crate) fn seed(tx: &mut Tx) -> Result<()> {
    opportunity::seed(tx)
}
