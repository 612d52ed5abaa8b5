//! The copy of a person's data as one page, to be read and printed: no script, no address outside, everything escaped.

use serde_json::Value as Json;
use std::fmt::Write as _;

struct Words {
    title: &'static str,
    made: &'static str,
    intro: &'static str,
    earlier: &'static str,
    until: &'static str,
    withheld: &'static str,
    yes: &'static str,
    no: &'static str,
}
const ENGLISH: Words = Words {
    title: "Copy of personal data",
    made: "Made at",
    intro: "This is all that is kept about this person, with what stood there before. Other people are not named: \u{201c}another person\u{201d} and \u{201c}staff\u{201d} stand in their place.",
    earlier: "Earlier",
    until: "until",
    withheld: "Entries that colleagues keep in private mailboxes, to be handed out by them:",
    yes: "yes",
    no: "no",
};
const GERMAN: Words = Words {
    title: "Kopie personenbezogener Daten",
    made: "Erstellt am",
    intro: "Dies ist alles, was über diese Person gespeichert ist, mit dem, was früher dort stand. Andere Personen werden nicht genannt: an ihrer Stelle steht \u{201e}another person\u{201c} oder \u{201e}staff\u{201c}.",
    earlier: "Früher",
    until: "bis",
    withheld: "Einträge in privaten Postfächern, die deren Inhaber herausgeben:",
    yes: "ja",
    no: "nein",
};

pub(super) fn of(copy: &Json, language: &str) -> String {
    let german = language.starts_with("de");
    let words = if german { &GERMAN } else { &ENGLISH };
    let mut out = String::new();
    let name = text(&copy["about"]["name"], words);
    push(
        &mut out,
        format_args!("<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>\n<style>{STYLE}</style></head><body>\n", if german { "de" } else { "en" }, words.title),
    );
    push(&mut out, format_args!("<h1>{}: {name}</h1>\n<p>{} {}</p>\n<p>{}</p>\n", words.title, words.made, text(&copy["made_at"], words), words.intro));
    if copy["withheld"].as_u64().unwrap_or(0) > 0 {
        push(&mut out, format_args!("<p>{} {}</p>\n", words.withheld, copy["withheld"]));
    }
    for object in list(&copy["objects"]) {
        push(&mut out, format_args!("<h2>{}</h2>\n", text(&object["label"], words)));
        for record in list(&object["records"]) {
            out.push_str("<table>\n");
            for value in list(&record["values"]) {
                push(&mut out, format_args!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", text(&value["label"], words), text(&value["value"], words)));
            }
            for value in list(&record["earlier"]) {
                let (label, old, at) = (text(&value["label"], words), text(&value["value"], words), text(&value["until"], words));
                push(&mut out, format_args!("<tr class=\"old\"><th scope=\"row\">{}: {label}</th><td>{old} <small>{} {at}</small></td></tr>\n", words.earlier, words.until));
            }
            out.push_str("</table>\n");
        }
    }
    out.push_str("</body></html>\n");
    out
}
const STYLE: &str = "body{font:14px/1.45 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%;margin:0 0 1rem}th,td{border-top:1px solid #ddd;padding:.3rem .5rem;text-align:start;vertical-align:top;overflow-wrap:anywhere}th{width:14rem;font-weight:600}td{white-space:pre-wrap}.old{color:#555}@media print{body{margin:0}table{break-inside:avoid}}";

fn push(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("writing to a String cannot fail");
}
fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}
/// A value in words, escaped.
fn text(value: &Json, words: &Words) -> String {
    let plain = match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Bool(yes) => if *yes { words.yes } else { words.no }.to_owned(),
        Json::Array(items) => return items.iter().map(|item| text(item, words)).collect::<Vec<_>>().join(", "),
        Json::Object(map) => return map.values().filter(|v| !v.is_null()).map(|v| text(v, words)).collect::<Vec<_>>().join(" "),
        number @ Json::Number(_) => number.to_string(),
    };
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn nothing_that_is_written_there_becomes_markup() {
        let value = json!({"field": "description", "label": "Description", "value": "<script>alert(1)</script> & \"more\""});
        let copy = json!({"about": {"name": "<b>Ada</b>"}, "made_at": "2026-01-01T00:00:00Z", "withheld": 2,
            "objects": [{"label": "Contacts", "records": [{"values": [value], "earlier": [{"label": "City", "value": "Bern", "until": "2025-01-01T00:00:00Z"}]}]}]});
        let page = of(&copy, "de-CH");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;") && !page.contains("<script>") && !page.contains("<b>Ada"), "{page}");
        assert!(page.contains("lang=\"de\"") && page.contains("Früher: City") && page.contains("herausgeben: 2"));
        assert!(of(&copy, "fr").contains("lang=\"en\""), "English where a language is not written yet");
    }
}
