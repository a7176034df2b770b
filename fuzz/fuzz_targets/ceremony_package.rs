//! A package of the key ceremony, and the exchange that takes it; an exchange as it is kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::ceremony::{Exchange, ExchangeRecord, Package};
use urna_election::json;
use urna_fuzz::MANIFEST;

fuzz_target!(|data: &[u8]| {
    if let Ok(package) = Package::parse(data) {
        assert_eq!(package.to_bytes(), data);
        let mut exchange = Exchange::new(MANIFEST.plan().clone());
        let is_new = exchange.take(&package).is_ok();
        assert_eq!(exchange.packages().count(), usize::from(is_new));
    }
    if let Ok(record) = json::parse::<ExchangeRecord>(data, 1 << 20)
        && let Ok(exchange) = Exchange::restore(MANIFEST.plan().clone(), &record)
    {
        assert_eq!(exchange.attempt(), record.attempt);
    }
});
