//! Every rule file's examples hold: what is marked is found, nothing else is, and fixes give what they promise.
use gate::catalog;

#[test]
fn every_builtin_rule_holds_its_examples() {
    let problems: Vec<String> = catalog::builtin()
        .expect("every rule file can be read")
        .iter()
        .flat_map(|entry| gate::try_out::problems(entry).into_iter().map(move |problem| format!("{}: {problem}", entry.source)))
        .collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
