//! Which call goes where: dial plan, profiles, rate rules.
