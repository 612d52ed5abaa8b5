use crate::world::{World, until};
use jobs::{Event, Follower, Jobs, purge_outbox};
use kernel::{Error, Result};
use records::Tx;
use std::sync::{Arc, Mutex, atomic::AtomicUsize, atomic::Ordering};

crate::on_both!(a_follower_sees_every_event_in_order_and_goes_on_where_it_was, what_it_could_not_do_comes_again, what_all_have_seen_is_removed_after_a_week);

#[derive(Default)]
struct Listener {
    seen: Mutex<Vec<Event>>,
    fails: AtomicUsize,
}
impl Follower for Listener {
    fn name(&self) -> &'static str {
        "listener"
    }
    fn follow(&self, _tx: &mut Tx, events: &[Event]) -> Result<()> {
        if self.fails.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
            return Err(Error::internal("not now"));
        }
        self.seen.lock().unwrap().extend_from_slice(events);
        Ok(())
    }
}
fn jobs_with(listener: &Arc<Listener>) -> Jobs {
    Jobs { followers: vec![listener.clone()], ..Jobs::default() }
}

fn a_follower_sees_every_event_in_order_and_goes_on_where_it_was(world: World) {
    for n in 0..3 {
        world.company(&format!("before {n}"));
    }
    let listener = Arc::new(Listener::default());
    let running = world.start(jobs_with(&listener));
    // writers at the same time: none may be missed, whatever order they commit in
    std::thread::scope(|scope| {
        for w in 0..4 {
            let world = &world;
            scope.spawn(move || (0..25).for_each(|n| world.company(&format!("w{w} {n}"))));
        }
    });
    until("all are seen", || listener.seen.lock().unwrap().len() >= 103);
    running.stop();
    world.company("between");
    let running = world.start(jobs_with(&listener));
    until("the one between is seen", || listener.seen.lock().unwrap().len() >= 104);
    running.stop();
    let seen = listener.seen.lock().unwrap();
    assert_eq!(seen.len(), 104, "each once");
    assert!(seen.iter().all(|e| e.name == "company.created" && e.object.as_deref() == Some("company") && e.version == Some(1)));
    let mut records: Vec<_> = seen.iter().map(|e| e.record.unwrap()).collect();
    records.sort_unstable();
    records.dedup();
    assert_eq!(records.len(), 104);
}

fn what_it_could_not_do_comes_again(world: World) {
    let listener = Arc::new(Listener { fails: AtomicUsize::new(2), ..Listener::default() });
    let running = world.start(jobs_with(&listener));
    world.company("one");
    until("it is seen at last", || {
        world.company("wakes the runner");
        listener.seen.lock().unwrap().iter().any(|e| e.seq == 1)
    });
    running.stop();
    let seen = listener.seen.lock().unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].seq < pair[1].seq), "in order, none twice: {seen:?}");
}

fn what_all_have_seen_is_removed_after_a_week(world: World) {
    world.company("old");
    let purge = || world.write(|tx| purge_outbox(tx, &["listener"]));
    world.clock.advance(8 * 86_400_000);
    assert_eq!(purge(), 0, "the follower has not begun");
    let listener = Arc::new(Listener::default());
    let running = world.start(jobs_with(&listener));
    until("it is seen", || listener.seen.lock().unwrap().len() == 1);
    running.stop();
    world.company("new");
    assert_eq!(purge(), 1, "the new one stays");
    assert_eq!(world.write(|tx| purge_outbox(tx, &[])), 0);
}

/// PostgreSQL gives numbers out before rows can be seen: the first to write may be the last to commit.
#[test]
fn who_commits_late_is_not_missed() {
    let world = World::postgres();
    let listener = Arc::new(Listener::default());
    let running = world.start(jobs_with(&listener));
    let (written, is_written) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let world = &world;
        scope.spawn(move || {
            world.write(move |tx| {
                let input = serde_json::json!({"name": "early"}).as_object().cloned().unwrap();
                tx.create("company", &input)?;
                written.send(()).unwrap();
                may_go_on.recv().unwrap();
                Ok(())
            });
        });
        is_written.recv().unwrap();
        world.company("late");
        // long enough for the runner to look, several times
        std::thread::sleep(std::time::Duration::from_millis(400));
        assert!(listener.seen.lock().unwrap().is_empty(), "an earlier transaction is open: what came after it waits");
        go_on.send(()).unwrap();
    });
    until("both are seen", || listener.seen.lock().unwrap().len() == 2);
    running.stop();
    let seen = listener.seen.lock().unwrap();
    assert_eq!(seen.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2]);
}

/// The same numbers, the other way round: what a follower has still to read is never removed.
#[test]
fn a_lower_number_that_came_later_is_not_removed_unseen() {
    let world = World::postgres();
    world.company("one");
    world.company("two");
    let exec = |text: &str| {
        let text = text.to_owned();
        world.write(move |tx| {
            let q = store::Sql::new(text.replace("OUTBOX", &tx.db().table("sys_outbox")).replace("READER", &tx.db().table("job_reader")));
            records::OrDb::or_db(tx.db().exec(&q))
        })
    };
    exec("UPDATE OUTBOX SET \"xact\" = 12 - \"seq\"");
    exec("INSERT INTO READER (\"name\", \"xact\", \"seq\") VALUES ('listener', 10, 2)");
    world.clock.advance(8 * 86_400_000);
    assert_eq!(world.write(|tx| purge_outbox(tx, &["listener"])), 1, "the one that was read");
    exec("UPDATE READER SET \"xact\" = 11, \"seq\" = 1");
    assert_eq!(world.write(|tx| purge_outbox(tx, &["listener"])), 1, "the other one, once it was read");
}
