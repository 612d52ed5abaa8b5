pub(crate) mod accept;
pub(crate) mod body;
pub(crate) mod headers;
pub(crate) mod lanes;
pub(crate) mod logging;
pub(crate) mod metrics;
pub(crate) mod state;
pub(crate) mod stream;
