//! Probing the network with a person's pictures and under harder conditions, beside the run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::event::{Event, Frame, Moment};
use super::probe::{HeldOut, Judged, JudgedPicture, MAX_PICTURES, Outputs, ProbePicture, Stress};
use super::prober::{NightJob, Prober, StressJob};
use super::testing::moment;
use super::thread::{Loop, Mode};
use crate::experiment::{Experiment, Stage};
use crate::sim::Samples;
use crate::sim::mlp::Mlp;

/// Shortest time between two goings through the night: while something is drawn, many pictures follow each other.
const BETWEEN_NIGHTS: Duration = Duration::from_millis(200);
/// While the run goes on, a test under harder conditions waits for so many times as long as the last one took.
const REST: u32 = 3;

/// What is being probed.
pub(super) struct Probing {
    pub(super) prober: Prober,
    /// The pictures, as they were asked for.
    pictures: Vec<ProbePicture>,
    /// Those of them that are as large as the images of the run, and their numbers.
    samples: Option<(Vec<u64>, Arc<Samples>)>,
    /// What the network that fell asleep says to them, once it was asked.
    before: Option<Vec<Outputs>>,
    /// The last judgement.
    judged: Option<Arc<Judged>>,
    /// Whether the night has still to be gone through with these pictures, and when one was gone through last.
    wants_night: bool,
    last_night: Option<Instant>,
    /// Steps that the thread was told are known.
    known: u64,
    stress: Option<Box<Stress>>,
    /// The moment of the network that was handed over last to be tested, and whether the answer is still to come.
    stressed: Option<Moment>,
    awaits_stress: bool,
    /// When it was handed over, when the answer was whole, and how long that took.
    handed_at: Instant,
    last_stress: (Instant, Duration),
    /// Whether somebody waits for the numbers, and does not only see them change.
    is_new_stress: bool,
    /// The network that fell asleep, to be handed over.
    asleep: Option<Arc<Mlp>>,
    /// The network that was handed over last, and its moment.
    handed: Option<(Moment, Arc<Mlp>)>,
}

impl Probing {
    /// Nothing is probed.
    pub(super) fn spawn() -> std::io::Result<Self> {
        Ok(Self::with(Prober::spawn()?))
    }

    /// The same, by this thread.
    fn with(prober: Prober) -> Self {
        Self {
            prober,
            pictures: Vec::new(),
            samples: None,
            before: None,
            judged: None,
            wants_night: false,
            last_night: None,
            known: 0,
            stress: None,
            stressed: None,
            awaits_stress: false,
            handed_at: Instant::now(),
            last_stress: (Instant::now(), Duration::ZERO),
            is_new_stress: false,
            asleep: None,
            handed: None,
        }
    }

    /// Nothing is probed, by a thread in the place of one that has ended.
    pub(super) fn anew() -> Self {
        Self::with(Prober::spawn().unwrap_or_else(|error| {
            log::error!("no thread for probes could be started: {error}");
            Prober::none()
        }))
    }

    /// The night has changed, or another one begins: what was found of it is void.
    pub(super) fn forget_night(&mut self) {
        self.prober.forget_night();
        self.wants_night = true;
        self.forget_moment();
    }

    /// The network of the moment is another: what was found of it is void.
    pub(super) fn forget_moment(&mut self) {
        self.judged = None;
        if self.awaits_stress || self.stressed.is_some() {
            self.prober.forget_stress();
        }
        self.stressed = None;
        self.awaits_stress = false;
        self.handed = None;
    }

    /// Another run is open: all is void, and will be found anew.
    pub(super) fn forget_run(&mut self) {
        self.forget_night();
        self.samples = None;
        self.before = None;
        self.asleep = None;
        self.is_new_stress = true;
    }

    /// Takes note of an answer on its way up.
    pub(super) fn heed(&mut self, answer: &Event) {
        if let Event::Stressed(stressed) = answer
            && stressed.is_whole()
        {
            self.awaits_stress = false;
            self.is_new_stress = false;
            self.last_stress = (Instant::now(), self.handed_at.elapsed());
        }
    }
}

impl Loop {
    /// How long the probes need nothing, if they will need something at all.
    pub(super) fn probes_patience(&self) -> Option<Duration> {
        let probing = &self.probing;
        self.experiment.as_ref().and_then(|experiment| experiment.course())?;
        let last = probing
            .last_night
            .filter(|_| probing.wants_night && probing.samples.is_some())?;
        Some(BETWEEN_NIGHTS.saturating_sub(last.elapsed()))
    }

    /// Judges these pictures from now on.
    pub(super) fn judge_pictures(&mut self, mut pictures: Vec<ProbePicture>) {
        pictures.truncate(MAX_PICTURES);
        let probing = &mut self.probing;
        if probing.pictures != pictures {
            probing.pictures = pictures;
            probing.samples = None;
            probing.before = None;
            probing.judged = None;
            probing.prober.forget_night();
            probing.wants_night = true;
        }
    }

    /// Tests under these conditions from now on.
    pub(super) fn stress(&mut self, stress: Option<Box<Stress>>) {
        let probing = &mut self.probing;
        if probing.stress != stress {
            probing.prober.forget_stress();
            probing.stress = stress;
            if probing.stress.is_none() {
                probing.handed = None;
            }
            probing.stressed = None;
            probing.awaits_stress = false;
            probing.is_new_stress = true;
        }
    }

    /// Tells of a held-out image.
    pub(super) fn show_held_out(&mut self, index: usize) {
        let Some(samples) = self.experiment.as_ref().map(Experiment::test_samples) else {
            return;
        };
        let Some(&label) = samples.labels.get(index) else {
            return;
        };
        let grey = |intensity: &f32| (255.0 * intensity).round() as u8;
        let pixels = samples.images.row(index).iter().map(grey).collect();
        let held_out = HeldOut { index, label, pixels };
        self.outbox.send(Event::HeldOut(Arc::new(held_out)));
    }

    /// Brings everything that is probed up to the moment, and puts the judgement into the picture.
    pub(super) fn probe(&mut self, frame: &mut Frame) {
        self.prepare_pictures();
        frame.judged = self.judgement();
        self.send_through_the_night();
        self.send_to_be_tested();
    }

    /// Makes the pictures ready for the run that is open.
    fn prepare_pictures(&mut self) {
        let (Some(experiment), probing) = (&self.experiment, &mut self.probing) else {
            return;
        };
        if probing.samples.is_some() || probing.pictures.is_empty() {
            return;
        }
        let inputs = experiment.test_samples().images.ncols();
        let fitting = || probing.pictures.iter().filter(|picture| picture.pixels.len() == inputs);
        let ids: Vec<u64> = fitting().map(|picture| picture.id).collect();
        if ids.is_empty() {
            return;
        }
        let pixels: Vec<u8> = fitting().flat_map(|picture| picture.pixels.iter().copied()).collect();
        let all: Vec<usize> = (0..ids.len()).collect();
        // Nobody knows what they show; no counts are made of them.
        let samples = Samples::gather(&pixels, &vec![0; ids.len()], inputs, &all);
        probing.samples = Some((ids, Arc::new(samples)));
    }

    /// What the pictures are read as now.
    fn judgement(&mut self) -> Option<Arc<Judged>> {
        let experiment = self.experiment.as_mut()?;
        let (ids, samples) = self.probing.samples.as_ref()?;
        let moment = moment(experiment);
        if let Some(judged) = self.probing.judged.as_ref().filter(|judged| judged.moment == moment) {
            return Some(Arc::clone(judged));
        }
        // Interrupted, the last judgement stays: it says of which moment it is.
        let Some(now) = experiment.judge(samples, &self.interrupt) else {
            return self.probing.judged.clone();
        };
        let before = experiment.course().is_some().then(|| {
            let before = self.probing.before.take();
            before.unwrap_or_else(|| experiment.judge_awake(samples).into_iter().map(Outputs::from).collect())
        });
        let pictures = ids
            .iter()
            .zip(now)
            .enumerate()
            .map(|(place, (&id, now))| JudgedPicture {
                id,
                before: before.as_ref().and_then(|before| before.get(place).cloned()),
                now: now.into(),
            });
        let judged = Arc::new(Judged {
            moment,
            pictures: pictures.collect(),
        });
        self.probing.before = before;
        self.probing.judged = Some(Arc::clone(&judged));
        Some(judged)
    }

    /// Has the night gone through with the pictures, if it has to be; otherwise tells how far it is known.
    fn send_through_the_night(&mut self) {
        let probing = &mut self.probing;
        let (Some(experiment), Some((ids, pictures))) = (&self.experiment, &probing.samples) else {
            return;
        };
        let Some(course) = experiment.course() else { return };
        let known = course.journal().steps();
        if !probing.wants_night {
            if known != probing.known {
                probing.known = known;
                probing.prober.tell_known(known);
            }
            return;
        }
        if probing.last_night.is_some_and(|last| last.elapsed() < BETWEEN_NIGHTS) {
            return;
        }
        probing.prober.go_through(NightJob {
            course: course.again(),
            start: experiment.awake().clone(),
            ids: ids.clone(),
            pictures: Arc::clone(pictures),
            known,
            total: experiment.recipe().night.steps,
        });
        probing.known = known;
        probing.wants_night = false;
        probing.last_night = Some(Instant::now());
    }

    /// Hands the network over to be tested under harder conditions, if it is another one than the last.
    fn send_to_be_tested(&mut self) {
        let (Some(experiment), probing) = (&mut self.experiment, &mut self.probing) else {
            return;
        };
        // Learning needs every core. In the night, the tests take a small part of the time.
        let (ended, took) = probing.last_stress;
        let rests = !probing.is_new_stress && ended.elapsed() < REST * took;
        if self.mode != Mode::Waiting && (matches!(experiment.stage(), Stage::Training | Stage::Tuning) || rests) {
            return;
        }
        if !experiment.has_images() {
            return;
        }
        let now = moment(experiment);
        let Some(stress) = probing
            .stress
            .as_ref()
            .filter(|_| !probing.awaits_stress && probing.stressed != Some(now))
        else {
            return;
        };
        if experiment.course().is_none() {
            probing.asleep = None;
        } else if probing.asleep.is_none() {
            probing.asleep = Some(Arc::new(experiment.awake().clone()));
        }
        let handed = probing.handed.take().filter(|(moment, _)| *moment == now);
        let network = handed.map_or_else(|| Arc::new(experiment.network_now()), |(_, network)| network);
        probing.handed = Some((now, Arc::clone(&network)));
        probing.prober.test(StressJob {
            stress: Stress::clone(stress),
            moment: now,
            now: network,
            before: probing.asleep.clone(),
            samples: Arc::clone(experiment.test_samples()),
            size: experiment.image_size(),
            seed: experiment.recipe().seed,
            at_once: probing.is_new_stress,
        });
        probing.stressed = Some(now);
        probing.awaits_stress = true;
        probing.handed_at = Instant::now();
    }
}
