//! The Nonprofit Success Pack: households, gifts with payments, soft credits and funds. What becomes what is decided in
//! `docs/adr` (gifts): a gift stays an opportunity; the money that belongs to it is an order of the kind `donation`.

use super::index::{Index, reference};
use super::records::Record;
use super::shape::{Shaped, Work, text};
use crate::import::reader::RawCell;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Our object for an object of the package, when a record has the fields that the package gives it: other organisations may
/// have an `Address__c` of their own.
pub(super) fn object_of(record: &Record) -> Option<&'static str> {
    let has = |names: &[&str]| names.iter().all(|n| record.values.iter().any(|(name, _)| name.eq_ignore_ascii_case(n)));
    match record.sobject.as_str() {
        "OppPayment__c" if has(&["Payment_Amount__c", "Opportunity__c"]) => Some("payment"),
        "Allocation__c" if has(&["General_Accounting_Unit__c", "Amount__c"]) => Some("order_line"),
        "General_Accounting_Unit__c" => Some("product"),
        "Partial_Soft_Credit__c" if has(&["Opportunity__c", "Contact__c"]) => Some("party_credit"),
        "Relationship__c" if has(&["Contact__c", "RelatedContact__c"]) => Some("relationship"),
        "Address__c" if has(&["Household_Account__c"]) => Some("contact_point"),
        _ => None,
    }
}

/// What the package adds up over records.
#[derive(Default)]
pub(super) struct Gifts {
    /// Opportunities with payments or allocations, by position; whether there are payments.
    pub(super) payments: BTreeMap<usize, bool>,
    pub(super) households: HashSet<usize>,
    /// The position of the next line of an order.
    lines: HashMap<usize, u32>,
}
impl Gifts {
    pub(super) fn gather(records: &[Record], index: &Index) -> Gifts {
        let mut gifts = Gifts::default();
        for (at, record) in records.iter().enumerate() {
            match object_of(record) {
                Some("payment") => {
                    let Some(place) = index.find(record, &record.text("Opportunity__c")) else { continue };
                    gifts.payments.insert(place.at, true);
                }
                Some("order_line") => {
                    if let Some(place) = index.find(record, &record.text("Opportunity__c")) {
                        gifts.payments.entry(place.at).or_default();
                    }
                }
                _ => {}
            }
            if record.sobject == "Account" && is_household(record) {
                gifts.households.insert(at);
            }
        }
        gifts
    }
}
fn is_household(record: &Record) -> bool {
    let kind = record.text("SYSTEM_AccountType__c");
    let record_type = record.text("RecordType");
    kind.eq_ignore_ascii_case("Household Account") || record_type == "HH_Account" || record_type.eq_ignore_ascii_case("Household Account")
}

/// The order of a gift.
pub(super) fn order_of(work: &mut Work<'_>, at: usize, record: &Record, closed: Option<bool>) -> Option<Shaped> {
    let paid_for = *work.gifts.payments.get(&at)?;
    let own = work.index.own(at);
    let mut cells = vec![
        ("external_id".to_owned(), text(&own.external_id)),
        ("kind".to_owned(), text("donation")),
        ("opportunity".to_owned(), own.cell("opportunity")),
        ("ordered_at".to_owned(), record.get("CloseDate").cloned().unwrap_or(RawCell::Empty)),
        ("total".to_owned(), record.get("Amount").cloned().unwrap_or(RawCell::Empty)),
        ("net".to_owned(), record.get("Amount").cloned().unwrap_or(RawCell::Empty)),
        (
            "status".to_owned(),
            text(match closed {
                Some(true) => "placed",
                Some(false) => "cancelled",
                None => "draft",
            }),
        ),
    ];
    if !paid_for {
        // with payments it follows from them
        cells.push(("payment_status".to_owned(), text("open")));
    }
    let parties = [("account", "AccountId"), ("contact", "Primary_Contact__c"), ("contact", "ContactId"), ("campaign", "CampaignId"), ("owner", "OwnerId")];
    for (field, from) in parties {
        if let Some(cell) = work.lookup(record, from)
            && !cells.iter().any(|(name, _)| name == field)
        {
            cells.push((field.to_owned(), cell));
        }
    }
    if !cells.iter().any(|(name, _)| name == "account" || name == "contact") {
        work.notices.add(None, "no_donor", format!("{}: a gift with payments, but without a donor; its order was left out", record.source));
        return None;
    }
    Some(Shaped::derived("order", cells, &record.source))
}

/// A record of the package as a record of ours.
pub(super) fn shape(work: &mut Work<'_>, at: usize, record: &Record, object: &str) -> Option<Vec<(String, RawCell)>> {
    let get = |name: &str| record.get(name).cloned().unwrap_or(RawCell::Empty);
    let mut cells: Vec<(String, RawCell)> = Vec::new();
    let mut used: Vec<&str> = Vec::new();
    match object {
        "payment" => {
            let paid = record.is_true("Paid__c");
            let day = get("Payment_Date__c");
            let planned = record.get("Scheduled_Date__c").cloned().unwrap_or_else(|| if paid { RawCell::Empty } else { day.clone() });
            let status = if record.is_true("Written_Off__c") {
                "written_off"
            } else if paid {
                "paid"
            } else {
                "scheduled"
            };
            cells.push(("order".into(), work.order_ref(record, "Opportunity__c")));
            cells.push(("amount".into(), get("Payment_Amount__c")));
            cells.push(("status".into(), text(status)));
            cells.push(("scheduled_on".into(), planned));
            cells.push(("paid_at".into(), if paid { day } else { RawCell::Empty }));
            cells.push(("method".into(), get("Payment_Method__c")));
            used.extend(["Opportunity__c", "Payment_Amount__c", "Paid__c", "Written_Off__c", "Scheduled_Date__c", "Payment_Date__c", "Payment_Method__c", "Name"]);
        }
        "order_line" => {
            let Some(gift) = work.index.find(record, &record.text("Opportunity__c")).map(|p| p.at) else {
                work.notices.add(None, "no_gift", format!("{}: an allocation without a gift (to a campaign or a recurring gift); it was left out", record.source));
                return None;
            };
            let line = work.gifts.lines.entry(gift).or_insert(0);
            *line += 1;
            let position = line.to_string();
            let fund = work.index.find(record, &record.text("General_Accounting_Unit__c")).map(|p| work.records[p.at].text("Name")).unwrap_or_default();
            cells.push(("order".into(), work.order_ref(record, "Opportunity__c")));
            cells.push(("position".into(), RawCell::Number(position)));
            cells.push(("fund".into(), work.lookup(record, "General_Accounting_Unit__c").unwrap_or(RawCell::Empty)));
            cells.push(("description".into(), text(&fund)));
            cells.push(("quantity".into(), RawCell::Number("1".into())));
            cells.push(("net".into(), get("Amount__c")));
            used.extend(["Opportunity__c", "General_Accounting_Unit__c", "Amount__c", "Name"]);
        }
        "product" => {
            cells.push(("name".into(), get("Name")));
            cells.push(("kind".into(), text("fund")));
            cells.push(("active".into(), get("Active__c")));
            cells.push(("description".into(), get("Description__c")));
            used.extend(["Name", "Active__c", "Description__c"]);
        }
        "party_credit" => {
            let role = kernel::fold(&record.text("Role_Name__c"));
            let role = match () {
                _ if role.contains("match") => "matching",
                _ if role.contains("influenc") => "influencer",
                _ if role.contains("honor") || role.contains("honour") || role.contains("memor") || role.contains("tribute") => "in_honour",
                _ => "soft",
            };
            let gift = work.index.find(record, &record.text("Opportunity__c")).map(|p| p.at);
            cells.push(("opportunity".into(), work.lookup(record, "Opportunity__c").unwrap_or(RawCell::Empty)));
            if gift.is_some_and(|g| work.gifts.payments.contains_key(&g)) {
                cells.push(("order".into(), work.order_ref(record, "Opportunity__c")));
            }
            cells.push(("contact".into(), work.lookup(record, "Contact__c").unwrap_or(RawCell::Empty)));
            cells.push(("role".into(), text(role)));
            cells.push(("amount".into(), get("Amount__c")));
            used.extend(["Opportunity__c", "Contact__c", "Amount__c", "Name", "Contact_Role_ID__c"]);
        }
        "relationship" => {
            // The package reads: the related contact is the contact's TYPE.
            let kind = record.text("Type__c");
            cells.push(("from".into(), work.lookup(record, "RelatedContact__c").unwrap_or(RawCell::Empty)));
            cells.push(("to".into(), work.lookup(record, "Contact__c").unwrap_or(RawCell::Empty)));
            let kind = if kind.is_empty() { "Related" } else { &kind };
            cells.push(("type".into(), RawCell::Json(json!({"by": "name", "value": kind, "missing": "create"}))));
            cells.push(("note".into(), get("Description__c")));
            used.extend(["RelatedContact__c", "Contact__c", "Type__c", "Description__c", "Name", "ReciprocalRelationship__c", "Relationship_Explanation__c"]);
        }
        "contact_point" => {
            let part = |name: &str| record.text(name);
            let lines: Vec<String> =
                ["MailingStreet__c", "MailingStreet2__c", "MailingPostalCode__c", "MailingCity__c", "MailingState__c", "MailingCountry__c"].iter().map(|n| part(n)).filter(|t| !t.is_empty()).collect();
            if lines.is_empty() {
                return None;
            }
            let season = [part("Seasonal_Start_Month__c"), part("Seasonal_Start_Day__c"), part("Seasonal_End_Month__c"), part("Seasonal_End_Day__c")];
            let kind = part("Address_Type__c").to_lowercase();
            let label = match season.iter().all(|s| !s.is_empty()) {
                true => format!("seasonal {}-{} to {}-{}", season[0], season[1], season[2], season[3]),
                false if kind.is_empty() => "home".to_owned(),
                false => kind,
            };
            cells.push(("account".into(), work.lookup(record, "Household_Account__c").unwrap_or(RawCell::Empty)));
            cells.push(("kind".into(), text("address")));
            cells.push(("value".into(), text(&lines.join(", ").replace('\n', ", "))));
            cells.push(("label".into(), text(&label)));
            let names = record.values.iter().map(|(name, _)| name.as_str());
            used.extend(names.filter(|n| {
                n.starts_with("Mailing")
                    || n.starts_with("Seasonal")
                    || matches!(*n, "Household_Account__c" | "Address_Type__c" | "Name" | "Default_Address__c" | "Formula_MailingAddress__c" | "Formula_MailingStreetAddress__c")
            }));
        }
        _ => return None,
    }
    cells.push(("external_id".into(), text(&work.index.own(at).external_id)));
    cells.extend(work.rest(record, &used));
    Some(cells)
}

/// Where a person belongs: the account of a person in a household is the household, the employer stands in the affiliation.
pub(super) fn belonging(work: &mut Work<'_>, record: &Record, cells: &mut Vec<(String, RawCell)>) -> Vec<&'static str> {
    let account = work.index.find(record, &record.text("AccountId")).cloned();
    let affiliation = work.index.find(record, &record.text("Primary_Affiliation__c")).cloned();
    let is_household = |at: usize| work.gifts.households.contains(&at);
    match account {
        Some(place) if is_household(place.at) => {
            cells.push(("household".into(), RawCell::Json(reference("account", &place.external_id))));
            if let Some(employer) = affiliation {
                if is_household(employer.at) {
                    work.notices.add(None, "odd_employer", format!("{}: its employer is a household; kept as in the source", record.source));
                }
                cells.push(("account".into(), RawCell::Json(reference("account", &employer.external_id))));
            }
            vec!["AccountId", "Primary_Affiliation__c"]
        }
        // An organisation already stands in `account`; the affiliation stays a field of its own.
        Some(_) => Vec::new(),
        None => {
            if let Some(employer) = affiliation {
                cells.push(("account".into(), RawCell::Json(reference("account", &employer.external_id))));
                return vec!["Primary_Affiliation__c"];
            }
            Vec::new()
        }
    }
}
