//! What only a server has: lost connections, changed types, several workspaces and nodes on one pool.

use crate::world::{World, insert, runtime, spawn, wait};
use std::{sync::mpsc, time::Duration};
use store::{Db, Error, Options, PgPool, Sql, Val, ddl::*, open_postgres};
use testkit::postgres::cluster;

fn pool(size: usize, name: &str) -> PgPool {
    PgPool::new(&format!("{}?application_name={name}", cluster().url()), size, runtime()).unwrap()
}

/// Ends every connection of a pool, as a restart of the server does.
fn end_connections(name: &str) {
    let world = World::postgres();
    let q = Sql::with("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1", [name]);
    assert!(world.store.write_blocking(move |db| db.one(&q)).unwrap().unwrap()[0].as_int().unwrap() > 0);
}

#[test]
fn a_lost_idle_connection_is_replaced() {
    let pool = pool(4, "idle_test");
    let store = open_postgres(&pool, &cluster().fresh_schema(), Options::default()).unwrap();
    for round in 0..5 {
        store.write_blocking(move |db| db.exec(&Sql::new(format!("CREATE TABLE {} (\"x\" TEXT)", db.table(&format!("t{round}")))))).unwrap();
        assert_eq!(store.read_blocking(tables).unwrap().len(), round + 1);
        end_connections("idle_test");
    }
}

#[test]
fn a_connection_lost_in_the_middle_is_an_error_and_no_more() {
    let pool = pool(4, "middle_test");
    let store = open_postgres(&pool, &cluster().fresh_schema(), Options::default()).unwrap();
    store.write_blocking(|db| db.exec(&Sql::new(format!("CREATE TABLE {} (\"id\" TEXT, \"n\" BIGINT)", db.table("t"))))).unwrap();
    let result = store.write_blocking(|db| {
        insert(db, "a", 1)?;
        end_connections("middle_test");
        insert(db, "b", 1)
    });
    assert!(matches!(&result, Err(Error::Unreachable(_))), "{result:?}");
    let n = store.read_blocking(|db| db.one(&Sql::new(format!("SELECT count(*) FROM {}", db.table("t"))))).unwrap();
    assert_eq!(n.unwrap()[0].as_int(), Some(0));
}

/// A prepared `SELECT` whose column has changed its type since: "cached plan must not change result type".
#[test]
fn a_changed_type_is_prepared_again() {
    let world = World::postgres().with_t();
    world.store.write_blocking(|db| insert(db, "a", 7)).unwrap();
    let t = world.table("t");
    let q = Sql::with(format!("SELECT \"n\" FROM {t} WHERE \"id\" = $1"), ["a"]);
    // through every connection the shared pool may hand out
    let read_all = |expected: Val| {
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let (store, q) = (world.store.clone(), q.clone());
                spawn(async move { store.read(move |db| db.one(&q)).await })
            })
            .collect();
        wait(async {
            for reader in readers {
                assert_eq!(reader.await.unwrap().unwrap().unwrap()[0], expected);
            }
        });
    };
    read_all(Val::Int(7));
    world.exec(Sql::new(format!("ALTER TABLE {t} ALTER COLUMN \"n\" TYPE TEXT"))).unwrap();
    read_all(Val::from("7"));
    // not the first statement: what was read before may hang together with it, so the job is told to start again
    world.exec(Sql::new(format!("ALTER TABLE {t} ALTER COLUMN \"n\" TYPE BIGINT USING \"n\"::bigint"))).unwrap();
    let result = world.store.read_blocking(|db| {
        db.one(&Sql::new("SELECT 1"))?;
        db.one(&q)
    });
    assert!(matches!(&result, Ok(Some(row)) if row[0] == Val::Int(7)) || matches!(result, Err(Error::Schema(_))), "{result:?}");
    read_all(Val::Int(7));
}

#[test]
fn workspaces_share_a_small_pool() {
    let pool = pool(2, "small_test");
    let stores: Vec<_> = (0..5)
        .map(|_| {
            let store = open_postgres(&pool, &cluster().fresh_schema(), Options::default()).unwrap();
            store.write_blocking(|db| db.exec(&Sql::new(format!("CREATE TABLE {} (\"id\" TEXT, \"n\" BIGINT)", db.table("t"))))).unwrap();
            store
        })
        .collect();
    let mut tasks = Vec::new();
    for store in &stores {
        for i in 0..40i64 {
            let store = store.clone();
            tasks.push(spawn(async move {
                store.write(move |db| insert(db, &i.to_string(), i)).await?;
                store.read(|db| db.one(&Sql::new(format!("SELECT count(*) FROM {}", db.table("t"))))).await
            }));
        }
    }
    wait(async {
        for task in tasks {
            assert!(task.await.unwrap().unwrap().unwrap()[0].as_int().unwrap() > 0);
        }
    });
    for store in &stores {
        let n = store.read_blocking(|db| db.one(&Sql::new(format!("SELECT count(*) FROM {}", db.table("t"))))).unwrap();
        assert_eq!(n.unwrap()[0].as_int(), Some(40));
    }
}

/// Two jobs that wait for each other's row: one is told to try again, the other succeeds.
#[test]
fn a_deadlock_is_busy() {
    let world = World::postgres().with_t();
    world.store.write_blocking(|db| ["a", "b"].iter().try_for_each(|id| insert(db, id, 0))).unwrap();
    let touch = |db: &mut dyn Db, id: &str| db.exec(&Sql::with(format!("UPDATE {} SET \"n\" = \"n\" + 1 WHERE \"id\" = $1", db.table("t")), [id])).map(drop);
    let job = |first: &'static str, second: &'static str| {
        let store = world.store.clone();
        spawn(async move {
            store
                .write(move |db| {
                    touch(db, first)?;
                    std::thread::sleep(Duration::from_millis(300));
                    touch(db, second)
                })
                .await
        })
    };
    let (one, two) = (job("a", "b"), job("b", "a"));
    let (one, two) = wait(async { (one.await.unwrap(), two.await.unwrap()) });
    assert!(matches!((&one, &two), (Ok(()), Err(Error::Busy)) | (Err(Error::Busy), Ok(()))), "{one:?} {two:?}");
    assert!(Error::Busy.is_transient());
}

/// A job that holds a row keeps others waiting for a bounded time; the named lock orders jobs of several nodes.
#[test]
fn locks_are_bounded_and_named() {
    let world = World::postgres_with(Options { busy_timeout: Duration::from_millis(100), ..Options::default() }).with_t();
    let other = world.again();
    let (go, wait_for) = mpsc::channel::<()>();
    let (held, is_held) = mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        other.write_blocking(move |db| {
            db.lock("invoice number")?;
            held.send(()).unwrap();
            let _ended = wait_for.recv();
            Ok::<_, Error>(())
        })
    });
    is_held.recv().unwrap();
    assert_eq!(world.store.write_blocking(|db| db.lock("invoice number")), Err(Error::Busy));
    assert_eq!(world.store.write_blocking(|db| db.lock("another")), Ok(()));
    drop(go);
    holder.join().unwrap().unwrap();
    assert_eq!(world.store.write_blocking(|db| db.lock("invoice number")), Ok(()));
}

#[test]
fn bad_addresses_are_errors_without_the_password() {
    for url in ["postgres://u:geheim@127.0.0.1:1/x", "postgres://u:geheim@127.0.0.1:notaport/x", "nonsense geheim"] {
        let result = PgPool::new(url, 1, runtime()).and_then(|pool| open_postgres(&pool, "ws", Options::default()).map(drop));
        let Err(e) = result else { panic!("{url}") };
        assert!(!format!("{e} {e:?}").contains("geheim"), "{e:?}");
    }
    let no_database = format!("{}_not_there", cluster().url());
    let pool = PgPool::new(&no_database, 1, runtime()).unwrap();
    assert!(matches!(open_postgres(&pool, "ws", Options::default()), Err(Error::Other(text)) if text.contains("no database")));
}

#[test]
fn schemas_have_names_that_fit() {
    let pool = pool(2, "schemas");
    for bad in ["", "pg_x", "nul\0", &"x".repeat(64)] {
        assert!(matches!(open_postgres(&pool, bad, Options::default()), Err(Error::Schema(_))), "{bad:?}");
    }
    let odd = open_postgres(&pool, "Odd \"name\"; --", Options::default()).unwrap();
    odd.write_blocking(|db| db.exec(&Sql::new(format!("CREATE TABLE {} (\"x\" TEXT)", db.table("t"))))).unwrap();
    assert_eq!(odd.read_blocking(tables).unwrap(), ["t"]);
    odd.write_alone_blocking(drop_schema).unwrap();
    assert_eq!(odd.read_blocking(tables).unwrap(), Vec::<String>::new());
}

/// A copy refused before it began must not leave the connection one answer behind.
#[test]
fn a_refused_copy_leaves_the_connection_in_order() {
    let world = World::postgres_with(Options { busy_timeout: Duration::from_millis(100), ..Options::default() }).with_t();
    let other = world.again();
    let (go, wait_for) = mpsc::channel::<()>();
    let (held, is_held) = mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        other.write_blocking(move |db| {
            db.exec(&Sql::new(format!("LOCK TABLE {} IN SHARE MODE", db.table("t"))))?;
            held.send(()).unwrap();
            let _ended = wait_for.recv();
            Ok::<_, Error>(())
        })
    });
    is_held.recv().unwrap();
    for _ in 0..5 {
        let answers = world.store.write_blocking(|db| {
            let rows = |i: i64| vec![format!("{i}").into(), i.into()];
            let refused = store::attempt(db, |db| db.bulk_insert("t", &["id", "n"], &mut (0..100).map(rows)))?;
            assert_eq!(refused, Err(Error::Busy));
            (0..3i64).map(|i| db.one(&Sql::with("SELECT $1::bigint", [i]))).collect::<Result<Vec<_>, _>>()
        });
        let answers: Vec<i64> = answers.unwrap().into_iter().map(|row| row.unwrap()[0].as_int().unwrap()).collect();
        assert_eq!(answers, [0, 1, 2]);
    }
    drop(go);
    holder.join().unwrap().unwrap();
}

/// What a concurrent build leaves behind when the server stops in the middle.
#[test]
fn a_half_built_index_is_built_again() {
    let world = World::postgres().with_t();
    let spec = IndexSpec { name: "t_n".into(), columns: vec![("n".into(), Order::Asc)], unique: false, filter: None };
    assert_eq!(build_index(&world.store, "t", &spec), Ok(true));
    let q = Sql::with("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass($1)", [format!("\"{}\".\"t_n\"", world.place)]);
    assert_eq!(world.exec(q), Ok(1));
    assert_eq!(world.store.read_blocking(indexes).unwrap(), ["t_pkey"]);
    assert_eq!(build_index(&world.store, "t", &spec), Ok(true));
    assert_eq!(world.store.read_blocking(indexes).unwrap(), ["t_n", "t_pkey"]);
}
