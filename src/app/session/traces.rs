//! The potentials of the watched neurons over time.

use std::collections::VecDeque;

use crate::worker::PotentialChunk;

/// Most steps kept of a neuron; older ones are forgotten.
const KEPT: usize = 1 << 16;

/// The potentials of one neuron after consecutive steps.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    neuron: (usize, u32),
    first_step: u64,
    values: VecDeque<f32>,
}

impl Trace {
    /// The first step that is known.
    pub fn first_step(&self) -> u64 {
        self.first_step
    }

    /// One past the last step that is known.
    fn end(&self) -> u64 {
        self.first_step + self.values.len() as u64
    }

    /// Forgets the oldest steps if there are too many.
    fn forget_surplus(&mut self) {
        let surplus = self.values.len().saturating_sub(KEPT);
        self.values.drain(..surplus);
        self.first_step += surplus as u64;
    }

    /// The last potential.
    pub fn last(&self) -> Option<f32> {
        self.values.back().copied()
    }

    /// The potential after a step.
    pub fn at(&self, step: u64) -> Option<f32> {
        let index = step.checked_sub(self.first_step)?;
        self.values.get(usize::try_from(index).ok()?).copied()
    }

    /// The potentials after the known steps of a range.
    pub fn range(&self, steps: std::ops::Range<u64>) -> impl ExactSizeIterator<Item = (u64, f32)> {
        let index = |step: u64| (step.saturating_sub(self.first_step) as usize).min(self.values.len());
        let (from, to) = (index(steps.start), index(steps.end));
        let first = self.first_step + from as u64;
        let values = self.values.range(from..to.max(from)).enumerate();
        values.map(move |(index, &value)| (first + index as u64, value))
    }
}

/// The potentials of the neurons that are watched; of no others.
#[derive(Clone, Debug, Default)]
pub struct Traces(Vec<Trace>);

impl Traces {
    /// Takes in a chunk. Neurons that are not in it are not watched any more. What is known already is not taken twice; a gap
    /// begins a trace anew.
    pub fn push(&mut self, chunk: &PotentialChunk) {
        let count = chunk.neurons.len();
        if count == 0 || !chunk.values.len().is_multiple_of(count) {
            return;
        }
        self.0.retain(|trace| chunk.neurons.contains(&trace.neuron));
        for (place, &neuron) in chunk.neurons.iter().enumerate() {
            let at = self.0.iter().position(|trace| trace.neuron == neuron);
            let at = at.unwrap_or_else(|| {
                self.0.push(Trace {
                    neuron,
                    first_step: chunk.first_step,
                    values: VecDeque::new(),
                });
                self.0.len() - 1
            });
            let trace = &mut self.0[at];
            let end = trace.end();
            if chunk.first_step > end {
                trace.first_step = chunk.first_step;
                trace.values.clear();
            }
            let known = trace.end().saturating_sub(chunk.first_step) as usize;
            trace
                .values
                .extend(chunk.values.iter().skip(place).step_by(count).skip(known));
            trace.forget_surplus();
        }
    }

    /// Takes in potentials of steps before those that are known. What does not reach up to them is not taken.
    pub fn push_past(&mut self, chunk: &PotentialChunk) {
        let count = chunk.neurons.len();
        let end = chunk.first_step + chunk.steps() as u64;
        if self.0.is_empty() {
            return self.push(chunk);
        }
        for (place, &neuron) in chunk.neurons.iter().enumerate() {
            let past = chunk.values.iter().skip(place).step_by(count);
            match self.0.iter_mut().find(|trace| trace.neuron == neuron) {
                Some(trace) if chunk.first_step <= trace.first_step && trace.first_step <= end => {
                    let before = (trace.first_step - chunk.first_step) as usize;
                    let (known, last) = (trace.end(), end);
                    for &value in past.clone().take(before).collect::<Vec<_>>().into_iter().rev() {
                        trace.values.push_front(value);
                    }
                    trace.first_step = chunk.first_step;
                    // It may also know of steps after them, if the night was gone back in.
                    let further = last.saturating_sub(known) as usize;
                    trace.values.extend(past.skip(chunk.steps() - further));
                    trace.forget_surplus();
                }
                Some(_) => {}
                None => {
                    let mut trace = Trace {
                        neuron,
                        first_step: chunk.first_step,
                        values: past.copied().collect(),
                    };
                    trace.forget_surplus();
                    self.0.push(trace);
                }
            }
        }
    }

    /// Forgets every step from this one on.
    pub fn truncate(&mut self, steps: u64) {
        for trace in &mut self.0 {
            let kept = steps.saturating_sub(trace.first_step) as usize;
            trace.values.truncate(kept);
        }
        self.0.retain(|trace| !trace.values.is_empty());
    }

    /// What is known of a neuron: layer, where 0 is the inputs, and number in the layer.
    pub fn get(&self, neuron: (usize, u32)) -> Option<&Trace> {
        self.0.iter().find(|trace| trace.neuron == neuron)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(first_step: u64, neurons: &[(usize, u32)], values: &[f32]) -> PotentialChunk {
        PotentialChunk {
            first_step,
            neurons: neurons.to_vec(),
            values: values.to_vec(),
        }
    }

    /// Catches potentials that land on another neuron or step, and memory that grows without end.
    #[test]
    fn traces_join_and_stay_bounded() {
        let mut traces = Traces::default();
        traces.push(&chunk(0, &[(1, 4), (2, 0)], &[1.0, 2.0, 3.0, 4.0]));
        traces.push(&chunk(2, &[(2, 0), (3, 1)], &[5.0, 6.0]));
        assert!(traces.get((1, 4)).is_none());
        let trace = traces.get((2, 0)).unwrap();
        assert_eq!(trace.range(1..9).collect::<Vec<_>>(), [(1, 4.0), (2, 5.0)]);
        assert_eq!((trace.at(0), trace.at(3), trace.last()), (Some(2.0), None, Some(5.0)));
        assert_eq!(traces.get((3, 1)).map(Trace::first_step), Some(2));
        traces.push(&chunk(9, &[(2, 0)], &[0.5]));
        assert_eq!(traces.get((2, 0)).map(Trace::first_step), Some(9), "a gap");
        traces.push(&chunk(10, &[(2, 0)], &vec![0.0; KEPT + 5]));
        let trace = traces.get((2, 0)).unwrap();
        assert_eq!((trace.first_step(), trace.range(0..u64::MAX).len()), (15, KEPT));
        traces.push(&chunk(0, &[], &[1.0]));
    }

    /// Catches a past that is put in the wrong place, steps taken twice after going back, and a future that should be void.
    #[test]
    fn the_past_joins_and_what_is_void_goes() {
        let neuron = (1, 4);
        let mut traces = Traces::default();
        traces.push(&chunk(3, &[neuron], &[0.3, 0.4]));
        traces.push_past(&chunk(0, &[neuron], &[0.0, 0.1, 0.2]));
        let all = |traces: &Traces| {
            traces
                .get(neuron)
                .unwrap()
                .range(0..99)
                .map(|(_, v)| v)
                .collect::<Vec<_>>()
        };
        assert_eq!(all(&traces), [0.0, 0.1, 0.2, 0.3, 0.4]);
        traces.push(&chunk(2, &[neuron], &[0.2, 0.3, 0.4, 0.5]));
        assert_eq!(all(&traces), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5], "gone back and on");
        traces.truncate(2);
        assert_eq!(all(&traces), [0.0, 0.1]);
        traces.push_past(&chunk(0, &[neuron, (2, 0)], &[0.0, 9.0, 0.1, 9.1, 0.7, 9.2]));
        assert_eq!(all(&traces), [0.0, 0.1, 0.7], "it knows of steps after them");
        assert_eq!(traces.get((2, 0)).unwrap().at(2), Some(9.2));
        traces.truncate(0);
        assert!(traces.get(neuron).is_none());
    }
}
