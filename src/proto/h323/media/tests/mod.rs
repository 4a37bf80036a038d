mod replay;
mod script;
mod sending;
mod taking;
