//! Campaigns.

use crate::tree;
use records::Rules;

pub(crate) const OBJECTS: [&str; 2] = [include_str!("marketing/campaign/campaign.toml"), include_str!("marketing/campaign/campaign_member.toml")];

pub(crate) fn rules() -> Vec<Rules> {
    vec![Rules { object: "campaign", before: Some(tree::below_parent), after: None }]
}
