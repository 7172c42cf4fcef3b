//! Where the panes are: named layouts, each a tree of tiles that a person can drag about, close and add to.

mod gaps;
mod menu;
mod named;
mod room;

use std::collections::{BTreeMap, BTreeSet};

use egui::{Color32, Frame, Margin, Rect, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetText, pos2, vec2};
use egui_tiles::{Behavior, Linear, LinearDir, SimplificationOptions, Tile, TileId, Tree, UiResponse};
use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;

use super::action::{Actions, UiAction};
use super::export;
use super::panels::{Pane, Panels, Seen};
use super::theme::{self, GRID, RADIUS, Tokens, size};
use super::widgets::Icon;

pub use menu::menu_ui;
pub use named::Named;

/// Height of a pane's header.
const HEADER: f32 = 28.0;
/// Width of a button of a header.
const CLOSE: f32 = 16.0;

/// Where the panes are, in each of the named layouts.
#[derive(Clone, Serialize, Deserialize)]
pub struct Layout {
    chosen: Named,
    trees: BTreeMap<Named, Tree<Pane>>,
    /// The pane that fills all the room, if one does.
    #[serde(skip)]
    enlarged: Option<Pane>,
    /// Where each pane that was drawn last is on the screen, as far as it can be seen.
    #[serde(skip)]
    places: BTreeMap<Pane, Rect>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            chosen: Named::default(),
            trees: Named::iter().map(|named| (named, named.tree())).collect(),
            enlarged: None,
            places: BTreeMap::new(),
        }
    }
}

impl Layout {
    /// Where a pane is on the screen, as far as it can be seen, if it was drawn last.
    pub fn place(&self, pane: Pane) -> Option<Rect> {
        self.places.get(&pane).copied()
    }

    /// Restores what was saved. A named layout that is missing or broken is as it was made; text that makes no sense is
    /// no layout at all.
    pub fn from_ron(text: &str) -> Option<Self> {
        let mut layout: Self = ron::from_str(text).ok()?;
        layout.trees.retain(|_, tree| is_whole(tree));
        for named in Named::iter() {
            layout.trees.entry(named).or_insert_with(|| named.tree());
        }
        Some(layout)
    }

    /// The layouts as text.
    pub fn to_ron(&self) -> Option<String> {
        ron::to_string(self).ok()
    }

    /// The layout that is shown.
    pub fn chosen(&self) -> Named {
        self.chosen
    }

    /// Shows another layout, as it was left.
    pub fn choose(&mut self, named: Named) {
        self.chosen = named;
        self.enlarged = None;
    }

    /// Puts every pane of the layout that is shown back to its place.
    pub fn reset(&mut self) {
        self.trees.insert(self.chosen, self.chosen.tree());
        self.enlarged = None;
    }

    /// Fills all the room with a pane; once more goes back to all panes.
    pub fn enlarge(&mut self, pane: Pane) {
        self.enlarged = (self.enlarged != Some(pane) && self.has(pane)).then_some(pane);
    }

    /// The panes of the layout that is shown, each in its place.
    pub(super) fn shown(&self) -> Option<&Tree<Pane>> {
        self.trees.get(&self.chosen)
    }

    /// Shows a layout with its panes in these places.
    pub(super) fn put(&mut self, named: Named, tree: Tree<Pane>) {
        self.trees.insert(named, tree);
        self.chosen = named;
    }

    /// The tree that is shown.
    fn tree(&mut self) -> &mut Tree<Pane> {
        self.trees.entry(self.chosen).or_insert_with(|| self.chosen.tree())
    }

    /// Whether the pane is in the layout that is shown, even if behind a tab.
    pub fn has(&self, pane: Pane) -> bool {
        let tree = self.trees.get(&self.chosen);
        tree.is_some_and(|tree| tree.tiles.find_pane(&pane).is_some())
    }

    /// Whether the pane can be seen.
    pub fn shows(&self, pane: Pane) -> bool {
        if let Some(enlarged) = self.enlarged {
            return enlarged == pane;
        }
        self.trees.get(&self.chosen).is_some_and(|tree| {
            let id = tree.tiles.find_pane(&pane);
            id.is_some_and(|id| tree.active_tiles().contains(&id))
        })
    }

    /// Whether the pane is the only one.
    pub fn is_last(&self, pane: Pane) -> bool {
        self.has(pane) && Pane::iter().filter(|other| self.has(*other)).count() == 1
    }

    /// Takes a pane away. The last one stays.
    pub fn close(&mut self, pane: Pane) {
        if self.is_last(pane) {
            return;
        }
        self.enlarged = None;
        let tree = self.tree();
        if let Some(id) = tree.tiles.find_pane(&pane) {
            tree.remove_recursively(id);
            tree.simplify(&simplification());
        }
    }

    /// Adds a pane that is not there: the largest pane in sight gives it half its room.
    pub fn add(&mut self, pane: Pane) {
        if self.has(pane) {
            return;
        }
        self.enlarged = None;
        let tree = self.tree();
        let room = |id: &TileId| tree.tiles.rect(*id).map_or(0.0, |rect| rect.area());
        let panes = tree.active_tiles().into_iter();
        let largest = panes
            .filter(|id| tree.tiles.get_pane(id).is_some())
            .max_by(|a, b| room(a).total_cmp(&room(b)));
        let Some((id, &neighbour)) = largest.and_then(|id| Some((id, tree.tiles.get_pane(&id)?))) else {
            return;
        };
        let wide = tree
            .tiles
            .rect(id)
            .is_none_or(|rect| rect.width() > 1.4 * rect.height());
        let direction = if wide {
            LinearDir::Horizontal
        } else {
            LinearDir::Vertical
        };
        let halves = [neighbour, pane].map(|pane| tree.tiles.insert_pane(pane));
        if let Some(tile) = tree.tiles.get_mut(id) {
            *tile = Tile::Container(Linear::new(direction, halves.to_vec()).into());
        }
    }

    /// Shows the panes, or the one that fills the room. Where the room is too small for all of them one scrolls.
    pub fn ui(&mut self, ui: &mut Ui, panels: &mut Panels, seen: Seen<'_>, actions: &mut Actions) {
        let last = Pane::iter().find(|pane| self.is_last(*pane));
        let enlarged = self.enlarged;
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        let mut behavior = PaneBehavior {
            places: &mut places,
            panels,
            seen,
            actions,
            last,
            enlarged,
            clip: ui.clip_rect(),
        };
        if let Some(pane) = enlarged {
            behavior.card_ui(ui, pane);
        } else {
            Self::tree_ui(ui, self.tree(), &mut behavior);
        }
        self.places = places;
    }

    /// Shows all panes.
    fn tree_ui(ui: &mut Ui, tree: &mut Tree<Pane>, behavior: &mut PaneBehavior<'_>) {
        let solid = egui::style::ScrollStyle::solid();
        let bar = solid.bar_inner_margin + solid.bar_width + solid.bar_outer_margin;
        let Some(size) = room::scrolled(tree, ui.available_size(), bar) else {
            tree.ui(behavior, ui);
            gaps::ui(ui, tree);
            return;
        };
        // The bars stand beside the panes, and the wheel stays with the pane under the pointer, which may zoom with it.
        ui.spacing_mut().scroll = solid;
        ScrollArea::both()
            .auto_shrink(false)
            .scroll_source(egui::scroll_area::ScrollSource::SCROLL_BAR)
            .show(ui, |ui| {
                behavior.clip = ui.clip_rect();
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
                    tree.ui(behavior, ui);
                    gaps::ui(ui, tree);
                });
            });
    }
}

/// Whether what is reachable from the root is at least one pane, no pane twice, and every tile is there.
fn is_whole(tree: &Tree<Pane>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<TileId> = tree.root().into_iter().collect();
    let mut visited = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !visited.insert(id.0) {
            return false;
        }
        match tree.tiles.get(id) {
            Some(Tile::Pane(pane)) => {
                if !seen.insert(*pane) {
                    return false;
                }
            }
            Some(Tile::Container(container)) => open.extend(container.children().copied()),
            None => return false,
        }
    }
    !seen.is_empty()
}

/// What becomes of containers that hold little.
fn simplification() -> SimplificationOptions {
    SimplificationOptions {
        all_panes_must_have_tabs: false,
        ..SimplificationOptions::default()
    }
}

/// How the tiles look and what is in them.
struct PaneBehavior<'a> {
    /// Where each pane is on the screen.
    places: &'a mut BTreeMap<Pane, Rect>,
    panels: &'a mut Panels,
    seen: Seen<'a>,
    actions: &'a mut Actions,
    /// The pane that cannot be closed.
    last: Option<Pane>,
    /// The pane that fills the room.
    enlarged: Option<Pane>,
    /// What can be seen: the tiles know nothing of scrolling.
    clip: Rect,
}

impl PaneBehavior<'_> {
    /// A pane on its card, under its header. `true` if somebody begins to drag it.
    fn card_ui(&mut self, ui: &mut Ui, pane: Pane) -> bool {
        let tokens = Tokens::of(ui);
        let rect = ui.available_rect_before_wrap();
        self.places.insert(pane, rect.intersect(ui.clip_rect()));
        let card = Frame::new()
            .fill(tokens.surface)
            .stroke(if self.seen.part.is_some_and(|part| part.panes().contains(&pane)) {
                Stroke::new(2.0, tokens.accent)
            } else {
                Stroke::new(1.0, tokens.line)
            })
            .corner_radius(RADIUS)
            .inner_margin(Margin {
                left: 12,
                right: 12,
                top: 6,
                bottom: 10,
            });
        let inner = rect - card.total_margin();
        ui.painter().add(card.paint(inner));
        if inner.width() < 1.0 || inner.height() < HEADER + 1.0 {
            return false;
        }
        let header = Rect::from_min_size(inner.min, vec2(inner.width(), HEADER));
        let body = Rect::from_min_max(pos2(inner.left(), header.bottom() + 4.0), inner.max);
        let title = ui.painter().layout_no_wrap(
            pane.title().to_owned(),
            egui::FontId::new(size::TITLE, theme::strong_family()),
            tokens.text_strong,
        );
        let grip = Rect::from_min_size(header.min, vec2(title.size().x + GRID, HEADER));
        let response = ui.interact(grip, ui.scope_id().with("grip"), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, pane.title()));
        let at = pos2(header.left(), header.center().y - 0.5 * title.size().y);
        ui.painter().galley(at, title, tokens.text_strong);
        let dragged = response.drag_started() && self.enlarged.is_none();
        if response.double_clicked() {
            self.actions.push(UiAction::EnlargePane(pane));
        }
        response
            .on_hover_text(pane.help())
            .on_hover_cursor(egui::CursorIcon::Grab);
        let right = Rect::from_min_max(pos2(grip.right() + GRID, header.top()), header.max);
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.scope_builder(
            UiBuilder::new().max_rect(right).layout(layout).id_salt("header"),
            |ui| {
                ui.set_clip_rect(right.intersect(ui.clip_rect()));
                if self.last != Some(pane) && close_ui(ui, pane) {
                    self.actions.push(UiAction::ClosePane(pane));
                }
                if self.last != Some(pane) && enlarge_ui(ui, pane, self.enlarged.is_some()) {
                    self.actions.push(UiAction::EnlargePane(pane));
                }
                let button = export_ui(ui, pane);
                export::menu_ui(&button, pane, self.seen, self.actions);
                self.panels.header_ui(pane, ui, self.seen, self.actions);
            },
        );
        ui.scope_builder(UiBuilder::new().max_rect(body).id_salt("body"), |ui| {
            // The last number of an axis may reach into the margin.
            ui.set_clip_rect(body.expand(8.0).intersect(ui.clip_rect()));
            self.panels.ui(pane, ui, self.seen, self.actions);
        });
        dragged
    }
}

impl Behavior<Pane> for PaneBehavior<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut Pane) -> UiResponse {
        ui.set_clip_rect(self.clip.intersect(ui.clip_rect()));
        if self.card_ui(ui, *pane) {
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
        96.0_f32.min(room::LEAST.x)
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
        simplification()
    }
}

/// The button that closes a pane. `true` if it was pressed.
fn close_ui(ui: &mut Ui, pane: Pane) -> bool {
    let name = format!("Close {}", pane.title());
    let help = format!("{name}. The menu of layouts in the top bar brings it back");
    button_ui(ui, Icon::Close, 9.0, &name, help)
}

/// The button that fills the room with a pane, or goes back to all. `true` if it was pressed.
fn enlarge_ui(ui: &mut Ui, pane: Pane, is_large: bool) -> bool {
    let title = pane.title();
    if is_large {
        let help = "Back to all panes (double-click on the title does the same)";
        button_ui(ui, Icon::Shrink, 10.0, &format!("Shrink {title}"), help.to_owned())
    } else {
        let help = format!("Fill the room with {title} (double-click on the title does the same)");
        button_ui(ui, Icon::Enlarge, 10.0, &format!("Enlarge {title}"), help)
    }
}

/// The button of the menu that exports a pane.
fn export_ui(ui: &mut Ui, pane: Pane) -> egui::Response {
    let name = format!("Export {}", pane.title());
    let help = format!("{name}: picture, plot, data, or the whole run");
    button_response(ui, Icon::Export, 10.0, &name, help)
}

/// A small button of a header. `true` if it was pressed.
fn button_ui(ui: &mut Ui, icon: Icon, icon_size: f32, name: &str, help: String) -> bool {
    button_response(ui, icon, icon_size, name, help).clicked()
}

/// A small button of a header.
fn button_response(ui: &mut Ui, icon: Icon, icon_size: f32, name: &str, help: String) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(CLOSE, HEADER), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let tokens = Tokens::of(ui);
    let ink = if response.hovered() || response.has_focus() {
        tokens.text_strong
    } else {
        theme::faded(tokens.text_weak, 0.8)
    };
    icon.paint(ui.painter(), rect, icon_size, ink);
    response.on_hover_text(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a named layout that is broken, and a saved choice that does not come back.
    #[test]
    fn every_layout_is_whole_and_survives_saving() {
        for named in Named::iter() {
            assert!(is_whole(&named.tree()), "{named:?}");
            let mut layout = Layout::default();
            layout.choose(named);
            let text = layout.to_ron().unwrap();
            let back = Layout::from_ron(&text).unwrap();
            assert_eq!(back.chosen(), named, "{text}");
        }
    }

    /// Catches a saved layout with a pane twice, or one of a pane nobody knows, that is taken anyway.
    #[test]
    fn a_broken_layout_is_refused() {
        assert!(Layout::from_ron("").is_none());
        assert!(Layout::from_ron("(nonsense: 1)").is_none());
        let text = Layout::default().to_ron().unwrap();
        assert!(Layout::from_ron(&text.replace("Confusion", "Yesterday")).is_none());
        let twice = Layout::from_ron(&text.replace("Confusion", "Classes")).unwrap();
        assert!(twice.has(Pane::Confusion) && twice.has(Pane::Classes), "as it was made");
    }

    /// Catches a closed pane that is lost, one that comes back by itself, and a window without any pane.
    #[test]
    fn panes_close_and_come_back() {
        let mut layout = Layout::default();
        for pane in Pane::iter() {
            layout.close(pane);
        }
        let left: Vec<Pane> = Pane::iter().filter(|pane| layout.has(*pane)).collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(layout.is_last(left[0]));
        let mut layout = Layout::from_ron(&layout.to_ron().unwrap()).unwrap();
        assert_eq!(Pane::iter().filter(|pane| layout.has(*pane)).count(), 1);
        for pane in Pane::iter() {
            layout.add(pane);
            layout.add(pane);
            assert!(layout.has(pane) && layout.shows(pane), "{pane:?}");
        }
        assert!(is_whole(layout.tree()));
        layout.reset();
        assert!(layout.has(Pane::Raster) && !layout.has(Pane::Neurons));
    }
}
