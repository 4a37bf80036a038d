//! Sans-IO signalling engines: SIP, offer/answer.
pub mod offer_answer;
