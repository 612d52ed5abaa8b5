/// One setting as `rapport config explain` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explained {
    pub(crate) key: &'static str,
    /// As it was written; empty where nothing is set.
    pub(crate) value: String,
    /// The flag, variable or file it came from, or `default`.
    pub(crate) source: String,
    pub(crate) doc: &'static str,
}
