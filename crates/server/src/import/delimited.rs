//! Lines of fields: which columns there are, and what a line holds in each.

use std::borrow::Cow;
use std::collections::HashMap;

use super::taken::Bad;

/// How fields are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Whether a field may stand in quotation marks, doubled inside it.
    pub(super) quotes: bool,
}

/// The first line of a file.
#[derive(Debug, Clone)]
pub(super) struct Header {
    dialect: Dialect,
    columns: HashMap<String, usize>,
    names: Vec<String>,
}

/// A further line.
pub(super) struct Row<'a> {
    header: &'a Header,
    fields: Vec<Cow<'a, str>>,
}

impl Header {
    /// Reads the first line.
    pub(super) fn read(line: &str, dialect: Dialect) -> Result<Self, Bad> {
        let names: Vec<String> =
            split(line, dialect)?.into_iter().map(|name| name.trim().to_owned()).collect();
        let mut columns = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            if !name.is_empty() && columns.insert(name.clone(), at).is_some() {
                return Err(Bad::new(name.clone(), "the column stands there twice"));
            }
        }
        Ok(Self { dialect, columns, names })
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Takes a further line apart.
    pub(super) fn row<'a>(&'a self, line: &'a str) -> Result<Row<'a>, Bad> {
        let fields = split(line, self.dialect)?;
        let (found, expected) = (fields.len(), self.names.len());
        // Some programs end each line with a delimiter.
        let spare = fields.iter().skip(expected).all(|field| field.is_empty());
        if found < expected || !spare {
            return Err(Bad::new(
                "line",
                format!("it has {found} fields where the first line has {expected}"),
            ));
        }
        Ok(Row { header: self, fields })
    }
}

impl Row<'_> {
    /// What stands in a column, without blanks around it; empty when the file has no such column.
    pub(super) fn get(&self, column: &str) -> &str {
        self.header.columns.get(column).and_then(|at| self.fields.get(*at)).map_or("", |field| field.trim())
    }

    /// The same, or nothing when it is empty.
    pub(super) fn some(&self, column: &str) -> Option<&str> {
        Some(self.get(column)).filter(|field| !field.is_empty())
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.header.has(column)
    }
}

fn split(line: &str, dialect: Dialect) -> Result<Vec<Cow<'_, str>>, Bad> {
    let mut fields = Vec::new();
    let mut rest = line;
    let delimiter = char::from(dialect.delimiter);
    loop {
        let (field, after) = match rest.strip_prefix('"').filter(|_| dialect.quotes) {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = rest.find(delimiter).unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(delimiter) {
            Some(more) => rest = more,
            None if after.trim().is_empty() => return Ok(fields),
            None => return Err(Bad::new("line", "something follows a closing quotation mark")),
        }
    }
}

/// A field behind its opening quotation mark, and what follows the closing one.
fn unquote(text: &str) -> Result<(Cow<'_, str>, &str), Bad> {
    let mut field = Cow::Borrowed("");
    let mut rest = text;
    loop {
        let Some(end) = rest.find('"') else {
            return Err(Bad::new("line", "a quotation mark is not closed in it"));
        };
        let (part, after) = (&rest[..end], &rest[end + 1..]);
        if field.is_empty() {
            field = Cow::Borrowed(part);
        } else {
            field.to_mut().push_str(part);
        }
        match after.strip_prefix('"') {
            Some(more) => {
                field.to_mut().push('"');
                rest = more;
            }
            None => return Ok((field, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CSV: Dialect = Dialect { delimiter: b',', quotes: true };

    proptest! {
        #[test]
        fn what_was_written_with_quotes_is_read_again(fields in prop::collection::vec("[a\",; |é-]{0,6}", 1..6)) {
            let line: Vec<String> =
                fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            let line = line.join(",");
            prop_assert_eq!(split(&line, CSV).expect("read"), fields);
        }

        #[test]
        fn no_line_is_too_odd(line in ".{0,40}") {
            let _ = split(&line, CSV);
            let _ = split(&line, Dialect { delimiter: b'|', quotes: false });
        }
    }

    #[test]
    fn columns_have_names_and_any_order() {
        let header = Header::read("city , source_id,", CSV).expect("read");
        let row = header.row("\"Rennes, centre\",7,,").expect("read");
        assert_eq!((row.get("source_id"), row.get("city"), row.get("phone")), ("7", "Rennes, centre", ""));
        assert!(header.row("only one").is_err());
        assert!(header.row("one,two,three,four").is_err());
        assert!(Header::read("a,b,a", CSV).is_err());
    }
}
