//! Docs that cannot drift: pages made from the tables and files they are about, and hand-written pages whose examples run. With
//! `UPDATE_DOCS=1` in the environment the made pages, and the picture of output in the README, are written anew.
mod made;

use std::fmt::Write;
use std::process::Command;

use gate::catalog::{self, Entry};
use gate::config::Config;
use gate::model::{Direction, Effort, Form, Judges, Metric, UnitMetric, in_hours};
use serde_json::Value as Json;

use made::{equals_file, path_of, text_of};

/// A page that says where it comes from.
fn page(title: &str, about: &str) -> String {
    format!("<!-- Made by tests/docs.rs; UPDATE_DOCS=1 cargo test --test docs writes it anew. -->\n\n# {title}\n\n{about}\n")
}

fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "));
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(heads.len()));
    std::iter::once(line(&heads)).chain(std::iter::once(rule)).chain(rows.map(|row| line(&row))).collect()
}

fn code(word: impl AsRef<str>) -> String {
    format!("`{}`", word.as_ref())
}

#[test]
fn the_rules_are_listed() {
    let about = "`gate explain RULE` shows a rule with its reason, parameters and examples; so does its file, which each name links to.\n\
        Profiles hold each other: `strict` has all of `recommended`, `all` has every rule. [gate.toml](gate-toml.md) sets them,\n\
        and [a rule of your own](writing-rules.md) takes ten minutes.";
    let mut text = page("Rules", about);
    let entries = catalog::builtin().expect("the rules");
    let mut groups: Vec<&str> = entries.iter().map(|entry| entry.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let rows = entries.iter().filter(|entry| entry.group == group).map(rule);
        let heads = ["rule", "what", "kind", "severity", "profile", "languages", "effort", "known as"];
        write!(text, "\n## {}\n\n{}", capital(group), table(&heads, rows)).expect("text");
    }
    text.push_str("\n## The rule file\n\nThe fields of a rule file's header.");
    for (name, fields) in catalog::TABLES {
        let rows = fields.iter().map(|(field, about)| vec![code(field), (*about).to_owned()]);
        write!(text, "\n\n### {name}\n\n{}", table(&["field", "meaning"], rows).trim_end()).expect("text");
    }
    let words: Vec<String> = gate::lang::role_words().map(code).collect();
    let words = wrapped(&words.join(", "));
    write!(text, "\n\n### Words for kinds\n\nThey mean the same in every language; `gate tree FILE` shows the grammar's own.\n\n{words}\n")
        .expect("text");
    equals_file("docs/rules.md", &text);
}

fn rule(entry: &Entry) -> Vec<String> {
    let header = &entry.header;
    let languages = match header.judges {
        Judges::Files if header.languages.is_empty() => "any".to_owned(),
        Judges::Files | Judges::Tree => header.languages.join(", "),
        Judges::Added => "lines of a change".to_owned(),
        Judges::Coverage => "tested lines of a change".to_owned(),
        Judges::Commits => "commit messages".to_owned(),
    };
    let known = header.equivalents.iter().map(|(tool, codes)| format!("{tool} {}", codes.iter().map(code).collect::<Vec<_>>().join(", ")));
    vec![
        format!("[{}](../rules/{}/{}.md)", entry.id, entry.group, entry.id),
        header.title.clone(),
        header.kind.name().to_owned(),
        header.severity.name().to_owned(),
        header.profile.name().to_owned(),
        languages,
        effort(header.effort.0),
        known.collect::<Vec<_>>().join("; "),
    ]
}

fn effort(effort: Effort) -> String {
    let per = if effort.per > 0 { format!(" + {} per point", in_hours(effort.per.into())) } else { String::new() };
    format!("{}{per}", in_hours(effort.base.into()))
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if lines.last().is_some_and(|line| line.len() + word.len() > 130) {
            lines.push(String::new());
        }
        let line = lines.last_mut().expect("a line");
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    lines.join("\n")
}

#[test]
fn the_metrics_are_listed() {
    let about = "Conditions in [gate.toml](gate-toml.md) are about these. A condition takes SonarQube's key as well, and with `new_` in front\n\
        a metric is of new code. A percentage or rating without data (no coverage report, no line of code) is decided by `no-data`.";
    let mut text = page("Metrics", about);
    let rows = Metric::ALL.iter().map(|row| {
        let form = match row.form {
            Form::Count => "count",
            Form::Minutes => "minutes",
            Form::Percent => "per cent",
            Form::Rating => "A to E",
        };
        let worse = match row.worse {
            Direction::Up => "rising",
            Direction::Down => "falling",
            Direction::None => "",
        };
        let aliases = row.aliases.iter().map(code).collect::<Vec<_>>().join(", ");
        vec![code(row.key), row.about.to_owned(), form.to_owned(), worse.to_owned(), aliases]
    });
    text.push_str("\n## Of the project and its modules\n\n");
    text.push_str(&table(&["metric", "what it counts", "in", "worse when", "SonarQube's keys"], rows));
    text.push_str("\n## Of files, classes and functions\n\nThreshold rules are about these, and `--format metrics` lists them.\n\n");
    let rows = UnitMetric::ALL.iter().map(|(_, key, _, about)| vec![code(key), (*about).to_owned()]);
    text.push_str(&table(&["metric", "what it counts"], rows));
    equals_file("docs/metrics.md", &text);
}

#[test]
fn the_commands_are_documented() {
    let mut text = page("Commands", "What `--help` says of each. Reports go to stdout, all else to stderr.");
    let mut command = gate::cli::command().term_width(100);
    command.build();
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).filter(|name| name != "help").collect();
    let mut add = |name: &str, help: String| {
        let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        write!(text, "\n## {name}\n\n```text\n{help}```\n").expect("text");
    };
    add("gate", command.render_help().to_string());
    for name in names {
        let sub = command.find_subcommand_mut(&name).expect("listed");
        add(&format!("gate {name}"), sub.render_long_help().to_string());
    }
    equals_file("docs/cli.md", &text);
}

#[test]
fn the_formats_are_documented() {
    let about = "`gate check --format NAME` writes the report to stdout, `--output NAME=FILE` to a file; several may be asked for at once.\n\
        Text for stdout is cut to about a screenful unless `-v` is given. The other formats are complete. The same tree gives the\n\
        same bytes for any number of threads, but for the elapsed time that text tells.";
    let mut text = page("Formats", about);
    let rows = gate::output::ALL.iter().map(|output| vec![code(output.name), output.about.to_owned()]);
    write!(text, "\n{}", table(&["format", "what it is for"], rows)).expect("text");
    let schema: Json = serde_json::from_str(&text_of("docs/report.schema.json")).expect("JSON");
    let about = schema["description"].as_str().unwrap_or_default();
    write!(text, "\n## The keys of `json`\n\n{about}\n[The schema](report.schema.json) says it to programs.\n\n").expect("text");
    let mut rows = Vec::new();
    keys(&schema, &schema, "", &mut rows);
    text.push_str(&table(&["key", "type", "meaning"], rows.into_iter()));
    equals_file("docs/formats.md", &text);
}

/// The keys of an object's schema and of the objects in it, by path.
fn keys(schema: &Json, of: &Json, path: &str, rows: &mut Vec<Vec<String>>) {
    for (name, property) in of["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}{name}");
        let inner = resolved(schema, property);
        let (inner, path) = if inner["type"] == "array" { (resolved(schema, &inner["items"]), format!("{path}[]")) } else { (inner, path) };
        let about = property["description"].as_str().or(inner["description"].as_str()).unwrap_or_default();
        let or_null = property["oneOf"].as_array().is_some_and(|all| all.iter().any(|one| one["type"] == "null"));
        let kind = format!("{}{}", type_of(inner), if or_null { " or null" } else { "" });
        rows.push(vec![code(&path), kind, about.to_owned()]);
        keys(schema, inner, &format!("{path}."), rows);
    }
}

/// What a reference, or the object of an alternative with null, stands for.
fn resolved<'s>(schema: &'s Json, property: &'s Json) -> &'s Json {
    if let Some(reference) = property["$ref"].as_str().and_then(|text| text.strip_prefix('#')) {
        return schema.pointer(reference).expect("a reference to what is there");
    }
    let referring = property["oneOf"].as_array().into_iter().flatten().find(|one| one["$ref"].is_string());
    referring.map_or(property, |one| resolved(schema, one))
}

fn type_of(property: &Json) -> String {
    if let Some(words) = property["enum"].as_array() {
        return words.iter().filter_map(Json::as_str).map(code).collect::<Vec<_>>().join(", ");
    }
    if let Some(value) = property.get("const") {
        return code(value.to_string());
    }
    match &property["type"] {
        Json::Array(types) => types.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" or "),
        kind => kind.as_str().unwrap_or_default().to_owned(),
    }
}

/// The pages people write.
const WRITTEN: &[&str] = &["README.md", "docs/gate-toml.md", "docs/gerrit.md", "docs/writing-rules.md"];

/// The code blocks with this info string.
fn blocks(text: &str, info: &str) -> Vec<String> {
    let fence = |line: &str| line.starts_with("```") || line.starts_with("~~~");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !fence(line) {
            continue;
        }
        let (mark, end) = (line[3..].trim().trim_start_matches('`'), &line[..line.len() - line.trim_start_matches(['`', '~']).len()]);
        let code: String = lines.by_ref().take_while(|line| line.trim_end() != end).map(|line| format!("{line}\n")).collect();
        if mark == info {
            blocks.push(code);
        }
    }
    blocks
}

#[test]
fn every_gate_toml_in_the_docs_is_right() {
    for file in WRITTEN {
        for (number, text) in blocks(&text_of(file), "toml").iter().enumerate() {
            let config = Config::parse(text, &format!("{file}, block {}", number + 1)).unwrap_or_else(|error| panic!("{error}"));
            // Folders of rules are the reader's; all else must be known.
            if config.rules.paths.is_empty() {
                let catalog = catalog::Catalog::load(&config).unwrap_or_else(|error| panic!("{file}: {error:#}"));
                let overrides: Vec<usize> = (0..config.overrides.len()).collect();
                catalog.rules(&config, &overrides).unwrap_or_else(|error| panic!("{file}: {error:#}"));
            }
        }
    }
}

#[test]
fn every_rule_in_the_docs_holds_its_examples() {
    for file in WRITTEN {
        for text in blocks(&text_of(file), "markdown") {
            let entry = catalog::read("example", "own", &text, file).unwrap_or_else(|error| panic!("{error:#}"));
            assert_eq!(gate::try_out::problems(&entry), Vec::<String>::new(), "{file}");
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let made = ["docs/rules.md", "docs/metrics.md", "docs/cli.md", "docs/formats.md"];
    for file in WRITTEN.iter().chain(&made) {
        let text = text_of(file);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://")) {
            let target = link.split('#').next().unwrap_or_default();
            let there = path_of(file).parent().expect("a folder").join(target);
            assert!(there.exists(), "{file} links to {link}");
        }
    }
}

/// The picture in the README is what the binary prints of the sample shop.
#[test]
fn the_readme_shows_true_output() {
    const BEGIN: &str = "<!-- output of the sample shop -->\n```text\n";
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in ["gate.toml", "src/Cart.java", "web/checkout.ts"] {
        let to = folder.path().join(file);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(path_of("fixtures/cli/tree/shop").join(file), to).expect("a copy");
    }
    let mut gate = Command::new(env!("CARGO_BIN_EXE_gate"));
    let output = gate.current_dir(folder.path()).args(["check", "--all"]).env("NO_COLOR", "1").output().expect("the binary runs");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let (before, rest) = printed.split_once(" lines of code in ").expect("a summary");
    let (_, after) = rest.split_once(" s: ").expect("a time");
    let picture = format!("$ gate check --all\n{before} lines of code in 0.01 s: {after}");

    let readme = text_of("README.md");
    let (head, rest) = readme.split_once(BEGIN).expect("a place for the picture");
    let (_, tail) = rest.split_once("```\n").expect("an end of the picture");
    equals_file("README.md", &format!("{head}{BEGIN}{picture}```\n{tail}"));
}
