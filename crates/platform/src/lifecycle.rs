//! The end of the process, in order: first nothing new is begun, then what runs ends, then what still runs is cut off.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::fault::Fault;

/// The two stops and the tasks that heed them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// A process that runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begin nothing new; end in order what runs.
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Break off what runs and give it back. It follows the soft stop when the time for that is over.
    pub fn hard(&self) -> CancellationToken {
        self.hard.clone()
    }

    /// Asks for an orderly end.
    pub fn stop(&self) {
        self.soft.cancel();
    }

    /// Runs a task that the end of the process waits for. It watches the tokens itself.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(task)
    }

    /// Turns SIGINT and SIGTERM into the soft stop, and a second one into the hard stop.
    pub fn watch_signals(&self) -> Result<(), Fault> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |error| Fault::new("listening to signals", error);
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let (soft, hard) = (self.soft.clone(), self.hard.clone());
        // Not a task to wait for: it watches until the process is gone.
        tokio::spawn(async move {
            for (token, sentence) in
                [(soft, "stopping; a second signal stops at once"), (hard, "stopping at once")]
            {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                tracing::info!("{sentence}");
                token.cancel();
            }
        });
        Ok(())
    }

    /// Waits for the soft stop, then for the tasks: `grace` for them to end in order, then the hard stop.
    /// Tells whether everything ended in order.
    pub async fn wait(&self, grace: Duration) -> bool {
        self.soft.cancelled().await;
        self.tasks.close();
        let in_order = tokio::select! {
            () = self.tasks.wait() => true,
            () = self.hard.cancelled() => false,
            () = tokio::time::sleep(grace) => false,
        };
        self.hard.cancel();
        self.tasks.wait().await;
        in_order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tasks_that_end_by_themselves_end_in_order() {
        let life = Lifecycle::new();
        let soft = life.soft();
        life.spawn(async move { soft.cancelled().await });
        life.stop();
        assert!(life.wait(Duration::from_secs(60)).await);
        assert!(life.hard().is_cancelled(), "whoever still listens hears it");
    }

    #[tokio::test]
    async fn a_task_that_does_not_end_is_cut_off_after_the_grace() {
        let life = Lifecycle::new();
        let hard = life.hard();
        let task = life.spawn(async move { hard.cancelled().await });
        life.stop();
        assert!(!life.wait(Duration::ZERO).await);
        task.await.expect("it heard the hard stop");
    }
}
