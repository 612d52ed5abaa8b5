use axum::extract::Request;
use std::sync::Arc;

/// The id under which a request stands in the log and in its problem. The server sets it; without a server it is made
/// here.
#[derive(Clone, Debug)]
pub struct RequestId(Arc<str>);

impl RequestId {
    pub fn new(text: &str) -> RequestId {
        RequestId(text.into())
    }
    /// Twelve random bytes in hexadecimal digits.
    pub fn random() -> RequestId {
        RequestId::new(&hex(&random::<12>()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The request's id; a request without one gets one.
    pub(crate) fn of(request: &mut Request) -> RequestId {
        request.extensions_mut().get_or_insert_with(RequestId::random).clone()
    }
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
    bytes
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        write!(out, "{byte:02x}").expect("writing to a String cannot fail");
        out
    })
}
