//! What one draws on: a fine grid of ink, and the strokes that can be taken back.

use crate::data::picture::Ink;

/// Cells of the canvas along a pixel of the image: fine enough for smooth strokes, coarse enough to be fast.
pub const SCALE: usize = 8;
/// Strokes that can be taken back.
const KEPT: usize = 50;
/// Share of the pen's radius over which its edge is soft.
const SOFT: f32 = 0.45;

/// What a stroke does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Leaves ink.
    #[default]
    Pen,
    /// Takes it away.
    Eraser,
}

/// A fine grid of ink.
#[derive(Clone, Debug)]
pub struct Canvas {
    /// Width and height of the image in pixels.
    size: (usize, usize),
    inks: Vec<u8>,
    /// What it was before each of the last strokes.
    past: Vec<Vec<u8>>,
    /// Counts changes, so that a view can tell when it is another.
    version: u64,
}

impl Canvas {
    /// An empty canvas for images of this size.
    pub fn new(size: (usize, usize)) -> Self {
        Self {
            size,
            inks: vec![0; size.0 * size.1 * SCALE * SCALE],
            past: Vec::new(),
            version: 0,
        }
    }

    /// Width and height of the image in pixels.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// Width and height in cells.
    pub fn cells(&self) -> (usize, usize) {
        (self.size.0 * SCALE, self.size.1 * SCALE)
    }

    /// The ink of each cell, row by row.
    pub fn inks(&self) -> &[u8] {
        &self.inks
    }

    /// The whole canvas as a picture.
    pub fn ink(&self) -> Option<Ink> {
        let (width, height) = self.cells();
        Ink::new(width, height, self.inks.clone())
    }

    /// Counts its changes.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether there is no ink at all.
    pub fn is_blank(&self) -> bool {
        self.inks.iter().all(|&ink| ink == 0)
    }

    /// Whether a stroke can be taken back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// A stroke begins: what follows is taken back together.
    pub fn begin(&mut self) {
        if self.past.len() >= KEPT {
            self.past.remove(0);
        }
        self.past.push(self.inks.clone());
    }

    /// A touch of the tool: its middle and its radius, both in pixels of the image.
    pub fn dab(&mut self, tool: Tool, at: (f32, f32), radius: f32) {
        let (width, height) = self.cells();
        let scale = SCALE as f32;
        let (x, y, radius) = (at.0 * scale, at.1 * scale, radius * scale);
        let reach = radius * (1.0 + SOFT);
        let range = |middle: f32, most: usize| {
            let from = (middle - reach).floor().max(0.0) as usize;
            from.min(most)..((middle + reach).ceil().max(0.0) as usize).min(most)
        };
        for row in range(y, height) {
            for column in range(x, width) {
                let (right, down) = (column as f32 + 0.5 - x, row as f32 + 0.5 - y);
                let inside = radius - right.hypot(down);
                let amount = (0.5 + inside / (2.0 * SOFT * radius).max(0.1)).clamp(0.0, 1.0);
                let ink = (255.0 * amount).round() as u8;
                let cell = &mut self.inks[row * width + column];
                *cell = match tool {
                    Tool::Pen => (*cell).max(ink),
                    Tool::Eraser => (*cell).min(255 - ink),
                };
            }
        }
        self.version += 1;
    }

    /// A stretch of a stroke: both ends in pixels of the image, with the radius at each.
    pub fn line(&mut self, tool: Tool, from: ((f32, f32), f32), to: ((f32, f32), f32)) {
        let ((x, y), first) = from;
        let ((right, down), last) = ((to.0.0 - x, to.0.1 - y), to.1);
        let apart = (first.min(last) * 0.3).max(0.05);
        let dabs = (right.hypot(down) / apart).ceil().clamp(1.0, 4000.0) as usize;
        for dab in 1..=dabs {
            let share = dab as f32 / dabs as f32;
            self.dab(
                tool,
                (x + share * right, y + share * down),
                first + share * (last - first),
            );
        }
    }

    /// Takes all ink away; that can be taken back.
    pub fn clear(&mut self) {
        if !self.is_blank() {
            self.begin();
            self.inks.fill(0);
            self.version += 1;
        }
    }

    /// Takes the last stroke back.
    pub fn undo(&mut self) {
        if let Some(inks) = self.past.pop() {
            self.inks = inks;
            self.version += 1;
        }
    }

    /// Shows a picture instead; that can be taken back.
    pub fn show(&mut self, ink: &Ink) {
        self.begin();
        let placed = ink.placed(self.cells());
        self.inks.copy_from_slice(placed.amounts());
        self.version += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches ink beside the pen, a soft edge that is hard, an eraser that leaves ink, and a line with gaps.
    #[test]
    fn the_pen_leaves_ink_and_the_eraser_takes_it() {
        let mut canvas = Canvas::new((28, 28));
        canvas.begin();
        canvas.line(Tool::Pen, ((5.0, 14.0), 1.5), ((23.0, 14.0), 1.5));
        let at = |canvas: &Canvas, x: usize, y: usize| canvas.inks()[y * 28 * SCALE + x];
        let middle = 14 * SCALE;
        let along = (6 * SCALE..22 * SCALE).map(|x| at(&canvas, x, middle));
        assert!(along.clone().all(|ink| ink == 255), "{:?}", along.collect::<Vec<_>>());
        let edge = at(&canvas, middle, middle + 3 * SCALE / 2);
        assert!((40..220).contains(&edge), "{edge}");
        assert_eq!(at(&canvas, middle, middle + 4 * SCALE), 0);
        canvas.begin();
        canvas.dab(Tool::Eraser, (14.0, 14.0), 4.0);
        assert_eq!(at(&canvas, middle, middle), 0);
        canvas.dab(Tool::Pen, (-50.0, 900.0), 3.0);
    }

    /// Catches a stroke that is taken back by half, a clear that cannot be, and a past that grows without end.
    #[test]
    fn strokes_are_taken_back_one_by_one() {
        let mut canvas = Canvas::new((8, 8));
        assert!(!canvas.can_undo() && canvas.is_blank());
        canvas.begin();
        canvas.dab(Tool::Pen, (2.0, 2.0), 1.0);
        let first = canvas.inks().to_vec();
        canvas.begin();
        canvas.line(Tool::Pen, ((1.0, 6.0), 1.0), ((7.0, 6.0), 0.5));
        canvas.clear();
        assert!(canvas.is_blank());
        canvas.undo();
        canvas.undo();
        assert_eq!(canvas.inks(), first);
        canvas.undo();
        assert!(canvas.is_blank() && !canvas.can_undo());
        for _ in 0..3 * KEPT {
            canvas.begin();
        }
        assert_eq!(canvas.past.len(), KEPT);
    }

    /// Catches a held-out image that is another once it lies on the canvas.
    #[test]
    fn an_image_lies_on_the_canvas_as_it_is() {
        let image: Vec<u8> = (0..784_usize).map(|pixel| (pixel % 251) as u8).collect();
        let mut canvas = Canvas::new((28, 28));
        canvas.show(&Ink::new(28, 28, image.clone()).unwrap());
        assert_eq!(canvas.ink().unwrap().reduced((28, 28)), image);
    }
}
