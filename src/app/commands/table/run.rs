//! The rows about going through the run, and about nights that leave it.

use egui::Key;

use super::{ctrl, ctrl_shift, key, row, shift};
use crate::app::commands::{Deed, Group, Row};
use crate::app::text::counted;

impl Deed {
    /// The rows about nights that leave the night.
    pub(super) fn lane_row(self) -> Row {
        match self {
            Self::WithoutSpike => row(
                Group::Run,
                "Without this one spike",
                "A lane in which the selected neuron does not spike in the step that is shown, and the same noise",
                &const { [shift(Key::W)] },
            ),
            Self::BringNightBack => row(
                Group::Run,
                "Bring the night back",
                "Go on with the unsaved night that another run took the place of; the present one is set aside for it",
                &[],
            ),
            Self::ReopenLane => row(
                Group::Run,
                "Bring the closed lane back",
                "The lane that was closed last comes back as it was",
                &const { [ctrl_shift(Key::T)] },
            ),
            _ => row(
                Group::Run,
                "Branch here",
                "A lane that goes on from this moment with what the settings say, and the same noise",
                &const { [shift(Key::B)] },
            ),
        }
    }

    /// The rows about going through the run.
    pub(super) fn run_row(self) -> Row {
        let run = |name: &'static str, help: &'static str, keys| row(Group::Run, name, help, keys);
        match self {
            Self::Step => run(
                "Step",
                "As many steps as are chosen beside the button; batches while it trains",
                &const { [key(Key::ArrowRight)] },
            ),
            Self::StepBack => run(
                "Step back",
                "As many steps back as one press of \"Step\" does, and on into training, batch by batch",
                &const { [key(Key::ArrowLeft)] },
            ),
            Self::StepBy(steps) => Row {
                group: Group::Run,
                name: format!("Step by {steps}").into(),
                help: format!("{} on, then wait", counted(steps, "step")).into(),
                keys: match steps {
                    10 => &const { [shift(Key::ArrowRight)] },
                    100 => &const { [ctrl(Key::ArrowRight)] },
                    1000 => &const { [ctrl_shift(Key::ArrowRight)] },
                    _ => &[],
                },
            },
            Self::BackBy(steps) => Row {
                group: Group::Run,
                name: format!("Back by {steps}").into(),
                help: format!("{} back, or batches while it trains", counted(steps, "step")).into(),
                keys: match steps {
                    10 => &const { [shift(Key::ArrowLeft)] },
                    100 => &const { [ctrl(Key::ArrowLeft)] },
                    1000 => &const { [ctrl_shift(Key::ArrowLeft)] },
                    _ => &[],
                },
            },
            Self::StepSize(steps) => Row {
                group: Group::Run,
                name: format!("Step size {steps}").into(),
                help: format!("One press of \"Step\" does {}", counted(steps, "step")).into(),
                keys: &[],
            },
            Self::ToStart => run(
                "To the start of the night",
                "Back to the step at which the network fell asleep; from there, to the newborn network",
                &const { [key(Key::Home)] },
            ),
            Self::ToKnown => run(
                "To the newest step",
                "On to the last step or batch that is known; what played when that was left plays on",
                &const { [key(Key::End)] },
            ),
            Self::NextSpike => run(
                "Next spike",
                "On to where a selected neuron spikes next, as fast as possible",
                &const { [key(Key::N)] },
            ),
            Self::PreviousSpike => run(
                "Previous spike",
                "Back to where a selected neuron spiked before",
                &const { [shift(Key::N)] },
            ),
            Self::NextChange => run(
                "Next weight change",
                "On to where a neuron spikes next and so changes its weights",
                &const { [key(Key::W)] },
            ),
            Self::SlowMotion => run(
                "Slow motion",
                "Walk through the step that is shown in its parts, from the input to the reset",
                &const { [key(Key::M)] },
            ),
            Self::ToTheEnd => run(
                "To the end",
                "Go on to waking as fast as the machine can",
                &const { [ctrl(Key::End)] },
            ),
            Self::Train => run(
                "Train",
                "Train to the end, then wait: the network stays awake",
                &const { [ctrl(Key::T)] },
            ),
            Self::Sleep => run(
                "Sleep",
                "Put the trained network to sleep until it wakes",
                &const { [ctrl(Key::L)] },
            ),
            Self::Slower => run("Slower", "Half the speed", &const { [key(Key::Minus)] }),
            Self::Faster => run(
                "Faster",
                "Twice the speed",
                &const { [key(Key::Plus), key(Key::Equals)] },
            ),
            Self::Fastest => run("Fastest", "As fast as possible, whatever is drawn", &[]),
            _ => run(
                "Play or pause",
                "Train, sleep and wake at the chosen speed, or stop before the next step",
                &const { [key(Key::Space)] },
            ),
        }
    }
}
