//! What each field of a rule file's header means, for the docs. A test holds the tables to the structs that read the header.

/// Name and meaning.
pub type Field = (&'static str, &'static str);

/// The tables of the header, with the name each is known by and its fields.
pub const TABLES: &[(&str, &[Field])] =
    &[("The header", HEADER), ("`[params.NAME]`", PARAM), ("`[[match]]`", MATCH), ("`where = { NAME = { … } }`", WHERE)];

const HEADER: &[Field] = &[
    ("title", "What is wrong, in one line."),
    ("kind", "`bug`, `vulnerability`, `smell` or `hotspot`."),
    ("severity", "`blocker`, `critical`, `major`, `minor` or `info`."),
    ("effort", "Minutes to put a finding right; `{ base = 5, per = 1 }` adds some for each point over a limit."),
    ("profile", "The smallest profile it is in: `recommended`, `strict` or `all`. Each holds the ones before it."),
    ("tags", "Words to find it by."),
    ("languages", "`java`, `javascript` (JSX too), `typescript` (TSX too). Any file if absent."),
    (
        "judges",
        "What it looks at: `files` (if absent), each by itself; the whole `tree`; the lines a change `added`, as git sees them; their `coverage`; or the messages of its `commits`.",
    ),
    ("scope", "Which files it looks at: `all` (if absent), `main` or `test`."),
    ("message", "What is said at the finding. `{{NAME}}` is what the hole `$NAME` stands for, `{{text}}` what a `regex` found."),
    ("equivalents", "What other tools call it: `{ eslint = [\"no-empty\"] }`. Their suppressions then silence it too."),
    ("cwe", "Numbers in the Common Weakness Enumeration."),
    ("params", "Parameters that `gate.toml` can set, one table for each."),
    ("match", "What to look for, in one or more `[[match]]` blocks; any of them may find something."),
];

const PARAM: &[Field] = &[
    ("default", "Its value and thereby its type: an integer, a boolean, a string or a list of strings. `{{NAME}}` puts it into a `regex`."),
    ("about", "What it is for, in one line."),
];

const MATCH: &[Field] = &[
    (
        "pattern",
        "Code with holes: `$X` is any one part, `$$$XS` any number of parts, `$_` one without a name; a name that comes twice is the same code twice.",
    ),
    ("query", "A tree-sitter query, for what a pattern cannot say. Its first capture is reported."),
    ("kind", "A kind of node, by the grammar's name (`gate tree FILE`) or by one of the words below."),
    ("regex", "A regular expression, over what `within` says. A group named `at` is what is reported."),
    ("metric", "A metric of the units named by `of`; found is what is above the parameter `max`."),
    ("check", "A check that is part of gate, by its name."),
    ("also", "Patterns that do as well as `pattern`."),
    ("languages", "Only in these of the rule's languages."),
    ("context", "Code with `$$$` where the pattern stands, for one that does not parse by itself."),
    ("selector", "The kind of node that is meant, when several have the pattern's text."),
    ("strict", "Whether what the pattern leaves out (modifiers, type arguments, `?.` …) must not be there."),
    ("inside", "Patterns or kinds; something around the match must be each. The search ends at functions and classes."),
    ("not-inside", "Patterns or kinds that nothing around the match may be."),
    ("across", "Whether the search outwards goes on beyond functions and classes."),
    ("has", "Patterns or kinds; something in the match must be each."),
    ("not-has", "Patterns or kinds that nothing in the match may be."),
    ("depth", "How deep `has` and `not-has` look: `any` (if absent) or `child`."),
    ("before", "Patterns or kinds of the statement right after the match, which stands before it."),
    ("after", "Patterns or kinds of the statement right before the match, which stands after it."),
    ("where", "Conditions on what the holes stand for, by the hole's name."),
    ("globals", "Names that the pattern spells out and the file must not declare: `[\"Math\"]`."),
    ("empty", "The hole whose code must hold nothing."),
    ("comments", "Whether a comment fills what is `empty`: `count` (if absent) or `ignore`."),
    ("report", "The hole to report instead of the whole match."),
    ("fix", "What to write instead of the match, with its holes filled in; with `regex`, `$1` or `${name}` for groups."),
    ("applicability", "`safe` for a fix that never changes what the code does, `suggest` (if absent) for others."),
    ("within", "With `regex`: each `line` (if absent), `comment` or `string`."),
    ("unless", "With `regex` or `metric`: a regular expression; the line, comment, string or unit's head that it matches is left alone."),
    ("of", "With `metric`: `function` (if absent), `class` or `file`."),
];

const WHERE: &[Field] = &[
    ("regex", "Its text matches; of a string, what is between the quotes."),
    ("not-regex", "Its text does not match."),
    ("text", "Its text is one of these."),
    ("not-text", "Its text is none of these."),
    ("kind", "It is of one of these kinds."),
    ("not-kind", "It is of none of these kinds."),
    ("type", "It is a variable declared in the file with one of these types, type arguments left out."),
    ("type-if-known", "As `type`, but what the file does not tell the type of will do."),
    ("global", "Whether it is a name that the file does not declare."),
    ("pure", "Whether reading it twice is the same as once: no call, creation, assignment, increment or await in it."),
    ("constant", "Whether it is made of literals and constants only."),
];
