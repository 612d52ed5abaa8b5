use integration::import::coerce::{Coerced, Refusal, RowContext, Rule, coerce};
use integration::import::detect::{DateOrder, DecimalMark, Locale, PercentScale, Style};
use integration::import::reader::RawCell;
use integration::import::target::{FieldKind, TargetField};
use kernel::Currency;
use proptest::prelude::*;
use serde_json::{Value, json};

fn with(kind: FieldKind, text: &str, style: Style) -> Result<Coerced, Refusal> {
    run(&TargetField::new("f", "F", kind), &RawCell::Text(text.into()), &Rule::default(), style)
}
fn run(field: &TargetField, cell: &RawCell, rule: &Rule, style: Style) -> Result<Coerced, Refusal> {
    let locale = Locale { region: Some("DE".into()), time_zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(), ..Locale::default() };
    coerce(cell, field, rule, &style, &RowContext { locale: &locale, region: None, currency: Currency::EUR })
}
fn value(kind: FieldKind, text: &str) -> Value {
    with(kind, text, Style::default()).unwrap().value
}
fn code(kind: FieldKind, text: &str) -> &'static str {
    with(kind, text, Style::default()).unwrap_err().code
}
fn comma() -> Style {
    Style { decimal: DecimalMark::Comma, ..Style::default() }
}

#[test]
fn money_carries_its_currency() {
    let eur = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    assert_eq!(value(FieldKind::Money, "1,234.5"), eur("1234.50"));
    assert_eq!(with(FieldKind::Money, "1.234,5 €", comma()).unwrap().value, eur("1234.50"));
    assert_eq!(value(FieldKind::Money, "$(5.00)"), json!({"amount": "-5.00", "currency": "USD"}));
    assert_eq!(value(FieldKind::Money, "¥ 1,000"), json!({"amount": "1000", "currency": "JPY"}));
    assert_eq!(value(FieldKind::Money, "KWD 1.5"), json!({"amount": "1.500", "currency": "KWD"}));
    let rounded = with(FieldKind::Money, "1.005", Style::default()).unwrap();
    assert_eq!((rounded.value, rounded.warnings[0].code), (eur("1.01"), "rounded"));
    assert_eq!(value(FieldKind::Money, "n/a"), Value::Null);
    assert_eq!((code(FieldKind::Money, "lots"), code(FieldKind::Money, &"9".repeat(20))), ("wrong_type", "too_large"));
    let field = TargetField::new("f", "F", FieldKind::Money);
    let rule = Rule { multiply: Some("1000000".into()), ..Rule::default() };
    assert_eq!(run(&field, &RawCell::Text("1100.04".into()), &rule, Style::default()).unwrap().value, eur("1100040000.00"));
    let json = RawCell::Json(json!({"amount": "12.5", "currency": "CHF"}));
    assert_eq!(run(&field, &json, &Rule::default(), comma()).unwrap().value, json!({"amount": "12.50", "currency": "CHF"}));
}
#[test]
fn percents_are_points() {
    let fraction = Style { percent: PercentScale::Fraction, ..Style::default() };
    assert_eq!(with(FieldKind::Percent, "0.4", fraction).unwrap().value, json!("40"));
    assert_eq!(with(FieldKind::Percent, "12.5 %", fraction).unwrap().value, json!("12.5"));
    assert_eq!(value(FieldKind::Percent, "0.4"), json!("0.4"));
}
#[test]
fn dates_and_times() {
    let mdy = Style { date: DateOrder::Mdy, ..Style::default() };
    assert_eq!(value(FieldKind::Date, "03/04/2024"), json!("2024-04-03"));
    assert_eq!(with(FieldKind::Date, "03/04/2024", mdy).unwrap().value, json!("2024-03-04"));
    assert_eq!(value(FieldKind::Date, "2024-03-12T23:30:00Z"), json!("2024-03-13"), "the day in Berlin");
    assert_eq!(value(FieldKind::DateTime, "2024-07-01 12:00"), json!("2024-07-01T10:00:00.000Z"));
    assert_eq!(value(FieldKind::DateTime, "2024-03-31 02:30"), json!("2024-03-31T01:30:00.000Z"), "the hour that Berlin skips");
    assert_eq!(with(FieldKind::DateTime, "3/15/2024 2:30 PM", mdy).unwrap().value, json!("2024-03-15T13:30:00.000Z"));
}
#[test]
fn days_that_do_not_exist_reject_the_row() {
    assert_eq!(code(FieldKind::Date, "04/13/2024"), "no_such_day");
    assert_eq!(code(FieldKind::Date, "2024-02-30"), "wrong_type");
    assert_eq!(code(FieldKind::Date, "soon"), "wrong_type");
    assert_eq!(value(FieldKind::Date, "0000-00-00"), Value::Null);
    let field = TargetField::new("f", "F", FieldKind::Date);
    assert_eq!(run(&field, &RawCell::Number("45363".into()), &Rule::default(), Style::default()).unwrap().value, json!("2024-03-12"));
    assert!(run(&field, &RawCell::Number("2024".into()), &Rule::default(), Style::default()).is_err());
}
#[test]
fn odd_phones_and_addresses_keep_their_text() {
    let odd = with(FieldKind::Phone, "ask reception", Style::default()).unwrap();
    assert_eq!((odd.value, odd.warnings[0].code), (json!("ask reception"), "odd_phone"));
    let odd = with(FieldKind::Email, "ada at example", Style::default()).unwrap();
    assert_eq!((odd.value, odd.warnings[0].code), (json!("ada at example"), "odd_email"));
    assert_eq!(value(FieldKind::Phone, "030 1234567"), json!("+49301234567"));
    assert_eq!(value(FieldKind::Email, "Ada <ada@example.org>"), json!("ada@example.org"));
    let two = with(FieldKind::Email, "* a@b.de ::: c@d.de", Style::default()).unwrap();
    assert_eq!((two.value, two.points), (json!("a@b.de"), vec![json!({"kind": "email", "value": "c@d.de"})]));
    let extension = with(FieldKind::Phone, "030 1234567 ext. 12", Style::default()).unwrap();
    assert_eq!((extension.value, extension.points), (json!("+49301234567"), vec![json!({"kind": "phone", "value": "+49301234567 ext. 12"})]));
}
#[test]
fn choices_by_value_label_or_meaning() {
    let field = TargetField::new("f", "F", FieldKind::Choice).with_options(&[("public_body", "Public body"), ("cafe", "Café")]);
    let take = |text: &str, rule: &Rule| run(&field, &RawCell::Text(text.into()), rule, Style::default());
    for (text, expected) in [("public_body", "public_body"), ("Public Body", "public_body"), ("CAFE", "cafe"), ("public-body", "public_body")] {
        assert_eq!(take(text, &Rule::default()).unwrap().value, json!(expected), "{text}");
    }
    let error = take("Council", &Rule::default()).unwrap_err();
    assert!(error.code == "unknown_option" && error.detail.contains("Public body, Café"), "{error}");
    let rule = Rule { values: [("council".to_owned(), "public_body".to_owned()), ("none".to_owned(), String::new())].into(), ..Rule::default() };
    assert_eq!(take("Council", &rule).unwrap().value, json!("public_body"));
    assert_eq!(take("None", &rule).unwrap().value, Value::Null);
    let several = TargetField { kind: FieldKind::MultiChoice, ..field };
    assert_eq!(run(&several, &RawCell::Text("Café; public body;cafe".into()), &Rule::default(), Style::default()).unwrap().value, json!(["cafe", "public_body"]));
}
#[test]
fn references_are_named_by_a_field() {
    let account = TargetField::new("account", "Account", FieldKind::Reference).to("account");
    let take = |field: &TargetField, text: &str, by: Option<&str>| run(field, &RawCell::Text(text.into()), &Rule { match_field: by.map(str::to_owned), ..Rule::default() }, Style::default()).unwrap();
    assert_eq!(take(&account, "Acme", None).value, json!({"by": "name", "value": "Acme"}));
    assert_eq!(take(&account, "0190f0c2-0000-7000-8000-000000000001", None).value, json!("0190f0c2-0000-7000-8000-000000000001"));
    let two = take(&account, "12;13", Some("external_id"));
    assert_eq!((two.value, two.warnings[0].code), (json!({"by": "external_id", "value": "12"}), "several_values"));
    let owner = TargetField::new("owner", "Owner", FieldKind::User).to("user");
    assert_eq!(take(&owner, "ada@example.org", None).value, json!({"by": "email", "value": "ada@example.org"}));
    assert_eq!(take(&owner, "Ada Lovelace", None).value, json!({"by": "name", "value": "Ada Lovelace"}));
}
#[test]
fn the_other_types() {
    assert_eq!(value(FieldKind::Integer, "1,234"), json!(1234));
    assert_eq!(code(FieldKind::Integer, "1.5"), "wrong_type");
    assert_eq!(value(FieldKind::Duration, "1:30:00"), json!(5400));
    assert_eq!(value(FieldKind::Duration, "2h 30m"), json!(9000));
    assert_eq!(value(FieldKind::Duration, "PT1H30M"), json!(5400));
    assert_eq!(value(FieldKind::Decimal { scale: 2 }, "1.255"), json!("1.26"));
    assert_eq!(value(FieldKind::Boolean, "ja"), json!(true));
    assert_eq!(code(FieldKind::Boolean, "perhaps"), "wrong_type");
    assert_eq!(value(FieldKind::GeoPoint, "52.5, 13.4"), json!({"lat": 52.5, "lon": 13.4}));
    assert_eq!(value(FieldKind::Text { max: None, unique: false }, " a\u{0}b\r\nc "), json!("ab, c"));
    assert_eq!(value(FieldKind::LongText, " a\r\nb "), json!("a\nb"));
    assert_eq!(code(FieldKind::Text { max: Some(3), unique: false }, "abcd"), "too_long");
    assert_eq!(value(FieldKind::Text { max: None, unique: false }, "n/a"), json!("n/a"));
    assert_eq!(value(FieldKind::PersonName, "Dr. Ada Lovelace"), json!({"salutation": "Dr.", "first_name": "Ada", "last_name": "Lovelace"}));
    assert_eq!(code(FieldKind::Url, "javascript:alert(1)"), "wrong_type");
}

fn kinds() -> impl Strategy<Value = FieldKind> {
    prop::sample::select(vec![
        FieldKind::Text { max: None, unique: false },
        FieldKind::LongText,
        FieldKind::Email,
        FieldKind::Phone,
        FieldKind::Url,
        FieldKind::Choice,
        FieldKind::MultiChoice,
        FieldKind::Integer,
        FieldKind::Duration,
        FieldKind::Decimal { scale: 6 },
        FieldKind::Percent,
        FieldKind::Money,
        FieldKind::Boolean,
        FieldKind::Date,
        FieldKind::DateTime,
        FieldKind::Reference,
        FieldKind::ManyToMany,
        FieldKind::GeoPoint,
        FieldKind::Address,
        FieldKind::PersonName,
    ])
}
proptest! {
    #[test]
    fn nothing_panics(kind in kinds(), text in any::<String>(), number in "[-+(]?[0-9.,' ]{0,12}[%€)eE]?[0-9]{0,3}", date in "[0-9]{1,4}[-/. T:][0-9a-zä]{1,9}[-/. :][0-9]{1,4}[ T]?[0-9:.+]{0,9}(PM|Z)?") {
        for text in [text, number, date] {
            let _outcome = with(kind.clone(), &text, Style::default());
            let _outcome = with(kind.clone(), &text, comma());
        }
    }
    #[test]
    fn dates_come_back_whatever_their_order(days in 0i64..90_000) {
        let day = jiff::civil::date(1850, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        for (order, format) in [(DateOrder::Dmy, "%d/%m/%Y"), (DateOrder::Mdy, "%m-%d-%Y"), (DateOrder::Dmy, "%-d.%-m.%Y"), (DateOrder::Dmy, "%Y-%m-%d"), (DateOrder::Mdy, "%d %B %Y"), (DateOrder::Dmy, "%b %d, %Y 14:05:06"), (DateOrder::Mdy, "%Y%m%d")] {
            let style = Style { date: order, ..Style::default() };
            let text = day.strftime(format).to_string();
            prop_assert_eq!(with(FieldKind::Date, &text, style).unwrap().value, json!(day.to_string()), "{}", text);
        }
    }
    #[test]
    fn amounts_come_back_whatever_their_marks(minor in -10_000_000_000i64..10_000_000_000) {
        let plain = format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100);
        let whole = (minor.abs() / 100).to_string();
        let group = |mark: char| whole.as_bytes().rchunks(3).rev().map(|c| std::str::from_utf8(c).unwrap()).collect::<Vec<_>>().join(&mark.to_string());
        let sign = if minor < 0 { "-" } else { "" };
        let expected = json!({"amount": plain.clone(), "currency": "EUR"});
        let texts = [(plain, Style::default()), (format!("{sign}{},{:02}", group('.'), minor.abs() % 100), comma()), (format!("{sign}{}.{:02}", group(','), minor.abs() % 100), Style::default()), (format!("{sign}{},{:02} €", group('\u{202f}'), minor.abs() % 100), comma())];
        for (text, style) in texts {
            prop_assert_eq!(&with(FieldKind::Money, &text, style).unwrap().value, &expected, "{}", text);
        }
    }
}
