//! Weights in and out as safetensors and NPZ, and the spikes and images that come with them as NPY.
//!
//! The weights of a network without biases are the arrays `w1`, `w2`, ..., each outputs x inputs, 32-bit or 64-bit on the
//! way in and 32-bit on the way out. Other arrays in the same file are passed over. What comes in is anybody's file: sizes
//! are checked before memory is asked for, and every fault is one sentence with the file's name.

mod error;
pub(super) mod npy;
mod tensors;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use ndarray::{Array2, ArrayD, Ix2};

use self::npy::Npz;
use self::tensors::Tensors;
use super::whole;
use crate::experiment::{MAX_HIDDEN_LAYERS, MAX_UNITS};
pub use error::WeightsError;

/// The most layers of weights that are read.
pub const MAX_LAYERS: usize = MAX_HIDDEN_LAYERS + 1;
/// The most inputs of a layer.
pub const MAX_INPUTS: usize = 1 << 16;
/// The most bytes of a file, or of an array in a compressed file, that are read.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// A format of files with named arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `.npz`, as of `numpy.savez`.
    Npz,
    /// `.safetensors`.
    SafeTensors,
}

impl Format {
    /// The format that the ending of a file's name says.
    pub fn of(path: &Path) -> Result<Self, WeightsError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ending.eq_ignore_ascii_case("npz") {
            Ok(Self::Npz)
        } else if ending.eq_ignore_ascii_case("safetensors") {
            Ok(Self::SafeTensors)
        } else {
            Err(WeightsError::UnknownFormat { path: path.to_owned() })
        }
    }
}

/// An array to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Tensor {
    /// Weights, potentials.
    F32(ArrayD<f32>),
    /// Counts.
    U32(ArrayD<u32>),
    /// Spikes.
    U8(ArrayD<u8>),
}

impl Tensor {
    /// Its shape.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::F32(array) => array.shape(),
            Self::U32(array) => array.shape(),
            Self::U8(array) => array.shape(),
        }
    }
}

/// Numbers as they stand in a file.
pub(super) enum Numbers {
    /// 32-bit.
    F32(ArrayD<f32>),
    /// 64-bit.
    F64(ArrayD<f64>),
}

impl Numbers {
    /// As 64-bit numbers, for images.
    fn into_f64(self) -> ArrayD<f64> {
        match self {
            Self::F32(array) => array.mapv(f64::from),
            Self::F64(array) => array,
        }
    }

    /// As a matrix of finite 32-bit numbers, row by row; or else its shape or the place of what is not finite.
    fn into_matrix(self, path: &Path, name: &str) -> Result<Array2<f32>, WeightsError> {
        match self {
            Self::F32(array) => matrix(array, f64::from, path, name),
            Self::F64(array) => matrix(array, |number| number, path, name),
        }
    }
}

/// Checks a matrix and makes its numbers 32-bit ones.
fn matrix<T: Copy>(
    array: ArrayD<T>,
    number: fn(T) -> f64,
    path: &Path,
    name: &str,
) -> Result<Array2<f32>, WeightsError> {
    let shape = array.shape().to_vec();
    let fits = matches!(shape[..], [outputs, inputs]
        if (1..=MAX_UNITS).contains(&outputs) && (1..=MAX_INPUTS).contains(&inputs));
    let array = array.into_dimensionality::<Ix2>().ok().filter(|_| fits);
    let Some(array) = array else {
        return Err(WeightsError::matrix(path.to_owned(), name.to_owned(), shape));
    };
    if let Some(((row, column), &value)) = array
        .indexed_iter()
        .find(|&(_, &value)| !(number(value) as f32).is_finite())
    {
        return Err(WeightsError::NotFinite {
            path: path.to_owned(),
            name: name.to_owned(),
            row,
            column,
            value: number(value),
        });
    }
    let values = array.iter().map(|&value| number(value) as f32).collect();
    Array2::from_shape_vec(array.dim(), values)
        .map_err(|_| WeightsError::matrix(path.to_owned(), name.to_owned(), shape))
}

/// Reads the weights of a network, layer by layer, outputs x inputs. The ending of the name says the format.
pub fn read_weights(path: &Path) -> Result<Vec<Array2<f32>>, WeightsError> {
    let weights = match Format::of(path)? {
        Format::Npz => {
            let mut npz = Npz::open(path, open(path)?)?;
            let layers = layers_among(path, &npz.names())?;
            layers
                .into_iter()
                .map(|name| npz.numbers(&name)?.into_matrix(path, &name))
                .collect::<Result<Vec<_>, _>>()?
        }
        Format::SafeTensors => {
            let bytes = read_bytes(path)?;
            let file = Tensors::open(path, &bytes)?;
            let layers = layers_among(path, &file.names())?;
            layers
                .into_iter()
                .map(|name| file.numbers(&name)?.into_matrix(path, &name))
                .collect::<Result<Vec<_>, _>>()?
        }
    };
    for (layer, pair) in (2..).zip(weights.windows(2)) {
        let (units, inputs) = (pair[0].nrows(), pair[1].ncols());
        if units != inputs {
            return Err(WeightsError::NotChained {
                path: path.to_owned(),
                layer,
                inputs,
                units,
            });
        }
    }
    Ok(weights)
}

/// The names of the layers' weights, from the first to the last.
fn layers_among(path: &Path, names: &[String]) -> Result<Vec<String>, WeightsError> {
    let number = |name: &String| {
        let digits = name
            .strip_prefix('w')
            .filter(|digits| !digits.starts_with(['0', '+']))?;
        digits.parse::<usize>().ok()
    };
    let mut layers: Vec<usize> = names.iter().filter_map(number).collect();
    layers.sort_unstable();
    layers.dedup();
    let path = path.to_owned();
    let (Some(&first), Some(&last)) = (layers.first(), layers.last()) else {
        return Err(WeightsError::NoWeights {
            path,
            found: listed(names),
        });
    };
    let missing = (1..).zip(&layers).find(|&(wanted, &found)| wanted != found);
    if let Some((missing, _)) = missing {
        return Err(if first == 1 || missing > 1 {
            WeightsError::MissingLayer { path, missing, last }
        } else {
            WeightsError::NoWeights {
                path,
                found: listed(names),
            }
        });
    }
    if layers.len() > MAX_LAYERS {
        return Err(WeightsError::TooManyLayers {
            path,
            layers: layers.len(),
        });
    }
    Ok(layers.iter().map(|layer| format!("w{layer}")).collect())
}

/// A few names as a list.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    // A name can be anything, also several lines.
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| name.escape_debug().to_string())
        .collect();
    match names.len() {
        0 => "none".to_owned(),
        all if all > SHOWN => format!("{} and {} more", shown.join(", "), all - SHOWN),
        _ => shown.join(", "),
    }
}

/// Reads the spikes of input neurons from an NPY file: steps x inputs, 0 or 1.
pub fn read_spikes(path: &Path, inputs: usize) -> Result<Array2<u8>, WeightsError> {
    let array = npy::bytes(path, "the array", &read_bytes(path)?)?;
    let shape = array.shape().to_vec();
    let array = array
        .into_dimensionality::<Ix2>()
        .ok()
        .filter(|array| array.nrows() > 0 && array.ncols() == inputs);
    let Some(array) = array else {
        return Err(WeightsError::WrongShape {
            path: path.to_owned(),
            name: "the array".to_owned(),
            shape,
            wanted: format!("steps x {inputs} inputs, with at least one step"),
        });
    };
    match array.indexed_iter().find(|&(_, &value)| value > 1) {
        Some(((step, input), &value)) => Err(WeightsError::NotASpike {
            path: path.to_owned(),
            step,
            input,
            value,
        }),
        None => Ok(array),
    }
}

/// An image as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Intensities {
    /// From 0 to 1, row by row.
    pub pixels: Vec<f32>,
    /// Height and width, if the array has two axes.
    pub size: Option<(usize, usize)>,
}

/// Reads an image from an NPY file: pixels, or height x width.
pub fn read_intensities(path: &Path) -> Result<Intensities, WeightsError> {
    let array = npy::numbers(path, "the array", &read_bytes(path)?)?.into_f64();
    let size = match *array.shape() {
        [pixels] if pixels > 0 => None,
        [height, width] if height > 0 && width > 0 => Some((height, width)),
        _ => {
            return Err(WeightsError::WrongShape {
                path: path.to_owned(),
                name: "the array".to_owned(),
                shape: array.shape().to_vec(),
                wanted: "pixels, or height x width".to_owned(),
            });
        }
    };
    // `iter` goes row by row, however the array lies in memory.
    if let Some((pixel, &value)) = array
        .iter()
        .enumerate()
        .find(|(_, value)| !(0.0..=1.0).contains(*value))
    {
        return Err(WeightsError::NotAnIntensity {
            path: path.to_owned(),
            pixel,
            value,
        });
    }
    let pixels = array.iter().map(|&value| value as f32).collect();
    Ok(Intensities { pixels, size })
}

/// Writes the weights of a network as `w1`, `w2`, ...
pub fn write_weights(path: &Path, weights: &[Array2<f32>]) -> Result<(), WeightsError> {
    let tensors: Vec<(String, Tensor)> = (1..)
        .zip(weights)
        .map(|(layer, weights)| (format!("w{layer}"), Tensor::F32(weights.clone().into_dyn())))
        .collect();
    write_tensors(path, &tensors)
}

/// Writes named arrays, all of them or none. The ending of the name says the format. The same arrays are the same bytes.
pub fn write_tensors(path: &Path, tensors: &[(String, Tensor)]) -> Result<(), WeightsError> {
    let format = Format::of(path)?;
    whole::prepare(path, |writer| match format {
        Format::Npz => npy::write_npz(writer, tensors),
        Format::SafeTensors => tensors::write_safetensors(writer, tensors),
    })
    .and_then(whole::Pending::place)
    .map_err(|reason| WeightsError::Unwritable {
        path: path.to_owned(),
        reason,
    })
}

/// Opens a file that is not too large.
pub(super) fn open(path: &Path) -> Result<File, WeightsError> {
    let unreadable = |reason| WeightsError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    // Before it is opened: what is no file would be waited for, for ever.
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if found.is_dir() {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    if !found.is_file() {
        return Err(unreadable(std::io::Error::other(
            "it is no file that is kept on a disk; choose one that is",
        )));
    }
    let file = File::open(path).map_err(unreadable)?;
    if found.len() > MAX_FILE_BYTES {
        return Err(WeightsError::TooLarge { path: path.to_owned() });
    }
    Ok(file)
}

/// Reads a file that is not too large.
fn read_bytes(path: &Path) -> Result<Vec<u8>, WeightsError> {
    let mut bytes = Vec::new();
    open(path)?
        .take(MAX_FILE_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|reason| WeightsError::Unreadable {
            path: path.to_owned(),
            reason,
        })?;
    Ok(bytes)
}
