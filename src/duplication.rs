//! Clones over all files: which code occurs more than once, and which copies a change brought.
//!
//! What is compared are rows of *elements*, one row a file: tokens, or in Java statements (`elements`, `literals`, `statements`), with
//! literals of one kind alike and what repeats itself many times over put aside (`rows`). Comments, imports and package lines are no elements.
//!
//! - A *repeat* is a stretch of at least the least length that occurs at least twice and is maximal: its occurrences are not all
//!   preceded by the same element, nor all followed by the same. Beginning and end of a file differ from everything. All occurrences
//!   belong to it: repeats are classes, not pairs.
//! - A repeat whose occurrences overlap counts as long as the least distance between two of them, and is left out if that is too short.
//!   Each place goes as far as it is the same, but no farther than where the next begins: of a part that follows itself each is a place.
//! - A repeat all of whose occurrences, as long as they count, lie within those of one other repeat is left out. One that occurs
//!   elsewhere too is kept: `abcd` twice and `abc` three times are two classes.
//! - Places do not grow faster than the rows: where many copies part from each other at many places, repeats that say little new are left
//!   out (`repeats`, `contained` say which).
//! - A place of too few lines is left out; a class is what has two places left.
//!
//! The finder (`anchors`, `repeats`, `contained`) is exact: a test compares it with a naive one on random rows. Its memory is linear in the
//! elements: it takes 16 bytes for each anchor, of which there are some four in a hundred tokens. Languages with unlike settings are
//! not compared with each other. Knows no syntax tree but where elements are made, and no rule.
mod anchors;
mod both;
mod contained;
mod elements;
mod find;
mod findings;
mod fixed;
mod intervals;
mod literals;
mod moved;
#[cfg(test)]
mod naive;
mod new;
mod repeats;
mod rows;
mod statements;

pub use elements::elements;
pub use find::{duplicated, find, find_both};
pub use findings::{Told, findings, named};
pub use fixed::{Side, fixed};
pub use new::{Fresh, Touched, Was, mark_new};
