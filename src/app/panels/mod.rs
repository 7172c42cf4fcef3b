//! The panes. Each reads the session and keeps only its own view of it: zoom, selection, scale.

mod accuracy;
mod activity;
mod classes;
mod compare;
pub mod comparison;
mod confusion;
mod controls;
mod dream;
mod effects;
mod exactness;
mod fields;
mod figures;
mod fog;
mod images;
mod images_used;
mod inspector;
mod lanes;
mod network;
mod neurons;
mod night_map;
mod potentials;
mod probe;
pub mod raster;
mod synapse;
mod tables;
mod training;
mod weight_change;
mod weight_histogram;
mod weight_scale;

pub use classes::{change_ui as class_change_ui, name_ui as class_name_ui};
pub use confusion::{Names as ClassNames, cells_ui as confusion_cells_ui, names_ui as confusion_names_ui};
pub use fog::{title as hardship_title, unit as hardship_unit};
pub use images_used::{list_ui as images_list_ui, table as images_table};
pub use night_map::hindrance as map_hindrance;

use egui::Ui;
use serde::{Deserialize, Serialize};

use super::action::Actions;
use super::activity::Activity;
use super::breakpoints::Breakpoints;
use super::selection::{Neuron, Selection};
use super::session::Session;
use super::slow_motion::Part;
use super::text::grouped;
use crate::data::picture::Ink;
use crate::experiment::{NightGrid, Recipe, Rival};
use crate::run::Drawing;
use crate::worker::{ProbePicture, Stress};

/// The panes there are, by the name they are saved under.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::EnumIter, strum::EnumCount,
)]
pub enum Pane {
    /// Every spike of the night.
    Raster,
    /// What became of the weights.
    WeightChange,
    /// Loss and accuracy of the training.
    Training,
    /// Accuracy over the night.
    Accuracy,
    /// Which class is read as which.
    Confusion,
    /// Accuracy of each class.
    Classes,
    /// Potentials of the selected neurons.
    Potentials,
    /// Every neuron in a table.
    Neurons,
    /// The weights of each neuron of the first layer as an image.
    Fields,
    /// How the weights of a layer are distributed.
    Histogram,
    /// What is dreamt, and which class it looks like.
    Dream,
    /// One unit in the step that is shown: its equation, and what its spike did.
    Inspector,
    /// What each spike did to the accuracy.
    Effects,
    /// A person's own pictures, judged along the night.
    Probe,
    /// What the network can do with worse images, or damaged.
    Fog,
    /// The layers side by side, and what passes between them.
    Network,
    /// The course of one weight over the night.
    Synapse,
    /// Nights stacked on one axis of time.
    Lanes,
    /// Nights side by side in numbers.
    Compare,
    /// How lively each layer is.
    Activity,
    /// The real night between its controls.
    Controls,
    /// What a whole night would do under other settings.
    NightMap,
    /// Which images are used for what.
    ImagesUsed,
}

impl Pane {
    /// The panes that look at the weights themselves.
    pub const OF_WEIGHTS: [Self; 5] = [
        Self::WeightChange,
        Self::Fields,
        Self::Histogram,
        Self::Neurons,
        Self::Network,
    ];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Raster => "Spikes",
            Self::WeightChange => "Weight map",
            Self::Training => "Training",
            Self::Accuracy => "Accuracy",
            Self::Confusion => "Confusion",
            Self::Classes => "Per class",
            Self::Potentials => "Potentials",
            Self::Neurons => "Neurons",
            Self::Fields => "Receptive fields",
            Self::Histogram => "Distribution",
            Self::Dream => "Dream and replay",
            Self::Inspector => "Inspector",
            Self::Effects => "Spikes that mattered",
            Self::Probe => "Probe",
            Self::Fog => "Fog and damage",
            Self::Network => "Network",
            Self::Synapse => "Synapse",
            Self::Lanes => "Lanes",
            Self::Compare => "Compare",
            Self::Activity => "Activity",
            Self::Controls => "Controls",
            Self::NightMap => "Map of nights",
            Self::ImagesUsed => "Images used",
        }
    }

    /// What it shows, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Raster => {
                "Every spike of every unit: time runs to the right, units of a layer from top to bottom. Scroll to zoom in time, over the names of the layers (or with Alt) in rows; drag to move, double-click for all. Shift-drag brushes a span. Click a spike to select its neuron, the name of a layer to see it alone, the axis to go to a step. Faint: steps that are known but lie after the moment that is shown."
            }
            Self::WeightChange => {
                "The weights of a layer: now, before sleep, or what changed. Where several share a pixel, the one of largest magnitude is shown. Scroll to zoom down to single weights, drag to move, double-click for all. Click to select the neuron that a weight leads to."
            }
            Self::Training => {
                "Loss and accuracy of each training batch, with dropout, on the images the network learns from."
            }
            Self::Accuracy => {
                "Share of the held-out images that are read correctly, over the day and the night: all of them, or each class (recall)."
            }
            Self::Confusion => {
                "Rows: what the image shows. Columns: what it is read as. Colour: share of the row. Difference: now minus before, in percentage points, red for more, blue for less. Click on a cell to see its images."
            }
            Self::Effects => {
                "What each spike did to the accuracy: images read correctly once its change of weights is made, less those before. Within a step the spikes' changes are made one after the other, layer by layer, so this is what each adds in that order; together they make what the step did. Click a row to go to its step and select its neuron."
            }
            Self::Classes => {
                "Share of the held-out images of each class that are read correctly (recall), before sleep and now, or the difference of the two."
            }
            Self::Potentials => {
                "The potential of each selected neuron at every step. At the threshold it spikes, and its potential is 0 again."
            }
            Self::Neurons => {
                "Every neuron with what it did this night. Click a row to select it, Ctrl-click to add it."
            }
            Self::Histogram => {
                "How many weights of a layer have which value, before sleep and now. The counts are logarithmic: each mark is ten times the one below."
            }
            Self::Fields => {
                "The weights from the image to each neuron of the first layer, one weight a pixel: red is positive, blue is negative. Click one to select it and see it large."
            }
            Self::Inspector => {
                "The last selected neuron in the step that is shown: the equation with its numbers, and what its spike did. Point at a number to light the units it comes from, in every pane. Click an input to see its synapse."
            }
            Self::Synapse => {
                "One weight over the whole night. It changes only when the neuron it leads to spikes: raised if its input spikes in the same step, lowered if not. Pick it by layer and numbers, with a click in the weight map, or among the inputs in the inspector. Click a change to go to its step."
            }
            Self::Network => {
                "Every unit of every layer: the image, the hidden layers, the outputs with their classes. Lines lead from the spikes of the step to the spikes that they fed. Click a unit to select it and see its strongest paths, Ctrl-click to add it."
            }
            Self::Lanes => {
                "Nights on one axis of time: branches with the same noise, and saved runs. In each: accuracy, spikes by layer, and the spikes that it and the baseline do not share. The diamond marks the step in which they part; click it to go there. Click or drag in a plot to go to a moment."
            }
            Self::Compare => {
                "Two to eight nights in numbers, at the step that is shown: accuracy, the settings that differ, confusion matrices with one scale, and how far the changes of weights are from the baseline's."
            }
            Self::Activity => {
                "Rate, sparsity and intervals between spikes of each layer, and a light: a disc is healthy, a ring is silent, a triangle runs away. Healthy is how often hidden neurons and outputs spiked in the published nights. Click a layer to see its spikes alone."
            }
            Self::Controls => {
                "What if the night's change were put elsewhere, or something else done in its place? Each control is tested on a copy of the network, as the night has left it at the moment that is shown, whenever the run waits. The dashed lines: before sleep, and the real night."
            }
            Self::ImagesUsed => {
                "The leak guard: which images each phase of the run uses for what, counted by the very functions that choose them, where they lie in their part of the set, and whether any held-out image is used for anything but tests, or any validation image for the training that it judges."
            }
            Self::NightMap => {
                "What would a whole night do under other settings? Two of them vary, and each cell is a whole night of the network that falls asleep, on a copy, tested on training images that the run does not use, so that settings chosen here have seen no held-out image. Colour: the gain in accuracy, red for better, blue for worse; pale cells are not slept yet and take after their neighbours. Dot: the present settings. Frame: the highest. Click a cell to put its values into the settings."
            }
            Self::Dream => {
                "Left: what drives the inputs in this step, and the mean of all steps. Right, the replay meter: Pearson's correlation, over the neurons of a hidden layer, of their spike counts in the last steps with their mean activity for the training images of each class, awake before sleep. \"Own part\" takes off what all classes share. Grey, the control: the same with the neurons shuffled, which shows what is chance."
            }
            Self::Probe => {
                "Draw a digit, load a PNG, or take a held-out image, and see what each output says to it: now, before sleep, and along the whole night. Pin up to ten pictures. On the canvas the arrow keys move the cursor, Space paints, Ctrl+Z takes the last stroke back."
            }
            Self::Fog => {
                "Accuracy on the held-out images when they are noisy, blurred or partly covered, or when a copy of the network has noisy weights or silent neurons: before sleep and now. The run itself is not touched."
            }
        }
    }
}

/// What a pane looks at.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The run.
    pub session: &'a Session,
    /// The neurons that are looked at.
    pub selection: &'a Selection,
    /// What the night waits at.
    pub breakpoints: &'a Breakpoints,
    /// How lively each layer is.
    pub activity: &'a Activity,
    /// The part of the step that is walked through in slow motion, if one is.
    pub part: Option<Part>,
    /// The settings as the person left them.
    pub draft: &'a Recipe,
}

/// The view state of every pane.
#[derive(Default)]
pub struct Panels {
    raster: raster::RasterView,
    weight_change: weight_change::WeightChangeView,
    neurons: neurons::NeuronsView,
    /// What every neuron did, for the table and for the rows of the raster.
    tally: neurons::Tally,
    weight_scale: weight_scale::WeightScale,
    fields: fields::FieldsView,
    histogram: weight_histogram::HistogramView,
    accuracy: accuracy::AccuracyView,
    confusion: confusion::ConfusionView,
    classes: classes::ClassesView,
    dream: dream::DreamView,
    inspector: inspector::InspectorView,
    effects: effects::EffectsView,
    probe: probe::ProbeView,
    fog: fog::FogView,
    network: network::NetworkView,
    synapse: synapse::SynapseView,
    lanes: lanes::LanesView,
    controls: controls::ControlsView,
    night_map: night_map::NightMapView,
    /// The baseline of all comparisons, and where each night parts from it.
    pub comparison: comparison::Comparison,
    /// The pop-up of the images behind a cell.
    images: images::ImagesView,
}

impl Panels {
    /// The right side of a pane's header: its figures and controls, from right to left.
    pub fn header_ui(&mut self, pane: Pane, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        match pane {
            Pane::Raster => self.raster.header_ui(ui, seen, actions),
            Pane::WeightChange => self.weight_change.header_ui(ui, session),
            Pane::Training => training::header_ui(ui, session),
            Pane::Accuracy => accuracy::header_ui(ui, session),
            Pane::Confusion => self.confusion.header_ui(ui, session),
            Pane::Classes => self.classes.header_ui(ui, session),
            Pane::Effects => effects::header_ui(ui, session),
            Pane::Potentials | Pane::Neurons | Pane::Synapse | Pane::ImagesUsed => {}
            Pane::Fields => self.fields.header_ui(ui, session),
            Pane::Histogram => self.histogram.header_ui(ui, session),
            Pane::Dream => self.dream.header_ui(ui, session),
            Pane::Inspector => self.inspector.header_ui(ui, seen),
            Pane::Probe => self.probe.header_ui(ui, session),
            Pane::Fog => self.fog.header_ui(ui, session),
            Pane::Network => self.network.header_ui(ui, session),
            Pane::Lanes => lanes::LanesView::header_ui(ui, seen),
            Pane::Compare => compare::header_ui(ui, seen, &mut self.comparison),
            Pane::Activity => activity::header_ui(ui, seen),
            Pane::Controls => self.controls.header_ui(ui, session),
            Pane::NightMap => night_map::NightMapView::header_ui(ui, session),
        }
    }

    /// Whether the raster sorts or filters by what the weights did.
    pub fn raster_reads_weights(&self) -> bool {
        self.raster.reads_weights()
    }

    /// Shows a layer alone among the spikes.
    pub fn show_layer(&mut self, layer: usize) {
        self.raster.show_layer(layer);
    }

    /// The pictures that the network is probed with.
    pub fn pictures(&self) -> Vec<ProbePicture> {
        self.probe.pictures()
    }

    /// The harder conditions that the network is tested under, once a run is open.
    pub fn stress(&self, session: &Session) -> Option<Stress> {
        self.fog.stress(session)
    }

    /// The controls of the night that are to be tested.
    pub fn rivals(&self, session: &Session) -> Vec<Rival> {
        self.controls.wanted(session)
    }

    /// The nights that the map is to be made of, for the run that is open and these settings.
    pub fn map_wish(&mut self, session: &Session, draft: &Recipe) -> Option<NightGrid> {
        self.night_map.wish(session, draft)
    }

    /// The grey values of the pinned pictures of this size.
    pub fn pinned(&self, size: (usize, usize)) -> impl Iterator<Item = &[u8]> + Clone {
        self.probe.pinned(size)
    }

    /// Pins pictures that were kept with a run.
    pub fn pin(&mut self, drawings: &[Drawing], size: (usize, usize)) {
        self.probe.pin(drawings, size);
    }

    /// Puts a picture where one draws.
    pub fn show_picture(&mut self, ink: &Ink) {
        self.probe.show_picture(ink);
    }

    /// What stands above the panes.
    pub fn overlay_ui(&mut self, ui: &Ui, session: &Session, actions: &mut Actions) {
        self.images.ui(ui, session, actions);
    }

    /// The pane itself.
    pub fn ui(&mut self, pane: Pane, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        match pane {
            Pane::Raster => self.raster.ui(ui, seen, &mut self.tally, actions),
            Pane::WeightChange => self.weight_change.ui(ui, seen, &mut self.weight_scale, actions),
            Pane::Training => training::ui(ui, session),
            Pane::Accuracy => self.accuracy.ui(ui, seen, actions),
            Pane::Confusion => self.confusion.ui(ui, session, actions),
            Pane::Classes => self.classes.ui(ui, session),
            Pane::Potentials => potentials::ui(ui, seen, self.raster.range(session)),
            Pane::Neurons => self.neurons.ui(ui, seen, &mut self.tally, actions),
            Pane::Fields => self.fields.ui(ui, seen, &mut self.weight_scale, actions),
            Pane::Histogram => self.histogram.ui(ui, session),
            Pane::Dream => self.dream.ui(ui, session),
            Pane::Inspector => self.inspector.ui(ui, seen, actions),
            Pane::Effects => self.effects.ui(ui, seen, actions),
            Pane::Probe => self.probe.ui(ui, session, actions),
            Pane::Fog => self.fog.ui(ui, session, actions),
            Pane::Network => self.network.ui(ui, seen, actions),
            Pane::Synapse => self.synapse.ui(ui, seen, actions),
            Pane::Lanes => self.lanes.ui(ui, seen, &mut self.comparison, actions),
            Pane::Compare => compare::ui(ui, seen, &self.comparison),
            Pane::Activity => activity::ui(ui, seen, actions),
            Pane::Controls => self.controls.ui(ui, session),
            Pane::NightMap => self.night_map.ui(ui, seen, actions),
            Pane::ImagesUsed => images_used::ui(ui, session),
        }
    }
}

/// What a person calls a neuron.
pub fn neuron_name(session: &Session, neuron: Neuron) -> String {
    let layers = session.layers();
    format!("{} #{}", layers.name(neuron.layer), grouped(neuron.unit.into()))
}
