//! The modules of the crate stand in the order of the flow, and a module uses
//! only itself and modules above it.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that reads the source tree"
)]

use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The flow, from the request to whoever embeds the crate.
const FLOW: &[&str] = &[
    "request",
    "certificate",
    "dialect",
    "edge",
    "condition",
    "trust",
    "binding",
    "identity",
    "limits",
    "policy",
    "decide",
    "response",
    "evidence",
    "gate",
    "credential",
    "adapter",
    "testing",
    "guide",
];

/// One `crate::…` or `super::…` path, as the module that it leads to.
#[derive(Debug, PartialEq, Eq)]
struct Use {
    module: String,
    line: usize,
}

/// Collects the first segment below the crate root of every path in `tokens`.
/// `module` is where the tokens stand, root first.
fn uses(tokens: TokenStream, module: &[String], found: &mut Vec<Use>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_ident =
        |at: usize, name: &str| matches!(tokens.get(at), Some(TokenTree::Ident(i)) if i == name);
    let is_path = |at: usize| {
        matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':')
            && matches!(tokens.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == ':')
    };
    let mut at = 0;
    while at < tokens.len() {
        if is_ident(at, "mod")
            && let Some(TokenTree::Ident(name)) = tokens.get(at + 1)
            && let Some(TokenTree::Group(body)) = tokens.get(at + 2)
        {
            let mut inner = module.to_vec();
            inner.push(name.to_string());
            uses(body.stream(), &inner, found);
            at += 3;
            continue;
        }
        let mut base: Option<Vec<String>> = None;
        if is_ident(at, "crate") && is_path(at + 1) {
            base = Some(Vec::new());
            at += 3;
        } else if is_ident(at, "super") && is_path(at + 1) {
            let mut above = module.to_vec();
            while is_ident(at, "super") && is_path(at + 1) {
                above.pop();
                at += 3;
            }
            base = Some(above);
        }
        if let Some(base) = base {
            heads(&tokens[at..], &base, found);
            continue;
        }
        if let TokenTree::Group(group) = &tokens[at] {
            uses(group.stream(), module, found);
        }
        at += 1;
    }
}

/// What follows `crate::` or `super::`: one name, or a group of them.
fn heads(tokens: &[TokenTree], base: &[String], found: &mut Vec<Use>) {
    let mut note = |name: &str, line: usize| {
        found.push(Use {
            module: base.first().map_or(name, String::as_str).to_owned(),
            line,
        });
    };
    match tokens.first() {
        Some(TokenTree::Ident(name)) => note(&name.to_string(), name.span().start().line),
        Some(TokenTree::Punct(star)) => note("*", star.span().start().line),
        Some(TokenTree::Group(group)) => {
            let mut start_of_path = true;
            for token in group.stream() {
                match &token {
                    TokenTree::Ident(name) if start_of_path => {
                        note(&name.to_string(), name.span().start().line);
                        start_of_path = false;
                    }
                    TokenTree::Punct(comma) if comma.as_char() == ',' => start_of_path = true,
                    TokenTree::Punct(star) if start_of_path => {
                        note("*", star.span().start().line);
                        start_of_path = false;
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn uses_of(source: &str, module: &[&str]) -> Vec<Use> {
    let module: Vec<String> = module.iter().map(|&part| part.to_owned()).collect();
    let mut found = Vec::new();
    uses(source.parse().unwrap(), &module, &mut found);
    found
}

/// The first way in which `source`, standing in `module`, breaks the order.
fn violation(source: &str, module: &[&str]) -> Option<String> {
    let place = FLOW.iter().position(|&name| name == module[0])?;
    uses_of(source, module).into_iter().find_map(|used| {
        let line = used.line;
        match FLOW.iter().position(|&name| name == used.module) {
            Some(other) if other <= place => None,
            Some(_) => Some(format!("line {line}: {} uses {}", module[0], used.module)),
            None => Some(format!(
                "line {line}: {} uses the crate root's {}",
                module[0], used.module
            )),
        }
    })
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 40, "the source was not found");
    let mut broken = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap().with_extension("");
        let mut module: Vec<&str> = inside.iter().map(|part| part.to_str().unwrap()).collect();
        if module == ["lib"] {
            continue;
        }
        if module.last() == Some(&"mod") {
            module.pop();
        }
        assert!(
            FLOW.contains(&module[0]),
            "{} is not part of the flow",
            module[0]
        );
        let source = std::fs::read_to_string(&file).unwrap();
        if let Some(why) = violation(&source, &module) {
            broken.push(format!("{}: {why}", inside.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_map_declares_the_modules_in_the_order_of_the_flow() {
    let lib = include_str!("../src/lib.rs");
    let declared: Vec<usize> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(|name| FLOW.iter().position(|&known| known == name).unwrap())
        .collect();
    assert!(declared.is_sorted(), "{declared:?}");
}

#[test]
fn the_check_sees_every_form_of_path() {
    for (source, module) in [
        ("use crate::policy::Policy;", &["trust"] as &[&str]),
        ("use crate::{request::Now, policy::{A, B}};", &["trust"]),
        (
            "fn f() { let x = crate::gate::Gate::new(); }",
            &["limits", "store"],
        ),
        ("use super::super::gate::Gate;", &["limits", "store"]),
        ("mod inner { use super::super::gate::Gate; }", &["limits"]),
        (
            "macro_rules! m { () => { crate::decide::decide() } }",
            &["edge"],
        ),
        ("use crate::*;", &["edge"]),
        ("use crate::Gate;", &["edge"]),
    ] {
        assert!(violation(source, module).is_some(), "missed: {source}");
    }
    for (source, module) in [
        ("use crate::request::Now;", &["trust"] as &[&str]),
        ("use super::store::Memory;", &["limits", "window"]),
        ("use super::Window;", &["limits", "window"]),
        (
            "// crate::policy::Policy\nconst A: &str = \"crate::policy\";",
            &["trust"],
        ),
        ("mod inner { use super::super::request::Now; }", &["limits"]),
    ] {
        assert_eq!(violation(source, module), None, "{source}");
    }
}
