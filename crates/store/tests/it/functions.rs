use crate::world::{World, column};
use store::{Error, Sql, Val, ddl::*, is_zone, local_date, settled, transaction_number};

const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
];

/// Computed outside both engines: hours around changes of the clock, the day Samoa skipped, leap days, old and far dates.
const KNOWN: [(&str, i64, &str); 14] = [
    ("UTC", 0, "1970-01-01"),
    ("America/New_York", 0, "1969-12-31"),
    ("Europe/Berlin", 1_711_843_199_000, "2024-03-31"),
    ("Europe/Berlin", 1_711_839_599_999, "2024-03-30"),
    ("Europe/Berlin", 1_711_839_600_000, "2024-03-31"),
    ("Europe/Berlin", 1_729_979_999_999, "2024-10-26"),
    ("Europe/Berlin", 1_729_980_000_000, "2024-10-27"),
    ("Europe/Berlin", 1_730_069_999_999, "2024-10-27"),
    ("Europe/Berlin", 1_730_070_000_000, "2024-10-28"),
    ("Pacific/Apia", 1_325_239_199_999, "2011-12-29"),
    ("Pacific/Apia", 1_325_239_200_000, "2011-12-31"),
    ("Asia/Kathmandu", 1_709_144_100_000, "2024-02-29"),
    ("UTC", -2_208_988_800_001, "1899-12-31"),
    ("UTC", 4_102_444_800_000, "2100-01-01"),
];

fn date(world: &World, zone: &str, ms: Val) -> Result<Option<String>, Error> {
    world.store.read_blocking(|db| {
        let expr = "CAST($1 AS BIGINT)";
        let q = Sql::with(format!("SELECT {}", local_date(db.dialect(), expr, "$2")), [ms, Val::from(zone)]);
        Ok(db.one(&q)?.unwrap()[0].as_str().map(str::to_owned))
    })
}

pub(crate) fn local_dates_are_those_of_the_zone(world: World) {
    for (zone, ms, expected) in KNOWN {
        assert_eq!(date(&world, zone, ms.into()).unwrap().as_deref(), Some(expected), "{zone} {ms}");
    }
    // every zone, every hour around a year of changes, against the calendar library
    for zone in ZONES {
        let tz = jiff::tz::TimeZone::get(zone).unwrap();
        let moments: Vec<i64> = (0..600).map(|i| 1_700_000_000_000 + i * 14 * 3_600_000 + i).collect();
        let dates = world.store.read_blocking(|db| {
            let values: Vec<String> = moments.iter().map(|ms| format!("({ms})")).collect();
            let text = format!("SELECT {} FROM (VALUES {}) AS v(column1) ORDER BY column1", local_date(db.dialect(), "column1", "$1"), values.join(", "));
            let text = if db.dialect() == store::Dialect::Sqlite { text.replace(" AS v(column1)", "") } else { text };
            db.rows(&Sql::with(text, [zone]))
        });
        for (ms, row) in moments.iter().zip(dates.unwrap()) {
            let expected = jiff::Timestamp::from_millisecond(*ms).unwrap().to_zoned(tz.clone()).date().to_string();
            assert_eq!(row[0].as_str(), Some(expected.as_str()), "{zone} {ms}");
        }
    }
}

pub(crate) fn unknown_zone(world: World) {
    assert!(is_zone("Europe/Berlin") && is_zone("UTC") && !is_zone("Mars/Olympus") && !is_zone(""));
    let result = date(&world, "Mars/Olympus", 0i64.into());
    assert!(matches!(&result, Err(Error::Other(_))), "{result:?}");
    assert!(!format!("{result:?}").contains("Olympus"), "{result:?}");
}

/// A log followed by number: rows of a transaction that is still open hold back those behind them.
pub(crate) fn followers_miss_nothing(world: World) {
    let spec = TableSpec { name: "log".into(), columns: vec![column("seq", ColumnKind::Int), column("tx", ColumnKind::Int)], primary_key: vec!["seq".into()], autoincrement: true, indexes: vec![] };
    world.make(&[spec]);
    let add = |db: &mut dyn store::Db| {
        let q = Sql::new(format!("INSERT INTO {} (\"tx\") VALUES ({})", db.table("log"), transaction_number(db.dialect())));
        db.exec(&q)
    };
    let seen = |after: (i64, i64)| {
        let dialect = world.store.dialect();
        let text = format!("SELECT \"tx\", \"seq\" FROM {} WHERE (\"tx\", \"seq\") > ($1, $2) AND {} ORDER BY \"tx\", \"seq\"", world.table("log"), settled(dialect, "\"tx\""));
        world.rows(Sql::with(text, [after.0, after.1])).iter().map(|row| (row[0].as_int().unwrap(), row[1].as_int().unwrap())).collect::<Vec<_>>()
    };
    world.store.write_blocking(add).unwrap();
    let (go, wait_for) = std::sync::mpsc::channel::<()>();
    let (begun, is_begun) = std::sync::mpsc::channel::<()>();
    let store = world.store.clone();
    let slow = std::thread::spawn(move || {
        store.write_blocking(move |db| {
            add(db)?;
            begun.send(()).unwrap();
            let _ended = wait_for.recv();
            Ok::<_, Error>(())
        })
    });
    is_begun.recv().unwrap();
    let store = world.store.clone();
    let quick = std::thread::spawn(move || store.write_blocking(add));
    std::thread::sleep(std::time::Duration::from_millis(200));
    let first = seen((0, 0));
    drop(go);
    slow.join().unwrap().unwrap();
    quick.join().unwrap().unwrap();
    // other tests of this cluster may still hold the horizon back for a moment
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let mut all = first.clone();
    while all.len() < 3 && std::time::Instant::now() < until {
        all.extend(seen(all.last().copied().unwrap_or_default()));
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(first.len() <= 1, "the open transaction holds back: {first:?}");
    let mut numbers: Vec<i64> = all.iter().map(|(_, seq)| *seq).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3], "none missed, none twice");
}

pub(crate) fn dates_out_of_range(world: World) {
    assert_eq!(date(&world, "UTC", Val::Null), Ok(None));
    for ms in [i64::MIN, i64::MAX, 253_402_300_800_000, -62_135_596_800_001] {
        assert_eq!(date(&world, "Asia/Tokyo", ms.into()), Ok(None), "{ms}");
    }
    assert_eq!(date(&world, "Asia/Tokyo", (-62_000_000_000_000i64).into()).unwrap().as_deref(), Some("0005-04-19"));
    assert_eq!(date(&world, "UTC", 253_000_000_000_000i64.into()).unwrap().as_deref(), Some("9987-04-02"));
}
