//! The handlers, a file for each resource. Each reads the request, asks the backend, and answers;
//! who may come so far was checked before ([`super::access`]).

mod audit;
mod calls;
mod events;
mod lines;
mod links;
mod meetings;
mod participants;
mod pictures;
mod state;
mod tokens;

use super::Api;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route with its description.
pub(super) fn all() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(state::healthz))
        .routes(routes!(state::readyz))
        .routes(routes!(state::metrics))
        .routes(routes!(state::openapi))
        .routes(routes!(tokens::open_session))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::verify_audit))
        .routes(routes!(calls::list_calls))
        .routes(routes!(calls::get_call))
        .routes(routes!(calls::explain))
        .routes(routes!(calls::read_invitation))
        .routes(routes!(calls::list_test_calls))
        .routes(routes!(lines::list_registrations))
        .routes(routes!(lines::list_trunks))
        .routes(routes!(events::stream_events))
        .merge(of_meetings())
        .merge(of_participants())
        .merge(of_pictures())
}

fn of_meetings() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(meetings::list_meetings, meetings::create_meeting))
        .routes(routes!(meetings::get_meeting, meetings::change_meeting))
        .routes(routes!(meetings::end_meeting))
        .routes(routes!(meetings::set_lock))
        .routes(routes!(meetings::set_lobby))
        .routes(routes!(meetings::call_out))
        .routes(routes!(meetings::issue_room_address))
        .routes(routes!(meetings::invite))
        .routes(routes!(events::stream_meeting_events))
        .routes(routes!(links::list_links, links::create_link))
        .routes(routes!(links::revoke_link))
        .routes(routes!(links::revoke_all_links))
}

fn of_pictures() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(pictures::get_layout, pictures::set_layout))
        .routes(routes!(pictures::set_spotlight))
        .routes(routes!(pictures::choose_picture))
        .routes(routes!(pictures::get_picture))
}

fn of_participants() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(participants::list_participants))
        .routes(routes!(participants::admit_all))
        .routes(routes!(participants::mute_all))
        .routes(routes!(participants::allow_unmute))
        .routes(routes!(participants::set_successors))
        .routes(routes!(participants::remove))
        .routes(routes!(participants::admit))
        .routes(routes!(participants::deny))
        .routes(routes!(participants::mute))
        .routes(routes!(participants::unmute))
        .routes(routes!(participants::set_hand))
        .routes(routes!(participants::set_role))
        .routes(routes!(participants::hand_over))
}
