//! Rows of a few customers, sorted into the order in which they may be written.

use super::{BATCH_ROWS, Batch, ids::Row};
use serde_json::{Map, Value as Json};

/// Objects in the order of writing. An object stands here more than once where its rows refer to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bin {
    Account,
    Branch,
    Contact,
    Report,
    ContactPoint,
    PartyRole,
    Relationship,
    Consent,
    Opportunity,
    Contract,
    Renewal,
    OpportunityLine,
    Order,
    Return,
    OrderLine,
    Payment,
    Case,
    Conversation,
    Interaction,
    Reply,
    ReplyToReply,
    Meeting,
    Participant,
    Lead,
    Touchpoint,
    CampaignMember,
    Task,
    Note,
    ExternalReference,
    StateChange,
}
const ORDER: [(Bin, &str); 30] = [
    (Bin::Account, "account"),
    (Bin::Branch, "account"),
    (Bin::Contact, "contact"),
    (Bin::Report, "contact"),
    (Bin::ContactPoint, "contact_point"),
    (Bin::PartyRole, "party_role"),
    (Bin::Relationship, "relationship"),
    (Bin::Consent, "consent"),
    (Bin::Opportunity, "opportunity"),
    (Bin::Contract, "contract"),
    (Bin::Renewal, "opportunity"),
    (Bin::OpportunityLine, "opportunity_line"),
    (Bin::Order, "order"),
    (Bin::Return, "order"),
    (Bin::OrderLine, "order_line"),
    (Bin::Payment, "payment"),
    (Bin::Case, "case"),
    (Bin::Conversation, "conversation"),
    (Bin::Interaction, "interaction"),
    (Bin::Reply, "interaction"),
    (Bin::ReplyToReply, "interaction"),
    (Bin::Meeting, "meeting"),
    (Bin::Participant, "participant"),
    (Bin::Lead, "lead"),
    (Bin::Touchpoint, "touchpoint"),
    (Bin::CampaignMember, "campaign_member"),
    (Bin::Task, "task"),
    (Bin::Note, "note"),
    (Bin::ExternalReference, "external_reference"),
    (Bin::StateChange, "state_change"),
];

#[derive(Debug, Default)]
pub(super) struct Bins {
    bins: [Vec<Map<String, Json>>; ORDER.len()],
    rows: usize,
}
impl Bins {
    pub(super) fn put(&mut self, bin: Bin, row: Row) {
        if let Some(slot) = self.bins.get_mut(bin as usize) {
            slot.push(row.into_map());
            self.rows += 1;
        }
    }
    pub(super) fn rows(&self) -> usize {
        self.rows
    }
    pub(super) fn into_batches(self) -> Vec<Batch> {
        let mut out = Vec::new();
        for ((_, object), mut rows) in ORDER.into_iter().zip(self.bins) {
            if object == "order" {
                // The engine numbers orders as they come; within a chunk that is by time.
                rows.sort_by(|a, b| text(a, "ordered_at").cmp(text(b, "ordered_at")));
            }
            while rows.len() > BATCH_ROWS {
                let rest = rows.split_off(BATCH_ROWS);
                out.push(Batch { object, rows: std::mem::replace(&mut rows, rest) });
            }
            if !rows.is_empty() {
                out.push(Batch { object, rows });
            }
        }
        out
    }
}
fn text<'a>(row: &'a Map<String, Json>, field: &str) -> &'a str {
    row.get(field).and_then(Json::as_str).unwrap_or("")
}
