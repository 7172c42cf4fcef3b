//! The program: parses the command line and does what it says.

fn main() {}
