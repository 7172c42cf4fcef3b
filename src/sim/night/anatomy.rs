//! One step of a night, cut open at one unit: what reached it, what it made of that, and what its spike did.
//!
//! Made from the night as it stands before the step, without doing the step. A layer learns only after it has fired, and
//! from weights of its own, so whom a step reaches can be worked out layer by layer with the weights as they are. The sums
//! are those of the simulation itself, so every potential, spike and weight here is the one that the step will give, bit
//! for bit. Shares and parts, which the simulation does not have, are in double precision.

use pulp::Arch;

use super::{Layer, Learning, Night, gate_factor, strike_out};

/// Lowered synapses that are told one by one, at most.
const STRONGEST: usize = 12;

/// One step of a night, cut open at one unit.
#[derive(Clone, Debug)]
pub struct Anatomy {
    /// The step, counted from 0.
    pub step: u64,
    /// The unit: its layer, where 0 is the inputs, and its number in the layer.
    pub unit: (usize, u32),
    /// Whether it spikes in this step.
    pub spiked: bool,
    /// What reaches it and what it makes of that. `None` for an input, which has no potential.
    pub integration: Option<Integration>,
    /// What it does to the next layer. `None` for an output, which has none.
    pub effect: Option<Effect>,
}

/// The rule by which a layer's neurons work in a step.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Gain of the layer's input.
    pub alpha: f32,
    /// What is left of a potential after a step.
    pub decay: f32,
    /// The potential at which a neuron spikes.
    pub threshold: f32,
    /// Share of the layer's mean impulse that global inhibition takes from every neuron.
    pub inhibition: f32,
    /// How a spike changes the weights into its neuron.
    pub learning: Learning,
}

/// What reaches a neuron in a step, and what it makes of that.
#[derive(Clone, Debug)]
pub struct Integration {
    /// The rule of its layer.
    pub rule: Rule,
    /// The inputs that spike, rising, each with what it brings.
    pub arrivals: Vec<Arrival>,
    /// Sum of the weights from the inputs that spike.
    pub sum: f32,
    /// What global inhibition takes.
    pub taken: f32,
    /// What is added to the potential: gain times sum, less what is taken.
    pub impulse: f32,
    /// The potential before the step.
    pub before: f32,
    /// What is left of it.
    pub decayed: f32,
    /// The potential that is compared with the threshold.
    pub reached: f32,
    /// The potential after the step: 0 if it spikes.
    pub after: f32,
    /// The weights into it before the step, one an input.
    pub weights: Vec<f32>,
    /// What its spike does to them, if it spikes.
    pub lesson: Option<Lesson>,
}

/// A spike that reaches a neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// The input that spikes: its number in the layer before.
    pub input: u32,
    /// The weight before the step.
    pub weight: f32,
    /// What it brings to the impulse: gain times weight, less its part of what inhibition takes. All together are the
    /// impulse.
    pub part: f64,
    /// Its part over the sum of the magnitudes of all parts: from -1 to 1.
    pub share: f64,
}

/// What a spike does to the weights into its neuron.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// The synapses of the inputs that spike, rising: all are raised.
    pub raised: Vec<SynapseChange>,
    /// Number of the other synapses: all are lowered.
    pub lowered: usize,
    /// Sum of their changes, at most 0 while weights drop.
    pub lowered_by: f64,
    /// Those of them that change most, the strongest first.
    pub strongest: Vec<SynapseChange>,
}

/// A change of one weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SynapseChange {
    /// The unit at the other end: the input of a synapse into the neuron, the neuron of one from it.
    pub unit: u32,
    /// The weight before the step.
    pub before: f32,
    /// The factor by which its own value scales the change.
    pub gate: f32,
    /// The weight after the step.
    pub after: f32,
}

/// What a unit does to the next layer in a step.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The rule of the next layer.
    pub rule: Rule,
    /// Number of neurons of the next layer.
    pub neurons: usize,
    /// The neurons of the next layer, each with what the spike brings it; nobody if the unit is silent.
    pub fed: Vec<Fed>,
    /// The unit's synapses to those who spike, rising: raised if it spikes itself, lowered if not.
    pub taught: Vec<SynapseChange>,
}

/// What a spike brings to a neuron of the next layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fed {
    /// The neuron: its number in the layer.
    pub neuron: u32,
    /// The weight before the step.
    pub weight: f32,
    /// What the spike brings to its impulse; see [`Arrival::part`].
    pub part: f64,
    /// The part over the sum of the magnitudes of all parts that reach the neuron: from -1 to 1.
    pub share: f64,
    /// The potential that is compared with the threshold.
    pub reached: f32,
    /// What that potential would be in this step without the spike.
    pub without: f32,
    /// Whether it spikes.
    pub spiked: bool,
    /// Whether it would spike without the spike.
    pub would_spike: bool,
}

impl Integration {
    /// How far the potential is above the threshold; negative where it does not reach it.
    pub fn margin(&self) -> f64 {
        f64::from(self.reached) - f64::from(self.rule.threshold)
    }

    /// Whether an input spikes in this step.
    pub fn arrives(&self, input: u32) -> bool {
        self.arrivals
            .binary_search_by_key(&input, |arrival| arrival.input)
            .is_ok()
    }

    /// The synapse from an input: what a spike of the neuron does to it in this step, or would do. `None` for an input that
    /// there is not.
    pub fn synapse(&self, input: u32) -> Option<SynapseChange> {
        let &weight = self.weights.get(input as usize)?;
        Some(SynapseChange::of(
            self.rule.learning,
            input,
            weight,
            self.arrives(input),
        ))
    }
}

impl SynapseChange {
    /// A raise, or else a drop.
    pub(super) fn of(learning: Learning, unit: u32, before: f32, raise: bool) -> Self {
        let gate = gate_factor(learning.gate, before, raise);
        let after = if raise {
            before + learning.inc * gate
        } else {
            before - learning.dec * gate
        };
        Self {
            unit,
            before,
            gate,
            after,
        }
    }

    /// After minus before.
    pub fn by(self) -> f64 {
        f64::from(self.after) - f64::from(self.before)
    }
}

impl Fed {
    /// Whether it spikes because of the spike: without it, it would not.
    pub fn is_tipped(self) -> bool {
        self.spiked && !self.would_spike
    }

    /// Whether it does not spike because of the spike.
    pub fn is_held_back(self) -> bool {
        !self.spiked && self.would_spike
    }
}

impl Night {
    /// Cuts the next step open at one unit: its layer, where 0 is the inputs, and its number in the layer. `input` has the
    /// input units that spike in that step, rising; numbers beyond the last are left out. Changes no bit of the night. `None`
    /// for a unit that the network does not have.
    pub fn anatomy(&mut self, input: &[u32], (layer, unit): (usize, u32)) -> Option<Anatomy> {
        let sizes = self.sizes();
        if unit as usize >= *sizes.get(layer)? {
            return None;
        }
        let (arch, decay, inhibition) = (self.arch, self.decay, self.inhibition);
        let silenced = std::mem::take(&mut self.silenced);
        let mut spikes: Vec<u32> = input.to_vec();
        spikes.retain(|&unit| (unit as usize) < sizes[0]);
        strike_out(&mut spikes, 0, &silenced);
        let mut integration = None;
        for (index, here) in self.layers.iter_mut().enumerate().take(layer) {
            let preview = here.preview(arch, decay, inhibition, &spikes);
            if index + 1 == layer {
                here.synapses.settle(arch);
                integration = Some(here.integration(decay, inhibition, unit, &spikes, &preview));
            }
            spikes = here.crossing(&preview.reached);
            strike_out(&mut spikes, index + 1, &silenced);
        }
        let spiked = spikes.binary_search(&unit).is_ok();
        if !spiked && let Some(integration) = &mut integration {
            // Who is kept from spiking is spent but learns nothing.
            integration.lesson = None;
        }
        let mut effect = self.layers.get_mut(layer).map(|next| {
            next.synapses.settle(arch);
            next.effect(arch, decay, inhibition, unit, &spikes)
        });
        if let Some(effect) = &mut effect {
            let is_silenced = |neuron: u32| silenced.contains(&(layer + 1, neuron));
            effect.taught.retain(|taught| !is_silenced(taught.unit));
            for fed in effect.fed.iter_mut().filter(|fed| is_silenced(fed.neuron)) {
                (fed.spiked, fed.would_spike) = (false, false);
            }
        }
        self.silenced = silenced;
        Some(Anatomy {
            step: self.steps,
            unit: (layer, unit),
            spiked,
            integration,
            effect,
        })
    }
}

/// What the next step will bring a layer.
struct Preview {
    /// What global inhibition takes from each neuron.
    taken: f32,
    /// The potentials that are compared with the threshold.
    reached: Vec<f32>,
}

impl Layer {
    /// What the potentials come to when these inputs spike. The impulses stay in their place until the next look.
    fn preview(&mut self, arch: Arch, decay: f32, inhibition: f32, pre: &[u32]) -> Preview {
        let taken = self.receive(arch, pre, inhibition);
        let both = self.potentials.iter().zip(&self.impulses);
        Preview {
            taken,
            reached: both.map(|(&potential, &impulse)| decay * potential + impulse).collect(),
        }
    }

    /// Who spikes at these potentials.
    fn crossing(&self, reached: &[f32]) -> Vec<u32> {
        let neurons = (0_u32..).zip(reached);
        let crossing = neurons.filter(|(_, potential)| **potential >= self.threshold);
        crossing.map(|(neuron, _)| neuron).collect()
    }

    /// The rule of the layer.
    fn rule(&self, decay: f32, inhibition: f32) -> Rule {
        Rule {
            alpha: self.alpha,
            decay,
            threshold: self.threshold,
            inhibition,
            learning: self.synapses.learning(),
        }
    }

    /// What each of these inputs makes inhibition take from every neuron.
    fn levels(&self, inhibition: f32, pre: &[u32]) -> Vec<f64> {
        if inhibition == 0.0 {
            return vec![0.0; pre.len()];
        }
        let neurons = self.potentials.len().max(1) as f64;
        let mean = |input: u32| self.synapses.column(input as usize).map(f64::from).sum::<f64>() / neurons;
        pre.iter()
            .map(|&input| f64::from(inhibition) * f64::from(self.alpha) * mean(input))
            .collect()
    }

    /// What reaches a neuron. The weights are settled and the preview is the last one that was made.
    fn integration(&self, decay: f32, inhibition: f32, unit: u32, pre: &[u32], preview: &Preview) -> Integration {
        let rule = self.rule(decay, inhibition);
        let at = unit as usize;
        let weights: Vec<f32> = self.synapses.row(at).collect();
        let levels = self.levels(inhibition, pre);
        let mut arrivals: Vec<Arrival> = pre
            .iter()
            .zip(levels)
            .map(|(&input, level)| {
                let weight = weights[input as usize];
                Arrival {
                    input,
                    weight,
                    part: f64::from(rule.alpha) * f64::from(weight) - level,
                    share: 0.0,
                }
            })
            .collect();
        let gross: f64 = arrivals.iter().map(|arrival| arrival.part.abs()).sum();
        for arrival in &mut arrivals {
            arrival.share = share(arrival.part, gross);
        }
        let reached = preview.reached[at];
        let spiked = reached >= rule.threshold;
        Integration {
            // In the order of the simulation, so that its bits are the same.
            sum: arrivals.iter().fold(0.0, |sum, arrival| sum + arrival.weight),
            taken: preview.taken,
            impulse: self.impulses[at],
            before: self.potentials[at],
            decayed: decay * self.potentials[at],
            reached,
            after: if spiked { 0.0 } else { reached },
            lesson: spiked.then(|| lesson(rule.learning, &weights, pre)),
            rule,
            arrivals,
            weights,
        }
    }

    /// What a unit of the layer before does to this one. The weights are settled.
    fn effect(&mut self, arch: Arch, decay: f32, inhibition: f32, unit: u32, pre: &[u32]) -> Effect {
        let rule = self.rule(decay, inhibition);
        let weights: Vec<f32> = self.synapses.column(unit as usize).collect();
        let reached = self.preview(arch, decay, inhibition, pre).reached;
        let spiked = pre.binary_search(&unit).is_ok();
        let taught = self.crossing(&reached).into_iter();
        let taught = taught
            .map(|neuron| SynapseChange::of(rule.learning, neuron, weights[neuron as usize], spiked))
            .collect();
        let mut effect = Effect {
            rule,
            neurons: weights.len(),
            fed: Vec::new(),
            taught,
        };
        if !spiked {
            return effect;
        }
        let mut gross = vec![0.0; weights.len()];
        let mut own_level = 0.0;
        for (&input, level) in pre.iter().zip(self.levels(inhibition, pre)) {
            if input == unit {
                own_level = level;
            }
            for (gross, weight) in gross.iter_mut().zip(self.synapses.column(input as usize)) {
                *gross += (f64::from(rule.alpha) * f64::from(weight) - level).abs();
            }
        }
        let others: Vec<u32> = pre.iter().copied().filter(|&other| other != unit).collect();
        let without = self.preview(arch, decay, inhibition, &others).reached;
        effect.fed = (0_u32..)
            .zip(weights)
            .zip(reached.into_iter().zip(without))
            .zip(gross)
            .map(|(((neuron, weight), (reached, without)), gross)| {
                let part = f64::from(rule.alpha) * f64::from(weight) - own_level;
                Fed {
                    neuron,
                    weight,
                    part,
                    share: share(part, gross),
                    reached,
                    without,
                    spiked: reached >= rule.threshold,
                    would_spike: without >= rule.threshold,
                }
            })
            .collect();
        effect
    }
}

/// A part of a sum of magnitudes; 0 of nothing.
fn share(part: f64, gross: f64) -> f64 {
    if gross > 0.0 { part / gross } else { 0.0 }
}

/// What a spike does to the weights into its neuron.
fn lesson(learning: Learning, weights: &[f32], pre: &[u32]) -> Lesson {
    let mut spiking = pre.iter().copied().peekable();
    let mut lesson = Lesson {
        raised: Vec::with_capacity(pre.len()),
        lowered: weights.len() - pre.len(),
        lowered_by: 0.0,
        strongest: Vec::new(),
    };
    let mut lowered = Vec::with_capacity(lesson.lowered);
    for (input, &weight) in (0_u32..).zip(weights) {
        if spiking.next_if_eq(&input).is_some() {
            lesson.raised.push(SynapseChange::of(learning, input, weight, true));
        } else {
            let change = SynapseChange::of(learning, input, weight, false);
            lesson.lowered_by += change.by();
            lowered.push(change);
        }
    }
    lowered.sort_by(|a, b| b.by().abs().total_cmp(&a.by().abs()));
    lowered.truncate(STRONGEST);
    lesson.strongest = lowered;
    lesson
}
