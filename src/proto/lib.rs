//! Sans-IO signalling engines: SIP, offer/answer.
