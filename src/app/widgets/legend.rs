//! The scale beside a matrix.

use egui::{FontId, Mesh, Rect, Sense, Ui, pos2, vec2};

use crate::app::theme::{ColorMap, Tokens, size};

/// A horizontal colour bar with a value under (or beside) each end, and zero in its middle if the map is signed.
pub fn color_bar(ui: &mut Ui, map: ColorMap, low: &str, high: &str) {
    let tokens = Tokens::of(ui);
    let font = FontId::proportional(size::SMALL);
    let text = |ui: &mut Ui, word: &str| {
        let galley = ui
            .painter()
            .layout_no_wrap(word.to_owned(), font.clone(), tokens.text_weak);
        let (rect, _) = ui.allocate_exact_size(vec2(galley.size().x, size::SMALL + 4.0), Sense::hover());
        ui.painter().galley_with_override_text_color(
            pos2(rect.left(), rect.center().y - 0.5 * galley.size().y),
            galley,
            tokens.text_weak,
        );
    };
    ui.spacing_mut().item_spacing.x = 5.0;
    text(ui, low);
    let (bar, _) = ui.allocate_exact_size(vec2(88.0, 8.0), Sense::hover());
    ui.painter().add(gradient(bar, map));
    ui.painter()
        .rect_stroke(bar, 1.0, egui::Stroke::new(1.0, tokens.line), egui::StrokeKind::Outside);
    if map.is_signed() {
        ui.painter()
            .vline(bar.center().x, bar.y_range(), egui::Stroke::new(1.0, tokens.grid));
    }
    text(ui, high);
}

/// The colours of a map from left to right, as one shape: cells would show their seams.
fn gradient(bar: Rect, map: ColorMap) -> Mesh {
    const CUTS: u32 = 64;
    let mut mesh = Mesh::default();
    for cut in 0..=CUTS {
        let share = cut as f32 / CUTS as f32;
        let color = map.color(if map.is_signed() { 2.0 * share - 1.0 } else { share });
        let x = bar.left() + share * bar.width();
        mesh.colored_vertex(pos2(x, bar.top()), color);
        mesh.colored_vertex(pos2(x, bar.bottom()), color);
        if cut > 0 {
            let corner = 2 * cut;
            mesh.add_triangle(corner - 2, corner - 1, corner);
            mesh.add_triangle(corner - 1, corner, corner + 1);
        }
    }
    mesh
}
