//! Assembly: configuration, directory, actors, load generator.
