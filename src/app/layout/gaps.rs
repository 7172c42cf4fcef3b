//! The gaps between the panes, for the keyboard and for screen readers: the tiles themselves know the mouse alone.

use egui::{Id, IdSalt, Role, Ui, WidgetInfo};
use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tree};

use crate::app::panels::Pane;
use crate::app::widgets::canvas_keys;

/// One press moves a gap by this share of the two panes beside it.
const STEP: f32 = 0.04;
/// Least share that is left to a pane.
const LEAST: f32 = 0.1;

/// Names every gap of the tree that was just shown in `ui`, and moves the one that has the keyboard by arrows.
pub fn ui(ui: &Ui, tree: &mut Tree<Pane>) {
    let Some(root) = tree.root() else { return };
    let mut open = vec![(root, scope_of(ui.scope_id(), root))];
    while let Some((id, scope)) = open.pop() {
        let Some(Tile::Container(container)) = tree.tiles.get(id) else {
            continue;
        };
        open.extend(container.children().map(|child| (*child, scope_of(scope, *child))));
        let Container::Linear(linear) = container else { continue };
        let (children, dir) = (linear.children.clone(), linear.dir);
        for (place, pair) in children.windows(2).enumerate() {
            let gap = scope.with((id, "resize", place));
            let name = format!("Gap between {} and {}", first(tree, pair[0]), first(tree, pair[1]));
            let moved = gap_ui(ui, gap, &name, dir);
            if moved != 0
                && let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get_mut(id)
            {
                move_gap(linear, pair[0], pair[1], moved as f32 * STEP);
            }
        }
    }
}

/// The scope of a tile within that of the tile around it, as egui makes it; a test finds the gaps nameless if that changes.
fn scope_of(around: Id, tile: TileId) -> Id {
    around.with(tile).with(IdSalt::new("child"))
}

/// Names a gap. Returns how many steps the keys move it, to the right or downwards.
fn gap_ui(ui: &Ui, gap: Id, name: &str, dir: LinearDir) -> i32 {
    let Some(response) = ui.ctx().read_response(gap) else {
        return 0;
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, name));
    let [across, down] = canvas_keys(ui, &response).unwrap_or_default().steps;
    if dir == LinearDir::Horizontal { across } else { down }
}

/// Moves the gap between two places by a share of both.
fn move_gap(linear: &mut Linear, before: TileId, after: TileId, by: f32) {
    let both = linear.shares[before] + linear.shares[after];
    let share = (linear.shares[before] / both + by).clamp(LEAST, 1.0 - LEAST);
    linear.shares.set_share(before, share * both);
    linear.shares.set_share(after, (1.0 - share) * both);
}

/// The title of the first pane in a place.
fn first(tree: &Tree<Pane>, id: TileId) -> &'static str {
    let mut at = Some(id);
    while let Some(id) = at {
        at = match tree.tiles.get(id) {
            Some(Tile::Pane(pane)) => return pane.title(),
            Some(Tile::Container(container)) => container.children().next().copied(),
            None => None,
        };
    }
    "nothing"
}
