pub(crate) mod limiter;
pub(crate) mod password;
pub(crate) mod secret_text;
pub(crate) mod tables;
pub(crate) mod totp;
