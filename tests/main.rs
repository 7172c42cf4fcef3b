//! The one integration-test binary: linked once, a module for each subject.

/// A recipe on the built-in digits that takes a moment, as it stands in a protocol or a search.
macro_rules! tiny_recipe {
    () => {
        r#"
    recipe: (
        name: "Tiny", note: "", seed: 4,
        data: (set: Mnist, from: BuiltIn, images: Count(100), draw: Random),
        network: (hidden: [24, 16], start_weights: 0.05, output: Relu),
        training: (epochs: 1, learning_rate: 0.1, momentum: 0.5, batch: 20, dropout: 0.25),
        night: (
            steps: 60, rate: 93.6, inc: 0.004, dec: 0.0003, beta: [2.0, 1.0, 1.0],
            alpha: FromData(scale: 8.0), decay: 0.999,
        ),
    ),
    "#
    };
}

mod app;
mod cli;
mod data;
mod experiment;
mod run;
mod sim;
mod structure;
mod worker;
