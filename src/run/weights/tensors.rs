//! Safetensors: named arrays behind a header in JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use safetensors::tensor::{Dtype, SafeTensors, View};

use super::{Numbers, Tensor, WeightsError};

/// The arrays of a file.
pub struct Tensors<'a> {
    path: &'a Path,
    tensors: SafeTensors<'a>,
}

impl<'a> Tensors<'a> {
    /// Reads the header of a file and checks it against the bytes there are.
    pub fn open(path: &'a Path, bytes: &'a [u8]) -> Result<Self, WeightsError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| damaged(path, error))?;
        Ok(Self { path, tensors })
    }

    /// The names of its arrays, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.tensors.names().into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// Reads an array of 32-bit or 64-bit floating-point numbers.
    pub fn numbers(&self, name: &str) -> Result<Numbers, WeightsError> {
        let view = self.tensors.tensor(name).map_err(|error| damaged(self.path, error))?;
        let shape = IxDyn(view.shape());
        let made = match view.dtype() {
            Dtype::F32 => {
                ArrayD::from_shape_vec(shape, little_endian(view.data(), f32::from_le_bytes)).map(Numbers::F32)
            }
            Dtype::F64 => {
                ArrayD::from_shape_vec(shape, little_endian(view.data(), f64::from_le_bytes)).map(Numbers::F64)
            }
            other => {
                return Err(WeightsError::WrongType {
                    path: self.path.to_owned(),
                    name: name.to_owned(),
                    found: format!("{other:?}"),
                    wanted: "F32 and F64",
                });
            }
        };
        made.map_err(|error| damaged(self.path, error))
    }
}

/// Numbers from their bytes.
fn little_endian<const N: usize, T>(bytes: &[u8], number: fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|&chunk| number(chunk)).collect()
}

/// An array as the library wants to see it.
struct Lent<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    bytes: Vec<u8>,
}

impl View for Lent<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// Writes a safetensors file. The library puts the arrays in an order of its own, always the same. Text, which is an array of
/// bytes whose name ends in `_ron`, is its metadata as well, where other programs look for it.
pub fn write_safetensors(writer: &mut impl Write, tensors: &[(String, Tensor)]) -> io::Result<()> {
    let text = |(name, tensor): &(String, Tensor)| match tensor {
        Tensor::U8(array) if name.ends_with("_ron") => {
            let bytes = array.iter().copied().collect();
            Some((name.clone(), String::from_utf8(bytes).ok()?))
        }
        _ => None,
    };
    let texts: HashMap<String, String> = tensors.iter().filter_map(text).collect();
    let lent = tensors.iter().map(|(name, tensor)| {
        let (dtype, bytes) = match tensor {
            Tensor::F32(array) => (
                Dtype::F32,
                array.iter().flat_map(|number| number.to_le_bytes()).collect(),
            ),
            Tensor::U32(array) => (
                Dtype::U32,
                array.iter().flat_map(|number| number.to_le_bytes()).collect(),
            ),
            Tensor::U8(array) => (Dtype::U8, array.iter().copied().collect()),
        };
        let shape = tensor.shape();
        (name, Lent { dtype, shape, bytes })
    });
    let bytes = safetensors::serialize(lent, (!texts.is_empty()).then_some(texts)).map_err(io::Error::other)?;
    writer.write_all(&bytes)
}

/// Says that a file is not what its name says.
fn damaged(path: &Path, reason: impl ToString) -> WeightsError {
    WeightsError::Damaged {
        path: path.to_owned(),
        format: "safetensors",
        reason: crate::text::one_line(&reason.to_string()),
    }
}
