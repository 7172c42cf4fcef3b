//! Files of weights: what goes in comes out, and no file whatever stops the program.

use std::fs::File;
use std::path::Path;

use ndarray::{Array2, ShapeBuilder as _};
use ndarray_npy::NpzWriter;
use proptest::prelude::*;
use somnoscope::run::{read_intensities, read_spikes, read_weights, write_tensors, write_weights};
use tempfile::TempDir;

/// Chained layers of finite weights.
fn networks() -> impl Strategy<Value = Vec<Array2<f32>>> {
    proptest::collection::vec(1_usize..7, 2..6).prop_flat_map(|sizes| {
        let layers: Vec<_> = sizes
            .windows(2)
            .map(|pair| {
                let shape = (pair[1], pair[0]);
                proptest::collection::vec(proptest::num::f32::NORMAL | proptest::num::f32::ZERO, shape.0 * shape.1)
                    .prop_map(move |values| Array2::from_shape_vec(shape, values).unwrap())
            })
            .collect();
        layers
    })
}

/// Reads bytes as every kind of file.
fn read_all(folder: &Path, bytes: &[u8]) {
    for name in ["a.npz", "a.safetensors", "a.npy"] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    for error in [
        read_weights(&folder.join("a.npz")).err(),
        read_weights(&folder.join("a.safetensors")).err(),
        read_spikes(&folder.join("a.npy"), 3).err(),
        read_intensities(&folder.join("a.npy")).err(),
    ]
    .into_iter()
    .flatten()
    {
        assert!(error.to_string().contains("a."), "{error} does not name its file");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn weights_come_back_as_they_went(network in networks()) {
        let folder = TempDir::new().unwrap();
        for name in ["net.npz", "net.safetensors"] {
            let path = folder.path().join(name);
            write_weights(&path, &network).unwrap();
            let back = read_weights(&path).unwrap();
            prop_assert_eq!(&back, &network);
            prop_assert!(back.iter().all(Array2::is_standard_layout));
        }
    }

    /// Catches a panic, an endless loop or a hunger for memory on a damaged or malicious file.
    #[test]
    fn damage_is_an_error_or_another_network(
        network in networks(),
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        safetensors in any::<bool>(),
    ) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(if safetensors { "b.safetensors" } else { "b.npz" });
        write_weights(&path, &network).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        for (place, value) in hits {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_all(folder.path(), &bytes);
    }

    #[test]
    fn arrays_with_any_header_are_survived(
        header in "\\{'descr': '(<f4|\\|u1|\\|b1|<f8|<i8)', 'fortran_order': (True|False), 'shape': \\(([0-9]{1,20}, ?){0,3}\\), \\}",
        body in proptest::collection::vec(any::<u8>(), 0..64),
        version in 1_u8..4,
    ) {
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0]);
        let length = header.len() + 1;
        if version == 1 {
            bytes.extend((length as u16).to_le_bytes());
        } else {
            bytes.extend((length as u32).to_le_bytes());
        }
        bytes.extend(header.as_bytes());
        bytes.push(b'\n');
        bytes.extend(body);
        read_all(TempDir::new().unwrap().path(), &bytes);
    }
}

/// Catches a header that makes the parser dig until its stack is gone, and an empty axis beside impossible ones.
#[test]
fn malicious_headers_are_refused() {
    let folder = TempDir::new().unwrap();
    let npy = |header: &str| {
        let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
        bytes.extend((header.len() as u32 + 1).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.push(b'\n');
        bytes
    };
    read_all(folder.path(), &npy(&"(".repeat(9_000)));
    read_all(folder.path(), &npy(&"{".repeat(1_000_000)));
    let huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 9223372036854775807), }";
    read_all(folder.path(), &npy(huge));
    let mut claims = b"\x93NUMPY\x02\x00".to_vec();
    claims.extend(u32::MAX.to_le_bytes());
    read_all(folder.path(), &claims);
}

/// Catches 64-bit numbers, columns side by side and compression, all of which numpy writes, read wrongly.
#[test]
fn what_numpy_writes_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("net.npz");
    let rows = Array2::from_shape_fn((3, 2), |(i, j)| (i * 2 + j) as f64 / 8.0);
    let columns = Array2::from_shape_vec((2, 3).f(), vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0_f32]).unwrap();
    let mut npz = NpzWriter::new_compressed(File::create(&path).unwrap());
    npz.add_array("w2", &columns).unwrap();
    npz.add_array("bias", &ndarray::arr1(&[1_i64])).unwrap();
    npz.add_array("w1", &rows).unwrap();
    npz.finish().unwrap();
    let weights = read_weights(&path).unwrap();
    assert_eq!(weights[0], rows.mapv(|value| value as f32));
    assert_eq!(weights[1], columns);
    assert!(weights[1].is_standard_layout());
}

/// Catches a file that is lost when its replacement cannot be written.
#[test]
fn a_failed_write_leaves_the_old_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("net.npz");
    write_weights(&path, &[Array2::zeros((1, 1))]).unwrap();
    let before = std::fs::read(&path).unwrap();
    // Two arrays of one name do not make an NPZ file.
    let twice = vec![
        (
            "w1".to_owned(),
            somnoscope::run::Tensor::F32(ndarray::arr1(&[1.0]).into_dyn())
        );
        2
    ];
    let error = write_tensors(&path, &twice).unwrap_err();
    assert!(error.to_string().contains("net.npz"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
