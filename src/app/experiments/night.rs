//! What trials found of a night, read from the rows of one point: which class is read as which, how well each is read, which
//! synapses grew and shrank, and how sparse the network is. Knows nothing of how it is drawn.

use crate::experiment::{AFTER, BEFORE, NIGHT, Plan, Protocol, Row, Summary};

/// The phases that are set side by side.
pub const PHASES: [&str; 2] = [BEFORE, AFTER];
/// Most classes that are drawn; a stranger's table may name any number.
const CLASSES: usize = 100;

/// A number before and after the night.
pub type Pair = [Option<Summary>; 2];

/// How many synapses of a layer grew and shrank.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which ones: "layer 1, positive".
    pub name: String,
    /// The share of them that grew.
    pub grown: Option<Summary>,
    /// The share of them that shrank.
    pub shrunk: Option<Summary>,
}

/// What is known of the night of a point; every number is a mean over its trials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Night {
    /// The recall of each class.
    pub recalls: Vec<Pair>,
    /// The share of each class (row) that is read as each (column), row by row; empty where trials did not look.
    pub confusion: [Vec<f64>; 2],
    /// The synapses, layer by layer.
    pub changes: Vec<Change>,
    /// Other shares by name, in the order in which trials tell them.
    pub numbers: Vec<(String, Pair)>,
    /// Trials that are in the means.
    pub trials: usize,
    /// Nights that diverged, and are in no mean.
    pub diverged: usize,
}

impl Night {
    /// What the rows of a point say of its night; `None` if they say nothing of single classes.
    pub fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Option<Self> {
        let mut night = Self::default();
        let mut cells: Vec<(usize, usize, usize, f64)> = Vec::new();
        for row in rows {
            if row.phase == NIGHT {
                night.take_change(row);
                continue;
            }
            let Some(when) = PHASES.iter().position(|phase| *phase == row.phase) else {
                continue;
            };
            night.trials = night.trials.max(row.summary.count);
            night.diverged = night.diverged.max(row.diverged);
            if let Some(class) = row.measure.strip_prefix("recall of ").and_then(class) {
                if night.recalls.len() <= class {
                    night.recalls.resize(class + 1, [None; 2]);
                }
                night.recalls[class][when] = Some(row.summary);
            } else if let Some((truth, read)) = row.measure.split_once(" read as ") {
                let cell = class(truth).zip(class(read));
                cells.extend(cell.map(|(truth, read)| (when, truth, read, row.summary.mean)));
            } else if is_number(&row.measure) {
                night.take_number(row, when);
            }
        }
        let classes = cells.iter().map(|cell| cell.1.max(cell.2) + 1).max().unwrap_or(0);
        for (when, truth, read, share) in cells {
            night.confusion[when].resize(classes * classes, 0.0);
            night.confusion[when][truth * classes + read] = share;
        }
        (!night.recalls.is_empty()).then_some(night)
    }

    /// Number of classes of the confusion matrices.
    pub fn classes(&self) -> usize {
        let cells = self.confusion.iter().map(Vec::len).max().unwrap_or(0);
        cells.isqrt()
    }

    /// The mean of a number by its name, before and after.
    pub fn means(&self, name: &str) -> [Option<f64>; 2] {
        let found = self.numbers.iter().find(|(of, _)| of == name);
        found.map_or([None; 2], |(_, pair)| pair.map(|it| it.map(|it| it.mean)))
    }

    /// Takes in which synapses grew or shrank.
    fn take_change(&mut self, row: &Row) {
        let Some((what, layer)) = row.measure.split_once(", ") else {
            return;
        };
        let (sign, grows) = match what.strip_suffix("synapses grown") {
            Some(sign) => (sign, true),
            None => match what.strip_suffix("synapses shrunk") {
                Some(sign) => (sign, false),
                None => return,
            },
        };
        let name = match sign.trim() {
            "" => format!("{layer}, all"),
            sign => format!("{layer}, {sign}"),
        };
        let place = self.changes.iter().position(|change| change.name == name);
        let place = place.unwrap_or_else(|| {
            self.changes.push(Change {
                name,
                grown: None,
                shrunk: None,
            });
            self.changes.len() - 1
        });
        let change = &mut self.changes[place];
        let side = if grows { &mut change.grown } else { &mut change.shrunk };
        *side = Some(row.summary);
    }

    /// Takes in another number.
    fn take_number(&mut self, row: &Row, when: usize) {
        let place = self.numbers.iter().position(|(name, _)| *name == row.measure);
        let place = place.unwrap_or_else(|| {
            self.numbers.push((row.measure.clone(), [None; 2]));
            self.numbers.len() - 1
        });
        self.numbers[place].1[when] = Some(row.summary);
    }
}

/// Whether a measure is one of those that are set side by side.
fn is_number(measure: &str) -> bool {
    ["accuracy", "balanced accuracy", "entropy of predicted classes"].contains(&measure)
        || ["weights next to 0", "silent activations"]
            .iter()
            .any(|head| measure.starts_with(head))
}

/// The number of a class.
fn class(name: &str) -> Option<usize> {
    name.parse().ok().filter(|&class| class < CLASSES)
}

/// The point that has the chosen level on every axis; `None` where the plan has no night of its own.
pub fn point(protocol: &Protocol, at: &[usize]) -> Option<usize> {
    let is_night = matches!(protocol.plan, Plan::Night { .. });
    (0..protocol.points()).find(|&point| is_night && protocol.places(point) == at)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::experiment::{Finding, Job, protocols, summarise};

    /// Catches shares in the wrong cell or of the other phase, numbers of one trial taken for the mean, synapses of another layer
    /// or sign, and a table of absurd size.
    #[test]
    fn the_night_of_a_point_is_the_mean_of_its_trials() {
        let protocol = protocols().into_iter().find(|it| it.name == "first_look").unwrap();
        let trial = |more: f64| {
            vec![
                Finding::new("before", "accuracy", 0.2 + more),
                Finding::new("before", "recall of 1", 0.1 + more),
                Finding::new("before", "0 read as 1", 0.4 + more),
                Finding::new("before", "1 read as 0", 0.3),
                Finding::new("before", "99999999 read as 0", 0.3),
                Finding::new("after", "accuracy", 0.6),
                Finding::new("after", "recall of 1", 0.5),
                Finding::new("after", "1 read as 1", 0.7),
                Finding::new("after", "weights next to 0, layer 2", 0.9),
                Finding::new("sleep and fine-tuning", "recall of 0", 0.9),
                Finding::new("night", "positive synapses grown, layer 1", 0.01),
                Finding::new("night", "positive synapses shrunk, layer 1", 0.6 + more),
                Finding::new("night", "synapses shrunk, layer 2", 0.25),
                Finding::new("night", "spikes of layer 0", 10.0),
            ]
        };
        let found: BTreeMap<Job, Vec<Finding>> = [(0, 0.0), (1, 0.1)]
            .into_iter()
            .map(|(number, more)| {
                (
                    Job {
                        point: 0,
                        trial: number,
                    },
                    trial(more),
                )
            })
            .collect();
        let rows = summarise(&protocol, &found);
        let night = Night::of(rows.iter().filter(|row| row.point == 0)).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert_eq!((night.classes(), night.recalls.len(), night.trials), (2, 2, 2));
        assert!(night.recalls[0] == [None; 2] && near(night.recalls[1][0].unwrap().mean, 0.15));
        assert!(near(night.confusion[0][1], 0.45) && near(night.confusion[0][2], 0.3));
        assert!(near(night.confusion[1][3], 0.7) && near(night.confusion[1][1], 0.0));
        let named: Vec<&str> = night.changes.iter().map(|change| change.name.as_str()).collect();
        assert_eq!(named, ["layer 1, positive", "layer 2, all"]);
        assert!(near(night.changes[0].shrunk.unwrap().mean, 0.65) && night.changes[1].grown.is_none());
        assert!(near(night.means("accuracy")[0].unwrap(), 0.25));
        assert_eq!(night.means("weights next to 0, layer 2"), [None, Some(0.9)]);
        assert!(Night::of(rows.iter().filter(|row| row.point == 1)).is_none());
    }
}
