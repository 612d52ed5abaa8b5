//! One line of the table of routes.

use crate::{ApiError, call::Call, input::shape::Param};
use axum::{response::Response, routing::MethodFilter};
use futures_util::future::BoxFuture;

pub(crate) type Work = BoxFuture<'static, Result<Response, ApiError>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}
impl Method {
    pub(crate) fn filter(self) -> MethodFilter {
        match self {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Put => MethodFilter::PUT,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        }
    }
    /// As OpenAPI spells it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Post => "post",
            Method::Put => "put",
            Method::Patch => "patch",
            Method::Delete => "delete",
        }
    }
}

/// Chapter of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    SignIn,
    Me,
    Objects,
    Records,
    History,
    Files,
    Search,
    ChangeSets,
    Imports,
    Exports,
    Stream,
    Privacy,
    Log,
    Reports,
    Verbs,
    Operation,
}
impl Tag {
    pub(crate) const ALL: [(Tag, &'static str, &'static str); 16] = [
        (Tag::SignIn, "sign-in", "Sessions, tokens, second factor."),
        (Tag::Me, "me", "Who is asking and what they may do."),
        (Tag::Objects, "objects", "Definitions: what objects and fields there are."),
        (Tag::Records, "records", "Records of every object, standard or custom, by one set of routes."),
        (Tag::History, "history", "What happened with a record, who changed it, who may see it."),
        (Tag::Files, "files", "Documents kept with a record."),
        (Tag::Search, "search", "Finding records by words."),
        (Tag::ChangeSets, "change sets", "Mass changes and how they are undone."),
        (Tag::Imports, "imports", "Files in."),
        (Tag::Exports, "exports", "Files out."),
        (Tag::Stream, "stream", "What changes, as it changes."),
        (Tag::Privacy, "privacy", "What a person may be used for, and what of them has left."),
        (Tag::Log, "log", "Who did what with rights and data; append-only, and provably so."),
        (Tag::Reports, "reports", "Questions about many records that are more than a total."),
        (Tag::Verbs, "verbs", "What can be done with a record beyond changing its fields."),
        (Tag::Operation, "operation", "This document, health and figures of the server."),
    ];
    pub(crate) fn word(self) -> &'static str {
        Tag::ALL.iter().find(|(tag, ..)| *tag == self).map_or("", |(_, word, _)| word)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    None,
    /// A JSON object of that schema; none at all means `{}`.
    Json {
        schema: &'static str,
        required: bool,
        bulk: bool,
    },
    /// Also `application/merge-patch+json` (RFC 7396).
    MergePatch {
        schema: &'static str,
    },
    Multipart {
        schema: &'static str,
        max_bytes: usize,
    },
}
impl BodyKind {
    /// The most bytes of a body.
    pub(crate) fn max_bytes(self) -> usize {
        match self {
            BodyKind::Json { bulk: true, .. } => 16 * MIB,
            BodyKind::Multipart { max_bytes, .. } => max_bytes,
            _ => MIB,
        }
    }
}
pub(crate) const MIB: usize = 1024 * 1024;

/// What comes back where all goes well.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answers {
    pub(crate) status: u16,
    pub(crate) about: &'static str,
    /// A schema's name, or none for an empty body.
    pub(crate) schema: Option<&'static str>,
    pub(crate) media_type: &'static str,
    pub(crate) etag: bool,
    pub(crate) location: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A session or a token.
    Caller,
    Nothing,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matching {
    No,
    Honoured,
    Needed,
}

#[derive(Clone, Copy)]
pub(crate) enum Run {
    Here(fn(Call) -> Work),
    /// Its handler is the server's; only described here.
    Elsewhere,
}

#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Under `/api/v1`, with `{name}` for what varies; what begins with `//` stands at the root.
    pub(crate) path: &'static str,
    /// Unique; the name of the function in generated clients.
    pub(crate) name: &'static str,
    pub(crate) tag: Tag,
    pub(crate) about: &'static str,
    pub(crate) query: &'static [Param],
    pub(crate) body: BodyKind,
    pub(crate) answers: Vec<Answers>,
    pub(crate) needs: Needs,
    pub(crate) matching: Matching,
    /// Takes `Idempotency-Key`.
    pub(crate) keyed: bool,
    pub(crate) run: Run,
}

impl Route {
    fn new(method: Method, path: &'static str, name: &'static str, tag: Tag, about: &'static str) -> Route {
        Route { method, path, name, tag, about, query: &[], body: BodyKind::None, answers: vec![], needs: Needs::Caller, matching: Matching::No, keyed: false, run: Run::Elsewhere }
    }
    pub(crate) fn get(path: &'static str, name: &'static str, tag: Tag, about: &'static str) -> Route {
        Route::new(Method::Get, path, name, tag, about)
    }
    /// A POST changes something: it takes a key and a body unless said otherwise.
    pub(crate) fn post(path: &'static str, name: &'static str, tag: Tag, about: &'static str) -> Route {
        Route { keyed: true, ..Route::new(Method::Post, path, name, tag, about) }.body("Empty", false)
    }
    /// A POST that only asks.
    pub(crate) fn ask(path: &'static str, name: &'static str, tag: Tag, about: &'static str) -> Route {
        Route::new(Method::Post, path, name, tag, about)
    }
    pub(crate) fn put(path: &'static str, name: &'static str, tag: Tag, about: &'static str) -> Route {
        Route { matching: Matching::Honoured, ..Route::new(Method::Put, path, name, tag, about) }
    }
    pub(crate) fn patch(path: &'static str, name: &'static str, tag: Tag, about: &'static str, schema: &'static str) -> Route {
        Route { matching: Matching::Needed, body: BodyKind::MergePatch { schema }, ..Route::new(Method::Patch, path, name, tag, about) }
    }
    pub(crate) fn delete(path: &'static str, name: &'static str, tag: Tag, about: &'static str) -> Route {
        Route::new(Method::Delete, path, name, tag, about)
    }

    pub(crate) fn query(self, query: &'static [Param]) -> Route {
        Route { query, ..self }
    }
    pub(crate) fn body(self, schema: &'static str, required: bool) -> Route {
        Route { body: BodyKind::Json { schema, required, bulk: false }, ..self }
    }
    pub(crate) fn bulk_body(self, schema: &'static str) -> Route {
        Route { body: BodyKind::Json { schema, required: true, bulk: true }, ..self }
    }
    pub(crate) fn multipart(self, schema: &'static str, max_bytes: usize) -> Route {
        Route { body: BodyKind::Multipart { schema, max_bytes }, ..self }
    }
    pub(crate) fn matching(self, matching: Matching) -> Route {
        Route { matching, ..self }
    }
    pub(crate) fn open(self) -> Route {
        Route { needs: Needs::Nothing, ..self }
    }
    pub(crate) fn unkeyed(self) -> Route {
        Route { keyed: false, ..self }
    }
    /// Adds an answer: `schema` is `-` for an empty body.
    pub(crate) fn answers(mut self, status: u16, schema: &'static str, about: &'static str) -> Route {
        let schema = (schema != "-").then_some(schema);
        self.answers.push(Answers { status, about, schema, media_type: "application/json", etag: false, location: false });
        self
    }
    /// Adds an answer that is no JSON.
    pub(crate) fn sends(mut self, media_type: &'static str, about: &'static str) -> Route {
        self.answers.push(Answers { status: 200, about, schema: None, media_type, etag: false, location: false });
        self
    }
    /// The last answer carries an `ETag`.
    pub(crate) fn etag(mut self) -> Route {
        self.answers.iter_mut().rev().take(1).for_each(|a| a.etag = true);
        self
    }
    /// The last answer carries a `Location`.
    pub(crate) fn location(mut self) -> Route {
        self.answers.iter_mut().rev().take(1).for_each(|a| a.location = true);
        self
    }
    pub(crate) fn here(self, run: fn(Call) -> Work) -> Route {
        Route { run: Run::Here(run), ..self }
    }
    /// The names in `{}` of the path.
    pub(crate) fn path_names(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
