mod pair;
mod start;
