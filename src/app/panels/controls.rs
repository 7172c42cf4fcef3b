//! The real night between its controls: what if its change had been put elsewhere, or something else been done in its place?

mod switches;

use egui::{Align, Label, Layout, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use crate::app::export::{Axis, Chart, Kind, Marks, Series};
use crate::app::session::Session;
use crate::app::text::{counted, grouped, percent, points, signed};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Dot, Emphasis, ToolButton, delta_figure, dots, empty_state};
use crate::experiment::Rival;
use crate::run::Table;
use crate::sim::evaluate::Evaluation;
use crate::worker::{Controlled, Opened};

/// The pane.
#[derive(Default)]
pub struct ControlsView {
    /// The controls that are not switched as they usually are.
    switched: Vec<Rival>,
}

/// A line of the picture.
struct Line<'a> {
    name: String,
    test: Test<'a>,
    kind: Kindred,
}

/// What came of a test.
#[derive(Clone, Copy)]
enum Test<'a> {
    /// It is not made yet.
    Waits,
    /// The weights are no finite numbers.
    Diverged,
    /// This.
    Done(&'a Evaluation),
}

impl<'a> Test<'a> {
    /// What came out, if it did.
    fn done(self) -> Option<&'a Evaluation> {
        match self {
            Self::Done(test) => Some(test),
            Self::Waits | Self::Diverged => None,
        }
    }
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kindred {
    Before,
    Night,
    Control,
}

impl ControlsView {
    /// The controls to test, once a run is open.
    pub fn wanted(&self, session: &Session) -> Vec<Rival> {
        let Some(opened) = session.opened() else {
            return Vec::new();
        };
        let mut wanted = switches::all(opened);
        wanted.retain(|rival| self.is_on(rival));
        wanted
    }

    /// Whether a control is switched on.
    fn is_on(&self, rival: &Rival) -> bool {
        switches::is_usual(rival) != self.switched.contains(rival)
    }

    /// Switches a control on or off.
    fn switch(&mut self, rival: Rival) {
        let before = self.switched.len();
        self.switched.retain(|other| *other != rival);
        if self.switched.len() == before {
            self.switched.push(rival);
        }
    }

    /// What is known of the moment that is shown and of what is switched on; nothing else.
    fn answer<'a>(&self, session: &'a Session) -> Option<&'a Controlled> {
        let wanted = self.wanted(session);
        let answer = session.probes().controlled();
        answer.filter(|answer| answer.steps == session.steps() && answer.wanted == wanted)
    }

    /// What the night did.
    pub fn header_ui(&self, ui: &mut Ui, session: &Session) {
        if let Some(answer) = self.answer(session) {
            delta_figure(ui, answer.before.accuracy(), Some(answer.night.accuracy()));
        }
    }

    /// The switches, and the picture.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
        let what = "Here the real night stands between its controls: its change shuffled, averaged or of one layer alone, nights that dream of something else, and what does without a night.";
        let todo = match session.opened() {
            None => "Wait for the images",
            Some(_) if !session.has_held_out() => "Fetch or import the images of this run, then open it again",
            Some(_) if session.night().is_none() || session.steps() == 0 => "Press Play",
            Some(_) => "",
        };
        let Some(opened) = session.opened().filter(|_| todo.is_empty()) else {
            empty_state(ui, what, todo);
            return;
        };
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.switches_ui(ui, opened);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let status = RichText::new(self.status(session)).size(size::SMALL);
                    ui.add(Label::new(status.color(Tokens::of(ui).text_weak)).truncate());
                });
            });
        });
        ScrollArea::vertical()
            .id_salt("controls")
            .auto_shrink(false)
            .show(ui, |ui| {
                let tokens = Tokens::of(ui);
                let wanted = self.wanted(session);
                let answer = self.answer(session);
                let lines = lines(&wanted, answer);
                let marks: Vec<(f64, egui::Color32)> = lines
                    .iter()
                    .filter(|line| line.kind != Kindred::Control)
                    .filter_map(|line| Some((100.0 * line.test.done()?.accuracy(), color(tokens, line.kind))))
                    .collect();
                let picture: Vec<Dot> = lines.iter().map(|line| dot(tokens, session, answer, line)).collect();
                dots(ui, &picture, (0.0, 100.0), "held-out images read correctly, %", &marks);
            });
    }

    /// How many controls are switched on, and the menu with their switches: the room is the picture's.
    fn switches_ui(&mut self, ui: &mut Ui, opened: &Opened) {
        let all = switches::all(opened);
        let on = all.iter().filter(|rival| self.is_on(rival)).count();
        let text = format!("Controls: {on} of {}", all.len());
        let button = ui.add(ToolButton::text(&text).emphasis(Emphasis::Quiet));
        let button = button.on_hover_text("Which controls the night stands between");
        let popup = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            for rival in all {
                let mut on = self.is_on(&rival);
                let switch = ui.checkbox(&mut on, switches::name(&rival));
                if switch.on_hover_text(switches::help(&rival)).changed() {
                    self.switch(rival);
                }
            }
        });
    }

    /// What was tested, or why it was not yet.
    fn status(&self, session: &Session) -> String {
        let Some(answer) = self.answer(session) else {
            return if session.is_running() {
                "tested once the run waits".to_owned()
            } else {
                "testing …".to_owned()
            };
        };
        let images = match session.sample_of(&answer.night) {
            Some(sample) => sample.words(),
            None => counted(answer.night.images().into(), "held-out image"),
        };
        let (done, all) = (answer.found.len(), answer.wanted.len());
        let so_far = if done < all {
            format!(", {done} of {all} tested")
        } else {
            String::new()
        };
        format!("step {}, {images}{so_far}", grouped(answer.steps))
    }

    /// The numbers as a table.
    pub fn table(&self, session: &Session) -> Option<Table> {
        let answer = self.answer(session)?;
        let columns = [
            ("what", ""),
            ("accuracy", "%"),
            ("change since before sleep", "points"),
            ("half of the 95 % interval of the sample", "points"),
        ];
        let mut table = Table::new(&format!("controls_step_{}", answer.steps), columns);
        for line in lines(&answer.wanted, Some(answer)) {
            if matches!(line.test, Test::Waits) {
                continue;
            }
            let test = line.test.done();
            let share = test.map(|test| 100.0 * test.accuracy());
            let error = test.map(|test| session.sample_of(test).map_or(0.0, |sample| 100.0 * sample.error));
            table.push([
                line.name.into(),
                share.into(),
                share.map(|share| share - 100.0 * answer.before.accuracy()).into(),
                error.into(),
            ]);
        }
        Some(table)
    }

    /// The picture for paper.
    pub fn charts(&self, session: &Session) -> Vec<Chart> {
        let Some(answer) = self.answer(session) else {
            return Vec::new();
        };
        let paper = Tokens::light();
        let lines = lines(&answer.wanted, Some(answer));
        let of = |kind: Kindred, name: &str| Series {
            name: name.to_owned(),
            color: color(&paper, kind),
            kind: Kind::Bars(0.6, 0.0),
            points: lines
                .iter()
                .enumerate()
                .filter(|(_, line)| line.kind == kind)
                .filter_map(|(place, line)| Some((place as f64, 100.0 * line.test.done()?.accuracy())))
                .collect(),
        };
        let names = lines.iter().map(|line| line.name.clone()).collect();
        vec![Chart {
            x: Axis::new("", -0.5, lines.len() as f64 - 0.5).marked(Marks::Names(names)),
            y: Axis::new("correct, %", 0.0, 100.0),
            series: vec![
                of(Kindred::Before, "before sleep"),
                of(Kindred::Night, "the night"),
                of(Kindred::Control, "controls"),
            ],
            cells: Vec::new(),
        }]
    }
}

/// The lines of the picture.
fn lines<'a>(wanted: &[Rival], answer: Option<&'a Controlled>) -> Vec<Line<'a>> {
    let known = |name: &str, test: Option<&'a Evaluation>, kind| Line {
        name: name.to_owned(),
        test: test.map_or(Test::Waits, Test::Done),
        kind,
    };
    let mut lines = vec![
        known("before sleep", answer.map(|answer| &answer.before), Kindred::Before),
        known("the night", answer.map(|answer| &answer.night), Kindred::Night),
    ];
    lines.extend(wanted.iter().enumerate().map(|(place, rival)| Line {
        name: switches::name(rival),
        test: match answer.and_then(|answer| answer.found.get(place)) {
            None => Test::Waits,
            Some(None) => Test::Diverged,
            Some(Some(test)) => Test::Done(test),
        },
        kind: Kindred::Control,
    }));
    lines
}

/// The colour of a line.
fn color(tokens: &Tokens, kind: Kindred) -> egui::Color32 {
    match kind {
        Kindred::Before => tokens.before,
        Kindred::Night => tokens.accent,
        Kindred::Control => tokens.text,
    }
}

/// A line as it is drawn.
fn dot(tokens: &Tokens, session: &Session, answer: Option<&Controlled>, line: &Line<'_>) -> Dot {
    let tested = line.test.done();
    let error = tested
        .and_then(|test| session.sample_of(test))
        .map(|sample| 100.0 * sample.error);
    let value = tested.map(|test| 100.0 * test.accuracy());
    let words = match (line.test, answer.zip(tested)) {
        (Test::Waits, _) => "not tested yet".to_owned(),
        (_, Some((answer, test))) => {
            let points = points(test.accuracy() - answer.before.accuracy());
            let error = error.map_or_else(String::new, |error| format!(" ± {error:.1} (95 %, sample)"));
            format!(
                "{}{error} %, {} points since before sleep",
                percent(test.accuracy()),
                signed(points)
            )
        }
        (_, None) => "the weights are no finite numbers".to_owned(),
    };
    Dot {
        name: line.name.clone(),
        value,
        number: tested.map_or_else(String::new, |test| percent(test.accuracy())),
        interval: value.zip(error).map(|(value, error)| (value - error, value + error)),
        color: color(tokens, line.kind),
        words,
    }
}
