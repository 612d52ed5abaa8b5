//! Campaigns of the two years and the sources that customers come from.

use super::{
    calendar::{Calendar, Day, date_of, day_of},
    ids::record_id,
    rng::Rng,
    tables::{CampaignWords, Source, tables},
};
use kernel::RecordId;

#[derive(Clone, Debug)]
pub(super) struct Campaign {
    pub(super) id: RecordId,
    pub(super) words: &'static CampaignWords,
    pub(super) year: String,
    pub(super) starts: Day,
    pub(super) ends: Day,
}

/// Each campaign in each year that the world touches; one that lies ahead is planned.
pub(super) fn campaigns(seed: u64, calendar: &Calendar) -> Vec<Campaign> {
    let mut out = Vec::new();
    for year in date_of(calendar.start).year()..=date_of(calendar.today + 60).year() {
        for words in &tables().marketing.campaign {
            let month_day = words.from.split_once('-').and_then(|(m, d)| Some((m.parse().ok()?, d.parse().ok()?)));
            let Some(starts) = month_day.and_then(|(m, d)| jiff::civil::Date::new(year, m, d).ok()).map(day_of) else { continue };
            if starts + words.days <= calendar.start || starts > calendar.today + 60 {
                continue;
            }
            let id = record_id(seed, "campaign", calendar.start, 0, u64::try_from(out.len()).unwrap_or(0));
            out.push(Campaign { id, words, year: year.to_string(), starts, ends: starts + words.days });
        }
    }
    out
}
/// The campaign of a family (`fair`, `search`) that ran on a day, or up to two months before.
pub(super) fn running<'a>(all: &'a [Campaign], family: &str, day: Day) -> Option<&'a Campaign> {
    all.iter().rev().find(|c| !family.is_empty() && c.words.code.starts_with(family) && c.starts <= day && day <= c.ends + 60)
}
/// Where a customer comes from. Fairs matter only in the weeks after one.
pub(super) fn source(rng: &mut Rng, all: &[Campaign], day: Day) -> &'static Source {
    let sources = &tables().marketing.source;
    let fair = running(all, "fair", day).is_some();
    let index = rng.weighted(sources.iter().map(|s| if s.campaign == "fair" { s.weight * if fair { 3.0 } else { 0.15 } } else { s.weight }));
    sources.get(index).unwrap_or_else(|| tables().source("Website"))
}
