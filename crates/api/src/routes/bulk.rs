//! Many records in one request, and figures over them.

use super::{Route, Tag, Work};
use crate::{answer::Answer, call::Call};
use serde_json::Value as Json;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/records/{object}/bulk", "bulkRecords", Tag::Records, "Makes, changes or archives up to 5,000 records as one change set, each alone unless `atomic`.")
            .bulk_body("Bulk")
            .answers(200, "BulkAnswer", "What became of each item.")
            .here(bulk),
        Route::ask("/records/{object}/aggregate", "aggregateRecords", Tag::Records, "Figures over records, in groups.")
            .body("Aggregate", true)
            .answers(200, "AggregateAnswer", "One item a group.")
            .here(aggregate),
    ]
}

fn bulk(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, body) = (call.object(), Json::Object(std::mem::take(&mut call.body)));
        call.change(move |tx| Ok(Answer::json(200, &tx.bulk(&object, &body)?))).await
    })
}

fn aggregate(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, body) = (call.object(), Json::Object(std::mem::take(&mut call.body)));
        call.settle(&object).await?;
        let json = call.ask(move |tx| tx.aggregate(&object, &body)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}
