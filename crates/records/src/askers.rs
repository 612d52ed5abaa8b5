//! The rights of those who ask often, kept while nothing that rights depend on has changed.

use access::{Policy, Rights};
use kernel::{Actor, Ctx, Result};
use metadata::Registry;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// More are forgotten all at once: making rights anew is cheap, order keeping is not.
const MOST: usize = 2_000;

type Asker = (Actor, Option<Arc<[String]>>);

#[derive(Default)]
pub(crate) struct Askers(Mutex<Known>);
#[derive(Default)]
struct Known {
    /// What the rights below were made of.
    of: Option<(Arc<Registry>, Arc<Policy>)>,
    rights: HashMap<Asker, Arc<Rights>>,
}

impl Askers {
    /// # Errors
    /// As [`Rights::of`].
    pub(crate) fn rights(&self, ctx: &Ctx, registry: &Arc<Registry>, policy: &Arc<Policy>) -> Result<Arc<Rights>> {
        let make = || Rights::of(ctx, registry.clone(), policy.clone()).map(Arc::new);
        if !policy.lasts() {
            return make();
        }
        let asker = (ctx.actor, ctx.scopes.clone());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = known.of.as_ref().is_some_and(|(r, p)| Arc::ptr_eq(r, registry) && Arc::ptr_eq(p, policy));
        if !same || known.rights.len() >= MOST {
            // A reading that began before a change may come last: it makes rights of its own snapshot, and so does the next.
            *known = Known { of: Some((registry.clone(), policy.clone())), rights: HashMap::new() };
        }
        if let Some(rights) = known.rights.get(&asker) {
            return Ok(rights.clone());
        }
        let rights = make()?;
        known.rights.insert(asker, rights.clone());
        Ok(rights)
    }
}
