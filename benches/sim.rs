//! Benches of the simulation.

fn main() {}
