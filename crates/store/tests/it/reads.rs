use crate::world::{World, insert, spawn, wait};
use std::time::{Duration, Instant};
use store::{Dialect, Error, Options, Sql};

fn count(db: &mut dyn store::Db) -> Result<i64, Error> {
    let q = Sql::new(format!("SELECT count(*) FROM {}", db.table("t")));
    Ok(db.one(&q)?.unwrap()[0].as_int().unwrap())
}

pub(crate) fn one_state_from_first_to_last(world: World) {
    let world = world.with_t();
    let writer = world.store.clone();
    let (before, after) = world
        .store
        .read_blocking(|db| {
            let before = count(db)?;
            writer.write_blocking(|db| insert(db, "a", 1))?;
            Ok::<_, Error>((before, count(db)?))
        })
        .unwrap();
    assert_eq!((before, after), (0, 0), "a read sees one state");
    assert_eq!(world.count("t"), 1, "the next read sees the write");
}

pub(crate) fn quick_reads_are_reads(world: World) {
    let world = world.with(Options { readers: 2, ..Options::default() }).with_t();
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let store = world.store.clone();
            spawn(async move {
                assert_eq!(store.read_quick(count).await, Ok(1));
                assert_eq!(store.read_quick(|db| insert(db, "b", 1)).await, Err(Error::ReadOnly));
                let panicked: Result<(), Error> = store.read_quick(|_| panic!("oh no")).await;
                assert!(matches!(panicked, Err(Error::Other(_))));
            })
        })
        .collect();
    wait(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    wait(world.store.close());
    assert_eq!(wait(world.store.read_quick(count)), Err(Error::Closed));
}

pub(crate) fn reads_cannot_write(world: World) {
    let world = world.with_t();
    for text in ["INSERT INTO {} (\"id\") VALUES ('a')", "DELETE FROM {}", "DROP TABLE {}", "CREATE INDEX \"i\" ON {} (\"n\")"] {
        let result = world.store.read_blocking(|db| db.exec(&Sql::new(text.replace("{}", &db.table("t")))));
        assert_eq!(result, Err(Error::ReadOnly), "{text}");
    }
    let bulk = world.store.read_blocking(|db| db.bulk_insert("t", &["id"], &mut (0..100).map(|i: i64| vec![i.to_string().into()])));
    assert_eq!(bulk, Err(Error::ReadOnly));
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    assert_eq!(world.count("t"), 1);
}

/// A query that would run for minutes.
fn endless(db: &mut dyn store::Db) -> Result<(), Error> {
    let text = match db.dialect() {
        Dialect::Sqlite => "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 10000000000) SELECT sum(x) FROM c",
        Dialect::Postgres => "SELECT sum(x * 1.0) FROM generate_series(1, 10000000000) AS g(x)",
    };
    db.query(&Sql::new(text), &mut |_| Ok(()))
}

pub(crate) fn time_limit(world: World) {
    let world = world.with(Options { read_timeout: Some(Duration::from_millis(150)), ..Options::default() }).with_t();
    let started = Instant::now();
    assert_eq!(world.store.read_blocking(endless), Err(Error::Interrupted));
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(world.count("t"), 0, "the connection lives on");
    // a write has no limit: an import may take what it takes
    let slow = world.store.write_blocking(|db| {
        let text = match db.dialect() {
            Dialect::Sqlite => "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3000000) SELECT sum(x) FROM c",
            Dialect::Postgres => "SELECT pg_sleep(0.3)::text",
        };
        db.rows(&Sql::new(text)).map(drop)
    });
    assert_eq!(slow, Ok(()));
}

pub(crate) fn caller_goes_away(world: World) {
    let world = world.with(Options { readers: 1, read_timeout: Some(Duration::from_secs(3)), ..Options::default() }).with_t();
    let store = world.store.clone();
    let task = spawn(async move { store.read(endless).await });
    std::thread::sleep(Duration::from_millis(100));
    task.abort();
    let started = Instant::now();
    let store = world.store.clone();
    assert_eq!(wait(async move { store.read(count).await }), Ok(0));
    let most = match world.store.dialect() {
        Dialect::Sqlite => Duration::from_secs(1),
        Dialect::Postgres => Duration::from_secs(1),
    };
    assert!(started.elapsed() < most, "the abandoned query was stopped: {:?}", started.elapsed());
}

pub(crate) fn rows_one_and_each(world: World) {
    let world = world.with_t();
    world.store.write_blocking(|db| (0..1000i64).try_for_each(|i| insert(db, &format!("{i:04}"), i))).unwrap();
    let q = Sql::new(format!("SELECT \"n\", \"id\", \"s\" FROM {} ORDER BY \"id\"", world.table("t")));
    let mut seen = Vec::new();
    world
        .store
        .read_blocking(|db| {
            assert_eq!(db.one(&q)?.unwrap()[0].as_int(), Some(0));
            assert_eq!(db.one(&Sql::new(q.text.replace("ORDER", "WHERE 1 = 0 ORDER")))?, None);
            assert_eq!(db.rows(&q)?.len(), 1000);
            db.query(&q, &mut |row| {
                assert_eq!((row.len(), row.is_empty()), (3, false));
                assert!(row.cell(2).is_null() && row.cell(3).is_null() && row.cell(900).is_null());
                assert_eq!(row.cell(1).as_int(), None);
                seen.push(row.cell(0).as_int().unwrap());
                Ok(())
            })
        })
        .unwrap();
    assert!(seen.iter().copied().eq(0..1000));
}

pub(crate) fn errors_of_each_stop_the_query(world: World) {
    let world = world.with_t();
    world.store.write_blocking(|db| (0..1000i64).try_for_each(|i| insert(db, &i.to_string(), i))).unwrap();
    let mut seen = 0;
    let q = Sql::new(format!("SELECT \"n\" FROM {}", world.table("t")));
    let result = world.store.read_blocking(|db| {
        let stopped = db.query(&q, &mut |_| {
            seen += 1;
            if seen == 300 { Err(Error::Other("enough".into())) } else { Ok(()) }
        });
        assert_eq!(stopped, Err(Error::Other("enough".into())));
        // the caller's error is not the database's: the transaction goes on
        count(db)
    });
    assert_eq!((result, seen), (Ok(1000), 300));
}

/// More texts than a connection keeps prepared: each still runs, the oldest are forgotten.
pub(crate) fn statements_are_bounded(world: World) {
    let world = world.with(Options { statements: 8, ..Options::default() }).with_t();
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    let t = world.table("t");
    for round in 0..2 {
        for i in 0..700i64 {
            let q = Sql::with(format!("SELECT \"n\" + {i} FROM {t} WHERE \"id\" = $1"), ["a"]);
            assert_eq!(world.rows(q)[0][0].as_int(), Some(1 + i), "round {round}");
        }
    }
}
