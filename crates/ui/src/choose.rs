//! Which of the compressed twins a client takes (RFC 9110, section 12.5.3).

/// The encodings that the build writes, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Brotli => "br",
            Encoding::Gzip => "gzip",
        }
    }
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Encoding::Brotli => "br",
            Encoding::Gzip => "gz",
        }
    }
}

/// The encodings a client takes, best first: by its weights, then by ours. `q=0` refuses, `*` stands for the rest.
pub fn accepted(header: &str) -> Vec<Encoding> {
    let entries: Vec<(String, f32)> = header.split(',').filter_map(entry).collect();
    let any = entries.iter().find(|(name, _)| name == "*").map(|(_, weight)| *weight);
    let weight = |encoding: Encoding| {
        let own = entries.iter().find(|(name, _)| name == encoding.name() || (encoding == Encoding::Gzip && name == "x-gzip"));
        own.map(|(_, weight)| *weight).or(any).unwrap_or(0.0)
    };
    let mut found: Vec<Encoding> = [Encoding::Brotli, Encoding::Gzip].into_iter().filter(|encoding| weight(*encoding) > 0.0).collect();
    found.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
    found
}

fn entry(text: &str) -> Option<(String, f32)> {
    let mut parts = text.split(';');
    let name = parts.next()?.trim().to_ascii_lowercase();
    if name.is_empty() {
        return None;
    }
    let mut weight = 1.0;
    for part in parts {
        if let Some(value) = part.trim().strip_prefix("q=") {
            // A weight that cannot be read counts as a refusal: the plain file is always right.
            weight = value.trim().parse::<f32>().ok().filter(|w| (0.0..=1.0).contains(w)).unwrap_or(0.0);
        }
    }
    Some((name, weight))
}
