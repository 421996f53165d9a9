//! Lines and columns of byte offsets.

use super::document::Position;

/// Turns byte offsets of a text into positions.
///
/// Marks are kept at the start of every line and within long lines, so that a
/// look-up counts the characters of a short stretch only.
#[derive(Debug)]
pub(super) struct Positions<'t> {
    text: &'t str,
    marks: Vec<(usize, Position)>,
}

/// The longest stretch between two marks, in bytes, give or take a character.
const STRETCH: usize = 256;

impl<'t> Positions<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut here = START;
        let mut marks = Vec::new();
        let mut last = 0;
        for (offset, character) in text.char_indices() {
            if offset >= last + STRETCH {
                marks.push((offset, here));
                last = offset;
            }
            here.column += 1;
            if character == '\n' {
                here = Position {
                    line: here.line + 1,
                    column: 1,
                };
                last = offset + 1;
                marks.push((last, here));
            }
        }
        Self { text, marks }
    }

    pub(super) fn of(&self, offset: usize) -> Position {
        let before = self.marks.partition_point(|&(mark, _)| mark <= offset);
        let (mark, position) = before
            .checked_sub(1)
            .and_then(|last| self.marks.get(last))
            .copied()
            .unwrap_or((0, START));
        let stretch = self.text.get(mark..offset).unwrap_or_default();
        Position {
            line: position.line,
            column: position.column + stretch.chars().count(),
        }
    }
}

/// Where every text starts.
const START: Position = Position { line: 1, column: 1 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let text = "é = 1\r\n\n日本 = \"x\"";
        let positions = Positions::new(text);
        for (offset, line, column) in [
            (0, 1, 1),
            (2, 1, 2),
            (7, 1, 7),
            (8, 2, 1),
            (9, 3, 1),
            (12, 3, 2),
            (15, 3, 3),
            (text.len(), 3, 9),
        ] {
            assert_eq!(positions.of(offset), Position { line, column }, "{offset}");
        }
    }

    #[test]
    fn long_lines_are_counted_like_short_ones() {
        let text = format!("{}\n{}", "é".repeat(1000), "x日".repeat(1000));
        let positions = Positions::new(&text);
        let mut expected = START;
        for (offset, character) in text.char_indices() {
            assert_eq!(positions.of(offset), expected, "{offset}");
            expected.column += 1;
            if character == '\n' {
                expected = Position { line: 2, column: 1 };
            }
        }
    }
}
