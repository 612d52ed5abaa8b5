//! Files on records. Contents lie in the workspace's folder, named by their hash; rows are records like any other.

use crate::{timeline::Paging, tx::Tx, write::Saved};
use access::Action;
use kernel::{Error, RecordId, Result};
use metadata::Archived;
use serde_json::{Map, Value as Json, json};

/// A file whose content is stored already.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub name: String,
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 in lower-case hexadecimal: also the name under which the content lies.
    pub hash: String,
}

impl Tx<'_> {
    pub fn list_files(&mut self, object: &str, id: RecordId, paging: &Paging) -> Result<Vec<u8>> {
        let def = self.object(object)?;
        self.readable_record(&def, id)?;
        let filter = json!({"field": "about", "op": "eq", "value": {"object": object, "id": id.to_string()}});
        self.find(&crate::Find {
            object: "file".into(),
            filter: Some(filter),
            sort: vec!["-created_at".into()],
            limit: paging.limit,
            cursor: paging.cursor.clone(),
            archived: Archived::Exclude,
            ..crate::Find::default()
        })
    }
    /// Whoever may read a record may attach to it, if their role may create files at all.
    pub fn add_file(&mut self, object: &str, id: RecordId, file: &NewFile) -> Result<Saved> {
        self.must_write()?;
        let def = self.object(object)?;
        self.readable_record(&def, id)?;
        let mut input = Map::new();
        input.insert("name".into(), Json::from(file.name.as_str()));
        input.insert("about".into(), json!({"object": object, "id": id.to_string()}));
        let file_def = self.object("file")?;
        self.check_create(&file_def)?;
        self.new_file = Some(file.clone());
        let saved = self.create("file", &input);
        self.new_file = None;
        saved
    }
    /// Name, type and hash of a file the asker may read.
    ///
    /// # Errors
    /// 404.
    pub fn file_content(&mut self, id: RecordId) -> Result<NewFile> {
        let def = self.object("file")?;
        if !self.rights().can(&def, Action::Read) {
            return Err(Error::not_found("file"));
        }
        let record = self.readable_record(&def, id)?;
        Ok(NewFile { name: record.text("name").to_owned(), content_type: record.text("type").to_owned(), size: record.get("size").as_int().unwrap_or(0), hash: record.text("hash").to_owned() })
    }
    /// The rule of the object `file`: size, type and hash come from the content.
    pub fn fill_file(&self, draft: &mut crate::Draft) {
        if let Some(file) = &self.new_file {
            draft.set("size", metadata::Value::Int(file.size));
            draft.set("type", metadata::Value::Text(file.content_type.clone()));
            draft.set("hash", metadata::Value::Text(file.hash.clone()));
        } else if draft.is_new() {
            draft.refuse("name", "no_content", "A file comes with its content: POST it to /records/OBJECT/ID/files.");
        }
    }
}
