//! Long series made short enough to draw, without losing a peak.

/// At most two points, the lowest and the highest, for each of `columns` equal parts of the index range, in the order
/// of the series. What is no number is left out. A series that is short already comes back as it is.
pub fn reduce(series: impl ExactSizeIterator<Item = [f64; 2]>, columns: usize) -> Vec<[f64; 2]> {
    let columns = columns.max(1);
    let count = series.len();
    let finite = series.enumerate().filter(|(_, [x, y])| x.is_finite() && y.is_finite());
    if count <= 2 * columns {
        return finite.map(|(_, point)| point).collect();
    }
    let mut reduced = Vec::with_capacity(2 * columns);
    let mut column = usize::MAX;
    let mut extremes: Option<[(usize, [f64; 2]); 2]> = None;
    let mut flush = |extremes: Option<[(usize, [f64; 2]); 2]>| {
        if let Some([low, high]) = extremes {
            let (first, second) = if low.0 <= high.0 { (low, high) } else { (high, low) };
            reduced.push(first.1);
            if first.0 != second.0 {
                reduced.push(second.1);
            }
        }
    };
    for (index, point) in finite {
        let here = index * columns / count;
        if here != column {
            flush(extremes.take());
            column = here;
        }
        let entry = (index, point);
        extremes = Some(match extremes {
            None => [entry, entry],
            Some([low, high]) => [
                if point[1] < low.1[1] { entry } else { low },
                if point[1] > high.1[1] { entry } else { high },
            ],
        });
    }
    flush(extremes);
    reduced
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Catches a reduction that loses the highest or lowest value, the order, or its bound.
        #[test]
        fn peaks_survive(values in prop::collection::vec(-1e3_f64..1e3, 1..600), columns in 1_usize..60) {
            let points: Vec<_> = values.iter().enumerate().map(|(i, &y)| [i as f64, y]).collect();
            let reduced = reduce(points.iter().copied(), columns);
            prop_assert!(reduced.len() <= points.len().min(2 * columns).max(1));
            prop_assert!(reduced.windows(2).all(|pair| pair[0][0] < pair[1][0]));
            for pick in [f64::min, f64::max] {
                let of = |points: &[[f64; 2]]| points.iter().map(|p| p[1]).reduce(pick);
                prop_assert_eq!(of(&reduced), of(&points));
            }
        }
    }
}
