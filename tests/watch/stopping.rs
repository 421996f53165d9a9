//! The thread ends with its handle, and with nothing else.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use certgate::adapter::watch::{PolicyFile, PolicyWatch, WatchOutcome};
use certgate::gate::Gate;
use certgate::policy::Format;

use crate::folder::Folder;
use crate::{DEADLINE, World, change, text};

#[test]
fn nothing_is_followed_once_the_handle_is_dropped() {
    let mut world = World::new();
    drop(world.watching.take());
    world.folder.replace("policy.toml", text("second"));
    assert!(world.outcomes.recv_timeout(DEADLINE).is_err());
    assert_eq!(world.realm(), ("first".to_owned(), 1));
    // The thread let go of the gate.
    assert_eq!(Arc::strong_count(&world.gate), 1);
}

#[test]
fn a_handle_is_dropped_at_once_however_seldom_it_looks() {
    let world = World::with(Folder::new(), |watch| {
        watch.every(Duration::from_secs(3_600))
    });
    world.folder.replace("policy.toml", text("second"));
    world.watching.as_ref().unwrap().look_now();
    world.installs("second", 2);
    world.ends();
}

/// A file in a folder, the gate of it, and a watch.
fn watch(folder: &Folder) -> (Arc<Gate>, PolicyWatch) {
    folder.write("policy.toml", text("first"));
    let file = PolicyFile::read(folder.path("policy.toml"), Format::Toml);
    let (gate, _) = Gate::start(file.candidate(), &change()).unwrap();
    let watch = PolicyWatch::of(file)
        .every(Duration::ZERO)
        .settling_for(Duration::ZERO);
    (Arc::new(gate), watch)
}

#[test]
fn a_callback_may_drop_the_handle() {
    let folder = Folder::new();
    let (gate, watch) = watch(&folder);
    let handle = Arc::new(Mutex::new(None));
    let (sender, outcomes) = channel();
    let own = Arc::clone(&handle);
    let watching = watch
        .start(gate, move |_| {
            drop(own.lock().unwrap().take());
            sender.send(()).unwrap();
        })
        .unwrap();
    *handle.lock().unwrap() = Some(watching);
    folder.replace("policy.toml", text("second"));
    outcomes.recv_timeout(DEADLINE).unwrap();
    // The thread is gone, and the sender with it.
    assert!(outcomes.recv_timeout(DEADLINE).is_err());
    assert!(handle.lock().unwrap().is_none());
}

#[test]
fn a_callback_that_panics_stops_nothing() {
    let folder = Folder::new();
    let (gate, watch) = watch(&folder);
    let (sender, outcomes) = channel();
    let watching = watch
        .start(gate, move |outcome| {
            let WatchOutcome::Installed(installed) = outcome else {
                panic!("the callback fell over");
            };
            sender.send(installed.in_force.version()).unwrap();
            assert!(installed.in_force.version() != 2, "the callback fell over");
        })
        .unwrap();
    for version in [2, 3] {
        folder.replace("policy.toml", text(&format!("v{version}")));
        assert_eq!(outcomes.recv_timeout(DEADLINE).unwrap(), version);
    }
    drop(watching);
}
