//! The store through its front door, every test on both engines.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bulk;
mod ddl;
mod functions;
mod order;
mod postgres_only;
mod reads;
mod sqlite_only;
mod transactions;
mod values;
mod world;
mod writes;

/// Makes two tests of each function `fn(World)`: one per engine.
macro_rules! on_both {
    ($module:ident: $($name:ident)*) => {
        mod $module {
            mod sqlite {
                $(#[test] fn $name() { crate::$module::$name(crate::world::World::sqlite()) })*
            }
            mod postgres {
                $(#[test] fn $name() { crate::$module::$name(crate::world::World::postgres()) })*
            }
        }
    };
}

mod both {
    on_both!(values: round_trip extremes_survive numbers_of_other_kinds refused_values wrong_number_of_values placeholders_out_of_order text_order_is_bytes long_lists sets_of_any_length big_values);
    on_both!(transactions: failed_job_leaves_nothing failed_statement_needs_savepoint swallowed_failure_does_not_commit attempt_goes_on savepoints_nest unique_is_named unique_expression_index not_null_is_named unknown_names_are_schema_errors errors_hold_no_values);
    on_both!(writes: visible_after_answer one_bad_job_spoils_no_other a_panic_is_an_error many_writers caller_may_go_away the_queue_is_bounded watchers_hear_commits closed_store_refuses closing_waits blocking_door write_alone_runs ending_the_transaction_is_refused exec_counts);
    on_both!(reads: one_state_from_first_to_last quick_reads_are_reads reads_cannot_write time_limit caller_goes_away rows_one_and_each errors_of_each_stop_the_query statements_are_bounded);
    on_both!(ddl: makes_tables_once adds_columns_and_indexes refuses_bad_definitions defaults_are_kept generated_numbers keys_and_names drop_schema_empties column_added_while_in_use concurrent_reconcile builds_an_index_beside);
    on_both!(bulk: a_hundred_thousand_rows a_few_rows a_bad_row_leaves_none wrong_width odd_values_survive);
    on_both!(functions: local_dates_are_those_of_the_zone unknown_zone dates_out_of_range followers_miss_nothing);
    on_both!(order: index_serves_both_directions);
}
