//! Dialogs (RFC 3261 section 12): who talks with whom, by which route, in which order.

use super::config::Config;
use super::invite::offer_headers;
use super::limits::{MAX_ID, MAX_ROUTES};
use super::read;
use super::words::{Carrier, Flow};
use sip_codec::header::{CSeq, CallId, From, MaxForwards, NameAddr, RecordRoute, Route, To};
use sip_codec::{Headers, Host, Method, Request, Response, SipScheme, SipUri, Text, Uri};
use std::net::{IpAddr, SocketAddr};

/// Hops that a request of ours may pass.
pub(crate) const MAX_FORWARDS: u8 = 70;

/// One half-call between two tags.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) call_id: Text,
    pub(crate) remote_tag: Text,
    pub(crate) local_seq: u32,
    remote_seq: Option<u32>,
    /// From or To, with our tag.
    local: NameAddr,
    /// To or From, with the peer's tag.
    remote: NameAddr,
    target: Uri,
    routes: Vec<NameAddr>,
    flow: Flow,
    /// No proxy stands between: the peer's messages come from itself.
    direct: bool,
    /// All of it goes by TLS (section 12.1.1).
    pub(crate) sips: bool,
    /// The host by whose name its requests go, as [`Dialog::sought`] gave it last.
    sought: Option<(Host, Option<u16>)>,
}

impl Dialog {
    /// As callee (section 12.1.1). `None` where the request names no dialog.
    pub(crate) fn of_request(request: &Request, local_tag: &Text, flow: Flow) -> Option<Self> {
        let headers = &request.headers;
        let remote = read::from(headers)?;
        let mut local = read::to(headers)?;
        local.params.set("tag", local_tag.clone());
        let (remote_seq, _) = read::cseq(headers)?;
        let direct = headers.all::<sip_codec::header::Via>().nth(1).is_none();
        let mut dialog = Self {
            call_id: call_id(headers)?,
            remote_tag: remote.tag().map(Text::detached).unwrap_or_default(),
            local_seq: 0,
            remote_seq: Some(remote_seq),
            local,
            remote,
            target: read::contact(headers)?,
            routes: record_routes(headers)?,
            flow,
            direct,
            sips: is_sips(&request.uri),
            sought: None,
        };
        dialog.choose_next_hop();
        (dialog.remote_tag.len() <= MAX_ID).then_some(dialog)
    }

    /// As caller (section 12.1.2).
    pub(crate) fn of_response(request: &Request, response: &Response, flow: Flow) -> Option<Self> {
        let headers = &response.headers;
        let mut routes = record_routes(headers)?;
        routes.reverse();
        let remote = read::to(headers)?;
        let mut dialog = Self {
            call_id: call_id(headers)?,
            remote_tag: remote.tag().map(Text::detached)?,
            local_seq: read::cseq(&request.headers)?.0,
            remote_seq: None,
            local: read::from(&request.headers)?,
            remote,
            target: read::contact(headers).unwrap_or_else(|| request.uri.clone()),
            routes,
            flow,
            direct: false,
            sips: is_sips(&request.uri),
            sought: None,
        };
        dialog.choose_next_hop();
        (dialog.remote_tag.len() <= MAX_ID).then_some(dialog)
    }

    /// A request of the peer came by another way: a connection was made anew, a NAT has
    /// forgotten. `refresh`: it names its target as well.
    pub(crate) fn follow(&mut self, flow: Flow, refresh: bool) {
        // Where a peer is reached by name, its name says where.
        let by_name = self.sought.is_some();
        if !by_name && flow.carrier == self.flow.carrier && (refresh || flow.carrier.is_reliable())
        {
            self.flow = flow;
        }
    }

    /// The first route or the target, where it names another host than before by which a peer is
    /// reached that knows us by a name.
    pub(crate) fn sought(&mut self) -> Option<Uri> {
        self.flow.name?;
        let next = self.routes.first().map_or(&self.target, |route| &route.uri);
        let uri = next.as_sip()?;
        let place = (uri.host.clone(), uri.port);
        if !matches!(uri.host, Host::Name(_)) || self.sought.as_ref() == Some(&place) {
            return None;
        }
        let next = next.clone();
        self.sought = Some(place);
        Some(next)
    }

    /// Requests go by this way from now on.
    pub(crate) fn go_by(&mut self, flow: Flow) {
        self.flow = flow;
    }

    /// Writes Contact, Allow and Supported, as we are known to the peer.
    pub(crate) fn introduce(&self, config: &Config, headers: &mut Headers) {
        offer_headers(config, headers, self.flow, self.sips, self.local.uri.user());
    }

    /// The connection is gone: tries the address that the peer names. Says whether there is
    /// another one to try.
    pub(crate) fn reroute(&mut self) -> bool {
        let next = self.routes.first().map_or(&self.target, |route| &route.uri);
        let Some(uri) = next.as_sip() else { return false };
        let Some(ip) = uri.host.ip() else { return false };
        let port = uri.port.unwrap_or(self.flow.carrier.default_port());
        let address = SocketAddr::new(ip, port);
        let other = address != self.flow.remote && !is_hidden(ip, self.flow.remote.ip());
        if other {
            self.flow.remote = address;
        }
        other
    }

    /// By which way requests go.
    pub(crate) fn flow(&self) -> Flow {
        self.flow
    }

    /// A request within the dialog (section 12.2.1.1), without Via.
    pub(crate) fn request(&mut self, method: Method) -> Request {
        self.local_seq += 1;
        self.build(method, self.local_seq)
    }

    /// The ACK of a 2xx (section 13.2.2.4).
    pub(crate) fn ack(&self, seq: u32) -> Request {
        self.build(Method::Ack, seq)
    }

    fn build(&self, method: Method, seq: u32) -> Request {
        let mut uri = self.target.clone();
        let mut routes = self.routes.clone();
        let strict = routes.first().is_some_and(|r| !is_loose(&r.uri));
        if strict {
            let first = routes.remove(0).uri;
            routes.push(NameAddr::new(std::mem::replace(&mut uri, first)));
        }
        if let Some(uri) = uri.as_sip_mut() {
            uri.headers = Default::default();
        }
        let mut request = Request::new(method.clone(), uri);
        let headers = &mut request.headers;
        headers.push(&MaxForwards(MAX_FORWARDS));
        routes.into_iter().for_each(|route| headers.push(&Route(route)));
        headers.push(&From(self.local.clone()));
        headers.push(&To(self.remote.clone()));
        headers.push(&CallId(self.call_id.clone()));
        headers.push(&CSeq { seq, method });
        request
    }

    /// Whether a request of the peer comes in order; if so it counts (section 12.2.2).
    pub(crate) fn in_order(&mut self, seq: u32) -> bool {
        if self.remote_seq.is_some_and(|last| seq <= last) {
            return false;
        }
        self.remote_seq = Some(seq);
        true
    }

    /// A target refresh request or its response came (section 12.2).
    pub(crate) fn refresh_target(&mut self, headers: &Headers) {
        if let Some(target) = read::contact(headers) {
            self.target = target;
            self.choose_next_hop();
        }
    }

    /// The answer of the caller's 2xx settles route and target of an early dialog
    /// (section 13.2.2.4).
    pub(crate) fn confirm(&mut self, response: &Response) {
        if let Some(mut routes) = record_routes(&response.headers) {
            routes.reverse();
            self.routes = routes;
        }
        self.refresh_target(&response.headers);
    }

    /// Sends to the first route or the target where it is an address. A peer whose address
    /// cannot be reached from here (a phone behind NAT that names its private address) stays
    /// where its messages come from.
    fn choose_next_hop(&mut self) {
        let next = self.routes.first().map_or(&self.target, |route| &route.uri);
        let Some(uri) = next.as_sip() else { return };
        let Some(ip) = uri.host.ip() else { return };
        let here = self.flow.remote.ip();
        let moved = ip != here;
        if moved && (self.direct || self.flow.carrier.is_reliable() || is_hidden(ip, here)) {
            return;
        }
        if self.flow.carrier.is_reliable() || asks_other_carrier(uri, self.flow.carrier) {
            return;
        }
        let port = uri.port.unwrap_or(self.flow.carrier.default_port());
        self.flow.remote = SocketAddr::new(ip, port);
    }
}

/// A private address named by a peer that is not in that network.
fn is_hidden(named: IpAddr, seen: IpAddr) -> bool {
    match (named, seen) {
        (IpAddr::V4(named), IpAddr::V4(seen)) => {
            let hidden = named.is_private() || named.is_loopback() || named.is_link_local();
            let near = seen.is_private() || seen.is_loopback() || seen.is_link_local();
            named.is_unspecified() || (hidden && !near)
        }
        (IpAddr::V6(named), IpAddr::V6(_)) => named.is_unspecified() || named.is_loopback(),
        _ => true,
    }
}

fn asks_other_carrier(uri: &SipUri, carrier: Carrier) -> bool {
    uri.transport().is_some_and(|name| !name.eq_ignore_case(carrier.via_name()))
}

fn is_sips(uri: &Uri) -> bool {
    uri.as_sip().is_some_and(|uri| uri.scheme == SipScheme::Sips)
}

fn is_loose(uri: &Uri) -> bool {
    uri.as_sip().is_none_or(SipUri::is_loose_router)
}

fn call_id(headers: &Headers) -> Option<Text> {
    read::call_id(headers).filter(|id| id.len() <= MAX_ID)
}

/// In the order of the message. `None` beyond the limit, or where one cannot be read.
fn record_routes(headers: &Headers) -> Option<Vec<NameAddr>> {
    let mut routes = Vec::new();
    for route in headers.all::<RecordRoute>() {
        if routes.len() >= MAX_ROUTES {
            return None;
        }
        routes.push(route.ok()?.0);
    }
    Some(routes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip_codec::{Limits, Message, parse_datagram};

    /// Where requests go to a caller that names `contact`, came from 203.0.113.7:4000 and passed
    /// `proxies`.
    fn next_hop(carrier: Carrier, contact: &str, proxies: &str) -> String {
        let text = format!(
            "INVITE sip:room@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.7;branch=z9hG4bKa\r\n\
             {proxies}From: <sip:a@b>;tag=1\r\nTo: <sip:room@192.0.2.2>\r\nCall-ID: c\r\n\
             CSeq: 1 INVITE\r\nContact: <{contact}>\r\n\r\n"
        );
        let Ok(Message::Request(request)) = parse_datagram(&text.into(), &Limits::DEFAULT) else {
            panic!("a request");
        };
        let flow = Flow {
            carrier,
            socket: 0,
            local: SocketAddr::from(([192, 0, 2, 2], 5060)),
            remote: SocketAddr::from(([203, 0, 113, 7], 4000)),
            name: None,
        };
        let dialog = Dialog::of_request(&request, &"t".into(), flow).unwrap();
        dialog.flow().remote.to_string()
    }

    #[test]
    fn requests_go_where_the_peer_can_be_reached() {
        const VIA: &str = "Via: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKb\r\n";
        let route = format!("{VIA}Record-Route: <sip:203.0.113.7;lr>\r\n");
        let (udp, tcp) = (Carrier::Udp, Carrier::Tcp);
        for (carrier, contact, proxies, expected, why) in [
            (udp, "sip:a@203.0.113.7:5080", "", "203.0.113.7:5080", "it names its port"),
            (udp, "sip:a@192.168.1.5", "", "203.0.113.7:4000", "a phone behind NAT"),
            (udp, "sip:a@198.51.100.9", "", "203.0.113.7:4000", "no proxy, yet another address"),
            (udp, "sip:a@198.51.100.9", VIA, "198.51.100.9:5060", "a proxy that steps aside"),
            (udp, "sip:a@10.0.0.9", VIA, "203.0.113.7:4000", "private, behind a proxy"),
            (udp, "sip:a@198.51.100.9", &route, "203.0.113.7:5060", "a proxy that stays"),
            (udp, "sip:a@phone.invalid", "", "203.0.113.7:4000", "names are not looked up here"),
            (tcp, "sip:a@203.0.113.7:5080", "", "203.0.113.7:4000", "the connection is kept"),
            (udp, "sip:a@203.0.113.7:5080;transport=tcp", "", "203.0.113.7:4000", "other carrier"),
        ] {
            assert_eq!(next_hop(carrier, contact, proxies), expected, "{why}");
        }
    }
}
