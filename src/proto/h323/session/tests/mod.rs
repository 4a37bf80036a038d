mod flow;
mod pair;
mod secret;
mod start;
mod tshark;
