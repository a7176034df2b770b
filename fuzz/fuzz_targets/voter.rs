//! What a voter's client reads from people and from its own device: invitations, recovery codes, saved forms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_client::{Invitation, RecoveryCode, Resumed, Saved, SavedForm};
use urna_fuzz::VOTERS;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = str::from_utf8(data) {
        if let Ok(invitation) = text.parse::<Invitation>() {
            assert_eq!(*invitation.to_link(), text);
        }
        if let Ok(invitation) = Invitation::from_pasted(text) {
            assert!(invitation.to_link().parse::<Invitation>().is_ok());
        }
        if let Ok(seed) = RecoveryCode::parse(text) {
            let again =
                RecoveryCode::parse(RecoveryCode::of(&seed).as_str()).expect("a code that was written");
            assert_eq!(again.expose(), seed.expose());
        }
    }
    let Ok(saved) = Saved::parse(data) else { return };
    let revision = saved.revision();
    if let Ok(resumed) = saved.resume(VOTERS.manifest.bytes()) {
        let form = save(&resumed);
        assert_eq!(form.revision(), revision + 1);
        // But for its revision, what is written is what was read.
        let count = |revision| format!("\"revision\":{revision},");
        let text = str::from_utf8(form.as_bytes()).expect("JSON");
        assert_eq!(text.replacen(&count(revision + 1), &count(revision), 1).as_bytes(), data);
    }
});

fn save(resumed: &Resumed) -> SavedForm {
    match resumed {
        Resumed::Seeded(voter) => voter.save(),
        Resumed::Asked(voter) => voter.save(),
        Resumed::WithToken(voter) => voter.save(),
        Resumed::Cast(voter) => voter.save(),
        Resumed::Promised(voter) => voter.save(),
        Resumed::Receipted(voter) => voter.save(),
    }
}
