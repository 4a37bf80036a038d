//! The store goes away while people talk: they go on, and whoever watches the bridge is told.

use super::live_call::{phones, until};
use super::real::Real;
use crate::store::tests::outage::limit_pages;
use crate::store::tests::postgres::Cluster;
use crate::store::{Location, NewAudit};
use jiff::Timestamp;

/// Two telephones talk before, during and after. What is in between is given.
async fn outlive(real: Real, away: impl AsyncFnOnce(&Real), back: impl AsyncFnOnce(&Real)) {
    let ready = async || {
        let ready = real.ask("GET", "/readyz", "", "").await;
        (ready.status.as_u16(), ready.json()["reasons"].clone())
    };
    let phones = phones(&real, "1001", 2, 12);
    until("two are in", async || {
        let view = real.bridge.live().view("conference-1001").await?;
        (view.conference.participants.iter().filter(|one| one.admitted).count() == 2).then_some(())
    })
    .await;
    assert_eq!(ready().await.0, 200);
    away(&real).await;
    until("it says so", async || {
        let entry = NewAudit::new("bridge", "test", "", &"x".repeat(4000));
        real.bridge.store().audit(entry, Timestamp::now());
        let (status, reasons) = ready().await;
        (status == 503 && reasons[0]["what"] == "store").then_some(())
    })
    .await;
    assert_eq!(real.bridge.live().keys().len(), 1, "the conference goes on");
    back(&real).await;
    until("it is well again", async || (ready().await.0 == 200).then_some(())).await;
    let report = phones.join().expect("telephones").expect("they were answered");
    assert!(report.failed.is_empty() && report.dropped.is_empty(), "{report}");
    // A machine that is busy with other tests loses some; silence would be none.
    assert!(report.media.delivered > 60.0 && report.media.clicks_heard > 0, "{report}");
    until("nothing waits", async || (real.bridge.store().health().queued == 0).then_some(())).await;
    real.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_go_on_talking_while_the_disk_is_full() {
    let real = Real::start("full-disk").await;
    let set = async |real: &Real, sql| limit_pages(real.bridge.store(), sql).await;
    outlive(
        real,
        async |real| set(real, "PRAGMA max_page_count = 1").await,
        async |real| set(real, "PRAGMA max_page_count = 1000000").await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_go_on_talking_while_postgresql_is_stopped() {
    let Some(mut cluster) = Cluster::start().await else { return };
    let Location::Postgres(url) = cluster.database("talking").await else { panic!("a URL") };
    let real = Real::with("no-postgresql", &format!("[store]\nurl = {url:?}\n")).await;
    let cluster = tokio::sync::Mutex::new(&mut cluster);
    outlive(
        real,
        async |_| cluster.lock().await.stop(),
        async |_| cluster.lock().await.restart().await,
    )
    .await;
}
