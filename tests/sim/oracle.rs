//! Agreement with the authors' own code: nights that `sleepnn_old.m` computed, unmodified, from given input spikes.

use std::fs::File;
use std::path::Path;

use ndarray::{Array1, Array2};
use ndarray_npy::NpzReader;
use somnoscope::sim::night::{Alpha, Dream, Gate, Night, NightParams};

/// A night that the reference code computed.
pub struct Recorded {
    /// The weights before it.
    pub weights: Vec<Array2<f32>>,
    /// Its parameters.
    pub params: NightParams,
    /// Gain of each layer.
    pub alpha: Vec<f64>,
    /// The input units that spike, step by step.
    pub input: Vec<Vec<u32>>,
    file: NpzReader<File>,
}

impl Recorded {
    /// Reads a fixture.
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/oracle")
            .join(name);
        let mut file =
            NpzReader::new(File::open(path).expect("the fixture is there")).expect("the fixture is an NPZ file");
        let weights = (1..=3).map(|l| file.by_name(&format!("w{l}")).expect("start weights"));
        let weights = weights.collect();
        let alpha = list(&mut file, "alpha");
        let params = NightParams {
            steps: 0,
            rate: 0.0,
            inc: scalar(&mut file, "inc"),
            dec: scalar(&mut file, "dec"),
            beta: list(&mut file, "beta"),
            alpha: Alpha::Given(alpha.clone()),
            decay: scalar(&mut file, "decay"),
            w_inh: scalar(&mut file, "w_inh"),
            gate: Gate::Reference,
            dream: Dream::Silence,
            window: 1,
        };
        let input: Array2<u8> = file.by_name("input_spikes").expect("input spikes");
        Self {
            weights,
            params,
            alpha,
            input: input
                .rows()
                .into_iter()
                .map(|row| units(row.iter()).collect())
                .collect(),
            file,
        }
    }
}

/// Runs one recorded night and compares every spike, the weights (1e-5) and the potentials.
fn agrees_with_reference(name: &str) {
    let recorded = Recorded::read(name);
    let mut file = recorded.file;
    let spikes: Vec<Array2<u8>> = (1..=3)
        .map(|l| file.by_name(&format!("spikes{l}")).expect("spikes"))
        .collect();
    let mut night = Night::new(&recorded.weights, &recorded.params, &recorded.alpha);
    let mut seen = 0;
    for (step, input) in recorded.input.into_iter().enumerate() {
        night.step_with(input);
        for (layer, expected) in spikes.iter().enumerate() {
            let expected: Vec<u32> = units(expected.row(step).iter()).collect();
            assert_eq!(
                night.spikes()[layer + 1],
                expected,
                "{name}: spikes of layer {} at step {step}",
                layer + 1
            );
            seen += expected.len();
        }
    }
    assert!(seen > 100, "{name}: a night with {seen} spikes proves little");

    for (layer, after) in night.weights().iter().enumerate() {
        let expected: Array2<f64> = file.by_name(&format!("out_w{}", layer + 1)).expect("weights after");
        let worst = after
            .iter()
            .zip(&expected)
            .map(|(&w, e)| (f64::from(w) - e).abs())
            .fold(0.0, f64::max);
        assert!(
            worst < 1e-5,
            "{name}: a weight of layer {} is off by {worst:e}",
            layer + 1
        );
        let expected: Array1<f64> = file.by_name(&format!("mem{}", layer + 1)).expect("potentials after");
        for (&potential, expected) in night.potentials(layer).iter().zip(&expected) {
            let error = (f64::from(potential) - expected).abs() / expected.abs().max(1.0);
            assert!(
                error < 1e-4,
                "{name}: a potential of layer {} is {potential}, not {expected}",
                layer + 1
            );
        }
    }
}

/// Numbers of the units that spiked.
fn units<'a>(row: impl Iterator<Item = &'a u8>) -> impl Iterator<Item = u32> {
    row.enumerate()
        .filter(|(_, spiked)| **spiked != 0)
        .map(|(unit, _)| unit as u32)
}

/// A number, stored as float or as integer.
fn scalar(file: &mut NpzReader<File>, name: &str) -> f64 {
    let real = file
        .by_name::<ndarray::OwnedRepr<f64>, ndarray::Ix0>(name)
        .map(ndarray::Array0::into_scalar);
    real.unwrap_or_else(|_| {
        file.by_name::<ndarray::OwnedRepr<i64>, ndarray::Ix0>(name)
            .expect("a number")
            .into_scalar() as f64
    })
}

/// A list of numbers, stored as floats or as integers.
fn list(file: &mut NpzReader<File>, name: &str) -> Vec<f64> {
    let real = file
        .by_name::<ndarray::OwnedRepr<f64>, ndarray::Ix1>(name)
        .map(|a| a.to_vec());
    real.unwrap_or_else(|_| {
        let whole: Array1<i64> = file.by_name(name).expect("a list of numbers");
        whole.iter().map(|&value| value as f64).collect()
    })
}

#[test]
fn small_network_agrees() {
    agrees_with_reference("src_oracle_small.npz");
}

#[test]
fn global_inhibition_agrees() {
    agrees_with_reference("src_oracle_inhibition.npz");
}

#[test]
fn windows_of_real_digits_agree() {
    agrees_with_reference("src_oracle_mnist_windows.npz");
}
