//! Searches: the same candidates and scores however they are done, nothing tried twice, nothing mixed up.

use somnoscope::experiment::{Outcome, Recipe, Search};
use somnoscope::run::SearchFolder;

use super::Place;

/// A search on the built-in images that takes a moment. Some of its candidates run away.
fn tiny() -> String {
    concat!(
        r#"(
    name: "tiny", title: "Tiny", note: "","#,
        tiny_recipe!(),
        r#"
    seed: 5,
    situations: [
        (name: "digits", set: []),
        (name: "clothes", set: ["data.set=FashionMnist"], weight: 2.0),
    ],
    seeds: [11, 12],
    validation: Others(200),
    parameters: [
        (path: "night.beta", layer: Some(1), from: 0.2, to: 20.0),
        (path: "night.inc", from: 0.0001, to: 0.1),
        (path: "night.steps", from: 20.0, to: 120.0),
    ],
    population: 5, generations: 3, first_step: 0.3, punish_loss: 0.5, most_spikes: 6.0,
)"#
    )
    .to_owned()
}

/// The files that a search leaves, but for the table and the recipe made of them.
fn kept(place: &Place, folder: &str) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(place.path(folder).join("candidates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| place.text(&format!("{folder}/candidates/{name}")))
        .chain([place.text(&format!("{folder}/networks.ron"))])
        .collect()
}

/// Catches numbers that depend on how the work is spread over threads, or on a search that was cut short: after some
/// generations, and with files missing and torn, as a kill leaves them.
#[test]
fn however_it_is_done_a_search_finds_the_same() {
    let place = Place::new();
    place.write("tiny.ron", tiny());
    let told = place.does(&["search", "tiny.ron", "--out", "alone"]);
    assert!(
        told.contains("16 candidates were tried") && told.contains("night.beta.1 = "),
        "{told}"
    );
    place.does(&["search", "tiny.ron", "--out", "many", "--jobs", "3"]);
    place.does(&["search", "tiny.ron", "--out", "cut", "--generations", "1"]);
    std::fs::remove_file(place.path("cut/candidates/candidate-000002.ron")).unwrap();
    std::fs::remove_file(place.path("cut/candidates/candidate-000005.ron")).unwrap();
    std::fs::remove_file(place.path("cut/candidates.csv")).unwrap();
    place.write("cut/candidates/.somnoscope-torn", "(version: \"0");
    let stamp = |name: &str| std::fs::metadata(place.path(name)).unwrap().modified().unwrap();
    let first = "cut/candidates/candidate-000001.ron";
    let before = stamp(first);
    place.does(&["search", "tiny.ron", "--out", "cut", "--jobs", "2"]);
    assert_eq!(stamp(first), before);
    let alone = kept(&place, "alone");
    assert_eq!(alone.len(), 17);
    for other in ["many", "cut"] {
        assert_eq!(kept(&place, other), alone, "{other}");
        for made in ["candidates.csv", "best.ron"] {
            assert_eq!(
                place.text(&format!("{other}/{made}")),
                place.text(&format!("alone/{made}"))
            );
        }
    }
    // Everything is there: nothing has to be trained, and nothing changes.
    let files = place.files();
    place.does(&["search", "tiny.ron", "--out", "alone", "--data", "nowhere"]);
    assert_eq!(place.files(), files);
}

/// Catches a failed candidate that is averaged in, a best one that is not the best, and a recipe that is another night or says
/// nothing of where it comes from.
#[test]
fn the_best_is_a_recipe_with_its_provenance() {
    let place = Place::new();
    place.write("tiny.ron", tiny());
    place.does(&["search", "tiny.ron", "--out", "out"]);
    let path = place.path("out");
    let folder = SearchFolder::open(&path).unwrap();
    let failed = |night: &Outcome| night.accuracy().is_none();
    let all = folder.candidates();
    assert!(all.values().any(|it| it.nights.iter().any(failed)), "some run away");
    assert!(all.values().any(|it| it.score.is_some()));
    for it in all.values() {
        assert_eq!(
            it.score.is_none(),
            it.nights.iter().any(failed),
            "candidate {}",
            it.number
        );
    }
    let scores: Vec<f64> = all.values().filter_map(|it| it.score).collect();
    let best = folder.search().best(all.values()).unwrap();
    assert!(scores.iter().all(|&score| score <= best.score.unwrap()));
    let recipe = Recipe::from_ron(&place.text("out/best.ron")).unwrap();
    assert_eq!(recipe.night, folder.search().night_of(&best.values));
    for word in [
        "search tiny",
        "seed 5",
        env!("CARGO_PKG_VERSION"),
        "validation",
        &format!("Candidate {}", best.number),
    ] {
        assert!(recipe.note.contains(word), "{word} in {}", recipe.note);
    }
    place.does(&["run", "out/best.ron"]);
    let table = place.text("out/candidates.csv");
    assert_eq!(table.lines().count(), 17);
    assert!(table.starts_with("candidate,generation,score,"), "{table}");
}

/// Catches two searches in one folder, damaged files taken for candidates, and wishes that name nothing.
#[test]
fn what_does_not_fit_is_said() {
    let place = Place::new();
    place.write("tiny.ron", tiny());
    place.write("other.ron", tiny().replace("seed: 5", "seed: 6"));
    place.does(&["search", "tiny.ron", "--out", "out", "--generations", "1"]);
    place.refuses(&["search", "other.ron", "--out", "out"], &["another search"]);
    place.write(
        "words.ron",
        tiny().replace("note: \"\",\n    recipe", "note: \"Why?\",\n    recipe"),
    );
    let again = ["search", "words.ron", "--out", "out", "--generations", "1"];
    place.does(&again);
    let scored = (1..6).find(|number| {
        let text = place.text(&format!("out/candidates/candidate-00000{number}.ron"));
        text.contains("score: Some")
    });
    let number = scored.expect("a candidate with a score");
    let candidate = &*format!("out/candidates/candidate-00000{number}.ron");
    let good = place.text(candidate);
    for bad in [
        good[..good.len() / 2].to_owned(),
        good.replace(&format!("number: {number}"), "number: 9"),
        good.replace("score: Some", "score: None, //"),
    ] {
        place.write(candidate, &bad);
        place.refuses(
            &again,
            &[&*format!("candidate-00000{number}.ron is damaged"), "delete it"],
        );
    }
    // Numbers that are none, and a number that no search has.
    let value = good.find("values: [").unwrap() + "values: [".len();
    place.write(
        candidate,
        format!(
            "{}inf, {}",
            &good[..value],
            &good[good[value..].find(',').unwrap() + value + 2..]
        ),
    );
    place.refuses(&again, &["is damaged", "no candidate"]);
    place.write(candidate, good.replacen("Read(", "Read(1", 1));
    place.refuses(&again, &["is damaged", "no candidate"]);
    place.write(candidate, &good);
    let beyond = "out/candidates/candidate-42949672941.ron";
    place.write(
        beyond,
        good.replace(&format!("number: {number}"), "number: 42949672941"),
    );
    place.refuses(&again, &["candidate-42949672941.ron is damaged", "no candidate"]);
    std::fs::remove_file(place.path(beyond)).unwrap();
    // Other values than the search breeds there, as another version might.
    let search = Search::from_ron(&tiny()).unwrap();
    let value = search.parameters[0].value(0.5);
    let start = good.find("values: [").unwrap() + "values: [".len();
    let end = start + good[start..].find(',').unwrap();
    place.write(candidate, format!("{}{value:?}{}", &good[..start], &good[end..]));
    place.refuses(&again, &["is not the candidate", "another folder"]);
    place.write(candidate, &good);
    // What was said of the networks is found out again, and no candidate is lost.
    let networks = place.text("out/networks.ron");
    place.write("out/networks.ron", "torn");
    place.refuses(&again, &["networks.ron is damaged", "delete it"]);
    std::fs::remove_file(place.path("out/networks.ron")).unwrap();
    place.does(&again);
    assert_eq!(place.text("out/networks.ron"), networks);
    assert_eq!(place.text(candidate), good);
    // Networks that read something else: other images, or another program.
    place.write("out/networks.ron", networks.replace("scored_on: 200", "scored_on: 201"));
    std::fs::remove_file(place.path(candidate)).unwrap();
    place.refuses(&again, &["networks.ron", "another folder"]);
    place.write("huge.ron", tiny().replace("Others(200)", "Others(7000)"));
    place.refuses(&["search", "huge.ron", "--out", "huge"], &["6,900", "take fewer"]);
    place.refuses(&["search", "four_situatons"], &["four_situations"]);
    place.refuses(
        &["search", "tiny.ron", "--out", "new", "--generations", "0"],
        &["generations"],
    );
    place.write("bad.ron", tiny().replace("night.inc", "night.ink"));
    place.refuses(&["search", "bad.ron", "--out", "new"], &["bad.ron", "night.ink"]);
    assert!(!place.path("new").exists());
    let list = place.does(&["search"]);
    assert!(list.contains("four_situations") && list.contains("first_steps"));
}

/// Catches a search that ends with a fault and leaves what it tried before out of the table.
#[test]
fn what_was_tried_stands_in_the_table_however_it_ends() {
    let place = Place::new();
    place.write("tiny.ron", tiny());
    place.does(&["search", "tiny.ron", "--out", "out"]);
    let table = place.text("out/candidates.csv");
    std::fs::remove_file(place.path("out/candidates.csv")).unwrap();
    std::fs::remove_file(place.path("out/candidates/candidate-000001.ron")).unwrap();
    // One of the last generation that the search does not breed there.
    let last = "out/candidates/candidate-000015.ron";
    let text = place.text(last);
    let start = text.find("values: [").unwrap() + "values: [".len();
    let end = start + text[start..].find(',').unwrap();
    place.write(last, format!("{}1.5{}", &text[..start], &text[end..]));
    let again = ["search", "tiny.ron", "--out", "out"];
    let failed = place.somnoscope(&again).assert().code(2);
    assert!(String::from_utf8_lossy(&failed.get_output().stderr).contains("candidate-000015.ron"));
    let lines = |text: &str| text.lines().take(16).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&place.text("out/candidates.csv")), lines(&table));
}
