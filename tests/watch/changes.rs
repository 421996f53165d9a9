//! Ways in which a file changes.

use std::io::Write as _;
use std::time::Duration;

use certgate::adapter::watch::WatchOutcome;
use certgate::evidence::ActorType;

use crate::folder::Folder;
use crate::{World, change, text};

#[test]
fn a_file_that_is_renamed_over_is_installed_on_record() {
    let world = World::new();
    assert_eq!(world.realm(), ("first".to_owned(), 1));
    world.folder.replace("policy.toml", text("second"));
    let WatchOutcome::Installed(installed) = world.next() else {
        panic!("it is another policy");
    };
    let record = installed.record;
    assert_eq!((record.version, record.previous_version), (2, 1));
    assert_eq!(record.actor_type, ActorType::System);
    assert_eq!(record.actor_id, "certgate policy watch");
    let path = world.folder.path("policy.toml");
    assert_eq!(record.note, Some(format!("read from {}", path.display())));
    assert_eq!(world.realm(), ("second".to_owned(), 2));
    world.ends();
}

#[test]
fn a_file_that_is_written_in_place_is_installed() {
    // Longer than whoever writes takes a break for.
    let world = World::with(Folder::new(), |watch| {
        watch.settling_for(Duration::from_millis(700))
    });
    world.folder.write("policy.toml", text("second"));
    world.installs("second", 2);
    // As long as before, and at once.
    world.folder.write("policy.toml", text("SECOND"));
    world.installs("SECOND", 3);
    world.ends();
}

#[test]
fn a_file_that_is_moved_away_first_is_installed() {
    let world = World::new();
    world.folder.rename("policy.toml", "policy.toml~");
    world.folder.replace("policy.toml", text("second"));
    // The gap may have been seen.
    match world.next() {
        WatchOutcome::Unreadable(_) => world.installs("second", 2),
        WatchOutcome::Installed(_) => assert_eq!(world.realm(), ("second".to_owned(), 2)),
        other => panic!("{other:?}"),
    }
    world.ends();
}

#[test]
fn half_a_file_is_refused_and_the_whole_one_installed() {
    let world = World::with(Folder::new(), |watch| {
        watch.settling_for(Duration::from_millis(700))
    });
    let whole = text("second");
    let half = whole.find("mode = \"mtls\"").unwrap() + 8;
    let mut file = std::fs::File::create(world.folder.path("policy.toml")).unwrap();
    file.write_all(&whole.as_bytes()[..half]).unwrap();
    file.flush().unwrap();
    let WatchOutcome::Refused(refused) = world.next() else {
        panic!("half a policy is none");
    };
    assert_eq!(refused.record.version, 1);
    assert_eq!(world.realm(), ("first".to_owned(), 1));
    file.write_all(&whole.as_bytes()[half..]).unwrap();
    drop(file);
    world.installs("second", 2);
    world.ends();
}

#[test]
fn of_many_changes_the_last_one_counts() {
    let world = World::new();
    for n in 0..200 {
        world.folder.replace("policy.toml", text(&format!("n{n}")));
    }
    loop {
        match world.next() {
            WatchOutcome::Installed(installed) if installed.in_force.policy().realm() == "n199" => {
                break;
            }
            WatchOutcome::Installed(_) => {}
            other => panic!("no reader sees anything but whole files: {other:?}"),
        }
    }
    assert_eq!(world.realm().0, "n199");
    world.ends();
}

#[test]
fn a_file_that_is_only_touched_installs_nothing() {
    let world = World::new();
    let watching = world.watching.as_ref().unwrap();
    for _ in 0..20 {
        world.folder.replace("policy.toml", text("first"));
        watching.look_now();
    }
    // What comes next is the first that there is to tell.
    world.folder.replace("policy.toml", text("second"));
    world.installs("second", 2);
    world.ends();
}

#[test]
fn what_somebody_else_put_in_force_stays_until_the_file_changes() {
    let world = World::new();
    world.folder.replace("policy.toml", text("second"));
    world.installs("second", 2);
    world.gate.rollback(&change()).unwrap();
    for _ in 0..20 {
        world.folder.replace("policy.toml", text("second"));
        world.watching.as_ref().unwrap().look_now();
    }
    assert_eq!(world.realm(), ("first".to_owned(), 3));
    world.folder.replace("policy.toml", text("third"));
    world.installs("third", 4);
    // A text that was in force and is not any more is installed anew.
    world.gate.rollback(&change()).unwrap();
    world.folder.replace("policy.toml", "");
    assert!(matches!(world.next(), WatchOutcome::Refused(_)));
    world.folder.replace("policy.toml", text("third"));
    world.installs("third", 6);
    world.ends();
}
