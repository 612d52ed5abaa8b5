use integration::import::detect::{Choice, DateOrder, DecimalMark, Locale, PercentScale, Profiler, QuestionKind, decide, guess};
use integration::import::reader::{RawCell, RawRow};
use integration::import::target::FieldKind;
use kernel::Currency;

fn profile(values: &[&str]) -> integration::import::detect::ColumnProfile {
    let mut profiler = Profiler::new(1);
    for (line, value) in values.iter().enumerate() {
        profiler.observe(&RawRow { line: line as u64 + 2, cells: vec![RawCell::Text((*value).to_owned())] });
    }
    profiler.finish().remove(0)
}
fn german() -> Locale {
    Locale::of_language("de-DE", Currency::EUR, jiff::tz::TimeZone::UTC)
}
fn order(values: &[&str], locale: &Locale) -> (DateOrder, usize, usize) {
    let found = decide("D", &profile(values), &FieldKind::Date, locale, Choice::default());
    (found.style.date, found.questions.len(), found.remarks.len())
}

#[test]
fn the_whole_column_decides_the_order_of_dates() {
    let none = Locale::default();
    assert_eq!(order(&["03/04/2024", "13/04/2024", "01/02/2024"], &none), (DateOrder::Dmy, 0, 0));
    assert_eq!(order(&["03/04/2024", "04/13/2024"], &german()), (DateOrder::Mdy, 0, 0));
    assert_eq!(order(&["03/04/2024", "n/a", ""], &german()), (DateOrder::Dmy, 0, 0));
    assert_eq!(order(&["03/04/2024"], &Locale::of_language("en-US", Currency::USD, jiff::tz::TimeZone::UTC)), (DateOrder::Mdy, 0, 0));
    assert_eq!(order(&["03/04/2024", "05/06/2024"], &none), (DateOrder::Dmy, 1, 0));
    assert_eq!(order(&["03.04.2024"], &none), (DateOrder::Dmy, 0, 0), "dots mean day first");
    assert_eq!(order(&["04/04/2024", "2024-01-02"], &none).1, 0, "nothing is ambiguous");
    assert_eq!(order(&["13/04/2024", "14/04/2024", "04/15/2024"], &none), (DateOrder::Dmy, 0, 1), "contradiction is told");
    let fixed = Choice { date: Some(DateOrder::Mdy), ..Choice::default() };
    let found = decide("D", &profile(&["03/04/2024", "13/04/2024"]), &FieldKind::Date, &none, fixed);
    assert_eq!((found.style.date, found.remarks.len()), (DateOrder::Mdy, 1));
}
#[test]
fn the_whole_column_decides_the_decimal_mark() {
    let mark = |values: &[&str], kind: FieldKind, locale: &Locale| {
        let found = decide("N", &profile(values), &kind, locale, Choice::default());
        (found.style.decimal, found.questions.iter().map(|q| q.kind).collect::<Vec<_>>())
    };
    let none = Locale::default();
    assert_eq!(mark(&["1.234", "1,5"], FieldKind::Money, &none), (DecimalMark::Comma, vec![]));
    assert_eq!(mark(&["1,234", "1.5"], FieldKind::Money, &german()), (DecimalMark::Dot, vec![]));
    assert_eq!(mark(&["1.234", "2.500"], FieldKind::Money, &german()), (DecimalMark::Comma, vec![]));
    assert_eq!(mark(&["1.234", "2.500"], FieldKind::Money, &none), (DecimalMark::Comma, vec![QuestionKind::Decimal]));
    assert_eq!(mark(&["1,234"], FieldKind::Integer, &german()), (DecimalMark::Dot, vec![]), "a whole number has thousands");
    assert_eq!(mark(&["1234", "5"], FieldKind::Money, &none).1, vec![]);
}
#[test]
fn percents_between_zero_and_one_are_asked_for() {
    let scale = |values: &[&str]| {
        let found = decide("P", &profile(values), &FieldKind::Percent, &Locale::default(), Choice::default());
        (found.style.percent, found.questions.len())
    };
    assert_eq!(scale(&["0.1", "0.5", "1"]), (PercentScale::Fraction, 1));
    assert_eq!(scale(&["10", "0.5"]), (PercentScale::Points, 0));
    assert_eq!(scale(&["10 %", "0.5 %"]), (PercentScale::Points, 0));
    assert_eq!(scale(&["0", "0"]), (PercentScale::Points, 0));
    assert_eq!(scale(&["0", "1"]), (PercentScale::Points, 1));
}
#[test]
fn types_are_guessed_with_care() {
    let text = FieldKind::Text { max: None, unique: false };
    for (values, kind) in [
        (&["1", "2", "30"][..], FieldKind::Integer),
        (&["01742", "10115"], text.clone()),
        (&["1.5", "2"], FieldKind::Decimal { scale: 2 }),
        (&["$1.50", "$2"], FieldKind::Money),
        (&["5 %", "10%"], FieldKind::Percent),
        (&["2024-01-02", "2024-02-03"], FieldKind::Date),
        (&["2024-01-02T10:00:00Z"], FieldKind::DateTime),
        (&["yes", "no", ""], FieldKind::Boolean),
        (&["0", "1"], FieldKind::Integer),
        (&["a@b.de", "c@d.org"], FieldKind::Email),
        (&["https://a.b/c"], FieldKind::Url),
        (&["a", "b"], text.clone()),
        (&["", "n/a"], text.clone()),
        (&["a\nb"], FieldKind::LongText),
    ] {
        assert_eq!(guess(&profile(values)), kind, "{values:?}");
    }
}
