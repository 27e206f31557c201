//! Keeps the arrows of the design true: who may know whom, read from the `use` lines and the manifests themselves.

use std::fs;
use std::path::{Path, PathBuf};

const MODULES: [&str; 13] = [
    "agenda",
    "availability",
    "booking",
    "directory",
    "identity",
    "notify",
    "personal",
    "practice",
    "regions",
    "search",
    "timeline",
    "waiting",
    "idempotency",
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of crates").to_path_buf()
}

fn rust_files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            found.push((path, text));
        }
    }
    found
}

/// Every sibling that a module of the domain names, with the file that names it.
fn siblings_of(module: &str) -> Vec<(PathBuf, &'static str)> {
    let folder = crates().join("domain/src").join(module);
    let files = if folder.is_dir() { rust_files(&folder) } else { Vec::new() };
    files
        .iter()
        .flat_map(|(path, text)| {
            MODULES
                .into_iter()
                .filter(|sibling| *sibling != module && text.contains(&format!("crate::{sibling}")))
                .map(|sibling| (path.clone(), sibling))
        })
        .collect()
}

#[test]
fn the_timeline_knows_nobody() {
    assert_eq!(siblings_of("timeline"), []);
}

#[test]
fn availability_knows_nobody_and_computes_without_a_database() {
    assert_eq!(siblings_of("availability"), []);
    for (path, text) in rust_files(&crates().join("domain/src/availability")) {
        let reads = path.ends_with("availability/cache.rs") || path.ends_with("availability/queries.rs");
        assert!(reads || !text.contains("rendez_platform"), "{} must stay pure", path.display());
    }
}

#[test]
fn nobody_imports_those_who_follow() {
    for module in MODULES {
        for (path, sibling) in siblings_of(module) {
            assert!(
                !["search", "notify", "waiting"].contains(&sibling),
                "{} imports {sibling}",
                path.display()
            );
        }
    }
}

#[test]
fn crates_depend_only_downwards() {
    let allowed: [(&str, &[&str]); 6] = [
        ("vocab", &[]),
        ("platform", &["vocab"]),
        ("index", &["vocab"]),
        ("domain", &["vocab", "platform", "index"]),
        ("web", &["vocab", "platform", "index", "domain"]),
        ("server", &["vocab", "platform", "index", "domain", "web"]),
    ];
    for (name, below) in allowed {
        let manifest = fs::read_to_string(crates().join(name).join("Cargo.toml")).expect("a manifest");
        let dependencies = manifest.split("[dependencies]").nth(1).expect("dependencies");
        let dependencies = dependencies.split("\n[").next().expect("a section");
        for line in dependencies.lines().filter_map(|line| line.strip_prefix("rendez-")) {
            let dependency = line.split([' ', '=', '.']).next().expect("a name");
            assert!(below.contains(&dependency), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn only_the_domain_speaks_sql_about_the_business_and_only_the_web_speaks_http() {
    for (path, text) in rust_files(&crates().join("web/src")) {
        assert!(!text.contains("tokio_postgres"), "{} speaks SQL", path.display());
    }
    for (path, text) in rust_files(&crates().join("domain/src")) {
        assert!(!text.contains("axum") && !text.contains("http::"), "{} speaks HTTP", path.display());
    }
    for (path, text) in rust_files(&crates().join("platform/src")) {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let nouns = ["FROM appointment", "FROM claim", "FROM practitioner", "AppointmentId"];
        assert!(!nouns.iter().any(|noun| code.contains(noun)), "{} knows healthcare", path.display());
    }
}
