mod flow;
mod pair;
mod start;
