//! Protocol adapters: sockets and tasks around the signalling engines.
