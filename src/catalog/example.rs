//! The examples of a rule file, which are its tests: code blocks under `## Bad`, `## Good` and `## Fixed`.
use anyhow::{Context, bail, ensure};

use crate::lang::{self, Language};
use crate::model::Judges;

/// One code block, its markers taken out.
#[derive(Debug, PartialEq)]
pub struct Example {
    /// What the block's first word says: a language, `commit` for a message, anything for lines that a change adds.
    pub name: String,
    /// Nothing for what is no code.
    pub language: Option<&'static Language>,
    /// The line of the rule file on which the code begins, 1-based.
    pub line: usize,
    /// Of a rule that judges coverage with a mark before each line.
    pub code: String,
    /// 1-based lines of `code` on which a finding must begin, one entry for each.
    pub wanted: Vec<u32>,
    /// What applying the fixes must give.
    pub fixed: Option<String>,
    /// Parameters for this block alone: ```` ```java max=3 ````.
    pub params: Vec<(String, String)>,
    /// The file is taken for a test: ```` ```java test ````.
    pub is_test: bool,
    /// The message is that of a merge: ```` ```commit merge ````.
    pub is_merge: bool,
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// All examples of a rule's text, which begins below this many lines of the file. Blocks in other sections are prose.
pub(super) fn examples(text: &str, above: usize, judges: Judges) -> anyhow::Result<Vec<Example>> {
    let mut examples: Vec<Example> = Vec::new();
    let mut section = "";
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.trim();
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let code: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
        match section {
            "Bad" | "Good" => {
                let example = read(info, above + number + 2, &code, judges).with_context(|| format!("line {}", above + number + 1))?;
                if (section == "Bad") == example.wanted.is_empty() {
                    bail!(
                        "line {}: a block under ## {section} {}",
                        above + number + 1,
                        match section {
                            "Bad" => "marks what must be found with //~",
                            _ => "has no finding",
                        }
                    );
                }
                examples.push(example);
            }
            "Fixed" => {
                let last =
                    examples.iter_mut().rfind(|example| !example.wanted.is_empty()).context("## Fixed comes after a ## Bad block")?;
                last.fixed = Some(code.join("\n") + "\n");
            }
            _ => {}
        }
    }
    Ok(examples)
}

fn read(info: &str, line: usize, code: &[&str], judges: Judges) -> anyhow::Result<Example> {
    let mut words = info.split_whitespace();
    let name = words.next().context("a code block says its language")?;
    let language = lang::named(name).or_else(|| lang::for_extension(name));
    match judges {
        Judges::Files | Judges::Tree | Judges::Coverage => ensure!(language.is_some(), "no language `{name}`"),
        Judges::Commits => ensure!(name == "commit", "`{name}`: the examples of a rule that judges commits are of `commit`"),
        Judges::Added => {}
    }
    let (mut wanted, mut text) = (Vec::new(), String::new());
    let (mut params, mut is_test, mut is_merge) = (Vec::new(), false, false);
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => params.push((name.to_owned(), value.to_owned())),
            None if word == "test" => is_test = true,
            None if word == "merge" && judges == Judges::Commits => is_merge = true,
            None => bail!("`{word}`: after the language come `test` and parameters as name=value"),
        }
    }
    for (place, line) in code.iter().enumerate() {
        let (code, found) = without_marker(line, place as u32 + 1);
        text.push_str(code);
        text.push('\n');
        wanted.extend(found);
    }
    Ok(Example { name: name.to_owned(), language, line, code: text, wanted, fixed: None, params, is_test, is_merge })
}

/// A line without its marker, and the lines on which that wants findings: `//~` here, `//~^` above (once more per `^`), `//~2` two.
fn without_marker(line: &str, number: u32) -> (&str, Vec<u32>) {
    let Some((at, mark)) = ["//~", "#~"].iter().find_map(|mark| Some((line.rfind(mark)?, *mark))) else { return (line, Vec::new()) };
    let rest = line[at + mark.len()..].trim_end();
    let above = rest.bytes().take_while(|byte| *byte == b'^').count() as u32;
    let count = rest[above as usize..].trim().parse().unwrap_or(1);
    (line[..at].trim_end(), vec![number - above.min(number - 1); count])
}
