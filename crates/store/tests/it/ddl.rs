use crate::world::{World, column, insert, spawn, t, wait};
use std::collections::BTreeSet;
use store::{Dialect, Error, Sql, Val, ddl::*};

fn index(name: &str, columns: &[(&str, Order)]) -> IndexSpec {
    IndexSpec { name: name.into(), columns: columns.iter().map(|(name, order)| (name.to_string(), *order)).collect(), unique: false, filter: None }
}

pub(crate) fn makes_tables_once(world: World) {
    let mut spec = t();
    spec.indexes.push(index("t_n", &[("n", Order::Desc), ("id", Order::Asc)]));
    let done = world.make(std::slice::from_ref(&spec));
    assert_eq!(done.len(), 2, "{done:?}");
    assert_eq!(world.make(&[spec]), Vec::<String>::new(), "the second time nothing is missing");
    let columns = world.store.read_blocking(|db| columns(db, "t")).unwrap();
    let kinds: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.kind.unwrap(), c.not_null)).collect();
    use ColumnKind::*;
    assert_eq!(kinds, [("id", Text, true), ("n", Int, false), ("s", Text, false), ("r", Real, false), ("b", Blob, false)]);
    assert_eq!(world.store.read_blocking(tables).unwrap(), ["t"]);
    assert!(world.store.read_blocking(indexes).unwrap().contains(&"t_n".to_owned()));
    assert_eq!(world.store.read_blocking(|db| store::ddl::columns(db, "none")).unwrap(), []);
}

pub(crate) fn adds_columns_and_indexes(world: World) {
    let world = world.with_t();
    world.store.write_blocking(|db| insert(db, "old", 1)).unwrap();
    let mut spec = t();
    spec.columns.push(column("cf_budget", ColumnKind::Int));
    spec.columns.push(ColumnSpec { not_null: true, default: Some(Val::from("it's \\ new")), ..column("cf_state", ColumnKind::Text) });
    spec.indexes.push(IndexSpec { filter: Some("\"cf_budget\" IS NOT NULL".into()), ..index("t_budget", &[("cf_budget", Order::Asc), ("id", Order::Asc)]) });
    assert_eq!(world.make(std::slice::from_ref(&spec)).len(), 3);
    assert_eq!(world.make(std::slice::from_ref(&spec)).len(), 0);
    let row = world.rows(Sql::new(format!("SELECT \"cf_budget\", \"cf_state\" FROM {}", world.table("t"))));
    assert_eq!(row, [[Val::Null, Val::from("it's \\ new")]]);
    // columns the definition no longer has stay: dropping is a decision of people
    assert_eq!(world.make(&[t()]).len(), 0);
    assert_eq!(world.store.read_blocking(|db| columns(db, "t")).unwrap().len(), 7);
}

pub(crate) fn refuses_bad_definitions(world: World) {
    let world = world.with_t();
    let with = |change: &dyn Fn(&mut TableSpec)| {
        let mut spec = t();
        change(&mut spec);
        let result = world.store.write_alone_blocking(move |db| reconcile(db, &[spec]));
        assert!(matches!(result, Err(Error::Schema(_))), "{result:?}");
    };
    with(&|spec| spec.columns.push(column("N", ColumnKind::Int)));
    with(&|spec| spec.columns.push(column("xmin", ColumnKind::Int)));
    with(&|spec| spec.columns.push(column("", ColumnKind::Int)));
    with(&|spec| spec.columns.push(column(&"x".repeat(64), ColumnKind::Int)));
    with(&|spec| spec.columns.push(column("nul\0", ColumnKind::Int)));
    with(&|spec| spec.columns.push(ColumnSpec { not_null: true, ..column("needed", ColumnKind::Int) }));
    with(&|spec| spec.columns[1].kind = ColumnKind::Text);
    with(&|spec| spec.indexes.push(index("i", &[("nothing", Order::Asc)])));
    with(&|spec| spec.indexes.extend([index("i", &[("n", Order::Asc)]), index("I", &[("s", Order::Asc)])]));
    with(&|spec| spec.indexes.push(index("t", &[("n", Order::Asc)])));
    with(&|spec| spec.indexes.push(index("i", &[])));
    with(&|spec| spec.primary_key.push("nothing".into()));
    with(&|spec| spec.autoincrement = true);
    with(&|spec| spec.columns.clear());
    with(&|spec| spec.name = "sqlite_x".into());
    // none of them left anything behind
    assert_eq!(world.make(&[t()]).len(), 0);
}

pub(crate) fn defaults_are_kept(world: World) {
    let values = [
        (ColumnKind::Int, Val::Int(i64::MIN)),
        (ColumnKind::Int, Val::Int(i64::MAX)),
        (ColumnKind::Real, Val::Real(-1.5e-7)),
        (ColumnKind::Text, Val::from("a'b\"c\\d\n$1 ?")),
        (ColumnKind::Blob, Val::Blob(vec![0, 39, 255])),
        (ColumnKind::Text, Val::Null),
    ];
    let mut spec = t();
    for (i, (kind, value)) in values.iter().enumerate() {
        spec.columns.push(ColumnSpec { not_null: false, default: Some(value.clone()), ..column(&format!("d{i}"), *kind) });
    }
    world.make(&[spec]);
    world.store.write_blocking(|db| insert(db, "a", 1)).unwrap();
    let row = world.rows(Sql::new(format!("SELECT \"d0\", \"d1\", \"d2\", \"d3\", \"d4\", \"d5\" FROM {}", world.table("t"))));
    assert!(row[0].iter().eq(values.iter().map(|(_, value)| value)), "{row:?}");
}

pub(crate) fn generated_numbers(world: World) {
    let spec =
        TableSpec { name: "outbox".into(), columns: vec![column("seq", ColumnKind::Int), column("what", ColumnKind::Text)], primary_key: vec!["seq".into()], autoincrement: true, indexes: vec![] };
    world.make(&[spec]);
    let outbox = world.table("outbox");
    let add = || {
        let q = Sql::with(format!("INSERT INTO {outbox} (\"what\") VALUES ($1) RETURNING \"seq\""), ["x"]);
        world.store.write_blocking(move |db| db.one(&q)).unwrap().unwrap()[0].as_int().unwrap()
    };
    assert_eq!((add(), add()), (1, 2));
    world.exec(Sql::new(format!("DELETE FROM {outbox}"))).unwrap();
    assert_eq!(add(), 3, "a number is never given twice");
    let mut rows = (0..20i64).map(|_| vec![Val::from("bulk")]);
    let n = world.store.write_blocking({
        let rows: Vec<_> = rows.by_ref().collect();
        move |db| db.bulk_insert("outbox", &["what"], &mut rows.into_iter())
    });
    assert_eq!(n, Ok(20));
    assert_eq!(add(), 24);
}

pub(crate) fn keys_and_names(world: World) {
    let spec = TableSpec {
        name: "Select".into(),
        columns: vec![ColumnSpec { not_null: true, ..column("Group", ColumnKind::Text) }, ColumnSpec { not_null: true, ..column("order by", ColumnKind::Int) }, column("quo\"te", ColumnKind::Text)],
        primary_key: vec!["Group".into(), "order by".into()],
        autoincrement: false,
        indexes: vec![index("where", &[("quo\"te", Order::Desc)])],
    };
    assert_eq!(world.make(std::slice::from_ref(&spec)).len(), 2);
    assert_eq!(world.make(&[spec]).len(), 0);
    let table = world.table("Select");
    let q = Sql::with(format!("INSERT INTO {table} (\"Group\", \"order by\") VALUES ($1, 1)"), ["a"]);
    world.exec(q.clone()).unwrap();
    assert_eq!(world.exec(q), Err(Error::Unique { table: "Select".into(), constraint: "Select_pkey".into(), columns: vec!["Group".into(), "order by".into()] }));
}

pub(crate) fn drop_schema_empties(world: World) {
    let world = world.with_t();
    world.store.write_alone_blocking(drop_schema).unwrap();
    assert_eq!(world.store.read_blocking(tables).unwrap(), Vec::<String>::new());
}

/// A new column while others read and write, over connections that have prepared statements of the table.
pub(crate) fn column_added_while_in_use(world: World) {
    let world = world.with_t();
    let work = |store: store::Store, worker: i64| {
        spawn(async move {
            for i in 0..60 {
                store.write(move |db| insert(db, &format!("{worker}/{i}"), i)).await?;
                store.read(|db| db.rows(&Sql::new(format!("SELECT \"id\", \"n\" FROM {} LIMIT 5", db.table("t"))))).await?;
            }
            Ok::<_, Error>(())
        })
    };
    let workers: Vec<_> = (0..8).map(|worker| work(world.store.clone(), worker)).collect();
    let mut spec = t();
    for i in 0..10 {
        spec.columns.push(column(&format!("cf_{i}"), ColumnKind::Int));
        spec.indexes.push(index(&format!("t_cf_{i}"), &[(&format!("cf_{i}"), Order::Asc), ("id", Order::Asc)]));
        assert_eq!(world.make(std::slice::from_ref(&spec)).len(), 2);
    }
    wait(async {
        for worker in workers {
            worker.await.unwrap().unwrap();
        }
    });
    assert_eq!(world.count("t"), 480);
}

/// Two servers start on one database.
pub(crate) fn concurrent_reconcile(world: World) {
    let stores: Vec<_> = (0..4).map(|_| world.again()).collect();
    let mut spec = t();
    spec.indexes.push(index("t_n", &[("n", Order::Asc)]));
    let tasks: Vec<_> = stores
        .into_iter()
        .map(|store| {
            let spec = spec.clone();
            spawn(async move { store.write_alone(move |db| reconcile(db, &[spec])).await })
        })
        .collect();
    let mut done = 0;
    wait(async {
        for task in tasks {
            done += task.await.unwrap().unwrap().len();
        }
    });
    assert_eq!(done, 2, "one of them made the table and its index");
}

pub(crate) fn builds_an_index_beside(world: World) {
    let world = world.with_t();
    world.store.write_blocking(|db| (0..500i64).try_for_each(|i| insert(db, &i.to_string(), i))).unwrap();
    let spec = index("t_n_later", &[("n", Order::Asc), ("id", Order::Asc)]);
    assert_eq!(build_index(&world.store, "t", &spec), Ok(true));
    assert_eq!(build_index(&world.store, "t", &spec), Ok(false));
    let unique = IndexSpec { unique: true, ..index("t_s", &[("s", Order::Asc)]) };
    world.exec(Sql::new(format!("UPDATE {} SET \"s\" = 'same'", world.table("t")))).unwrap();
    let refused = build_index(&world.store, "t", &unique);
    assert!(matches!(refused, Err(Error::Unique { .. })), "{refused:?}");
    // what a failed build left behind does not count and is not in the way
    assert!(!world.store.read_blocking(indexes).unwrap().contains(&"t_s".to_owned()));
    world.exec(Sql::new(format!("UPDATE {} SET \"s\" = \"id\"", world.table("t")))).unwrap();
    assert_eq!(build_index(&world.store, "t", &unique), Ok(true));
    let names: BTreeSet<String> = world.store.read_blocking(indexes).unwrap().into_iter().collect();
    assert!(names.contains("t_s") && names.contains("t_n_later"));
    world.store.optimize().unwrap();
    if world.store.dialect() == Dialect::Sqlite {
        assert!(!world.rows(Sql::new("SELECT \"stat\" FROM sqlite_stat1 WHERE \"idx\" = 't_n_later'")).is_empty());
    }
}
