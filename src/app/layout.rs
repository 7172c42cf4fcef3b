//! Where the panes are: a tree of tiles that a person can drag about, and its default.

use egui::{Color32, Frame, Margin, Rect, Sense, Stroke, Ui, UiBuilder, WidgetText, pos2, vec2};
use egui_tiles::{Behavior, SimplificationOptions, Tile, TileId, Tiles, Tree, UiResponse};
use strum::{EnumCount as _, IntoEnumIterator as _};

use super::action::Actions;
use super::panels::{Pane, Panels};
use super::session::Session;
use super::theme::{self, GRID, RADIUS, Tokens, size};

/// Height of a pane's header.
const HEADER: f32 = 24.0;

/// Where the panes are.
pub struct Layout {
    tree: Tree<Pane>,
}

impl Default for Layout {
    fn default() -> Self {
        Self { tree: overview() }
    }
}

/// The default: spikes and weights in the middle, what came of them on the right.
fn overview() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let linear = |direction: egui_tiles::LinearDir, children: &[(TileId, f32)], tiles: &mut Tiles<Pane>| {
        let mut linear = egui_tiles::Linear::new(direction, children.iter().map(|(tile, _)| *tile).collect());
        for &(tile, share) in children {
            linear.shares.set_share(tile, share);
        }
        tiles.insert_container(linear)
    };
    let (vertical, horizontal) = (egui_tiles::LinearDir::Vertical, egui_tiles::LinearDir::Horizontal);
    let [raster, weights, training, accuracy, confusion, classes, dream] = [
        Pane::Raster,
        Pane::WeightChange,
        Pane::Training,
        Pane::Accuracy,
        Pane::Confusion,
        Pane::Classes,
        Pane::Dream,
    ]
    .map(|pane| tiles.insert_pane(pane));
    let below = linear(horizontal, &[(weights, 1.0), (training, 0.9)], &mut tiles);
    let left = linear(vertical, &[(raster, 1.15), (below, 1.0), (dream, 0.9)], &mut tiles);
    let right = linear(
        vertical,
        &[(accuracy, 1.0), (confusion, 1.15), (classes, 0.85)],
        &mut tiles,
    );
    let root = linear(horizontal, &[(left, 1.35), (right, 1.0)], &mut tiles);
    Tree::new(egui::Id::unique("overview"), root, tiles)
}

impl Layout {
    /// Restores a layout, if it is whole: each known pane exactly once.
    pub fn from_ron(text: &str) -> Option<Self> {
        let tree: Tree<Pane> = ron::from_str(text).ok()?;
        is_whole(&tree).then_some(Self { tree })
    }

    /// The layout as text.
    pub fn to_ron(&self) -> Option<String> {
        ron::to_string(&self.tree).ok()
    }

    /// Whether the pane can be seen.
    pub fn shows(&self, pane: Pane) -> bool {
        let id = self.tree.tiles.find_pane(&pane);
        id.is_some_and(|id| self.tree.active_tiles().contains(&id))
    }

    /// Shows the panes.
    pub fn ui(&mut self, ui: &mut Ui, panels: &mut Panels, session: &Session, actions: &mut Actions) {
        let mut behavior = PaneBehavior {
            panels,
            session,
            actions,
        };
        self.tree.ui(&mut behavior, ui);
    }
}

/// Whether every known pane is reachable from the root, exactly once, and nothing else is there.
fn is_whole(tree: &Tree<Pane>) -> bool {
    let mut seen = Vec::new();
    let mut open: Vec<TileId> = tree.root().into_iter().collect();
    let mut visited = std::collections::BTreeSet::new();
    while let Some(id) = open.pop() {
        if !visited.insert(id.0) {
            return false;
        }
        match tree.tiles.get(id) {
            Some(Tile::Pane(pane)) => seen.push(*pane),
            Some(Tile::Container(container)) => open.extend(container.children().copied()),
            None => return false,
        }
    }
    seen.sort();
    seen.len() == Pane::COUNT && Pane::iter().eq(seen)
}

/// How the tiles look and what is in them.
struct PaneBehavior<'a> {
    panels: &'a mut Panels,
    session: &'a Session,
    actions: &'a mut Actions,
}

impl Behavior<Pane> for PaneBehavior<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut Pane) -> UiResponse {
        let tokens = Tokens::of(ui);
        let rect = ui.available_rect_before_wrap();
        let card = Frame::new()
            .fill(tokens.surface)
            .stroke(Stroke::new(1.0, tokens.line))
            .corner_radius(RADIUS)
            .inner_margin(Margin {
                left: 12,
                right: 12,
                top: 8,
                bottom: 10,
            });
        let inner = rect - card.total_margin();
        ui.painter().add(card.paint(inner));
        if inner.width() < 1.0 || inner.height() < HEADER + 1.0 {
            return UiResponse::None;
        }
        let header = Rect::from_min_size(inner.min, vec2(inner.width(), HEADER));
        let body = Rect::from_min_max(pos2(inner.left(), header.bottom() + 6.0), inner.max);
        let title = ui.painter().layout_no_wrap(
            pane.title().to_owned(),
            egui::FontId::new(size::TITLE, theme::strong_family()),
            tokens.text_strong,
        );
        let grip = Rect::from_min_size(header.min, vec2(title.size().x + GRID, HEADER));
        let response = ui.interact(grip, ui.scope_id().with("grip"), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, pane.title()));
        let at = pos2(header.left(), header.center().y - 0.5 * title.size().y);
        ui.painter().galley(at, title, tokens.text_strong);
        let dragged = response.drag_started();
        response
            .on_hover_text(pane.help())
            .on_hover_cursor(egui::CursorIcon::Grab);
        let right = Rect::from_min_max(pos2(grip.right() + GRID, header.top()), header.max);
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.scope_builder(
            UiBuilder::new().max_rect(right).layout(layout).id_salt("header"),
            |ui| {
                ui.set_clip_rect(right.intersect(ui.clip_rect()));
                self.panels.header_ui(*pane, ui, self.session);
            },
        );
        ui.scope_builder(UiBuilder::new().max_rect(body).id_salt("body"), |ui| {
            // The last number of an axis may reach into the margin.
            ui.set_clip_rect(body.expand(8.0).intersect(ui.clip_rect()));
            self.panels.ui(*pane, ui, self.session, self.actions);
        });
        if dragged {
            UiResponse::DragStarted
        } else {
            UiResponse::None
        }
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.title().into()
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        GRID
    }

    fn min_size(&self) -> f32 {
        96.0
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> Color32 {
        Tokens::of_visuals(visuals).window
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        let tokens = Tokens::of_visuals(&style.visuals);
        match state {
            egui_tiles::ResizeState::Idle => Stroke::NONE,
            egui_tiles::ResizeState::Hovering => Stroke::new(2.0, theme::faded(tokens.accent, 0.5)),
            egui_tiles::ResizeState::Dragging => Stroke::new(2.0, tokens.accent),
        }
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            all_panes_must_have_tabs: false,
            ..SimplificationOptions::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a default that lacks a pane, and a saved layout that does not come back.
    #[test]
    fn the_default_is_whole_and_survives_saving() {
        let text = Layout::default().to_ron().unwrap();
        assert!(Layout::from_ron(&text).is_some(), "{text}");
    }

    /// Catches a saved layout with a pane too few or too many that is taken anyway.
    #[test]
    fn a_broken_layout_is_refused() {
        assert!(Layout::from_ron("").is_none());
        assert!(Layout::from_ron("(nonsense: 1)").is_none());
        let text = Layout::default().to_ron().unwrap();
        assert!(Layout::from_ron(&text.replace("Confusion", "Classes")).is_none());
        assert!(Layout::from_ron(&text.replace("Confusion", "Yesterday")).is_none());
    }
}
