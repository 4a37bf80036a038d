//! Looks through somebody's eyes: what a participant sees at this moment, for hosts and for those
//! who operate the bridge.

use causeway_base::LegId;
use causeway_conference::{LegView, ParticipantView};
use causeway_engine::VideoCounts;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Looks at a time: each picture is composed anew and compressed, beside all calls.
const MAX_LOOKS: usize = 2;

/// Shows what a leg is shown, and what all pictures cost.
pub(crate) trait Snapshots: fmt::Debug + Send + Sync {
    /// The picture that a leg is sent now, as PNG. `None`: it is sent none. May wait.
    fn of(&self, leg: LegId) -> Option<Vec<u8>>;

    /// Counts since the start. `None` without pictures.
    fn counts(&self) -> Option<VideoCounts>;
}

/// All looks of a bridge.
#[derive(Debug)]
pub(crate) struct Looks {
    snapshots: Arc<dyn Snapshots>,
    permits: Arc<Semaphore>,
}

impl Looks {
    pub(crate) fn new(snapshots: Arc<dyn Snapshots>) -> Self {
        Self { snapshots, permits: Arc::new(Semaphore::new(MAX_LOOKS)) }
    }

    /// What pictures cost and gave since the start. `None` without pictures.
    pub(crate) fn counts(&self) -> Option<VideoCounts> {
        self.snapshots.counts()
    }

    /// What a participant sees, as PNG. `None` where it is sent no picture.
    pub(crate) async fn through(&self, one: &ParticipantView) -> Option<Vec<u8>> {
        let shown = |leg: &&LegView| leg.video.sends() && !leg.admission.is_arriving();
        let leg = one.legs.iter().find(shown)?.leg;
        self.at(leg).await
    }

    /// The engine is asked from a thread that may wait, and for few pictures at a time.
    async fn at(&self, leg: LegId) -> Option<Vec<u8>> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok()?;
        let snapshots = Arc::clone(&self.snapshots);
        // The thread has the permit: it goes on where who asked is gone.
        let picture = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            snapshots.of(leg)
        });
        picture.await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    /// Tells of each picture that is begun, and is done with it when told.
    #[derive(Debug)]
    struct Slow {
        begun: mpsc::Sender<LegId>,
        done: Mutex<mpsc::Receiver<()>>,
    }

    impl Snapshots for Slow {
        fn of(&self, leg: LegId) -> Option<Vec<u8>> {
            self.begun.send(leg).expect("somebody counts");
            let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            done.recv().ok().map(|()| Vec::new())
        }

        fn counts(&self) -> Option<VideoCounts> {
            None
        }
    }

    #[tokio::test]
    async fn who_goes_away_leaves_no_room_for_another_look_before_the_picture_is_done() {
        let ((begun, begins), (done, is_done)) = (mpsc::channel(), mpsc::channel());
        let looks = Looks::new(Arc::new(Slow { begun, done: Mutex::new(is_done) }));
        let looks = Arc::new(looks);
        let ask = |leg: u64| {
            let looks = Arc::clone(&looks);
            tokio::spawn(async move { looks.at(LegId(leg)).await })
        };
        let next = async || {
            for _ in 0..1_000 {
                if let Ok(leg) = begins.try_recv() {
                    return Some(leg);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            None
        };
        let first = [ask(1), ask(2)];
        let both = [next().await, next().await];
        assert!(both.contains(&Some(LegId(1))) && both.contains(&Some(LegId(2))), "{both:?}");
        for asked in first {
            asked.abort();
            assert!(asked.await.expect_err("gone").is_cancelled());
        }
        let third = ask(3);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(begins.try_recv().is_err(), "two are still composed");
        assert_eq!(looks.permits.available_permits(), 0);
        done.send(()).expect("a thread waits");
        assert_eq!(next().await, Some(LegId(3)));
        done.send(()).expect("a thread waits");
        done.send(()).expect("a thread waits");
        assert_eq!(third.await.expect("not gone"), Some(Vec::new()));
    }
}
