//! The conference domain as a pure state machine.
