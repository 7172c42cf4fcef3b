//! What an experiment and a search look alike in: their head, what is set, where their results are, and how far they are.

use std::path::Path;

use egui::{Align, Context, DragValue, Label, Layout, ProgressBar, Response, RichText, Ui, WidgetInfo, vec2};

use super::doing::ExperimentsAction;
use super::work::Work;
use crate::app::action::Actions;
use crate::app::theme::{self, CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton};
use crate::data::Origin;

/// Height of a line of a table.
const LINE: f32 = 20.0;
/// Height of a line of controls: that of a button.
const ROW: f32 = CONTROL_HEIGHT + 4.0;

/// What it asks, and what is taken out of the window.
pub fn head_ui(ui: &mut Ui, (title, note, outline): (&str, &str, &str), export_ui: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui);
    // A long title gives way to the buttons.
    let room = vec2(ui.available_width(), ROW);
    ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| {
        export_ui(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let title = theme::strong(title, size::FIGURE).color(tokens.text_strong);
            ui.add(Label::new(title).truncate());
        });
    });
    ui.label(RichText::new(note).color(tokens.text));
    ui.label(RichText::new(outline).size(size::SMALL).color(tokens.text_weak));
    ui.add_space(6.0);
}

/// The ways out of the window: table and plot, each with a sentence; `not_yet` says why there is nothing to take out.
pub fn export_ui(ui: &mut Ui, any: bool, [table, plot]: [&str; 2], not_yet: &str, actions: &mut Actions) {
    let wishes = [
        ("Data (CSV) …", ExperimentsAction::ExportTable, table),
        ("Plot (SVG) …", ExperimentsAction::ExportPlot, plot),
    ];
    for (name, action, help) in wishes {
        let button = ui.add_enabled(any, ToolButton::text(name).emphasis(Emphasis::Quiet));
        let button = button.on_hover_text(help);
        if button.on_disabled_hover_text(not_yet).clicked() {
            actions.push(action.into());
        }
    }
}

/// Wakes the window when threads have something to tell.
pub fn wake(ctx: &Context) -> impl Fn() + Send + use<> {
    let ctx = ctx.clone();
    move || ctx.request_repaint()
}

/// The button that stops; `help` says what is kept.
pub fn stop_ui<N: Send + 'static>(ui: &mut Ui, work: &Work<N>, help: &str) {
    let stop = ToolButton::new(Icon::Pause, "Stop");
    if ui.add_enabled(!work.is_stopping(), stop).on_hover_text(help).clicked() {
        work.stop();
    }
}

/// A row of words and controls, all in the middle of lines of one height; what has no room goes to the next line.
pub fn row_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let inner = ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = ROW;
        ui.horizontal_wrapped(contents).inner
    });
    inner.inner
}

/// Begins a new line of such a row where this one has no room for something so wide.
pub fn make_room(ui: &mut Ui, width: f32) {
    let is_begun = ui.cursor().left() > ui.max_rect().left() + 1.0;
    if is_begun && ui.available_size_before_wrap().x < width {
        ui.end_row();
    }
}

/// How wide a word is.
pub fn width(ui: &Ui, text: &str) -> f32 {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), font, egui::Color32::PLACEHOLDER);
    galley.size().x
}

/// A weak word in front of a control, which is named by it; as high as the control, for a line that has just begun knows nothing of
/// what will stand in it.
pub fn word(ui: &mut Ui, text: &str) -> egui::Id {
    let room = vec2(width(ui, text), ui.spacing().interact_size.y);
    let placed = ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(room);
        let text = RichText::new(text).color(Tokens::of(ui).text_weak);
        ui.add(Label::new(text).extend()).id
    });
    placed.inner
}

/// How many are done side by side; it can be set while nothing runs.
pub fn side_by_side_ui(ui: &mut Ui, rests: bool, side_by_side: &mut usize, help: &str) {
    let label = word(ui, "at a time");
    let most = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let drag = DragValue::new(side_by_side).range(1..=most).speed(0.05);
    let drag = ui.add_enabled(rests, drag).labelled_by(label);
    drag.on_hover_text(help);
}

/// Where full sets come from; `named` is said where the images are others.
pub fn images_ui(
    ui: &mut Ui,
    rests: bool,
    from: &Origin,
    (images, named): (Option<&Path>, &str),
    actions: &mut Actions,
) {
    if *from != Origin::Full {
        word(ui, named);
        return;
    }
    word(ui, "Images from");
    let text = images.map_or_else(
        || "where they are found".to_owned(),
        |folder| folder.display().to_string(),
    );
    let button = ui.add_enabled(rests, ToolButton::text(&text).called("Images from …"));
    let help = "The full sets. Choose a folder that holds one set, or a folder for each (mnist, fashion-mnist)";
    if button.on_hover_text(help).clicked() {
        actions.push(ExperimentsAction::BrowseImages.into());
    }
}

/// Where the results are, and the command that goes on with the same ones.
pub fn place_ui(ui: &mut Ui, what: &str, folder: &Path, (command, same): (&str, &str)) {
    let text = RichText::new(format!("{what} in {}", folder.display()))
        .size(size::SMALL)
        .color(Tokens::of(ui).text_weak);
    let label = ui.add(Label::new(text).truncate());
    let command = format!("{command} --out \"{}\"", folder.display());
    label.on_hover_text(format!("The command line goes on with the same {same}:\n{command}"));
}

/// A cell of a table, at the left of its column or at the right.
pub fn cell(ui: &mut Ui, width: f32, text: RichText, right: bool) -> Response {
    let layout = if right {
        Layout::right_to_left(Align::Center)
    } else {
        Layout::left_to_right(Align::Center)
    };
    let placed = ui.allocate_ui_with_layout(vec2(width, LINE), layout, |ui| {
        ui.set_min_size(vec2(width, LINE));
        ui.add(Label::new(text).truncate())
    });
    placed.inner
}

/// How much of all is done.
pub fn progress_ui(ui: &mut Ui, (done, all): (usize, usize), name: &str, text: Option<String>) {
    let tokens = Tokens::of(ui);
    let bar = ProgressBar::new(done as f32 / all.max(1) as f32)
        .desired_width(120.0)
        .desired_height(6.0)
        .fill(tokens.accent);
    let response = ui.add(bar);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ProgressIndicator, true, name));
    let text = text.unwrap_or_else(|| "Reading …".to_owned());
    ui.add(Label::new(RichText::new(text).color(tokens.text)).truncate());
}
