//! Words -> types.

use crate::token::{Token, tokens};

/// A bound that is not there.
pub const NONE: i64 = i64::MAX;

#[derive(Clone, Debug)]
pub enum Type {
    Boolean,
    Null,
    ObjectIdentifier,
    Integer {
        low: Option<i64>,
        high: Option<i64>,
        extensible: bool,
    },
    Enumerated(Alternatives),
    Octets(Size),
    Bits(Size),
    /// The name of the string type, the characters of FROM.
    Characters(String, Option<String>, Size),
    List(Box<Type>, Size),
    Sequence(Vec<Field>, Option<Vec<Field>>),
    Choice(Alternatives),
    Open,
    /// Another type, perhaps of a narrower size than its own.
    Named(String, Size),
}

pub type Size = (i64, i64);

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Type,
    pub optional: bool,
}

#[derive(Clone, Debug)]
pub struct Alternatives {
    pub root: Vec<Field>,
    pub more: Option<Vec<Field>>,
}

#[derive(Debug)]
pub struct Module {
    /// In the order of the module.
    pub types: Vec<(String, Type)>,
}

pub fn module(text: &str) -> Module {
    let mut parser = Parser { tokens: tokens(text), at: 0, parameter: None };
    parser.skip_to("BEGIN");
    if parser.take("IMPORTS") {
        parser.skip_to(";");
    }
    let mut types = vec![];
    while !parser.take("END") {
        let name = parser.word();
        if parser.take("{") {
            parser.parameter = Some(parser.word());
            parser.expect("}");
        }
        parser.expect("::=");
        let kind = parser.kind();
        parser.parameter = None;
        types.push((name, kind));
    }
    Module { types }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// What the type being read is parameterised with.
    parameter: Option<String>,
}

impl Parser {
    fn peek(&self) -> &str {
        match self.tokens.get(self.at) {
            Some(Token::Word(word) | Token::Mark(word)) => word,
            _ => "",
        }
    }

    fn take(&mut self, what: &str) -> bool {
        let taken = self.peek() == what;
        self.at += usize::from(taken);
        taken
    }

    fn expect(&mut self, what: &str) {
        let near = &self.tokens[self.at.saturating_sub(8)..(self.at + 4).min(self.tokens.len())];
        assert!(self.peek() == what, "expected {what} near {near:?}");
        self.at += 1;
    }

    fn skip_to(&mut self, what: &str) {
        while !self.take(what) {
            self.at += 1;
        }
    }

    /// Passes over what braces enclose; the first is already taken.
    fn skip_braces(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            depth += i32::from(self.peek() == "{") - i32::from(self.peek() == "}");
            self.at += 1;
        }
    }

    fn word(&mut self) -> String {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            panic!("expected a name, not {:?}", self.tokens.get(self.at));
        };
        self.at += 1;
        word.clone()
    }

    fn kind(&mut self) -> Type {
        let word = self.word();
        match word.as_str() {
            "BOOLEAN" => Type::Boolean,
            "NULL" => Type::Null,
            "OBJECT" => {
                self.expect("IDENTIFIER");
                Type::ObjectIdentifier
            }
            "INTEGER" => self.integer(),
            "OCTET" => {
                self.expect("STRING");
                Type::Octets(self.constraints().size)
            }
            "BIT" => {
                self.expect("STRING");
                Type::Bits(self.constraints().size)
            }
            "IA5String" | "BMPString" | "GeneralString" | "PrintableString" | "NumericString" => {
                let constraints = self.constraints();
                Type::Characters(word, constraints.from, constraints.size)
            }
            "ENUMERATED" => Type::Enumerated(self.names()),
            "CHOICE" => {
                let (root, more) = self.fields();
                Type::Choice(Alternatives { root, more })
            }
            "SEQUENCE" | "SET" if self.peek() == "{" => {
                let (root, more) = self.fields();
                self.constraints();
                Type::Sequence(root, more)
            }
            "SEQUENCE" | "SET" => {
                let size = if self.take("SIZE") { self.size() } else { self.constraints().size };
                self.expect("OF");
                Type::List(Box::new(self.kind()), size)
            }
            "TYPE-IDENTIFIER" => {
                self.expect(".");
                self.expect("&");
                self.expect("Type");
                self.constraints();
                Type::Open
            }
            name if self.parameter.as_deref() == Some(name) => Type::Open,
            name => {
                if self.take("{") {
                    self.skip_braces();
                }
                let Constraints { size, from } = self.constraints();
                assert!(from.is_none(), "{name} with fewer characters");
                Type::Named(name.to_owned(), size)
            }
        }
    }

    fn integer(&mut self) -> Type {
        if !self.take("(") {
            return Type::Integer { low: None, high: None, extensible: false };
        }
        let low = self.bound();
        self.expect("..");
        let high = self.bound();
        let extensible = self.take(",");
        if extensible {
            self.expect("...");
        }
        self.expect(")");
        Type::Integer { low, high, extensible }
    }

    /// A number, or nothing for MIN and MAX.
    fn bound(&mut self) -> Option<i64> {
        let token = self.tokens[self.at].clone();
        self.at += 1;
        match token {
            Token::Number(number) => Some(number),
            Token::Word(word) if word == "MIN" || word == "MAX" => None,
            other => panic!("expected a number, not {other:?}"),
        }
    }

    /// `(1..3)` after SIZE.
    fn size(&mut self) -> Size {
        self.expect("(");
        let low = self.bound().expect("sizes begin with a number");
        let high = if self.take("..") { self.bound().unwrap_or(NONE) } else { low };
        self.expect(")");
        (low, high)
    }

    /// Every constraint after a type that tells of its encoding.
    fn constraints(&mut self) -> Constraints {
        let mut constraints = Constraints { size: (0, NONE), from: None };
        while self.take("(") {
            if self.peek() == "WITH" || self.peek() == "CONSTRAINED" {
                self.skip_to("{");
                self.skip_braces();
                self.expect(")");
                continue;
            }
            loop {
                if self.take("SIZE") {
                    constraints.size = self.size();
                } else if self.take("FROM") {
                    self.expect("(");
                    let Token::Text(text) = self.tokens[self.at].clone() else {
                        panic!("FROM what?")
                    };
                    constraints.from = Some(text);
                    self.at += 1;
                    self.expect(")");
                } else {
                    // What an open type holds.
                    self.kind();
                }
                if !self.take("^") {
                    break;
                }
            }
            self.expect(")");
        }
        constraints
    }

    /// The components of a sequence or the alternatives of a choice.
    fn fields(&mut self) -> (Vec<Field>, Option<Vec<Field>>) {
        let (mut root, mut more) = (vec![], None);
        self.expect("{");
        while !self.take("}") {
            if self.take("...") {
                assert!(more.is_none(), "a second extension marker");
                more = Some(vec![]);
            } else {
                let name = self.word();
                let kind = self.kind();
                let optional = self.take("OPTIONAL");
                more.as_mut().unwrap_or(&mut root).push(Field { name, kind, optional });
            }
            self.take(",");
        }
        (root, more)
    }

    fn names(&mut self) -> Alternatives {
        let (mut root, mut more) = (vec![], None);
        self.expect("{");
        while !self.take("}") {
            if self.take("...") {
                more = Some(vec![]);
            } else {
                let name = self.word();
                if self.take("(") {
                    self.bound();
                    self.expect(")");
                }
                let field = Field { name, kind: Type::Null, optional: false };
                more.as_mut().unwrap_or(&mut root).push(field);
            }
            self.take(",");
        }
        Alternatives { root, more }
    }
}

struct Constraints {
    size: Size,
    from: Option<String>,
}
