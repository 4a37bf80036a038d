//! Sans-IO media transport: source guard, SRTP, jitter buffer, reports.
