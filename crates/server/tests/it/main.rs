//! The contract of the HTTP surface, tried with real HTTP: one file a family, told as what somebody does and gets.

mod access;
mod app;
mod appointments;
mod canary;
mod client;
mod conventions;
mod directory;
mod document;
mod idempotency;
mod limits;
mod lists;
mod openings;
mod pages;
mod practice;
mod search;
mod slots;
mod stream;
mod tokens;
