//! Clones where it is asked for some things only: conditions, paths, one finding.
use super::*;

/// What a run on the last commit came to, with its clone findings as `path:line`.
fn clones(made: &Made, args: &[&str]) -> (Vec<String>, Option<i32>) {
    let (found, code) = judged(made, &[&["--commit", "HEAD"], args].concat());
    let place = |row: &String| row.strip_prefix("new duplicated-code ").map(str::to_owned);
    (found.iter().filter_map(place).collect(), code)
}

/// A class, and a copy that the last commit adds.
fn with_copy(gate_toml: &str) -> Made {
    let made = Made::new(&[]);
    made.write("gate.toml", gate_toml).write("a/A.java", copied("A", "one")).commit("Add a class");
    made.write("b/B.java", copied("B", "one")).write("c/C.java", copied("C", "other")).commit("Add others");
    made
}

fn condition(metric: &str, on: &str) -> String {
    format!("[[gate.conditions]]\nmetric = \"{metric}\"\non = \"{on}\"\nfail = \"> 0\"\n")
}

#[test]
fn conditions_that_count_smells_count_clones() {
    let found = vec!["b/B.java:3".to_owned()];
    for (metric, on) in [("code_smells", "new"), ("debt", "new"), ("findings", "delta"), ("major_issues", "new"), ("debt", "delta")] {
        let made = with_copy(&condition(metric, on));
        let both = [clones(&made, &[]), clones(&made, &["--only", "duplication"])];
        assert_eq!(both, [(found.clone(), Some(1)), (found.clone(), Some(1))], "{metric} on {on}");
        assert_eq!(clones(&made, &["--only", "code"]), (vec![], Some(0)), "{metric} on {on}");
    }
    let rows = [("bugs", ""), ("blocker_issues", ""), ("code_smells", "[rules]\nduplicated-code = \"off\"\n")];
    for (metric, more) in rows.into_iter().chain([("code_smells", "[duplication]\nenabled = false\n")]) {
        assert_eq!(clones(&with_copy(&(condition(metric, "new") + more)), &[]), (vec![], Some(0)), "{metric} {more}");
    }
    let severe = "[[overrides]]\npaths = [\"b/**\"]\nrules = { duplicated-code = \"blocker\" }\n";
    assert_eq!(clones(&with_copy(&(condition("blocker_issues", "new") + severe)), &[]), (found, Some(1)));
}

#[test]
fn paths_of_a_change_are_compared_with_the_whole_tree() {
    let found = || (vec!["b/B.java:3".to_owned()], Some(1));
    for other in ["", &condition("bugs", "overall"), &condition("duplicated_lines_density", "delta")] {
        let made = with_copy(&(condition("duplicated_lines", "new") + other));
        assert_eq!([clones(&made, &["b"]), clones(&made, &["a", "c"])], [found(), (vec![], Some(0))], "{other}");
        // Files that it changes elsewhere are compared as they are now.
        made.write("c/C.java", copied("C", "new")).write("b/D.java", copied("D", "new")).write("b/E.java", copied("E", "other"));
        made.commit("Change others");
        assert_eq!(clones(&made, &["b"]), (vec!["b/D.java:3".to_owned()], Some(1)), "{other}");
    }
}

#[test]
fn a_clone_across_files_is_accepted_by_its_place() {
    let made = with_copy(&condition("duplicated_lines", "new"));
    let args = ["accept", "b/B.java:3", "--reason", "on purpose", "--author", "Ada"];
    let output = gate(made.root(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let kept = std::fs::read_to_string(made.root().join(".gate/decisions.jsonl")).expect("decisions");
    assert!(kept.contains("b/B.java") && !kept.contains("count"), "{kept}");
    assert_eq!(judged(&made, &["--all"]).0, ["existing duplicated-code a/A.java:3", "accepted duplicated-code b/B.java:3"]);
}

#[test]
fn what_git_takes_for_a_copy_is_one() {
    let made = with_copy(&condition("duplicated_lines_density", "new"));
    made.git(&["config", "diff.renames", "copies"]);
    made.write("a/A.java", copied("A", "one") + "// more\n").write("d/D.java", copied("A", "one")).commit("Copy a class");
    assert_eq!(clones(&made, &[]), (vec!["d/D.java:1".to_owned()], Some(1)));
}
