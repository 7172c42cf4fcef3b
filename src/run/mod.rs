//! Files that come out of a run, and weights that come from elsewhere.
