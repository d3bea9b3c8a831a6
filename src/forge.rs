//! What is kept elsewhere and asked for over the network. Knows no rule and no configuration file, and reads nothing of a repository.
pub mod gerrit;
pub mod tracker;
