//! Types -> Rust.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::name::{pascal, snake};
use crate::parse::{Alternatives, Field, NONE, Size, Type};

/// Alternatives larger than this many bytes go on the heap: a choice is as large as its largest.
const MAX_ALTERNATIVE: usize = 64;

/// Optional components larger than this go on the heap, since mostly they are not there.
const MAX_OPTIONAL: usize = 96;

/// All types of all modules, by their names.
pub struct Emitter {
    /// The recommendation, for the documentation.
    pub title: &'static str,
    pub types: BTreeMap<String, Type>,
}

/// A type in Rust and the codec that reads and writes it.
struct Rust {
    name: String,
    codec: String,
}

impl Emitter {
    /// The definitions of one type and of those within it.
    pub fn define(&self, name: &str, kind: &Type) -> String {
        let mut out = String::new();
        self.emit(&pascal(name), &format!("`{name}` of {}.", self.title), name, kind, &mut out);
        out
    }

    fn emit(&self, rust: &str, doc: &str, owner: &str, kind: &Type, out: &mut String) {
        // Those within it stand after it.
        let mut inner = String::new();
        match kind {
            Type::Sequence(root, more) => {
                writeln!(out, "sequence! {{\n    /// {doc}\n    {rust} {{").unwrap();
                for field in root {
                    let Rust { name, codec } = self.component(rust, owner, field, &mut inner);
                    let field = snake(&field.name);
                    writeln!(out, "        {field}: {name} as {codec},").unwrap();
                }
                out.push_str("    }");
                if let Some(more) = more {
                    out.push_str(if more.is_empty() { " more {" } else { " more {\n" });
                    for field in more {
                        let value = self.value(rust, owner, field, MAX_OPTIONAL, &mut inner);
                        let field = snake(&field.name);
                        writeln!(out, "        {field}: {} as {},", value.name, value.codec)
                            .unwrap();
                    }
                    out.push_str(if more.is_empty() { "}" } else { "    }" });
                }
                out.push_str("\n}\n\n");
            }
            Type::Choice(choice) => {
                let alternatives = |fields: &[Field], out: &mut String, inner: &mut String| {
                    for (place, field) in fields.iter().enumerate() {
                        let variant = pascal(&field.name);
                        if matches!(field.kind, Type::Null) {
                            writeln!(out, "        {place}: {variant},").unwrap();
                            continue;
                        }
                        let value = self.value(rust, owner, field, MAX_ALTERNATIVE, inner);
                        let Rust { name, codec } = value;
                        writeln!(out, "        {place}: {variant}({name} as {codec}),").unwrap();
                    }
                };
                self.choice("choice", rust, doc, choice, alternatives, out, &mut inner);
            }
            Type::Enumerated(names) => {
                let alternatives = |fields: &[Field], out: &mut String, _: &mut String| {
                    for (place, field) in fields.iter().enumerate() {
                        writeln!(out, "        {place}: {},", pascal(&field.name)).unwrap();
                    }
                };
                self.choice("enumerated", rust, doc, names, alternatives, out, &mut inner);
            }
            other => {
                let value = self.rust(rust, owner, other, &mut inner);
                writeln!(out, "/// {doc}\npub type {rust} = {};\n", value.name).unwrap();
            }
        }
        out.push_str(&inner);
    }

    #[allow(clippy::too_many_arguments)]
    fn choice(
        &self,
        macro_name: &str,
        rust: &str,
        doc: &str,
        choice: &Alternatives,
        alternatives: impl Fn(&[Field], &mut String, &mut String),
        out: &mut String,
        inner: &mut String,
    ) {
        let count = choice.root.len();
        writeln!(out, "{macro_name}! {{\n    /// {doc}\n    {rust} of {count} {{").unwrap();
        alternatives(&choice.root, out, inner);
        out.push_str("    }");
        if let Some(more) = &choice.more {
            out.push_str(if more.is_empty() {
                " or Unrecognised {"
            } else {
                " or Unrecognised {\n"
            });
            alternatives(more, out, inner);
            out.push_str(if more.is_empty() { "}" } else { "    }" });
        }
        out.push_str("\n}\n\n");
    }

    fn component(&self, parent: &str, owner: &str, field: &Field, inner: &mut String) -> Rust {
        let most = if field.optional { MAX_OPTIONAL } else { usize::MAX };
        let Rust { name, codec } = self.value(parent, owner, field, most, inner);
        if field.optional {
            Rust { name: format!("Option<{name}>"), codec: format!("May<{codec}>") }
        } else {
            Rust { name, codec: format!("Must<{codec}>") }
        }
    }

    /// What a field holds, on the heap where it is larger than `most` or leads back to its owner.
    fn value(
        &self,
        parent: &str,
        owner: &str,
        field: &Field,
        most: usize,
        inner: &mut String,
    ) -> Rust {
        let nested = parent.to_owned() + &pascal(&field.name);
        let value = self.rust(&nested, owner, &field.kind, inner);
        if self.leads_to(&field.kind, owner, 0) || self.size(&field.kind) > most {
            let Rust { name, codec } = value;
            return Rust { name: format!("Box<{name}>"), codec: format!("Boxed<{codec}>") };
        }
        value
    }

    /// The Rust of a type; where it must be defined first, that goes to `inner` under `nested`.
    fn rust(&self, nested: &str, owner: &str, kind: &Type, inner: &mut String) -> Rust {
        let plain = |name: &str, codec: String| Rust { name: name.to_owned(), codec };
        match kind {
            Type::Boolean => plain("bool", "Flag".into()),
            Type::Null => plain("()", "Null".into()),
            Type::ObjectIdentifier => plain("ObjectIdentifier", "ObjectIdentifier".into()),
            Type::Integer { low, high, extensible } => integer(*low, *high, *extensible),
            Type::Octets((low, high)) if low == high => {
                plain(&format!("[u8; {low}]"), format!("Exactly<{low}>"))
            }
            Type::Octets(size) => plain("Vec<u8>", "Octets".to_owned() + &bounds(*size)),
            Type::Open => plain("Vec<u8>", "Octets".into()),
            Type::Bits(size) => plain("BitString", "Bits".to_owned() + &bounds(*size)),
            Type::Characters(string, from, size) => characters(string, from.as_deref(), *size),
            Type::List(element, size) => {
                let Rust { name, codec } = self.rust(nested, owner, element, inner);
                let codec = match *size {
                    (0, NONE) => format!("List<{codec}>"),
                    (low, NONE) => format!("List<{codec}, {low}>"),
                    (low, high) => format!("List<{codec}, {low}, {high}>"),
                };
                Rust { name: format!("Vec<{name}>"), codec }
            }
            Type::Named(name, size) => {
                let target = self.types.get(name).unwrap_or_else(|| panic!("no type {name}"));
                let rust = pascal(name);
                if *size != (0, NONE) {
                    let target = narrowed(target, *size);
                    let codec = self.rust("", owner, &target, &mut String::new()).codec;
                    return Rust { name: rust, codec };
                }
                if has_own_codec(target) {
                    return Rust { codec: rust.clone(), name: rust };
                }
                let codec = self.rust("", owner, target, &mut String::new()).codec;
                Rust { name: rust, codec }
            }
            Type::Sequence(..) | Type::Choice(_) | Type::Enumerated(_) => {
                let doc = format!("Within `{owner}` of {}.", self.title);
                self.emit(nested, &doc, owner, kind, inner);
                Rust { name: nested.to_owned(), codec: nested.to_owned() }
            }
        }
    }

    /// Whether a value of `kind` holds one of `owner` in itself.
    fn leads_to(&self, kind: &Type, owner: &str, depth: usize) -> bool {
        if depth > 24 {
            return false;
        }
        let any = |fields: &[Field]| {
            fields.iter().any(|field| self.leads_to(&field.kind, owner, depth + 1))
        };
        match kind {
            Type::Named(name, _) if name == owner => true,
            Type::Named(name, _) => self.leads_to(&self.types[name], owner, depth + 1),
            Type::Sequence(root, more) => any(root) || more.as_deref().is_some_and(any),
            Type::Choice(choice) => any(&choice.root) || choice.more.as_deref().is_some_and(any),
            _ => false,
        }
    }

    /// About how many bytes a value takes.
    fn size(&self, kind: &Type) -> usize {
        self.size_within(kind, 0)
    }

    fn size_within(&self, kind: &Type, depth: usize) -> usize {
        const POINTER: usize = 8;
        if depth > 12 {
            return POINTER;
        }
        let sizes = |fields: &[Field], most: usize| -> Vec<usize> {
            let size = |field: &Field| {
                let size = self.size_within(&field.kind, depth + 1);
                let most = if field.optional { MAX_OPTIONAL.min(most) } else { most };
                if size > most { POINTER } else { size }
            };
            fields.iter().map(size).collect()
        };
        let more = |more: &Option<Vec<Field>>, most| {
            more.as_deref().map(|fields| sizes(fields, most)).unwrap_or_default()
        };
        match kind {
            Type::Boolean | Type::Null => 1,
            Type::Integer { .. } => 4,
            Type::Enumerated(_) => 8,
            Type::ObjectIdentifier => 16,
            Type::Octets((low, high)) if low == high => *low as usize,
            Type::Octets(_) | Type::Open | Type::Characters(..) | Type::List(..) => 24,
            Type::Bits(_) => 32,
            Type::Named(name, _) => self.size_within(&self.types[name], depth + 1),
            Type::Sequence(root, additions) => {
                let root: usize = sizes(root, usize::MAX).iter().sum();
                root + more(additions, MAX_OPTIONAL).iter().sum::<usize>()
            }
            Type::Choice(choice) => {
                let mut all = sizes(&choice.root, MAX_ALTERNATIVE);
                all.extend(more(&choice.more, MAX_ALTERNATIVE));
                all.into_iter().max().unwrap_or(0) + 8
            }
        }
    }
}

/// A type that has no size of its own with one.
fn narrowed(kind: &Type, size: Size) -> Type {
    match kind {
        Type::Octets((0, NONE)) => Type::Octets(size),
        Type::Bits((0, NONE)) => Type::Bits(size),
        Type::Characters(string, from, (0, NONE)) => {
            Type::Characters(string.clone(), from.clone(), size)
        }
        Type::List(element, (0, NONE)) => Type::List(element.clone(), size),
        other => panic!("a size of {other:?}"),
    }
}

/// Whether a named type is its own codec; others are only names.
fn has_own_codec(kind: &Type) -> bool {
    matches!(kind, Type::Sequence(..) | Type::Choice(_) | Type::Enumerated(_))
}

fn integer(low: Option<i64>, high: Option<i64>, extensible: bool) -> Rust {
    let (name, codec) = match (low, high) {
        (Some(low), Some(high)) => {
            let name = match (low, high) {
                _ if extensible => "u32",
                (0.., ..=0xff) => "u8",
                (0.., ..=0xffff) => "u16",
                (0.., ..=0xffff_ffff) => "u32",
                (-0x8000_0000.., ..=0x7fff_ffff) => "i32",
                _ => "i64",
            };
            let codec = if extensible { "WholeOrMore" } else { "Whole" };
            (name, format!("{codec}<{low}, {high}>"))
        }
        (Some(low), None) => ("u64", format!("AtLeast<{low}>")),
        (None, _) => ("i64", "AnyWhole".to_owned()),
    };
    Rust { name: name.to_owned(), codec }
}

fn characters(string: &str, from: Option<&str>, size: Size) -> Rust {
    let alphabet = match (string, from) {
        ("BMPString", None) => {
            return Rust { name: "BmpString".into(), codec: "Bmp".to_owned() + &bounds(size) };
        }
        ("GeneralString", None) => return Rust { name: "Vec<u8>".into(), codec: "General".into() },
        ("IA5String", None) => "Ia5",
        ("PrintableString", None) => "Printable",
        ("NumericString", None) => "Numeric",
        ("IA5String", Some("0123456789#*,")) => "Digits",
        ("IA5String", Some("0123456789#*abc")) => "Tbcd",
        ("IA5String", Some("0123456789ABCDE")) => "HexDigits",
        ("IA5String", Some("0123456789#*ABCD!")) => "Signal",
        other => panic!("codec/string.rs has no alphabet for {other:?}"),
    };
    let codec = match size {
        (0, NONE) => format!("Characters<{alphabet}>"),
        (low, high) => format!("Characters<{alphabet}, {low}, {high}>"),
    };
    Rust { name: "String".into(), codec }
}

fn bounds(size: Size) -> String {
    match size {
        (0, NONE) => String::new(),
        (low, high) => format!("<{low}, {high}>"),
    }
}
