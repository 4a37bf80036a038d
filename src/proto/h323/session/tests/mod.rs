mod flow;
mod pair;
mod start;
mod tshark;
