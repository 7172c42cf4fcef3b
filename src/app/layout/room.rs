//! How much room a layout needs at least.

use egui::{Vec2, vec2};
use egui_tiles::{Container, LinearDir, Tile, TileId, Tree};

use crate::app::panels::Pane;
use crate::app::theme::GRID;

/// A pane that is smaller than this shows nothing that can be read: one rather scrolls.
pub const LEAST: Vec2 = vec2(180.0, 140.0);
/// What a pane gets where one scrolls anyway.
const COMFORTABLE: Vec2 = vec2(250.0, 180.0);

/// The size at which a tree is shown in so much room, if that is too little; a bar takes `bar` of it.
pub fn scrolled(tree: &Tree<Pane>, there: Vec2, bar: f32) -> Option<Vec2> {
    let (least, comfortable) = (size_with(tree, LEAST), size_with(tree, COMFORTABLE));
    if there.x >= least.x && there.y >= least.y {
        return None;
    }
    let side = |there: f32, least: f32, comfortable: f32| {
        if there - bar >= least { there - bar } else { comfortable }
    };
    Some(vec2(
        side(there.x, least.x, comfortable.x),
        side(there.y, least.y, comfortable.y),
    ))
}

/// The size at which every pane of a tree that is in sight has at least so much.
fn size_with(tree: &Tree<Pane>, pane: Vec2) -> Vec2 {
    tree.root().map_or(pane, |root| of_tile(tree, root, pane, 0))
}

/// The same of a tile. A tree that was read from a file may hold itself; so deep is none.
fn of_tile(tree: &Tree<Pane>, id: TileId, pane: Vec2, depth: usize) -> Vec2 {
    if depth > 32 {
        return pane;
    }
    let sizes = |children: &[TileId]| -> Vec<(TileId, Vec2)> {
        let children = children.iter();
        children
            .map(|&child| (child, of_tile(tree, child, pane, depth + 1)))
            .collect()
    };
    match tree.tiles.get(id) {
        Some(Tile::Container(Container::Linear(linear))) => {
            let parts = sizes(&linear.children);
            let total: f32 = parts.iter().map(|(child, _)| linear.shares[*child]).sum();
            let gaps = GRID * parts.len().saturating_sub(1) as f32;
            let mut least = Vec2::ZERO;
            // Each part has its share of the whole, so the whole must be so large that the least share is enough.
            for (child, size) in parts {
                let whole = total / linear.shares[child].max(0.05);
                match linear.dir {
                    LinearDir::Horizontal => least = least.max(vec2(size.x * whole + gaps, size.y)),
                    LinearDir::Vertical => least = least.max(vec2(size.x, size.y * whole + gaps)),
                }
            }
            least
        }
        Some(Tile::Container(container)) => {
            let children: Vec<TileId> = container.children().copied().collect();
            let parts = sizes(&children);
            parts.into_iter().fold(pane, |least, (_, size)| least.max(size))
        }
        Some(Tile::Pane(_)) | None => pane,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::layout::Named;
    use strum::IntoEnumIterator as _;

    /// Catches a named layout that has to be scrolled at 1280 x 800 beside the settings, and one that would be squeezed
    /// to nothing in a small window.
    #[test]
    fn named_layouts_fit_an_ordinary_window() {
        for named in Named::iter() {
            let least = size_with(&named.tree(), LEAST);
            assert!(least.x <= 940.0 && least.y <= 690.0, "{named:?} needs {least:?}");
            assert!(
                least.x >= 2.0 * LEAST.x || least.y >= 2.0 * LEAST.y,
                "{named:?} needs {least:?}"
            );
        }
    }

    /// Catches a window that scrolls without need, and one that squeezes what it should scroll.
    #[test]
    fn one_scrolls_only_where_there_is_no_room() {
        let tree = Named::Overview.tree();
        assert_eq!(scrolled(&tree, vec2(960.0, 700.0), 10.0), None);
        let low = scrolled(&tree, vec2(960.0, 300.0), 10.0).unwrap();
        assert!((low.x - 950.0).abs() < 1e-3 && low.y > 450.0, "{low:?}");
        let small = scrolled(&tree, vec2(300.0, 200.0), 10.0).unwrap();
        assert!(small.x > 700.0 && small.y > 450.0, "{small:?}");
    }
}
