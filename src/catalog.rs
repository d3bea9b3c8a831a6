//! The rule catalog: rule files to rules. Built-in rules and a user's own are read by the same reader.
//! Knows no source file; what rules look for is `check`'s.
mod example;
mod fields;
mod header;
mod settings;
mod wrong;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

pub use example::Example;
pub use fields::TABLES;
pub use header::Header;

use crate::check::{Params, Rule};
use crate::config::{self, Config, ConfigError, Source};
use crate::model::{RuleId, RuleInfo};

/// What a rule file begins with.
const FENCE: &str = "+++\n";

/// The group of a user's own rules.
const OWN: &str = "own";

/// A rule file that is built in, as the build script takes it apart.
struct RuleFile {
    /// Group and id.
    path: &'static str,
    /// As JSON.
    header: &'static str,
    text: &'static str,
    above: usize,
}

const FILES: &[RuleFile] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// One rule as its file states it.
#[derive(Debug)]
pub struct Entry {
    pub id: String,
    /// The folder it is in.
    pub group: String,
    pub header: Header,
    /// The Markdown below the header.
    pub text: Cow<'static, str>,
    /// Where it was read from, for messages.
    pub source: String,
    /// Lines of the file above `text`.
    above: usize,
    /// The file, for messages; nothing for what comes with gate.
    file: Option<Source>,
}

/// All rules there are: gate's and the user's.
#[derive(Debug)]
pub struct Catalog {
    /// Ascending by id; a rule's place is its [`RuleId`].
    pub entries: Vec<Entry>,
}

impl Catalog {
    /// gate's rules and those of the folders that the configuration names. Every rule it sets must exist.
    pub fn load(config: &Config) -> anyhow::Result<Catalog> {
        Catalog::load_some(config, &|_, _| true)
    }

    /// As [`Catalog::load`], of gate's own rules only those that are wanted, as [`Catalog::some`] has it.
    pub fn load_some(config: &Config, wanted: &(dyn Fn(&str, &str) -> bool + Sync)) -> anyhow::Result<Catalog> {
        let base = config.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        Catalog::some(config, &|folder| from_folder(&base.join(folder)), wanted)
    }

    /// As [`Catalog::load`], where `read` gives the rules of a folder that the configuration names; of gate's own rules only those that are
    /// wanted by group and header as JSON: reading all takes longer than small questions may.
    pub fn some(
        config: &Config,
        read: &dyn Fn(&str) -> anyhow::Result<Vec<Entry>>,
        wanted: &(dyn Fn(&str, &str) -> bool + Sync),
    ) -> anyhow::Result<Catalog> {
        let mut entries = builtin_of(wanted)?;
        for (folder, place) in &config.rules.paths {
            // What is wrong in a rule file is shown there, not where the folder is named.
            let own = read(folder).map_err(|error| match error.is::<ConfigError>() {
                true => error,
                false => config.error(*place, format!("{error:#}"), None).into(),
            })?;
            for entry in own {
                // A user's rule takes the place of gate's of the same name.
                entries.retain(|known| known.id != entry.id);
                entries.push(entry);
            }
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        let catalog = Catalog { entries };
        let overrides = config.overrides.iter().flat_map(|row| &row.settings);
        for setting in config.rules.settings.iter().chain(overrides) {
            let left_out = || FILES.iter().map(|file| named(file.path).1);
            match catalog.entry(&setting.rule) {
                Some(entry) => settings::check(setting, entry, config)?,
                None if left_out().any(|id| id == setting.rule) => {}
                None => {
                    let ids: Vec<&str> = catalog.entries.iter().map(|entry| entry.id.as_str()).chain(left_out()).collect();
                    let hint = match config::suggest(&setting.rule, ids) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "`gate rules` lists them".to_owned(),
                    };
                    return Err(config.error(setting.place, format!("no rule `{}`", setting.rule), Some(hint)).into());
                }
            }
        }
        Ok(catalog)
    }

    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok().map(|place| &self.entries[place])
    }

    /// Whether a rule is a user's own.
    pub fn is_own(&self, id: &str) -> bool {
        self.entry(id).is_some_and(|entry| entry.group == OWN)
    }

    pub fn has_tag(&self, rule: RuleId, tag: &str) -> bool {
        self.entries.get(usize::from(rule.0)).is_some_and(|entry| entry.header.tags.iter().any(|known| known == tag))
    }

    /// What `RuleId`s stand for in a report.
    pub fn infos(&self) -> Vec<RuleInfo> {
        self.entries.iter().map(Entry::info).collect()
    }

    /// The rules that are on where these overrides of the configuration apply, with their settings.
    pub fn rules(&self, config: &Config, overrides: &[usize]) -> anyhow::Result<Vec<Arc<Rule>>> {
        let mut rules = Vec::new();
        for (place, entry) in self.entries.iter().enumerate() {
            let settings = settings::of(entry, config, overrides)?;
            if settings.on {
                rules.push(entry.rule(RuleId(place as u16), settings)?);
            }
        }
        Ok(rules)
    }
}

/// The rules that come with gate, ascending by id.
pub fn builtin() -> anyhow::Result<Vec<Entry>> {
    builtin_of(&|_, _| true)
}

fn builtin_of(wanted: &(dyn Fn(&str, &str) -> bool + Sync)) -> anyhow::Result<Vec<Entry>> {
    let mut entries =
        FILES.iter().filter(|file| wanted(named(file.path).0, file.header)).map(read_builtin).collect::<anyhow::Result<Vec<_>>>()?;
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

/// Group and id.
fn named(path: &'static str) -> (&'static str, &'static str) {
    path.split_once('/').unwrap_or(("", path))
}

/// The rules of a user's own folder, ascending by id: every `.md` file in it and below.
pub fn from_folder(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = files_in(folder)?.into_iter().map(|(_, entry)| entry).collect::<anyhow::Result<Vec<_>>>()?;
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

/// The rule files of a folder, ascending by path, each with its rule or what is wrong with it.
pub fn files_in(folder: &Path) -> anyhow::Result<Vec<(PathBuf, anyhow::Result<Entry>)>> {
    let mut files = Vec::new();
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).sort_by_file_path(Path::cmp).build();
    for file in walk {
        let file = file.with_context(|| format!("cannot read the rules in {}", folder.display()))?;
        let path = file.path();
        if path.extension().is_none_or(|extension| extension != "md") || !file.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
        files.push((path.to_owned(), text.and_then(|text| own(path, &text))));
    }
    anyhow::ensure!(!files.is_empty(), "there is no rule file (*.md) in {}", folder.display());
    Ok(files)
}

/// One rule of a user's own.
pub fn own(path: &Path, text: &str) -> anyhow::Result<Entry> {
    let id = path.file_stem().and_then(|stem| stem.to_str()).context("a rule's file name is not UTF-8")?;
    let entry = read(id, OWN, text, &path.display().to_string())?;
    match entry.header.problems().first() {
        Some((block, problem)) => Err(entry.error(*block, problem)),
        None => Ok(entry),
    }
}

/// Reads one rule file. `source` names it in errors.
pub fn read(id: &str, group: &str, text: &str, source: &str) -> anyhow::Result<Entry> {
    let file = Source::new(source, &text.replace("\r\n", "\n"));
    let parts = file.text().strip_prefix(FENCE).and_then(|rest| rest.split_once("\n+++\n"));
    let no_header = || file.error(Default::default(), "a rule file begins with a header between two lines `+++`", None);
    let (head, body) = parts.ok_or_else(no_header)?;
    let header = header::read(head).map_err(|error| wrong::in_header(&file, FENCE.len(), &error))?;
    let (above, text) = (head.lines().count() + 2, Cow::Owned(body.to_owned()));
    Ok(Entry { id: id.to_owned(), group: group.to_owned(), header, text, source: source.to_owned(), above, file: Some(file) })
}

fn read_builtin(file: &RuleFile) -> anyhow::Result<Entry> {
    let source = format!("rules/{}.md", file.path);
    let (group, id) = named(file.path);
    let header = header::read_json(file.header).with_context(|| format!("{source}: the header is not right"))?;
    Ok(Entry { id: id.to_owned(), group: group.to_owned(), header, text: Cow::Borrowed(file.text), source, above: file.above, file: None })
}

impl Entry {
    /// What reports say of it.
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone(),
            title: self.header.title.clone(),
            kind: self.header.kind,
            severity: self.header.severity,
            tags: self.header.tags.clone(),
            cwe: self.header.cwe.clone(),
            why: self.why().to_owned(),
        }
    }

    /// An error in one of its blocks, with the place in the file.
    pub fn error(&self, block: usize, problem: &str) -> anyhow::Error {
        match &self.file {
            Some(file) => wrong::in_block(file, block, problem).into(),
            None => anyhow::anyhow!("{}: [[match]] {}: {problem}", self.source, block + 1),
        }
    }

    /// The examples in the order of the file.
    ///
    /// # Errors
    /// What is no example where one should be, with its line.
    pub fn examples(&self) -> anyhow::Result<Vec<Example>> {
        example::examples(&self.text, self.above, self.header.judges)
    }

    /// The reason, without the examples.
    pub fn why(&self) -> &str {
        let end = ["\n## Bad", "\n## Good"].iter().filter_map(|head| memchr::memmem::find(self.text.as_bytes(), head.as_bytes())).min();
        self.text[..end.unwrap_or(self.text.len())].trim()
    }

    /// The rule with what was set of it.
    fn rule(&self, id: RuleId, set: settings::Settings) -> anyhow::Result<Arc<Rule>> {
        let looks = self.header.looks(&set.params).with_context(|| self.source.clone())?;
        Ok(Arc::new(Rule {
            id,
            name: self.id.clone(),
            kind: self.header.kind,
            severity: set.severity,
            effort: set.effort,
            judges: self.header.judges,
            scope: set.scope,
            languages: self.header.rule_languages()?,
            equivalents: self.header.equivalents(),
            message: crate::check::Message(self.header.message.clone()),
            params: set.params,
            looks,
        }))
    }

    /// The rule as its file has it, but for its parameters.
    pub fn rule_with(&self, id: RuleId, params: Params) -> anyhow::Result<Arc<Rule>> {
        self.rule(id, settings::Settings { params, ..settings::default(self)? })
    }
}
