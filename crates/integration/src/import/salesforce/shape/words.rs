//! Words of pick-lists: those of Salesforce as delivered, to the options of our choices.

use super::{Record, Work, text};
use crate::import::reader::RawCell;
use crate::import::target::FieldKind;

/// `open`, `won` or `lost`: by the flags of the record, else by the name.
pub(super) fn stage_kind(record: &Record, stage: &str) -> &'static str {
    if record.get("IsClosed").is_some() || record.get("IsWon").is_some() {
        return match (record.is_true("IsClosed"), record.is_true("IsWon")) {
            (_, true) => "won",
            (true, false) => "lost",
            (false, false) => "open",
        };
    }
    let folded = kernel::fold(stage);
    let has = |words: &[&str]| words.iter().any(|w| folded.contains(w));
    match () {
        _ if has(&["lost", "verloren", "declined", "withdrawn", "cancel", "dead"]) => "lost",
        _ if folded == "won" || has(&["closed won", "gewonnen", "awarded", "posted", "closed/won"]) => "won",
        _ => "open",
    }
}
/// The probabilities of the stages as delivered.
pub(super) fn stage_probability(stage: &str) -> Option<String> {
    let percent = match kernel::fold(stage).as_str() {
        "prospecting" | "qualification" => 10,
        "needs analysis" => 20,
        "value proposition" => 50,
        "id. decision makers" => 60,
        "perception analysis" => 70,
        "proposal/price quote" => 75,
        "negotiation/review" | "pledged" => 90,
        "closed won" | "posted" => 100,
        "closed lost" | "withdrawn" => 0,
        _ => return None,
    };
    Some(percent.to_string())
}

/// Field of Salesforce, field of ours, and its words.
type Words = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

fn table(object: &str) -> &'static [Words] {
    match object {
        "lead" => &[(
            "Status",
            "status",
            &[
                ("open - not contacted", "new"),
                ("open", "new"),
                ("new", "new"),
                ("working - contacted", "working"),
                ("working", "working"),
                ("contacted", "working"),
                ("nurturing", "nurturing"),
                ("qualified", "qualified"),
                ("closed - converted", "converted"),
                ("converted", "converted"),
                ("closed - not converted", "disqualified"),
                ("unqualified", "disqualified"),
            ],
        )],
        "opportunity" => &[(
            "Type",
            "type",
            &[
                ("new customer", "new"),
                ("new business", "new"),
                ("new", "new"),
                ("existing customer - upgrade", "expansion"),
                ("existing business", "expansion"),
                ("add-on business", "expansion"),
                ("upsell", "expansion"),
                ("existing customer - replacement", "renewal"),
                ("renewal", "renewal"),
                ("existing customer - downgrade", "downsell"),
                ("cross-sell", "cross_sell"),
            ],
        )],
        "campaign" => &[
            ("Status", "status", &[("planned", "planned"), ("in progress", "active"), ("active", "active"), ("completed", "completed"), ("aborted", "cancelled"), ("cancelled", "cancelled")]),
            (
                "Type",
                "type",
                &[
                    ("conference", "event"),
                    ("webinar", "event"),
                    ("trade show", "event"),
                    ("public relations", "information"),
                    ("event", "event"),
                    ("fundraising", "fundraising"),
                    ("appeal", "fundraising"),
                ],
            ),
        ],
        "campaign_member" => &[(
            "Status",
            "status",
            &[
                ("sent", "sent"),
                ("planned", "planned"),
                ("responded", "responded"),
                ("registered", "responded"),
                ("attended", "responded"),
                ("rsvp yes", "responded"),
                ("subscribed", "responded"),
                ("no show", "sent"),
                ("converted", "converted"),
                ("unsubscribed", "opted_out"),
                ("opted out", "opted_out"),
                ("bounced", "failed"),
            ],
        )],
        "case" => &[
            (
                "Status",
                "status",
                &[
                    ("new", "new"),
                    ("working", "open"),
                    ("open", "open"),
                    ("in progress", "open"),
                    ("escalated", "open"),
                    ("on hold", "waiting"),
                    ("waiting", "waiting"),
                    ("awaiting feedback", "waiting"),
                    ("resolved", "resolved"),
                    ("closed", "closed"),
                ],
            ),
            ("Priority", "priority", &[("high", "high"), ("medium", "normal"), ("low", "low"), ("critical", "urgent")]),
            ("Origin", "channel", &[("phone", "phone"), ("email", "email"), ("web", "web"), ("chat", "chat"), ("social", "social"), ("twitter", "social"), ("facebook", "social")]),
            (
                "Type",
                "kind",
                &[
                    ("problem", "issue"),
                    ("mechanical", "issue"),
                    ("electrical", "issue"),
                    ("question", "question"),
                    ("feature request", "request"),
                    ("complaint", "complaint"),
                    ("request", "request"),
                    ("other", "request"),
                ],
            ),
        ],
        "task" => &[
            ("Status", "status", &[("not started", "open"), ("in progress", "in_progress"), ("completed", "done"), ("waiting on someone else", "waiting"), ("deferred", "waiting"), ("open", "open")]),
            ("Priority", "priority", &[("high", "high"), ("normal", "normal"), ("low", "low")]),
            ("TaskSubtype", "kind", &[("call", "call"), ("email", "email"), ("task", "to_do"), ("listemail", "email"), ("cadence", "follow_up")]),
            ("Type", "kind", &[("call", "call"), ("email", "email"), ("meeting", "other"), ("other", "other"), ("letter", "letter")]),
        ],
        "contract" => &[("Status", "status", &[("draft", "draft"), ("in approval process", "draft"), ("activated", "active"), ("expired", "ended"), ("terminated", "terminated")])],
        "order" => &[("Status", "status", &[("draft", "draft"), ("activated", "placed"), ("cancelled", "cancelled"), ("fulfilled", "fulfilled")])],
        _ => &[],
    }
}

/// Puts words that fit an option into our field; a word that fits none stays under its old name, as a note or for a mapping,
/// rather than keeping the record out. Returns the fields that are done.
pub(super) fn fitted(work: &mut Work<'_>, object: &str, record: &Record, cells: &mut Vec<(String, RawCell)>) -> Vec<&'static str> {
    let mut used = Vec::new();
    if object == "campaign_member" && record.is_true("HasResponded") {
        cells.push(("status".into(), text("responded")));
        used.push("Status");
    }
    for (from, to, words) in table(object) {
        let value = record.text(from);
        if value.is_empty() || used.contains(from) {
            continue;
        }
        let folded = kernel::fold(&value);
        let options = work.targets.target(object).and_then(|t| t.field(to)).filter(|f| f.kind == FieldKind::Choice).map(|f| f.options.clone()).unwrap_or_default();
        let by_word = words.iter().find(|(word, _)| *word == folded).map(|(_, option)| (*option).to_owned());
        let by_option = || options.iter().find(|o| kernel::fold(&o.label) == folded || kernel::fold(&o.value) == folded).map(|o| o.value.clone());
        match by_word.or_else(by_option) {
            Some(option) if !cells.iter().any(|(name, _)| name == to) => {
                cells.push(((*to).to_owned(), text(&option)));
                used.push(from);
            }
            Some(_) => used.push(from),
            None => {
                work.notices.add(None, "unknown_word", format!("{}: {from} {value:?} is none of our options; it is kept in the notes", record.source));
                work.notes.push(((*from).to_owned(), value));
                used.push(from);
            }
        }
    }
    if object == "campaign_member" {
        used.extend(["HasResponded", "FirstRespondedDate", "IsPrimary", "Name", "Type"]);
        if let Some(day) = record.get("FirstRespondedDate") {
            cells.push(("responded_at".into(), day.clone()));
        }
    }
    used
}
