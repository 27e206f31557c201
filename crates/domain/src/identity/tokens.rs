//! Bearer tokens of accounts, and how they end before their time.
//!
//! Invariant: a token carries the number that its account had when the password was checked; whatever ends an account's
//! sessions raises it in the same transaction, and a deleted account has none. So a token ends with the next request.

use rendez_platform::auth::TokenAccount;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Store, Transaction};
use uuid::Uuid;

const STANDS: &str = "SELECT EXISTS (SELECT FROM account WHERE id = $1 AND token_version = $2)";

/// Whether the account of a token is still there and has not ended its tokens.
pub async fn token_stands(store: &Store, account: TokenAccount) -> Result<bool, Fault> {
    let conn = store.read_fresh().await?;
    Ok(conn.row(STANDS, &[&account.id.uuid(), &account.version]).await?.get(0))
}

/// Ends every token of an account that was issued before now.
pub(super) async fn end_tokens(tx: &Transaction<'_>, account: Uuid) -> Result<(), Fault> {
    tx.execute("UPDATE account SET token_version = token_version + 1 WHERE id = $1", &[&account]).await?;
    Ok(())
}
