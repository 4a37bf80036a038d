//! Pages over real sockets.
