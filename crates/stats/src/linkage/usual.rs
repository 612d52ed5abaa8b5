//! Two rows judged alone, where there is nothing to learn from: by what is usual.

use super::{
    Kind, Refused,
    column::{Column, exchange},
    compare,
    evidence::{Evidence, evidence},
    model::{Field, Model, expected, probability},
    pairs::pattern,
};
use crate::linkage::kind::aspect;

/// A field, and how likely two strangers are to hold the same value.
#[derive(Clone, Copy, Debug)]
pub struct Usual {
    pub name: &'static str,
    pub kind: Kind,
    pub chance: f64,
}

#[derive(Clone, Debug)]
pub struct Judged {
    pub probability: f64,
    pub evidence: Vec<Evidence>,
}

/// How likely each of `others` is the same as `one`, among about `rows` of them.
///
/// # Errors
/// Where there is nothing to compare.
pub fn judge(fields: &[Usual], rows: usize, one: &[Option<String>], others: &[Vec<Option<String>>]) -> Result<Vec<Judged>, Refused> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut columns: Vec<Column> = Vec::new();
    let mut usual: Vec<&Usual> = Vec::new();
    for (i, field) in fields.iter().enumerate().filter(|(i, _)| one.get(*i).is_some_and(Option::is_some)) {
        let raw: Vec<Option<&str>> = std::iter::once(one[i].as_deref()).chain(others.iter().map(|row| row.get(i)?.as_deref())).collect();
        let column = Column::new(field.name, field.kind, &raw);
        columns.push(column);
        usual.push(field);
    }
    if columns.is_empty() {
        return Err(Refused::NothingToCompare);
    }
    columns.truncate(super::pairs::FIELDS);
    exchange(&mut columns);
    // about one row in ten has a twin
    let model = Model::new(usual.iter().map(|field| known(field)).collect(), (0.1 / (rows.max(20) as f64)).log2(), f64::INFINITY);
    let judged = (1..=others.len() as u32).map(|other| {
        let pattern = pattern(&columns, 0, other);
        let (bits, _) = model.weights(pattern);
        Judged { probability: probability(bits), evidence: evidence(&model, &[], 0, pattern, &columns) }
    });
    Ok(judged.collect())
}

fn known(field: &Usual) -> Field {
    let levels = compare::names(field.kind).len();
    let mut u = vec![0.0; levels];
    u[levels - 1] = field.chance;
    // each step away from equality is as much more frequent among strangers as is left to share out
    let step = (0.1 / field.chance).powf(1.0 / (levels as f64 - 1.0)).max(1.5);
    for i in (1..levels - 1).rev() {
        u[i] = (u[i + 1] * step).min(0.2);
    }
    u[0] = (1.0 - u[1..].iter().sum::<f64>()).max(0.2);
    Field { name: field.name.to_owned(), kind: field.kind, aspect: aspect(field.name, field.kind), m: expected(levels), among: u.clone(), u }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Usual, judge};

    const FIELDS: &[Usual] = &[
        Usual { name: "first_name", kind: Kind::Name, chance: 0.01 },
        Usual { name: "last_name", kind: Kind::Name, chance: 0.002 },
        Usual { name: "email", kind: Kind::Email, chance: 1e-5 },
        Usual { name: "city", kind: Kind::Name, chance: 0.02 },
    ];

    fn row(cells: [&str; 4]) -> Vec<Option<String>> {
        cells.map(|c| (!c.is_empty()).then(|| c.to_owned())).to_vec()
    }

    #[test]
    fn a_twin_is_told_from_a_namesake_and_a_stranger() {
        let one = row(["Anna", "Berg", "anna.berg@post.example", "Bern"]);
        let others = [
            row(["Ana", "Berg", "anna.berg@post.example", ""]),
            row(["Anna", "Kern", "", "Bern"]),
            row(["Otto", "Wyss", "otto@wyss.example", "Wien"]),
            row(["Berg", "Anna", "anna.berg@post.example", "Bern"]),
        ];
        let p: Vec<f64> = judge(FIELDS, 10_000, &one, &others).unwrap().iter().map(|j| j.probability).collect();
        assert!(p[0] > 0.9 && p[3] > 0.9, "{p:?}");
        assert!(p[1] < 0.2 && p[2] < 0.01, "{p:?}");
    }
}
