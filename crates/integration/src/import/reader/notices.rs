use serde::Serialize;

/// Something odd that did not stop the reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    pub code: &'static str,
    pub detail: String,
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

/// Notices of one file; after `LIMIT` of one kind they are only counted, so that a broken file of a million rows does not
/// fill the memory with complaints.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
    counts: Vec<(&'static str, usize)>,
}
impl Notices {
    const LIMIT: usize = 100;

    pub fn add(&mut self, line: Option<u64>, code: &'static str, detail: impl Into<String>) {
        let place = self.counts.iter().position(|(c, _)| *c == code).unwrap_or_else(|| {
            self.counts.push((code, 0));
            self.counts.len() - 1
        });
        self.counts[place].1 += 1;
        if self.counts[place].1 <= Self::LIMIT {
            self.list.push(Notice { line, code, detail: detail.into() });
        }
    }
    pub fn list(&self) -> &[Notice] {
        &self.list
    }
    /// How many of a kind there were, the unlisted ones too.
    pub fn count(&self, code: &str) -> usize {
        self.counts.iter().find(|(c, _)| *c == code).map_or(0, |(_, n)| *n)
    }
    /// All kinds with their numbers, in the order of their first occurrence.
    pub fn counts(&self) -> &[(&'static str, usize)] {
        &self.counts
    }
    pub fn extend(&mut self, other: Notices) {
        for notice in other.list {
            self.add(notice.line, notice.code, notice.detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Notices;

    #[test]
    fn many_of_a_kind_are_counted_not_kept() {
        let mut notices = Notices::default();
        for line in 0..100_000 {
            notices.add(Some(line), "short_row", "x");
        }
        notices.add(None, "other", "y");
        assert_eq!((notices.list().len(), notices.count("short_row"), notices.count("other")), (101, 100_000, 1));
    }
}
