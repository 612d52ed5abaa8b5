//! Campaigns.

pub(crate) const OBJECTS: [&str; 2] = [include_str!("marketing/campaign/campaign.toml"), include_str!("marketing/campaign/campaign_member.toml")];
