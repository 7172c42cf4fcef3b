//! The command line, through the real program.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, too")]

mod experiment;
mod export;
mod folders;
mod record;
mod render;
mod report;
mod run;
mod search;
mod sleep;
mod weights;
mod wrong;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use ndarray_npy::{NpzReader, WritableElement, write_npy};
use safetensors::{Dtype, SafeTensors};
use tempfile::TempDir;

/// A folder of its own for a test, and the program run in it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a temporary folder"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("a file can be written");
    }

    fn write_npy<T: WritableElement, D: ndarray::Dimension>(&self, name: &str, array: &ndarray::Array<T, D>) {
        write_npy(self.path(name), array).expect("an array can be written");
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file can be read")
    }

    /// The program in this folder, blind for what else is on the machine.
    fn somnoscope(&self, args: &[&str]) -> Command {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("somnoscope");
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path().join("home"))
            .env("XDG_DATA_HOME", self.folder.path().join("home/data"))
            .env_remove("SOMNOSCOPE_DATA")
            .env_remove("RUST_LOG");
        command
    }

    /// Runs the program, which must do what it is told; returns what it says.
    fn does(&self, args: &[&str]) -> String {
        let done = self.somnoscope(args).assert().success();
        String::from_utf8(done.get_output().stdout.clone()).expect("text")
    }

    /// Every file below the folder and its content.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in std::fs::read_dir(folder).expect("a readable folder") {
                let path = entry.expect("a readable entry").path();
                if path.is_dir() {
                    files.insert(path.clone(), Vec::new());
                    collect(&path, files);
                } else {
                    files.insert(path.clone(), std::fs::read(&path).expect("a readable file"));
                }
            }
        }
        let mut files = BTreeMap::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

/// An array of any type as numbers.
#[derive(Debug, PartialEq)]
struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// Every array of a file that the program wrote, NPZ or safetensors.
fn arrays(path: &Path) -> BTreeMap<String, Array> {
    if path.extension().is_some_and(|ending| ending == "npz") {
        arrays_of_npz(path)
    } else {
        arrays_of_safetensors(path)
    }
}

fn arrays_of_npz(path: &Path) -> BTreeMap<String, Array> {
    use ndarray::{IxDyn, OwnedRepr};
    let mut file = NpzReader::new(std::fs::File::open(path).expect("a file")).expect("an NPZ file");
    let names = file.names().expect("names");
    let mut found = BTreeMap::new();
    for name in names {
        let array = if let Ok(array) = file.by_name::<OwnedRepr<f32>, IxDyn>(&name) {
            array.mapv(f64::from)
        } else if let Ok(array) = file.by_name::<OwnedRepr<f64>, IxDyn>(&name) {
            array
        } else if let Ok(array) = file.by_name::<OwnedRepr<u8>, IxDyn>(&name) {
            array.mapv(f64::from)
        } else if let Ok(array) = file.by_name::<OwnedRepr<u32>, IxDyn>(&name) {
            array.mapv(f64::from)
        } else {
            file.by_name::<OwnedRepr<i64>, IxDyn>(&name)
                .expect("a type of these")
                .mapv(|value| value as f64)
        };
        let shape = array.shape().to_vec();
        found.insert(
            name,
            Array {
                shape,
                values: array.iter().copied().collect(),
            },
        );
    }
    found
}

fn arrays_of_safetensors(path: &Path) -> BTreeMap<String, Array> {
    let bytes = std::fs::read(path).expect("a file");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    file.tensors()
        .into_iter()
        .map(|(name, view)| {
            let data = view.data();
            let values = match view.dtype() {
                Dtype::F32 => data
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&b| f32::from_le_bytes(b).into())
                    .collect(),
                Dtype::U32 => data
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&b| u32::from_le_bytes(b).into())
                    .collect(),
                Dtype::U8 => data.iter().map(|&b| b.into()).collect(),
                other => panic!("{name} is {other:?}"),
            };
            let shape = view.shape().to_vec();
            (name, Array { shape, values })
        })
        .collect()
}
