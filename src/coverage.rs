//! Coverage reports: the list of formats, and how a report becomes data. A format is known by its content, never by its name; what is read
//! is read to its end or refused. Merging is `merge`'s, which file a path means is `paths`'. Knows no rule, no judge and no command.
mod branches;
mod budget;
mod clover;
mod cobertura;
mod coverage_py;
mod detect;
mod field;
mod gcov;
mod go;
mod input;
mod istanbul;
mod jacoco;
mod json;
mod layer;
mod lcov;
mod llvm;
mod merge;
mod parsed;
mod paths;
mod plain;
mod refused;
mod simplecov;
mod sonar;
mod text;
mod trust;
mod uncovered;
mod write;
mod xml;

use std::io::Read;

pub use budget::Budget;
pub use merge::{Context, merge};
pub use parsed::Parsed;
pub use paths::{Surroundings, Tree};
pub use plain::{executable_lines, has_plain_code};
pub use refused::Refused;
pub use uncovered::{Gap, GapKind, Marked, gaps, marked};
pub use write::{WRITERS, Writer};

use detect::Sniff;
use input::Input;

/// One report format.
struct Format {
    name: &'static str,
    /// Whether a report that begins so is of it.
    detect: fn(&Sniff) -> bool,
    /// # Errors
    /// What ends too early, is malformed, or has more bad records than can be overlooked.
    read: fn(Input) -> Result<Parsed, Refused>,
}

/// Every format that is read.
static ALL: &[&Format] = &[
    &jacoco::JACOCO,
    &cobertura::COBERTURA,
    &lcov::LCOV,
    &istanbul::ISTANBUL,
    &clover::CLOVER,
    &go::GO,
    &coverage_py::COVERAGE_PY,
    &llvm::LLVM,
    &simplecov::SIMPLECOV,
    &sonar::SONAR,
    &gcov::GCOV,
];

/// What is known but not read, and what to do instead.
type Advice = (fn(&Sniff) -> bool, &'static str, &'static str);

static REFUSED: &[Advice] = &[
    (|sniff| begins(sniff, b""), "is empty", "did the tests run?"),
    (
        |sniff| begins(sniff, b"\x01\xc0\xc0"),
        "is JaCoCo's raw data, which has no lines",
        "write XML from it: `jacococli report FILE --classfiles DIR --xml OUT`, or Gradle's `jacocoTestReport`",
    ),
    (|sniff| begins(sniff, b"SQLite format 3\0"), "is coverage.py's database", "write JSON from it: `coverage json`"),
    (
        |sniff| begins(sniff, b"\0cvm") || begins(sniff, b"\0cwm"),
        "is Go's raw data",
        "write a profile from it: `go tool covdata textfmt -i=DIR -o=FILE`",
    ),
    (
        |sniff| matches!(sniff, Sniff::Text(head) if memchr::memmem::find(&head[..head.len().min(200)], b"-:    0:Source:").is_some()),
        "is gcov's annotated source",
        "write JSON instead: `gcov --json-format`",
    ),
    (|sniff| root(sniff, "html"), "is an HTML page, not a report", "was it downloaded from a server that answered with an error?"),
    (
        |sniff| ["CoverageSession", "Root", "results", "CoverageDSPriv"].iter().any(|name| root(sniff, name)),
        "is a report of .NET, which is not read",
        "let the tool write Cobertura: `dotnet-coverage merge -f cobertura`",
    ),
    (|sniff| root(sniff, "scoverage"), "is scoverage's own XML", "let it write Cobertura: `coverageOutputCobertura := true`"),
    (
        |sniff| matches!(sniff, Sniff::Json(head) if head.has(1, "result") && head.holds("functions")),
        "is V8's raw data",
        "map it to the sources: `c8 report --reporter=json`",
    ),
];

fn begins(sniff: &Sniff, start: &[u8]) -> bool {
    match sniff {
        Sniff::Text(head) if start.is_empty() => head.is_empty(),
        Sniff::Text(head) => head.starts_with(start),
        Sniff::Xml(_) | Sniff::Json(_) => false,
    }
}

fn root(sniff: &Sniff, name: &str) -> bool {
    matches!(sniff, Sniff::Xml(head) if head.root.eq_ignore_ascii_case(name) || (head.root.is_empty() && head.doctype.eq_ignore_ascii_case(name)))
}

/// Reads a report of any format, packed or not. `name` is what it is called in messages.
///
/// # Errors
/// What is no report of a known format, ends too early, or has more bad records than can be overlooked.
pub fn read(source: impl Read, name: &str) -> Result<Parsed, Refused> {
    read_within(source, name, &Budget::default())
}

/// The same for one of several reports.
///
/// # Errors
/// As [`read`], and when all of them take too much.
pub fn read_within(source: impl Read, name: &str, budget: &Budget) -> Result<Parsed, Refused> {
    let mut input = input::open(source, budget)?;
    let format = detect(input.head()?)?;
    Ok(Parsed { name: name.to_owned(), ..(format.read)(input)? })
}

fn detect(head: &[u8]) -> Result<&'static Format, Refused> {
    let sniff = detect::sniff(head);
    if let Some((_, why, hint)) = REFUSED.iter().find(|(is_it, ..)| is_it(&sniff)) {
        return Err(Refused::new(*why).hint(*hint));
    }
    let found: Vec<_> = ALL.iter().filter(|format| (format.detect)(&sniff)).collect();
    match found[..] {
        [format] => Ok(format),
        [] => {
            Err(Refused::new(format!("is no coverage report that gate knows: {}", begin(&sniff)))
                .hint(format!("these are read: {}", names())))
        }
        _ => Err(Refused::new(format!("could be of several formats: {}", begin(&sniff)))),
    }
}

fn begin(sniff: &Sniff) -> String {
    match sniff {
        Sniff::Xml(head) => format!("its root element is `{:.60}`", head.root),
        Sniff::Json(head) if head.is_array() => "it is a list".to_owned(),
        Sniff::Json(head) => format!("its first keys are {}", head.first_keys()),
        Sniff::Text(head) => {
            let text: String = String::from_utf8_lossy(&head[..head.len().min(200)]).chars().take(50).collect();
            let is_binary =
                text.chars().any(|letter| letter == char::REPLACEMENT_CHARACTER || letter.is_control() && !letter.is_whitespace());
            if is_binary { "it is binary".to_owned() } else { format!("it begins with {text:?}") }
        }
    }
}

fn names() -> String {
    ALL.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}
