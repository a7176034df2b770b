//! The board as its users and its attackers have it: whole requests, and broken ones, on a port of its own.

mod answer;
mod description;
mod interim_figures;
mod limits;
mod logs;
mod pages;
mod problems;
mod races;
mod reading;
mod restart;
mod service;
mod story;

pub(crate) use service::{NOW, Service};
