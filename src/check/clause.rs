//! One `[[match]]` block of a rule: what to look for, the conditions around it, what to report and how to fix it.
//!
//! All fields but the first are conditions that must hold together. Searches outwards stop at functions, lambdas and classes
//! unless `across` is set, for code inside runs at another time.
use std::sync::OnceLock;

use super::fill::{fill, holes};
use super::pattern::{self, Captures, Context, Pattern};
use super::wheres::{self, Where, holds};
use super::{Finder, Message};
use crate::config::suggest;
use crate::lang::{self, Language, Role};
use crate::model::Safety;
use crate::parse::{Node, Tree};

/// A block as a rule states it.
#[derive(Clone, Debug, Default)]
pub struct Clause {
    pub target: Target,
    /// Which block of its rule it is, from 0.
    pub place: usize,
    /// Rule language names; empty for all of the rule's.
    pub languages: Vec<String>,
    pub context: Option<String>,
    pub selector: Option<String>,
    /// What the patterns leave out must not be there.
    pub strict: bool,
    pub inside: Vec<String>,
    pub not_inside: Vec<String>,
    pub across: bool,
    pub has: Vec<String>,
    pub not_has: Vec<String>,
    /// `has` and `not-has` look at direct children only.
    pub direct: bool,
    /// The statement right after the match.
    pub before: Vec<String>,
    /// The statement right before the match.
    pub after: Vec<String>,
    pub wheres: Vec<(String, Where)>,
    /// Names that must mean in the match what they mean without the file.
    pub globals: Vec<String>,
    /// A hole or node without any statement in it.
    pub empty: Option<String>,
    /// Whether a comment fills an empty node.
    pub comments_count: bool,
    pub report: Option<String>,
    pub fix: Option<(String, Safety)>,
}

/// What a block looks for.
#[derive(Clone, Debug)]
pub enum Target {
    /// The pattern and its alternatives.
    Patterns(Vec<String>),
    /// A tree-sitter query.
    Query(String),
    /// A node kind of the grammar, or one of gate's words for kinds.
    Kind(String),
}

impl Default for Target {
    fn default() -> Self {
        Target::Patterns(Vec::new())
    }
}

/// A clause made ready for one language, each half when a file first needs it.
#[derive(Debug)]
pub struct Ready {
    pub clause: Clause,
    language: &'static Language,
    /// Of each alternative: the words without which it cannot match.
    words: Vec<Vec<u64>>,
    targets: OnceLock<Result<Targets, String>>,
    around: OnceLock<Result<Around, String>>,
    /// What the fix's template is as code.
    fix_role: OnceLock<Role>,
}

/// What is looked for.
#[derive(Debug)]
pub struct Targets {
    matchers: Vec<Matcher>,
    pub query: Option<tree_sitter::Query>,
    /// The kinds of nodes to be looked at; nothing when a target may be of any kind.
    pub root_kinds: Option<Vec<u16>>,
}

/// What must or must not stand around a match and in it.
#[derive(Debug)]
struct Around {
    inside: Vec<Matcher>,
    not_inside: Vec<Matcher>,
    has: Vec<Matcher>,
    not_has: Vec<Matcher>,
    before: Vec<Matcher>,
    after: Vec<Matcher>,
}

#[derive(Debug)]
enum Matcher {
    Kind(u16),
    Roles(&'static [Role]),
    Pattern(Pattern),
}

impl Matcher {
    fn matches<'t>(&'t self, node: Node<'t>, captures: &mut Captures<'t>) -> bool {
        match self {
            Matcher::Kind(kind) => node.kind() == *kind,
            Matcher::Roles(roles) => roles.contains(&node.role()),
            Matcher::Pattern(pattern) => pattern.matches(node, captures),
        }
    }
}

impl Clause {
    pub fn is_for(&self, language: &Language) -> bool {
        self.languages.is_empty() || self.languages.iter().any(|name| name == language.rule_name)
    }

    pub fn ready(&self, language: &'static Language) -> Ready {
        let words = match &self.target {
            Target::Patterns(patterns) => patterns.iter().map(|text| pattern::required_words(text, language)).collect(),
            Target::Query(_) | Target::Kind(_) => vec![Vec::new()],
        };
        Ready { clause: self.clone(), language, words, targets: OnceLock::new(), around: OnceLock::new(), fix_role: OnceLock::new() }
    }
}

impl Clause {
    /// Names that neither pattern nor query has are slips of the pen.
    fn check_names(&self, targets: &Targets, around: &Around, message: &Message) -> Result<(), String> {
        let patterns = [&targets.matchers, &around.inside, &around.has, &around.before, &around.after];
        let in_pattern =
            |name: &str| patterns.iter().copied().flatten().any(|matcher| matches!(matcher, Matcher::Pattern(it) if it.has_hole(name)));
        let in_query = |name: &str| {
            targets.query.as_ref().is_some_and(|query| query.capture_names().iter().any(|capture| capture.to_uppercase() == name))
        };
        let has = |name: &str| in_pattern(name) || in_query(name);
        let names = self.wheres.iter().map(|(name, _)| name).chain(&self.empty).chain(&self.report);
        let what = if targets.query.is_some() { "the query has no capture" } else { "no pattern of the block has a hole" };
        if let Some(name) = names.into_iter().find(|name| !has(name)) {
            return Err(format!("{what} `${name}`"));
        }
        let in_fix = self.fix.iter().flat_map(|(template, _)| holes(template)).map(|name| (name, format!("`fix` writes `${name}`")));
        let in_message = message.places().map(|name| (name, format!("`message` has `{{{{{name}}}}}`")));
        match in_fix.chain(in_message).find(|(name, _)| !has(name)) {
            Some((name, said)) => Err(format!("{said}, and {what} `${name}`")),
            None => Ok(()),
        }
    }
}

/// A pattern to be looked for, which must say more than a hole.
fn target(text: &str, language: &'static Language, context: &Context) -> Result<Pattern, String> {
    let pattern = pattern::compile(text, language, context)?;
    match pattern.root_kinds() {
        Some(_) => Ok(pattern),
        None => Err(format!("`{text}` is a hole and nothing else: everything would match")),
    }
}

/// What a fix is as code; a template that is no code by itself needs no parentheses.
fn role_of(template: &str, language: &'static Language) -> Role {
    pattern::compile(template, language, &Context::default()).map_or(Role::Nothing, |pattern| pattern.role)
}

impl Ready {
    pub fn is_query(&self) -> bool {
        matches!(self.clause.target, Target::Query(_))
    }

    /// Whether the words it needs may be in the file.
    pub fn may_match(&self, tree: &Tree) -> bool {
        self.words.iter().any(|words| words.iter().all(|word| tree.words.may_have(*word)))
    }

    /// What is looked for in this language's terms; the error names what does not parse.
    pub fn targets(&self) -> &Result<Targets, String> {
        self.targets.get_or_init(|| self.find_targets())
    }

    fn around(&self) -> &Result<Around, String> {
        self.around.get_or_init(|| self.find_around())
    }

    /// What is wrong with the clause of a rule with this message.
    pub fn error(&self, message: &Message) -> Option<String> {
        let checked = || -> Result<(), String> {
            self.clause.wheres.iter().try_for_each(|(_, wanted)| wheres::check_kinds(wanted))?;
            self.clause.check_names(self.targets().as_ref()?, self.around().as_ref()?, message)?;
            Ok(())
        };
        checked().err()
    }

    fn find_targets(&self) -> Result<Targets, String> {
        let clause = &self.clause;
        let (mut matchers, mut query) = (Vec::new(), None);
        match &clause.target {
            Target::Patterns(patterns) => {
                let context = Context { around: clause.context.as_deref(), selector: clause.selector.as_deref(), strict: clause.strict };
                for text in patterns {
                    matchers.push(Matcher::Pattern(target(text, self.language, &context)?));
                }
            }
            Target::Kind(name) => matchers.push(self.kind(name)?),
            Target::Query(text) => {
                let read = tree_sitter::Query::new(self.language.grammar().tree_sitter(), text);
                query = Some(read.map_err(|error| format!("query: {error}"))?);
            }
        }
        let root_kinds = root_kinds(&matchers, self.language);
        Ok(Targets { matchers, query, root_kinds })
    }

    fn find_around(&self) -> Result<Around, String> {
        let all = |texts: &[String]| texts.iter().map(|text| self.matcher(text)).collect::<Result<Vec<_>, _>>();
        let clause = &self.clause;
        Ok(Around {
            inside: all(&clause.inside)?,
            not_inside: all(&clause.not_inside)?,
            has: all(&clause.has)?,
            not_has: all(&clause.not_has)?,
            before: all(&clause.before)?,
            after: all(&clause.after)?,
        })
    }

    /// A single lower-case word is a kind, all else a pattern.
    fn matcher(&self, text: &str) -> Result<Matcher, String> {
        if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-') {
            return self.kind(text);
        }
        Ok(Matcher::Pattern(pattern::compile(text, self.language, &Context::default())?))
    }

    fn kind(&self, name: &str) -> Result<Matcher, String> {
        match (lang::roles_named(name), self.language.grammar().kind(name)) {
            (Some(roles), _) => Ok(Matcher::Roles(roles)),
            (None, Some(kind)) => Ok(Matcher::Kind(kind)),
            (None, None) => {
                let grammar = self.language.grammar();
                let kinds: Vec<&str> =
                    (0..grammar.kind_count() as u16).map(|kind| grammar.kind_name(kind)).chain(lang::role_words()).collect();
                let near = suggest(name, kinds).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                Err(format!("{} has no kind `{name}`{near}", self.language.name))
            }
        }
    }
}

/// The kinds that the targets may be of.
fn root_kinds(targets: &[Matcher], language: &'static Language) -> Option<Vec<u16>> {
    let grammar = language.grammar();
    let mut kinds = Vec::new();
    for target in targets {
        match target {
            Matcher::Kind(kind) => kinds.push(*kind),
            Matcher::Roles(roles) => kinds.extend((0..grammar.kind_count() as u16).filter(|kind| roles.contains(&grammar.role(*kind)))),
            Matcher::Pattern(pattern) => kinds.extend(pattern.root_kinds()?),
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    Some(kinds)
}

impl Ready {
    /// Looks at one node and reports it if everything holds.
    /// `captures` are only kept from node to node for their memory.
    pub fn look<'t>(&'t self, node: Node<'t>, captures: &mut Captures<'t>, finder: &mut Finder<'_, 't>) {
        let Ok(targets) = self.targets() else { return };
        for target in &targets.matchers {
            captures.clear();
            if target.matches(node, captures) && self.holds(node, captures, finder) {
                self.report(node, captures, finder);
                return;
            }
        }
    }

    /// Reports a match where the clause says, with its fix.
    pub fn report<'t>(&self, node: Node<'t>, captures: &Captures<'t>, finder: &mut Finder<'_, 't>) {
        let clause = &self.clause;
        let at = clause.report.as_deref().and_then(|name| captures.get(name)).unwrap_or(node);
        let draft = finder.report(at, &captures.values());
        if let Some((template, safety)) = &clause.fix
            && !captures.has_more
            && comments_survive(node, captures)
        {
            let role = *self.fix_role.get_or_init(|| role_of(template, self.language));
            draft.edit(*safety, node.start(), node.end(), fill(template, role, node, captures));
        }
    }

    /// Whether the conditions around a match hold.
    pub fn holds<'t>(&'t self, node: Node<'t>, captures: &mut Captures<'t>, finder: &Finder<'_, 't>) -> bool {
        let (clause, Ok(wanted)) = (&self.clause, self.around()) else { return false };
        let around = |matcher: &'t Matcher, captures: &mut Captures<'t>| {
            node.ancestors().take_while(|outer| clause.across || !is_edge(*outer, matcher)).any(|outer| matcher.matches(outer, captures))
        };
        let below = |matcher: &'t Matcher, captures: &mut Captures<'t>| match clause.direct {
            true => node.children().any(|child| matcher.matches(child, captures)),
            false => node.descendants().any(|inner| matcher.matches(inner, captures)),
        };
        let beside = |matcher: &'t Matcher, sibling: Option<Node<'t>>, captures: &mut Captures<'t>| {
            sibling.is_some_and(|sibling| matcher.matches(sibling, captures))
        };
        wanted.inside.iter().all(|matcher| around(matcher, captures))
            && !wanted.not_inside.iter().any(|matcher| around(matcher, &mut captures.clone()))
            && wanted.has.iter().all(|matcher| below(matcher, captures))
            && !wanted.not_has.iter().any(|matcher| below(matcher, &mut captures.clone()))
            && wanted.before.iter().all(|matcher| beside(matcher, statement(node).next_sibling(), captures))
            && wanted.after.iter().all(|matcher| beside(matcher, statement(node).previous_sibling(), captures))
            && (clause.globals.is_empty() || !names(node).any(|name| is_declared(name, &clause.globals, finder)))
            && clause.empty.as_deref().is_none_or(|name| is_empty(captures.get(name).unwrap_or(node), clause.comments_count))
            && clause.wheres.iter().all(|(name, it)| captures.get(name).is_none_or(|node| holds(it, node, finder.file)))
    }
}

fn names<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    [node].into_iter().chain(node.descendants()).filter(|part| part.is(Role::Identifier))
}

/// Whether a name is one of these and something in the file declares it.
fn is_declared(name: Node, of: &[String], finder: &Finder) -> bool {
    let scopes = finder.file.scopes();
    let declares = || scopes.reference_at(name).is_some_and(|found| scopes.symbol(found.symbol).is_some());
    of.iter().any(|global| global == name.text()) && declares()
}

/// Whether a search outwards for this matcher ends before this node: a boundary that is not itself what is looked for.
fn is_edge<'t>(outer: Node<'t>, matcher: &'t Matcher) -> bool {
    outer.role().is_boundary() && !matcher.matches(outer, &mut Captures::default())
}

/// The statement that a match is, or is the whole expression of.
fn statement(node: Node) -> Node {
    match node.parent() {
        Some(parent) if parent.is(Role::ExpressionStatement) => parent,
        _ => node,
    }
}

fn is_empty(node: Node, comments_count: bool) -> bool {
    node.first_child().is_none() && (!comments_count || node.comments().is_empty())
}

/// A fix must not lose a comment: each must lie in something that the fix takes over.
fn comments_survive(node: Node, captures: &Captures) -> bool {
    node.comments().iter().all(|comment| captures.cover(comment.start, comment.end))
}
