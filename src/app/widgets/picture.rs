//! A matrix as one texture that is made once and afterwards only written to.

use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureOptions, Ui, pos2};

/// No side of a texture is longer than this: some drivers can do no more.
pub const MAX_SIDE: usize = 2048;

/// A matrix on the screen. It is uploaded again only when its key changes.
pub struct Picture<Key> {
    texture: Option<TextureHandle>,
    key: Option<Key>,
}

impl<Key> Default for Picture<Key> {
    fn default() -> Self {
        Self {
            texture: None,
            key: None,
        }
    }
}

impl<Key: PartialEq> Picture<Key> {
    /// Whether what is shown belongs to `key`.
    pub fn is_current(&self, key: &Key) -> bool {
        self.texture.is_some() && self.key.as_ref() == Some(key)
    }

    /// Shows these pixels (row-major, sides at most [`MAX_SIDE`]) from now on.
    pub fn set(&mut self, ctx: &Context, name: &str, key: Key, size: [usize; 2], pixels: Vec<Color32>) {
        debug_assert!(
            size[0] <= MAX_SIDE && size[1] <= MAX_SIDE,
            "a side of {size:?} is too long"
        );
        if size[0] * size[1] != pixels.len() || pixels.is_empty() {
            return;
        }
        let image = ColorImage::new(size, pixels);
        // Cells have edges; smoothing would invent values between them.
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::NEAREST),
            None => self.texture = Some(ctx.load_texture(name, image, TextureOptions::NEAREST)),
        }
        self.key = Some(key);
    }

    /// Shows these pixels in a part of it from now on; the rest, and the key, stay as they are. A part that does not lie in it
    /// is not taken.
    pub fn set_part(&mut self, at: [usize; 2], size: [usize; 2], pixels: Vec<Color32>) {
        let Some(texture) = &mut self.texture else { return };
        let whole = texture.size();
        let fits = (0..2).all(|side| at[side] + size[side] <= whole[side]);
        if fits && size[0] * size[1] == pixels.len() && !pixels.is_empty() {
            texture.set_partial(at, ColorImage::new(size, pixels), TextureOptions::NEAREST);
        }
    }

    /// Paints a part of it, given in shares of its sides, over `rect`.
    pub fn paint_part(&self, ui: &Ui, rect: Rect, part: Rect) {
        self.paint_tinted(ui, rect, part, Color32::WHITE);
    }

    /// The same through a colour: white lets everything through.
    pub fn paint_tinted(&self, ui: &Ui, rect: Rect, part: Rect, tint: Color32) {
        if let Some(texture) = &self.texture {
            ui.painter().image(texture.id(), rect, part, tint);
        }
    }

    /// Paints it over `rect`.
    pub fn paint(&self, ui: &Ui, rect: Rect) {
        self.paint_part(ui, rect, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)));
    }
}
