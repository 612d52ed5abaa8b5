//! The columns: numbers of deals and exact amounts in workspace currency.

use kernel::{Currency, Money};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Where a deal counts. One deal may count in several places: the win rates beside the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Won in the period; it was there before the period began.
    WonFromBefore,
    /// Won in the period and born in it.
    WonBornInside,
    Commit,
    BestCase,
    Pipeline,
    Omitted,
    WithoutCloseDate,
    PastCloseDate,
    LostInPeriod,
    CohortWon,
    CohortLost,
    CohortOpen,
    WonSoFar,
    LostSoFar,
    NewCustomers,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) deals: i64,
    /// Minor units of the workspace's currency.
    pub(crate) minor: i128,
    pub(crate) without_amount: i64,
    /// With an amount for which there is no rate: counted, never zero.
    pub(crate) unconverted: i64,
}
impl Sum {
    pub(crate) fn add(&mut self, other: &Sum) {
        self.deals += other.deals;
        self.minor += other.minor;
        self.without_amount += other.without_amount;
        self.unconverted += other.unconverted;
    }
    pub(crate) fn json(&self, home: Currency) -> Json {
        json!({"deals": self.deals, "amount": amount(self.minor, home), "without_amount": self.without_amount, "unconverted": self.unconverted})
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    places: BTreeMap<Place, Sum>,
    /// Minor units times probability units (a million is 100 %), of what is open in the period.
    weighted: i128,
}
impl Columns {
    /// `probability` in units of a ten-thousandth of a percent point; none counts as nothing.
    pub(crate) fn count(&mut self, place: Place, sum: &Sum, probability: Option<i64>) {
        self.places.entry(place).or_default().add(sum);
        if matches!(place, Place::Commit | Place::BestCase | Place::Pipeline) {
            self.weighted += sum.minor * i128::from(probability.unwrap_or(0));
        }
    }
    pub(crate) fn add(&mut self, other: &Columns) {
        for (place, sum) in &other.places {
            self.places.entry(*place).or_default().add(sum);
        }
        self.weighted += other.weighted;
    }
    /// Several places together.
    pub(crate) fn of(&self, places: &[Place]) -> Sum {
        let mut out = Sum::default();
        places.iter().filter_map(|place| self.places.get(place)).for_each(|sum| out.add(sum));
        out
    }
    pub(crate) fn closed(&self) -> Sum {
        self.of(&[Place::WonFromBefore, Place::WonBornInside])
    }
    pub(crate) fn commit(&self) -> Sum {
        self.of(&[Place::WonFromBefore, Place::WonBornInside, Place::Commit])
    }
    pub(crate) fn best_case(&self) -> Sum {
        self.of(&[Place::WonFromBefore, Place::WonBornInside, Place::Commit, Place::BestCase])
    }
    pub(crate) fn open_pipeline(&self) -> Sum {
        self.of(&[Place::Pipeline, Place::BestCase, Place::Commit])
    }
    /// Rounded once, half away from zero.
    pub(crate) fn weighted(&self) -> i128 {
        let half = if self.weighted < 0 { -500_000 } else { 500_000 };
        (self.weighted + half) / 1_000_000
    }
    fn deals(&self, place: Place) -> i64 {
        self.places.get(&place).map_or(0, |sum| sum.deals)
    }
    pub(crate) fn json(&self, home: Currency) -> Json {
        let one = |place| self.of(&[place]).json(home);
        let rate = |won: i64, lost: i64| json!({"won": won, "lost": lost, "rate": ratio(i128::from(won), i128::from(won + lost))});
        let mut cohort = rate(self.deals(Place::CohortWon), self.deals(Place::CohortLost));
        cohort["open"] = json!(self.deals(Place::CohortOpen));
        json!({
            "closed": self.closed().json(home),
            "closed_from_before": one(Place::WonFromBefore),
            "closed_born_inside": one(Place::WonBornInside),
            "commit": self.commit().json(home),
            "best_case": self.best_case().json(home),
            "open_pipeline": self.open_pipeline().json(home),
            "weighted": amount(self.weighted(), home),
            "omitted": one(Place::Omitted),
            "without_close_date": one(Place::WithoutCloseDate),
            "past_close_date": one(Place::PastCloseDate),
            "win_rate": {
                "by_close": rate(self.closed().deals, self.deals(Place::LostInPeriod)),
                "by_creation": cohort,
                "so_far": rate(self.deals(Place::WonSoFar), self.deals(Place::LostSoFar)),
            },
            "new_customers": self.deals(Place::NewCustomers),
        })
    }
}
pub(crate) fn amount(minor: i128, home: Currency) -> Json {
    // what does not fit was not stored either: a sum of 64-bit amounts that long is beyond all money there is
    let minor = i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX });
    json!({"amount": Money { minor, currency: home }.amount(), "currency": home.as_str()})
}
/// With four digits, rounded once; null where there is nothing to divide by.
pub(crate) fn ratio(part: i128, whole: i128) -> Json {
    if whole <= 0 {
        return Json::Null;
    }
    let scaled = part * 10_000;
    let half = if scaled < 0 { -(whole / 2) } else { whole / 2 };
    i64::try_from((scaled + half) / whole).map_or(Json::Null, |units| json!(kernel::Decimal { units, scale: 4 }.fixed()))
}
