//! Words that stand in very many cards, and are written as their number there: codes of the packs, zones, and what visit
//! types are usually called. With them the whole server is some 60 MB smaller for half a million people.
//!
//! Append only: a card written by an older program is read with this list. The first 64 take one byte, the others two.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A word's number in cards, if it has one.
pub(super) fn number_of(word: &str) -> Option<u64> {
    static NUMBERS: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| WORDS.into_iter().zip(0..).collect());
    NUMBERS.get(word).copied()
}

/// The word of a number.
pub(super) fn word(number: u64) -> Option<&'static str> {
    WORDS.get(usize::try_from(number).ok()?).copied()
}

const WORDS: [&str; 157] = [
    "FR",
    "fr",
    "en",
    "Europe/Paris",
    "sector-1",
    "sector-2-optam",
    "sector-2",
    "not-contracted",
    "Consultation",
    "Téléconsultation",
    "Première consultation",
    "Consultation longue",
    "Renouvellement d'ordonnance",
    "Urgence du jour",
    "Consultation de suivi",
    "Vaccination",
    "general-practice",
    "dentistry",
    "Contrôle et détartrage",
    "Soins dentaires",
    "Urgence dentaire",
    "physiotherapy",
    "Bilan",
    "Séance de rééducation",
    "nursing",
    "Prise de sang",
    "Pansement",
    "psychology",
    "Première séance",
    "Séance",
    "osteopathy",
    "Consultation adulte",
    "Consultation nourrisson",
    "psychiatry",
    "speech-therapy",
    "Bilan orthophonique",
    "ophthalmology",
    "Examen de la vue",
    "Fond d'œil",
    "gynaecology",
    "Échographie de grossesse",
    "midwifery",
    "Suivi de grossesse",
    "Préparation à la naissance",
    "Suivi gynécologique",
    "paediatrics",
    "Visite du nourrisson",
    "cardiology",
    "Consultation avec électrocardiogramme",
    "Échographie cardiaque",
    "Épreuve d'effort",
    "radiology",
    "Radiographie",
    "Échographie",
    "Mammographie",
    "IRM",
    "dermatology",
    "Contrôle des grains de beauté",
    "Petit acte chirurgical",
    "podiatry",
    "Soin de pédicurie",
    "Bilan podologique pour semelles",
    "es",
    "ar",
    "de",
    "it",
    "pt",
    "ro",
    "ru",
    "zh",
    "tr",
    "br",
    "DE",
    "BE",
    "CH",
    "LU",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Zurich",
    "dietetics",
    "gastroenterology",
    "orthopaedic-surgery",
    "ear-nose-throat",
    "rheumatology",
    "orthodontics",
    "pulmonology",
    "neurology",
    "endocrinology",
    "orthoptics",
    "occupational-therapy",
    "hearing-care",
    "anaesthesiology",
    "psychomotor-therapy",
    "child-psychiatry",
    "urology",
    "general-surgery",
    "nephrology",
    "allergology",
    "oncology",
    "vascular-medicine",
    "psychotherapy",
    "internal-medicine",
    "geriatrics",
    "rehabilitation",
    "plastic-surgery",
    "haematology",
    "occupational-medicine",
    "sports-medicine",
    "chiropractic",
    "pharmacy",
    "optics",
    "radiotherapy",
    "nuclear-medicine",
    "maxillofacial-surgery",
    "oral-surgery",
    "emergency-medicine",
    "laboratory-medicine",
    "addiction-medicine",
    "neurosurgery",
    "vascular-surgery",
    "thoracic-surgery",
    "paediatric-surgery",
    "infectious-diseases",
    "medical-genetics",
    "pain-medicine",
    "Consultation avant endoscopie",
    "Consultation postopératoire",
    "Examen de l'audition",
    "Infiltration",
    "Contrôle d'appareil",
    "Consultation avec exploration du souffle",
    "Suivi d'apnée du sommeil",
    "Suivi du diabète",
    "Bilan visuel",
    "Bilan auditif",
    "Réglage d'appareil",
    "Consultation d'anesthésie",
    "Bilan psychomoteur",
    "Cystoscopie",
    "Consultation avec tests cutanés",
    "Suivi de désensibilisation",
    "Écho-Doppler veineux",
    "Écho-Doppler artériel",
    "Séance de couple",
    "Séance à distance",
    "Bilan de mémoire",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Marquesas",
    "Pacific/Gambier",
    "Pacific/Wallis",
];

#[cfg(test)]
mod tests {
    use super::{WORDS, number_of, word};
    use crate::regions;

    #[test]
    fn each_word_stands_once() {
        for (at, known) in WORDS.into_iter().enumerate() {
            assert_eq!(number_of(known).and_then(word), Some(known));
            assert_eq!(number_of(known), Some(at as u64), "{known}");
        }
        assert_eq!((number_of("Ploërmel"), word(WORDS.len() as u64)), (None, None));
    }

    #[test]
    fn the_codes_of_the_packs_are_among_them() {
        for pack in regions::packs() {
            let specialties = pack.specialties().iter().map(|known| known.code.as_str());
            for code in specialties.chain(pack.time_zone_names()) {
                assert!(number_of(code).is_some(), "{code}");
            }
        }
    }
}
