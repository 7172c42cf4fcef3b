//! What can be switched on in place of the night, for any run: names, questions, and whether it is tested unless a person says so.

use crate::data::Set;
use crate::experiment::{ChangeControl, Recipe, Rival};
use crate::sim::night::{Dream, Gate};
use crate::worker::Opened;

/// Share of the chosen images that early stopping holds back.
const HELD_BACK: f64 = 0.2;
/// Most epochs of a training that is stopped early, and epochs without a better one after which it ends.
const EPOCHS: (u32, u32) = (200, 20);
/// The bound of soft bounds, where the run's own gate is another one: well above what training makes of the start weights.
const BOUND: f32 = 0.1;

/// Width and height of the images that come with the program, whose means can be dreamt of in place of a run's own.
const BUILT_IN: (usize, usize) = (28, 28);

/// Every control there is for a run, in the order in which they stand: the quick ones first.
pub fn all(opened: &Opened) -> Vec<Rival> {
    let (recipe, layers) = (&opened.recipe, opened.sizes.len().saturating_sub(1));
    let mut all = vec![
        Rival::Change(ChangeControl::ShuffledWithinNeuron),
        Rival::Change(ChangeControl::ShuffledOverLayer),
        Rival::Change(ChangeControl::NeuronMean),
    ];
    if layers > 1 {
        all.extend((1..=layers).map(|layer| Rival::Change(ChangeControl::OnlyLayer(layer))));
    }
    all.extend([Rival::RescaledOutputs, Rival::WeightDecay]);
    let dreams = [Dream::Windows, Dream::WholeImage, Dream::Uniform, Dream::Silence];
    let other = dreams.into_iter().filter(|dream| *dream != recipe.night.dream);
    all.extend(other.map(|dream| Rival::Settings(vec![format!("night.dream={dream:?}")])));
    all.push(Rival::ShuffledPixels);
    let foreign = [Set::Mnist, Set::FashionMnist].into_iter();
    let fits = |set: &Set| *set != recipe.data.set && opened.image_size == BUILT_IN;
    all.extend(foreign.filter(fits).map(Rival::ForeignMean));
    let bounded = Gate::SoftBounds { bound: BOUND };
    let gates = [
        (Gate::Reference, "Reference".to_owned()),
        (Gate::PlainSigmoid, "PlainSigmoid".to_owned()),
        (Gate::None, "None".to_owned()),
        (bounded, format!("SoftBounds(bound: {BOUND})")),
    ];
    let is_other = |gate: &Gate| std::mem::discriminant(gate) != std::mem::discriminant(&recipe.night.gate);
    all.extend(
        gates
            .into_iter()
            .filter(|(gate, _)| is_other(gate))
            .map(|(_, value)| Rival::Settings(vec![format!("night.gate={value}")])),
    );
    let usual = Recipe::usual_fine_tuning;
    all.extend([
        Rival::FineTuning(recipe.fine_tuning.clone().unwrap_or_else(usual)),
        Rival::EarlyStopping {
            share: HELD_BACK,
            epochs: EPOCHS.0,
            patience: Some(EPOCHS.1),
        },
    ]);
    all
}

/// Whether it is tested unless a person says otherwise: what trains takes as long as the training itself.
pub fn is_usual(rival: &Rival) -> bool {
    !matches!(rival, Rival::FineTuning(_) | Rival::EarlyStopping { .. })
}

/// What a control is called.
pub fn name(rival: &Rival) -> String {
    match rival {
        Rival::Change(ChangeControl::ShuffledWithinNeuron) => "shuffled within each neuron".to_owned(),
        Rival::Change(ChangeControl::ShuffledOverLayer) => "shuffled over the layer".to_owned(),
        Rival::Change(ChangeControl::NeuronMean) => "each neuron's mean".to_owned(),
        Rival::Change(ChangeControl::OnlyLayer(layer)) => format!("layer {layer} alone"),
        Rival::RescaledOutputs => "outputs rescaled".to_owned(),
        Rival::WeightDecay => "weight decay".to_owned(),
        Rival::Settings(settings) => match settings.join(", ").as_str() {
            "night.dream=Windows" => "dream: windows".to_owned(),
            "night.dream=WholeImage" => "dream: whole mean image".to_owned(),
            "night.dream=Uniform" => "dream: uniform noise".to_owned(),
            "night.dream=Silence" => "dream: silence".to_owned(),
            "night.gate=Reference" => "gate: reference".to_owned(),
            "night.gate=PlainSigmoid" => "gate: plain sigmoid".to_owned(),
            "night.gate=None" => "gate: none".to_owned(),
            other if other.starts_with("night.gate=SoftBounds") => "gate: soft bounds".to_owned(),
            other => other.to_owned(),
        },
        Rival::ForeignMean(set) => format!("dream: mean of {set}"),
        Rival::ShuffledPixels => "dream: pixels shuffled".to_owned(),
        Rival::FineTuning(_) => "fine-tuning, no sleep".to_owned(),
        Rival::EarlyStopping { .. } => "early stopping, no sleep".to_owned(),
    }
}

/// What it asks, in a sentence.
pub fn help(rival: &Rival) -> String {
    let question = match rival {
        Rival::Change(ChangeControl::ShuffledWithinNeuron) => {
            "What if the night's change were shuffled among the weights onto each neuron? A neuron keeps the sum"
        }
        Rival::Change(ChangeControl::ShuffledOverLayer) => {
            "What if the night's change were shuffled over all weights of each layer?"
        }
        Rival::Change(ChangeControl::NeuronMean) => {
            "What if all weights onto a neuron changed by the mean of what the night changed them?"
        }
        Rival::Change(ChangeControl::OnlyLayer(_)) => "What if the night had changed this layer of weights only?",
        Rival::RescaledOutputs => {
            "What if there were no night, and each output were divided by its mean over the training images?"
        }
        Rival::WeightDecay => {
            "What if there were no night, and every weight moved towards 0 by one amount, each layer by as much as the night changed it?"
        }
        Rival::Settings(settings) if settings.iter().any(|it| it.starts_with("night.gate")) => {
            "What if another gate scaled the changes of this night, in as many steps?"
        }
        Rival::Settings(_) => "What if this were dreamt of in as many steps, with all else as it is?",
        Rival::ForeignMean(_) => {
            "What if the mean of another set, of the images that come with the program, were dreamt of, at the same total rate?"
        }
        Rival::ShuffledPixels => "What if the mean image had its pixels shuffled, at the same total rate?",
        Rival::FineTuning(params) => {
            return format!(
                "What if there were no night, and training went on on the same images ({} at a learning rate of {})? It takes a while",
                crate::app::text::counted(params.epochs.into(), "epoch"),
                params.learning_rate
            );
        }
        Rival::EarlyStopping { .. } => {
            return format!(
                "What if there were no night, and the newborn network were trained on {:.0} % of the images until the others are read no better for {} epochs, {} at most? It takes a while",
                100.0 * (1.0 - HELD_BACK),
                EPOCHS.1,
                EPOCHS.0
            );
        }
    };
    question.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run on images of this size.
    fn opened(image_size: (usize, usize)) -> Opened {
        Opened {
            recipe: crate::experiment::presets().swap_remove(0).recipe,
            data_title: String::new(),
            data_origin: String::new(),
            class_names: Vec::new(),
            image_size,
            train_images: 0,
            train_available: 0,
            class_images: Vec::new(),
            class_available: Vec::new(),
            test_images: 0,
            test_available: 0,
            sizes: vec![image_size.0 * image_size.1, 8, 8, 10],
            total_batches: 0,
            mean_image: Vec::new(),
        }
    }

    /// Catches a mean image of another size than the run's images, and two switches that look alike.
    #[test]
    fn what_is_offered_fits_the_run() {
        let is_foreign = |rival: &Rival| matches!(rival, Rival::ForeignMean(_));
        assert_eq!(all(&opened((28, 28))).iter().filter(|it| is_foreign(it)).count(), 1);
        assert!(!all(&opened((16, 16))).iter().any(is_foreign));
        let names: std::collections::BTreeSet<String> = all(&opened((28, 28))).iter().map(name).collect();
        assert_eq!(names.len(), all(&opened((28, 28))).len());
    }
}
