//! The workspace under measure: contacts with 20 filled fields, accounts, opportunities, interactions.

use crate::cpu;
use kernel::{Actor, Ctx, RecordId, Secret, SystemClock, Through};
use records::{BulkMode, BulkOptions, Catalogue, OpenOptions, Workspace};
use serde_json::{Value as Json, json};
use std::{path::PathBuf, sync::Arc};

pub(crate) struct Bench {
    pub(crate) workspace: Workspace,
    pub(crate) path: PathBuf,
    pub(crate) contacts: usize,
    /// CPU microseconds per contact, indexed and searchable; none where the workspace was there already.
    pub(crate) import_us: Option<f64>,
}
const FIRST: [&str; 12] = ["Anna", "Bruno", "Carla", "Derya", "Emil", "Fátima", "Goran", "Hélène", "Ivo", "Jana", "Kofi", "Łucja"];
const LAST: [&str; 16] = ["Meier", "Schmidt", "Rossi", "Novák", "Öztürk", "Dupont", "Silva", "Kowalski", "Jensen", "Virtanen", "Papadakis", "Horvat", "Ivanov", "García", "Größwang", "Smith"];
const CITIES: [&str; 10] = ["Berlin", "Wien", "Praha", "Łódź", "Milano", "Lyon", "Porto", "Aarhus", "Turku", "Split"];

const KINDS: [&str; 3] = ["Bau", "Werke", "Labs"];
const INDUSTRIES: [&str; 3] = ["retail", "food", "energy"];
const ACTIVITIES: [&str; 3] = ["email", "call", "meeting"];

pub(crate) fn id(kind: u128, n: usize) -> RecordId {
    RecordId::fixed((kind << 64) + u128::try_from(n).unwrap() + 1_000)
}
pub(crate) fn system(workspace: &Workspace) -> Ctx {
    Ctx::new(Actor::System("cli"), Through::CommandLine, workspace.now_ms())
}
pub(crate) fn name(n: usize) -> (String, String) {
    let mut tail = n / 7;
    let mut letters = String::new();
    for _ in 0..3 {
        letters.push(char::from(b'a' + u8::try_from(tail % 26).unwrap()));
        tail /= 26;
    }
    (FIRST[n % FIRST.len()].to_owned(), format!("{}{letters}", LAST[(n / 3) % LAST.len()]))
}
fn contact(n: usize, accounts: usize) -> Json {
    let (first, last) = name(n);
    let email = format!("{}.{}{n}@example.org", kernel::fold(&first), kernel::fold(&last));
    json!({"id": id(1, n).to_string(), "salutation": "Dr.", "first_name": first, "last_name": last, "email": email, "phone": format!("+4930{:07}", n), "mobile": format!("+49170{:07}", n), "title": "Buyer",
        "department": "Purchasing", "account": id(2, n % accounts).to_string(), "status": "active", "street": format!("Lange Gasse {}", n % 200), "city": CITIES[n % CITIES.len()], "postal_code": format!("{:05}", n % 99_999), "country": "DE",
        "language": "de", "time_zone": "Europe/Berlin", "source": "Fair", "birth_date": format!("19{:02}-0{}-1{}", n % 90 + 10, n % 9 + 1, n % 9), "external_id": format!("c{n}"), "description": "Met at the fair in spring."})
}

pub(crate) fn build(contacts: usize) -> Bench {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache"))).unwrap_or_else(std::env::temp_dir);
    let folder = base.join("rapport").join(format!("bench-{contacts}-{}", env!("CARGO_PKG_VERSION")));
    std::fs::create_dir_all(&folder).unwrap();
    let done = folder.join("done");
    let fresh = !done.exists();
    let path = folder.join("data.db");
    if fresh {
        for end in ["", "-wal", "-shm"] {
            let _absent = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }
    let store = store::open_sqlite(&path, store::Options::default()).unwrap();
    let catalogue = Arc::new(Catalogue::new(vec![customer::module(), operational::module(), privacy::module()]).unwrap());
    let workspace = Workspace::open(OpenOptions { name: "main".into(), store, catalogue, clock: Arc::new(SystemClock), master_key: Secret::new([7; 32]), files: folder.join("files") }).unwrap();
    let mut bench = Bench { workspace, path, contacts, import_us: None };
    if fresh {
        bench.fill();
        std::fs::write(done, "").unwrap();
    }
    bench
}
impl Bench {
    fn chunk(&self, object: &'static str, rows: Vec<Json>) {
        let ctx = system(&self.workspace);
        let answers = self
            .workspace
            .write_blocking(&ctx, move |tx| {
                let set = tx.open_change_set("bench")?;
                let options = BulkOptions { mode: BulkMode::Create, key: None, atomic: false, lenient: true };
                let answers = tx.bulk_items(object, &rows, &options, set)?;
                tx.finish_change_set(set, "done", &json!({}))?;
                Ok(answers)
            })
            .unwrap();
        let bad = answers.iter().find(|a| a["status"] != 201);
        assert!(bad.is_none(), "{object}: {bad:?}");
    }
    fn many(&self, object: &'static str, n: usize, row: impl Fn(usize) -> Json) {
        let mut at = 0;
        while at < n {
            let end = (at + 5_000).min(n);
            self.chunk(object, (at..end).map(&row).collect());
            at = end;
        }
        self.workspace.index_pending().unwrap();
    }
    fn fill(&mut self) {
        let accounts = (self.contacts / 5).max(1);
        self.many("account", accounts, |n| json!({"id": id(2, n).to_string(), "name": format!("{} {} {n}", LAST[n % LAST.len()], KINDS[n % 3]), "industry": (INDUSTRIES[n % 3]), "city": CITIES[n % CITIES.len()], "country": "DE"}));
        let start = cpu::seconds("self");
        self.many("contact", self.contacts, |n| contact(n, accounts));
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        {
            self.import_us = Some((cpu::seconds("self") - start) * 1e6 / self.contacts as f64);
        }
        self.many("opportunity", self.contacts / 2, |n| json!({"id": id(3, n).to_string(), "name": format!("Deal {n}"), "account": id(2, n % accounts).to_string(), "amount": format!("{}", n % 9_000 + 100), "close_date": format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1)}));
        // One contact with 10,000 entries, the others with a few each.
        self.many("interaction", self.contacts * 5, |n| {
            let contact = if n < 10_000 { 0 } else { n % self.contacts };
            json!({"id": id(4, n).to_string(), "kind": (ACTIVITIES[n % 3]), "direction": "out", "subject": "About the offer", "at": format!("2026-{:02}-{:02}T{:02}:{:02}:00Z", n % 10 + 1, n % 28 + 1, n % 24, n % 60), "contact": id(1, contact).to_string()})
        });
    }
}
