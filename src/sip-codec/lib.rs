//! SIP messages <-> bytes: framing, headers, URIs.
