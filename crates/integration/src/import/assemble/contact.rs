//! E-mails, numbers, pages and addresses: the first of each is a field of the record, the further ones are contact points.

use super::Work;
use crate::import::coerce::Coerced;
use crate::import::headers::{AddressPart, Meaning, PointKind, address_order};
use crate::import::plan::PlannedColumn;
use crate::import::reader::RawCell;
use crate::import::target::FieldKind;
use serde_json::{Value, json};

/// Which number is the record's own, when there are several.
fn rank(label: Option<&str>, n: u32) -> (u32, u32) {
    let by_label = match label {
        None | Some("primary") => 0,
        Some("work") => 1,
        Some("direct") => 2,
        Some("switchboard") => 3,
        Some("home") => 4,
        Some("other") => 5,
        Some("assistant") => 7,
        Some(_) => 6,
    };
    (by_label, n)
}

impl Work<'_> {
    pub(super) fn contact(&mut self) {
        self.emails();
        self.phones();
        self.urls();
        self.addresses();
        self.ready_points();
        if !matches!(self.plan.object.as_str(), "contact" | "account") {
            // Only people and organisations have contact points.
            let points = std::mem::take(&mut self.row.points);
            self.notes.extend(points.into_iter().map(|p| {
                let part = |key: &str| p.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                (part("kind"), part("value"))
            }));
        }
    }
    fn free(&self, field: &str) -> bool {
        self.plan.field(field).is_some() && self.row.fields.get(field).is_none_or(Value::is_null)
    }
    fn point(&mut self, kind: PointKind, value: &Value, label: Option<String>, platform: Option<&str>) {
        let mut point = json!({"kind": kind.name(), "value": value});
        if let Some(label) = label {
            point["label"] = label.into();
        }
        if let Some(platform) = platform {
            point["platform"] = platform.into();
        }
        self.row.points.push(point);
    }
    fn merge(&mut self, column: &PlannedColumn, found: &mut Coerced) {
        for warning in std::mem::take(&mut found.warnings) {
            self.warn(&column.header, warning.code, warning.detail);
        }
        let points = std::mem::take(&mut found.points);
        self.row.points.extend(points);
    }
    /// `* Work` in the column that says what kind this one is.
    fn label_beside(&self, of: PointKind, n: u32) -> Option<String> {
        let same = |k: PointKind| k == of || (of == PointKind::Mobile && k == PointKind::Phone) || (of == PointKind::Fax && k == PointKind::Phone);
        let column = self.plan.columns.iter().find(|c| matches!(c.meaning, Some(Meaning::Label { of: k, n: m }) if same(k) && m == n))?;
        let text = self.plain_text(column)?;
        Some(text.split(":::").next().unwrap_or_default().trim().trim_start_matches("* ").trim_start_matches('*').to_lowercase()).filter(|t| !t.is_empty())
    }

    fn emails(&mut self) {
        let plan = self.plan;
        let mut found: Vec<((u32, u32), &PlannedColumn, Option<String>, u32)> = Vec::new();
        for column in &plan.columns {
            if let Some(Meaning::Email { label, n }) = &column.meaning {
                found.push((rank(label.as_deref(), *n), column, label.clone(), *n));
            }
        }
        found.sort_by_key(|f| f.0);
        for (_, column, label, n) in found {
            let Some(mut email) = self.read_as(column, FieldKind::Email) else { continue };
            self.merge(column, &mut email);
            if self.free("email") {
                self.row.fields.insert("email".to_owned(), email.value);
            } else {
                let label = self.label_beside(PointKind::Email, n).or(label);
                self.point(PointKind::Email, &email.value, label, None);
            }
        }
    }

    fn phones(&mut self) {
        let plan = self.plan;
        let mut found: Vec<((u32, u32), &PlannedColumn, PointKind, Option<String>, u32)> = Vec::new();
        for column in &plan.columns {
            if let Some(Meaning::Phone { kind, label, n }) = &column.meaning {
                found.push((rank(label.as_deref(), *n), column, *kind, label.clone(), *n));
            }
        }
        found.sort_by_key(|f| f.0);
        for (_, column, kind, label, n) in found {
            let Some(mut phone) = self.read_as(column, FieldKind::Phone) else { continue };
            self.merge(column, &mut phone);
            let label = self.label_beside(kind, n).or(label);
            let said = label.as_deref().unwrap_or_default();
            let kind = match () {
                _ if said.contains("mobil") || said.contains("cell") || said.contains("handy") => PointKind::Mobile,
                _ if said.contains("fax") => PointKind::Fax,
                _ => kind,
            };
            let slot = match kind {
                PointKind::Mobile => Some("mobile"),
                PointKind::Phone if !matches!(said, "pager" | "assistant" | "callback" | "telex" | "isdn" | "car" | "radio") => Some("phone"),
                _ => None,
            };
            match slot.filter(|slot| self.free(slot)) {
                Some(slot) => {
                    self.row.fields.insert(slot.to_owned(), phone.value);
                }
                None => self.point(kind, &phone.value, label, None),
            }
        }
    }

    fn urls(&mut self) {
        let plan = self.plan;
        for column in &plan.columns {
            match &column.meaning {
                Some(Meaning::Url { label, n }) => {
                    let Some(mut url) = self.read_as(column, FieldKind::Url) else { continue };
                    self.merge(column, &mut url);
                    if self.free("website") {
                        self.row.fields.insert("website".to_owned(), url.value);
                    } else {
                        let label = self.label_beside(PointKind::Url, *n).or_else(|| label.clone());
                        self.point(PointKind::Url, &url.value, label, None);
                    }
                }
                Some(Meaning::Handle { platform }) => {
                    if let Some(text) = self.plain_text(column) {
                        self.point(PointKind::Handle, &text.into(), None, Some(platform));
                    }
                }
                _ => {}
            }
        }
    }

    fn addresses(&mut self) {
        let plan = self.plan;
        let mut groups: Vec<(usize, String, Address)> = Vec::new();
        let order = address_order(&plan.object);
        for (place, column) in plan.columns.iter().enumerate() {
            let Some(Meaning::Address { group, part }) = &column.meaning else { continue };
            let Some(text) = self.plain_text(column) else { continue };
            let mut text = column.rule.values.get(&text).cloned().unwrap_or(text);
            text = text.replace("\r\n", "\n").lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ");
            let at = match groups.iter().position(|(_, g, _)| g == group) {
                Some(at) => at,
                None => {
                    let rank = order.iter().position(|o| o == group).unwrap_or(order.len() + place);
                    groups.push((rank, group.clone(), Address::default()));
                    groups.len() - 1
                }
            };
            groups[at].2.parts.push((*part, text));
        }
        groups.sort_by_key(|g| g.0);
        // Columns without a group join the first group: `Mailing Street` beside a bare `Country`.
        if groups.len() > 1
            && let Some(bare) = groups.iter().position(|(_, g, a)| g.is_empty() && !a.parts.iter().any(|(p, _)| *p == AddressPart::Street || *p == AddressPart::City))
        {
            let (_, _, loose) = groups.remove(bare);
            groups[0].2.parts.extend(loose.parts);
        }
        for (at, (_, group, address)) in groups.into_iter().enumerate() {
            let lines = address.fields();
            let taken = at > 0 || !lines.iter().all(|(field, _)| self.free(field));
            if taken {
                let whole = address.on_one_line();
                let label = address_label(&group);
                self.point(PointKind::Address, &whole.into(), label, None);
                continue;
            }
            for (field, text) in lines {
                self.row.fields.insert(field.to_owned(), text.into());
            }
        }
    }

    /// Contact points that the reader made (vCard).
    fn ready_points(&mut self) {
        let plan = self.plan;
        for column in &plan.columns {
            if column.meaning != Some(Meaning::Points) {
                continue;
            }
            let RawCell::Json(Value::Array(list)) = self.cell(column) else { continue };
            for mut point in list {
                let kind = point.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
                if matches!(kind.as_str(), "phone" | "mobile" | "fax") {
                    let raw = point.get("value").and_then(Value::as_str).unwrap_or_default().to_owned();
                    let region = self.context.region.as_deref().or(self.context.locale.region.as_deref());
                    if let Some(phone) = crate::import::coerce::read_phone(&raw, region) {
                        point["value"] = phone.extension.map_or(phone.e164.clone(), |e| format!("{} ext. {e}", phone.e164)).into();
                    }
                }
                self.row.points.push(point);
            }
        }
    }
}

fn address_label(group: &str) -> Option<String> {
    (!group.is_empty() && !group.starts_with("address ")).then(|| group.to_owned())
}

#[derive(Default)]
struct Address {
    parts: Vec<(AddressPart, String)>,
}
impl Address {
    fn get(&self, part: AddressPart) -> Option<&str> {
        self.parts.iter().find(|(p, _)| *p == part).map(|(_, t)| t.as_str())
    }
    fn street(&self) -> String {
        let mut first = self.get(AddressPart::Street).unwrap_or_default().to_owned();
        if let Some(number) = self.get(AddressPart::HouseNumber) {
            first = format!("{first} {number}").trim().to_owned();
        }
        let mut further: Vec<&(AddressPart, String)> = self.parts.iter().filter(|(p, _)| matches!(p, AddressPart::StreetLine(_) | AddressPart::Extra)).collect();
        further.sort_by_key(|(p, _)| *p);
        let mut lines = vec![first];
        lines.extend(further.into_iter().map(|(_, t)| t.clone()));
        if let Some(po_box) = self.get(AddressPart::PoBox) {
            lines.push(if po_box.bytes().all(|b| b.is_ascii_digit()) { format!("PO Box {po_box}") } else { po_box.to_owned() });
        }
        lines.retain(|l| !l.is_empty());
        lines.join(", ")
    }
    /// Field and text; a formatted address stands in for missing parts.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut street = self.street();
        let own = |part| self.get(part).unwrap_or_default().to_owned();
        let rest = [("city", own(AddressPart::City)), ("region", own(AddressPart::Region)), ("postal_code", own(AddressPart::PostalCode)), ("country", own(AddressPart::Country))];
        if street.is_empty() && rest.iter().all(|(_, t)| t.is_empty()) {
            street = own(AddressPart::Formatted);
        }
        let mut fields = vec![("street", street)];
        fields.extend(rest);
        fields.retain(|(_, text)| !text.is_empty());
        fields
    }
    fn on_one_line(&self) -> String {
        self.fields().into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
    }
}
