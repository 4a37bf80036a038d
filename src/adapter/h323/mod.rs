//! H.323 over TCP.
