//! What only a file has: backup while running, verification, damage, a full disk, the log.

use crate::world::{World, insert, spawn, t, wait};
use std::{
    fs,
    io::{Seek as _, SeekFrom, Write as _},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use store::{Dialect, Error, Options, Sql, Val, backup_sqlite, ddl::*, open_sqlite, verify_sqlite};

fn beside(world: &World, name: &str) -> PathBuf {
    PathBuf::from(&world.place).with_file_name(name)
}

#[test]
fn backup_while_others_write() {
    let world = World::sqlite().with_t();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4i64)
        .map(|writer| {
            let (store, stop) = (world.store.clone(), stop.clone());
            spawn(async move {
                let mut i = 0;
                while !stop.load(Ordering::Relaxed) {
                    // two rows that belong together
                    store
                        .write(move |db| {
                            insert(db, &format!("{writer}/{i}/a"), i)?;
                            insert(db, &format!("{writer}/{i}/b"), -i)
                        })
                        .await
                        .unwrap();
                    i += 1;
                }
            })
        })
        .collect();
    let copies: Vec<PathBuf> = (0..5).map(|i| beside(&world, &format!("copy '{i}'.db"))).collect();
    for copy in &copies {
        backup_sqlite(&world.store, copy).unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    wait(async {
        for writer in writers {
            writer.await.unwrap();
        }
    });
    let mut last = 0;
    for copy in &copies {
        assert_eq!(verify_sqlite(copy), Ok(vec![]));
        let store = open_sqlite(copy, Options::default()).unwrap();
        let row = store.read_blocking(|db| db.one(&Sql::new("SELECT sum(\"n\"), count(*) FROM \"t\""))).unwrap().unwrap();
        assert_eq!(row[0].as_int().unwrap_or(0), 0, "a copy holds whole transactions");
        assert!(row[1].as_int().unwrap() >= last);
        last = row[1].as_int().unwrap();
    }
    assert!(last > 0);
    assert!(matches!(backup_sqlite(&world.store, &copies[0]), Err(Error::Other(text)) if text.contains("exists")));
    assert!(fs::read_dir(copies[0].parent().unwrap()).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().ends_with(".partial")));
}

#[test]
fn backup_is_not_for_postgres() {
    let world = World::postgres();
    assert!(matches!(backup_sqlite(&world.store, "nowhere.db".as_ref()), Err(Error::Other(text)) if text.contains("pg_dump")));
}

#[test]
fn damage_is_found() {
    let world = World::sqlite().with_t();
    let rows = |i: i64| vec![format!("{i:06}").into(), i.into(), Val::from("x".repeat(50))];
    world.store.write_blocking(move |db| db.bulk_insert("t", &["id", "n", "s"], &mut (0..5_000).map(rows))).unwrap();
    world.store.close_blocking();
    assert_eq!(verify_sqlite(world.place.as_ref()), Ok(vec![]));
    let mut file = fs::OpenOptions::new().write(true).open(&world.place).unwrap();
    file.seek(SeekFrom::Start(20 * 4096)).unwrap();
    file.write_all(&[0xAA; 3 * 4096]).unwrap();
    drop(file);
    let found = verify_sqlite(world.place.as_ref());
    assert!(matches!(&found, Ok(lines) if !lines.is_empty()) || matches!(found, Err(Error::Corrupt(_))), "{found:?}");
    let store = open_sqlite(world.place.as_ref(), Options::default()).unwrap();
    let read = store.read_blocking(|db| db.rows(&Sql::new("SELECT * FROM \"t\"")));
    assert!(matches!(read, Err(Error::Corrupt(_))), "{:?}", read.map(|rows| rows.len()));
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.db");
    fs::write(&path, "Dear Sir or Madam, ".repeat(500)).unwrap();
    assert!(matches!(open_sqlite(&path, Options::default()), Err(Error::Corrupt(text)) if text.contains("letter.db")));
    assert!(open_sqlite(&folder.path().join("no/such/folder.db"), Options::default()).is_err());
}

/// The page limit makes the engine answer as a full disk does.
#[test]
fn a_full_disk_is_said_and_survived() {
    let world = World::sqlite().with_t();
    let limit = world.store.write_blocking(|db| db.one(&Sql::new("PRAGMA max_page_count = 60"))).unwrap();
    assert_eq!(limit.unwrap()[0].as_int(), Some(60));
    let fill = |from: i64| {
        let row = move |i: i64| vec![format!("{:06}", from + i).into(), Val::from("x".repeat(200))];
        world.store.write_blocking(move |db| db.bulk_insert("t", &["id", "s"], &mut (0..200).map(row)))
    };
    let mut from = 0;
    let full = loop {
        match fill(from) {
            Ok(_) => from += 200,
            Err(e) => break e,
        }
    };
    assert_eq!(full, Error::DiskFull);
    assert_eq!(world.count("t"), from, "the job that failed left nothing, the others are whole");
    // others of the same batch are not harmed by the one that found no place
    let tasks: Vec<_> = (0..20)
        .map(|i: i64| {
            let store = world.store.clone();
            spawn(async move {
                store
                    .write(move |db| {
                        if i % 2 == 0 {
                            let row = move |j: i64| vec![format!("x{i}/{j}").into(), Val::from("x".repeat(3000))];
                            db.bulk_insert("t", &["id", "s"], &mut (0..200).map(row)).map(drop)
                        } else {
                            db.exec(&Sql::with("UPDATE \"t\" SET \"n\" = 1 WHERE \"id\" = $1", [format!("{i:06}")])).map(drop)
                        }
                    })
                    .await
            })
        })
        .collect();
    let answers: Vec<Result<(), Error>> = wait(async {
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    });
    for (i, answer) in answers.iter().enumerate() {
        match i % 2 {
            0 => assert_eq!(*answer, Err(Error::DiskFull)),
            _ => assert!(matches!(answer, Ok(()) | Err(Error::DiskFull)), "{answer:?}"),
        }
    }
    let marked = world.rows(Sql::new("SELECT count(*) FROM \"t\" WHERE \"n\" = 1"))[0][0].as_int().unwrap();
    assert_eq!(marked as usize, answers.iter().filter(|answer| answer.is_ok()).count(), "who was told yes is there, nobody else");
    assert_eq!(world.count("t"), from);
}

#[test]
fn closing_folds_the_log() {
    let world = World::sqlite().with_t();
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    let log = format!("{}-wal", world.place);
    assert!(fs::metadata(&log).unwrap().len() > 0);
    wait(world.store.close());
    assert!(fs::metadata(&log).map_or(0, |log| log.len()) == 0);
}

#[test]
fn a_log_left_by_a_killed_process_is_read() {
    let world = World::sqlite().with_t();
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    let (copy, from) = (beside(&world, "after-kill.db"), &world.place);
    fs::copy(from, &copy).unwrap();
    fs::copy(format!("{from}-wal"), format!("{}-wal", copy.display())).unwrap();
    let store = open_sqlite(&copy, Options::default()).unwrap();
    let n = store.read_blocking(|db| db.one(&Sql::new("SELECT count(*) FROM \"t\""))).unwrap();
    assert_eq!(n.unwrap()[0].as_int(), Some(1));
}

#[test]
fn settings_are_what_durability_needs() {
    let world = World::sqlite();
    let pragma = |db: &mut dyn store::Db, name: &str| db.one(&Sql::new(format!("PRAGMA {name}"))).map(|row| row.unwrap().remove(0));
    world
        .store
        .write_blocking(move |db| {
            assert_eq!(pragma(db, "journal_mode")?, Val::from("wal"));
            assert_eq!(pragma(db, "synchronous")?, Val::Int(2));
            assert_eq!(pragma(db, "foreign_keys")?, Val::Int(0));
            let version = db.one(&Sql::new("SELECT sqlite_version()"))?.unwrap().remove(0);
            let parts: Vec<u32> = version.as_str().unwrap().split('.').map(|part| part.parse().unwrap()).collect();
            assert!(parts >= vec![3, 51, 3], "{parts:?}");
            // full text search is built in
            db.exec(&Sql::new("CREATE VIRTUAL TABLE \"search\" USING fts5(\"text\", prefix = '2 3')"))?;
            db.exec(&Sql::with("INSERT INTO \"search\" (\"text\") VALUES ($1)", ["ada lovelace"]))?;
            assert_eq!(db.rows(&Sql::with("SELECT rowid FROM \"search\" WHERE \"search\" MATCH $1", ["\"lov\"*"]))?.len(), 1);
            Ok::<_, Error>(())
        })
        .unwrap();
    let broken = world.store.read_blocking(|db| db.rows(&Sql::with("SELECT rowid FROM \"search\" WHERE \"search\" MATCH $1", ["secret AND"])));
    assert!(matches!(&broken, Err(e) if !format!("{e:?}").contains("secret")), "{broken:?}");
    assert_eq!(world.store.dialect(), Dialect::Sqlite);
    world.store.write_alone_blocking(drop_schema).unwrap();
    assert_eq!(world.make(&[t()]).len(), 1);
}

/// Two statements in one text would run half on one engine and whole on the other.
#[test]
fn one_statement_a_text() {
    let world = World::sqlite().with_t();
    let result = world.exec(Sql::new("DELETE FROM \"t\"; DROP TABLE \"t\""));
    assert!(result.is_err(), "{result:?}");
    assert_eq!(world.count("t"), 0);
}

/// Another process holds the write lock: the wait is bounded, and nothing is half done.
#[test]
fn a_foreign_lock_is_busy() {
    let world = World::sqlite_with(Options { busy_timeout: std::time::Duration::from_millis(50), ..Options::default() }).with_t();
    let other = world.again();
    let (go, wait_for) = std::sync::mpsc::channel::<()>();
    let held = std::thread::spawn(move || {
        other.write_blocking(move |db| {
            insert(db, "other", 1)?;
            let _ended = wait_for.recv();
            Ok::<_, Error>(())
        })
    });
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(world.store.write_blocking(|db| insert(db, "mine", 1)), Err(Error::Busy));
    assert_eq!(world.count("t"), 0, "reads go on");
    drop(go);
    held.join().unwrap().unwrap();
    world.store.write_blocking(|db| insert(db, "mine", 1)).unwrap();
    assert_eq!(world.count("t"), 2);
}
