//! Rows into tables by PostgreSQL's COPY, which is several times faster than inserting.

use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

/// One value of a row.
pub(crate) type Cell<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// A row from its values, in the order of the columns.
macro_rules! row {
    ($($value:expr),+ $(,)?) => {
        vec![$(Box::new($value) as $crate::bulk::copy::Cell<'_>),+]
    };
}
pub(crate) use row;

/// Rows on their way. Boxed, because a future that holds the closures themselves is not seen to be `Send`.
pub(crate) type Rows<'a> = Box<dyn Iterator<Item = Vec<Cell<'a>>> + Send + 'a>;

/// After so many rows the caller hears how far it is.
const ROWS_AT_A_TIME: u64 = 500;

/// Copies rows into the named columns of a table. `wrote` hears of each few hundred rows.
pub(crate) async fn copy(
    tx: &Transaction<'_>,
    table: &str,
    columns: &str,
    rows: Rows<'_>,
    wrote: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let shape = tx.prepare(&format!("SELECT {columns} FROM {table}")).await?;
    let types: Vec<Type> = shape.columns().iter().map(|column| column.type_().clone()).collect();
    let sink = tx.copy_in(&format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)")).await?;
    let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &types));
    let mut count = 0;
    for row in rows {
        writer.as_mut().write_raw(row).await?;
        count += 1;
        if count == ROWS_AT_A_TIME {
            wrote(count);
            count = 0;
        }
    }
    writer.as_mut().finish().await?;
    wrote(count);
    Ok(())
}
