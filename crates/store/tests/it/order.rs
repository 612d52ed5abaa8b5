//! The texts that `ddl` promises an index for are served by it: no engine sorts.

use crate::world::{World, column, t};
use store::{Dialect, Sql, Val, ddl::*};

/// A page of a list sorted by `n`: of rows that have it or not, up or down, from the start or from a cursor.
fn page(world: &World, valued: bool, down: bool, cursor: bool, prefix: bool) -> Sql {
    let (op, direction) = if down { ("<", " DESC") } else { (">", "") };
    let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE ", world.table("t")));
    if prefix {
        q.push("\"s\" = ").arg("open").push(" AND ");
    }
    match (valued, cursor) {
        (true, false) => q.push("\"n\" IS NOT NULL"),
        (true, true) => q.push(&format!("\"n\" IS NOT NULL AND (\"n\", \"id\") {op} (")).arg(2_000i64).push(", ").arg("00002000").push(")"),
        (false, false) => q.push("\"n\" IS NULL"),
        (false, true) => q.push(&format!("\"n\" IS NULL AND \"id\" {op} ")).arg("00002000"),
    };
    q.push(&format!(" ORDER BY \"n\"{direction}, \"id\"{direction} LIMIT 20"));
    q
}

fn plan(world: &World, q: &Sql) -> String {
    let explain = if world.store.dialect() == Dialect::Sqlite { "EXPLAIN QUERY PLAN " } else { "EXPLAIN " };
    let rows = world.rows(Sql { text: format!("{explain}{}", q.text), args: q.args.clone() });
    let lines: Vec<String> = rows.iter().map(|row| row.iter().filter_map(Val::as_str).collect::<String>()).collect();
    lines.join("\n")
}

pub(crate) fn index_serves_both_directions(world: World) {
    for direction in [Order::Asc, Order::Desc] {
        let world = world.with(Default::default());
        let mut spec = t();
        spec.columns.push(ColumnSpec { not_null: true, default: Some(Val::Int(0)), ..column("updated", ColumnKind::Int) });
        let both = |name: &str, columns: &[&str]| IndexSpec { name: name.into(), columns: columns.iter().map(|c| (c.to_string(), direction)).collect(), unique: false, filter: None };
        spec.indexes.extend([both("t_n", &["n", "id"]), both("t_s_n", &["s", "n", "id"]), both("t_updated", &["updated", "id"])]);
        world.make(&[spec]);
        let row = |i: i64| {
            let n = if i % 3 == 0 { Val::Null } else { Val::Int((i * 7919) % 5_000) };
            vec![format!("{i:08}").into(), n, ["open", "closed", "won"][i as usize / 3 % 3].into(), i.into()]
        };
        world.store.write_blocking(move |db| db.bulk_insert("t", &["id", "n", "s", "updated"], &mut (0..20_000).map(row))).unwrap();
        world.store.optimize().unwrap();
        for case in 0..16 {
            let [valued, down, cursor, prefix] = [1, 2, 4, 8].map(|bit| case & bit != 0);
            let q = page(&world, valued, down, cursor, prefix);
            let plan = plan(&world, &q);
            let served = plan.contains("t_n") || prefix && plan.contains("t_s_n");
            assert!(served && !plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{direction:?} {}\n{plan}", q.text);
            let sorted = {
                let all = Sql { text: q.text.replace("LIMIT 20", "LIMIT 100000").replace("SELECT \"id\"", "SELECT \"n\", \"id\""), args: q.args.clone() };
                let rows: Vec<(Option<i64>, String)> = world.rows(all).into_iter().map(|row| (row[0].as_int(), row[1].as_str().unwrap().to_owned())).collect();
                assert!(rows.len() > 100, "{}", q.text);
                rows.windows(2).all(|pair| if down { pair[0] > pair[1] } else { pair[0] < pair[1] })
            };
            assert!(sorted, "{}", q.text);
        }
        for down in ["", " DESC"] {
            let q = Sql::new(format!("SELECT \"id\" FROM {} ORDER BY \"updated\"{down}, \"id\"{down} LIMIT 20", world.table("t")));
            let plan = plan(&world, &q);
            assert!(plan.contains("t_updated") && !plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
