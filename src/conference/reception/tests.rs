//! The voice menu, in virtual time.
