//! The queue of pairs that may be the same, as the second opinion answers it.

use super::{Opinion, status};
use crate::rights::pairs::pairs_of;
use serde_json::{Value as Json, json};
use testkit::policy::{Action, Mutation, Row};

impl Opinion<'_> {
    /// Pairs of which both sides are live and may be read.
    pub(super) fn queue(&self, object: &str) -> Json {
        if !self.view.can(Action::Read, object) {
            return status(403);
        }
        let bent = self.world().mutation;
        let seen = |row: &&Row| self.view.may(Action::Read, object, &row.id) && (!row.is_archived() || bent == Some(Mutation::ArchivedCounted));
        let shown = |(a, b): &(&Row, &Row)| match bent {
            Some(Mutation::OneSideSuffices) => seen(a) || seen(b),
            _ => seen(a) && seen(b),
        };
        let rows: Vec<&Row> = self.world().rows_of(object).collect();
        let mut out: Vec<[&str; 2]> = pairs_of(&rows).filter(shown).map(|(a, b)| [a.id.as_str(), b.id.as_str()]).collect();
        out.sort_unstable();
        json!(out)
    }
}
