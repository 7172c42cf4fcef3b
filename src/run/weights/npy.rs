//! NPY: one array, as numpy writes it; and NPZ, a ZIP file of them.
//!
//! The sizes that a file claims are checked before memory is asked for: the file may be anybody's.

use std::fs::File;
use std::io::{self, Read as _, Seek, Write};
use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use ndarray_npy::npy::header::Header;
use ndarray_npy::{NpzWriter, ReadNpyExt as _, ReadableElement, WriteNpzError};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive};

use super::{MAX_FILE_BYTES, Numbers, Tensor, WeightsError};
use crate::run::archive;

/// The longest header, in bytes; numpy itself reads no more than this without being asked to.
const MAX_HEADER: usize = 10_000;
/// The most axes of an array that is read.
const MAX_AXES: usize = 8;

/// The names of the arrays, and a reader of each.
pub struct Npz<'a> {
    path: &'a Path,
    archive: ZipArchive<File>,
}

impl<'a> Npz<'a> {
    /// Opens a file.
    pub fn open(path: &'a Path, file: File) -> Result<Self, WeightsError> {
        let archive = archive::open(file).map_err(|reason| damaged(path, "NPZ", reason))?;
        Ok(Self { path, archive })
    }

    /// The names of its arrays, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .archive
            .file_names()
            .map(|name| name.strip_suffix(".npy").unwrap_or(name).to_owned())
            .collect();
        names.sort_unstable();
        names
    }

    /// Reads an array of 32-bit or 64-bit floating-point numbers.
    pub fn numbers(&mut self, name: &str) -> Result<Numbers, WeightsError> {
        let mut bytes = Vec::new();
        // Arrays can have names without the ending, too.
        let file = format!("{name}.npy");
        let index = self
            .archive
            .index_for_name(&file)
            .or_else(|| self.archive.index_for_name(name))
            .ok_or_else(|| damaged(self.path, "NPZ", format!("it has no array {name}")))?;
        let entry = self
            .archive
            .by_index(index)
            .map_err(|error| damaged(self.path, "NPZ", archive::torn(name, &error)))?;
        // However small it is compressed, and whatever length it claims.
        entry
            .take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(self.path, "NPZ", archive::broken(name, &error.to_string())))?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(WeightsError::TooLarge {
                path: self.path.to_owned(),
            });
        }
        numbers(self.path, name, &bytes)
    }
}

/// Reads floating-point numbers from the bytes of an NPY file.
pub fn numbers(path: &Path, name: &str, bytes: &[u8]) -> Result<Numbers, WeightsError> {
    let header = header(path, bytes)?;
    match type_of(&header).as_str() {
        "<f4" | ">f4" => read::<f32>(path, &header, bytes).map(Numbers::F32),
        "<f8" | ">f8" => read::<f64>(path, &header, bytes).map(Numbers::F64),
        other => Err(wrong_type(
            path,
            name,
            other,
            "32-bit and 64-bit floating-point numbers",
        )),
    }
}

/// Reads 32-bit floating-point numbers from the bytes of an NPY file.
pub fn floats(path: &Path, name: &str, bytes: &[u8]) -> Result<ArrayD<f32>, WeightsError> {
    let header = header(path, bytes)?;
    match type_of(&header).as_str() {
        "<f4" => read::<f32>(path, &header, bytes),
        other => Err(wrong_type(path, name, other, "32-bit floating-point numbers")),
    }
}

/// Reads 32-bit whole numbers from the bytes of an NPY file.
pub fn whole_numbers(path: &Path, name: &str, bytes: &[u8]) -> Result<ArrayD<u32>, WeightsError> {
    let header = header(path, bytes)?;
    match type_of(&header).as_str() {
        "<u4" => read::<u32>(path, &header, bytes),
        other => Err(wrong_type(path, name, other, "32-bit whole numbers (uint32)")),
    }
}

/// Reads bytes or truth values from the bytes of an NPY file; true is 1.
pub fn bytes(path: &Path, name: &str, bytes: &[u8]) -> Result<ArrayD<u8>, WeightsError> {
    let header = header(path, bytes)?;
    match type_of(&header).as_str() {
        "|u1" | "u1" | "B" => read::<u8>(path, &header, bytes),
        "|b1" | "?" => read::<bool>(path, &header, bytes).map(|array| array.mapv(u8::from)),
        other => Err(wrong_type(path, name, other, "bytes (uint8) and truth values (bool)")),
    }
}

/// Reads a header that claims no more than there is.
fn header(path: &Path, bytes: &[u8]) -> Result<Header, WeightsError> {
    let fault = |reason: &str| damaged(path, "NPY", reason);
    let length = match bytes {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, low, high, ..] => usize::from(u16::from_le_bytes([*low, *high])),
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _, a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]) as usize,
        _ => return Err(fault("it does not begin like one")),
    };
    let text = bytes
        .get(..length.saturating_add(12).min(bytes.len()))
        .unwrap_or_default();
    // One bracket around the header and one around the shape; more are a structure of several fields, or an attempt to
    // make the parser dig.
    let brackets = text.iter().skip(8).filter(|byte| b"([{".contains(byte)).count();
    if length > MAX_HEADER || length > bytes.len() || brackets > 4 {
        return Err(fault("its header is not that of a plain array"));
    }
    let header = Header::from_reader(&mut &*bytes).map_err(|error| damaged(path, "NPY", error))?;
    let sizes = header
        .shape
        .iter()
        .try_fold(1_usize, |all, &axis| all.checked_mul(axis.max(1)));
    if header.shape.len() > MAX_AXES || sizes.is_none_or(|all| all > MAX_FILE_BYTES as usize) {
        return Err(fault("its shape is impossible"));
    }
    Ok(header)
}

/// The type of the numbers, in numpy's short form.
fn type_of(header: &Header) -> String {
    let text = header.type_descriptor.to_string();
    text.trim_matches('\'').to_owned()
}

/// Reads an array of a known type.
fn read<T: ReadableElement>(path: &Path, header: &Header, bytes: &[u8]) -> Result<ArrayD<T>, WeightsError> {
    let claimed = header.shape.iter().product::<usize>().saturating_mul(size_of::<T>());
    if claimed > bytes.len() {
        return Err(damaged(path, "NPY", "it ends before its last number"));
    }
    ndarray::Array::<T, IxDyn>::read_npy(bytes).map_err(|error| damaged(path, "NPY", error))
}

/// Writes an NPZ file. Nothing in it depends on the time or the machine.
pub fn write_npz(writer: impl Write + Seek, tensors: &[(String, Tensor)]) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut npz = NpzWriter::new_with_options(writer, options);
    for (name, tensor) in tensors {
        let outcome = match tensor {
            Tensor::F32(array) => npz.add_array(name, array),
            Tensor::U32(array) => npz.add_array(name, array),
            Tensor::U8(array) => npz.add_array(name, array),
        };
        outcome.map_err(to_io)?;
    }
    npz.finish().map(drop).map_err(to_io)
}

/// What the writer says, as the operating system would.
fn to_io(error: WriteNpzError) -> io::Error {
    io::Error::other(error)
}

/// Says that an array holds other numbers than are read.
fn wrong_type(path: &Path, name: &str, found: &str, wanted: &'static str) -> WeightsError {
    WeightsError::WrongType {
        path: path.to_owned(),
        name: name.to_owned(),
        found: found.to_owned(),
        wanted,
    }
}

/// Says that a file is not what its name says.
fn damaged(path: &Path, format: &'static str, reason: impl ToString) -> WeightsError {
    WeightsError::Damaged {
        path: path.to_owned(),
        format,
        reason: crate::text::one_line(&reason.to_string()),
    }
}
