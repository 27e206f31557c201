//! The index and the slow model, told the same and asked the same.

use std::collections::BTreeSet;

use rendez_index::{
    Answer, Applied, Builder, Index, Moment, Packed, Profile, Query, Reader, Scratch, Settings, Span, Typed,
};
use rendez_vocab::ids::PractitionerId;

use crate::questions::Question;
use crate::slow::Slow;
use crate::worlds::Diary;

/// Both, and the memory that searches use again.
pub(crate) struct Twins {
    pub(crate) index: Index,
    pub(crate) slow: Slow,
    scratches: [(&'static str, Scratch); 3],
}

impl Twins {
    /// A new index of these people.
    pub(crate) fn new(settings: Settings, people: Vec<(Profile, Diary)>) -> Self {
        let mut slow = Slow::new(settings.zones.clone(), settings.now);
        let mut builder = Builder::new(settings.clone());
        for (profile, diary) in people {
            builder.add(Packed::new(&settings, &profile, |visit| diary.is_free(visit)));
            slow.put(profile, |visit| diary.is_free(visit));
        }
        let scratches = [
            ("wide", Scratch::default()),
            ("without wide", Scratch::without_wide()),
            ("portable", Scratch::portable()),
        ];
        Self { index: builder.finish(), slow, scratches }
    }

    /// Asks both, on each way through the index, and expects the same.
    pub(crate) fn ask(&mut self, question: &Question) -> Answer {
        let right = self.slow.search(&question.query, question.meant(&self.slow).as_ref());
        let reader = self.index.reader();
        for (way, scratch) in &mut self.scratches {
            let answer = searched(&reader, question, scratch);
            for hit in &answer.hits {
                let card = self.slow.profile(hit.practitioner).map(|profile| profile.card.as_slice());
                assert_eq!(Some(reader.card(hit.person)), card, "{way}: the card is somebody else's");
            }
            if without_numbers(answer) != right {
                self.explain(question, &right);
            }
        }
        right
    }

    /// Says what is wrong with the index's answer, and whether it is one that a rebuild heals.
    fn explain(&mut self, question: &Question, right: &Answer) -> ! {
        let mut all = question.clone();
        (all.query.limit, all.query.after) = (u8::MAX, None);
        let everybody = self.slow.search(&all.query, all.meant(&self.slow).as_ref());
        for (way, scratch) in &mut self.scratches {
            let wrong = without_numbers(searched(&self.index.reader(), question, scratch));
            let found = searched(&self.index.reader(), &all, scratch);
            eprintln!(
                "{way}: {} of {question:?}",
                if wrong == *right { "right answer" } else { "WRONG answer" }
            );
            eprintln!("is    {wrong:?}\nought {right:?}\nat {:?}", self.slow.now());
            let ids =
                |answer: &Answer| answer.hits.iter().map(|hit| hit.practitioner).collect::<BTreeSet<_>>();
            let (found, everybody) = (ids(&found), ids(&everybody));
            for id in found.symmetric_difference(&everybody) {
                let fault = if everybody.contains(id) { "missing" } else { "too many" };
                eprintln!(
                    "{fault}: {:?}\n  with free {:?}",
                    self.slow.profile(*id),
                    self.slow.free_starts(*id)
                );
            }
        }
        self.index.rebuild();
        for (way, scratch) in &mut self.scratches {
            let healed = without_numbers(searched(&self.index.reader(), question, scratch)) == *right;
            eprintln!(
                "{way}: after a rebuild the answer is {}",
                if healed { "right" } else { "still wrong" }
            );
        }
        panic!("the index answers otherwise than the model");
    }

    pub(crate) fn put(&mut self, profile: Profile, diary: Diary) {
        let packed = Packed::new(&self.index.settings(), &profile, |visit| diary.is_free(visit));
        let before = self.index.stamp(profile.practitioner);
        assert_eq!(self.index.put(packed, Some(before)), Applied::Done);
        self.expect_later_stamp(profile.practitioner, before.map(|stamp| stamp.0));
        self.slow.put(profile, |visit| diary.is_free(visit));
    }

    pub(crate) fn remove(&mut self, practitioner: PractitionerId) {
        let known = self.slow.remove(practitioner);
        let expected = if known { Applied::Done } else { Applied::Unknown };
        assert_eq!(self.index.remove(practitioner), expected);
        assert_eq!(self.index.stamp(practitioner), None);
    }

    pub(crate) fn take(&mut self, practitioner: PractitionerId, range: Span) {
        let before = self.index.stamp(practitioner).map(|stamp| stamp.0);
        let (digest, coming) = (self.index.digest(practitioner), self.coming(practitioner));
        assert_eq!(self.index.take(practitioner, range), self.if_known(practitioner));
        self.expect_later_stamp(practitioner, before);
        self.slow.take(practitioner, range);
        if self.coming(practitioner) < coming {
            assert_ne!(self.index.digest(practitioner), digest, "the digest does not see what was taken");
        }
    }

    /// How many free starts are still to come.
    fn coming(&self, practitioner: PractitionerId) -> usize {
        let starts = self.slow.free_starts(practitioner);
        starts.into_iter().filter(|start| *start >= self.slow.now()).count()
    }

    pub(crate) fn refresh(&mut self, practitioner: PractitionerId, range: Span, diary: Diary) {
        let before = self.index.stamp(practitioner);
        let applied = self.index.refresh(practitioner, range, before, |visit| {
            assert!(visit.blocked.overlaps(range), "asked about {visit:?}, which does not touch {range:?}");
            diary.is_free(visit)
        });
        assert_eq!(applied, self.if_known(practitioner));
        self.expect_later_stamp(practitioner, before.map(|stamp| stamp.0));
        self.slow.refresh(practitioner, range, |visit| diary.is_free(visit));
    }

    /// Changes that come with a stamp from before another change do nothing.
    pub(crate) fn overtake(&mut self, practitioner: PractitionerId, range: Span, diary: Diary) {
        let Some(profile) = self.slow.profile(practitioner).cloned() else { return };
        let packed = || Packed::new(&self.index.settings(), &profile, |visit| diary.is_free(visit));
        let old = self.index.stamp(practitioner);
        assert_eq!(self.index.take(practitioner, range), Applied::Done);
        self.slow.take(practitioner, range);
        assert_eq!(self.index.refresh(practitioner, range, old, |_| true), Applied::Overtaken);
        assert_eq!(self.index.put(packed(), Some(old)), Applied::Overtaken);
        assert_eq!(self.index.put(packed(), Some(None)), Applied::Overtaken);
        assert_eq!(self.index.remove(practitioner), Applied::Done);
        assert_eq!(self.index.put(packed(), Some(old)), Applied::Overtaken, "nobody is here any more");
        assert_eq!(self.index.put(packed(), Some(None)), Applied::Done);
        assert_ne!(self.index.stamp(practitioner), old, "somebody may still hold the old stamp");
        self.slow.put(profile, |visit| diary.is_free(visit));
    }

    pub(crate) fn advance(&mut self, now: Moment) {
        self.index.advance(now);
        self.slow.advance(now);
        assert_eq!(self.index.reader().now(), now);
        assert_eq!(self.index.settings().now, now);
    }

    pub(crate) fn rebuild(&mut self) {
        let stamps = self.stamps();
        self.index.rebuild();
        assert_eq!(stamps, self.stamps(), "a rebuild changes nobody");
    }

    /// Writes the index to a file in memory and goes on with what was read back.
    pub(crate) fn restore(&mut self) {
        let mut file = Vec::new();
        self.index.write_to(&mut file, b"the log stood here").expect("memory takes everything");
        let (index, note) = Index::read_from(&mut file.as_slice()).expect("what was written can be read");
        assert_eq!(note, b"the log stood here");
        self.index = index;
    }

    /// Everybody is there, and whoever is packed anew from the slow model has the digest that the index has.
    pub(crate) fn compare(&self) {
        let mut known = self.index.practitioners();
        known.sort_unstable();
        assert_eq!(known, self.slow.practitioners());
        assert_eq!(self.index.size().practitioners, known.len());
        let settings = self.index.settings();
        for practitioner in known {
            let Some(profile) = self.slow.profile(practitioner) else { continue };
            let packed = Packed::new(&settings, profile, |visit| self.slow.is_free(practitioner, visit));
            assert_eq!(self.index.digest(practitioner), Some(packed.digest()), "digest of {profile:#?}");
        }
    }

    fn stamps(&self) -> Vec<Option<u32>> {
        let stamp = |id| self.index.stamp(id).map(|stamp| stamp.0);
        self.slow.practitioners().into_iter().map(stamp).collect()
    }

    fn if_known(&self, practitioner: PractitionerId) -> Applied {
        if self.slow.profile(practitioner).is_some() { Applied::Done } else { Applied::Unknown }
    }

    fn expect_later_stamp(&self, practitioner: PractitionerId, before: Option<u32>) {
        let now = self.index.stamp(practitioner).map(|stamp| stamp.0);
        assert!(now.is_none() && before.is_none() || now > before, "the stamp was {before:?} and is {now:?}");
    }
}

fn searched(reader: &Reader, question: &Question, scratch: &mut Scratch) -> Answer {
    match &question.typed {
        None => reader.search(&question.query, scratch),
        Some(typed) => {
            let people = reader.people(&typed.name);
            let typed = Typed { specialties: typed.specialties.clone(), people: &people };
            reader.search(&Query { typed: Some(typed), ..question.query.clone() }, scratch)
        }
    }
}

/// How a reader counts people is its own affair.
fn without_numbers(mut answer: Answer) -> Answer {
    answer.hits.iter_mut().for_each(|hit| hit.person = 0);
    answer
}
