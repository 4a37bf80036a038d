//! The threads of a load: one drives the media, one judges what was heard.

use super::leg::{Carrier, Leg};
use super::material::Material;
use super::traffic::{Clicks, Order, Tally, Traffic};
use causeway_base::Codec;
use std::io;
use std::sync::mpsc::{self, Sender};
use std::thread::{Builder, JoinHandle};

/// Media that runs.
#[derive(Debug)]
pub struct Running<C: Carrier> {
    orders: Sender<Order<C::Answer>>,
    threads: Option<Threads<C>>,
}

/// Who drives the media, and who judges what was heard.
type Threads<C> = (JoinHandle<io::Result<Tally<C>>>, JoinHandle<Clicks>);

impl<C: Carrier> Running<C> {
    /// Starts both threads. Nothing is sent before an [`Order::Start`].
    ///
    /// # Errors
    /// What the system says.
    pub fn start(codec: Codec, material: Material, legs: Vec<Leg<C>>) -> io::Result<Self> {
        let traffic = Traffic::new(codec, material, legs)?;
        let (orders, for_traffic) = mpsc::channel();
        let (to_judge, heard) = mpsc::channel();
        let media = Builder::new()
            .name("load-media".to_owned())
            .spawn(move || traffic.run(&for_traffic, &to_judge))?;
        let judge = Builder::new()
            .name("load-judge".to_owned())
            .spawn(move || Clicks::judge(codec, &heard))?;
        Ok(Self { orders, threads: Some((media, judge)) })
    }

    /// Gives an order. Lost after [`Self::finish`], and if the media thread failed.
    pub fn order(&self, order: Order<C::Answer>) {
        let _ = self.orders.send(order);
    }

    /// Stops the media, and says what was counted and heard. Works once.
    ///
    /// # Errors
    /// Why the media thread failed.
    pub fn finish(&mut self) -> io::Result<(Tally<C>, Clicks)> {
        self.order(Order::Finish);
        let gone = || io::Error::other("the threads of the load are gone");
        let (media, judge) = self.threads.take().ok_or_else(gone)?;
        let tally = media.join().map_err(|_| gone())??;
        Ok((tally, judge.join().map_err(|_| gone())?))
    }
}
