//! Rows of cells as aligned columns, some of them coloured. Knows widths, not meanings.
use std::io::{self, Write};

use anstyle::Style;

use super::clean::{clean, width_of};

/// One cell; its text is cleaned when written.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) style: Style,
}

impl Cell {
    pub(super) fn plain(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), style: Style::new() }
    }

    pub(super) fn styled(text: impl Into<String>, style: Style) -> Cell {
        Cell { text: text.into(), style }
    }
}

/// A row, and lines that belong below it.
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    pub(super) notes: Vec<String>,
}

/// Columns without any text are left out.
pub(super) fn write(rows: &[Row], color: bool, out: &mut dyn Write) -> io::Result<()> {
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let widest = |column: usize| rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| width_of(&clean(&cell.text))).max();
    let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0)).collect();
    for row in rows {
        write_row(row, &widths, color, out)?;
        for note in &row.notes {
            writeln!(out, "    {}", painted(&clean(note), Style::new().dimmed(), color))?;
        }
    }
    Ok(())
}

fn write_row(row: &Row, widths: &[usize], color: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut gap = 2;
    for (cell, width) in row.cells.iter().zip(widths).filter(|(_, width)| **width > 0) {
        let text = clean(&cell.text);
        if !text.is_empty() {
            write!(out, "{:gap$}{}", "", painted(&text, cell.style, color))?;
            gap = 0;
        }
        // Blanks are owed to the next cell, so that no line ends in them.
        gap += width - width_of(&text) + 2;
    }
    writeln!(out)
}

/// Text in a style, or as it is.
pub(super) fn painted(text: &str, style: Style, color: bool) -> String {
    if color && style != Style::new() { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
