//! Compiles the crate again when a migration is added; the compiler alone only notices changed ones.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
