//! Settings that fit the machine, given on the command line so that nothing in the cluster's folder needs editing.

/// What the settings depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tuning {
    /// Connections at most.
    pub(super) max_connections: u16,
    /// Whether commits survive a crash of the machine. Only throw-away test clusters go without.
    pub(super) durable: bool,
    /// Memory that PostgreSQL may count on, in MiB.
    pub(super) memory_mib: u64,
}

/// The settings as `name=value`.
pub(super) fn settings(tuning: Tuning) -> Vec<String> {
    let Tuning { max_connections, durable, memory_mib } = tuning;
    let (shared_buffers, max_wal) =
        if durable { ((memory_mib / 4).clamp(128, 1024), "4GB") } else { (128, "2GB") };
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        format!("max_connections={max_connections}"),
        format!("shared_buffers={shared_buffers}MB"),
        format!("effective_cache_size={}MB", (memory_mib / 2).max(256)),
        format!("maintenance_work_mem={}MB", (memory_mib / 32).clamp(64, 256)),
        "wal_level=replica".to_owned(),
        "wal_compression=on".to_owned(),
        "wal_buffers=16MB".to_owned(),
        format!("max_wal_size={max_wal}"),
        "min_wal_size=256MB".to_owned(),
        "checkpoint_timeout=15min".to_owned(),
        "checkpoint_completion_target=0.9".to_owned(),
        "random_page_cost=1.1".to_owned(),
        "jit=off".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        // Refusals are errors to PostgreSQL and everyday life to us; and a DETAIL line quotes people's data.
        "log_min_messages=log".to_owned(),
        "log_error_verbosity=terse".to_owned(),
        "log_checkpoints=off".to_owned(),
        "log_line_prefix=%m [%p] ".to_owned(),
    ];
    let safety: &[&str] = if durable {
        &["fsync=on", "synchronous_commit=on", "full_page_writes=on"]
    } else {
        &["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum_naptime=10min"]
    };
    settings.extend(safety.iter().map(|setting| (*setting).to_owned()));
    settings
}

/// This machine's memory in MiB, or what its container may use; 1 GiB when neither can be read.
pub(super) fn memory_mib() -> u64 {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| meminfo_kib(&text));
    let container = std::fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|text| text.trim().parse::<u64>().ok())
        .map(|bytes| bytes / 1024);
    machine.into_iter().chain(container).min().unwrap_or(1024 * 1024) / 1024
}

fn meminfo_kib(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(tuning: Tuning, setting: &str) -> bool {
        settings(tuning).iter().any(|line| line == setting)
    }

    #[test]
    fn buffers_follow_the_memory_within_bounds_and_commits_are_durable() {
        let machine = |memory_mib| Tuning { max_connections: 100, durable: true, memory_mib };
        assert!(has(machine(256), "shared_buffers=128MB"));
        assert!(has(machine(2048), "shared_buffers=512MB"));
        assert!(has(machine(64 * 1024), "shared_buffers=1024MB"));
        assert!(has(machine(256), "fsync=on"));
        assert!(has(Tuning { durable: false, ..machine(256) }, "fsync=off"));
    }

    #[test]
    fn memory_is_read_as_linux_prints_it() {
        assert_eq!(meminfo_kib("MemTotal:       24669300 kB\nMemFree: 1 kB\n"), Some(24_669_300));
        assert_eq!(meminfo_kib(""), None);
    }
}
