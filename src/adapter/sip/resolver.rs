//! Runs the questions of a [`Location`] by the DNS.

use crate::dns::{self, absolute};
use causeway_proto::sip::location::{Abilities, Location, Query, Record, Step, Target};
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use sip_codec::SipUri;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

/// How long all questions of one URI may take: three rounds, the last one in part from the cache.
const LOOKUP: Duration = Duration::from_secs(8);

/// The DNS, with a cache. Clones share it.
#[derive(Clone)]
pub(super) struct Dns {
    resolver: Option<TokioResolver>,
}

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dns")
    }
}

impl Dns {
    /// Asks these servers; without any, those of the system.
    pub(super) fn new(nameservers: &[SocketAddr]) -> Self {
        Self { resolver: dns::resolver(nameservers) }
    }

    /// The addresses of a URI, the best first; none where it leads nowhere or nobody answers.
    pub(super) async fn locate(&self, uri: &SipUri, able: Abilities) -> Vec<Target> {
        let (mut location, mut step) = Location::begin(uri, able);
        let work = async {
            loop {
                match step {
                    Step::Found(targets) => return targets,
                    Step::Ask(queries) => {
                        let answers = self.ask_all(&queries).await;
                        step = location.answer(&answers, &mut draw);
                    }
                }
            }
        };
        timeout(LOOKUP, work).await.unwrap_or_default()
    }

    /// All questions of a round at once.
    async fn ask_all(&self, queries: &[Query]) -> Vec<Vec<Record>> {
        let tasks: Vec<_> = queries
            .iter()
            .map(|query| {
                let (dns, query) = (self.clone(), query.clone());
                tokio::spawn(async move { dns.ask(&query).await })
            })
            .collect();
        let mut answers = Vec::with_capacity(tasks.len());
        for task in tasks {
            answers.push(task.await.unwrap_or_default());
        }
        answers
    }

    async fn ask(&self, query: &Query) -> Vec<Record> {
        let Some(resolver) = &self.resolver else { return Vec::new() };
        match query {
            Query::Naptr(name) => lookup(resolver, name, RecordType::NAPTR).await,
            Query::Srv(name) => lookup(resolver, name, RecordType::SRV).await,
            Query::Address(name) => {
                // The system's own names (`/etc/hosts`) count too.
                let Some(name) = absolute(name) else { return Vec::new() };
                let found = resolver.lookup_ip(name).await;
                found.map(|ips| ips.iter().map(Record::Address).collect()).unwrap_or_default()
            }
        }
    }
}

async fn lookup(resolver: &TokioResolver, name: &str, kind: RecordType) -> Vec<Record> {
    let Some(name) = absolute(name) else { return Vec::new() };
    match resolver.lookup(name, kind).await {
        Ok(found) => found.answers().iter().filter_map(|record| read(&record.data)).collect(),
        Err(error) => {
            tracing::debug!(%error, ?kind, "no records");
            Vec::new()
        }
    }
}

fn read(data: &RData) -> Option<Record> {
    match data {
        RData::NAPTR(naptr) => Some(Record::Naptr {
            order: naptr.order,
            preference: naptr.preference,
            flags: String::from_utf8_lossy(&naptr.flags).into_owned(),
            service: String::from_utf8_lossy(&naptr.services).into_owned(),
            replacement: text(&naptr.replacement),
        }),
        RData::SRV(srv) => Some(Record::Srv {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: text(&srv.target),
        }),
        _ => None,
    }
}

fn text(name: &Name) -> String {
    let text = name.to_ascii();
    text.strip_suffix('.').map(str::to_owned).unwrap_or(text)
}

/// A random number below a bound.
fn draw(bound: u32) -> u32 {
    let mut bytes = [0; 4];
    // Without randomness the first of equals is taken.
    let _ = getrandom::fill(&mut bytes);
    u32::from_be_bytes(bytes) % bound.max(1)
}
