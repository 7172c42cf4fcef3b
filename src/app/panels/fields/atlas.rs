//! The neurons that are in view, as one texture.

use egui::{Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2, vec2};

use crate::app::widgets::MAX_SIDE;

/// Most tiles that fit one texture, for images of this width and height; none if an image is too large.
pub fn capacity([width, height]: [usize; 2]) -> usize {
    (MAX_SIDE / width.max(1)) * (MAX_SIDE / height.max(1))
}

/// How many tiles lie side by side, and the size of the texture, for so many tiles.
pub fn shape(tiles: usize, [width, height]: [usize; 2]) -> (usize, [usize; 2]) {
    let columns = (MAX_SIDE / width.max(1)).min(tiles).max(1);
    (columns, [columns * width, tiles.div_ceil(columns).max(1) * height])
}

/// One texture with the images of all neurons in view, made again only when its key changes.
pub struct Atlas<Key> {
    texture: Option<TextureHandle>,
    made: Option<(Key, usize)>,
    tile: [usize; 2],
}

impl<Key> Default for Atlas<Key> {
    fn default() -> Self {
        Self {
            texture: None,
            made: None,
            tile: [1, 1],
        }
    }
}

impl<Key: PartialEq> Atlas<Key> {
    /// Makes the texture of `tiles` images, of which `color` gives the pixel of a tile, if the key is another.
    pub fn update(
        &mut self,
        ui: &Ui,
        key: Key,
        tiles: usize,
        tile: [usize; 2],
        color: impl Fn(usize, usize) -> Color32,
    ) {
        if tiles == 0 || tiles > capacity(tile) || self.made.as_ref().is_some_and(|(made, _)| *made == key) {
            return;
        }
        let (columns, size) = shape(tiles, tile);
        let mut pixels = vec![Color32::TRANSPARENT; size[0] * size[1]];
        for index in 0..tiles {
            let (left, top) = (index % columns * tile[0], index / columns * tile[1]);
            for y in 0..tile[1] {
                let line = (top + y) * size[0] + left;
                for (x, pixel) in pixels[line..line + tile[0]].iter_mut().enumerate() {
                    *pixel = color(index, y * tile[0] + x);
                }
            }
        }
        let image = ColorImage::new(size, pixels);
        if let Some(texture) = &mut self.texture {
            texture.set(image, TextureOptions::NEAREST);
        } else {
            let options = TextureOptions::NEAREST;
            self.texture = Some(ui.ctx().load_texture("receptive fields", image, options));
        }
        self.tile = tile;
        self.made = Some((key, tiles));
    }

    /// Paints a tile.
    pub fn paint(&self, ui: &Ui, index: usize, rect: Rect) {
        let (Some(texture), Some((_, tiles))) = (&self.texture, &self.made) else {
            return;
        };
        let (columns, size) = shape(*tiles, self.tile);
        let share = vec2(
            self.tile[0] as f32 / size[0] as f32,
            self.tile[1] as f32 / size[1] as f32,
        );
        let corner = pos2((index % columns) as f32 * share.x, (index / columns) as f32 * share.y);
        let uv = Rect::from_min_size(corner, share);
        ui.painter().image(texture.id(), rect, uv, Color32::WHITE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a texture with a side that is too long, or with too few places.
    #[test]
    fn no_side_is_too_long() {
        for tile in [[28, 28], [1, 2048], [100, 7]] {
            for tiles in [1, 2, 72, 73, 74, capacity(tile)] {
                let tiles = tiles.min(capacity(tile));
                let (columns, size) = shape(tiles, tile);
                assert!(size[0] <= MAX_SIDE && size[1] <= MAX_SIDE, "{tile:?} {tiles} {size:?}");
                assert!(columns * (size[1] / tile[1]) >= tiles);
            }
        }
        assert_eq!(capacity([28, 28]), 73 * 73);
        assert_eq!(capacity([4000, 1]), 0);
    }
}
