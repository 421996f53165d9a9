//! Symbolic links on the way to the file.

use certgate::adapter::watch::WatchOutcome;

use crate::folder::Folder;
use crate::{World, text};

/// As Kubernetes makes a volume of a `ConfigMap`: the file leads through `..data`,
/// which is swapped as a whole.
#[test]
fn a_volume_s_data_is_swapped() {
    let folder = Folder::new();
    let version = |name: &str, realm: &str| {
        folder.folder(name);
        folder.write(&format!("{name}/policy.toml"), text(realm));
    };
    version("..2026_11_22", "first");
    version("..2026_11_23", "second");
    folder.link("..2026_11_22", "..data");
    folder.link("..data/policy.toml", "policy.toml");
    let world = World::with(folder, |watch| watch);
    assert_eq!(world.realm(), ("first".to_owned(), 1));

    world.folder.link("..2026_11_23", "..data_tmp");
    world.folder.rename("..data_tmp", "..data");
    std::fs::remove_dir_all(world.folder.path("..2026_11_22")).unwrap();
    world.installs("second", 2);

    // A text with mistakes, swapped in the same way, and back.
    world.folder.folder("..2026_11_24");
    world
        .folder
        .write("..2026_11_24/policy.toml", "version = 2");
    world.folder.link("..2026_11_24", "..data_tmp");
    world.folder.rename("..data_tmp", "..data");
    assert!(matches!(world.next(), WatchOutcome::Refused(_)));
    assert_eq!(world.realm(), ("second".to_owned(), 2));
    world.folder.link("..2026_11_23", "..data_tmp");
    world.folder.rename("..data_tmp", "..data");
    assert!(matches!(world.next(), WatchOutcome::Unchanged));
    world.ends();
}

#[test]
fn a_link_into_another_folder_is_followed() {
    let elsewhere = Folder::new();
    elsewhere.write("real.toml", text("first"));
    let folder = Folder::new();
    folder.link(elsewhere.path("real.toml"), "policy.toml");
    let world = World::with(folder, |watch| watch);
    elsewhere.replace("real.toml", text("second"));
    world.installs("second", 2);
    elsewhere.replace("real.toml", text("third"));
    world.installs("third", 3);
    elsewhere.remove("real.toml");
    assert!(matches!(world.next(), WatchOutcome::Unreadable(_)));
    assert_eq!(world.realm(), ("third".to_owned(), 3));
    world.ends();
}
