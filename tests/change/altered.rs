//! Which lines are altered in more than white space.
use super::*;

/// Lines of a program in any order, some of them laid out anew.
fn some_text(next: &mut dyn FnMut(u32) -> u32) -> Vec<String> {
    const ROWS: &[&str] = &["if (x) {", "}", "a(b, c);", "d();", "return 1;", "", "else {", "}"];
    (0..next(30)).map(|_| " ".repeat(2 * next(4) as usize) + ROWS[next(ROWS.len() as u32) as usize]).collect()
}

/// What a person might make of it: blocks within others, lines moved, spaced, put in and left out.
fn edited(text: &[String], next: &mut dyn FnMut(u32) -> u32) -> Vec<String> {
    let (mut rows, mut indent) = (Vec::new(), "");
    for row in text {
        match next(16) {
            0 => {}
            1 => rows.push(format!("{row} ")),
            2 => rows.push(row.replace(", ", ",").replace("if (", "if(")),
            3 => rows.push(format!("\t{}\r", row.trim_start())),
            4 => rows.extend([format!("{indent}x();"), format!("{indent}{row}")]),
            5 => rows.push("y();".to_owned()),
            6 => rows.extend(["}".to_owned(), row.clone()]),
            7 => {
                rows.push("while (z) {".to_owned());
                indent = "  ";
                rows.push(format!("{indent}{row}"));
            }
            8 => indent = "",
            _ => rows.push(format!("{indent}{row}")),
        }
    }
    rows
}

#[test]
fn lines_altered_in_more_than_white_space_are_those_of_git() {
    let made = Made::new(&[]);
    let mut state = 7_u64;
    let mut next = |most: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % most
    };
    let paths: Vec<String> = (0..400).map(|number| format!("f{number}.{}", ["js", "py"][number % 2])).collect();
    let mut texts: Vec<Vec<String>> = paths.iter().map(|_| some_text(&mut next)).collect();
    let ends = ["\n", ""];
    let mut told = 0;
    for _ in 0..3 {
        for (path, rows) in paths.iter().zip(&texts) {
            made.write(path, rows.join("\n") + ends[usize::from(next(5) == 0)]);
        }
        made.commit("before");
        texts = texts.iter().map(|rows| edited(rows, &mut next)).collect();
        for (path, rows) in paths.iter().zip(&texts) {
            made.write(path, rows.join("\n") + ends[usize::from(next(5) == 0)]);
        }
        made.commit("after");
        let (change, _) = made.change(&Ask::Commit("HEAD".to_owned()));
        let (repository, mut of_git) = (made.open(), std::collections::BTreeMap::new());
        for (option, pattern) in [("-w", "*.js"), ("--ignore-space-at-eol", "*.py")] {
            of_git.extend(added_by_git(&made.git(&["diff", option, "-U0", "--no-renames", "HEAD~", "HEAD", "--", pattern])));
        }
        let reader = repository.reader();
        let text = |version: &FileVersion| String::from_utf8(reader.read(version).ok()?).ok();
        for pair in change.pairs.iter().filter(|pair| pair.old.is_some() && pair.new.is_some()) {
            let found: Vec<_> = gate::analyze::altered(pair, &text).iter().map(|lines| (lines.start, lines.end)).collect();
            assert_eq!(
                of_git.get(pair.path()).cloned().unwrap_or_default(),
                found,
                "{}",
                made.git(&["diff", "HEAD~", "HEAD", "--", pair.path()])
            );
            told += found.len();
        }
    }
    assert!(told > 1000, "{told}");
}

/// By path, from `@@ -1,2 +3,4 @@`.
fn added_by_git(diff: &str) -> Vec<(String, Vec<(u32, u32)>)> {
    let mut files: Vec<(String, Vec<(u32, u32)>)> = Vec::new();
    for line in diff.lines() {
        if let Some(path) = line.strip_prefix("+++ b/") {
            files.push((path.to_owned(), Vec::new()));
        } else if let Some((_, rest)) = line.strip_prefix("@@ ").and_then(|rest| rest.split_once('+')) {
            let numbers = rest.split(' ').next().expect("numbers");
            let (start, count) = numbers.split_once(',').unwrap_or((numbers, "1"));
            let (start, count): (u32, u32) = (start.parse().expect("a number"), count.parse().expect("a number"));
            files.last_mut().expect("a file").1.extend((count > 0).then_some((start, start + count)));
        }
    }
    files
}
