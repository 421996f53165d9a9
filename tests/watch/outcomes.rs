//! What is refused, and what is told of it.

use std::io::ErrorKind;
use std::time::Duration;

use certgate::adapter::watch::WatchOutcome;
use certgate::decide::{Expected, Reason, Trial};
use certgate::evidence::{ChangeOutcome, ChangeRefusal};
use certgate::gate::{Refusal, Refused};
use certgate::policy::Format;
use certgate::request::OwnedRequest;

use crate::folder::Folder;
use crate::support::{at, peer};
use crate::{World, text};

/// The next outcome is that the file cannot be read, for this reason.
#[track_caller]
fn unreadable(world: &World) -> ErrorKind {
    let WatchOutcome::Unreadable(Refused { why, record, .. }) = world.next() else {
        panic!("it cannot be read");
    };
    assert_eq!(record.outcome, ChangeOutcome::Refused);
    assert_eq!(record.reason, Some(ChangeRefusal::DocumentUnreadable));
    let Refusal::Unreadable(kind) = why else {
        panic!("{why}");
    };
    assert_eq!(record.details, [kind.to_string()]);
    kind
}

#[test]
fn mistakes_are_on_record_once_and_leave_the_policy() {
    let world = World::new();
    let bad = text("second").replace("mode = \"mtls\"", "mode = \"mtl\"");
    world.folder.replace("policy.toml", &bad);
    let WatchOutcome::Refused(refused) = world.next() else {
        panic!("it has a mistake");
    };
    let path = world.folder.path("policy.toml");
    assert_eq!(refused.record.reason, Some(ChangeRefusal::DocumentInvalid));
    let [detail] = refused.record.details.as_slice() else {
        panic!("{:?}", refused.record.details);
    };
    let place = format!("{}:9:8: error: authentication.mode: ", path.display());
    assert!(detail.starts_with(&place), "{detail}");
    assert_eq!(world.realm(), ("first".to_owned(), 1));
    // The same mistake once more is nothing new; the old text is no change.
    for _ in 0..20 {
        world.folder.replace("policy.toml", &bad);
        world.watching.as_ref().unwrap().look_now();
    }
    world.folder.replace("policy.toml", text("first"));
    let outcome = world.next();
    assert!(matches!(outcome, WatchOutcome::Unchanged), "{outcome:?}");
    assert!(outcome.record().is_none());
    assert_eq!(world.realm(), ("first".to_owned(), 1));
    world.ends();
}

#[test]
fn a_file_that_is_gone_is_on_record_and_may_come_back() {
    let world = World::new();
    world.folder.remove("policy.toml");
    assert_eq!(unreadable(&world), ErrorKind::NotFound);
    world.folder.replace("policy.toml", text("first"));
    assert!(matches!(world.next(), WatchOutcome::Unchanged));
    world.folder.remove("policy.toml");
    assert_eq!(unreadable(&world), ErrorKind::NotFound);
    world.folder.replace("policy.toml", text("second"));
    world.installs("second", 2);
    world.ends();
}

#[test]
fn what_is_no_text_of_bounded_length_is_not_read() {
    let world = World::new();
    world.folder.replace("policy.toml", b"version = 1 # \xff");
    assert_eq!(unreadable(&world), ErrorKind::InvalidData);

    // It is long, and takes no room.
    let long = std::fs::File::create(world.folder.path("new")).unwrap();
    long.set_len(Format::MAX_BYTES as u64 + 1).unwrap();
    world.folder.rename("new", "policy.toml");
    assert_eq!(unreadable(&world), ErrorKind::FileTooLarge);

    world.folder.remove("policy.toml");
    assert_eq!(unreadable(&world), ErrorKind::NotFound);
    world.folder.folder("policy.toml");
    assert_eq!(unreadable(&world), ErrorKind::InvalidInput);
    assert_eq!(world.realm(), ("first".to_owned(), 1));
    world.ends();
}

/// To open a pipe is to wait for whoever writes into it.
#[cfg(unix)]
#[test]
fn a_pipe_holds_nothing_up() {
    let world = World::new();
    let pipe = world.folder.path("new");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    world.folder.rename("new", "policy.toml");
    assert_eq!(unreadable(&world), ErrorKind::InvalidInput);
    world.folder.replace("policy.toml", text("second"));
    world.installs("second", 2);
    world.ends();
}

#[test]
fn a_policy_has_to_pass_the_trials() {
    let trial = Trial {
        name: "payments need a certificate".to_owned(),
        request: OwnedRequest::new(peer("10.0.0.7"), "GET", "/payments", at(0)),
        expect: Expected::Deny(Reason::CertificateMissing),
    };
    let world = World::with(Folder::new(), |watch| {
        watch.with_trials(vec![trial]).with_actor("config agent")
    });
    let lax = text("second").replace("path = \"/healthz\"", "path = \"/payments\"");
    world.folder.replace("policy.toml", lax);
    let WatchOutcome::Refused(refused) = world.next() else {
        panic!("it lets payments through without a certificate");
    };
    assert!(matches!(refused.why, Refusal::Trials(_)), "{}", refused.why);
    assert_eq!(refused.record.actor_id, "config agent");
    world.folder.replace("policy.toml", text("third"));
    world.installs("third", 2);
    world.ends();
}

#[test]
fn a_change_has_to_stay_as_it_is_for_a_while() {
    let world = World::with(Folder::new(), |watch| {
        watch.settling_for(Duration::from_secs(3))
    });
    // To look does not make the while any shorter.
    for n in 0..50 {
        world.folder.write("policy.toml", text(&format!("n{n}")));
        world.watching.as_ref().unwrap().look_now();
    }
    world.installs("n49", 2);
    world.ends();
}
