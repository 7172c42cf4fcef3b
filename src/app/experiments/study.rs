//! One protocol with its results: what a person chose, which trials are done, and the threads that do more.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::curves::Across;
use super::parts;
use super::usage::Usage;
use super::work::Work;
use crate::app::text::counted;
use crate::experiment::{Finding, Job, Protocol, Row, summarise};
use crate::run::{FinishedJob, Sweep, several_versions};
use crate::worker::{SweepNews, SweepOrder, Sweeper};

/// How a person looks at the results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What lies along the axis.
    pub across: Across,
    /// The level that is looked at on each axis of the protocol.
    pub at: Vec<usize>,
    /// The measure.
    pub measure: String,
}

/// A protocol, its folder and what is known of it.
pub struct Study {
    pub protocol: Protocol,
    /// Where its results are kept; `None` if there is no home folder and none was chosen.
    pub folder: Option<PathBuf>,
    pub view: View,
    /// Whether only the points that are looked at are done.
    pub only_shown: bool,
    /// The threads that read its folder, or do more of it.
    pub work: Work<SweepNews>,
    finished: BTreeMap<Job, FinishedJob>,
    /// The finished trials summed up, up to date.
    rows: Vec<Row>,
    /// Which versions of the program did them, if there are several.
    versions: Option<String>,
    /// Trials that this run is to do, and has done.
    this_run: Option<(usize, usize)>,
    /// Trials that are done side by side.
    side_by_side: usize,
    /// The points of this run, or of the last one; all before the first.
    wanted: Vec<bool>,
    /// Which images a point uses for what.
    pub usage: Usage,
}

impl Study {
    /// A protocol of which nothing is known yet.
    pub fn new(protocol: Protocol, folder: Option<PathBuf>) -> Self {
        let view = View {
            across: Across::of(&protocol).first().copied().unwrap_or(Across::Phases),
            at: vec![0; protocol.axes.len()],
            measure: crate::experiment::ACCURACY.to_owned(),
        };
        Self {
            protocol,
            folder,
            view,
            only_shown: false,
            work: Work::default(),
            finished: BTreeMap::new(),
            rows: Vec::new(),
            versions: None,
            this_run: None,
            side_by_side: 1,
            wanted: Vec::new(),
            usage: Usage::default(),
        }
    }

    /// These are the trials summed up, for tests of what is made of them.
    #[cfg(test)]
    pub fn set_rows(&mut self, rows: Vec<Row>) {
        self.rows = rows;
    }

    /// The finished trials summed up.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Which versions of the program did the trials, if there are several.
    pub fn versions(&self) -> Option<&str> {
        self.versions.as_deref()
    }

    /// Trials that are done, of all.
    pub fn done(&self) -> (usize, usize) {
        let of_it = |job: &&Job| job.trial < self.protocol.trials;
        let done = self.finished.keys().filter(of_it).count();
        (done, self.protocol.points() * self.protocol.trials as usize)
    }

    /// Looks into the folder, once.
    pub fn look(&mut self, ctx: &egui::Context) {
        self.work.look(|| {
            let folder = self.folder.clone().filter(|folder| Sweep::is_in(folder))?;
            Some(Sweeper::look(folder, parts::wake(ctx)))
        });
    }

    /// Takes the results of another folder.
    pub fn take_results(&mut self, folder: PathBuf, trials: u32, finished: BTreeMap<Job, FinishedJob>) {
        self.folder = Some(folder);
        self.finished = finished;
        self.work.settle();
        self.set_trials(trials);
    }

    /// Whether a point is looked at: its level is the chosen one on every axis that does not lie along the plot.
    pub fn shows(&self, point: usize) -> bool {
        let places = self.protocol.places(point);
        let free = match self.view.across {
            Across::Levels(axis) => Some(axis),
            _ => None,
        };
        places
            .iter()
            .zip(&self.view.at)
            .enumerate()
            .all(|(axis, (place, at))| Some(axis) == free || place == at)
    }

    /// Does the trials that are not done yet.
    pub fn begin(&mut self, images: Option<PathBuf>, side_by_side: usize, ctx: &egui::Context) {
        let Some(folder) = self.folder.clone().filter(|_| !self.work.is_busy()) else {
            return;
        };
        let is_wanted = |point| !self.only_shown || self.shows(point);
        let wanted: Vec<bool> = (0..self.protocol.points()).map(is_wanted).collect();
        let order = SweepOrder {
            folder,
            protocol: self.protocol.clone(),
            wanted: wanted.clone(),
            images,
            jobs: side_by_side,
        };
        self.this_run = None;
        self.side_by_side = side_by_side.max(1);
        self.wanted = wanted;
        self.work.begin(Sweeper::begin(order, parts::wake(ctx)));
    }

    /// Another number of trials is wanted.
    pub fn set_trials(&mut self, trials: u32) {
        self.protocol.trials = trials.clamp(1, self.protocol.most_trials().max(1));
        self.sum_up();
    }

    /// Takes in what the threads tell.
    pub fn update(&mut self) {
        let news = self.work.news();
        if news.is_empty() {
            return;
        }
        for piece in news {
            match piece {
                SweepNews::Known(known, finished) => {
                    if known.finds_the_same(&self.protocol) {
                        self.protocol.trials = known.trials;
                        self.finished = finished;
                    } else {
                        let text =
                            "the folder holds the results of another version of this experiment: choose another folder";
                        self.work.fault = Some(text.to_owned());
                    }
                }
                SweepNews::Begun(count) => self.this_run = Some((0, count)),
                SweepNews::Done(job, done) => {
                    self.finished.insert(job, *done);
                    if let Some((done, _)) = &mut self.this_run {
                        *done += 1;
                    }
                }
                SweepNews::Ended(outcome) => {
                    self.work.end(outcome);
                }
            }
        }
        self.sum_up();
    }

    /// Sums up what is there.
    fn sum_up(&mut self) {
        let trials = self.protocol.trials;
        let found: BTreeMap<Job, Vec<Finding>> = self
            .finished
            .iter()
            .filter(|(job, _)| job.trial < trials)
            .map(|(&job, done)| (job, done.findings.clone()))
            .collect();
        self.rows = summarise(&self.protocol, &found);
        self.versions = several_versions(self.finished.values().filter(|it| it.trial < trials));
    }

    /// How far it is, and how long what is left takes by what the trials took that are done.
    pub fn progress(&self) -> String {
        let (done, all) = self.done();
        let mut text = format!("{done} of {} done", counted(all as u64, "trial"));
        if let Some((now, wanted)) = self.this_run.filter(|_| self.work.runs()) {
            let left = self.work.left(self.left(wanted - now.min(wanted)));
            text = format!("{text}, {now} of {wanted} in this run{left}");
        }
        text
    }

    /// How long the trials take that are still to be done. A trial takes as long as those of its point did, or as all did on
    /// average where none of its point is done. `None` as long as none is done at all.
    fn left(&self, to_do: usize) -> Option<Duration> {
        let mean = |times: &[f64]| (!times.is_empty()).then(|| times.iter().sum::<f64>() / times.len() as f64);
        let all = mean(
            &self
                .finished
                .values()
                .filter_map(|done| done.seconds)
                .collect::<Vec<_>>(),
        )?;
        let points = (0..self.protocol.points()).filter(|&point| self.wanted.get(point).is_none_or(|&it| it));
        let seconds: f64 = points
            .map(|point| {
                let of_it = |job: &Job| job.point == point && job.trial < self.protocol.trials;
                let done = self.finished.iter().filter(|(job, _)| of_it(job));
                let times: Vec<Option<f64>> = done.map(|(_, done)| done.seconds).collect();
                let missing = (self.protocol.trials as usize).saturating_sub(times.len());
                let times: Vec<f64> = times.into_iter().flatten().collect();
                missing as f64 * mean(&times).unwrap_or(all)
            })
            .sum();
        let side_by_side = self.side_by_side.min(to_do).max(1);
        Duration::try_from_secs_f64(seconds / side_by_side as f64).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::protocols;

    /// A trial that took so long.
    fn took(study: &mut Study, job: Job, seconds: f64) {
        let done = FinishedJob {
            version: String::new(),
            point: job.point,
            at: Vec::new(),
            trial: job.trial,
            seed: 0,
            images: String::new(),
            seconds: Some(seconds),
            findings: Vec::new(),
        };
        study.finished.insert(job, done);
    }

    /// Catches a time that takes every trial for alike, however many images its point has, or forgets how many are done at once.
    #[test]
    fn the_time_left_is_that_of_the_points() {
        let protocol = protocols().remove(0);
        let points = protocol.points();
        let mut study = Study::new(Protocol { trials: 2, ..protocol }, None);
        assert_eq!(study.left(1), None);
        for point in 0..points {
            took(
                &mut study,
                Job { point, trial: 0 },
                if point == 0 { 100.0 } else { 1.0 },
            );
        }
        study.side_by_side = 2;
        let left = study.left(points).unwrap().as_secs_f64();
        assert!((left - 0.5 * (100.0 + (points - 1) as f64)).abs() < 1e-6, "{left}");
        assert_eq!(study.done(), (points, 2 * points));
    }

    /// Catches a choice of levels that shows another point, with the first axis taken for the fastest.
    #[test]
    fn what_is_looked_at_is_what_was_chosen() {
        let protocol = protocols().into_iter().find(|it| it.name == "limited_data").unwrap();
        let mut study = Study::new(protocol, None);
        study.view.across = Across::Levels(2);
        study.view.at = vec![1, 0, 5];
        let shown: Vec<usize> = (0..study.protocol.points())
            .filter(|&point| study.shows(point))
            .collect();
        let names: Vec<&str> = shown
            .iter()
            .map(|&point| study.protocol.levels(point)[0].name.as_str())
            .collect();
        assert_eq!(names, ["Fashion-MNIST"; 8]);
        assert!(shown.iter().all(|&point| study.protocol.levels(point)[1].name == "2"));
        study.view.across = Across::Phases;
        assert_eq!(
            (0..study.protocol.points()).filter(|&point| study.shows(point)).count(),
            1
        );
    }
}
