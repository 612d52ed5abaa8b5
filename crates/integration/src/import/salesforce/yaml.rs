//! The part of YAML that mappings of CumulusCI use: keys with values, and keys with indented keys below them.

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    pub(super) value: String,
    pub(super) children: Vec<(String, Node)>,
}
impl Node {
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.children.iter().find(|(k, _)| k == key).map(|(_, node)| node)
    }
    pub(super) fn text(&self, key: &str) -> &str {
        self.get(key).map_or("", |n| n.value.as_str())
    }
}

/// `None`: something that is no key (lists, blocks of text), which these mappings do not have.
pub(super) fn parse(text: &str) -> Option<Node> {
    let mut root = Node::default();
    // The path of keys that are open, with their indentation.
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    for line in text.lines() {
        let bare = line.trim_end();
        let content = bare.trim_start();
        if content.is_empty() || content.starts_with('#') || content == "---" {
            continue;
        }
        let indent = bare.len() - content.len();
        let (key, value) = content.split_once(':')?;
        if !value.is_empty() && !value.starts_with(' ') {
            return None;
        }
        while open.last().is_some_and(|(i, _)| *i >= indent) {
            open.pop();
        }
        let path = open.last().map(|(_, path)| path.clone()).unwrap_or_default();
        let mut parent = &mut root;
        for at in &path {
            parent = &mut parent.children.get_mut(*at)?.1;
        }
        let unquote = |t: &str| t.trim().trim_matches(|c| c == '"' || c == '\'').to_owned();
        let value = value.split(" #").next().unwrap_or_default();
        parent.children.push((unquote(key), Node { value: unquote(value), children: Vec::new() }));
        let mut own = path;
        own.push(parent.children.len() - 1);
        open.push((indent, own));
    }
    Some(root)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn keys_below_keys() {
        let root = parse("A:\n    sf_object: X__c\n    fields:\n        Name: name\n    lookups:\n        C:\n            table: T\nB:\n  table: b # note\n").unwrap();
        let a = root.get("A").unwrap();
        assert_eq!((a.text("sf_object"), a.get("fields").unwrap().text("Name")), ("X__c", "name"));
        assert_eq!((a.get("lookups").unwrap().get("C").unwrap().text("table"), root.get("B").unwrap().text("table")), ("T", "b"));
        assert!(parse("- a\n").is_none());
    }
}
