//! The pages in a real browser: headless Chromium against the real program over a small demo world.
//!
//! `RENDEZ_SCREENSHOTS=<folder>` keeps a picture of each page. Without Chromium and chromedriver these tests fail.

mod agenda;
mod browser;
mod every_page;
mod family;
mod finding;
mod finger;
mod german;
mod keyboard;
mod languages;
mod no_scripts;
mod ops;
mod passwords;
mod patient;
mod practice;
mod printing;
mod program;
mod rooms;
mod rules;
mod settings;
mod stage;
mod typing;
mod waiting;
mod weeks;
