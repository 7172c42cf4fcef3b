//! Every spike of a night, to be looked up by step.

use std::ops::Range;
use std::sync::Arc;

use crate::text::layer_name;
use crate::worker::SpikeChunk;

/// Which unit belongs to which layer. Layer 0 is the inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// First unit of each layer, and one past the last unit of all.
    bounds: Vec<u32>,
}

impl Layers {
    /// From the sizes of the layers, inputs first.
    pub fn new(sizes: &[usize]) -> Self {
        let mut bounds = vec![0];
        let mut end = 0;
        for &size in sizes {
            end += size as u32;
            bounds.push(end);
        }
        Self { bounds }
    }

    /// Number of layers, the inputs among them.
    pub fn count(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    /// The units of a layer, counted over all layers.
    pub fn units(&self, layer: usize) -> Range<u32> {
        self.bounds[layer]..self.bounds[layer + 1]
    }

    /// Number of units of a layer.
    pub fn size(&self, layer: usize) -> usize {
        self.units(layer).len()
    }

    /// The layer of a unit.
    pub fn layer_of(&self, unit: u32) -> Option<usize> {
        let layer = self.bounds.partition_point(|&bound| bound <= unit);
        (layer > 0 && layer <= self.count()).then(|| layer - 1)
    }

    /// What a person calls a layer.
    pub fn name(&self, layer: usize) -> String {
        layer_name(layer, self.count())
    }
}

/// Every spike of a night.
#[derive(Clone, Debug, Default)]
pub struct SpikeLog {
    /// In the order of their steps.
    chunks: Vec<Arc<SpikeChunk>>,
    /// Spikes of each layer so far.
    totals: Vec<u64>,
    steps: u64,
}

impl SpikeLog {
    /// Appends a chunk. Steps that are already known are not taken twice.
    pub fn push(&mut self, chunk: Arc<SpikeChunk>, layers: &Layers) {
        if chunk.steps() == 0 || chunk.first_step < self.steps {
            return;
        }
        self.totals.resize(layers.count(), 0);
        for &unit in &chunk.units {
            if let Some(layer) = layers.layer_of(unit) {
                self.totals[layer] += 1;
            }
        }
        self.steps = chunk.first_step + chunk.steps() as u64;
        self.chunks.push(chunk);
    }

    /// Forgets every step from this one on.
    pub fn truncate(&mut self, steps: u64, layers: &Layers) {
        while let Some(last) = self
            .chunks
            .pop_if(|chunk| chunk.first_step + chunk.steps() as u64 > steps)
        {
            let kept = steps.saturating_sub(last.first_step).min(last.steps() as u64) as usize;
            let end = if kept == 0 { 0 } else { last.ends[kept - 1] as usize };
            for &unit in &last.units[end..] {
                if let Some(layer) = layers.layer_of(unit) {
                    self.totals[layer] -= 1;
                }
            }
            if kept > 0 {
                self.chunks.push(Arc::new(SpikeChunk {
                    first_step: last.first_step,
                    ends: last.ends[..kept].to_vec(),
                    units: last.units[..end].to_vec(),
                }));
                break;
            }
        }
        self.steps = self.steps.min(steps);
    }

    /// One past the last known step.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Spikes of a layer so far.
    pub fn total(&self, layer: usize) -> u64 {
        self.totals.get(layer).copied().unwrap_or(0)
    }

    /// The units that spiked in a step.
    pub fn step(&self, step: u64) -> &[u32] {
        self.range(step..step + 1).next().map_or(&[], |(_, units)| units)
    }

    /// The known steps of a range, each with the units that spiked in it.
    pub fn range(&self, steps: Range<u64>) -> impl Iterator<Item = (u64, &[u32])> {
        let first = self
            .chunks
            .partition_point(|chunk| chunk.first_step + chunk.steps() as u64 <= steps.start);
        let end = steps.end;
        self.chunks[first..]
            .iter()
            .take_while(move |chunk| chunk.first_step < end)
            .flat_map(move |chunk| {
                let from = steps.start.saturating_sub(chunk.first_step) as usize;
                let to = chunk.steps().min((end - chunk.first_step) as usize);
                (from..to).map(move |index| (chunk.first_step + index as u64, chunk.step(index)))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> (SpikeLog, Layers) {
        let layers = Layers::new(&[4, 3, 2]);
        let mut log = SpikeLog::default();
        for (first_step, ends, units) in [
            (0, vec![1, 1], vec![3]),
            (2, vec![0, 2, 3], vec![4, 8, 0]),
            (7, vec![1], vec![6]),
        ] {
            log.push(
                Arc::new(SpikeChunk {
                    first_step,
                    ends,
                    units,
                }),
                &layers,
            );
        }
        (log, layers)
    }

    /// Catches an off-by-one at the borders of layers.
    #[test]
    fn every_unit_has_its_layer() {
        let layers = Layers::new(&[4, 3, 2]);
        let found: Vec<_> = (0..10).map(|unit| layers.layer_of(unit)).collect();
        let (a, b, c) = (Some(0), Some(1), Some(2));
        assert_eq!(found, [a, a, a, a, b, b, b, c, c, None]);
        assert_eq!(
            (layers.name(0), layers.name(1), layers.name(2)),
            ("Input".into(), "Hidden 1".into(), "Output".into())
        );
        assert_eq!(Layers::default().layer_of(0), None);
    }

    /// Catches spikes that survive being forgotten, totals that keep counting them, and steps that cannot be told anew.
    #[test]
    fn what_is_forgotten_can_be_told_anew() {
        let (mut log, layers) = log();
        log.truncate(3, &layers);
        assert_eq!((log.steps(), log.step(2).len(), log.step(3)), (3, 0, &[][..]));
        assert_eq!((log.total(0), log.total(1), log.total(2)), (1, 0, 0));
        log.push(
            Arc::new(SpikeChunk {
                first_step: 3,
                ends: vec![1],
                units: vec![8],
            }),
            &layers,
        );
        assert_eq!((log.steps(), log.step(3), log.total(2)), (4, &[8][..], 1));
        log.truncate(0, &layers);
        assert_eq!((log.steps(), log.step(0), log.total(0)), (0, &[][..], 0));
    }

    /// Catches a look-up that is off by a step at the border of chunks, and a gap that shifts what follows.
    #[test]
    fn steps_are_found_across_chunks() {
        let (log, _) = log();
        assert_eq!(log.steps(), 8);
        let spikes: Vec<_> = (0..9).map(|step| log.step(step).to_vec()).collect();
        let none: Vec<u32> = Vec::new();
        assert_eq!(
            spikes,
            [
                vec![3],
                none.clone(),
                none.clone(),
                vec![4, 8],
                vec![0],
                none.clone(),
                none.clone(),
                vec![6],
                none
            ]
        );
        assert_eq!((log.total(0), log.total(1), log.total(2), log.total(9)), (2, 2, 1, 0));
        let seen: Vec<_> = log.range(3..8).map(|(step, units)| (step, units.len())).collect();
        assert_eq!(seen, [(3, 2), (4, 1), (7, 1)]);
    }
}
