//! Registers come in: from files of each format, again, after a kill, and with lines that are wrong.

mod clinics_csv;
mod desk;
mod fhir;
mod files;
mod interrupted;
mod practice;
mod refused;
mod registers;
