//! Names: sObjects of Salesforce to objects of ours.

/// Namespaces of packages whose objects are known by their bare names.
const NAMESPACES: [&str; 8] = ["npsp", "npe01", "npe03", "npe4", "npe5", "npo02", "GW_Volunteers", "caseman"];

/// A custom name without its namespace: `npe01__OppPayment__c` -> `OppPayment__c`. Standard names stay.
pub fn canonical(name: &str) -> String {
    let custom = ["__c", "__C", "__s", "__r", "__pc", "__mdt"].iter().any(|e| name.ends_with(e));
    match name.split_once("__") {
        // Two separators: the first part is the namespace.
        Some((namespace, rest)) if custom && rest.contains("__") && (NAMESPACES.contains(&namespace) || is_namespace(namespace)) => rest.to_owned(),
        _ => name.to_owned(),
    }
}
/// Namespaces are short words of small letters and digits; `Location__Latitude__s` is a field, not one of them.
fn is_namespace(word: &str) -> bool {
    word.len() <= 15 && word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
/// A custom object or field.
pub(super) fn is_custom(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with("__c") || lower.ends_with("__pc")
}

/// `Foo_Bar__c` -> `foo_bar`, `TotalGuests__c` -> `total_guests`, `OpportunityContactRole` -> `opportunity_contact_role`.
pub fn snake(name: &str) -> String {
    let name = canonical(name);
    let bare = ["__pc", "__c", "__C", "__s", "__r"].iter().find_map(|e| name.strip_suffix(e)).unwrap_or(&name);
    let mut out = String::new();
    let chars: Vec<char> = bare.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let before = at.checked_sub(1).map(|b| chars[b]);
        let hump = c.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase());
        let end_of_capitals = c.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_uppercase()) && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if (!c.is_ascii_alphanumeric() || hump || end_of_capitals) && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        }
    }
    let out = out.trim_matches('_').to_owned();
    match out.chars().next() {
        None => "field".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("n_{out}"),
        Some(_) => out,
    }
}

/// `Foo_Bar__c` -> `Foo Bar`
pub(super) fn label(name: &str) -> String {
    let snake = snake(name);
    let mut label = snake.replace('_', " ");
    if let Some(first) = label.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    label
}
pub(super) fn plural(word: &str) -> String {
    let consonant_y = word.ends_with('y') && !["ay", "ey", "iy", "oy", "uy"].iter().any(|e| word.ends_with(e));
    match word {
        _ if consonant_y => format!("{}ies", &word[..word.len() - 1]),
        _ if ["s", "x", "ch", "sh", "z"].iter().any(|e| word.ends_with(e)) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

/// Our object for a standard sObject; `None`: there is none, so it becomes a custom object of its own name.
pub(super) fn standard(sobject: &str) -> Option<&'static str> {
    Some(match sobject {
        "Account" => "account",
        "Contact" => "contact",
        "Lead" => "lead",
        "Opportunity" => "opportunity",
        "OpportunityLineItem" => "opportunity_line",
        "Product2" => "product",
        "Pricebook2" => "price_book",
        "PricebookEntry" => "price_book_entry",
        "Campaign" => "campaign",
        "CampaignMember" => "campaign_member",
        "Case" => "case",
        "Task" => "task",
        "Event" => "meeting",
        "User" => "user",
        "Order" => "order",
        "OrderItem" => "order_line",
        "Contract" => "contract",
        "Note" | "ContentNote" => "note",
        _ => return None,
    })
}
/// sObjects that describe the old system and hold nothing of the organisation's.
pub(super) fn is_machinery(sobject: &str) -> bool {
    const NAMES: [&str; 24] = [
        "RecordType",
        "Profile",
        "PermissionSet",
        "PermissionSetAssignment",
        "Group",
        "GroupMember",
        "UserRole",
        "Organization",
        "LoginHistory",
        "ApexClass",
        "ApexTrigger",
        "Dashboard",
        "Report",
        "Folder",
        "EmailTemplate",
        "ListView",
        "SetupAuditTrail",
        "FieldPermissions",
        "ObjectPermissions",
        "Attachment",
        "ContentVersion",
        "ContentDocument",
        "ContentDocumentLink",
        "QueueSobject",
    ];
    NAMES.contains(&sobject) || sobject.ends_with("__mdt") || sobject.ends_with("__Share") || sobject.ends_with("__History") || sobject.ends_with("__Feed")
}
/// Custom objects that may take a standard one's place: those that need nothing but a name. `User__c` must never become a user.
pub(super) fn may_extend(object: &str) -> bool {
    matches!(object, "account" | "product" | "campaign" | "price_book")
}

/// Custom names that no field may take, because every object has them.
pub(super) fn is_base_field(name: &str) -> bool {
    matches!(name, "id" | "version" | "created_at" | "created_by" | "updated_at" | "updated_by" | "owner" | "team" | "external_id" | "archived_at")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_names() {
        for (name, ours) in [
            ("Foo_Bar__c", "foo_bar"),
            ("npe01__OppPayment__c", "opp_payment"),
            ("npsp__Household_Account__c", "household_account"),
            ("TotalGuests__c", "total_guests"),
            ("Picture_URL__c", "picture_url"),
            ("MSRP__c", "msrp"),
            ("URLName__c", "url_name"),
            ("3D_Model__c", "n_3d_model"),
            ("OpportunityContactRole", "opportunity_contact_role"),
            ("Location__Latitude__s", "location_latitude"),
            ("acme__Thing__c", "thing"),
        ] {
            assert_eq!(snake(name), ours, "{name}");
        }
        assert_eq!((plural("property"), plural("market"), plural("address")), ("properties".into(), "markets".into(), "addresses".into()));
        assert_eq!(label("Daily_Booking_Rate__c"), "Daily booking rate");
    }
}
