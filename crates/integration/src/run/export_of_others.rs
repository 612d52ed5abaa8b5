//! The whole export of another system: objects made, rows written in an order in which references resolve.

use super::{
    chunk,
    links::{self, Missing},
    plan::open_error,
    registry::AllTargets,
};
use crate::import::{detect::Locale, reader::Limits, salesforce};
use kernel::{Ctx, Error, RecordId, Result};
use records::{BulkMode, BulkOptions, Workspace};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, path::Path};

/// What came of it, by object of ours.
#[derive(Clone, Debug, Default)]
pub struct OtherReport {
    pub change_set: Option<RecordId>,
    pub rows: i64,
    pub created: i64,
    pub updated: i64,
    pub rejected: i64,
    pub objects: BTreeMap<String, i64>,
    pub refused: Vec<Json>,
    pub missing: Vec<Json>,
    pub notices: Vec<String>,
}
impl OtherReport {
    pub fn json(&self, dry_run: bool) -> Json {
        json!({"status": "done", "dry_run": dry_run, "rows": self.rows, "created": self.created, "updated": self.updated, "unchanged": 0, "rejected": self.rejected, "change_set": self.change_set.map(|s| s.to_string()), "objects": self.objects, "rejected_rows": self.refused, "missing": self.missing, "notices": self.notices})
    }
}
const CHUNK: usize = 1_000;

/// Imports a Salesforce export (folder or zip). A dry run reads and converts, and writes nothing. Blocking.
pub fn import_salesforce(workspace: &Workspace, ctx: &Ctx, path: &Path, dry_run: bool, progress: super::Progress) -> Result<OtherReport> {
    let (targets, locale) = workspace.read_blocking(ctx, |tx| {
        let settings = tx.settings();
        Ok((AllTargets::of(tx.registry()), Locale::of_language("en-US", settings.currency(), settings.zone())))
    })?;
    let export = salesforce::read(path, &targets, &locale, &Limits::default()).map_err(|e| open_error(&e))?;
    let mut report = OtherReport { notices: export.notices.iter().take(500).map(|n| format!("{n:?}")).collect(), ..OtherReport::default() };
    report.rows = export.batches.iter().map(|b| i64::try_from(b.rows.len()).unwrap_or(0)).sum();
    for batch in &export.batches {
        *report.objects.entry(batch.object.clone()).or_default() += i64::try_from(batch.rows.len()).unwrap_or(0);
    }
    if dry_run {
        return Ok(report);
    }
    let now = |ctx: &Ctx| Ctx { now_ms: workspace.now_ms(), through: kernel::Through::Import, ..ctx.clone() };
    for batch in &export.batches {
        let (definition, fields, object) = (batch.definition.clone(), batch.new_fields.clone(), batch.object.clone());
        if definition.is_some() || !fields.is_empty() {
            workspace.write_alone_blocking(&now(ctx), move |tx| {
                if let Some(definition) = &definition
                    && tx.registry().object(&object).is_none()
                {
                    tx.define_object(definition)?;
                }
                let known = tx.object(&object)?;
                for field in &fields {
                    if known.field(&field.name).is_none() {
                        tx.add_field(&object, &serde_json::to_value(field).unwrap_or(Json::Null))?;
                    }
                }
                Ok(())
            })?;
        }
    }
    let set = workspace.write_blocking(&now(ctx), |tx| tx.open_change_set("import"))?;
    report.change_set = Some(set);
    let (mut missing, mut done) = (Missing::new(), 0u64);
    let total = u64::try_from(report.rows).unwrap_or(0);
    for batch in &export.batches {
        for rows in batch.rows.chunks(CHUNK) {
            let (rows, object, late) = (rows.to_vec(), batch.object.clone(), batch.late.clone());
            let n = u64::try_from(rows.len()).unwrap_or(0);
            let (answers, seen) = workspace.write_blocking(&now(ctx), move |tx| {
                let mut missing = missing;
                let mut fields: Vec<Map<String, Json>> = rows.iter().map(|r| r.fields.iter().filter(|(name, _)| !late.contains(name)).map(|(k, v)| (k.clone(), v.clone())).collect()).collect();
                links::resolve(tx, &object, &mut fields, &mut missing)?;
                let items: Vec<Json> = fields.into_iter().map(Json::Object).collect();
                let options = BulkOptions { mode: BulkMode::Upsert, key: Some("external_id".into()), atomic: false, lenient: true };
                let answers = tx.bulk_items(&object, &items, &options, set)?;
                for (row, answer) in rows.iter().zip(&answers) {
                    if let Some(id) = answer.get("id").and_then(Json::as_str).and_then(|s| s.parse().ok()) {
                        chunk::belongings(tx, &object, id, &row.points, &row.objections, row.note.as_deref(), set)?;
                    }
                }
                let sourced: Vec<(String, Json)> = rows.iter().map(|r| r.source.clone()).zip(answers).collect();
                Ok((sourced, missing))
            })?;
            missing = seen;
            for (source, answer) in answers {
                match answer.get("status").and_then(Json::as_u64) {
                    Some(201) => report.created += 1,
                    Some(200) => report.updated += 1,
                    _ => {
                        report.rejected += 1;
                        if report.refused.len() < 500 {
                            report.refused.push(json!({"object": batch.object, "source": source, "errors": answer.get("errors")}));
                        }
                    }
                }
            }
            done += n;
            progress(done, total);
        }
    }
    for batch in export.batches.iter().filter(|b| !b.late.is_empty()) {
        for rows in batch.rows.chunks(CHUNK) {
            let mut late: Vec<Map<String, Json>> = rows
                .iter()
                .map(|r| r.fields.iter().filter(|(name, v)| name.as_str() == "external_id" || batch.late.contains(name) && !v.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect::<Map<_, _>>())
                .filter(|m: &Map<String, Json>| m.len() > 1)
                .collect();
            let object = batch.object.clone();
            if late.is_empty() {
                continue;
            }
            let (answers, seen) = workspace.write_blocking(&now(ctx), move |tx| {
                let mut missing = missing;
                links::resolve(tx, &object, &mut late, &mut missing)?;
                let items: Vec<Json> = late.into_iter().map(Json::Object).collect();
                let options = BulkOptions { mode: BulkMode::Upsert, key: Some("external_id".into()), atomic: false, lenient: true };
                Ok((tx.bulk_items(&object, &items, &options, set)?, missing))
            })?;
            missing = seen;
            report.refused.extend(answers.into_iter().filter(|a| a.get("errors").is_some()).take(100));
        }
    }
    report.missing = missing.iter().take(500).map(|((field, value), n)| json!({"field": field, "value": value, "rows": n})).collect();
    let counts = json!({"created": report.created, "updated": report.updated, "rejected": report.rejected});
    workspace.write_blocking(&now(ctx), move |tx| tx.finish_change_set(set, "done", &counts))?;
    if report.rows > 0 && report.created + report.updated == 0 {
        return Err(Error::field("file", "nothing_taken", format!("None of the {} records could be taken: {}", report.rows, report.refused.first().map(Json::to_string).unwrap_or_default())));
    }
    Ok(report)
}
