//! The demo world: Velden & Roth, a maker of coffee machines, with its staff, customers and two years of history.
//!
//! A pure function of (seed, number of contacts, last day): the same three give the same bytes. The world comes as a
//! stream of batches in an order in which every reference points backwards, so that a million contacts need no more
//! memory than a thousand. What it shows is meant to be true of real sales organisations: seasons, a few large
//! customers, win rates that differ by source and rep, deals that rot, customers that fade away, campaigns with an
//! effect that a held-out group reveals.
//!
//! `data/` holds the words; `plan` says how much of what; `story` tells one customer; `base` is the company itself;
//! `fill` writes it all through `records`.

mod base;
mod bins;
mod calendar;
mod campaign;
mod fill;
mod goods;
mod ids;
mod money;
mod plan;
mod rng;
mod staff;
mod story;
mod tables;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use fill::fill;

use bins::Bins;
use calendar::{Calendar, day_of};
use campaign::Campaign;
use goods::Shelf;
use jiff::civil::Date;
use kernel::RecordId;
use money::Currencies;
use plan::{Plan, Seats};
use serde_json::{Map, Value as Json};
use staff::Staff;
use std::collections::VecDeque;

/// Rows of one object, at most [`BATCH_ROWS`], to be created in this order. Rows carry their `id`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Batch {
    pub(crate) object: &'static str,
    pub(crate) rows: Vec<Map<String, Json>>,
}
/// What one bulk request takes.
pub(crate) const BATCH_ROWS: usize = 5_000;
/// Customers are told until about so many rows wait; then they go out, parents before children.
const CHUNK_ROWS: usize = 20_000;

/// Ids of a pipeline and its stages in order, for a workspace that has one already.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PipelineIds {
    pub(crate) pipeline: RecordId,
    pub(crate) stages: Vec<RecordId>,
}

/// What a workspace brings along, so that the world uses it instead of making its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Present {
    /// The sales pipeline: four open stages, then won and lost.
    pub(crate) sales: Option<PipelineIds>,
    /// Codes and ids of purposes that are there.
    pub(crate) purposes: Vec<(String, RecordId)>,
}

pub(crate) struct World {
    seed: u64,
    calendar: Calendar,
    plan: Plan,
    staff: Staff,
    shelf: Shelf,
    currencies: Currencies,
    campaigns: Vec<Campaign>,
    present: Present,
}

impl World {
    /// `today` is the first day that has not happened yet: all history lies before it.
    pub(crate) fn new(seed: u64, contacts: usize, today: Date) -> World {
        let today = day_of(today);
        let season = &tables::tables().basics.season;
        let calendar = Calendar { start: today - 730, today, seasons: [season.business, season.home] };
        World {
            seed,
            plan: Plan::new(seed, contacts, &calendar),
            staff: Staff::new(seed, contacts, calendar.start, today),
            shelf: Shelf::new(seed, calendar.start),
            currencies: Currencies::new(seed, &calendar),
            campaigns: campaign::campaigns(seed, &calendar),
            present: Present::default(),
            calendar,
        }
    }
    /// The same world on top of what a workspace has already.
    #[must_use]
    pub(crate) fn on(self, present: Present) -> World {
        World { present, ..self }
    }
    /// E-mails of one rep and one manager, to sign in and look around with.
    pub(crate) fn guides(&self) -> (String, String) {
        let email = |login: &str| self.staff.get(self.staff.login(login)).email.clone();
        (email("katrin.brandstaetter"), email("agnieszka.wilczynska"))
    }
    /// About how many rows come, for a progress bar; within a seventh.
    pub(crate) fn estimated_rows(&self) -> u64 {
        u64::try_from(self.plan.contacts).unwrap_or(0) * 18 + 1_000
    }
    /// All rows, parents first. Iterating twice gives the same.
    pub(crate) fn batches(&self) -> impl Iterator<Item = Batch> + '_ {
        Batches { world: self, seats: self.plan.seats(), ready: base::batches(self).into() }
    }
}

struct Batches<'w> {
    world: &'w World,
    seats: Seats<'w>,
    ready: VecDeque<Batch>,
}
impl Iterator for Batches<'_> {
    type Item = Batch;
    fn next(&mut self) -> Option<Batch> {
        while self.ready.is_empty() {
            let mut bins = Bins::default();
            while bins.rows() < CHUNK_ROWS {
                let Some(seat) = self.seats.next() else { break };
                story::tell(self.world, &seat, &mut bins);
            }
            if bins.rows() == 0 {
                return None;
            }
            self.ready.extend(bins.into_batches());
        }
        self.ready.pop_front()
    }
}
