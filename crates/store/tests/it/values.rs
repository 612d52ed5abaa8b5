use crate::world::World;
use store::{Error, Sql, Val};

fn put(world: &World, id: &str, values: [Val; 4]) -> Result<u64, Error> {
    let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"n\", \"s\", \"r\", \"b\") VALUES (", world.table("t")));
    q.arg(id).push(", ").list(values).push(")");
    world.exec(q)
}

fn get(world: &World, id: &str) -> Vec<Val> {
    let mut q = Sql::new(format!("SELECT \"n\", \"s\", \"r\", \"b\" FROM {} WHERE \"id\" = ", world.table("t")));
    q.arg(id);
    world.rows(q).remove(0)
}

pub(crate) fn round_trip(world: World) {
    let world = world.with_t();
    let full = [Val::Int(42), Val::from("Ærøskøbing 😀"), Val::Real(2.5), Val::Blob(vec![0, 1, 255])];
    put(&world, "full", full.clone()).unwrap();
    put(&world, "null", [Val::Null, Val::Null, Val::Null, Val::Null]).unwrap();
    put(&world, "empty", [Val::Int(0), Val::from(""), Val::Real(0.0), Val::Blob(vec![])]).unwrap();
    assert_eq!(get(&world, "full"), full);
    assert_eq!(get(&world, "null"), [Val::Null, Val::Null, Val::Null, Val::Null]);
    assert_eq!(get(&world, "empty"), [Val::Int(0), Val::from(""), Val::Real(0.0), Val::Blob(vec![])]);
    assert_eq!(Val::from(None::<i64>), Val::Null);
    assert_eq!(Val::from(Some(true)), Val::Int(1));
}

pub(crate) fn extremes_survive(world: World) {
    let world = world.with_t();
    for (i, n) in [i64::MIN, i64::MIN + 1, -1, 1 << 53, (1 << 53) + 1, i64::MAX].into_iter().enumerate() {
        let r = [f64::MIN, f64::MAX, f64::MIN_POSITIVE, 0.1 + 0.2, -0.0, 1e300][i];
        put(&world, &i.to_string(), [n.into(), Val::Null, r.into(), Val::Null]).unwrap();
        let row = get(&world, &i.to_string());
        assert_eq!(row[0], Val::Int(n));
        assert_eq!(row[2], Val::Real(r));
    }
}

/// A whole number is taken where the column is real, as JSON's 1 is where 1.0 was meant; sums of integers are integers.
pub(crate) fn numbers_of_other_kinds(world: World) {
    let world = world.with_t();
    put(&world, "a", [Val::Int(i64::MAX - 5), Val::Null, Val::Int(3), Val::Null]).unwrap();
    put(&world, "b", [Val::Int(2), Val::Null, Val::Real(0.5), Val::Null]).unwrap();
    assert_eq!(get(&world, "a")[2], Val::Real(3.0));
    let t = world.table("t");
    let row = world.rows(Sql::new(format!("SELECT sum(\"n\"), count(*), sum(\"r\"), avg(\"r\"), min(\"s\"), \"n\" > 5 FROM {t} GROUP BY \"n\" ORDER BY \"n\" DESC LIMIT 1")));
    assert_eq!(row[0], [Val::Int(i64::MAX - 5), Val::Int(1), Val::Real(3.0), Val::Real(3.0), Val::Null, Val::Int(1)]);
    let all = world.rows(Sql::new(format!("SELECT sum(\"n\"), avg(\"n\" * 1.0) FROM {t} WHERE \"id\" = 'b'")));
    assert_eq!(all[0], [Val::Int(2), Val::Real(2.0)]);
    // past 64 bits: an error or a double, never a wrapped number
    let too_big = Sql::new(format!("SELECT sum(x) FROM (SELECT \"n\" AS x FROM {t} UNION ALL SELECT \"n\" FROM {t}) y"));
    match world.store.read_blocking(|db| db.one(&too_big)) {
        Err(Error::TooLarge) => {}
        Ok(Some(row)) => assert_eq!(row[0].as_real(), Some(2.0 * (i64::MAX - 3) as f64)),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refused_values(world: World) {
    let world = world.with_t();
    for bad in [Val::Real(f64::NAN), Val::Real(f64::INFINITY)] {
        assert!(matches!(put(&world, "x", [Val::Null, Val::Null, bad, Val::Null]), Err(Error::Other(_))));
    }
    assert!(matches!(put(&world, "x", [Val::Null, Val::from("a\0b"), Val::Null, Val::Null]), Err(Error::Other(_))));
    assert_eq!(world.count("t"), 0);
}

pub(crate) fn wrong_number_of_values(world: World) {
    let world = world.with_t();
    let t = world.table("t");
    let text = format!("SELECT \"id\" FROM {t} WHERE \"id\" = $1");
    for args in [vec![], vec!["a", "b"]] {
        let q = Sql::with(text.clone(), args);
        assert!(matches!(world.store.read_blocking(|db| db.one(&q)), Err(Error::Schema(_))), "{q:?}");
    }
}

/// Whatever order they stand in, `$2` is the second value on both engines, and one value may be named twice.
pub(crate) fn placeholders_out_of_order(world: World) {
    let world = world.with_t();
    put(&world, "a", [Val::Int(1), Val::from("x"), Val::Null, Val::Null]).unwrap();
    let text = format!("SELECT \"id\" FROM {} WHERE \"s\" = $2 AND \"id\" = $1 AND \"id\" = $1 AND \"n\" = $3", world.table("t"));
    let rows = world.rows(Sql::with(text, [Val::from("a"), Val::from("x"), Val::Int(1)]));
    assert_eq!(rows, [[Val::from("a")]]);
}

pub(crate) fn text_order_is_bytes(world: World) {
    let world = world.with_t();
    for s in ["b", "a", "B", "A", "ä", "_", "Z", "a b", "ab"] {
        put(&world, s, [Val::Null, s.into(), Val::Null, Val::Null]).unwrap();
    }
    let rows = world.rows(Sql::new(format!("SELECT \"s\" FROM {} ORDER BY \"s\"", world.table("t"))));
    let texts: Vec<&str> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(texts, ["A", "B", "Z", "_", "a", "a b", "ab", "b", "ä"]);
    let less = world.rows(Sql::with(format!("SELECT count(*) FROM {} WHERE \"s\" < $1", world.table("t")), ["_"]));
    assert_eq!(less, [[Val::Int(3)]]);
}

pub(crate) fn long_lists(world: World) {
    let world = world.with_t();
    put(&world, "7", [Val::Int(7), Val::Null, Val::Null, Val::Null]).unwrap();
    let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE \"n\" IN (", world.table("t")));
    q.list(0..20_000i64).push(") AND \"id\" NOT IN (").list(Vec::<String>::new()).push(")");
    // NOT IN (NULL) holds for no row: an empty list is never "all"
    assert_eq!(world.rows(q), Vec::<Vec<Val>>::new());
    let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE \"n\" IN (", world.table("t")));
    q.list(0..20_000i64).push(")");
    assert_eq!(world.rows(q), [[Val::from("7")]]);
}

pub(crate) fn sets_of_any_length(world: World) {
    let world = world.with_t();
    for i in 0..5i64 {
        put(&world, &format!("id {i} \"'\\ é"), [i.into(), Val::Null, Val::Null, Val::Null]).unwrap();
    }
    let dialect = world.store.dialect();
    let find = |condition: &str, fill: &dyn Fn(&mut Sql)| {
        let mut q = Sql::new(format!("SELECT \"n\" FROM {} WHERE {condition} IN ", world.table("t")));
        fill(&mut q);
        q.push(" ORDER BY 1");
        world.rows(q).into_iter().map(|row| row[0].as_int().unwrap()).collect::<Vec<_>>()
    };
    let ints = |values: Vec<i64>| find("\"n\"", &|q| _ = q.set_of_ints(dialect, values.clone()));
    assert_eq!(ints(vec![]), [0i64; 0]);
    assert_eq!(ints(vec![3, 1, 9, i64::MAX, i64::MIN]), [1, 3]);
    assert_eq!(ints((0..200_000).collect()), [0, 1, 2, 3, 4]);
    assert_eq!(find("\"id\"", &|q| _ = q.set_of_texts(dialect, ["id 2 \"'\\ é", "none"])), [2]);
    // outside no values at all are all rows
    assert_eq!(find("\"id\" NOT", &|q| _ = q.set_of_texts(dialect, [""; 0])), [0, 1, 2, 3, 4]);
}

pub(crate) fn big_values(world: World) {
    let world = world.with_t();
    let (text, blob) = ("é".repeat(3 << 20), vec![7u8; 9 << 20]);
    put(&world, "big", [Val::Null, text.clone().into(), Val::Null, blob.clone().into()]).unwrap();
    let row = get(&world, "big");
    assert!(row[1] == Val::Text(text) && row[3] == Val::Blob(blob));
}
