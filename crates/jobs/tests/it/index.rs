use crate::world::{World, until};
use jobs::Jobs;
use std::time::{Duration, Instant};

crate::on_both!(the_search_index_follows_within_moments_and_comes_to_rest);

fn the_search_index_follows_within_moments_and_comes_to_rest(world: World) {
    let _running = world.start(Jobs::default());
    until("nothing is pending", || !world.workspace.has_pending_index().unwrap());
    for n in 0..20 {
        world.company(&format!("Größwang {n}"));
    }
    let began = Instant::now();
    until("all is indexed", || !world.workspace.has_pending_index().unwrap());
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    // its own writes must not wake it for ever
    let commits = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = commits.clone();
    std::thread::sleep(Duration::from_millis(300));
    world.workspace.store().on_commit(std::sync::Arc::new(move || {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }));
    std::thread::sleep(Duration::from_millis(800));
    assert_eq!(commits.load(std::sync::atomic::Ordering::SeqCst), 0);
}
