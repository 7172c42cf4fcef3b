//! Small parts that panels share.

mod button;
mod chrome;
mod dots;
mod icon;
mod keys;
mod legend;
mod picture;
mod plot;
mod series;

pub use button::{Emphasis, ToolButton, helped, segmented};
pub use chrome::{
    axis_text, course_figure, delta_figure, empty_state, figure, frame_key, in_room, key, line_key, plate_text,
    rotated_text, tooltip_rows,
};
pub use dots::{Dot, dots};
pub use icon::Icon;
pub use keys::{canvas_keys, time_keys};
pub use legend::color_bar;
pub use picture::{MAX_SIDE, Picture};
pub use plot::{brushed, fixed_plot};
pub use series::reduce;
