//! How the text of a setting is read. An error ends the sentence "KEY = VALUE ...".

use std::{net::IpAddr, path::PathBuf, time::Duration};

pub(super) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("is empty".into()) } else { Ok(text.to_owned()) }
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("is not a path".into()) } else { Ok(PathBuf::from(text)) }
}

pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("is neither true nor false".into()),
    }
}

/// A whole number between two bounds, both included.
pub(super) fn between(least: u64, most: u64) -> impl Fn(&str) -> Result<u64, String> {
    move |text| match text.replace('_', "").parse::<u64>() {
        Ok(n) if (least..=most).contains(&n) => Ok(n),
        _ => Err(format!("is not a whole number from {least} to {most}")),
    }
}

pub(super) fn count(least: usize, most: usize) -> impl Fn(&str) -> Result<usize, String> {
    move |text| match text.replace('_', "").parse::<usize>() {
        Ok(n) if (least..=most).contains(&n) => Ok(n),
        _ => Err(format!("is not a whole number from {least} to {most}")),
    }
}

/// `250ms`, `10s`, `5m`, `12h`, `30d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let wrong = || "is not a length of time such as 250ms, 10s, 5m, 12h or 30d".to_owned();
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let ms = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(ms).filter(|n| *n <= 3_650 * 86_400_000).map(Duration::from_millis).ok_or_else(wrong)
}

/// An address or a network: `10.0.0.0/8`, `::1`.
pub(super) fn network(text: &str) -> Result<(IpAddr, u8), String> {
    let (address, bits) = text.split_once('/').unwrap_or((text, ""));
    let address: IpAddr = address.trim().parse().map_err(|_| format!("holds \"{text}\", which is not an address or network such as 10.0.0.0/8"))?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = if bits.is_empty() { Ok(most) } else { bits.trim().parse::<u8>() };
    match bits {
        Ok(bits) if bits <= most => Ok((address, bits)),
        _ => Err(format!("holds \"{text}\", whose prefix is not from 0 to {most}")),
    }
}

/// Words separated by commas, each read by `one`.
pub(super) fn list<T>(one: impl Fn(&str) -> Result<T, String>) -> impl Fn(&str) -> Result<Vec<T>, String> {
    move |text| text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(&one).collect()
}
