//! Two calls against each other in virtual time, in every way to start; and what is wrong.

mod control;
mod early;
mod ending;
mod fast;
mod hostile;
mod pair;
mod replay;
mod scenario;
mod start;
mod tshark;
