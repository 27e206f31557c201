//! A position in the change log.

use std::fmt;
use std::str::FromStr;

/// Where a follower has read to: everything up to and with this position. Positions sort in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeCursor {
    /// The transaction.
    pub xid: u64,
    /// The row among those of the transaction.
    pub seq: i64,
}

impl ChangeCursor {
    /// Before the first change.
    pub const START: Self = Self { xid: 0, seq: 0 };

    /// So many transactions earlier.
    #[must_use]
    pub const fn back(self, transactions: u64) -> Self {
        Self { xid: self.xid.saturating_sub(transactions), seq: 0 }
    }

    /// After every change of the transactions before `xid`.
    pub(super) const fn before(xid: u64) -> Self {
        Self { xid: xid.saturating_sub(1), seq: i64::MAX }
    }
}

/// `xid-seq`: what a stream's client sends back as its last event id.
impl fmt::Display for ChangeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.xid, self.seq)
    }
}

/// The text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position of the change log")]
pub struct WrongCursor;

impl FromStr for ChangeCursor {
    type Err = WrongCursor;

    fn from_str(text: &str) -> Result<Self, WrongCursor> {
        let (xid, seq) = text.split_once('-').ok_or(WrongCursor)?;
        Ok(Self { xid: xid.parse().map_err(|_| WrongCursor)?, seq: seq.parse().map_err(|_| WrongCursor)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text() {
        let cursor = ChangeCursor { xid: 812, seq: 7 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!("812".parse::<ChangeCursor>(), Err(WrongCursor));
        assert!(ChangeCursor::before(812) > ChangeCursor { xid: 811, seq: 9 });
        assert!(ChangeCursor::before(812) < ChangeCursor { xid: 812, seq: 0 });
    }
}
