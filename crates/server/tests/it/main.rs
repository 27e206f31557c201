//! The contract of the HTTP surface, tried with real HTTP: one file a family, told as what somebody does and gets.

mod accounts;
mod app;
mod appointments;
mod client;
mod crowds;
mod directory;
mod document;
mod every_answer;
mod family;
mod idempotency;
mod import;
mod index;
mod lists;
mod nodes;
mod openings;
mod pages;
mod passwords;
mod practice;
mod practice_pages;
mod search;
mod slots;
mod stream;
mod tokens;
