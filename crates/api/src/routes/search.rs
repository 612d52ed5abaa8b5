//! Finding records by words.

use super::{Route, Tag, Work};
use crate::{
    answer::Answer,
    call::Call,
    input::shape::{CURSOR, LIMIT, Param, Shape, param},
};
use records::Search;

const Q: Param = Param { required: true, ..param("q", Shape::Text(200), "Words; each matches as a prefix, with one typo from four letters and two from eight.") };
const OBJECTS: Param = param("objects", Shape::List, "Only these objects.");

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/search", "search", Tag::Search, "Records in which every word occurs, best first.").query(&[Q, OBJECTS, LIMIT, CURSOR]).answers(200, "SearchPage", "The page.").here(search)]
}

fn search(call: Call) -> Work {
    Box::pin(async move {
        let q = &call.query;
        let asked = Search { q: q.text("q").unwrap_or("").to_owned(), objects: q.list("objects")?.unwrap_or_default(), limit: q.limit()?, cursor: q.text("cursor").map(str::to_owned) };
        let json = call.ask(move |tx| tx.search(&asked)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}
