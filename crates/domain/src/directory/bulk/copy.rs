//! Rows into a table by PostgreSQL's COPY.

use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

/// One value of a row.
pub(super) type Cell<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// A row from its values, in the order of the columns.
macro_rules! row {
    ($($value:expr),+ $(,)?) => {
        vec![$(Box::new($value) as $crate::directory::bulk::copy::Cell<'_>),+]
    };
}
pub(super) use row;

/// Copies rows into the named columns of a table.
pub(super) async fn copy(
    tx: &Transaction<'_>,
    table: &str,
    columns: &str,
    rows: Vec<Vec<Cell<'_>>>,
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let shape = tx.prepare_cached(&format!("SELECT {columns} FROM {table}")).await?;
    let types: Vec<Type> = shape.columns().iter().map(|column| column.type_().clone()).collect();
    let sink = tx.copy_in(&format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)")).await?;
    let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &types));
    for row in rows {
        writer.as_mut().write_raw(row).await?;
    }
    writer.as_mut().finish().await?;
    Ok(())
}
