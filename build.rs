//! Embeds every rule file, and compiles the one piece of C. A build script, since a macro would not see that a rule was added.
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    compile_flat()?;
    embed_rules()
}

/// With the headers that lie beside the sources of the tree-sitter that is linked.
fn compile_flat() -> Result<(), Box<dyn std::error::Error>> {
    let public = PathBuf::from(std::env::var("DEP_TREE_SITTER_INCLUDE")?);
    let own = public.with_file_name("src");
    println!("cargo::rerun-if-changed=src/parse/flat.c");
    cc::Build::new()
        .std("c11")
        .define("NDEBUG", None)
        .include(own)
        .include(public)
        .warnings(false)
        .file("src/parse/flat.c")
        .compile("gate-flat");
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
        writeln!(list, "    ({id:?}, include_str!({:?})),", file.display().to_string())?;
    }
    list.push(']');
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("rules.rs"), list)?;
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
