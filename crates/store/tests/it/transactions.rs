use crate::world::{World, column, insert, t};
use store::{Error, Sql, attempt, ddl::*};

pub(crate) fn failed_job_leaves_nothing(world: World) {
    let world = world.with_t();
    let result: Result<(), Error> = world.store.write_blocking(|db| {
        insert(db, "a", 1)?;
        Err(Error::Other("changed my mind".into()))
    });
    assert_eq!(result, Err(Error::Other("changed my mind".into())));
    assert_eq!(world.count("t"), 0);
}

/// What PostgreSQL demands holds on SQLite too, so that code written on one runs on the other.
pub(crate) fn failed_statement_needs_savepoint(world: World) {
    let world = world.with_t();
    world
        .store
        .write_blocking(|db| {
            insert(db, "a", 1)?;
            db.savepoint("before")?;
            assert!(matches!(insert(db, "a", 2), Err(Error::Unique { .. })));
            assert!(insert(db, "b", 2).is_err(), "the transaction has failed");
            assert!(db.savepoint("other").is_err());
            db.rollback_to("before")?;
            db.release("before")?;
            insert(db, "c", 3)
        })
        .unwrap();
    assert_eq!(world.count("t"), 2);
}

pub(crate) fn swallowed_failure_does_not_commit(world: World) {
    let world = world.with_t();
    let result: Result<(), Error> = world.store.write_blocking(|db| {
        insert(db, "a", 1)?;
        let _ = insert(db, "a", 2);
        Ok(())
    });
    assert!(result.is_err());
    assert_eq!(world.count("t"), 0);
}

pub(crate) fn attempt_goes_on(world: World) {
    let world = world.with_t();
    world
        .store
        .write_blocking(|db| {
            insert(db, "a", 1)?;
            let second = attempt(db, |db| {
                insert(db, "b", 2)?;
                insert(db, "a", 3)
            })?;
            assert!(matches!(second, Err(Error::Unique { .. })));
            attempt(db, |db| insert(db, "c", 4))?
        })
        .unwrap();
    let ids = world.rows(Sql::new(format!("SELECT \"id\" FROM {} ORDER BY 1", world.table("t"))));
    assert_eq!(ids, [["a".into()], ["c".into()]]);
}

pub(crate) fn savepoints_nest(world: World) {
    let world = world.with_t();
    world
        .store
        .write_blocking(|db| {
            db.savepoint("one \" two")?;
            insert(db, "a", 1)?;
            db.savepoint("inner")?;
            insert(db, "b", 1)?;
            db.rollback_to("inner")?;
            insert(db, "c", 1)?;
            db.release("one \" two")
        })
        .unwrap();
    assert_eq!(world.count("t"), 2);
}

pub(crate) fn unique_is_named(world: World) {
    let mut spec = t();
    spec.indexes.push(IndexSpec { name: "t_n_s".into(), columns: vec![("n".into(), Order::Asc), ("s".into(), Order::Asc)], unique: true, filter: None });
    world.make(&[spec]);
    let t = world.table("t");
    let put = |id: &str| world.exec(Sql::with(format!("INSERT INTO {t} (\"id\", \"n\", \"s\") VALUES ($1, 1, 'x')"), [id]));
    put("a").unwrap();
    let columns = vec!["n".to_owned(), "s".to_owned()];
    assert_eq!(put("b"), Err(Error::Unique { table: "t".into(), constraint: "t_n_s".into(), columns }));
    world.exec(Sql::new(format!("UPDATE {t} SET \"s\" = 'y'"))).unwrap();
    assert_eq!(put("a"), Err(Error::Unique { table: "t".into(), constraint: "t_pkey".into(), columns: vec!["id".into()] }));

    let numbered = TableSpec { name: "odd name".into(), columns: vec![column("se\"q", ColumnKind::Int)], primary_key: vec!["se\"q".into()], autoincrement: true, indexes: vec![] };
    world.make(&[numbered]);
    let q = Sql::new(format!("INSERT INTO {} (\"se\"\"q\") VALUES (1)", world.table("odd name")));
    world.exec(q.clone()).unwrap();
    assert_eq!(world.exec(q), Err(Error::Unique { table: "odd name".into(), constraint: "odd name_pkey".into(), columns: vec!["se\"q".into()] }));
}

pub(crate) fn unique_expression_index(world: World) {
    let world = world.with_t();
    let t = world.table("t");
    world.exec(Sql::new(format!("CREATE UNIQUE INDEX \"t_lower\" ON {t} (lower(\"s\"), \"n\")"))).unwrap();
    let put = |id: &str, s: &str| world.exec(Sql::with(format!("INSERT INTO {t} (\"id\", \"n\", \"s\") VALUES ($1, 1, $2)"), [id, s]));
    put("a", "X").unwrap();
    assert_eq!(put("b", "x"), Err(Error::Unique { table: "t".into(), constraint: "t_lower".into(), columns: vec!["n".into()] }));
}

pub(crate) fn not_null_is_named(world: World) {
    let world = world.with_t();
    let q = Sql::new(format!("INSERT INTO {} (\"n\") VALUES (1)", world.table("t")));
    assert_eq!(world.exec(q), Err(Error::Other("t.id must not be empty".into())));
}

pub(crate) fn unknown_names_are_schema_errors(world: World) {
    let world = world.with_t();
    let t = world.table("t");
    for text in [format!("SELECT \"nothing\" FROM {t}"), "SELECT 1 FROM \"nowhere\"".into(), format!("SELEC 1 FROM {t}"), format!("SELECT \"id\" FROM {t} WHERE \"s\" = \"misspelt\"")] {
        let result = world.store.read_blocking(|db| db.rows(&Sql::new(text.clone())));
        assert!(matches!(result, Err(Error::Schema(_))), "{text}: {result:?}");
    }
}

/// Errors reach logs: no value of a row may stand in one.
pub(crate) fn errors_hold_no_values(world: World) {
    let world = world.with_t();
    let t = world.table("t");
    let secret = "Ada.Lovelace@example.org";
    let put = || world.exec(Sql::with(format!("INSERT INTO {t} (\"id\") VALUES ($1)"), [secret]));
    put().unwrap();
    let cast = Sql::with(format!("SELECT \"id\" FROM {t} WHERE CAST(\"id\" AS BIGINT) = 1 OR \"id\" = $1 OR abs(-9223372036854775807 - \"n\") > 0"), [secret]);
    let wrong_kind = Sql::with(format!("INSERT INTO {t} (\"id\", \"n\") VALUES ('x', $1)"), [secret]);
    let errors = [put().err(), world.store.read_blocking(|db| db.rows(&cast)).err(), world.exec(wrong_kind).err()];
    assert!(errors[0].is_some());
    for e in errors.into_iter().flatten() {
        assert!(!format!("{e} {e:?}").contains("Lovelace"), "{e:?}");
    }
}
