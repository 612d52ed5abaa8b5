//! Names of people: parts to one line.

use records::Draft;

/// `first middle last`, or what there is; a company or address where there is no name at all.
pub fn full_name(draft: &Draft) -> Option<String> {
    let part = |name: &str| draft.after.get(name).as_text().map(str::trim).filter(|t| !t.is_empty());
    let parts: Vec<&str> = ["first_name", "middle_name", "last_name", "suffix"].into_iter().filter_map(part).collect();
    if !parts.is_empty() {
        return Some(parts.join(" "));
    }
    ["preferred_name", "company", "email", "phone", "mobile"].into_iter().find_map(part).map(str::to_owned)
}
