//! What git takes for a defect: `core.whitespace` and the attribute `whitespace`, as `man git-config` and `man gitattributes` describe
//! them and git 2.47 reads them. Knows no text.
use anyhow::bail;

use super::Defect;
use crate::model::Attribute;

/// Which defects count in one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    blank_at_eol: bool,
    space_before_tab: bool,
    indent_with_non_tab: bool,
    tab_in_indent: bool,
    blank_at_eof: bool,
    conflict_marker: bool,
    /// A carriage return before a line end is part of it.
    pub(super) cr_at_eol: bool,
    /// 1 to 63.
    pub(super) tab_width: u8,
    /// Length of a conflict marker.
    pub(super) marker_size: usize,
}

const MARKER_SIZE: usize = 7;

/// git's own.
impl Default for Settings {
    fn default() -> Self {
        Settings {
            blank_at_eol: true,
            space_before_tab: true,
            indent_with_non_tab: false,
            tab_in_indent: false,
            blank_at_eof: true,
            conflict_marker: true,
            cr_at_eol: false,
            tab_width: 8,
            marker_size: MARKER_SIZE,
        }
    }
}

/// Turns what a word is about on or off.
type Set = fn(&mut Settings, bool);

/// The words in the order in which git tries them: a beginning of a word stands for the first that begins so.
const WORDS: &[(&str, Set)] = &[
    ("trailing-space", |settings, on| (settings.blank_at_eol, settings.blank_at_eof) = (on, on)),
    ("space-before-tab", |settings, on| settings.space_before_tab = on),
    ("indent-with-non-tab", |settings, on| settings.indent_with_non_tab = on),
    ("cr-at-eol", |settings, on| settings.cr_at_eol = on),
    ("blank-at-eol", |settings, on| settings.blank_at_eol = on),
    ("blank-at-eof", |settings, on| settings.blank_at_eof = on),
    ("tab-in-indent", |settings, on| settings.tab_in_indent = on),
];

impl Settings {
    /// The same where git takes away carriage returns that stand on disk.
    pub fn with_cr_at_eol(self) -> Settings {
        Settings { cr_at_eol: true, ..self }
    }

    /// `core_whitespace` is the configuration's value, empty if there is none.
    ///
    /// # Errors
    /// Where git refuses: tabs and spaces cannot both be forbidden in an indent.
    pub fn of(core_whitespace: &str, attribute: &Attribute) -> anyhow::Result<Settings> {
        let settings = match attribute {
            Attribute::Unspecified => said(core_whitespace),
            Attribute::Value(words) => said(words),
            // All there is, but for what contradicts the rest.
            Attribute::Set => Settings { indent_with_non_tab: true, tab_width: said(core_whitespace).tab_width, ..Settings::default() },
            Attribute::Unset => Settings {
                blank_at_eol: false,
                space_before_tab: false,
                blank_at_eof: false,
                tab_width: said(core_whitespace).tab_width,
                ..Settings::default()
            },
        };
        if settings.tab_in_indent && settings.indent_with_non_tab {
            let place = if matches!(attribute, Attribute::Value(_)) { "the attribute `whitespace`" } else { "`core.whitespace`" };
            bail!("{place} forbids both tabs and spaces in an indent; take out `tab-in-indent` or `indent-with-non-tab`");
        }
        Ok(settings)
    }

    /// With the attribute `conflict-marker-size`; what is no number above 0 is 7.
    pub fn with_marker_size(self, attribute: &Attribute) -> Settings {
        let size = match attribute {
            Attribute::Value(text) => leading_number(text),
            _ => None,
        };
        Settings { marker_size: size.unwrap_or(MARKER_SIZE), ..self }
    }

    /// The same for these defects alone.
    pub fn only(self, wanted: impl Fn(Defect) -> bool) -> Settings {
        Settings {
            blank_at_eol: self.blank_at_eol && wanted(Defect::BlankAtEol),
            space_before_tab: self.space_before_tab && wanted(Defect::SpaceBeforeTab),
            indent_with_non_tab: self.indent_with_non_tab && wanted(Defect::IndentWithNonTab),
            tab_in_indent: self.tab_in_indent && wanted(Defect::TabInIndent),
            blank_at_eof: self.blank_at_eof && wanted(Defect::BlankAtEof),
            conflict_marker: self.conflict_marker && wanted(Defect::ConflictMarker),
            ..self
        }
    }

    pub fn has(&self, defect: Defect) -> bool {
        match defect {
            Defect::BlankAtEol => self.blank_at_eol,
            Defect::SpaceBeforeTab => self.space_before_tab,
            Defect::IndentWithNonTab => self.indent_with_non_tab,
            Defect::TabInIndent => self.tab_in_indent,
            Defect::BlankAtEof => self.blank_at_eof,
            Defect::ConflictMarker => self.conflict_marker,
        }
    }
}

/// Words apart by commas, laid over git's own settings. White space may stand before a word, not behind it; an empty negation ends
/// the list; unknown words are for other versions of git.
fn said(words: &str) -> Settings {
    let mut settings = Settings::default();
    for word in words.split(',') {
        let word = word.trim_start_matches([' ', '\t', '\n', '\r']);
        if word.is_empty() {
            continue;
        }
        let (word, on) = word.strip_prefix('-').map_or((word, true), |word| (word, false));
        if word.is_empty() {
            break;
        }
        if let Some((_, set)) = WORDS.iter().find(|(name, _)| name.starts_with(word)) {
            set(&mut settings, on);
        }
        if let Some(width) = word.strip_prefix("tabwidth=").and_then(leading_number).filter(|width| *width < 64) {
            settings.tab_width = width as u8;
        }
    }
    settings
}

/// The number a text begins with, if it is above 0.
fn leading_number(text: &str) -> Option<usize> {
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Defect::{BlankAtEof, BlankAtEol, IndentWithNonTab, SpaceBeforeTab, TabInIndent};

    const OWN: &[Defect] = &[BlankAtEol, SpaceBeforeTab, BlankAtEof];

    fn means(core: &str, attribute: &Attribute, wanted: &[Defect], tab_width: u8) {
        let settings = Settings::of(core, attribute).expect("no contradiction");
        let on: Vec<Defect> = Defect::ALL.iter().map(|row| row.0).filter(|defect| settings.has(*defect)).collect();
        let wanted: Vec<Defect> = Defect::ALL.iter().map(|row| row.0).filter(|defect| wanted.contains(defect)).collect();
        assert_eq!((wanted, tab_width), (on[..on.len() - 1].to_vec(), settings.tab_width), "{core:?} {attribute:?}");
    }

    fn value(text: &str) -> Attribute {
        Attribute::Value(text.to_owned())
    }

    /// Each was tried on git 2.47.
    #[test]
    fn words_mean_what_they_mean_to_git() {
        let none = Attribute::Unspecified;
        means("", &none, OWN, 8);
        means("bogus,incomplete-line", &none, OWN, 8);
        means("tab", &none, &[BlankAtEol, SpaceBeforeTab, TabInIndent, BlankAtEof], 8);
        means("t,-bl", &none, &[SpaceBeforeTab, BlankAtEof], 8);
        means("-trailing-space,blank-at-eof", &none, &[SpaceBeforeTab, BlankAtEof], 8);
        means("indent, -trail", &none, &[SpaceBeforeTab, IndentWithNonTab], 8);
        means("indent\t,,-trail", &none, &[SpaceBeforeTab], 8);
        means("indent\n-trail", &none, OWN, 8);
        means("-space,-,indent", &none, &[BlankAtEol, BlankAtEof], 8);
        means("tabwidth=4x,indent", &none, &[BlankAtEol, SpaceBeforeTab, IndentWithNonTab, BlankAtEof], 4);
        means("-tabwidth=63,tabwidth=0,tabwidth=64,tabwidth=-3", &none, OWN, 63);
    }

    #[test]
    fn attributes_go_before_the_configuration() {
        let core = "tabwidth=2,-space-before-tab";
        means(core, &Attribute::Set, &[BlankAtEol, SpaceBeforeTab, IndentWithNonTab, BlankAtEof], 2);
        means(core, &Attribute::Unset, &[], 2);
        means(core, &Attribute::Unspecified, &[BlankAtEol, BlankAtEof], 2);
        means(core, &value(""), OWN, 8);
        means(core, &value("-trail"), &[SpaceBeforeTab], 8);
        assert!(Settings::of("indent", &value("tab-in,indent")).is_err_and(|error| error.to_string().contains("attribute")));
        assert!(Settings::of("indent,tab-in", &Attribute::Unspecified).is_err());
        assert!(Settings::of("indent,tab-in", &Attribute::Set).is_ok());
    }

    #[test]
    fn markers_have_the_size_the_attribute_says() {
        let rows = [(value("3x"), 3), (value("0"), 7), (value("-5"), 7), (value("abc"), 7), (Attribute::Set, 7), (value("12"), 12)];
        for (attribute, size) in rows {
            assert_eq!(size, Settings::default().with_marker_size(&attribute).marker_size, "{attribute:?}");
        }
    }
}
