//! `[project]`: which files there are and what they are for, by path alone. Knows no file system and no content.
use crate::model::FileRole;

use super::error::ConfigError;
use super::patterns::Patterns;
use super::section::Section;

/// Code of others that is checked in beside one's own.
pub const EXCLUDED: &[&str] = &["**/{node_modules,bower_components,jspm_packages}/**"];

/// Java's folders and names are tests anywhere; `test` as a folder only at the root or for scripts, since Java packages are called
/// so too.
pub const TESTS: &[&str] = &[
    "**/src/{test,testFixtures,integrationTest,functionalTest,androidTest,it}/**",
    "**/*{Test,Tests,TestCase}.java",
    "{test,tests}/**",
    "**/{__tests__,__mocks__}/**",
    "**/*.{test,spec,test-d}.{js,jsx,mjs,cjs,ts,tsx,mts,cts}",
    "**/{test,tests,e2e,cypress}/**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}",
    "**/*_test.go",
    "**/{test_*,*_test,conftest}.py",
    "**/tests/**/*.py",
];

pub const GENERATED: &[&str] = &[
    "**/{generated-sources,generated-test-sources,src-gen,__generated__}/**",
    "**/build/generated/**",
    "**/*.generated.{java,js,jsx,ts,tsx}",
    "**/*_pb.{js,ts,d.ts}",
    "**/*.min.{js,mjs,cjs}",
];

const MAX_FILE_SIZE: u64 = 2 << 20;

#[derive(Clone, Debug)]
pub struct Project {
    /// Empty for everything.
    pub include: Patterns,
    pub exclude: Patterns,
    pub tests: Patterns,
    pub generated: Patterns,
    /// In bytes; a larger file is skipped.
    pub max_file_size: u64,
}

impl Default for Project {
    fn default() -> Self {
        Project {
            include: Patterns::default(),
            exclude: Patterns::built_in(EXCLUDED),
            tests: Patterns::built_in(TESTS),
            generated: Patterns::built_in(GENERATED),
            max_file_size: MAX_FILE_SIZE,
        }
    }
}

impl Project {
    /// Whether the file is none of the project's.
    pub fn is_excluded(&self, path: &str) -> bool {
        self.exclude.matches(path) || (!self.include.is_empty() && !self.include.matches(path))
    }

    pub fn is_generated(&self, path: &str) -> bool {
        self.generated.matches(path)
    }

    pub fn role_of(&self, path: &str) -> FileRole {
        if self.tests.matches(path) { FileRole::Test } else { FileRole::Main }
    }
}

pub fn read(section: Section) -> Result<Project, ConfigError> {
    let default = Project::default();
    Ok(Project {
        include: section.patterns("include", &[])?.unwrap_or(default.include),
        exclude: section.patterns("exclude", EXCLUDED)?.unwrap_or(default.exclude),
        tests: section.patterns("tests", TESTS)?.unwrap_or(default.tests),
        generated: section.patterns("generated", GENERATED)?.unwrap_or(default.generated),
        max_file_size: size(section, "max-file-size")?.unwrap_or(default.max_file_size),
    })
}

/// Positions in a text are counted in 32 bits; no reader needs more.
const LARGEST: u64 = 1 << 30;

const UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("B", 1),
    ("kB", 1000),
    ("KB", 1000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];

/// A size in bytes; nothing if nothing is said.
pub fn size(section: Section, key: &str) -> Result<Option<u64>, ConfigError> {
    size_within(section, key, LARGEST)
}

/// The same where more or less may be said.
pub fn size_within(section: Section, key: &str, largest: u64) -> Result<Option<u64>, ConfigError> {
    let Some(value) = section.get(key) else { return Ok(None) };
    let size = match section.text(key) {
        Some((text, _)) => bytes(text),
        None => section.integer(key),
    };
    match size {
        Some(size) if (1..=largest).contains(&size) => Ok(Some(size)),
        Some(_) => {
            let range = format!("expected a size from 1 B to {}", size_text(largest).trim_matches('"'));
            Err(section.source.error(value.span().into(), range, None))
        }
        None => {
            let units = "write bytes, or a number with B, KB, KiB, MB, MiB, GB or GiB, as in `\"2 MiB\"`";
            Err(section.source.error(value.span().into(), "expected a size", Some(units.to_owned())))
        }
    }
}

fn bytes(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// A size as `gate.toml` has it.
pub fn size_text(bytes: u64) -> String {
    match UNITS.iter().rev().find(|(name, factor)| name.ends_with("iB") && bytes.is_multiple_of(*factor)) {
        Some((name, factor)) => format!("\"{} {name}\"", bytes / factor),
        None => bytes.to_string(),
    }
}
