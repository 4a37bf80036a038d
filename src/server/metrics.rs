//! What counts, for Prometheus. Names are `causeway_<noun>_<unit>`; labels take few values and
//! never hold personal data.
//!
//! What happens is counted where it happens, by the functions here. What is there at the moment
//! is asked for when somebody reads ([`Gauges`]).

use crate::api::Gauges;
use causeway_base::EndCause;
use causeway_engine::VideoCounts;
use causeway_plan::DigitMethod;
use causeway_plan::stats::KeyFrameAsks;
use causeway_plan::video::{Sight, VideoStrain};
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;
use tracing::error;

/// The most trunks that are told apart; more would make a series each.
const MAX_TRUNKS: usize = 256;

/// Bounds of the time of a request, in seconds.
const REQUEST_BOUNDS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count. One process has one set of counters; what is counted before is lost.
pub fn start() {
    recorder();
}

fn recorder() -> Option<&'static PrometheusHandle> {
    let make = || {
        let bounds = Matcher::Full("causeway_api_request_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(bounds, &REQUEST_BOUNDS);
        let handle = builder.and_then(PrometheusBuilder::install_recorder);
        handle.inspect(|_| begin()).inspect_err(|error| error!(%error, "no metrics")).ok()
    };
    RECORDER.get_or_init(make).as_ref()
}

fn begin() {
    describe();
    // What an alert waits for has to be there before it counts up: the first time is no rise else.
    for strain in [
        VideoStrain::None,
        VideoStrain::FewerPictures,
        VideoStrain::Smaller,
        VideoStrain::AudioOnly,
    ] {
        count_strain(strain, 0);
    }
}

fn describe() {
    describe_gauge!("causeway_calls", "Calls that exist now");
    describe_gauge!("causeway_conferences", "Conferences that run now");
    describe_gauge!("causeway_participants", "Participants by their presence now");
    describe_gauge!("causeway_faulty_sounds", "Participants whose sound is amiss now, by how");
    describe_gauge!("causeway_faulty_pictures", "Cameras whose pictures are amiss now, by how");
    describe_gauge!("causeway_screens", "Screens that are shown people now, by how");
    describe_gauge!("causeway_registrations", "Bindings of registered devices now");
    describe_gauge!("causeway_trunk_up", "Whether a trunk answers");
    describe_gauge!("causeway_store_queue_records", "Records that wait for the store");
    describe_counter!("causeway_ticks_total", "Ticks of the media workers");
    describe_counter!("causeway_late_ticks_total", "Ticks of the media workers that came late");
    describe_counter!("causeway_calls_total", "Calls that ended, by the code of their end");
    describe_counter!("causeway_refusals_total", "Calls refused before they were any, by code");
    describe_counter!("causeway_admissions_total", "Participants admitted to a conference");
    describe_counter!("causeway_joins_total", "Browsers that asked to come in, by result");
    describe_gauge!("causeway_pages", "Pages that are connected now");
    describe_counter!("causeway_pages_closed_total", "Connections of pages closed, by code");
    describe_counter!("causeway_pages_stalled_total", "Pages closed because they did not read");
    describe_counter!("causeway_seats_total", "Seats whose connection broke, by their fate");
    describe_counter!("causeway_digits_total", "Digits pressed, by the way they came");
    describe_counter!("causeway_key_frames_asked_total", "Whole pictures asked for, by how");
    describe_counter!("causeway_sights_total", "Changes of what cameras show, by what");
    describe_counter!(
        "causeway_video_strains_total",
        "Changes of the time for pictures, by what is left"
    );
    describe_counter!("causeway_pictures_decoded_total", "Pictures of cameras decoded");
    describe_counter!(
        "causeway_picture_decode_milliseconds_total",
        "Time that decoders took, from the request to the answer"
    );
    describe_counter!("causeway_decoder_restarts_total", "Decoder processes that died");
    describe_counter!("causeway_pictures_composed_total", "Pictures composed");
    describe_counter!("causeway_pictures_encoded_total", "Pictures encoded, by kind");
    describe_counter!("causeway_picture_encode_failures_total", "Pictures that no encoder made");
    describe_counter!("causeway_picture_beats_total", "Beats of the clock of pictures");
    describe_counter!(
        "causeway_late_picture_beats_total",
        "Beats that found the work of an earlier one undone"
    );
    describe_counter!("causeway_api_requests_total", "Requests of the API");
    describe_histogram!("causeway_api_request_seconds", Unit::Seconds, "Time of a request");
}

/// A call ended.
pub fn call_ended(cause: EndCause) {
    counter!("causeway_calls_total", "code" => cause.code()).increment(1);
}

/// A call was refused.
pub fn refused(cause: EndCause) {
    counter!("causeway_refusals_total", "code" => cause.code()).increment(1);
}

/// A participant was admitted.
pub fn admitted() {
    counter!("causeway_admissions_total").increment(1);
}

/// Somebody asked to come in by a link: `ok`, or the code of the refusal.
pub(crate) fn join(result: &'static str) {
    counter!("causeway_joins_total", "result" => result).increment(1);
}

/// A page is connected, or no more.
pub(crate) fn page_connected(is: bool) {
    let pages = gauge!("causeway_pages");
    if is { pages.increment(1.0) } else { pages.decrement(1.0) }
}

/// A page's connection was closed, by this code of WebSockets.
pub(crate) fn page_closed(code: u16) {
    counter!("causeway_pages_closed_total", "code" => code.to_string()).increment(1);
}

/// A page did not read, and was closed.
pub(crate) fn page_stalled() {
    counter!("causeway_pages_stalled_total").increment(1);
}

/// What became of a seat whose connection broke: `taken-back` or `lost`.
pub(crate) fn seat(fate: &'static str) {
    counter!("causeway_seats_total", "fate" => fate).increment(1);
}

/// A digit came.
pub fn digit(method: DigitMethod) {
    let method = match method {
        DigitMethod::Rfc4733 => "rfc4733",
        DigitMethod::SipInfo => "sip-info",
        DigitMethod::UserInput => "user-input",
        DigitMethod::InBand => "in-band",
    };
    counter!("causeway_digits_total", "method" => method).increment(1);
}

/// Whole pictures that a leg was asked for, so many until now and so many before.
pub(crate) fn key_frames_asked(now: KeyFrameAsks, before: KeyFrameAsks) {
    let methods = [
        ("pli", now.pli, before.pli),
        ("fir", now.fir, before.fir),
        ("info", now.info, before.info),
    ];
    for (method, now, before) in methods {
        let asked = now.saturating_sub(before);
        if asked > 0 {
            counter!("causeway_key_frames_asked_total", "method" => method).increment(asked);
        }
    }
}

/// Somebody's pictures look different than before.
pub(crate) fn sighted(sight: Sight) {
    let sight = match sight {
        Sight::Fine => "fine",
        Sight::Black => "black",
        Sight::Frozen => "frozen",
        Sight::LowLight => "low-light",
    };
    counter!("causeway_sights_total", "sight" => sight).increment(1);
}

/// A conference has less time for pictures than before, or more.
pub(crate) fn strained(strain: VideoStrain) {
    count_strain(strain, 1);
}

fn count_strain(strain: VideoStrain, times: u64) {
    let strain = match strain {
        VideoStrain::None => "none",
        VideoStrain::FewerPictures => "fewer-pictures",
        VideoStrain::Smaller => "smaller",
        VideoStrain::AudioOnly => "audio-only",
    };
    counter!("causeway_video_strains_total", "strain" => strain).increment(times);
}

/// A request of the API was answered. `route` is a pattern of ours, never a path.
pub(crate) fn api_request(method: &str, route: &str, status: u16, took: Duration) {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = known.into_iter().find(|known| *known == method).unwrap_or("other");
    let (route, status) = (route.to_owned(), status.to_string());
    counter!("causeway_api_requests_total", "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    histogram!("causeway_api_request_seconds", "route" => route).record(took.as_secs_f64());
}

/// Everything in the text format of Prometheus.
pub(crate) fn text(gauges: &Gauges) -> String {
    let Some(recorder) = recorder() else { return String::new() };
    // Above 2^53 a count loses its last digit; nothing here comes near.
    #[allow(clippy::cast_precision_loss)]
    let float = |value: u64| value as f64;
    gauge!("causeway_calls").set(float(gauges.calls));
    gauge!("causeway_conferences").set(float(gauges.conferences));
    gauge!("causeway_participants", "presence" => "admitted").set(float(gauges.participants));
    gauge!("causeway_participants", "presence" => "waiting").set(float(gauges.waiting));
    gauge!("causeway_faulty_sounds", "sound" => "silent").set(float(gauges.silent));
    gauge!("causeway_faulty_sounds", "sound" => "echoing").set(float(gauges.echoing));
    let faulty = gauges.faulty_pictures;
    gauge!("causeway_faulty_pictures", "picture" => "black").set(float(faulty.black));
    gauge!("causeway_faulty_pictures", "picture" => "low-light").set(float(faulty.dark));
    gauge!("causeway_faulty_pictures", "picture" => "frozen").set(float(faulty.frozen));
    gauge!("causeway_screens", "pictures" => "composed").set(float(gauges.composed_screens));
    gauge!("causeway_screens", "pictures" => "forwarded").set(float(gauges.forwarded_screens));
    gauge!("causeway_registrations").set(float(gauges.registrations));
    gauge!("causeway_store_queue_records").set(float(gauges.store_queue));
    for (trunk, up) in gauges.trunks.iter().take(MAX_TRUNKS) {
        gauge!("causeway_trunk_up", "trunk" => trunk.clone()).set(f64::from(u8::from(*up)));
    }
    counter!("causeway_ticks_total").absolute(gauges.ticks);
    counter!("causeway_late_ticks_total").absolute(gauges.late_ticks);
    gauges.pictures.iter().for_each(pictures);
    recorder.run_upkeep();
    recorder.render()
}

/// What pictures cost and gave.
fn pictures(counts: &VideoCounts) {
    let millis = u64::try_from(counts.decoding.as_millis()).unwrap_or(u64::MAX);
    counter!("causeway_pictures_decoded_total").absolute(counts.decoded);
    counter!("causeway_picture_decode_milliseconds_total").absolute(millis);
    counter!("causeway_decoder_restarts_total").absolute(counts.decoder_restarts);
    counter!("causeway_pictures_composed_total").absolute(counts.composed);
    let leaning = counts.encoded.saturating_sub(counts.key_pictures);
    counter!("causeway_pictures_encoded_total", "kind" => "key").absolute(counts.key_pictures);
    counter!("causeway_pictures_encoded_total", "kind" => "delta").absolute(leaning);
    counter!("causeway_picture_encode_failures_total").absolute(counts.encode_failures);
    counter!("causeway_picture_beats_total").absolute(counts.beats);
    counter!("causeway_late_picture_beats_total").absolute(counts.late_beats);
}
