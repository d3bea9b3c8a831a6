//! Embeds every rule file and a fingerprint of all that gate is made from, and compiles what is C. A build script, since a
//! macro would not see that a file was added.
//!
//! The headers are embedded as JSON: reading them as the TOML that they are would be half of what judging a small change takes.
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    compile_native()?;
    embed_rules()
}

/// With the headers that lie beside the sources of the tree-sitter that is linked.
fn compile_native() -> Result<(), Box<dyn std::error::Error>> {
    let public = PathBuf::from(std::env::var("DEP_TREE_SITTER_INCLUDE")?);
    let own = public.with_file_name("src");
    println!("cargo::rerun-if-changed=src/parse/flat.c");
    println!("cargo::rerun-if-changed=src/lang/dense.c");
    println!("cargo::rerun-if-changed=src/lang/lex.c");
    cc::Build::new()
        .std("c11")
        .define("NDEBUG", None)
        .include(own)
        .include(public)
        .warnings(false)
        .force_frame_pointer(false)
        .files(["src/parse/flat.c", "src/lang/dense.c", "src/lang/lex.c"])
        .compile("gate-native");
    Ok(())
}

fn embed_rules() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("rules");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    find_rules(&root, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let id = file.strip_prefix(&root)?.with_extension("");
        let id = id.to_str().ok_or("a rule's path is not UTF-8")?.replace('\\', "/");
        let rule = std::fs::read_to_string(&file)?.replace("\r\n", "\n");
        let parts = rule.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
        let (header, text) = parts.ok_or_else(|| format!("{}: a rule file begins with a header between +++", file.display()))?;
        let above = header.lines().count() + 2;
        let header: toml::Table = toml::from_str(header).map_err(|error| format!("{}: {error}", file.display()))?;
        let header = serde_json::to_string(&header)?;
        writeln!(list, "    RuleFile {{ path: {id:?}, header: {header:?}, text: {text:?}, above: {above} }},")?;
    }
    list.push(']');
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("rules.rs"), list)?;
    let package = root.join("..");
    println!("cargo::rustc-env=GATE_FINGERPRINT={:016x}", fingerprint(&package)?);
    Ok(())
}

/// What another gate found out is not what this one would: any change of its sources makes it another.
fn fingerprint(package: &Path) -> std::io::Result<u64> {
    let mut files = vec![package.join("Cargo.lock")];
    find_sources(&package.join("src"), &mut files)?;
    files.sort();
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        // The end of a file is no byte.
        let bytes = std::fs::read(file)?.into_iter().map(u64::from).chain([256]);
        state = bytes.fold(state, |state, byte| (state ^ byte).wrapping_mul(0x0100_0000_01b3));
    }
    Ok(state)
}

fn find_sources(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { find_sources(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn find_rules(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            find_rules(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}
