use crate::shared;
use integration::import::coerce::{read_phone, split_name};

/// Bar: E.164 of at least 99 % of the valid numbers; numbers of an impossible length are told apart.
#[test]
fn phone_numbers_of_245_regions() {
    let Some(folder) = shared::set("phone-libphonenumber") else { return };
    let mut reader = csv::Reader::from_path(folder.join("numbers.csv")).unwrap();
    let (mut valid, mut right, mut impossible, mut refused) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let (region, input, e164) = (&row[0], &row[1], &row[2]);
        let found = read_phone(input, Some(region)).map(|p| p.e164);
        if &row[5] == "1" {
            valid += 1;
            right += u32::from(found.as_deref() == Some(e164));
            if found.as_deref() != Some(e164) {
                wrong.push(format!("{region} {input}: {found:?}, not {e164}"));
            }
        }
        if &row[6] == "0" {
            impossible += 1;
            refused += u32::from(found.is_none());
        }
    }
    println!("{right} of {valid} valid numbers, {refused} of {impossible} impossible ones refused; wrong: {wrong:#?}");
    assert!(valid > 2_500 && f64::from(right) >= 0.99 * f64::from(valid));
    assert!(f64::from(refused) >= 0.9 * f64::from(impossible));
}

/// Bar: 85 % of the names that the Python library asserts.
#[test]
fn names_of_the_collection() {
    let Some(folder) = shared::set("names-nameparser") else { return };
    let rows = shared::reference(&folder)["rows"].as_array().unwrap().clone();
    let mut right = 0;
    for row in &rows {
        let name = split_name(row["input"].as_str().unwrap());
        let part = |key: &str| match key {
            "title" => &name.salutation,
            "first" => &name.first,
            "middle" => &name.middle,
            "last" => &name.last,
            "suffix" => &name.suffix,
            _ => &name.nickname,
        };
        let expected = row["expected"].as_object().unwrap();
        let ok = expected.iter().all(|(key, value)| part(key) == value.as_str().unwrap());
        right += usize::from(ok);
        if !ok {
            println!("{} -> {name:?}, not {}", row["input"], row["expected"]);
        }
    }
    println!("{right} of {} names", rows.len());
    assert!(right * 100 >= rows.len() * 85);
}
