//! Trials on threads of their own: what is begun, and what is not.

use std::time::{Duration, Instant};

use somnoscope::experiment::Protocol;
use somnoscope::worker::{SweepNews, SweepOrder, Sweeper};
use tempfile::TempDir;

/// A protocol of images that are nowhere.
const NOWHERE: &str = concat!(
    r#"(name: "nowhere", title: "Nowhere", note: "", trials: 1,"#,
    tiny_recipe!(),
    r#"axes: [(name: "images", levels: [(name: "full", set: ["data.from=Full"])])], plan: Night())"#
);

/// Catches a folder that is made for trials whose images are not here.
#[test]
fn nothing_is_begun_without_images() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("results");
    let order = SweepOrder {
        folder: folder.clone(),
        protocol: Protocol::from_ron(NOWHERE).unwrap(),
        wanted: vec![true],
        images: Some(place.path().join("nowhere")),
        jobs: 1,
    };
    let sweeper = Sweeper::begin(order, || {}).unwrap();
    let begun = Instant::now();
    let fault = loop {
        assert!(begun.elapsed() < Duration::from_mins(1), "waited too long");
        let ended = sweeper.news().into_iter().find_map(|news| match news {
            SweepNews::Ended(outcome) => outcome.err(),
            _ => None,
        });
        if let Some(fault) = ended {
            break fault;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(fault.contains("nowhere") && !fault.contains('\n'), "{fault}");
    assert!(!folder.exists());
}
