pub(crate) struct Summary { pub(crate) rows: u64, pub(crate) rep: String, pub(crate) manager: String }
pub(crate) fn fill(_w: &records::Workspace, _c: usize, _s: u64, _p: &dyn Fn(u64, u64)) -> kernel::Result<Summary> { Err(kernel::Error::internal("no demo yet")) }
