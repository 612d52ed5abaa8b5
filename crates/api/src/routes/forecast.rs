//! What the pipeline will bring. The answers are the sales part's, by the reports that it handed in.

use super::{Route, Tag, Work};
use crate::{
    ApiError,
    answer::Answer,
    call::Call,
    input::shape::{Param, Shape, param},
};
use axum::response::Response;

const PERIOD: Param = param("period", Shape::Text(10), "A day of the fiscal period, such as 2026-10-01; today's unless given.");
const BY: Param = param("by", Shape::Word(&["month", "quarter", "year"]), "The kind of period; a quarter unless given.");
const FROM: Param = Param { required: true, ..param("from", Shape::Text(10), "The day at whose beginning it starts.") };
const TO: Param = Param { required: true, ..param("to", Shape::Text(10), "The day at whose end it ends, or now.") };
const TEAM: Param = param("team", Shape::Text(36), "Only deals of this team and those below it.");
const PIPELINE: Param = param("pipeline", Shape::Text(36), "Only deals of this pipeline.");
const AS_OF: Param = param("as_of", Shape::Text(10), "As it stood when this day began, under today's rights.");

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/forecast", "getForecast", Tag::Reports, "The columns of a fiscal period rolled up by the tree of managers, with quotas and overrides.")
            .query(&[PERIOD, BY, TEAM, PIPELINE, AS_OF])
            .answers(200, "Forecast", "What you may read, added up.")
            .here(forecast),
        Route::get("/forecast/movement", "getForecastMovement", Tag::Reports, "How the open pipeline of a period came from one day to another: start, what came in, what went out, end.")
            .query(&[FROM, TO, PERIOD, BY, TEAM, PIPELINE])
            .answers(200, "ForecastMovement", "Each line with its deals.")
            .here(movement),
    ]
}

fn forecast(call: Call) -> Work {
    Box::pin(report(call, "forecast"))
}
fn movement(call: Call) -> Work {
    Box::pin(report(call, "forecast movement"))
}

async fn report(call: Call, name: &'static str) -> Result<Response, ApiError> {
    let params = call.query.all();
    let json = call.ask(move |tx| (tx.catalogue().report(name)?.run)(tx, &params)).await?;
    Ok(Answer::json(200, &json).into_response())
}
