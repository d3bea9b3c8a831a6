#![no_main]
//! Lines: those before an empty one are files of a tree, the others are what a report calls its files.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (tree, paths) = text.split_once("\n\n").unwrap_or((text, "a"));
    let tree: Vec<String> = tree.lines().filter(|path| !path.is_empty()).map(str::to_owned).collect();
    let report: String = paths.lines().map(|path| format!("SF:{path}\nDA:1,1\nend_of_record\n")).collect();
    if let Ok(report) = gate::coverage::read(report.as_bytes(), "packages/a/lcov.info") {
        let coverage = gate_fuzz::against(tree.clone(), vec![report]);
        assert!(coverage.files.iter().all(|(path, _)| tree.contains(path)));
        assert!(coverage.files.is_sorted_by(|(one, _), (next, _)| one < next));
    }
});
