mod script;
mod sending;
mod taking;
