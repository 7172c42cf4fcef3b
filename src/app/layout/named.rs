//! The named layouts, as tables.

use egui_tiles::{Linear, LinearDir, TileId, Tiles, Tree};
use serde::{Deserialize, Serialize};

use crate::app::panels::Pane;

/// The layouts there are, by the name they are saved under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::EnumIter)]
pub enum Named {
    /// Something of everything.
    #[default]
    Overview,
    /// What single neurons do.
    OneNeuron,
    /// What passes through the layers.
    Network,
    /// What becomes of the weights.
    Weights,
    /// What is dreamt.
    Dream,
    /// What came of the night.
    BeforeAndAfter,
    /// What the network makes of other pictures.
    Probe,
    /// Nights side by side.
    Compare,
    /// Nights with other settings.
    Explore,
}

impl Named {
    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::OneNeuron => "One neuron",
            Self::Network => "Network",
            Self::Weights => "Weights",
            Self::Dream => "Dream",
            Self::BeforeAndAfter => "Before and after",
            Self::Probe => "Probe",
            Self::Compare => "Compare",
            Self::Explore => "Explore",
        }
    }

    /// What it is for, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Overview => "Spikes and weights in the middle, what came of them on the right",
            Self::OneNeuron => {
                "The selected neurons: equation of the step, potentials, spikes, one synapse, and a table of all neurons"
            }
            Self::Network => {
                "The layers side by side: spikes on their way, the strongest paths, how lively each layer is"
            }
            Self::Weights => "What becomes of the weights, and the spikes that cause it",
            Self::Dream => {
                "What drives the sleeping network, and whether its activity is like that of a class seen awake"
            }
            Self::BeforeAndAfter => "What the network could read before sleep, and what it can read now",
            Self::Probe => "What the network makes of your own drawings, of worse images, and of damage",
            Self::Compare => "Branches and saved runs on one axis of time, and what came of each",
            Self::Explore => "What a night would do under other settings, and the real one between its controls",
        }
    }

    /// Its panes, each in its place.
    pub(super) fn tree(self) -> Tree<Pane> {
        let mut tiles = Tiles::default();
        let root = self.place().build(&mut tiles);
        Tree::new(egui::Id::unique(("layout", self.title())), root, tiles)
    }

    /// Where its panes are.
    fn place(self) -> &'static Place {
        use Pane::{
            Accuracy, Activity, Classes, Compare, Confusion, Controls, Dream, Effects, Fields, Fog, Histogram,
            ImagesUsed, Inspector, Lanes, Network, Neurons, NightMap, Potentials, Probe, Raster, Synapse, Training,
            WeightChange,
        };
        use Place::{Column, One, Row};
        match self {
            Self::Overview => {
                &const {
                    Row(&[
                        (
                            1.35,
                            Column(&[
                                (1.25, One(Raster)),
                                (1.0, Row(&[(1.0, One(WeightChange)), (0.9, One(Training))])),
                            ]),
                        ),
                        (
                            1.0,
                            Column(&[(1.0, One(Accuracy)), (1.15, One(Confusion)), (0.85, One(Classes))]),
                        ),
                    ])
                }
            }
            Self::OneNeuron => {
                &const {
                    Row(&[
                        (1.2, Column(&[(1.35, One(Inspector)), (1.0, One(Raster))])),
                        (
                            1.0,
                            Column(&[(0.95, One(Potentials)), (1.1, One(Synapse)), (1.0, One(Neurons))]),
                        ),
                    ])
                }
            }
            Self::Network => {
                &const {
                    Column(&[
                        (1.55, One(Network)),
                        (1.0, Row(&[(1.2, One(Raster)), (1.0, One(Activity))])),
                    ])
                }
            }
            Self::Weights => {
                &const {
                    Row(&[
                        (1.3, Column(&[(1.6, One(WeightChange)), (1.0, One(Raster))])),
                        (1.0, Column(&[(1.0, One(Fields)), (1.0, One(Histogram))])),
                    ])
                }
            }
            Self::Dream => {
                &const {
                    Column(&[
                        (1.1, One(Dream)),
                        (1.0, Row(&[(1.35, One(Raster)), (1.0, One(Accuracy))])),
                    ])
                }
            }
            Self::BeforeAndAfter => {
                &const {
                    Column(&[
                        (1.0, Row(&[(1.3, One(Accuracy)), (1.0, One(Effects))])),
                        (1.2, Row(&[(1.8, One(Confusion)), (1.0, One(Classes))])),
                    ])
                }
            }
            Self::Probe => {
                &const {
                    Row(&[
                        (1.25, One(Probe)),
                        (1.0, Column(&[(2.1, One(Fog)), (1.0, One(Accuracy))])),
                    ])
                }
            }
            Self::Compare => &const { Row(&[(1.15, One(Lanes)), (1.0, One(Compare))]) },
            Self::Explore => {
                &const {
                    Row(&[
                        (1.35, One(NightMap)),
                        (1.0, Column(&[(1.0, One(Controls)), (1.0, One(ImagesUsed))])),
                    ])
                }
            }
        }
    }
}

/// A place in a layout: a pane, or places side by side, each with its share of the room.
enum Place {
    /// A pane.
    One(Pane),
    /// From left to right.
    Row(&'static [(f32, Self)]),
    /// From top to bottom.
    Column(&'static [(f32, Self)]),
}

impl Place {
    /// The place as a tile.
    fn build(&self, tiles: &mut Tiles<Pane>) -> TileId {
        let (direction, places) = match self {
            Self::One(pane) => return tiles.insert_pane(*pane),
            Self::Row(places) => (LinearDir::Horizontal, places),
            Self::Column(places) => (LinearDir::Vertical, places),
        };
        let children: Vec<TileId> = places.iter().map(|(_, place)| place.build(tiles)).collect();
        let mut linear = Linear::new(direction, children.clone());
        for (&child, &(share, _)) in children.iter().zip(*places) {
            linear.shares.set_share(child, share);
        }
        tiles.insert_container(linear)
    }
}
