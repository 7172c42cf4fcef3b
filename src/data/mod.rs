//! Image sets: reading, finding, downloading and choosing from them.
