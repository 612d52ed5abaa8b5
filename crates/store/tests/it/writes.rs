use crate::world::{World, insert, spawn, wait};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};
use store::{Error, Options, Sql, Store};

pub(crate) fn visible_after_answer(world: World) {
    let world = world.with_t();
    wait(async {
        for i in 0..50 {
            world.store.write(move |db| insert(db, &i.to_string(), i)).await.unwrap();
            let table = "t";
            let n = world.store.read(move |db| db.one(&Sql::new(format!("SELECT count(*) FROM {}", db.table(table))))).await.unwrap();
            assert_eq!(n.unwrap()[0].as_int(), Some(i + 1));
        }
    });
}

/// Holds the writers up until told, so that what is queued meanwhile shares a transaction on SQLite.
fn hold(store: &Store, writers: usize) -> mpsc::Sender<()> {
    let (go, wait_for) = mpsc::channel::<()>();
    let wait_for = Arc::new(std::sync::Mutex::new(wait_for));
    for _ in 0..writers {
        let (store, wait_for) = (store.clone(), wait_for.clone());
        spawn(async move {
            let held = store.write(move |_| {
                let _ended = wait_for.lock().unwrap().recv();
                Ok::<_, Error>(())
            });
            held.await.unwrap();
        });
    }
    std::thread::sleep(Duration::from_millis(50));
    go
}

pub(crate) fn one_bad_job_spoils_no_other(world: World) {
    let world = world.with_t();
    let go = hold(&world.store, 1);
    let jobs: Vec<_> = (0..40i64)
        .map(|i| {
            let store = world.store.clone();
            spawn(async move {
                store
                    .write(move |db| {
                        insert(db, &format!("job {i}"), i)?;
                        match i % 4 {
                            1 => Err(Error::Other("no".into())),
                            2 => insert(db, &format!("job {i}"), i),
                            3 => panic!("a bug in job {i}"),
                            _ => Ok(()),
                        }
                    })
                    .await
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(100));
    drop(go);
    let answers: Vec<_> = wait(async {
        let mut answers = Vec::new();
        for job in jobs {
            answers.push(job.await.unwrap());
        }
        answers
    });
    for (i, answer) in answers.iter().enumerate() {
        match i % 4 {
            0 => assert_eq!(*answer, Ok(())),
            1 => assert_eq!(*answer, Err(Error::Other("no".into()))),
            2 => assert!(matches!(answer, Err(Error::Unique { .. })), "{answer:?}"),
            _ => assert!(matches!(answer, Err(Error::Other(text)) if text.contains("internal error")), "{answer:?}"),
        }
    }
    assert_eq!(world.count("t"), 10);
}

pub(crate) fn a_panic_is_an_error(world: World) {
    let world = world.with_t();
    let broken: Result<(), Error> = world.store.write_blocking(|db| {
        insert(db, "a", 1)?;
        panic!("oh no")
    });
    assert!(matches!(broken, Err(Error::Other(_))));
    let broken: Result<(), Error> = world.store.read_blocking(|_| panic!("oh no"));
    assert!(matches!(broken, Err(Error::Other(_))));
    assert_eq!(world.count("t"), 0);
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    assert_eq!(world.count("t"), 1);
}

pub(crate) fn many_writers(world: World) {
    let world = world.with_t();
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let store = world.store.clone();
            spawn(async move {
                for i in 0..20 {
                    store.write(move |db| insert(db, &format!("{task}/{i}"), i)).await.unwrap();
                }
            })
        })
        .collect();
    wait(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(world.count("t"), 64 * 20);
    let sum = world.rows(Sql::new(format!("SELECT sum(\"n\") FROM {}", world.table("t"))));
    assert_eq!(sum[0][0].as_int(), Some(64 * 190));
}

/// A write whose caller has gone is whole or not there, and the queue goes on.
pub(crate) fn caller_may_go_away(world: World) {
    let world = world.with_t();
    for i in 0..30i64 {
        let store = world.store.clone();
        let task = spawn(async move {
            store
                .write(move |db| {
                    insert(db, &format!("{i}/1"), i)?;
                    insert(db, &format!("{i}/2"), i)
                })
                .await
        });
        if i % 3 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        task.abort();
    }
    world.store.write_blocking(|db| insert(db, "last", 1)).unwrap();
    wait(world.store.close());
    let store = world.again();
    let halves = store.read_blocking(|db| {
        let text = format!("SELECT count(*) FROM {} WHERE \"id\" <> 'last' GROUP BY \"n\" HAVING count(*) <> 2", db.table("t"));
        db.rows(&Sql::new(text))
    });
    assert_eq!(halves.unwrap(), Vec::<Vec<_>>::new());
}

/// An overload is heard at once; a job whose caller has left before it began is not run.
pub(crate) fn the_queue_is_bounded(world: World) {
    let world = world.with(Options { queue: 10, max_writers: 1, ..Options::default() }).with_t();
    let go = hold(&world.store, 1);
    let write = |i: i64| {
        let store = world.store.clone();
        spawn(async move { store.write(move |db| insert(db, &i.to_string(), i)).await })
    };
    let waiting: Vec<_> = (0..10).map(write).collect();
    let until = std::time::Instant::now() + Duration::from_secs(10);
    while world.store.waiting_writes() < 10 && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(wait(write(10)).unwrap(), Err(Error::Busy));
    waiting[4].abort();
    std::thread::sleep(Duration::from_millis(50));
    drop(go);
    for (i, task) in waiting.into_iter().enumerate() {
        match wait(task) {
            Ok(answer) => assert_eq!(answer, Ok(())),
            Err(aborted) => assert!(aborted.is_cancelled() && i == 4),
        }
    }
    assert_eq!(world.count("t"), 9);
}

pub(crate) fn watchers_hear_commits(world: World) {
    let world = world.with_t();
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = heard.clone();
    world.store.on_commit(Arc::new(|| panic!("a watcher with a bug harms nobody")));
    world.store.on_commit(Arc::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    }));
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    assert_eq!(heard.load(Ordering::SeqCst), 1, "told before the writer is answered");
    let failed: Result<(), Error> = world.store.write_blocking(|_| Err(Error::Busy));
    assert_eq!(failed, Err(Error::Busy));
    world.rows(Sql::new("SELECT 1"));
    assert_eq!(heard.load(Ordering::SeqCst), 1);
}

pub(crate) fn closed_store_refuses(world: World) {
    let world = world.with_t();
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    wait(world.store.close());
    assert_eq!(world.store.write_blocking(|db| insert(db, "b", 1)), Err(Error::Closed));
    assert_eq!(world.store.read_blocking(|_| Ok::<_, Error>(())), Err(Error::Closed));
    assert_eq!(wait(world.store.read(|_| Ok::<_, Error>(()))), Err(Error::Closed));
    wait(world.store.close());
    let again = world.again();
    let n = again.read_blocking(|db| db.one(&Sql::new(format!("SELECT count(*) FROM {}", db.table("t"))))).unwrap();
    assert_eq!(n.unwrap()[0].as_int(), Some(1));
}

pub(crate) fn closing_waits(world: World) {
    let world = world.with_t();
    let go = hold(&world.store, 1);
    let store = world.store.clone();
    let write = spawn(async move { store.write(|db| insert(db, "queued", 1)).await });
    let store = world.store.clone();
    let ended = Arc::new(AtomicUsize::new(0));
    let counter = ended.clone();
    let read = spawn(async move {
        store
            .read(move |_| {
                std::thread::sleep(Duration::from_millis(400));
                counter.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Error>(7)
            })
            .await
    });
    std::thread::sleep(Duration::from_millis(50));
    let store = world.store.clone();
    let close = spawn(async move { store.close().await });
    std::thread::sleep(Duration::from_millis(50));
    assert!(!close.is_finished(), "a write is still queued");
    drop(go);
    wait(async {
        close.await.unwrap();
        assert_eq!(ended.load(Ordering::SeqCst), 1, "the read was let finish");
        assert_eq!(write.await.unwrap(), Ok(()));
        assert_eq!(read.await.unwrap(), Ok(7));
    });
}

/// The command line has no runtime of its own thread; a blocking thread of a runtime may use the same calls.
pub(crate) fn blocking_door(world: World) {
    let world = world.with_t();
    let store = world.store.clone();
    let other = store.clone();
    std::thread::spawn(move || store.write_blocking(|db| insert(db, "thread", 1)).unwrap()).join().unwrap();
    let inside = wait(async move { tokio::task::spawn_blocking(move || other.write_blocking(|db| insert(db, "blocking", 1))).await.unwrap() });
    inside.unwrap();
    assert_eq!(world.count("t"), 2);
    world.store.close_blocking();
    assert_eq!(world.store.write_blocking(|db| insert(db, "b", 1)), Err(Error::Closed));
}

pub(crate) fn write_alone_runs(world: World) {
    let world = world.with_t();
    wait(async {
        let mut tasks = Vec::new();
        for i in 0..20i64 {
            let store = world.store.clone();
            tasks.push(spawn(async move {
                if i % 5 == 0 {
                    store.write_alone(move |db| db.exec(&Sql::new(format!("CREATE TABLE {} (\"x\" TEXT)", db.table(&format!("alone_{i}"))))).map(drop)).await
                } else {
                    store.write(move |db| insert(db, &i.to_string(), i)).await
                }
            }));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    });
    assert_eq!(world.count("t"), 16);
    assert_eq!(world.store.read_blocking(store::ddl::tables).unwrap().len(), 5);
}

/// A job that ends the transaction under everybody's feet is told so, and the store lives on.
pub(crate) fn ending_the_transaction_is_refused(world: World) {
    let world = world.with_t();
    for text in ["COMMIT", "ROLLBACK", " begin immediate", "/* x */ END", "-- x\ncommit"] {
        let result = world.store.write_blocking(move |db| db.exec(&Sql::new(text)));
        assert!(matches!(result, Err(Error::Schema(_))), "{text}: {result:?}");
    }
    world.store.write_blocking(|db| insert(db, "after", 1)).unwrap();
    assert_eq!(world.count("t"), 1);
}

pub(crate) fn exec_counts(world: World) {
    let world = world.with_t();
    world
        .store
        .write_blocking(|db| {
            for i in 0..5 {
                insert(db, &i.to_string(), i)?;
            }
            let t = db.table("t");
            assert_eq!(db.exec(&Sql::with(format!("UPDATE {t} SET \"n\" = $1 WHERE \"id\" < $2"), [store::Val::Int(7), "3".into()]))?, 3);
            assert_eq!(db.exec(&Sql::new(format!("UPDATE {t} SET \"n\" = 1 WHERE \"id\" = 'none'")))?, 0);
            assert_eq!(db.exec(&Sql::new(format!("CREATE INDEX \"t_n\" ON {t} (\"n\")")))?, 0);
            assert_eq!(db.exec(&Sql::new(format!("DELETE FROM {t} WHERE \"n\" = 7")))?, 3);
            let list =
                [Sql::with(format!("INSERT INTO {t} (\"id\") VALUES ($1)"), ["x"]), Sql::new(format!("UPDATE {t} SET \"n\" = 2")), Sql::with(format!("DELETE FROM {t} WHERE \"id\" <> $1"), ["x"])];
            assert_eq!(db.exec_all(&list)?, [1, 3, 2]);
            let back = db.rows(&Sql::with(format!("INSERT INTO {t} (\"id\", \"n\") VALUES ($1, 9) RETURNING \"n\", \"id\""), ["r"]))?;
            assert_eq!(back, [[9i64.into(), "r".into()]]);
            Ok::<_, Error>(())
        })
        .unwrap();
    assert_eq!(world.count("t"), 2);
}
