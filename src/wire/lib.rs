//! Every format but SIP <-> values: SDP, RTP, RTCP, payload formats.
