//! The headers of a message: raw values in order, typed views on demand.

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::{Elements, trim},
    error::{HeaderError, SyntaxError},
    header_name::HeaderName,
};

/// How the values of a header stand in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// At most one value, on one line.
    Single,
    /// A comma-separated list, which may be spread over lines (RFC 3261 section 7.3.1).
    List,
    /// One value a line, several lines, and commas belong to the value (challenges and
    /// credentials).
    Lines,
}

/// A header that this crate reads and writes.
pub trait TypedHeader: Sized {
    /// Its name.
    const NAME: HeaderName;
    /// How its values stand in a message.
    const SHAPE: Shape = Shape::Single;

    /// Reads one value: of a list one element. There is no white space around it and it has no
    /// folds.
    fn parse(value: &Bytes) -> Result<Self, SyntaxError>;

    /// Writes one value.
    fn encode(&self, out: &mut BytesMut);

    /// The value as bytes.
    fn to_value(&self) -> Bytes {
        let mut out = BytesMut::new();
        self.encode(&mut out);
        out.freeze()
    }
}

/// Headers in the order in which they came or go. Lists stay on the lines on which they came.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(HeaderName, Bytes)>);

impl Headers {
    /// No headers.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn with_capacity(lines: usize) -> Self {
        Self(Vec::with_capacity(lines))
    }

    /// The first value (of a list the first element); `None` when the header is absent.
    pub fn get<T: TypedHeader>(&self) -> Option<Result<T, HeaderError>> {
        self.all::<T>().next()
    }

    /// Every value: of a list every element, across lines.
    pub fn all<T: TypedHeader>(&self) -> impl Iterator<Item = Result<T, HeaderError>> {
        let lines = self.0.iter().filter(|(name, _)| *name == T::NAME);
        lines.flat_map(|(_, line)| Values::<T>::new(line))
    }

    /// Every value that can be read, in order; the others are left out. For headers without
    /// which a message still makes sense (Allow, Supported …).
    pub fn readable<T: TypedHeader>(&self) -> impl Iterator<Item = T> {
        self.all::<T>().filter_map(Result::ok)
    }

    /// The values of every line of that name, unfolded, white space around them removed.
    pub fn raw(&self, name: &HeaderName) -> impl Iterator<Item = &Bytes> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value)
    }

    /// Whether there is a line of that name.
    pub fn has(&self, name: &HeaderName) -> bool {
        self.raw(name).next().is_some()
    }

    /// Adds a line at the end.
    pub fn push<T: TypedHeader>(&mut self, header: &T) {
        self.0.push((T::NAME, clean(header.to_value())));
    }

    /// Adds a line before all others.
    pub fn push_front<T: TypedHeader>(&mut self, header: &T) {
        self.0.insert(0, (T::NAME, clean(header.to_value())));
    }

    /// Adds a line at the end. CR and LF in the value become spaces: a value cannot begin a
    /// header of its own.
    pub fn push_raw(&mut self, name: HeaderName, value: impl Into<Bytes>) {
        self.0.push((name, clean(trim(&value.into()))));
    }

    /// Makes `header` the only value, at the place of the first line of that name or at the end.
    pub fn set<T: TypedHeader>(&mut self, header: &T) {
        self.set_all(std::slice::from_ref(header));
    }

    /// Makes `headers` the only values, one a line, at the place of the first line of that name
    /// or at the end.
    pub fn set_all<T: TypedHeader>(&mut self, headers: &[T]) {
        let at = self.0.iter().position(|(n, _)| *n == T::NAME).unwrap_or(self.0.len());
        self.remove(&T::NAME);
        let lines = headers.iter().map(|header| (T::NAME, clean(header.to_value())));
        self.0.splice(at..at, lines);
    }

    /// Replaces the first value and leaves the others (a Via with its `received`).
    pub fn set_first<T: TypedHeader>(&mut self, header: &T) {
        let mut value = BytesMut::new();
        header.encode(&mut value);
        match self.first_line::<T>().and_then(|at| self.0.get_mut(at)) {
            Some((_, line)) => {
                if let Some(rest) = after_first::<T>(line) {
                    value.put_slice(b", ");
                    value.put_slice(&rest);
                }
                *line = clean(value.freeze());
            }
            None => self.0.push((T::NAME, clean(value.freeze()))),
        }
    }

    /// Takes the first value away and leaves the others (the topmost Via or Route).
    pub fn pop_front<T: TypedHeader>(&mut self) -> Option<Result<T, HeaderError>> {
        let at = self.first_line::<T>()?;
        let first = self.get::<T>();
        let line = self.0.get_mut(at)?;
        match after_first::<T>(&line.1) {
            Some(rest) => line.1 = rest,
            None => drop(self.0.remove(at)),
        }
        first
    }

    /// Removes every line of that name.
    pub fn remove(&mut self, name: &HeaderName) {
        self.0.retain(|(n, _)| n != name);
    }

    /// Every line.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &Bytes)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Copies every line of that name, as it stands, to `other`'s end.
    pub fn copy_to(&self, name: &HeaderName, other: &mut Headers) {
        other.0.extend(self.0.iter().filter(|(n, _)| n == name).cloned());
    }

    /// The line that holds the first value.
    fn first_line<T: TypedHeader>(&self) -> Option<usize> {
        let holds = |line: &Bytes| {
            T::SHAPE != Shape::List || Elements::new(line).any(|(_, element)| !element.is_empty())
        };
        self.0.iter().position(|(name, line)| *name == T::NAME && holds(line))
    }

    /// Adds a line that was read from the wire: its value is clean already.
    pub(crate) fn push_parsed(&mut self, name: HeaderName, value: Bytes) {
        self.0.push((name, value));
    }
}

impl fmt::Debug for Headers {
    /// Names only: values carry numbers, addresses and digests.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The typed values of one line.
struct Values<'a, T> {
    elements: Option<Elements<'a>>,
    line: Option<&'a Bytes>,
    header: std::marker::PhantomData<T>,
}

impl<'a, T: TypedHeader> Values<'a, T> {
    fn new(line: &'a Bytes) -> Self {
        let list = T::SHAPE == Shape::List;
        Self {
            elements: list.then(|| Elements::new(line)),
            line: (!list).then_some(line),
            header: std::marker::PhantomData,
        }
    }
}

impl<T: TypedHeader> Iterator for Values<'_, T> {
    type Item = Result<T, HeaderError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(elements) = &mut self.elements else {
            return self.line.take().map(|line| typed(line, 0));
        };
        // Empty elements (`a,,b`, an empty line) stand for nothing.
        loop {
            let (start, element) = elements.next()?;
            if !element.is_empty() {
                return Some(typed(&element, start));
            }
        }
    }
}

fn typed<T: TypedHeader>(value: &Bytes, start: usize) -> Result<T, HeaderError> {
    T::parse(value).map_err(|error| HeaderError {
        name: T::NAME,
        error: SyntaxError { offset: error.offset + start, ..error },
    })
}

/// What follows the first value of a line.
fn after_first<T: TypedHeader>(line: &Bytes) -> Option<Bytes> {
    if T::SHAPE != Shape::List {
        return None;
    }
    let mut elements = Elements::new(line);
    while elements.next()?.1.is_empty() {}
    let rest = trim(&line.slice(elements.offset().min(line.len())..));
    (!rest.is_empty()).then_some(rest)
}

/// `value` without the bytes that end a line.
fn clean(value: Bytes) -> Bytes {
    if memchr::memchr2(b'\r', b'\n', &value).is_none() {
        return value;
    }
    value.iter().map(|&b| if matches!(b, b'\r' | b'\n') { b' ' } else { b }).collect()
}
