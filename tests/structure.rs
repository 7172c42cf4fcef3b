//! The arrows between the modules point one way.

use std::path::{Path, PathBuf};

/// Every Rust file below `folder`.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the source folder can be read") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// Whether a file names a module: as `crate::module`, or in a list behind `use crate::{`.
fn reaches(text: &str, module: &str) -> bool {
    let lists = text
        .split("use crate::{")
        .skip(1)
        .filter_map(|rest| rest.split("};").next());
    let mut words = lists.flat_map(|list| list.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':'));
    text.contains(&format!("crate::{module}"))
        || text.contains(&format!("super::super::{module}"))
        || words.any(|word| word.split("::").next() == Some(module))
}

/// Catches a module that reaches up: a simulation that knows the window, or data that know the simulation.
#[test]
fn arrows_point_one_way() {
    const ORDER: [&str; 6] = ["data", "sim", "experiment", "run", "worker", "app"];
    const WINDOW_CRATES: [&str; 5] = ["egui", "eframe", "egui_plot", "egui_tiles", "rfd"];
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut read = 0;
    for (rank, module) in ORDER.iter().enumerate() {
        for file in rust_files(&source.join(module)) {
            read += 1;
            let text = std::fs::read_to_string(&file).expect("a source file can be read");
            for above in &ORDER[rank + 1..] {
                assert!(!reaches(&text, above), "{} reaches up to `{above}`", file.display());
            }
            assert!(
                !text.contains("crate::cli"),
                "{} reaches up to the command line",
                file.display()
            );
            if *module == "app" {
                continue;
            }
            for name in WINDOW_CRATES {
                assert!(
                    !text.contains(&format!("{name}::")) && !text.contains(&format!("use {name};")),
                    "{} knows the window: `{name}`",
                    file.display()
                );
            }
        }
    }
    assert!(read >= ORDER.len(), "the source files were not found");
}
