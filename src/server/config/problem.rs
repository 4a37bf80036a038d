//! What is wrong with a configuration, where, and what to write instead.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line and column, both from 1; `None` where the text as a whole is meant.
    pub position: Option<(usize, usize)>,
    /// The key with its tables, like `media.port_min`; empty where none is meant.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// Everything that is wrong with one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The name of the file.
    pub name: String,
    /// The problems in the order of the text; never empty.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    pub(crate) fn whole(name: &str, what: String) -> Self {
        let fix = "check the path and its permissions".to_owned();
        let problem = Problem { position: None, key: String::new(), what, fix };
        Self { name: name.to_owned(), problems: vec![problem] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            f.write_str(&self.name)?;
            if let Some((line, column)) = problem.position {
                write!(f, ":{line}:{column}")?;
            }
            if !problem.key.is_empty() {
                write!(f, ": `{}`", problem.key)?;
            }
            write!(f, ": {}\n    fix: {}", problem.what, problem.fix)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
