//! Two controls against each other in virtual time, and one against what real stacks said.

mod channels;
mod pair;
mod replay;
mod settle;
