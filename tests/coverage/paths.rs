//! Where several paths of a report, its modules, its sources or the files themselves tell which file is meant, and where nothing does.
use super::*;

/// The tree, with the text of files where that matters.
type Files<'a> = &'a [(&'a str, &'a str)];

/// What becomes of a report: the lines of each file that were run, and what is said.
fn becomes(files: Files, name: &str, text: &str, surroundings: &Surroundings) -> (String, String) {
    let tree = Tree::new(files.iter().map(|(path, _)| path.to_string()).collect());
    let source =
        |path: &str| files.iter().find(|(known, _)| *known == path).map(|(_, text)| text.to_string()).filter(|text| !text.is_empty());
    let is_test = |path: &str| path.contains("test/");
    let context = Context { tree: &tree, surroundings, source: &source, is_test: &is_test };
    let coverage = merge(vec![read(text.as_bytes(), name).expect("a report")], &context);
    let run = |file: &gate::model::FileCoverage| {
        let lines = file.lines.iter().filter(|row| row.hits > 0).map(|row| row.line.to_string());
        lines.collect::<Vec<_>>().join(",")
    };
    let found = coverage
        .files
        .iter()
        .map(|(path, file)| format!("{path} {}", run(file)))
        .chain(coverage.lost.keys().map(|path| format!("{path} ?")));
    let found: Vec<String> = found.collect();
    (found.join("; "), coverage.reports[0].warnings.join("; "))
}

/// A section of LCOV in which these lines were run.
fn lcov(path: &str, lines: &[u32]) -> String {
    let rows: String = lines.iter().map(|line| format!("DA:{line},1\n")).collect();
    format!("SF:{path}\n{rows}end_of_record\n")
}

fn cobertura(source: &str, path: &str) -> String {
    format!(
        "<coverage line-rate=\"1\"><sources><source>{source}</source></sources><packages><package><classes><class filename=\"{path}\"><lines>\
        <line number=\"1\" hits=\"1\"/></lines></class></classes></package></packages></coverage>"
    )
}

/// A group of an aggregate: its name, and files of one package with the line that was run.
type Group<'a> = (&'a str, &'a str, &'a [(&'a str, u32)]);

fn aggregate(groups: &[Group]) -> String {
    let group = |(name, package, files): &Group| {
        let file = |(name, line): &(&str, u32)| format!("<sourcefile name=\"{name}\"><line nr=\"{line}\" ci=\"1\"/></sourcefile>");
        let files: String = files.iter().map(file).collect();
        format!("<group name=\"{name}\"><package name=\"{package}\">{files}</package></group>")
    };
    format!("<report name=\"all\">{}</report>", groups.iter().map(group).collect::<String>())
}

#[test]
fn what_a_report_says_of_its_origin_goes_before_the_root() {
    let both: Files = &[("main.py", ""), ("backend/main.py", ""), ("backend/only.py", "")];
    let rows = [
        ("r", "/builds/repository/backend", "main.py", "backend/main.py 1"),
        ("r", "backend", "main.py", "backend/main.py 1"),
        ("r", ".", "main.py", "main.py 1"),
        ("r", "/builds/repository", "main.py", "main.py 1"),
        // Another copy of the repository, or a folder of that name above it.
        ("r", "/elsewhere/backend", "main.py", "backend/main.py ?; main.py ?"),
        ("r", "/elsewhere/backend", "only.py", "backend/only.py 1"),
        ("backend/out/r", "/elsewhere/backend", "main.py", "backend/main.py 1"),
        ("r", "/elsewhere", "backend/main.py", "backend/main.py 1"),
    ];
    let surroundings = Surroundings { roots: vec!["/builds/repository".to_owned()], ..Surroundings::default() };
    for (name, source, path, expected) in rows {
        assert_eq!(expected, becomes(both, name, &cobertura(source, path), &surroundings).0, "{source} {path}");
    }
}

#[test]
fn files_of_several_modules_are_never_put_together() {
    let rows: [(&str, Files, String, &str); 5] = [
        (
            "a module is known by the folder that the rest of it is in",
            &[("core/x/A.java", ""), ("core/x/Util.java", ""), ("web/x/B.java", ""), ("web/x/Util.java", "")],
            aggregate(&[("acme-core", "x", &[("A.java", 1), ("Util.java", 2)]), ("acme-web", "x", &[("B.java", 1), ("Util.java", 3)])]),
            "core/x/A.java 1; core/x/Util.java 2; web/x/B.java 1; web/x/Util.java 3",
        ),
        (
            "a module of which nothing else is known",
            &[("core/x/A.java", ""), ("core/x/Util.java", ""), ("web/x/Util.java", "")],
            aggregate(&[("acme-core", "x", &[("A.java", 1), ("Util.java", 2)]), ("acme-web", "x", &[("Util.java", 3)])]),
            "core/x/A.java 1; core/x/Util.java 2; web/x/Util.java ?",
        ),
        (
            "a file that one module has and the tree has not",
            &[("core/x/Gen.java", ""), ("web/x/B.java", "")],
            aggregate(&[("core", "x", &[("Gen.java", 1)]), ("web", "x", &[("Gen.java", 2), ("B.java", 1)])]),
            "core/x/Gen.java 1; web/x/B.java 1",
        ),
        (
            "modules that are no folders, and one file",
            &[("core/x/Gen.java", "")],
            aggregate(&[("one", "x", &[("Gen.java", 1)]), ("two", "x", &[("Gen.java", 2)])]),
            "core/x/Gen.java ?",
        ),
        (
            "reports of two folders written one behind the other",
            &[("a/src/index.ts", "1\n2\n"), ("a/src/known.ts", ""), ("b/src/index.ts", "1\n2\n3\n")],
            [lcov("src/index.ts", &[1]), lcov("src/known.ts", &[1]), lcov("src/index.ts", &[3])].concat(),
            "a/src/known.ts 1; a/src/index.ts ?; b/src/index.ts ?",
        ),
    ];
    for (what, files, report, expected) in rows {
        assert_eq!(expected, becomes(files, "r", &report, &Surroundings::default()).0, "{what}");
    }
}

#[test]
fn paths_are_found_by_what_others_files_and_links_say() {
    let package = "/* x */\npackage com.acme.shop;\n";
    let rows: [(&str, Files, String, &str); 10] = [
        (
            "a prefix that others show",
            &[("src/a.ts", ""), ("lib/b.ts", ""), ("index.ts", "")],
            ["/app/src/a.ts", "/app/lib/b.ts", "/app/index.ts"].map(|path| lcov(path, &[1])).concat(),
            "index.ts 1; lib/b.ts 1; src/a.ts 1",
        ),
        (
            "a prefix that one other shows",
            &[("src/a.ts", ""), ("b.ts", "")],
            lcov("/app/src/a.ts", &[1]) + &lcov("/app/b.ts", &[1]),
            "src/a.ts 1",
        ),
        (
            "Kotlin without the folders of its package",
            &[("src/shop/Cart.kt", package), ("src/Cart.kt", "package other\n")],
            aggregate(&[("x", "com/acme/shop", &[("Cart.kt", 2)])]),
            "src/shop/Cart.kt 2",
        ),
        (
            "Kotlin in a folder with dots",
            &[("src/com.acme.shop/Cart.kt", package)],
            aggregate(&[("x", "com/acme/shop", &[("Cart.kt", 2)])]),
            "src/com.acme.shop/Cart.kt 2",
        ),
        ("a link to a file", &[("real/a.js", "")], lcov("link.js", &[1]), "real/a.js 1"),
        ("a link to a folder", &[("real/a.js", ""), ("real/b/a.js", "")], lcov("/builds/repository/linked/a.js", &[1]), "real/a.js 1"),
        ("a name with a question mark", &[("what?.js", ""), ("what", "")], lcov("what?.js", &[1]), "what?.js 1"),
        ("two names that differ in case", &[("a.js", ""), ("A.JS", "")], lcov("A.js", &[1]), "A.JS ?; a.js ?"),
        (
            "somebody else's package",
            &[("go.mod", "module ex.com/m\n"), ("log/log.go", "")],
            "mode: set\ngithub.com/x/log/log.go:1.1,2.2 1 1\n".to_owned(),
            "",
        ),
        (
            "the module's own",
            &[("go.mod", "module ex.com/m\n"), ("log/log.go", "")],
            "mode: set\nex.com/m/log/log.go:1.1,1.9 1 1\n".to_owned(),
            "log/log.go 1",
        ),
    ];
    let links = [("link.js", "real/a.js"), ("linked", "real")].map(|(link, target)| (link.to_owned(), target.to_owned())).to_vec();
    let surroundings = Surroundings { roots: vec!["/builds/repository".to_owned()], links, ..Surroundings::default() };
    for (what, files, report, expected) in rows {
        assert_eq!(expected, becomes(files, "r", &report, &surroundings).0, "{what}");
    }
}

#[test]
fn rewrites_fit_whole_names_in_any_spelling() {
    let files: Files = &[("services/web/zed.ts", ""), ("services/web/src/q.ts", ""), ("top.ts", "")];
    let rows = [
        ("/app/", "services/web/", "/app/zed.ts", "services/web/zed.ts 1"),
        ("/app", "services/web", "/app/zed.ts", "services/web/zed.ts 1"),
        ("/app/", "services/web", "/app/zed.ts", "services/web/zed.ts 1"),
        ("/app", "services/web", "/application/zed.ts", ""),
        ("/app", "", "/app/top.ts", "top.ts 1"),
        ("C:\\ws\\", "services/web/", "C:\\ws\\src\\q.ts", "services/web/src/q.ts 1"),
        ("C:/ws/", "services/web/", "C:\\ws\\src\\q.ts", "services/web/src/q.ts 1"),
        ("file:///app/", "services/web/", "file:///app/zed.ts", "services/web/zed.ts 1"),
    ];
    for (from, to, path, expected) in rows {
        let surroundings = Surroundings { rewrites: vec![(from.to_owned(), to.to_owned())], ..Surroundings::default() };
        assert_eq!(expected, becomes(files, "r", &lcov(path, &[1]), &surroundings).0, "{from} => {to}: {path}");
    }
}

#[test]
fn a_rewrite_is_proposed_where_it_helps_and_does_no_harm() {
    let moved: Files = &[("services/web/src/deep/q.ts", ""), ("services/web/zed.ts", "")];
    // The tree, rewrites, paths of the report, and what is proposed.
    type Row<'a> = (Files<'a>, &'a [(&'a str, &'a str)], &'a [&'a str], Option<&'a str>);
    let rows: [Row; 5] = [
        (moved, &[], &["C:\\ws\\src\\deep\\q.ts", "C:\\ws\\zed.ts"], Some("\"C:/ws/\" to \"services/web/\" would resolve 2 of 2")),
        (&[("web/index.ts", "")], &[], &["/app/index.ts"], Some("\"/app/\" to \"web/\" would resolve 1 of 1")),
        (&[("index.ts", "")], &[], &["/app/index.ts"], Some("\"/app/\" to \"\" would resolve 1 of 1")),
        // What has its file would lose it.
        (&[("com/x/A.java", ""), ("legacy/com/y/B.java", "")], &[], &["com/x/A.java", "com/x/B.java"], None),
        (moved, &[("/app/", "wrong/")], &["/app/zed.ts"], Some("would resolve 1 of 1, in place of \"/app/\" to \"wrong/\"")),
    ];
    for (files, rewrites, paths, expected) in rows {
        let rewrites = rewrites.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
        let report: String = paths.iter().map(|path| lcov(path, &[1])).collect();
        let (_, said) = becomes(files, "r", &report, &Surroundings { rewrites, ..Surroundings::default() });
        assert_eq!(
            expected.is_some(),
            said.contains("the rewrite") && said.contains(expected.unwrap_or("the rewrite")),
            "{paths:?}: {said}"
        );
    }
}
