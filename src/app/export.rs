//! What leaves the window for other programs: a pane as a picture, a plot or a table, and a whole run.
//!
//! Dialogs and files are a thread's business. A picture is taken of the window as it is drawn, once the menu is gone.

mod figure;
mod menu;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use egui::{ColorImage, Context, Rect, ViewportCommand};

use super::panels::Pane;
use super::text::grouped;
use crate::experiment::Recipe;
use crate::run::{RECIPE_ENDING, Table, write_recipe, write_whole};

pub use self::figure::{Axis, Chart, Figure, Kind, Marks, Series, Square};
pub use self::menu::menu_ui;

/// Pictures of the window that pass between the wish and the photograph: the menu that it came from is gone by then.
const PAUSE: u32 = 3;
/// Words from threads that can wait to be heard.
const MOST: usize = 64;

/// What a pane can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum PaneFormat {
    /// As it is seen.
    Png,
    /// As a plot for paper, if it is one.
    Svg,
    /// Its data.
    Csv,
}

impl PaneFormat {
    /// The ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Csv => "csv",
        }
    }

    /// What it is called in a menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::Png => "Picture (PNG) …",
            Self::Svg => "Plot (SVG) …",
            Self::Csv => "Data (CSV) …",
        }
    }

    /// What it does, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Png => "The pane as it is seen, at the size and in the theme of the window",
            Self::Svg => "The plot with its axes and its key, in light colours, sharp at any size",
            Self::Csv => "The numbers behind the pane, each column with its name and unit",
        }
    }
}

/// What a whole run can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum RunFormat {
    /// For `NumPy`.
    Npz,
    /// For `PyTorch` and others.
    Safetensors,
    /// What decides the run, and nothing else.
    Recipe,
}

impl RunFormat {
    /// The ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Npz => "npz",
            Self::Safetensors => "safetensors",
            Self::Recipe => RECIPE_ENDING,
        }
    }

    /// What it is called in a menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::Npz => "Whole run (NPZ) …",
            Self::Safetensors => "Whole run (safetensors) …",
            Self::Recipe => "Recipe (RON) …",
        }
    }

    /// What it is for, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Npz => "For NumPy: weights before sleep and now, every spike, the tests, and the parameters as text",
            Self::Safetensors => "For PyTorch and others: the same arrays, the parameters as metadata",
            Self::Recipe => {
                "What decides the run, a few kB to read and edit: drop it on the window, or give it to somnoscope run"
            }
        }
    }
}

/// What a span of the night can be drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum FilmFormat {
    /// An animation.
    Gif,
    /// A folder of pictures.
    Pictures,
}

impl FilmFormat {
    /// What it is called in a menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::Gif => "Span as animation (GIF) …",
            Self::Pictures => "Span as pictures (PNG) …",
        }
    }

    /// What it does, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Gif => "All panes of this layout over the brushed span, drawn on the side while the run goes on",
            Self::Pictures => "The same as a folder of pictures, each named after its step",
        }
    }
}

/// What a person can wish for here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Write a pane to a file that is asked for.
    Pane(Pane, PaneFormat),
    /// Write the whole run for other programs to a file that is asked for.
    Run(RunFormat),
    /// Draw the selected span of the night as an animation or as pictures, to a file or folder that is asked for.
    Span(FilmFormat),
    /// Draw it no further.
    StopSpan,
    /// What was exported has been read.
    Dismiss,
}

/// What a thread has to say.
enum Word {
    /// A file was written.
    Written(PathBuf),
    /// It was not, and why.
    Fault(String),
    /// Where the run is to be written to.
    RunTo(PathBuf),
    /// Where a span is to be drawn to.
    SpanTo(FilmFormat, PathBuf),
    /// The window as it was drawn, and the place of a pane in it, in points.
    Seen(Photograph, Arc<ColorImage>),
}

/// Where a person wants something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The whole run.
    Run(PathBuf),
    /// The selected span.
    Span(FilmFormat, PathBuf),
}

/// A picture of a pane that is wished for.
#[derive(Clone, Copy, Debug)]
struct Photograph {
    pane: Pane,
    place: Rect,
    pixels_per_point: f32,
}

/// Everything that is on its way out of the window.
pub struct Exports {
    ctx: Context,
    words_in: Sender<Word>,
    words: Receiver<Word>,
    /// The pane to photograph, and how many pictures of the window are still to pass.
    wish: Option<(Pane, u32)>,
    /// Where files go without asking: for those who cannot answer a dialog.
    folder: Option<PathBuf>,
    /// What was written last, until it is read.
    written: Option<PathBuf>,
}

impl Exports {
    /// Nothing on its way. Threads wake this context when they have something to say.
    pub fn new(ctx: Context) -> Self {
        let (words_in, words) = crossbeam_channel::bounded(MOST);
        Self {
            ctx,
            words_in,
            words,
            wish: None,
            folder: None,
            written: None,
        }
    }

    /// From now on files go into a folder without asking.
    pub fn answer_with(&mut self, folder: PathBuf) {
        self.folder = Some(folder);
    }

    /// The file that was written last, until it is read.
    pub fn written(&self) -> Option<&Path> {
        self.written.as_deref()
    }

    /// It has been read.
    pub fn dismiss(&mut self) {
        self.written = None;
    }

    /// A file was written by somebody else, for this.
    pub fn note(&mut self, path: PathBuf) {
        self.written = Some(path);
    }

    /// Writes a table.
    pub fn table(&self, table: Table) {
        let name = table.name.clone();
        self.write(&name, "csv", move |path| table.write(path));
    }

    /// Writes what decides a run.
    pub fn recipe(&self, title: &str, recipe: Recipe) {
        self.write(title, RECIPE_ENDING, move |path| write_recipe(path, &recipe));
    }

    /// Writes a plot.
    pub fn figure(&self, figure: Figure) {
        let name = figure.name.clone();
        self.write(&name, "svg", move |path| {
            let svg = figure.svg().map_err(std::io::Error::other)?;
            write_whole(path, |file| std::io::Write::write_all(file, svg.as_bytes()))
        });
    }

    /// Takes a picture of a pane as soon as nothing stands above it.
    pub fn photograph(&mut self, pane: Pane) {
        self.wish = Some((pane, PAUSE));
        self.ctx.request_repaint();
    }

    /// Whether a picture is about to be taken: nothing should be lit under the pointer.
    pub fn is_photographing(&self) -> bool {
        self.wish.is_some()
    }

    /// Takes the picture when it is time. `place` is where a pane is on the screen.
    pub fn end_frame(&mut self, place: impl Fn(Pane) -> Option<Rect>) {
        let Some((pane, left)) = self.wish else { return };
        self.ctx.request_repaint();
        if left > 0 {
            self.wish = Some((pane, left - 1));
            return;
        }
        self.wish = None;
        let Some(place) = place(pane) else {
            self.say(Word::Fault(format!(
                "{} is not shown, so there is no picture of it.",
                pane.title()
            )));
            return;
        };
        let photograph = Photograph {
            pane,
            place,
            pixels_per_point: self.ctx.pixels_per_point(),
        };
        let (words, ctx) = (self.words_in.clone(), self.ctx.clone());
        let callback = egui::ScreenshotCallback::new(move |image| {
            let _ = words.try_send(Word::Seen(photograph, image));
            ctx.request_repaint();
        });
        self.ctx.send_viewport_cmd(ViewportCommand::Screenshot(callback));
    }

    /// Asks where to write a whole run to.
    pub fn ask_for_run(&self, title: &str, format: RunFormat) {
        let words = self.words_in.clone();
        self.ask(title, format.ending(), move |path| {
            let _ = words.try_send(Word::RunTo(path));
        });
    }

    /// Asks where to draw a span to: a file, or the name of a folder.
    pub fn ask_for_span(&self, title: &str, format: FilmFormat) {
        let words = self.words_in.clone();
        let ending = if format == FilmFormat::Gif { "gif" } else { "" };
        self.ask(&format!("{title}, span"), ending, move |path| {
            let _ = words.try_send(Word::SpanTo(format, path));
        });
    }

    /// What the threads have done: where something is to be written to, or what did not work.
    pub fn update(&mut self) -> Option<Result<Place, String>> {
        while let Ok(word) = self.words.try_recv() {
            match word {
                Word::Written(path) => self.written = Some(path),
                Word::Fault(text) => return Some(Err(text)),
                Word::RunTo(path) => return Some(Ok(Place::Run(path))),
                Word::SpanTo(format, path) => return Some(Ok(Place::Span(format, path))),
                Word::Seen(photograph, image) => self.develop(photograph, image),
            }
        }
        None
    }

    /// Cuts the pane out of the picture of the window and writes it.
    fn develop(&self, photograph: Photograph, image: Arc<ColorImage>) {
        let name = photograph.pane.title().to_lowercase().replace(' ', "_");
        self.write(&name, "png", move |path| {
            let picture = cut(&image, photograph.place * photograph.pixels_per_point);
            write_whole(path, |file| {
                picture
                    .write_to(file, image::ImageFormat::Png)
                    .map_err(std::io::Error::other)
            })
        });
    }

    /// Asks for a file and writes it, on a thread.
    fn write(
        &self,
        name: &str,
        ending: &'static str,
        work: impl FnOnce(&Path) -> std::io::Result<()> + Send + 'static,
    ) {
        let words = self.words_in.clone();
        self.ask(name, ending, move |path| {
            let word = match work(&path) {
                Ok(()) => Word::Written(path),
                Err(reason) => Word::Fault(format!("{} cannot be written: {reason}", path.display())),
            };
            let _ = words.try_send(word);
        });
    }

    /// Asks for a file on a thread, which does something with it.
    fn ask(&self, name: &str, ending: &'static str, then: impl FnOnce(PathBuf) + Send + 'static) {
        let (folder, ctx) = (self.folder.clone(), self.ctx.clone());
        let name = if ending.is_empty() {
            name.to_owned()
        } else {
            format!("{name}.{ending}")
        };
        let thread = std::thread::Builder::new().name("export".to_owned()).spawn(move || {
            let picked = if let Some(folder) = folder {
                Some(folder.join(name))
            } else {
                let dialog = rfd::FileDialog::new().set_title("Export").set_file_name(name);
                if ending.is_empty() {
                    dialog.save_file()
                } else {
                    dialog.add_filter(ending, &[ending]).save_file()
                }
            };
            if let Some(path) = picked {
                then(ended(path, ending));
            }
            ctx.request_repaint();
        });
        if let Err(error) = thread {
            self.say(Word::Fault(format!("No thread could be started: {error}.")));
        }
    }

    /// Says something to the window itself.
    fn say(&self, word: Word) {
        let _ = self.words_in.try_send(word);
        self.ctx.request_repaint();
    }
}

/// The path with this ending, without which other programs would not know the file.
pub fn ended(path: PathBuf, ending: &str) -> PathBuf {
    let has = ending.is_empty() || path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
    if has {
        path
    } else {
        PathBuf::from(format!("{}.{ending}", path.display()))
    }
}

/// A part of a picture, in pixels; at least one.
fn cut(image: &ColorImage, place: Rect) -> image::RgbaImage {
    let [width, height] = image.size;
    let at = |value: f32, most: usize| (value.round().max(0.0) as usize).min(most);
    let (left, top) = (
        at(place.left(), width.saturating_sub(1)),
        at(place.top(), height.saturating_sub(1)),
    );
    let (right, bottom) = (
        at(place.right(), width).max(left + 1),
        at(place.bottom(), height).max(top + 1),
    );
    image::RgbaImage::from_fn((right - left) as u32, (bottom - top) as u32, |x, y| {
        let color = image.pixels[(top + y as usize) * width + left + x as usize];
        image::Rgba([color.r(), color.g(), color.b(), 255])
    })
}

/// What to say of a file that was written.
pub fn words(path: &Path) -> String {
    let bytes = std::fs::metadata(path).map_or(0, |found| found.len());
    format!("Exported to {} ({} kB)", path.display(), grouped(bytes.div_ceil(1000)))
}

#[cfg(test)]
mod tests {
    use egui::{Color32, pos2};

    use super::*;

    /// Catches a picture of the wrong part of the window, or one that reaches beyond it.
    #[test]
    fn a_pane_is_cut_out_of_the_window() {
        let mut image = ColorImage::filled([8, 6], Color32::BLACK);
        image.pixels[2 * 8 + 3] = Color32::RED;
        let part = cut(&image, Rect::from_min_max(pos2(3.0, 2.0), pos2(20.0, 4.0)));
        assert_eq!(part.dimensions(), (5, 2));
        assert_eq!(part.get_pixel(0, 0).0, [255, 0, 0, 255]);
        assert_eq!(part.get_pixel(1, 1).0, [0, 0, 0, 255]);
        assert_eq!(cut(&image, Rect::NOTHING).dimensions(), (1, 1));
        assert_eq!(ended(PathBuf::from("a/b.PNG"), "png"), Path::new("a/b.PNG"));
        assert_eq!(ended(PathBuf::from("a/b.c"), "png"), Path::new("a/b.c.png"));
    }
}
