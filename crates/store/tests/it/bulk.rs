use crate::world::World;
use std::time::Instant;
use store::{Error, Val};

const COLUMNS: [&str; 5] = ["id", "n", "s", "r", "b"];

fn row(i: i64) -> Vec<Val> {
    vec![format!("{i:08}").into(), i.into(), format!("person number {i}").into(), (i as f64 / 7.0).into(), Val::Blob(vec![i as u8; 3])]
}

fn bulk(world: &World, rows: impl Iterator<Item = Vec<Val>> + Send + 'static) -> Result<u64, Error> {
    world.store.write_blocking(move |db| {
        let mut rows = rows;
        db.bulk_insert("t", &COLUMNS, &mut rows)
    })
}

pub(crate) fn a_hundred_thousand_rows(world: World) {
    let world = world.with_t();
    let started = Instant::now();
    assert_eq!(bulk(&world, (0..100_000).map(row)), Ok(100_000));
    println!("bulk_insert of 100,000 rows, {:?}: {:?}", world.store.dialect(), started.elapsed());
    assert_eq!(world.count("t"), 100_000);
    let text = format!("SELECT \"id\", \"n\", \"s\", \"r\", \"b\" FROM {} WHERE \"n\" IN (0, 255, 77777, 99999) ORDER BY \"n\"", world.table("t"));
    assert_eq!(world.rows(store::Sql::new(text)), [row(0), row(255), row(77_777), row(99_999)]);
}

pub(crate) fn a_few_rows(world: World) {
    let world = world.with_t();
    let mut expected = 0;
    for n in [0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 51, 52, 100] {
        let from = expected;
        assert_eq!(bulk(&world, (from..from + n).map(row)), Ok(n as u64));
        expected += n;
    }
    assert_eq!(world.count("t"), expected);
}

pub(crate) fn a_bad_row_leaves_none(world: World) {
    let world = world.with_t();
    for n in [3, 60, 20_000] {
        // the last row has the key of the first
        let result = bulk(&world, (0..n).map(row).chain([row(0)]));
        let Err(Error::Unique { table, constraint, columns }) = &result else { panic!("{result:?}") };
        assert_eq!((table.as_str(), constraint.as_str()), ("t", "t_pkey"));
        assert_eq!(columns, &["id"]);
        assert_eq!(world.count("t"), 0);
    }
    // inside a job that goes on
    world
        .store
        .write_blocking(|db| {
            db.bulk_insert("t", &COLUMNS, &mut (0..10).map(row))?;
            let again = store::attempt(db, |db| db.bulk_insert("t", &COLUMNS, &mut (5..500).map(row)))?;
            assert!(matches!(again, Err(Error::Unique { .. })));
            db.bulk_insert("t", &COLUMNS, &mut (10..20).map(row))
        })
        .unwrap();
    assert_eq!(world.count("t"), 20);
}

pub(crate) fn wrong_width(world: World) {
    let world = world.with_t();
    for n in [1, 100] {
        let rows = (0..n).map(row).chain([vec![Val::Null]]);
        assert!(matches!(bulk(&world, rows), Err(Error::Other(_))));
    }
    let none = world.store.write_blocking(|db| db.bulk_insert("t", &[], &mut (0..3).map(|_| vec![])));
    assert!(matches!(none, Err(Error::Other(_))));
    let unknown = world.store.write_blocking(|db| db.bulk_insert("t", &["id", "nothing"], &mut (0..30i64).map(|i| vec![i.to_string().into(), Val::Null])));
    assert!(matches!(unknown, Err(Error::Schema(_))), "{unknown:?}");
    let kind = bulk(&world, (0..30).map(row).chain([vec!["x".into(), Val::Null, "a\0".into(), Val::Null, Val::Null]]));
    assert!(matches!(kind, Err(Error::Other(_))), "{kind:?}");
    assert_eq!(world.count("t"), 0);
}

pub(crate) fn odd_values_survive(world: World) {
    let world = world.with_t();
    let rows: Vec<Vec<Val>> =
        [["tab\there", "back\\slash", "new\nline \\N \\.", "😀", "", "'\"$1"].map(Val::from).to_vec(), vec![i64::MIN.into(), i64::MAX.into(), Val::Null, 0i64.into(), 1i64.into(), (-1i64).into()]]
            .concat()
            .chunks(6)
            .fold(vec![Vec::new(); 6], |mut rows, column| {
                for (row, value) in rows.iter_mut().zip(column) {
                    row.push(value.clone());
                }
                rows
            });
    let mut full: Vec<Vec<Val>> = Vec::new();
    for (i, row) in rows.into_iter().enumerate() {
        let r = if i % 2 == 0 { Val::Real(0.1) } else { Val::Int(4) };
        full.push(vec![row[0].clone(), row[1].clone(), row[0].clone(), r, if i == 3 { Val::Null } else { Val::Blob(vec![i as u8]) }]);
    }
    full.extend((0..20i64).map(|i| vec![format!("z{i}").into(), i.into(), Val::Null, Val::Null, Val::Null]));
    let given = full.clone();
    assert_eq!(bulk(&world, full.into_iter()), Ok(26));
    for row in given.iter().take(6) {
        let q = store::Sql::with(format!("SELECT \"id\", \"n\", \"s\", \"r\", \"b\" FROM {} WHERE \"id\" = $1", world.table("t")), [row[0].clone()]);
        let mut expected = row.clone();
        if expected[3] == Val::Int(4) {
            expected[3] = Val::Real(4.0);
        }
        assert_eq!(world.rows(q), [expected]);
    }
}
