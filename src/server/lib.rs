//! Assembly: configuration, directory, actors, load generator.

pub mod load;
