//! THE CENTRE: accounts, contacts and everything that happened with them. Every domain crate may build on it.

pub mod activity;
pub mod duplicates;
mod favourite;
mod merge;
pub mod names;
pub mod party;
pub mod state;
pub mod view;

use records::{Event, Module, Rules};

/// Definitions, one file per object; adding one here makes its table, API, forms, lists and rights.
const OBJECTS: [&str; 26] = [
    include_str!("account/account.toml"),
    include_str!("contact/contact.toml"),
    include_str!("contact_point/contact_point.toml"),
    include_str!("external_reference/external_reference.toml"),
    include_str!("file/file.toml"),
    include_str!("interaction/conversation.toml"),
    include_str!("interaction/interaction.toml"),
    include_str!("interaction/participant.toml"),
    include_str!("meeting/meeting.toml"),
    include_str!("note/comment.toml"),
    include_str!("note/follow.toml"),
    include_str!("note/note.toml"),
    include_str!("party_role/party_role.toml"),
    include_str!("relationship/relationship.toml"),
    include_str!("relationship/relationship_type.toml"),
    include_str!("staff/absence.toml"),
    include_str!("staff/staff_skill.toml"),
    include_str!("staff/work_calendar.toml"),
    include_str!("state_change/state_change.toml"),
    include_str!("tag/tag.toml"),
    include_str!("task/task.toml"),
    include_str!("touchpoint/touchpoint.toml"),
    include_str!("workspace/exchange_rate.toml"),
    include_str!("workspace/favourite.toml"),
    include_str!("workspace/fiscal_period.toml"),
    include_str!("workspace/view.toml"),
];

pub fn module() -> Module {
    let before = |object, run| Rules { object, before: Some(run), after: None };
    Module {
        name: "customer",
        objects: OBJECTS.to_vec(),
        rules: vec![
            Rules { object: "account", before: Some(party::account), after: Some(party::account_written) },
            Rules { object: "contact", before: Some(party::contact), after: Some(party::contact_written) },
            before("contact_point", party::contact_point),
            Rules { object: "party_role", before: None, after: Some(party::party_role_written) },
            before("interaction", activity::interaction),
            before("task", activity::task),
            before("meeting", activity::meeting),
            before("view", view::view),
            before("favourite", favourite::favourite),
            before("file", |tx, draft| {
                tx.fill_file(draft);
                Ok(())
            }),
        ],
        events: vec![
            Event { name: "account.created", summary: "An account was created." },
            Event { name: "contact.created", summary: "A contact was created." },
            Event { name: "interaction.created", summary: "Something happened with a customer." },
            Event { name: "task.completed", summary: "A task was done." },
        ],
        merger: Some(merge::merged),
        matcher: Some(duplicates::MATCHER),
        ..Module::default()
    }
}
