//! What can be asked of an object: sorting, measures, buckets. Bound to fields, checked by `access` before it runs.

use crate::{
    condition::{Cond, Path},
    registry::Object,
    value::Value,
};
use serde::Deserialize;
use std::{str::FromStr, sync::Arc};

#[derive(Clone, Debug)]
pub struct Sort {
    pub path: Path,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureFn {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Median,
    CountDistinct,
}
impl FromStr for MeasureFn {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Ok(match s {
            "count" => MeasureFn::Count,
            "sum" => MeasureFn::Sum,
            "avg" => MeasureFn::Avg,
            "min" => MeasureFn::Min,
            "max" => MeasureFn::Max,
            "median" => MeasureFn::Median,
            "count_distinct" => MeasureFn::CountDistinct,
            _ => return Err(()),
        })
    }
}

#[derive(Clone, Debug)]
pub struct Measure {
    pub function: MeasureFn,
    /// None only for `count`.
    pub path: Option<Path>,
}

/// A span of the calendar; its first day names it. Weeks start on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    FiscalMonth,
    FiscalQuarter,
    FiscalYear,
}
impl FromStr for Bucket {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Ok(match s {
            "day" => Bucket::Day,
            "week" => Bucket::Week,
            "month" => Bucket::Month,
            "quarter" => Bucket::Quarter,
            "year" => Bucket::Year,
            "fiscal_month" => Bucket::FiscalMonth,
            "fiscal_quarter" => Bucket::FiscalQuarter,
            "fiscal_year" => Bucket::FiscalYear,
            _ => return Err(()),
        })
    }
}

#[derive(Clone, Debug)]
pub struct GroupBy {
    pub path: Path,
    pub bucket: Option<Bucket>,
}

/// Which rows by their archive state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Archived {
    #[default]
    Exclude,
    Include,
    Only,
}

/// A page of rows. `access` turns it into something that may run.
#[derive(Clone, Debug)]
pub struct Query {
    pub object: Arc<Object>,
    /// Columns of the answer. A path through references gives one value of the referred record.
    pub select: Vec<Path>,
    pub filter: Cond,
    pub sort: Vec<Sort>,
    /// Sort values and id of the last row of the page before.
    pub after: Option<Vec<Value>>,
    pub limit: u32,
    pub archived: Archived,
}

/// Groups and measures over rows.
#[derive(Clone, Debug)]
pub struct Aggregate {
    pub object: Arc<Object>,
    pub filter: Cond,
    pub group_by: Vec<GroupBy>,
    pub measures: Vec<Measure>,
    pub archived: Archived,
    /// IANA name of the zone in which instants are cut into buckets.
    pub time_zone: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_start: i8,
    /// `(index, descending)` of a measure or, below the number of keys, of a key.
    pub limit: u32,
}
