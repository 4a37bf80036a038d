//! The table of meetings.
