use super::{parse, reader::Reader};
use kernel::Secret;
use std::net::IpAddr;

/// An address with the number of its leading bits that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network(IpAddr, u8);

impl Network {
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        let shift = |bits: u8, width: u8| u32::from(width - bits);
        match (self.0, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(one)) => (u32::from(net) ^ u32::from(one)).checked_shr(shift(self.1, 32)).is_none_or(|rest| rest == 0),
            (IpAddr::V6(net), IpAddr::V6(one)) => (u128::from(net) ^ u128::from(one)).checked_shr(shift(self.1, 128)).is_none_or(|rest| rest == 0),
            _ => false,
        }
    }
}

/// How the server is reached.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    /// Address and port to listen on; port 0 takes a free one.
    pub(crate) listen: String,
    /// How people reach the server, where that is not the listening address: `https://crm.example.org`.
    pub(crate) public_url: Option<String>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<Network>,
    /// What `/metrics` wants as a bearer token where the listener is not on loopback.
    pub(crate) metrics_token: Option<Secret<String>>,
}

impl Web {
    pub(super) fn read(reader: &mut Reader) -> Web {
        Web {
            listen: reader.get("listen", "127.0.0.1:8080", "Address and port to listen on; port 0 takes a free one.", parse::text),
            public_url: reader.optional("public_url", "How people reach the server, such as https://crm.example.org. With https, cookies are marked secure and HSTS is sent.", public_url),
            trusted_proxies: reader.get(
                "trusted_proxies",
                "",
                "Addresses or networks of reverse proxies whose X-Forwarded-For is believed.",
                parse::list(|text| parse::network(text).map(|(address, bits)| Network(address, bits))),
            ),
            metrics_token: reader.secret("metrics.token", "What /metrics wants as a bearer token where the listener is not on loopback."),
        }
    }

    /// People reach the server over TLS, which a reverse proxy ends.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest.map(|rest| rest.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("is not an address such as https://crm.example.org (without a path)".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Network, parse, public_url};

    #[test]
    fn networks_hold_their_addresses() {
        let net = |text: &str| parse::network(text).map(|(a, b)| Network(a, b)).unwrap();
        assert!(net("10.0.0.0/8").contains("10.9.8.7".parse().unwrap()));
        assert!(!net("10.0.0.0/8").contains("11.0.0.1".parse().unwrap()));
        assert!(net("0.0.0.0/0").contains("1.2.3.4".parse().unwrap()));
        assert!(net("::1").contains("::1".parse().unwrap()));
        assert!(net("127.0.0.1").contains("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!net("::/0").contains("1.2.3.4".parse().unwrap()));
        assert!(parse::network("10.0.0.0/33").is_err());
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(public_url("https://crm.example.org/").unwrap(), "https://crm.example.org");
        for odd in ["crm.example.org", "https://", "https://a/b", "ftp://a"] {
            assert!(public_url(odd).is_err(), "{odd}");
        }
    }
}
