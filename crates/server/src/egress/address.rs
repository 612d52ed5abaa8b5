//! Which addresses are out in the world (IANA's registries of special-purpose addresses, RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is on the public internet: not this machine, its network, a cloud's metadata or documentation.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Network and the number of its leading bits.
const NOT_PUBLIC_V4: [([u8; 4], u8); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];
fn is_public_v4(v4: Ipv4Addr) -> bool {
    NOT_PUBLIC_V4.iter().all(|(net, bits)| (u32::from(v4) ^ u32::from_be_bytes(*net)) >> (32 - bits) != 0)
}

/// Only 2000::/3 is given out; in it, 2001::/23 and 2002::/16 are for protocols that carry other addresses, the rest
/// here is for documentation.
fn is_public_v6(v6: Ipv6Addr) -> bool {
    let bits = u128::from(v6);
    let within = |net: u128, len: u32| bits >> (128 - len) == net;
    // 64:ff9b::/96 (RFC 6052): an IPv4 address behind a translator
    if within(0x0064_ff9b_0000_0000_0000_0000, 96) {
        let [.., a, b, c, d] = v6.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    within(1, 3) && !within(0x2001_0000 >> 9, 23) && !within(0x2002, 16) && !within(0x2001_0db8, 32) && !within(0x3fff_0000 >> 12, 20)
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn only_the_world_is_public() {
        for public in ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "192.169.0.1", "2606:4700::1", "2a00:1450::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "2001:4860::8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.19.0.1",
            "203.0.113.5",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "3fff::1",
            "100::1",
        ];
        for private in private {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }
}
