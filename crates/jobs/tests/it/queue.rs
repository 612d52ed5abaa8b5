use crate::world::{START, World, until};
use jobs::{Every, Jobs, Kind, enqueue};
use kernel::Error;
use serde_json::{Value as Json, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use store::Sql;

crate::on_both!(
    a_job_runs_once_it_is_due_and_is_gone,
    a_job_of_a_transaction_that_failed_never_was,
    what_fails_is_tried_again_and_given_up_at_last,
    what_was_cut_off_runs_again,
    a_schedule_is_kept_over_restarts
);

type Seen = Arc<Mutex<Vec<Json>>>;

fn kind(seen: &Seen, most_attempts: u32, fails: usize) -> Kind {
    let seen = seen.clone();
    let run = move |_workspace: &records::Workspace, payload: &Json| {
        let mut seen = seen.lock().unwrap();
        seen.push(payload.clone());
        if seen.len() <= fails { Err(Error::internal("the other side does not answer")) } else { Ok(()) }
    };
    Kind { name: "send_reminder", run: Arc::new(run), most_attempts }
}
fn jobs_of(kind: Kind) -> Jobs {
    Jobs { kinds: vec![kind], ..Jobs::default() }
}
/// State and attempts of all jobs.
fn states(world: &World) -> Vec<(String, i64)> {
    world.write(|tx| {
        let q = Sql::new(format!("SELECT \"state\", \"attempts\" FROM {} ORDER BY \"id\"", tx.db().table("job")));
        let rows = tx.db().rows(&q).map_err(|e| Error::internal(e.to_string()))?;
        Ok(rows.iter().map(|r| (r[0].as_str().unwrap().to_owned(), r[1].as_int().unwrap())).collect())
    })
}

fn a_job_runs_once_it_is_due_and_is_gone(world: World) {
    let seen = Seen::default();
    let _running = world.start(jobs_of(kind(&seen, 3, 0)));
    world.write(|tx| enqueue(tx, "send_reminder", &json!({ "n": 1 }), START));
    world.write(|tx| enqueue(tx, "send_reminder", &json!({ "n": 2 }), START + 60_000));
    world.write(|tx| enqueue(tx, "kind_of_a_newer_program", &json!({}), START));
    until("the first ran", || seen.lock().unwrap().len() == 1);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(*seen.lock().unwrap(), [json!({ "n": 1 })]);
    world.clock.advance(60_000);
    world.company("wakes the runner");
    until("the second ran", || seen.lock().unwrap().len() == 2);
    until("both are gone", || states(&world).len() == 1);
}

fn a_job_of_a_transaction_that_failed_never_was(world: World) {
    let ctx = kernel::Ctx::new(kernel::Actor::System("cli"), kernel::Through::CommandLine, START);
    let failed = world.workspace.write_blocking(&ctx, |tx| {
        enqueue(tx, "send_reminder", &json!({}), START)?;
        Err::<(), _>(Error::internal("no"))
    });
    assert!(failed.is_err());
    assert!(states(&world).is_empty());
}

fn what_fails_is_tried_again_and_given_up_at_last(world: World) {
    let seen = Seen::default();
    let _running = world.start(jobs_of(kind(&seen, 3, usize::MAX)));
    world.write(|tx| enqueue(tx, "send_reminder", &json!({}), START));
    for attempts in 1..=3_i64 {
        until("a try", || states(&world).first().is_some_and(|(state, n)| *n == attempts && state != "running"));
        if attempts < 3 {
            assert_eq!(states(&world), [("waiting".to_owned(), attempts)], "not at once");
            world.clock.advance(20_000);
            world.company("wakes the runner");
        }
    }
    assert_eq!(states(&world), [("dead".to_owned(), 3)]);
    assert_eq!(seen.lock().unwrap().len(), 3);
}

fn what_was_cut_off_runs_again(world: World) {
    let id = world.write(|tx| enqueue(tx, "send_reminder", &json!({ "n": 1 }), START));
    // a process took it and died
    world.write(move |tx| {
        let q = Sql::with(format!("UPDATE {} SET \"state\" = 'running', \"attempts\" = 1, \"lease_until\" = {} WHERE \"id\" = $1", tx.db().table("job"), START + 300_000), [id.to_string()]);
        tx.db().exec(&q).map_err(|e| Error::internal(e.to_string()))
    });
    // another node waits until the lease has ended; a process that owns its database does not
    world.clock.advance(300_001);
    let seen = Seen::default();
    let running = world.start(jobs_of(kind(&seen, 3, 0)));
    until("it ran again", || seen.lock().unwrap().len() == 1);
    until("it is gone", || states(&world).is_empty());
    running.stop();
}

fn a_schedule_is_kept_over_restarts(world: World) {
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    let chores = || Jobs {
        schedule: vec![Every {
            name: "sweep",
            every: Duration::from_secs(3_600),
            run: Arc::new({
                let counted = counted.clone();
                move |_workspace| {
                    *counted.lock().unwrap() += 1;
                    Ok(())
                }
            }),
        }],
        ..Jobs::default()
    };
    let running = world.start(chores());
    until("it ran at first", || *count.lock().unwrap() == 1);
    running.stop();
    let running = world.start(chores());
    world.company("wakes the runner");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(*count.lock().unwrap(), 1, "an hour has not passed");
    world.clock.advance(3_600_000);
    world.company("wakes the runner again");
    until("it ran after an hour", || *count.lock().unwrap() == 2);
    running.stop();
}
