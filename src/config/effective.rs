//! What holds after defaults and the file are laid over each other, and where each value comes from. Rules are left to the catalog.
use crate::lang::RULE_LANGUAGES;
use crate::model::{Condition, NoData, Severity, Tracker};

use super::coverage::rewrite_texts;
use super::project::size_text;
use super::{Config, Patterns};

/// One value: `value` is TOML, `origin` is `default` or as in `gate.toml:7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    pub key: String,
    pub value: String,
    pub origin: String,
}

/// The values for the whole project, and with a path also what holds for that file alone: `file.role`, `file.module`,
/// `file.excluded`, `file.generated`, `file.overrides` and its module's conditions.
pub fn effective(config: &Config, path: Option<&str>) -> Vec<Effective> {
    let mut rows = of_project(config);
    let module = path.map_or(0, |path| config.module_of(path));
    rows.extend(conditions(config, module));
    if path.is_none() {
        rows.extend(modules(config));
    }
    rows.extend(of_gerrit(config));
    rows.extend(of_hooks(config));
    rows.extend(config.tracker.iter().flat_map(|tracker| of_tracker(config, tracker)));
    rows.extend(path.into_iter().flat_map(|path| of_file(config, path, module)));
    rows
}

fn row(config: &Config, key: &str, value: String) -> Effective {
    Effective { key: key.to_owned(), value, origin: origin(config, key) }
}

fn origin(config: &Config, key: &str) -> String {
    config.place_of(key).map_or_else(|| "default".to_owned(), |place| config.origin(place))
}

fn of_project(config: &Config) -> Vec<Effective> {
    let (project, limits) = (&config.project, &config.coverage.limits);
    let paths = config.rules.paths.iter().map(|(path, _)| path.as_str());
    let mut rows = vec![
        row(config, "project.include", patterns(&project.include)),
        row(config, "project.exclude", patterns(&project.exclude)),
        row(config, "project.tests", patterns(&project.tests)),
        row(config, "project.generated", patterns(&project.generated)),
        row(config, "project.max-file-size", size_text(project.max_file_size)),
        row(config, "rules.profile", quoted(config.rules.profile.name())),
        row(config, "rules.path", list(paths)),
        row(config, "metrics.cognitive-dialect", word(config.metrics.cognitive_dialect)),
        row(config, "duplication.enabled", config.duplication.enabled.to_string()),
        row(config, "duplication.preset", word(config.duplication.preset)),
        row(config, "duplication.identifiers", word(config.duplication.identifiers)),
        row(config, "duplication.tests", config.duplication.tests.to_string()),
        row(config, "coverage.reports", patterns(&config.coverage.reports)),
        row(config, "coverage.base-reports", patterns(&config.coverage.base_reports)),
        row(config, "coverage.exclude", patterns(&config.coverage.exclude)),
        row(config, "coverage.unknown-files", word(config.coverage.unknown_files)),
        row(config, "coverage.small-change", config.coverage.terms.small_change.to_string()),
        row(config, "coverage.allowance", config.coverage.terms.allowance.to_string()),
        row(config, "coverage.rewrites", list(rewrite_texts(&config.coverage.rewrites).iter().map(String::as_str))),
        row(config, "coverage.allow-partial", config.coverage.allow_partial.to_string()),
        row(config, "coverage.limits.report-size", size_text(limits.report_size)),
        row(config, "coverage.limits.total-size", size_text(limits.total_size)),
        row(config, "coverage.limits.files", limits.files.to_string()),
        row(config, "coverage.limits.lines", limits.lines.to_string()),
        row(config, "coverage.limits.path-size", size_text(limits.path_size)),
        row(config, "coverage.limits.line-size", size_text(limits.line_size)),
        row(config, "coverage.limits.timeout", limits.timeout.to_string()),
        row(config, "gate.no-data", word(config.gate.no_data)),
    ];
    rows.extend(RULE_LANGUAGES.iter().flat_map(|language| clone_limits(config, language)));
    rows.extend(config.new_code.base.iter().map(|base| row(config, "new-code.base", quoted(base))));
    rows
}

fn clone_limits(config: &Config, language: &str) -> Vec<Effective> {
    let limits = config.duplication.limits(language);
    let key = |name: &str| format!("duplication.{language}.{name}");
    let mut rows =
        vec![row(config, &key("min-tokens"), limits.tokens.to_string()), row(config, &key("min-lines"), limits.lines.to_string())];
    if language == "java" {
        rows.push(row(config, &key("unit"), word(limits.unit)));
        rows.push(row(config, &key("min-statements"), limits.statements.to_string()));
    }
    rows
}

/// The conditions a module is judged by, each with the key it stands at.
fn conditions(config: &Config, module: usize) -> Vec<Effective> {
    let own = module.checked_sub(1).and_then(|at| Some((at, config.modules.get(at)?.conditions.as_ref()?)));
    let (list, conditions) = match own {
        Some((at, conditions)) => (format!("modules[{at}].conditions"), conditions),
        None => ("gate.conditions".to_owned(), &config.gate.conditions),
    };
    let numbered = conditions.iter().enumerate();
    numbered.map(|(number, condition)| row(config, &format!("{list}[{number}]"), condition_text(condition))).collect()
}

fn modules(config: &Config) -> Vec<Effective> {
    let of_module = |(number, module): (usize, &super::Module)| {
        let key = |name: &str| format!("modules[{number}].{name}");
        let mut rows = vec![
            row(config, &key("name"), quoted(&module.name)),
            row(config, &key("paths"), patterns(&module.paths)),
            row(config, &key("coverage"), patterns(&module.coverage)),
        ];
        if module.conditions.is_some() {
            rows.extend(conditions(config, number + 1));
        }
        rows
    };
    config.modules.iter().enumerate().flat_map(of_module).collect()
}

fn of_gerrit(config: &Config) -> Vec<Effective> {
    let gerrit = &config.gerrit;
    let mut rows = vec![
        row(config, "gerrit.label", quoted(&gerrit.label)),
        row(config, "gerrit.votes.passed", gerrit.votes.passed.to_string()),
        row(config, "gerrit.votes.warned", gerrit.votes.warned.to_string()),
        row(config, "gerrit.votes.failed", gerrit.votes.failed.to_string()),
        row(config, "gerrit.votes.undecided", gerrit.votes.undecided.to_string()),
        row(config, "gerrit.tag", quoted(&gerrit.tag)),
        row(config, "gerrit.max-comments", gerrit.max_comments.to_string()),
        row(config, "gerrit.respect-resolved", gerrit.respect_resolved.to_string()),
        row(config, "gerrit.fix-suggestions", gerrit.fix_suggestions.to_string()),
        row(config, "gerrit.limits.comment-size", size_text(gerrit.limits.comment_size)),
        row(config, "gerrit.limits.comments", gerrit.limits.comments.to_string()),
        row(config, "gerrit.limits.total-size", size_text(gerrit.limits.total_size)),
    ];
    rows.extend(gerrit.url.iter().map(|url| row(config, "gerrit.url", quoted(url))));
    rows.extend(gerrit.rule_url.iter().map(|url| row(config, "gerrit.rule-url", quoted(url))));
    rows.extend(gerrit.limits.own_comments.map(|most| row(config, "gerrit.limits.comments-per-user", most.to_string())));
    for ((_, name), most) in Severity::ALL.iter().zip(gerrit.budget) {
        rows.extend(most.map(|most| row(config, &format!("gerrit.budget.{name}"), most.to_string())));
    }
    rows
}

fn of_hooks(config: &Config) -> Vec<Effective> {
    let reject: Vec<String> = config.hooks.reject.iter().map(word).collect();
    vec![
        row(config, "hooks.deadline", config.hooks.deadline().as_secs().to_string()),
        row(config, "hooks.on-failure", word(config.hooks.on_failure())),
        row(config, "hooks.reject", format!("[{}]", reject.join(", "))),
    ]
}

fn of_tracker(config: &Config, tracker: &Tracker) -> Vec<Effective> {
    vec![
        row(config, "tracker.kind", word(tracker.kind)),
        row(config, "tracker.url", quoted(&tracker.url)),
        row(config, "tracker.projects", list(tracker.projects.iter().map(String::as_str))),
        row(config, "tracker.timeout", tracker.timeout.to_string()),
    ]
}

/// What the path decides; the origin is that of the patterns that decided it.
fn of_file(config: &Config, path: &str, module: usize) -> Vec<Effective> {
    let by = |key: &str, value: String, decided_by: &str| Effective { key: key.to_owned(), value, origin: origin(config, decided_by) };
    let included_by = if config.project.exclude.matches(path) { "project.exclude" } else { "project.include" };
    let named = module.checked_sub(1).and_then(|at| config.modules.get(at));
    let (name, paths) = named.map_or(("root", String::new()), |named| (&named.name, format!("modules[{}].paths", module - 1)));
    let mut rows = vec![
        by("file.excluded", config.project.is_excluded(path).to_string(), included_by),
        by("file.generated", config.project.is_generated(path).to_string(), "project.generated"),
        by("file.role", quoted(config.project.role_of(path).name()), "project.tests"),
        by("file.module", quoted(name), &paths),
    ];
    for number in config.overrides_for(path) {
        rows.push(by("file.overrides", patterns(&config.overrides[number].paths), &format!("overrides[{number}]")));
    }
    rows
}

fn condition_text(condition: &Condition) -> String {
    let mut parts = vec![format!("metric = \"{}\"", condition.metric.key()), format!("on = \"{}\"", condition.on.name())];
    for (name, limit) in [("warn", condition.warn), ("fail", condition.fail)] {
        parts.extend(limit.map(|limit| format!("{name} = \"{}\"", limit)));
    }
    if condition.no_data != NoData::default() {
        parts.push(format!("no-data = {}", word(condition.no_data)));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn patterns(patterns: &Patterns) -> String {
    list(patterns.texts().iter().map(String::as_str))
}

fn list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    format!("[{}]", texts.map(quoted).collect::<Vec<_>>().join(", "))
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The word of an enum, as a TOML string.
fn word(value: impl serde::Serialize) -> String {
    toml::Value::try_from(value).map(|value| value.to_string()).unwrap_or_default()
}
