//! Numbers that come from a sample say so.

use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;
use somnoscope::worker::Event;

use super::MadeUp;
use super::panels::{half_a_night_without_opening, opened};

/// Catches a sample that is taken for all held-out images, in the accuracy, the confusion, the classes (also one by one, under
/// the pointer) or the top bar: 1,920
/// of 3,000 images out of 10,000 are read correctly, which may be 1.4 points off.
#[test]
fn a_sample_says_so_everywhere() {
    for (available, wanted) in [(10_000, 1), (3000, 0)] {
        let source = MadeUp::default();
        let mut window = source.window([1920.0, 1080.0]);
        let Event::Opened(mut told) = opened(Vec::new()) else {
            panic!("it is opened")
        };
        Arc::make_mut(&mut told).test_available = available;
        source.say([Event::Opened(told)]);
        half_a_night_without_opening(&source);
        window.run_steps(3);
        let count = |words: &str| window.query_all_by_label_contains(words).count();
        // Three headers, and the line under the accuracy.
        assert_eq!(count("± 1.4 points"), 4 * wanted, "of {available}");
        assert_eq!(
            count("On a sample of 3,000 of 10,000 held-out images: ± 1.4 points (95 %)"),
            wanted
        );
        assert_eq!(count("test 64.0 ± 1.4 %"), wanted);
        assert_eq!(count("sample of 3,000"), 4 * wanted);
        // By hand for 180 of 300 images, of 1,000: 1.96 √(700/999 · 182/304 · 122/304 / 304).
        let class = if wanted == 1 {
            "now 60.0 ± 4.6 %, change +40 points, held-out images 300, ± 95 % interval of this sample"
        } else {
            "now 60.0 %, change +40 points, held-out images 300"
        };
        assert!(
            window
                .query_by_label_contains(&format!(
                    "Class 3: before sleep 20.0 {}",
                    if wanted == 1 { "± " } else { "%" }
                ))
                .is_some()
        );
        assert_eq!(count(class), 9);
    }
}
