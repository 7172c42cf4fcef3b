//! `somnoscope render`: pictures of a recorded run without a display.

use std::io::Write as _;
use std::path::Path;
use std::str::FromStr;

use super::RenderArgs;
use super::failure::Failure;
use super::output::{bar, count, say};
use crate::app::layout::Named;
use crate::app::looks::{Look, Looks};
use crate::app::offscreen::film::{FilmFault, MOST, Reel, write_png};
use crate::app::offscreen::{Offscreen, View};
use crate::app::panels::Pane;
use crate::run::{Recording, folder_of, write_whole};
use strum::IntoEnumIterator as _;

/// Smallest and largest side of a picture in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 200..=4096;

/// A size as it is typed: `1280x800`.
#[derive(Clone, Copy, Debug)]
pub struct Size([u32; 2]);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('x');
        let parts = parts.and_then(|(width, height)| Some([width.trim().parse().ok()?, height.trim().parse().ok()?]));
        match parts {
            Some(size) if size.iter().all(|side| SIDES.contains(side)) => Ok(Self(size)),
            _ => Err(format!(
                "write WIDTHxHEIGHT in pixels, each from {} to {}",
                SIDES.start(),
                SIDES.end()
            )),
        }
    }
}

/// A span of steps as it is typed: `100..200`, both ends among them.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    first: u64,
    last: u64,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once("..");
        let ends = ends.and_then(|(first, last)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?)));
        match ends {
            Some((first, last)) if first <= last => Ok(Self { first, last }),
            _ => Err("write FIRST..LAST, two steps of the night".to_owned()),
        }
    }
}

/// The name of a title on the command line: "One neuron" is `one-neuron`.
fn id(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

/// The one of these that has this name, or which names there are.
fn named<T: Copy>(text: &str, all: impl Iterator<Item = T>, title: fn(T) -> &'static str) -> Result<T, String> {
    let all: Vec<T> = all.collect();
    let found = all.iter().find(|one| id(title(**one)) == id(text));
    found.copied().ok_or_else(|| {
        let ids: Vec<String> = all.iter().map(|one| id(title(*one))).collect();
        format!("there are {}", ids.join(", "))
    })
}

/// A layout by its name.
pub fn layout(text: &str) -> Result<Named, String> {
    named(text, Named::iter(), Named::title)
}

/// A pane by its name.
pub fn pane(text: &str) -> Result<Pane, String> {
    named(text, Pane::iter(), Pane::title)
}

/// A theme by its name.
pub fn theme(text: &str) -> Result<Look, String> {
    named(text, Look::iter().filter(|look| *look != Look::System), Look::title)
}

/// Whether a name ends so.
fn ends_in(out: &Path, ending: &str) -> bool {
    out.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending))
}

/// Opens the run and writes a picture, an animation, or a folder of pictures.
pub fn render(args: &RenderArgs) -> Result<(), Failure> {
    let (out, is_gif) = (&args.out, ends_in(&args.out, "gif"));
    if !folder_of(out).is_dir() {
        return Err(Failure::wrong(format!(
            "{} is not a folder to write to",
            folder_of(out).display()
        )));
    }
    let data = ["svg", "csv"].into_iter().find(|ending| ends_in(out, ending));
    if let Some(ending) = data
        && (args.pane.is_none() || args.steps.is_some())
    {
        return Err(Failure::wrong(format!(
            "{} is what one pane shows at one step: name the pane with --pane, and leave --steps out for a .{ending}",
            out.display()
        )));
    }
    if args.steps.is_none() && data.is_none() && !ends_in(out, "png") {
        return Err(Failure::wrong(format!(
            "{} does not end in .png, .svg or .csv; a GIF or a folder of pictures needs --steps FIRST..LAST",
            out.display()
        )));
    }
    if args.steps.is_some() && ends_in(out, "png") {
        return Err(Failure::wrong(format!(
            "{} is one picture: for --steps name a file that ends in .gif, or a folder",
            out.display()
        )));
    }
    let view = View {
        layout: args.layout,
        pane: args.pane,
        looks: Looks::new(args.theme, args.scale),
        size: args.size.0,
        ..View::default()
    };
    // What is wrong is said before anything is drawn: drivers may have something to say of their own.
    let manifest = Recording::read_manifest(&args.run)?;
    let total = manifest.recipe.night.steps;
    if let Some(step) = args.step {
        check(step, total)?;
    }
    let span = args.steps.map(|span| steps(span, args.every, total)).transpose()?;
    let mut run = Offscreen::open(&args.run, &view).map_err(Failure::failed_in_words)?;
    let Some(steps) = span else {
        let step = args.step.unwrap_or(run.stood_at());
        if let (Some(ending), Some(pane)) = (data, args.pane) {
            return write_data(&mut run, (step, pane), out, ending);
        }
        let picture = run.picture(step).map_err(Failure::failed_in_words)?;
        write_png(out, &picture).map_err(failure)?;
        return Ok(say(&format!("{} is step {step}.", out.display()))?);
    };
    let bar = bar("{wide_bar} {pos}/{len}");
    bar.set_length(steps.len() as u64);
    let reel = if is_gif { Reel::Gif(args.fps) } else { Reel::Pictures };
    run.film(&steps, out, reel, |done| {
        bar.set_position(done);
        true
    })
    .map_err(failure)?;
    bar.finish_and_clear();
    let pictures = count(steps.len() as u64, "picture", "pictures");
    Ok(say(&format!("{} holds {pictures}.", out.display()))?)
}

/// Writes what a pane shows at a step: its plot as SVG, or its table as CSV.
fn write_data(run: &mut Offscreen, (step, pane): (u64, Pane), out: &Path, ending: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::wrong(format!("cannot write {}: {error}", out.display()));
    let is_written = if ending == "csv" {
        let table = run.table(step, pane).map_err(Failure::failed_in_words)?;
        table
            .map(|table| table.write(out))
            .transpose()
            .map_err(failed)?
            .is_some()
    } else {
        let svg = run.svg(step, pane).map_err(Failure::failed_in_words)?;
        let written = svg.map(|svg| write_whole(out, |file| file.write_all(svg.as_bytes())));
        written.transpose().map_err(failed)?.is_some()
    };
    if !is_written {
        let what = if ending == "csv" { "no table" } else { "no plot" };
        return Err(Failure::wrong(format!(
            "the pane {} has {what} at step {step} of this run",
            id(pane.title())
        )));
    }
    Ok(say(&format!("{} is step {step}.", out.display()))?)
}

/// Whether a night of so many steps has this one.
fn check(step: u64, total: u64) -> Result<(), Failure> {
    if step > total {
        return Err(Failure::wrong(format!(
            "there is no step {step}: the night has {total}"
        )));
    }
    Ok(())
}

/// The steps of a span, each as far from the next as is wanted.
fn steps(span: Span, every: u64, total: u64) -> Result<Vec<u64>, Failure> {
    check(span.last, total)?;
    let count = (span.last - span.first) / every + 1;
    if count > MOST {
        return Err(Failure::wrong(format!(
            "these are {count} pictures, and at most {MOST} are drawn at once: take a larger --every"
        )));
    }
    Ok((span.first..=span.last).step_by(every as usize).collect())
}

/// What went wrong, as the command line tells it.
fn failure(fault: FilmFault) -> Failure {
    match fault {
        FilmFault::Drawing(text) => Failure::failed_in_words(text),
        FilmFault::Writing(text) => Failure::wrong(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a size, a span or a name that is taken for another, and a span without its last step.
    #[test]
    fn what_is_typed_is_understood() {
        assert_eq!("1920x1080".parse::<Size>().map(|size| size.0), Ok([1920, 1080]));
        for text in ["1920", "0x800", "1280x9999999999", "axb"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
        let span = "100..140".parse::<Span>().unwrap();
        assert_eq!(steps(span, 20, 500).unwrap(), [100, 120, 140]);
        assert!(steps(span, 20, 139).is_err() && "9..3".parse::<Span>().is_err());
        assert_eq!(layout("one-neuron"), Ok(Named::OneNeuron));
        assert_eq!(pane("weight-map"), Ok(Pane::WeightChange));
        assert!(theme("pink").unwrap_err().contains("dark, light, projector"));
    }
}
