//! The allocator of the process, and giving back what it keeps.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[allow(unsafe_code, reason = "the one way to ask the allocator for what it keeps")]
unsafe extern "C" {
    /// Of mimalloc: any thread may call it at any time.
    safe fn mi_collect(force: bool);
}

/// Gives memory back that the allocator keeps for later, such as what threads that are gone have used. It takes
/// milliseconds.
pub(crate) fn give_back() {
    mi_collect(true);
}
