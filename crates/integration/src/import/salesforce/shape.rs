//! What each record becomes: an object of ours and cells under names that the conversion knows.

mod words;

use super::Targets;
use super::index::{Index, Place, is_salesforce_id, object_of_id, reference};
use super::names::{is_custom, is_machinery};
use super::npsp::{self, Gifts};
use super::records::Record;
use crate::import::reader::{Notices, RawCell};
use kernel::Currency;
use std::collections::{BTreeMap, HashMap};

/// A record on its way: our object, and cells under names of our fields or of the old system.
#[derive(Clone, Debug)]
pub(super) struct Shaped {
    pub(super) object: String,
    /// Empty for what follows from other records.
    pub(super) sobject: String,
    pub(super) cells: Vec<(String, RawCell)>,
    /// Values without a field: header and text.
    pub(super) notes: Vec<(String, String)>,
    pub(super) source: String,
}
impl Shaped {
    pub(super) fn derived(object: &str, cells: Vec<(String, RawCell)>, source: &str) -> Shaped {
        Shaped { object: object.to_owned(), sobject: String::new(), cells, notes: Vec::new(), source: source.to_owned() }
    }
}
pub(super) fn text(text: &str) -> RawCell {
    if text.is_empty() { RawCell::Empty } else { RawCell::Text(text.to_owned()) }
}

pub(super) struct Work<'a> {
    pub(super) records: &'a [Record],
    pub(super) index: &'a Index,
    pub(super) targets: &'a dyn Targets,
    pub(super) gifts: Gifts,
    pub(super) notices: &'a mut Notices,
    /// Stages in the order in which they were met: name, kind, probability.
    stages: Vec<(String, &'static str, Option<String>)>,
    /// The primary contact of an opportunity by its roles.
    primary: HashMap<usize, Place>,
    deleted: usize,
    /// Of prices that do not name one.
    currency: Currency,
    /// Of the record at hand.
    pub(super) notes: Vec<(String, String)>,
}

pub(super) fn shape_all(records: &[Record], index: &Index, targets: &dyn Targets, currency: Currency, notices: &mut Notices) -> Vec<Shaped> {
    let gifts = Gifts::gather(records, index);
    let mut work = Work { records, index, targets, gifts, notices, stages: Vec::new(), primary: HashMap::new(), deleted: 0, currency, notes: Vec::new() };
    for record in records.iter().filter(|r| r.sobject == "OpportunityContactRole" && r.is_true("IsPrimary")) {
        if let (Some(deal), Some(contact)) = (index.find(record, &record.text("OpportunityId")), index.find(record, &record.text("ContactId"))) {
            work.primary.entry(deal.at).or_insert_with(|| contact.clone());
        }
    }
    let mut shaped = Vec::new();
    let mut machinery: BTreeMap<String, usize> = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        if is_machinery(&record.sobject) {
            *machinery.entry(record.sobject.clone()).or_default() += 1;
        } else if record.is_true("IsDeleted") {
            work.deleted += 1;
        } else {
            work.shape(at, record, &mut shaped);
        }
    }
    for (sobject, count) in machinery {
        work.notices.add(None, "machinery", format!("{count} records of {sobject} describe the old system and were left out"));
    }
    if work.deleted > 0 {
        work.notices.add(None, "deleted", format!("{} records are marked as deleted and were left out", work.deleted));
    }
    let stages = work.stage_rows();
    shaped.extend(stages);
    shaped
}

impl Work<'_> {
    fn shape(&mut self, at: usize, record: &Record, out: &mut Vec<Shaped>) {
        let own = self.index.own(at).clone();
        self.notes.clear();
        let mut push = |cells, notes| out.push(Shaped { object: own.object.clone(), sobject: record.sobject.clone(), cells, notes, source: record.source.clone() });
        if let Some(object) = npsp::object_of(record) {
            if let Some(cells) = npsp::shape(self, at, record, object) {
                push(cells, Vec::new());
            }
            return;
        }
        let mut cells = vec![("external_id".to_owned(), text(&own.external_id))];
        let used = match record.sobject.as_str() {
            "Account" => self.account(at, &mut cells),
            "Contact" => npsp::belonging(self, record, &mut cells),
            "Opportunity" => {
                let (used, order) = self.opportunity(at, record, &mut cells);
                cells.extend(self.rest(record, &used));
                push(cells, std::mem::take(&mut self.notes));
                out.extend(order);
                return;
            }
            "Task" | "Event" => self.activity(record, &mut cells),
            "OpportunityLineItem" | "OrderItem" => self.line(record, &mut cells),
            "User" => self.user(record, &mut cells),
            "Note" | "ContentNote" => self.note(record, &mut cells),
            "PricebookEntry" => {
                let currency = record.text("CurrencyIsoCode");
                cells.push(("currency".into(), text(if currency.is_empty() { self.currency.as_str() } else { &currency })));
                vec!["CurrencyIsoCode", "Name", "UseStandardPrice", "IsActive", "ProductCode"]
            }
            _ => Vec::new(),
        };
        let worded = words::fitted(self, &own.object, record, &mut cells);
        let used: Vec<&str> = used.into_iter().chain(worded).collect();
        cells.extend(self.rest(record, &used));
        push(cells, std::mem::take(&mut self.notes));
    }

    /// All fields that are not used yet, with references resolved and lookups under our names.
    pub(super) fn rest(&mut self, record: &Record, used: &[&str]) -> Vec<(String, RawCell)> {
        let mut cells = Vec::new();
        for (name, cell) in &record.values {
            if used.iter().any(|u| u.eq_ignore_ascii_case(name)) || cell.is_empty() {
                continue;
            }
            if let Some((base, part)) = name.strip_suffix("__s").and_then(|n| n.rsplit_once("__"))
                && matches!(part, "Latitude" | "Longitude")
            {
                if part == "Latitude" {
                    let lon = record.get(&format!("{base}__Longitude__s")).map(RawCell::to_text).unwrap_or_default();
                    let point = serde_json::json!({"lat": cell.to_text().parse::<f64>().ok(), "lon": lon.parse::<f64>().ok()});
                    cells.push((format!("{base}__c"), RawCell::Json(point)));
                }
                continue;
            }
            match self.lookup(record, name) {
                Some(found) => cells.push((self.lookup_name(record, name), found)),
                None if cell.to_text().starts_with("@") && self.looks_like_reference(&cell.to_text()) => {
                    self.notices.add(None, "unresolved_reference", format!("{}: {name} refers to {:?}, which is in no file", record.source, cell.to_text().trim_start_matches("@@")));
                }
                None => {
                    let name = if name == "CurrencyIsoCode" { self.lookup_name(record, name) } else { name.clone() };
                    cells.push((name, cell.clone()));
                }
            }
        }
        cells
    }
    fn looks_like_reference(&self, text: &str) -> bool {
        text.starts_with("@@") || (text.len() > 1 && text[1..].chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
    }
    /// The reference in a field: to a record of the export, or by its id to one that may be there already.
    pub(super) fn lookup(&self, record: &Record, field: &str) -> Option<RawCell> {
        let value = record.text(field);
        if value.is_empty() {
            return None;
        }
        if let Some(place) = self.index.find(record, &value) {
            return Some(place.cell(&place.object));
        }
        let is_lookup = field.ends_with("Id") || is_custom(field);
        let object = object_of_id(&value).filter(|_| is_lookup && is_salesforce_id(&value))?;
        Some(RawCell::Json(reference(object, &value)))
    }
    /// `AccountId` is our `account`; where the object has no such field the old name stays.
    fn lookup_name(&self, record: &Record, name: &str) -> String {
        let ours = match name {
            "OwnerId" => "owner",
            "CreatedById" => "created_by",
            "AccountId" => "account",
            "ContactId" => "contact",
            "LeadId" => "lead",
            "OpportunityId" => "opportunity",
            "CampaignId" => "campaign",
            "ContractId" => "contract",
            "OrderId" => "order",
            "Product2Id" => "product",
            "Pricebook2Id" => "price_book",
            "ParentId" => "parent",
            "ReportsToId" => "reports_to",
            "ManagerId" => "manager",
            "CurrencyIsoCode" => "currency",
            _ => return name.to_owned(),
        };
        let object = &self.index.own(record.position).object;
        let known = self.targets.target(object).map(|t| t.field(ours).is_some());
        if known.unwrap_or(true) { ours.to_owned() } else { name.to_owned() }
    }
    pub(super) fn order_ref(&self, record: &Record, field: &str) -> RawCell {
        self.index.find(record, &record.text(field)).map_or(RawCell::Empty, |place| place.cell("order"))
    }

    fn account(&mut self, at: usize, cells: &mut Vec<(String, RawCell)>) -> Vec<&'static str> {
        let household = self.gifts.households.contains(&at);
        cells.push(("kind".into(), text(if household { "household" } else { "organisation" })));
        vec!["SYSTEM_AccountType__c", "RecordType", "RecordTypeId"]
    }

    fn opportunity(&mut self, at: usize, record: &Record, cells: &mut Vec<(String, RawCell)>) -> (Vec<&'static str>, Option<Shaped>) {
        let mut used = vec!["StageName", "IsWon", "IsClosed", "Primary_Contact__c", "ForecastCategory", "ForecastCategoryName"];
        let stage = record.text("StageName");
        let mut closed = None;
        if !stage.is_empty() {
            let kind = words::stage_kind(record, &stage);
            closed = match kind {
                "won" => Some(true),
                "lost" => Some(false),
                _ => None,
            };
            if !self.stages.iter().any(|(name, ..)| *name == stage) {
                self.stages.push((stage.clone(), kind, words::stage_probability(&stage)));
            }
            cells.push(("pipeline".into(), RawCell::Json(reference("pipeline", PIPELINE))));
            cells.push(("stage".into(), RawCell::Json(reference("stage", &stage_id(&stage)))));
            if closed.is_some()
                && let Some(day) = record.get("CloseDate")
            {
                // The day of closing is the past, not the day of the import.
                cells.push(("closed_at".into(), day.clone()));
            }
        }
        let contact = self.lookup(record, "Primary_Contact__c").or_else(|| self.primary.get(&at).map(|p| p.cell("contact")));
        if let Some(contact) = contact
            && record.get("ContactId").is_none()
        {
            cells.push(("contact".into(), contact));
        }
        used.extend(words::fitted(self, "opportunity", record, cells));
        let order = npsp::order_of(self, at, record, closed);
        (used, order)
    }

    /// `WhoId` is a contact or a lead, `WhatId` anything.
    fn activity(&mut self, record: &Record, cells: &mut Vec<(String, RawCell)>) -> Vec<&'static str> {
        let mut about = None;
        for field in ["WhoId", "WhatId"] {
            let Some(RawCell::Json(found)) = self.lookup(record, field) else { continue };
            match found.get("object").and_then(serde_json::Value::as_str) {
                Some(object @ ("account" | "contact")) => cells.push((object.to_owned(), RawCell::Json(found))),
                _ => about = Some(found),
            }
        }
        if record.get("AccountId").is_some() && cells.iter().any(|(name, _)| name == "account") {
            cells.retain(|(name, _)| name != "account");
        }
        if let Some(about) = about {
            cells.push(("about".into(), RawCell::Json(about)));
        }
        let get = |name: &str| record.get(name).cloned();
        let mut used = vec!["WhoId", "WhatId", "WhoCount", "WhatCount"];
        if record.sobject == "Event" {
            let start = get("StartDateTime").or_else(|| get("ActivityDateTime")).or_else(|| get("StartDate")).or_else(|| get("ActivityDate"));
            cells.push(("starts_at".into(), start.unwrap_or(RawCell::Empty)));
            cells.push(("ends_at".into(), get("EndDateTime").or_else(|| get("EndDate")).unwrap_or(RawCell::Empty)));
            cells.push(("all_day".into(), get("IsAllDayEvent").unwrap_or(RawCell::Empty)));
            used.extend(["StartDateTime", "ActivityDateTime", "ActivityDate", "StartDate", "EndDateTime", "EndDate", "IsAllDayEvent", "DurationInMinutes"]);
        } else {
            cells.push(("due_on".into(), get("ActivityDate").unwrap_or(RawCell::Empty)));
            cells.push(("outcome".into(), get("Description").unwrap_or(RawCell::Empty)));
            cells.push(("remind_at".into(), get("ReminderDateTime").unwrap_or(RawCell::Empty)));
            cells.push(("subject".into(), get("Subject").unwrap_or_else(|| text("(no subject)"))));
            used.extend(["ActivityDate", "Description", "ReminderDateTime", "Subject", "IsReminderSet", "IsClosed", "IsHighPriority"]);
        }
        used
    }

    /// Lines name the product themselves or by the entry of a price book.
    fn line(&mut self, record: &Record, cells: &mut Vec<(String, RawCell)>) -> Vec<&'static str> {
        let mut used = vec!["PricebookEntryId", "ListPrice", "Subtotal", "SortOrder", "OrderItemNumber", "ProductCode", "Name"];
        if record.get("Product2Id").is_none()
            && let Some(entry) = self.index.find(record, &record.text("PricebookEntryId"))
            && let Some(product) = self.lookup(&self.records[entry.at], "Product2Id")
        {
            cells.push(("product".into(), product));
        }
        let get = |name: &str| record.get(name).cloned().unwrap_or(RawCell::Empty);
        cells.push(("unit_price".into(), get("UnitPrice")));
        let total = if record.sobject == "OrderItem" { "net" } else { "total" };
        cells.push((total.into(), get("TotalPrice")));
        used.extend(["UnitPrice", "TotalPrice"]);
        if record.sobject == "OrderItem" {
            cells.push(("service_from".into(), get("ServiceDate")));
            cells.push(("service_to".into(), get("EndDate")));
            used.extend(["ServiceDate", "EndDate"]);
        }
        used
    }

    /// People who worked there; what they may do is never taken from a file.
    fn user(&mut self, record: &Record, cells: &mut Vec<(String, RawCell)>) -> Vec<&'static str> {
        let mut name = record.text("Name");
        if name.is_empty() {
            name = [record.text("FirstName"), record.text("LastName")].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
        }
        if name.is_empty() {
            name = record.text("Username");
        }
        cells.push(("name".into(), text(&name)));
        cells.push(("position".into(), text(&record.text("Title"))));
        cells.push(("active".into(), record.get("IsActive").cloned().unwrap_or(RawCell::Empty)));
        vec!["Name", "FirstName", "LastName", "Username", "Title", "IsActive", "ProfileId", "UserRoleId", "Alias", "CommunityNickname", "UserType"]
    }

    fn note(&mut self, record: &Record, cells: &mut Vec<(String, RawCell)>) -> Vec<&'static str> {
        let parts = [record.text("Title"), record.text("Body"), record.text("Content")];
        cells.push(("body".into(), text(&parts.iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join("\n\n"))));
        if let Some(about) = self.lookup(record, "ParentId") {
            cells.push(("about".into(), about));
        }
        vec!["Title", "Body", "Content", "ParentId", "IsPrivate"]
    }

    /// The pipeline and its stages, so that every opportunity stands where it stood.
    fn stage_rows(&mut self) -> Vec<Shaped> {
        if self.stages.is_empty() {
            return Vec::new();
        }
        let mut rows = vec![Shaped::derived("pipeline", vec![("external_id".into(), text(PIPELINE)), ("name".into(), text(PIPELINE))], "stages of the export")];
        // Open stages by their usual probability, then won, then lost.
        let mut stages = std::mem::take(&mut self.stages);
        let number = |p: &Option<String>| p.as_deref().and_then(|p| p.parse::<u32>().ok()).unwrap_or(50);
        stages.sort_by_key(|(_, kind, probability)| (*kind != "open", *kind == "lost", number(probability)));
        for (at, (name, kind, probability)) in stages.into_iter().enumerate() {
            rows.push(Shaped::derived(
                "stage",
                vec![
                    ("external_id".into(), text(&stage_id(&name))),
                    ("pipeline".into(), RawCell::Json(reference("pipeline", PIPELINE))),
                    ("name".into(), text(&name)),
                    ("position".into(), RawCell::Number((at + 1).to_string())),
                    ("kind".into(), text(kind)),
                    ("probability".into(), probability.map_or(RawCell::Empty, RawCell::Number)),
                ],
                "stages of the export",
            ));
        }
        rows
    }
}

/// The name and external id of the pipeline that holds the stages of an export.
const PIPELINE: &str = "Salesforce";
fn stage_id(name: &str) -> String {
    format!("{PIPELINE}: {name}")
}
