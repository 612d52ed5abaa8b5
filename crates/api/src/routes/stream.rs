//! What changes, as it changes: server-sent events (WHATWG HTML 9.2) that name records and never hold values. Each is
//! checked against what the listener may read at that moment; what they may not read sends nothing, and no number tells
//! that something was left out.

use super::{Route, Tag, Work};
use crate::{Caller, call::Call, leaving, ports::Credentials};
use access::{Exit, Permit};
use axum::response::{
    IntoResponse,
    sse::{Event, KeepAlive, Sse},
};
use futures_util::stream;
use kernel::{Code, Result};
use records::{Change, Get};
use serde_json::json;
use std::{
    collections::{HashSet, VecDeque},
    convert::Infallible,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, MissedTickBehavior, interval},
};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long after a revocation a stream may still be open.
const CHECKED: Duration = Duration::from_secs(1);
/// Changes checked in one reading.
const GATHERED: usize = 256;
/// When a client that lost the stream comes back, in milliseconds.
const RETRY: Duration = Duration::from_secs(3);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/stream",
            "stream",
            Tag::Stream,
            "Server-sent events `{object,id,version,what}`: what was created, updated, archived or restored that you may read. `event: reset` says that some were lost: read again.",
        )
        .sends("text/event-stream", "Events without end.")
        .here(open),
    ]
}

fn open(call: Call) -> Work {
    Box::pin(async move {
        let caller = call.caller()?.clone();
        // Subscribed before the first check: nothing between is lost.
        let changes = caller.workspace.subscribe();
        let token = caller.token;
        let permit = call.ask(move |tx| leaving::permit(tx, Exit::Stream, None, if token { "integration" } else { "live screens" })).await?;
        let mut tick = interval(CHECKED);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let listener = Listener {
            permit: Arc::new(permit),
            caller,
            credentials: call.shared.ports.credentials.clone(),
            changes,
            tick,
            waiting: VecDeque::from([Event::default().comment("listening").retry(RETRY)]),
            ended: false,
        };
        let events = stream::unfold(listener, |mut listener| async move {
            let event = listener.next().await?;
            Some((Ok::<_, Infallible>(event), listener))
        });
        Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("")).into_response())
    })
}

struct Listener {
    /// What leaves by this stream leaves under it.
    permit: Arc<Permit>,
    caller: Caller,
    credentials: Arc<dyn Credentials>,
    changes: Receiver<Arc<Change>>,
    tick: Interval,
    waiting: VecDeque<Event>,
    ended: bool,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.ended {
                return None;
            }
            tokio::select! {
                biased;
                _ = self.tick.tick() => self.ended = !self.holds().await,
                change = self.changes.recv() => match change {
                    Ok(first) => self.gather(first).await,
                    Err(RecvError::Lagged(_)) => self.waiting.push_back(reset()),
                    Err(RecvError::Closed) => self.ended = true,
                },
            }
        }
    }
    /// Whether the session or token, and the user behind it, still stand.
    async fn holds(&self) -> bool {
        self.credentials.alive(&self.caller).await && self.caller.workspace.read(&self.caller.ctx_now(), |_| Ok(())).await.is_ok()
    }
    async fn gather(&mut self, first: Arc<Change>) {
        let mut changes = vec![first];
        while changes.len() < GATHERED
            && let Ok(more) = self.changes.try_recv()
        {
            changes.push(more);
        }
        // A credential that ended a moment ago gets nothing that came after.
        if !self.credentials.alive(&self.caller).await {
            self.ended = true;
            return;
        }
        let (permit, recipient) = (self.permit.clone(), leaving::recipient(&self.caller));
        match self.caller.workspace.read(&self.caller.ctx_now(), move |tx| visible(tx, &permit, recipient.as_deref(), changes)).await {
            Ok(seen) => self.waiting.extend(seen.iter().filter_map(|change| event(change))),
            Err(e) if e.code == Code::Unauthenticated => self.ended = true,
            Err(e) => {
                tracing::warn!(detail = e.detail, "events could not be checked; the listener is told to read again");
                self.waiting.push_back(reset());
            }
        }
    }
}

/// The changes whose record the listener may read now. A program's are noted like all that it reads.
fn visible(tx: &mut records::Tx, permit: &Permit, recipient: Option<&str>, changes: Vec<Arc<Change>>) -> Result<Vec<Arc<Change>>> {
    match recipient {
        Some(recipient) => tx.read_for_program(permit, recipient, |tx| readable(tx, changes)),
        None => readable(tx, changes),
    }
}
fn readable(tx: &mut records::Tx, changes: Vec<Arc<Change>>) -> Result<Vec<Arc<Change>>> {
    let only_id = Get { fields: Some(vec!["id".into()]), ..Get::default() };
    let (mut yes, mut no) = (HashSet::new(), HashSet::new());
    let mut out = Vec::new();
    for change in changes {
        let key = (change.object.clone(), change.id);
        if !yes.contains(&key) && !no.contains(&key) {
            match tx.get(&change.object, change.id, &only_id) {
                Ok(_) => yes.insert(key.clone()),
                Err(e) if matches!(e.code, Code::NotFound | Code::Forbidden) => no.insert(key.clone()),
                Err(e) => return Err(e),
            };
        }
        if yes.contains(&key) {
            out.push(change);
        }
    }
    Ok(out)
}

fn event(change: &Change) -> Option<Event> {
    Event::default().json_data(json!({"object": *change.object, "id": change.id, "version": change.version, "what": change.what})).ok()
}
fn reset() -> Event {
    Event::default().event("reset").data("{}")
}
