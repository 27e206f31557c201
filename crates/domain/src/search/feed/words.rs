//! The dictionary of a running index: it grows as languages are met, while searches read it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rendez_index::{LanguageNo, SectorNo, SpecialtyNo, ZoneNo};

use super::dictionary::Dictionary;

/// A dictionary that grows.
#[derive(Debug)]
pub(super) struct Words {
    now: RwLock<Arc<Dictionary>>,
    lacks_zone: AtomicBool,
}

impl Words {
    /// Begins with these words.
    pub(super) fn new(dictionary: Dictionary) -> Self {
        Self { now: RwLock::new(Arc::new(dictionary)), lacks_zone: AtomicBool::new(false) }
    }

    /// As it stands.
    pub(super) fn now(&self) -> Arc<Dictionary> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The number of a language, which may be a new one; `None` when there are too many.
    pub(super) fn language(&self, code: &str) -> Option<LanguageNo> {
        if let Some(number) = self.now.read().unwrap_or_else(PoisonError::into_inner).language(code) {
            return Some(number);
        }
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.language(code).is_none() {
            Arc::make_mut(&mut now).add_language(code);
        }
        now.language(code)
    }

    pub(super) fn specialty(&self, code: &str) -> Option<SpecialtyNo> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).specialty(code)
    }

    pub(super) fn sector(&self, code: &str) -> Option<SectorNo> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).sector(code)
    }

    /// The number of a zone. One that is missing is remembered: only a new index can have it.
    pub(super) fn zone(&self, name: &str) -> Option<ZoneNo> {
        let number = self.now.read().unwrap_or_else(PoisonError::into_inner).zone(name);
        if number.is_none() {
            self.lacks_zone.store(true, Ordering::Relaxed);
        }
        number
    }

    /// Whether a location was met whose zone has no number.
    pub(super) fn lacks_zone(&self) -> bool {
        self.lacks_zone.load(Ordering::Relaxed)
    }
}
