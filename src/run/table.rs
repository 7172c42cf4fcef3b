//! Tables of numbers, and the one writer that makes CSV of them.

use std::io;
use std::path::Path;

use super::whole;

/// A table: named columns, and rows of cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What it is called: the beginning of its file's name.
    pub name: String,
    /// Its columns, from left to right.
    columns: Vec<TableColumn>,
    /// Its cells, row by row.
    cells: Vec<Cell>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// What is in it.
    pub name: String,
    /// In which unit; empty for what has none.
    pub unit: &'static str,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A number of 32 bits, written so that it is the same when it is read.
    Single(f32),
    /// A name.
    Text(Box<str>),
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Whole(number as i64)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Whole(number as i64)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<f32> for Cell {
    fn from(number: f32) -> Self {
        Self::Single(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Empty, Into::into)
    }
}

impl Cell {
    /// The cell as it stands in a file: numbers with as many digits as they need to be the same when they are read.
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Single(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
        }
    }
}

impl Table {
    /// A table without rows. Each column is its name and its unit, which may be empty.
    pub fn new<N: Into<String>>(name: &str, columns: impl IntoIterator<Item = (N, &'static str)>) -> Self {
        let column = |(name, unit): (N, _)| TableColumn {
            name: name.into(),
            unit,
        };
        Self {
            name: name.to_owned(),
            columns: columns.into_iter().map(column).collect(),
            cells: Vec::new(),
        }
    }

    /// Adds a row. What is too much is left out, what is missing is empty.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        let end = self.cells.len() + self.columns.len();
        self.cells.extend(row.into_iter().take(self.columns.len()));
        self.cells.resize(end, Cell::Empty);
    }

    /// Its columns.
    pub fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    /// Its rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Cell]> {
        self.cells.chunks_exact(self.columns.len().max(1))
    }

    /// Writes CSV: a line with the names and units of the columns, then a line a row.
    ///
    /// # Errors
    /// If whoever takes it does not.
    pub fn write_to(&self, writer: impl io::Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(self.columns.iter().map(|column| match column.unit {
            "" => column.name.clone(),
            unit => format!("{} ({unit})", column.name),
        }))?;
        for row in self.rows() {
            csv.write_record(row.iter().map(Cell::text))?;
        }
        csv.flush()
    }

    /// Writes a CSV file, whole or not at all; replaces what stood there.
    ///
    /// # Errors
    /// If the operating system refuses; what stood there is then as it was.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        whole::prepare(path, |writer| self.write_to(writer)).and_then(whole::Pending::place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a unit that is lost, a number that is another one when it is read again, a comma that makes two cells of one,
    /// and a short row that shifts the next.
    #[test]
    fn a_table_is_the_same_in_its_file() {
        let mut table = Table::new("test", [("step", ""), ("rate", "Hz"), ("class", "")]);
        table.push([Cell::from(3_u64), Cell::from(0.1_f32), Cell::from("T-shirt, \"top\"")]);
        table.push([Cell::from(-4_i32)]);
        table.push([
            Cell::Empty,
            Cell::from(1.0 / 3.0),
            Cell::from(Some(7_u32)),
            Cell::from(9_u64),
        ]);
        let mut bytes = Vec::new();
        table.write_to(&mut bytes).unwrap();
        let mut read = csv::Reader::from_reader(&bytes[..]);
        assert_eq!(read.headers().unwrap(), &vec!["step", "rate (Hz)", "class"]);
        let rows: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0], vec!["3", "0.1", "T-shirt, \"top\""]);
        assert_eq!(rows[1], vec!["-4", "", ""]);
        assert_eq!(rows[2][1].parse::<f64>().unwrap().to_bits(), (1.0_f64 / 3.0).to_bits());
        assert_eq!(table.rows().len(), 3);
    }
}
