//! The reception's actor between its legs and the front desk.
