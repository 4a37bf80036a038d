//! Media workers: sockets, ticks, ingress, egress.
