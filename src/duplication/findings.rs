//! One finding for each clone class and file: at the copy that is new, else at the first. Knows no configuration; what is found is said
//! as the rule has it.
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::Rule;
use crate::model::{CloneClass, Elements, FileReport, Finding, Place, Related, Span, State, Unit, UnitKind, hash};

/// Other places that a finding lists; all of them are in the report's clones.
const RELATED_AT_MOST: usize = 10;

/// Symbols that a finding names.
const NAMES_AT_MOST: usize = 3;

/// A finding, the file it is in, and the class that it is about, by their places.
#[derive(Clone, Debug)]
pub struct Told {
    pub file: usize,
    pub class: usize,
    pub finding: Finding,
}

/// The findings of all files, ascending by file. `rules` has for each file the rule as it is set there; without one nothing is said of it.
/// A class is passed over in a file all of whose lines in it are told by longer ones.
pub fn findings(files: &[&FileReport], classes: &[CloneClass], rules: &[Option<Arc<Rule>>]) -> Vec<Told> {
    let mut of_files: Vec<Vec<usize>> = vec![Vec::new(); files.len()];
    for (place, class) in classes.iter().enumerate() {
        for of_file in class.places.chunk_by(|one, two| one.file == two.file) {
            if let Some(classes) = of_files.get_mut(of_file[0].file as usize) {
                classes.push(place);
            }
        }
    }
    let of_file = |(file, mut of_file): (usize, Vec<usize>)| {
        let rule = rules.get(file).and_then(Option::as_ref).filter(|_| !of_file.is_empty())?;
        // Whatever is new, so that there are as many findings as in the tree by itself: the longer is new if what it holds is.
        of_file.sort_by_key(|class| std::cmp::Reverse(classes[*class].length));
        let mut told = Lines::default();
        of_file.retain(|class| told.tell(own(&classes[*class], file)));
        let lines = files[file].facts.elements.as_ref().map(Elements::lines).unwrap_or_default();
        let told = |class| Told { file, class, finding: finding(rule, files, (file, &lines), &classes[class]) };
        Some(of_file.into_iter().map(told).collect::<Vec<_>>())
    };
    of_files.into_par_iter().enumerate().filter_map(of_file).flatten_iter().collect()
}

fn own(class: &CloneClass, file: usize) -> impl Iterator<Item = &Place> {
    let from = class.places.partition_point(|place| (place.file as usize) < file);
    class.places[from..].iter().take_while(move |place| place.file as usize == file)
}

/// Lines of a file that findings are about.
#[derive(Default)]
struct Lines(Vec<bool>);

impl Lines {
    /// Whether any line of the places is news.
    fn tell<'a>(&mut self, places: impl Iterator<Item = &'a Place>) -> bool {
        let mut is_news = false;
        for place in places {
            let end = place.end_line as usize + 1;
            self.0.resize(self.0.len().max(end), false);
            let lines = &mut self.0[place.start_line as usize..end];
            is_news |= lines.contains(&false);
            lines.fill(true);
        }
        is_news
    }
}

/// `lines` are those of each element of the file.
fn finding(rule: &Rule, files: &[&FileReport], (file, lines): (usize, &[(u32, u32)]), class: &CloneClass) -> Finding {
    let own: Vec<&Place> = own(class, file).collect();
    let at = own.iter().copied().find(|place| place.is_new).unwrap_or(own[0]);
    let others = others(class, file, at);
    let next = lines.get((at.first + at.length) as usize).map(|(first, _)| *first);
    let inner: Vec<&Unit> = inner(files[file], at, next).collect();
    // Then what begins a place is in common as well, and lies around it nowhere.
    let is_begun = inner.iter().any(|unit| unit.at.start_line == at.start_line);
    let named = others.first().map(|place| name(files, file, place, is_begun)).unwrap_or_default();
    let more = others.len().saturating_sub(1);
    let more = if more > 0 { format!(" and {more} more place{}", if more > 1 { "s" } else { "" }) } else { String::new() };
    let (what, are) = match at.line_count() {
        1 => ("This line".to_owned(), "is"),
        lines => (format!("These {lines} lines"), "are"),
    };
    let values = [("what", what), ("with", with(&inner)), ("are", are.to_owned()), ("where", format!("{named}{more}"))];
    let symbol = around(files[file], at, false).unwrap_or_default();
    let near = hash::bytes(symbol.rsplit('.').next().unwrap_or_default().as_bytes());
    let related = others.iter().take(RELATED_AT_MOST).map(|place| related(files, file, place, is_begun));
    let made = rule.finding(span(at), class.fingerprint, &[]);
    Finding {
        message: rule.message.whole(&values),
        effort: rule.effort.minutes(own.len() as u32 - 1),
        related: related.collect(),
        near,
        state: if at.is_new { State::New } else { State::Existing },
        ..made
    }
}

/// All other places. Copies in other files say more than those the reader is looking at.
fn others<'c>(class: &'c CloneClass, file: usize, at: &Place) -> Vec<&'c Place> {
    let mut others: Vec<&Place> = class.places.iter().filter(|place| *place != at).collect();
    others.sort_by_key(|place| place.file as usize == file);
    others
}

/// The other files whose symbols a finding about a class in a file may name.
pub fn named(class: &CloneClass, file: usize) -> impl Iterator<Item = usize> {
    class.places.iter().map(|place| place.file as usize).filter(move |other| *other != file).take(RELATED_AT_MOST)
}

/// Whole lines.
fn span(place: &Place) -> Span {
    Span { start_line: place.start_line, start_column: 1, end_line: place.end_line + 1, end_column: 1, ..Span::default() }
}

fn related(files: &[&FileReport], file: usize, place: &Place, is_begun: bool) -> Related {
    let path = (place.file as usize != file).then(|| Arc::from(files[place.file as usize].path.as_str()));
    let symbol = around(files[place.file as usize], place, is_begun);
    let message = symbol.map_or_else(|| "the same".to_owned(), |name| format!("the same in `{name}`"));
    Related { path, at: span(place), message }
}

/// A place by its symbol and where that is.
fn name(files: &[&FileReport], file: usize, place: &Place, is_begun: bool) -> String {
    let there = files[place.file as usize];
    let line = place.start_line;
    let at = if place.file as usize == file { format!("line {line}") } else { format!("{}:{line}", there.path) };
    around(there, place, is_begun).map_or_else(|| at.clone(), |name| format!("`{name}` ({at})"))
}

/// The name of the innermost class or function with one that holds the whole place; if it is begun, then of those that begin before.
fn around(file: &FileReport, place: &Place, is_begun: bool) -> Option<String> {
    let first = if is_begun { place.start_line - 1 } else { place.start_line };
    let holds = |unit: &&Unit| unit.kind != UnitKind::File && unit.at.start_line <= first && place.end_line <= unit.at.end_line;
    let named = file.facts.units.iter().filter(holds).filter_map(|unit| Some((unit.at.end_line - unit.at.start_line, unit.spoken()?)));
    named.min_by_key(|(lines, _)| *lines).map(|(_, name)| name)
}

/// The functions and classes with a name that lie in a place. What ends behind it, but before the line of the `next` element, has nothing
/// more than brackets there.
fn inner<'f>(file: &'f FileReport, place: &Place, next: Option<u32>) -> impl Iterator<Item = &'f Unit> + use<'f> {
    let Place { start_line, end_line, .. } = *place;
    let is_ended = move |line: u32| line <= end_line || next.is_none_or(|next| line < next);
    let lies_in = move |unit: &&Unit| (start_line..=end_line).contains(&unit.at.start_line) && is_ended(unit.at.end_line);
    file.facts.units.iter().filter(|unit| unit.kind != UnitKind::File).filter(lies_in).filter(|unit| unit.spoken().is_some())
}

/// Them by their own names: ` with `a` and `b``.
fn with(units: &[&Unit]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut outer_end = 0;
    for unit in units {
        // What lies in one that is named is named with it.
        if unit.at.end > outer_end {
            outer_end = unit.at.end;
            let name = unit.name.rsplit('.').next().unwrap_or_default();
            // Overloads go by one name.
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
    }
    let named = names.iter().take(NAMES_AT_MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES_AT_MOST) {
        _ if names.is_empty() => String::new(),
        0 => format!(" with {named}"),
        more => format!(" with {named} and {more} more"),
    }
}
