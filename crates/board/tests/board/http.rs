//! The board as its users and its attackers have it: whole requests, and broken ones, on a port of its own.

mod answer;
mod interim_figures;
mod problems;
mod reading;
mod service;
mod story;
