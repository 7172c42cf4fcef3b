//! Icons as strokes and shapes: sharp at every scale, in the colour of the text beside them.

use std::f32::consts::TAU;

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

/// The icons of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Go.
    Play,
    /// Wait.
    Pause,
    /// One step.
    Step,
    /// To the end, fast.
    ToTheEnd,
    /// One step back.
    Back,
    /// To the beginning, fast.
    ToStart,
    /// To the end of what is known.
    ToKnown,
    /// A spike over its baseline.
    Spike,
    /// A difference.
    Change,
    /// Something to wait at.
    Stop,
    /// Time that goes slowly.
    Slow,
    /// One more.
    Add,
    /// Over and over.
    Loop,
    /// From the beginning.
    Restart,
    /// The night.
    Moon,
    /// Theme and scale: light and dark, half and half.
    Looks,
    /// The column at the left.
    Sidebar,
    /// One pane in all the room.
    Enlarge,
    /// Back to all panes.
    Shrink,
    /// Another draw.
    Dice,
    /// The arrangement of the panes.
    Layout,
    /// A network that learns.
    Train,
    /// Numbers with their intervals.
    Trials,
    /// A folder.
    Folder,
    /// From the net to the disk.
    Download,
    /// From the program to elsewhere.
    Export,
    /// Away with it.
    Close,
    /// Take it back.
    Undo,
    /// Do it once more.
    Redo,
    /// Find by name.
    Search,
    /// A second way that leaves the first.
    Branch,
    /// To the first place.
    Promote,
    /// What others are measured against.
    Pin,
    /// Write.
    Pen,
}

impl Icon {
    /// Paints the icon into the middle of `rect`, as large as a letter of `size`.
    #[expect(clippy::too_many_lines, reason = "one short arm an icon")]
    pub fn paint(self, painter: &Painter, rect: Rect, size: f32, color: Color32) {
        let center = rect.center();
        let half = 0.5 * size;
        let at = |x: f32, y: f32| center + vec2(x, y) * half;
        let stroke = Stroke::new((size / 9.0).max(1.2), color);
        let line = |points: Vec<Pos2>| Shape::line(points, stroke);
        let fill = |points: Vec<Pos2>| Shape::convex_polygon(points, color, Stroke::NONE);
        let block = |x: f32, y: f32, w: f32, h: f32| {
            Shape::rect_filled(Rect::from_min_max(at(x, y), at(x + w, y + h)), 1.0, color)
        };
        let cross = |x: f32, y: f32| line(vec![at(-x, -y), at(x, y)]);
        let triangle = |x: f32, w: f32, h: f32| fill(vec![at(x, -h), at(x + w, 0.0), at(x, h)]);
        match self {
            Self::Play => {
                painter.add(triangle(-0.6, 1.4, 0.85));
            }
            Self::Pause => {
                painter.extend([block(-0.65, -0.8, 0.45, 1.6), block(0.2, -0.8, 0.45, 1.6)]);
            }
            Self::Step => {
                painter.extend([triangle(-0.8, 1.0, 0.75), block(0.45, -0.75, 0.3, 1.5)]);
            }
            Self::ToTheEnd => {
                painter.extend([
                    triangle(-1.0, 0.85, 0.7),
                    triangle(-0.2, 0.85, 0.7),
                    block(0.75, -0.7, 0.25, 1.4),
                ]);
            }
            Self::Back => {
                painter.extend([triangle(0.8, -1.0, 0.75), block(-0.75, -0.75, 0.3, 1.5)]);
            }
            Self::ToStart => {
                painter.extend([
                    triangle(1.0, -0.85, 0.7),
                    triangle(0.2, -0.85, 0.7),
                    block(-1.0, -0.7, 0.25, 1.4),
                ]);
            }
            Self::ToKnown => {
                painter.extend([triangle(-1.0, 0.85, 0.7), triangle(-0.2, 0.85, 0.7)]);
                painter.extend([-0.7, -0.15, 0.4].map(|y| block(0.75, y, 0.25, 0.3)));
            }
            Self::Spike => {
                painter.add(line(vec![
                    at(-1.0, 0.6),
                    at(-0.4, 0.6),
                    at(0.0, -0.9),
                    at(0.35, 0.6),
                    at(1.0, 0.6),
                ]));
            }
            Self::Change => {
                painter.add(line(vec![
                    at(0.0, -0.8),
                    at(0.9, 0.75),
                    at(-0.9, 0.75),
                    at(0.0, -0.8),
                    at(0.2, -0.45),
                ]));
            }
            Self::Stop => {
                let corner =
                    |corner: u16| at(0.0, 0.0) + 0.9 * half * Vec2::angled((f32::from(corner) + 0.5) / 8.0 * TAU);
                painter.add(Shape::closed_line((0..8).map(corner).collect(), stroke));
                painter.add(block(-0.3, -0.3, 0.6, 0.6));
            }
            Self::Slow => {
                painter.circle_stroke(center, 0.85 * half, stroke);
                painter.add(line(vec![at(0.0, -0.5), at(0.0, 0.0), at(0.35, 0.2)]));
            }
            Self::Add => painter.extend([
                line(vec![at(-0.8, 0.0), at(0.8, 0.0)]),
                line(vec![at(0.0, -0.8), at(0.0, 0.8)]),
            ]),
            Self::Loop => {
                for turn in [0.0, 0.5 * TAU] {
                    painter.add(line(arc(center, 0.7 * half, turn + 0.06 * TAU, 0.36 * TAU)));
                    let end = center + 0.7 * half * Vec2::angled(turn + 0.42 * TAU);
                    let (along, out) = (Vec2::angled(turn + 0.67 * TAU), Vec2::angled(turn + 0.42 * TAU));
                    let corners = [
                        end + 0.5 * half * along,
                        end + 0.35 * half * out,
                        end - 0.35 * half * out,
                    ];
                    painter.add(fill(corners.to_vec()));
                }
            }
            Self::Restart => {
                painter.add(line(arc(center, 0.75 * half, -0.18 * TAU, 0.62 * TAU)));
                let tip = center + 0.75 * half * Vec2::angled(-0.18 * TAU);
                painter.add(fill(vec![
                    tip + half * vec2(-0.65, -0.1),
                    tip + half * vec2(0.2, -0.6),
                    tip + half * vec2(0.1, 0.45),
                ]));
            }
            Self::Moon => {
                painter.add(line(crescent(center, half)));
            }
            Self::Looks => {
                painter.circle_stroke(center, 0.85 * half, stroke);
                painter.add(fill(arc(center, 0.85 * half, -0.25 * TAU, 0.5 * TAU)));
            }
            Self::Sidebar => {
                painter.rect_stroke(
                    Rect::from_center_size(center, vec2(1.8, 1.5) * half),
                    2.0,
                    stroke,
                    egui::StrokeKind::Middle,
                );
                painter.extend([
                    block(-0.9, -0.75, 0.65, 1.5),
                    line(vec![at(-0.25, -0.75), at(-0.25, 0.75)]),
                ]);
            }
            Self::Enlarge => painter.extend([
                line(vec![at(0.1, -0.8), at(0.8, -0.8), at(0.8, -0.1)]),
                line(vec![at(-0.1, 0.8), at(-0.8, 0.8), at(-0.8, 0.1)]),
                line(vec![at(0.8, -0.8), at(0.2, -0.2)]),
                line(vec![at(-0.8, 0.8), at(-0.2, 0.2)]),
            ]),
            Self::Shrink => painter.extend([
                line(vec![at(0.2, -0.9), at(0.2, -0.2), at(0.9, -0.2)]),
                line(vec![at(-0.2, 0.9), at(-0.2, 0.2), at(-0.9, 0.2)]),
                line(vec![at(0.9, -0.9), at(0.2, -0.2)]),
                line(vec![at(-0.9, 0.9), at(-0.2, 0.2)]),
            ]),
            Self::Dice => {
                painter.rect_stroke(
                    Rect::from_center_size(center, Vec2::splat(1.6 * half)),
                    2.0,
                    stroke,
                    egui::StrokeKind::Middle,
                );
                for (x, y) in [(-0.35, -0.35), (0.35, 0.35), (0.0, 0.0)] {
                    painter.circle_filled(at(x, y), 0.13 * size / 2.0 + 0.4, color);
                }
            }
            Self::Layout => {
                painter.rect_stroke(
                    Rect::from_center_size(center, vec2(1.8, 1.5) * half),
                    2.0,
                    stroke,
                    egui::StrokeKind::Middle,
                );
                painter.extend([
                    line(vec![at(-0.1, -0.75), at(-0.1, 0.75)]),
                    line(vec![at(-0.1, 0.1), at(0.9, 0.1)]),
                ]);
            }
            Self::Train => {
                painter.add(line(vec![at(-0.9, -0.7), at(-0.9, 0.8), at(0.95, 0.8)]));
                painter.add(line(vec![
                    at(-0.55, -0.6),
                    at(-0.2, 0.15),
                    at(0.25, 0.38),
                    at(0.9, 0.45),
                ]));
            }
            Self::Trials => {
                for (x, low, high, mean) in [
                    (-0.7, 0.85, 0.05, 0.45),
                    (0.0, 0.35, -0.6, -0.1),
                    (0.7, -0.15, -0.85, -0.5),
                ] {
                    painter.add(line(vec![at(x, low), at(x, high)]));
                    painter.circle_filled(at(x, mean), 0.26 * half, color);
                }
            }
            Self::Undo => turn(painter, center, half, stroke, 1.0),
            Self::Redo => turn(painter, center, half, stroke, -1.0),
            Self::Search => {
                painter.circle_stroke(at(-0.2, -0.2), 0.6 * half, stroke);
                painter.add(line(vec![at(0.25, 0.25), at(0.85, 0.85)]));
            }
            Self::Branch => {
                painter.extend([
                    line(vec![at(-0.9, -0.4), at(0.9, -0.4)]),
                    line(vec![at(-0.5, -0.4), at(0.0, 0.55), at(0.9, 0.55)]),
                ]);
                painter.circle_filled(at(-0.5, -0.4), 0.22 * half, color);
            }
            Self::Promote => painter.extend([
                line(vec![at(-0.7, -0.85), at(0.7, -0.85)]),
                line(vec![at(0.0, 0.85), at(0.0, -0.4)]),
                line(vec![at(-0.5, 0.1), at(0.0, -0.4), at(0.5, 0.1)]),
            ]),
            Self::Pin => painter.extend([
                line(vec![at(-0.5, 0.9), at(-0.5, -0.85)]),
                line(vec![at(-0.5, -0.85), at(0.75, -0.4), at(-0.5, 0.05)]),
            ]),
            Self::Pen => painter.extend([line(vec![
                at(-0.8, 0.8),
                at(-0.65, 0.25),
                at(0.5, -0.9),
                at(0.9, -0.5),
                at(-0.25, 0.65),
                at(-0.8, 0.8),
            ])]),
            Self::Close => painter.extend([cross(0.8, 0.8), cross(0.8, -0.8)]),
            Self::Folder => {
                painter.add(line(vec![
                    at(-0.9, 0.7),
                    at(-0.9, -0.6),
                    at(-0.3, -0.6),
                    at(-0.1, -0.35),
                    at(0.9, -0.35),
                    at(0.9, 0.7),
                    at(-0.9, 0.7),
                ]));
            }
            Self::Export => painter.extend([
                line(vec![at(0.0, 0.35), at(0.0, -0.85)]),
                line(vec![at(-0.45, -0.4), at(0.0, -0.85), at(0.45, -0.4)]),
                line(vec![at(-0.8, 0.1), at(-0.8, 0.85), at(0.8, 0.85), at(0.8, 0.1)]),
            ]),
            Self::Download => painter.extend([
                line(vec![at(0.0, -0.85), at(0.0, 0.35)]),
                line(vec![at(-0.45, -0.1), at(0.0, 0.35), at(0.45, -0.1)]),
                line(vec![at(-0.8, 0.4), at(-0.8, 0.85), at(0.8, 0.85), at(0.8, 0.4)]),
            ]),
        }
    }
}

/// An arrow that turns back to the left, or with `side` -1 to the right.
fn turn(painter: &Painter, center: Pos2, half: f32, stroke: Stroke, side: f32) {
    let at = |x: f32, y: f32| center + vec2(side * x, y) * half;
    let bow = arc(Pos2::ZERO, 0.55, -0.25 * TAU, 0.5 * TAU);
    let mut points = vec![at(-0.85, -0.35)];
    points.extend(bow.into_iter().map(|point| at(point.x + 0.3, point.y + 0.2)));
    points.push(at(-0.55, 0.75));
    painter.add(Shape::line(points, stroke));
    painter.add(Shape::line(
        vec![at(-0.4, -0.85), at(-0.85, -0.35), at(-0.4, 0.15)],
        stroke,
    ));
}

/// Points along a circle, from one angle over a sweep, clockwise.
fn arc(center: Pos2, radius: f32, from: f32, sweep: f32) -> Vec<Pos2> {
    const POINTS: usize = 20;
    (0..=POINTS)
        .map(|point| {
            let angle = from + sweep * point as f32 / POINTS as f32;
            pos2(center.x + radius * angle.cos(), center.y + radius * angle.sin())
        })
        .collect()
}

/// The outline of a crescent: a circle without the part that a second one, up to the right, takes from it.
fn crescent(center: Pos2, half: f32) -> Vec<Pos2> {
    let (radius, bite, apart, towards) = (0.88 * half, 0.74 * half, 0.56 * half, -0.11 * TAU);
    let along = (apart * apart + radius * radius - bite * bite) / (2.0 * apart);
    let (outer, inner) = ((along / radius).acos(), ((along - apart) / bite).acos());
    let mut points = arc(center, radius, towards + outer, TAU - 2.0 * outer);
    let other = center + apart * Vec2::angled(towards);
    points.extend(arc(other, bite, towards - inner, -(TAU - 2.0 * inner)));
    points
}
