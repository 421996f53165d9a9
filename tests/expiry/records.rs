//! A threshold is on record once for each certificate.

use certgate::evidence::{ActorType, Change};
use certgate::gate::Gate;
use certgate::request::Timestamp;

use crate::{Ask, DAY, END, with};

fn recorded(gate: &Gate, ask: &Ask) -> Option<u32> {
    ask.of(gate, |concluded| {
        let days = concluded.audit_record().certificate_expires_in_days;
        // One decision has one record, however often it is made.
        assert_eq!(concluded.audit_record().certificate_expires_in_days, days);
        days
    })
}

#[test]
fn the_first_record_after_each_threshold_tells_of_it() {
    let gate = Gate::new(with("[expiry]")).unwrap();
    for (left, expected) in [
        (31 * DAY, None),
        (30 * DAY, Some(30)),
        (30 * DAY, None),
        (20 * DAY, None),
        (7 * DAY, Some(7)),
        (6 * DAY, None),
        (DAY - 1, Some(0)),
        (0, None),
        (-1, None),
        // The clock goes back.
        (7 * DAY, None),
        (30 * DAY, None),
    ] {
        assert_eq!(recorded(&gate, &Ask::at(left)), expected, "{left}");
    }
}

#[test]
fn another_policy_repeats_nothing() {
    let gate = Gate::new(with("[expiry]")).unwrap();
    let change = Change::new(Timestamp::from_unix_seconds(END), ActorType::User, "jo");
    assert_eq!(recorded(&gate, &Ask::at(10 * DAY)), Some(10));
    gate.install(with("[expiry]"), &change).unwrap();
    assert_eq!(recorded(&gate, &Ask::at(10 * DAY)), None);
    gate.install(with("[expiry]\nwarn_days = [14]"), &change)
        .unwrap();
    assert_eq!(recorded(&gate, &Ask::at(10 * DAY)), Some(10));
    gate.rollback(&change).unwrap();
    assert_eq!(recorded(&gate, &Ask::at(10 * DAY)), None);
}

#[test]
fn what_is_denied_or_not_recorded_uses_up_nothing() {
    let gate = Gate::new(with("[expiry]")).unwrap();
    for target in ["/admin", "/nowhere", "/healthz"] {
        let ask = Ask {
            target,
            ..Ask::at(DAY)
        };
        assert_eq!(recorded(&gate, &ask), None, "{target}");
    }
    let status = Ask::at(DAY).of(&gate, |concluded| concluded.decision.status());
    assert_eq!(status, 200);
    assert_eq!(recorded(&gate, &Ask::at(DAY)), Some(1));
}

#[test]
fn of_many_threads_one_tells_it() {
    let gate = Gate::new(with("[expiry]")).unwrap();
    let told: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let records = (0..25).map(|_| recorded(&gate, &Ask::at(DAY)));
                    records.flatten().count()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(told, 1);
}
