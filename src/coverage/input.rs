//! The bytes of a report as its reader wants them: unpacked, as UTF-8, a block at a time and within limits. Knows no format.
use std::io::{self, BufRead, Cursor, Read};
use std::sync::LazyLock;

use flate2::read::MultiGzDecoder;
use memchr::memmem::Finder;

use super::budget::Budget;
use super::refused::Refused;
use crate::model::{CoverageLimits, hash};

/// How much is held at once, small enough for the cache next to the processor; a format may need more for one long line.
const BLOCK: usize = 128 << 10;

const GZIP: &[u8] = b"\x1f\x8b";

/// Begins a comment, or text that is not to be read as XML.
static COMMENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<!"));

pub(super) struct Input<'r> {
    budget: &'r Budget,
    source: Box<dyn Read + 'r>,
    buffer: Vec<u8>,
    /// What is read and not yet consumed.
    start: usize,
    end: usize,
    /// Bytes before the start of the buffer.
    before: u64,
    /// Where the current tag or line begins.
    mark: u64,
    is_at_end: bool,
    hash: u64,
}

/// Unpacks and decodes on the way.
///
/// # Errors
/// What cannot be read, is packed twice or no gzip after all.
pub(super) fn open<'r>(source: impl Read + 'r, budget: &'r Budget) -> Result<Input<'r>, Refused> {
    let (head, source) = peek(Box::new(source))?;
    let (head, source) = if head.starts_with(GZIP) { peek(Box::new(MultiGzDecoder::new(source)))? } else { (head, source) };
    if head.starts_with(GZIP) {
        return Err(Refused::new("is packed more than once").hint("pack it with gzip once, or not at all"));
    }
    Ok(Input::new(decoded(&head, source), budget))
}

/// The first bytes, and all of it.
fn peek<'r>(mut source: Box<dyn Read + 'r>) -> Result<(Vec<u8>, Box<dyn Read + 'r>), Refused> {
    let mut head = Vec::new();
    source.by_ref().take(4).read_to_end(&mut head).map_err(|error| Refused::unread(&error, 0))?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(source))))
}

fn decoded<'r>(head: &[u8], mut source: Box<dyn Read + 'r>) -> Box<dyn Read + 'r> {
    match head {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => Box::new(Utf16::new(source, encoding_rs::UTF_16LE)),
        [0xfe, 0xff, ..] | [0, b'<', ..] => Box::new(Utf16::new(source, encoding_rs::UTF_16BE)),
        [0xef, 0xbb, 0xbf, ..] => {
            // These bytes are in memory: reading them cannot fail.
            let _ = source.read_exact(&mut [0; 3]);
            source
        }
        _ => source,
    }
}

impl<'r> Input<'r> {
    fn new(source: Box<dyn Read + 'r>, budget: &'r Budget) -> Input<'r> {
        let buffer = vec![0; BLOCK];
        Input { budget, source, buffer, start: 0, end: 0, before: 0, mark: 0, is_at_end: false, hash: 0 }
    }

    pub(super) fn limits(&self) -> CoverageLimits {
        *self.budget.limits()
    }

    /// What is known of the content so far; of equal contents it is equal.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    /// Bytes consumed, counted as unpacked.
    pub(super) fn offset(&self) -> u64 {
        self.before + self.start as u64
    }

    /// A new tag begins here.
    pub(super) fn mark(&mut self) {
        self.mark = self.offset();
    }

    /// What is in memory; more than the first byte whenever there is more.
    pub(super) fn head(&mut self) -> Result<&[u8], Refused> {
        if self.start == self.end {
            self.more()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Whole lines, with their ends; the last of a report may lack its end. Empty at the end of the report.
    pub(super) fn whole_lines(&mut self) -> Result<&[u8], Refused> {
        self.mark();
        loop {
            let found = memchr::memrchr(b'\n', &self.buffer[self.start..self.end]);
            match found {
                Some(last) => return Ok(&self.buffer[self.start..=self.start + last]),
                None if self.is_at_end => return Ok(&self.buffer[self.start..self.end]),
                None => self.more()?,
            }
        }
    }

    /// Skips to the next `needle`, or to a comment or the like before it, in which a needle would be none; neither is consumed. To the end if
    /// there is none.
    pub(super) fn skip_to(&mut self, needle: &Finder) -> Result<(), Refused> {
        loop {
            let rest = &self.buffer[self.start..self.end];
            let found = needle.find(rest);
            // The needle may lie across the end of the block.
            let skipped = found.unwrap_or(rest.len().saturating_sub(needle.needle().len() - 1));
            let odd = COMMENT.find(&rest[..skipped]);
            self.start += odd.unwrap_or(skipped);
            self.mark();
            if found.or(odd).is_some() {
                return Ok(());
            }
            if self.is_at_end {
                self.start = self.end;
                return Ok(());
            }
            self.more()?;
        }
    }

    /// What was consumed since so many bytes into the report, as far as it is still in memory.
    pub(super) fn since(&self, begin: u64) -> &[u8] {
        let count = usize::try_from(self.offset() - begin).unwrap_or(usize::MAX).min(self.start);
        &self.buffer[self.start - count..self.start]
    }

    /// All that is left, with what [`Input::hash`] gives for it.
    pub(super) fn rest(mut self) -> Result<(Vec<u8>, u64), Refused> {
        let mut all = self.buffer[self.start..self.end].to_vec();
        let begin = self.offset();
        self.buffer = Vec::new();
        while !self.is_at_end {
            let length = all.len();
            all.resize(length + (length / 4).max(BLOCK), 0);
            let count = fill(&mut *self.source, &mut all[length..]).map_err(|error| Refused::unread(&error, begin + length as u64))?;
            all.truncate(length + count);
            self.budget.spend(count)?;
            self.is_at_end = count == 0;
            if begin + all.len() as u64 > self.limits().report_size {
                return Err(self.too_large());
            }
        }
        let hash = digest(self.hash, &all);
        Ok((all, hash))
    }

    /// Reads on behind what is not yet consumed.
    fn more(&mut self) -> Result<(), Refused> {
        let longest = self.limits().line_size;
        if self.offset() - self.mark > longest || (self.end - self.start) as u64 > longest {
            let why = format!("has a line or tag of more than {longest} bytes");
            return Err(Refused::new(why).at(self.offset()).hint("is it a coverage report? `coverage.limits.line-size` allows more"));
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.before += self.start as u64;
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.buffer.len() {
            self.buffer.resize(2 * self.end, 0);
        }
        let count = fill(&mut *self.source, &mut self.buffer[self.end..])
            .map_err(|error| Refused::unread(&error, self.before + self.end as u64))?;
        self.hash = digest(self.hash, &self.buffer[self.end..self.end + count]);
        self.budget.spend(count)?;
        self.end += count;
        self.is_at_end = count == 0;
        if self.before + self.end as u64 > self.limits().report_size {
            return Err(self.too_large());
        }
        Ok(())
    }

    fn too_large(&self) -> Refused {
        let why = format!("is larger than {} bytes, unpacked", self.limits().report_size);
        Refused::new(why).hint("leave out what is not the project's, or raise `coverage.limits.report-size`")
    }
}

/// Reads until the buffer is full or the source ends.
fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Four lanes, so that the processor need not wait for one product after the other.
pub(super) fn digest(state: u64, bytes: &[u8]) -> u64 {
    let mut lanes = [state, 1, 2, 3];
    let (blocks, rest) = bytes.as_chunks::<64>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        let (pairs, _) = words.as_chunks::<2>();
        for (lane, [one, other]) in lanes.iter_mut().zip(pairs) {
            *lane = hash::mix_pair(*lane, u64::from_le_bytes(*one), u64::from_le_bytes(*other));
        }
    }
    lanes.iter().fold(hash::bytes(rest), |sum, lane| hash::mix(sum, *lane))
}

impl Read for Input<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end && !self.is_at_end {
            self.more().map_err(io::Error::other)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
    }
}

/// UTF-16 as UTF-8; what is malformed becomes a replacement character.
struct Utf16<'r> {
    source: Box<dyn Read + 'r>,
    decoder: encoding_rs::Decoder,
    bytes: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    is_at_end: bool,
}

impl<'r> Utf16<'r> {
    fn new(source: Box<dyn Read + 'r>, encoding: &'static encoding_rs::Encoding) -> Utf16<'r> {
        let decoder = encoding.new_decoder_with_bom_removal();
        Utf16 { source, decoder, bytes: vec![0; 32 << 10], text: Vec::new(), given: 0, is_at_end: false }
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.is_at_end {
            let count = fill(&mut *self.source, &mut self.bytes)?;
            self.is_at_end = count < self.bytes.len();
            let room = self.decoder.max_utf8_buffer_length(count).unwrap_or(4 * count + 16);
            self.text.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.bytes[..count], &mut self.text, self.is_at_end);
            self.text.truncate(written);
            self.given = 0;
        }
        let count = (&self.text[self.given..]).read(out)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).and_then(|()| out.finish()).expect("memory")
    }

    fn reads(bytes: &[u8], expected: &str) {
        let (all, _) = open(bytes, &Budget::default()).and_then(Input::rest).expect("readable");
        assert_eq!(expected, String::from_utf8(all).expect("text"));
    }

    #[test]
    fn unpacks_and_decodes() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        reads(b"", "");
        reads(b"a", "a");
        reads(b"\xef\xbb\xbfa", "a");
        reads(&packed(b"\xef\xbb\xbfab"), "ab");
        reads(&[packed(b"a"), packed(b"b")].concat(), "ab");
        reads(&utf16("\u{feff}<a é/>"), "<a é/>");
        reads(&packed(&utf16("<a é/>")), "<a é/>");
        reads(b"\xfe\xff\0a\0b", "ab");
        let long = "é<".repeat(100_000);
        reads(&utf16(&format!("\u{feff}{long}")), &long);
    }

    #[test]
    fn limits_end_in_an_error() {
        assert!(open(&packed(&packed(b"a"))[..], &Budget::default()).is_err());
        assert!(open(&packed(b"abc")[..12], &Budget::default()).and_then(Input::rest).is_err(), "a torn archive");
        let budget = Budget::default();
        let mut bomb = open(io::repeat(b'a'), &budget).expect("readable");
        assert!(bomb.whole_lines().is_err());
        let small = Budget::new(CoverageLimits { report_size: 1 << 20, ..CoverageLimits::default() });
        let mut large = open(io::repeat(b'\n'), &small).expect("readable");
        while let Ok(lines) = large.whole_lines() {
            let count = lines.len();
            large.consume(count);
            assert!(large.offset() <= 1 << 20);
        }
        let long = [b"a".repeat(3 << 20), b"\n".to_vec()].concat();
        let wide = Budget::new(CoverageLimits { line_size: 4 << 20, ..CoverageLimits::default() });
        assert!(open(&long[..], &budget).is_ok_and(|mut input| input.whole_lines().is_err()));
        assert!(open(&long[..], &wide).is_ok_and(|mut input| input.whole_lines().is_ok()));
    }

    #[test]
    fn lines_are_whole_whatever_the_blocks() {
        let text: String = (0..60_000).map(|number| format!("{number}{}\n", "x".repeat(number % 37))).collect();
        let budget = Budget::default();
        let mut input = open(text.as_bytes(), &budget).expect("readable");
        let mut seen = String::new();
        loop {
            let lines = std::str::from_utf8(input.whole_lines().expect("readable")).expect("text").to_owned();
            assert!(lines.is_empty() || lines.ends_with('\n'));
            if lines.is_empty() {
                break;
            }
            input.consume(lines.len());
            seen.push_str(&lines);
        }
        assert_eq!(text, seen);
    }

    #[test]
    fn every_byte_counts() {
        let bytes: Vec<u8> = (0..200).collect();
        let mut seen = std::collections::HashSet::from([digest(0, &bytes), digest(1, &bytes), digest(0, &bytes[1..])]);
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 1;
            seen.insert(digest(0, &other));
        }
        assert_eq!(203, seen.len());
    }

    #[test]
    fn a_needle_across_blocks_is_found() {
        let finder = Finder::new("</class>");
        for before in BLOCK - 9..BLOCK + 2 {
            let text = format!("{}</class>x", "a".repeat(before));
            let budget = Budget::default();
            let mut input = open(text.as_bytes(), &budget).expect("readable");
            input.skip_to(&finder).expect("readable");
            assert_eq!(before as u64, input.offset());
        }
    }
}
