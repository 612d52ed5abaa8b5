use super::claims::settle;
use super::{NewField, Plan, PlannedColumn, TemplatePiece};
use crate::import::coerce::Rule;
use crate::import::detect::{Choice, ColumnProfile, Locale, Style, decide};
use crate::import::headers::{Certainty, Meaning, how_found, recognise, squash};
use crate::import::mapping::{ColumnMapping, LostZero, Mapping, MappingError};
use crate::import::reader::Column;
use crate::import::target::{FieldKind, Target, TargetField, TargetOption};
use serde_json::{Value, json};

/// Options that a choice made from the values of a column may have.
const OPTIONS: usize = 200;

pub(super) fn build(target: &dyn Target, columns: &[Column], profiles: Option<&[ColumnProfile]>, mapping: &Mapping, accept: bool, locale: &Locale) -> Result<Plan, MappingError> {
    let mut problems = Vec::new();
    if let Some(object) = &mapping.object
        && object != target.object()
    {
        problems.push(format!("the mapping is for {object}, the import for {}", target.object()));
    }
    let mut plan = Plan {
        object: target.object().to_owned(),
        key: mapping.key.clone(),
        columns: Vec::new(),
        fields: target.fields().to_vec(),
        new_fields: Vec::new(),
        currency: mapping.currency.unwrap_or(locale.currency),
        lost_zero_empty: mapping.lost_zero != Some(LostZero::Keep),
        questions: Vec::new(),
        remarks: Vec::new(),
        unmapped: Vec::new(),
        suggestions: Vec::new(),
        past: Vec::new(),
    };

    let mut by_hand = vec![false; columns.len()];
    for column in &mapping.columns {
        match planned_by_hand(&mut plan, column, columns, profiles) {
            Ok(found) => {
                if let Some(index) = found.index {
                    by_hand[index] = true;
                }
                plan.columns.push(found);
            }
            Err(problem) => problems.push(problem),
        }
    }
    let headers: Vec<&str> = columns.iter().map(|c| c.original.as_str()).collect();
    for (index, recognised) in recognise(target, &headers).into_iter().enumerate() {
        if by_hand[index] {
            continue;
        }
        let (meaning, certainty) = match recognised {
            Some(found) => match found.certainty {
                Certainty::Suggested { confidence } if !accept => {
                    plan.suggestions.push((columns[index].name.clone(), found.meaning, confidence));
                    (None, None)
                }
                certainty => (Some(found.meaning), Some(certainty)),
            },
            None => (None, None),
        };
        let rule = Rule { match_field: by_of(&meaning), missing: missing_of(&meaning), ..Rule::default() };
        plan.columns.push(PlannedColumn { index: Some(index), header: columns[index].name.clone(), meaning, certainty, by_hand: false, rule, style: Style::default(), template: Vec::new() });
    }
    settle(&mut plan);
    styles(&mut plan, profiles, mapping, locale);
    if let Some(key) = &plan.key
        && plan.field(key).is_none()
    {
        problems.push(format!("the key {key:?} is no field of {}", target.object()));
    } else if let Some(key) = &plan.key
        && plan.column_for(key).is_none()
        && !matches!(key.as_str(), "email" | "phone" | "mobile")
    {
        problems.push(format!("no column fills the key {key:?}"));
    }
    if !problems.is_empty() {
        return Err(MappingError { problems });
    }
    report(&mut plan);
    Ok(plan)
}

fn by_of(meaning: &Option<Meaning>) -> Option<String> {
    match meaning {
        Some(Meaning::Field { by, .. }) => by.clone(),
        _ => None,
    }
}
fn missing_of(meaning: &Option<Meaning>) -> crate::import::coerce::Missing {
    match meaning {
        Some(Meaning::Field { missing: Some(missing), .. }) => *missing,
        _ => Default::default(),
    }
}

fn column_called(columns: &[Column], name: &str) -> Result<usize, String> {
    let exact = columns.iter().position(|c| c.name == name || c.original == name);
    exact.or_else(|| columns.iter().position(|c| squash(&c.name) == squash(name))).ok_or_else(|| {
        let known: Vec<&str> = columns.iter().map(|c| c.name.as_str()).take(40).collect();
        format!("the file has no column {name:?}; it has: {}", known.join(", "))
    })
}

fn planned_by_hand(plan: &mut Plan, column: &ColumnMapping, columns: &[Column], profiles: Option<&[ColumnProfile]>) -> Result<PlannedColumn, String> {
    let index = column.from.as_deref().map(|from| column_called(columns, from)).transpose()?;
    let template = column.template.as_deref().map(|t| pieces(t, columns)).transpose()?.unwrap_or_default();
    let header = index.map_or_else(|| column.template.clone().unwrap_or_default(), |i| columns[i].name.clone());
    let mut planned = PlannedColumn { index, header: header.clone(), meaning: None, certainty: None, by_hand: true, rule: Rule::default(), style: Style::default(), template };
    planned.rule.values = column.values.iter().map(|(from, to)| (from.clone(), to.clone())).collect();
    planned.rule.multiply = column.multiply.clone();
    if column.skip {
        planned.meaning = Some(Meaning::Ignore { why: "left out by the mapping".to_owned() });
        return Ok(planned);
    }
    let name = match (&column.to, &column.create) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => slug(&header),
        // `from` with rules alone: the column means what its header says.
        (None, None) => {
            let target = Known { object: &plan.object, fields: &plan.fields };
            let found = recognise(&target, &[header.as_str()]).pop().flatten().filter(|r| !matches!(r.certainty, Certainty::Suggested { .. }));
            let Some(found) = found else { return Err(format!("{header}: the mapping does not say where to (\"to\"), and the header is not known")) };
            planned.rule.match_field = column.by.clone().or_else(|| by_of(&Some(found.meaning.clone())));
            planned.rule.missing = column.missing.unwrap_or_else(|| missing_of(&Some(found.meaning.clone())));
            planned.meaning = Some(found.meaning);
            planned.certainty = Some(found.certainty);
            return Ok(planned);
        }
    };
    if plan.field(&name).is_none() {
        match &column.create {
            Some(definition) => {
                let profile = index.and_then(|i| profiles.and_then(|p| p.get(i)));
                create(plan, &name, column.label.as_deref().unwrap_or(&header), definition, profile)?;
            }
            None => return Err(no_field(plan, &name, &header)),
        }
    }
    let Some(field) = plan.field(&name) else { return Err(no_field(plan, &name, &header)) };
    if (field.read_only && !field.past) || field.kind == FieldKind::Computed {
        return Err(format!("{header}: {name} is set by Rapport itself and cannot be imported"));
    }
    let reference = matches!(field.kind, FieldKind::Reference | FieldKind::User | FieldKind::ManyToMany);
    if (column.by.is_some() || column.missing.is_some()) && !reference {
        return Err(format!("{header}: \"match\" and \"missing\" are for references; {name} is {}", field.kind.name()));
    }
    if column.multiply.is_some() && !(field.kind.is_fractional() || field.kind == FieldKind::Integer) {
        return Err(format!("{header}: \"multiply\" is for numbers; {name} is {}", field.kind.name()));
    }
    let usual = how_found(&plan.object, &name);
    planned.rule.match_field = column.by.clone().or_else(|| usual.map(|(by, _)| by));
    planned.rule.missing = column.missing.unwrap_or_default();
    planned.meaning = Some(Meaning::field(&name));
    Ok(planned)
}
fn no_field(plan: &Plan, name: &str, header: &str) -> String {
    let near = plan.fields.iter().map(|f| (strsim::jaro_winkler(&f.name, name), f.name.as_str())).filter(|(likeness, _)| *likeness > 0.8).max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = near.map(|(_, near)| format!(" (is it {near}?)")).unwrap_or_default();
    format!("{header}: {} has no field {name:?}{hint}; \"create\" makes one", plan.object)
}

struct Known<'a> {
    object: &'a str,
    fields: &'a [TargetField],
}
impl Target for Known<'_> {
    fn object(&self) -> &str {
        self.object
    }
    fn label(&self) -> &str {
        self.object
    }
    fn fields(&self) -> &[TargetField] {
        self.fields
    }
}

/// `Reservation Status` -> `reservation_status`
pub(crate) fn slug(text: &str) -> String {
    let folded = kernel::fold(text);
    let mut out = String::new();
    for c in folded.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    let out = out.trim_matches('_').chars().take(60).collect::<String>();
    match out.chars().next() {
        None => "field".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("n_{out}"),
        Some(_) => out,
    }
}

fn create(plan: &mut Plan, name: &str, label: &str, definition: &Value, profile: Option<&ColumnProfile>) -> Result<(), String> {
    if slug(name) != name {
        return Err(format!("{label}: {name:?} is no name of a field; write {:?}", slug(name)));
    }
    let Some(kind) = FieldKind::of_definition(definition) else { return Err(format!("{label}: {definition} is no type of a field")) };
    let mut definition = match definition {
        Value::String(word) => json!({ word.as_str(): {} }),
        other => other.clone(),
    };
    let mut field = TargetField::new(name, label, kind);
    let type_name = field.kind.name();
    if let Some(parameters) = definition.get_mut(type_name) {
        if matches!(field.kind, FieldKind::Choice | FieldKind::MultiChoice) && parameters.get("options").is_none() {
            parameters["options"] = options_of(profile, label, field.kind == FieldKind::MultiChoice)?;
        }
        for option in parameters.get("options").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| option.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            field.options.push(TargetOption { value: text("value"), label: text("label") });
        }
        match parameters.get("to") {
            Some(Value::String(one)) => field.reference_to.push(one.clone()),
            Some(Value::Array(several)) => field.reference_to.extend(several.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        }
    }
    match field.kind {
        FieldKind::Reference | FieldKind::ManyToMany if field.reference_to.is_empty() => return Err(format!("{label}: a reference needs \"to\", the object it points to")),
        FieldKind::User => field.reference_to.push("user".to_owned()),
        _ => {}
    }
    plan.new_fields.push(NewField { name: name.to_owned(), label: label.to_owned(), definition });
    plan.fields.push(field);
    Ok(())
}
/// The distinct values of a column as options.
fn options_of(profile: Option<&ColumnProfile>, label: &str, several: bool) -> Result<Value, String> {
    let Some(distinct) = profile.and_then(|p| p.distinct.as_ref()) else {
        return Err(format!("{label}: too many different values for a choice; name its options or make it text"));
    };
    let mut options: Vec<(String, String)> = Vec::new();
    for text in distinct.keys().flat_map(|text| if several { text.split(';').collect() } else { vec![text.as_str()] }) {
        let text = text.trim();
        let value = slug(text);
        if !text.is_empty() && !options.iter().any(|(v, _)| *v == value) {
            options.push((value, text.to_owned()));
        }
    }
    match options.len() {
        0 => Err(format!("{label}: the column has no values to make options of")),
        n if n > OPTIONS => Err(format!("{label}: {n} different values are too many for a choice; make it text")),
        _ => Ok(options.into_iter().map(|(value, label)| json!({"value": value, "label": label})).collect()),
    }
}

fn pieces(template: &str, columns: &[Column]) -> Result<Vec<TemplatePiece>, String> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|at| at + open) else { return Err(format!("the template {template:?} has a {{ without }}")) };
        if open > 0 {
            found.push(TemplatePiece::Text(rest[..open].to_owned()));
        }
        found.push(TemplatePiece::Column(column_called(columns, rest[open + 1..close].trim())?));
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        found.push(TemplatePiece::Text(rest.to_owned()));
    }
    Ok(found)
}

/// Decides how each column's values are read, now that their fields are known.
fn styles(plan: &mut Plan, profiles: Option<&[ColumnProfile]>, mapping: &Mapping, locale: &Locale) {
    let fields = plan.fields.clone();
    let empty = ColumnProfile::default();
    let (mut questions, mut remarks) = (Vec::new(), Vec::new());
    for column in &mut plan.columns {
        column.style.lost_zero_empty = plan.lost_zero_empty;
        let Some(Meaning::Field { field, .. }) = &column.meaning else { continue };
        let Some(field) = fields.iter().find(|f| f.name == *field) else { continue };
        let profile = column.index.and_then(|i| profiles.and_then(|p| p.get(i))).unwrap_or(&empty);
        let said = mapping.columns.iter().find(|c| c.from.as_deref().is_some_and(|f| squash(f) == squash(&column.header)) && c.to.as_deref().is_none_or(|to| to == field.name));
        let choice: Choice = said.map_or_else(|| mapping.choice(), |c| c.choice(mapping));
        let decision = decide(&column.header, profile, &field.kind, locale, choice);
        column.style = Style { lost_zero_empty: plan.lost_zero_empty, ..decision.style };
        questions.extend(decision.questions);
        remarks.extend(decision.remarks);
    }
    plan.questions.extend(questions);
    plan.remarks.extend(remarks);
}

fn report(plan: &mut Plan) {
    for column in &plan.columns {
        match &column.meaning {
            None if !plan.suggestions.iter().any(|(header, ..)| *header == column.header) => plan.unmapped.push(column.header.clone()),
            Some(Meaning::Field { field, .. }) if plan.fields.iter().any(|f| f.name == *field && f.past) => plan.past.push(column.header.clone()),
            _ => {}
        }
    }
}
