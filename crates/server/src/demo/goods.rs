//! Products, price books, pipelines: what is sold and how.

use super::{
    PipelineIds, Present,
    calendar::Day,
    ids::record_id,
    rng::Rng,
    tables::{Goods, tables},
};
use kernel::RecordId;

#[derive(Clone, Debug)]
pub(super) struct Product {
    pub(super) id: RecordId,
    pub(super) words: &'static Goods,
}
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub(super) products: Vec<Product>,
    seed: u64,
    start: Day,
}

/// A stage as it comes with the pipeline.
pub(super) struct StageWords {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) probability: i64,
    pub(super) category: &'static str,
    /// Days after which a deal rots in it.
    pub(super) rotting: i64,
    pub(super) guidance: &'static str,
}
const fn stage(name: &'static str, kind: &'static str, probability: i64, category: &'static str, rotting: i64, guidance: &'static str) -> StageWords {
    StageWords { name, kind, probability, category, rotting, guidance }
}
/// `MODEL.md` 2: the pipeline Sales.
pub(super) const SALES: [StageWords; 6] = [
    stage("Qualify", "open", 10, "pipeline", 21, "Who decides, by when, with what budget?"),
    stage("Discover", "open", 20, "pipeline", 28, "Survey on site, tasting, cups an hour."),
    stage("Propose", "open", 50, "best_case", 30, "Offer with delivery time and Wartung Plus."),
    stage("Negotiate", "open", 75, "commit", 21, "Discount above 8 % needs approval."),
    stage("Won", "won", 100, "closed", 0, ""),
    stage("Lost", "lost", 0, "omitted", 0, ""),
];
pub(super) const SERVICE: [StageWords; 6] = [
    stage("Due", "open", 40, "pipeline", 30, "Call ninety days before the end."),
    stage("Offered", "open", 60, "best_case", 30, "Offer with the number of machines counted anew."),
    stage("Agreed", "open", 90, "commit", 14, "Waiting for the signature."),
    stage("Signature", "open", 95, "commit", 14, "Waiting for the paper."),
    stage("Renewed", "won", 100, "closed", 0, ""),
    stage("Lapsed", "lost", 0, "omitted", 0, ""),
];
pub(super) const WON: usize = 4;
pub(super) const LOST: usize = 5;

impl Shelf {
    pub(super) fn new(seed: u64, start: Day) -> Shelf {
        let products = tables().goods.iter().zip(0u64..).map(|(words, n)| Product { id: record_id(seed, "product", start, 0, n), words });
        Shelf { products: products.collect(), seed, start }
    }
    pub(super) fn code(&self, code: &str) -> &Product {
        self.products.iter().find(|p| p.words.code == code).or(self.products.first()).expect("the list of products is not empty")
    }
    /// Something that runs out: coffee, filters, cleaner. The first ones sell best.
    pub(super) fn supply(&self, rng: &mut Rng, home: bool) -> &Product {
        const ORGANISATION: [(&str, f64); 7] = [("CLEAN", 26.0), ("HOUSE", 24.0), ("FILTER", 16.0), ("SIDAMO", 9.0), ("BURR", 7.0), ("CAPS", 6.0), ("DECAF", 4.0)];
        const HOME: [(&str, f64); 6] = [("HOUSE", 34.0), ("SIDAMO", 24.0), ("DECAF", 8.0), ("CLEAN", 10.0), ("CAPS", 8.0), ("FILTER", 5.0)];
        let list: &[(&str, f64)] = if home { &HOME } else { &ORGANISATION };
        self.code(list.get(rng.weighted(list.iter().map(|(_, weight)| *weight))).map_or("HOUSE", |(code, _)| code))
    }
    pub(super) fn price_book(&self, currency: usize) -> RecordId {
        record_id(self.seed, "price_book", self.start, 0, u64::try_from(currency).unwrap_or(0))
    }
    /// The sales pipeline (the workspace's own, if it has one) or that of service contracts.
    pub(super) fn pipeline(&self, present: &Present, service: bool) -> PipelineIds {
        if let (false, Some(sales)) = (service, &present.sales) {
            return sales.clone();
        }
        let group = u64::from(service);
        PipelineIds { pipeline: record_id(self.seed, "pipeline", self.start, group, 0), stages: (0..6).map(|n| record_id(self.seed, "stage", self.start, group, n)).collect() }
    }
}
