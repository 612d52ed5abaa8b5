//! An object with every field type, rows over pools of awkward values, and the same rows in memory, read back through
//! the door: what conditions, orders and totals are held against.

use crate::world::{World, find};
use jiff::tz::TimeZone;
use kernel::{Currency, RecordId};
use metadata::{BindCtx, Field, FieldType, Level, Object, ParseCtx, Registry, Value, eval::Facts};
use records::{BulkMode, Find};
use serde_json::{Value as Json, json};
use std::{collections::HashMap, sync::Arc};

pub(crate) const ANIMAL: &str = r#"
name = "animal"
sharing = "private"
[[fields]]
name = "name"
type = { text = {} }
[[fields]]
name = "code"
type = { text = { unique = true } }
[[fields]]
name = "story"
type = "long_text"
[[fields]]
name = "page"
type = "rich_text"
[[fields]]
name = "mail"
type = "email"
[[fields]]
name = "phone"
type = "phone"
[[fields]]
name = "site"
type = "url"
[[fields]]
name = "kind"
type = { choice = { options = [{ value = "cat", label = "C" }, { value = "Dog", label = "D" }, { value = "ox-1", label = "O" }] } }
[[fields]]
name = "no"
type = { autonumber = { pattern = "A-{000}" } }
[[fields]]
name = "legs"
type = "integer"
[[fields]]
name = "nap"
type = "duration"
[[fields]]
name = "weight"
type = { decimal = { scale = 3 } }
[[fields]]
name = "share"
type = "percent"
[[fields]]
name = "price"
type = "money"
[[fields]]
name = "tame"
type = "boolean"
[[fields]]
name = "born"
type = "date"
[[fields]]
name = "seen"
type = "date_time"
[[fields]]
name = "marks"
type = { multi_choice = { options = [{ value = "x", label = "X" }, { value = "xy", label = "XY" }, { value = "y", label = "Y" }] } }
[[fields]]
name = "mother"
type = { reference = { to = "animal" } }
[[fields]]
name = "cage"
type = { reference = { to = "cage" } }
[[fields]]
name = "last_cage"
type = { reference = { to = "cage" } }
[[fields]]
name = "about"
type = { reference = { to = "*" } }
[[fields]]
name = "keeper"
type = "user"
[[fields]]
name = "friends"
type = { many_to_many = { to = "cage" } }
[[fields]]
name = "place"
type = "geo_point"
[[fields]]
name = "home"
type = "address"
[[fields]]
name = "human"
type = "person_name"
[[fields]]
name = "per_leg"
type = { formula = { expression = "weight / legs", result = { decimal = { scale = 2 } } } }
[[fields]]
name = "tag"
type = { formula = { expression = "name + ' ' + kind", result = "text" } }
"#;
pub(crate) const CAGE: &str = r#"
name = "cage"
sharing = "private"
[[fields]]
name = "name"
type = { text = {} }
[[fields]]
name = "size"
type = "integer"
[[fields]]
name = "cost"
type = "money"
[[fields]]
name = "best"
type = { reference = { to = "animal" } }
"#;
pub(crate) const RATE: &str = r#"
name = "exchange_rate"
sharing = "read_write"
[[fields]]
name = "from"
type = { text = {} }
[[fields]]
name = "to"
type = { text = {} }
[[fields]]
name = "on"
type = "date"
[[fields]]
name = "rate"
type = { decimal = { scale = 6 } }
"#;

/// Small deterministic numbers (splitmix64): a failure can be repeated by its seed.
pub(crate) struct Dice(pub(crate) u64);
impl Dice {
    pub(crate) fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n.max(1)).unwrap()).unwrap()
    }
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
}

/// Values that rows have and conditions name, by field type; awkward ones on purpose.
pub(crate) fn pool(kind: &FieldType, zoo: &Ids) -> Vec<Json> {
    use FieldType as T;
    match kind.value_type() {
        T::Text { .. } | T::LongText {} | T::RichText {} => {
            vec![json!("Ärger"), json!("arger"), json!("ARGER 2"), json!("a%b_c"), json!("100"), json!("ß\"'\\"), json!("straße"), json!("\u{1F600}z"), json!("zebra"), json!("e\u{301}"), json!("é")]
        }
        T::Email {} => vec![json!("A@example.org"), json!("a@example.org"), json!("zoë@example.org")],
        T::Phone {} => vec![json!("+493012345"), json!("030 12345"), json!("Büro 7"), json!("BÜRO 12"), json!("+1555000111")],
        T::Url {} => vec![json!("https://example.org/a"), json!("https://EXAMPLE.org/a"), json!("https://b.example")],
        T::Choice { options } => options.iter().map(|o| json!(o.value)).collect(),
        T::MultiChoice { .. } => vec![json!(["x"]), json!(["xy"]), json!(["x", "y"]), json!(["x", "xy", "y"])],
        T::Autonumber { .. } => vec![json!("A-001"), json!("A-010"), json!("a-003")],
        T::Integer {} => vec![json!(-5), json!(0), json!(4), json!(9_007_199_254_740_993i64), json!(i64::MIN)],
        T::Duration {} => vec![json!(0), json!(60), json!(86_400)],
        T::Decimal { .. } => vec![json!("-0.001"), json!("0"), json!("12.5"), json!("12.501"), json!("9007199254740.993")],
        T::Percent {} => vec![json!("0"), json!("33.3333"), json!("100"), json!("-1")],
        T::Money {} => vec![
            json!("10"),
            json!("10.01"),
            json!({"amount": "20", "currency": "USD"}),
            json!({"amount": "1000", "currency": "JPY"}),
            json!({"amount": "-5.00", "currency": "EUR"}),
            json!({"amount": "20.02", "currency": "USD"}),
            json!("0"),
        ],
        T::Boolean {} => vec![json!(true), json!(false)],
        T::Date {} => vec![json!("2026-11-18"), json!("2026-11-17"), json!("2024-02-29"), json!("2026-03-29"), json!("0001-01-01"), json!("2026-12-31")],
        T::DateTime {} => vec![
            json!("2026-11-18T00:00:00Z"),
            json!("2026-11-17T23:59:59.999Z"),
            json!("2026-03-29T01:30:00Z"),
            json!("2026-10-25T00:30:00Z"),
            json!("1969-12-31T23:59:59.999Z"),
            json!("2024-12-31T23:30:00Z"),
        ],
        T::Reference { to, .. } if to.single() == Some("animal") => zoo.animals.iter().take(4).map(|id| json!(id.to_string())).collect(),
        T::Reference { to, .. } if to.single() == Some("cage") => zoo.cages.iter().map(|id| json!(id.to_string())).collect(),
        T::Reference { .. } => {
            zoo.cages.iter().take(2).map(|id| json!({"object": "cage", "id": id.to_string()})).chain(zoo.animals.iter().take(2).map(|id| json!({"object": "animal", "id": id.to_string()}))).collect()
        }
        T::User {} => zoo.users.iter().map(|id| json!(id.to_string())).collect(),
        T::ManyToMany { .. } => vec![json!([zoo.cages[0].to_string()]), json!([zoo.cages[0].to_string(), zoo.cages[1].to_string()]), json!([zoo.cages[2].to_string()])],
        T::GeoPoint {} => vec![json!({"lat": 1, "lon": 2}), json!({"lat": -1.5, "lon": 2})],
        T::Address {} => vec![json!({"city": "Wien"}), json!({"city": "Graz", "street": "x"})],
        T::PersonName {} => vec![json!({"last_name": "Ä"})],
        T::File {} | T::Formula { .. } | T::RollUp { .. } => vec![],
    }
}
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub(crate) animals: Vec<RecordId>,
    pub(crate) cages: Vec<RecordId>,
    pub(crate) users: Vec<RecordId>,
}

/// Rows of the zoo in memory, without rights.
pub(crate) struct Zoo {
    pub(crate) ids: Ids,
    pub(crate) registry: Arc<Registry>,
    pub(crate) rows: HashMap<RecordId, Animal>,
    order: Vec<RecordId>,
}
#[derive(Clone, Debug)]
pub(crate) struct Animal {
    pub(crate) object: Arc<Object>,
    pub(crate) values: HashMap<String, Value>,
}
impl Zoo {
    /// Makes rows and reads them back. Some are archived, some belong to `ann`, a rep.
    pub(crate) fn build(w: &World, animals: usize, seed: u64) -> Zoo {
        let ctx = w.system();
        let mut dice = Dice(seed);
        for (from, rate) in [("USD", "0.5"), ("JPY", "")] {
            if !rate.is_empty() {
                w.create(&ctx, "exchange_rate", json!({"from": from, "to": "EUR", "on": "2020-01-01", "rate": rate})).unwrap();
            }
        }
        let mut ids = Ids { users: vec![w.user("ann", "rep", None), w.user("bob", "rep", None)], ..Ids::default() };
        for (i, (name, size, cost)) in
            [("small", json!(1), json!("1")), ("Große", json!(50), json!({"amount": "7", "currency": "JPY"})), ("third", json!(null), json!("50.50")), ("gone", json!(3), json!(null))]
                .into_iter()
                .enumerate()
        {
            let owner = ids.users[i % 2].to_string();
            ids.cages.push(w.create(&ctx, "cage", json!({"name": name, "size": size, "cost": cost, "owner": owner})).unwrap());
        }
        let registry = w.workspace.read_blocking(&ctx, |tx| Ok(tx.registry().clone())).unwrap();
        let object = registry.object("animal").unwrap().clone();
        let writable: Vec<_> = object.live_fields().filter(|f| f.writable() && !f.def.base && f.name() != "no" && f.name() != "code").cloned().collect();
        let mut made = 0;
        while made < animals {
            // A few at a time, so that later ones can refer to earlier ones.
            let n = if made == 0 { 6 } else { (animals - made).min(60) };
            let mut items = Vec::new();
            for i in 0..n {
                let mut item = json!({"owner": dice.pick(&ids.users).to_string(), "code": if dice.roll(3) == 0 { json!(null) } else { json!(format!("c{}", made + i)) }});
                for field in &writable {
                    let pool = pool(field.kind(), &ids);
                    if !pool.is_empty() && dice.roll(4) > 0 {
                        item[field.name()] = dice.pick(&pool).clone();
                    }
                }
                items.push(item);
            }
            let options = records::BulkOptions { mode: BulkMode::Create, key: None, atomic: true, lenient: true };
            let answers = w
                .workspace
                .write_blocking(&w.system(), move |tx| {
                    let set = tx.open_change_set("bulk_create")?;
                    tx.bulk_items("animal", &items, &options, set)
                })
                .unwrap();
            ids.animals.extend(answers.iter().map(|a| a["id"].as_str().unwrap().parse::<RecordId>().unwrap()));
            made += n;
            w.clock.advance(7_200_000 + 1);
        }
        for (i, cage) in ids.cages.clone().into_iter().enumerate().take(3) {
            w.update(&w.system(), "cage", cage, json!({"best": ids.animals[i * 2].to_string()})).unwrap();
        }
        for (object, id) in [("cage", ids.cages[3]), ("animal", ids.animals[1]), ("animal", ids.animals[5])] {
            w.workspace.write_blocking(&w.system(), move |tx| tx.archive(object, id, records::IfMatch::None)).unwrap();
        }
        let mut zoo = Zoo { ids, registry, rows: HashMap::new(), order: vec![] };
        for name in ["animal", "cage", "user", "share"] {
            zoo.read(w, name);
        }
        zoo
    }
    /// Reads an object's rows again.
    pub(crate) fn refresh(&mut self, w: &World, name: &str) {
        let gone: Vec<RecordId> = self.order.iter().copied().filter(|id| *self.rows[id].object.name == *name).collect();
        self.order.retain(|id| !gone.contains(id));
        self.read(w, name);
    }
    fn read(&mut self, w: &World, name: &str) {
        let object = self.registry.object(name).unwrap().clone();
        let mut cursor = None;
        loop {
            let page = w.find(&w.system(), Find { limit: Some(500), archived: metadata::Archived::Include, cursor, ..find(name) }).unwrap();
            for item in page["items"].as_array().unwrap() {
                let values = object.live_fields().map(|f| (f.name().to_owned(), parse(f, &item[f.name()]))).collect::<HashMap<_, _>>();
                let id = item["id"].as_str().unwrap().parse().unwrap();
                self.order.push(id);
                self.rows.insert(id, Animal { object: object.clone(), values });
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
    }
    pub(crate) fn bind_ctx(&self, now_ms: i64, zone: &str) -> BindCtx<'_> {
        BindCtx { registry: &self.registry, me: Some(self.ids.users[0]), now_ms, zone: TimeZone::get(zone).unwrap(), currency: Currency::EUR, fiscal_start: 1 }
    }
    pub(crate) fn row(&self, id: RecordId) -> Option<Fact<'_>> {
        self.rows.get(&id).map(|row| Fact { zoo: self, row, id })
    }
    /// Live rows of an object.
    pub(crate) fn live(&self, object: &str) -> Vec<RecordId> {
        self.order.iter().copied().filter(|id| *self.rows[id].object.name == *object && self.rows[id].values["archived_at"].is_null()).collect()
    }
}
/// As the door writes it, back to a value; amounts with the workspace amount that the test's one rate gives.
pub(crate) fn parse(field: &Field, json: &Json) -> Value {
    if matches!(field.kind(), FieldType::RollUp { .. }) {
        return Value::Null;
    }
    match field.kind().parse(json, ParseCtx { currency: Currency::EUR, lenient: true }).unwrap() {
        Value::Money { money, .. } => {
            let workspace = match money.currency.as_str() {
                "EUR" => Some(money.minor),
                "USD" => Some(money.minor / 2),
                _ => None,
            };
            Value::Money { money, workspace }
        }
        value => value,
    }
}
pub(crate) struct Fact<'a> {
    zoo: &'a Zoo,
    row: &'a Animal,
    id: RecordId,
}
impl Facts for Fact<'_> {
    fn id(&self) -> RecordId {
        self.id
    }
    fn value(&self, field: &Field) -> Value {
        self.row.values.get(field.name()).cloned().unwrap_or(Value::Null)
    }
    fn follow(&self, field: &Field, target: &Object) -> Option<Box<dyn Facts + '_>> {
        let id = match self.value(field) {
            Value::AnyRef(any) if any.object == *target.name => any.id,
            Value::Ref(id) => id,
            _ => return None,
        };
        self.item(target, id)
    }
    fn item(&self, target: &Object, id: RecordId) -> Option<Box<dyn Facts + '_>> {
        self.zoo.row(id).filter(|f| f.row.object.name == target.name).map(|f| Box::new(f) as Box<dyn Facts + '_>)
    }
    fn related<'s>(&'s self, object: &Object, via: &Field) -> Vec<Box<dyn Facts + 's>> {
        let points_here = |value: &Value| match value {
            Value::AnyRef(any) => any.id == self.id && any.object == *self.row.object.name,
            Value::Ref(id) => *id == self.id,
            _ => false,
        };
        self.zoo.live(&object.name).into_iter().filter(|id| points_here(&self.zoo.rows[id].values[via.name()])).filter_map(|id| self.zoo.row(id)).map(|f| Box::new(f) as Box<dyn Facts + 's>).collect()
    }
    fn shared(&self, object: &str, level: Level, user: RecordId, _teams: &[RecordId], _now_ms: i64) -> bool {
        self.zoo.live("share").into_iter().any(|id| {
            let share = &self.zoo.rows[&id].values;
            let this = matches!(&share["record"], Value::AnyRef(any) if any.id == self.id && any.object == object);
            this && share["user"] == Value::Ref(user) && (level == Level::Read || share["level"] == Value::Text("update".into()))
        })
    }
}
