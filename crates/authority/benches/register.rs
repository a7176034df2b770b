//! What it takes to load a list of 100,000 voters: reading it, and reading and storing it on the disk of the temporary folder.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark: a panic is its failure")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_core::OsRng;
use urna_api::authority::{Cause, NewElection, NewKey, Role};
use urna_api::server::SystemClock;
use urna_authority::import::{Form, import};
use urna_authority::{Authority, Config, Folder};
use urna_election::manifest::draft::Class;

const PEOPLE: u32 = 100_000;

fn list() -> Vec<u8> {
    let rows: String = (0..PEOPLE)
        .map(|id| format!("{id};\"Person; of number {id}\";person.{id}@students.uni.example;Voters\r\n"))
        .collect();
    format!("\u{feff}id;name;e-mail;class\r\n{rows}").into_bytes()
}

fn reads(criterion: &mut Criterion) {
    let list = list();
    let class = Class {
        ballot_style: "all".into(),
        district: None,
        id: "voters".into(),
        title: [("en".to_owned(), "Voters".to_owned())].into(),
        weight: 1_u32.into(),
    };
    let mut group = criterion.benchmark_group("100,000 voters");
    group.throughput(Throughput::Elements(PEOPLE.into())).sample_size(10);
    group.bench_function("read", |bench| {
        bench.iter(|| import(black_box(&list), Form::Csv, std::slice::from_ref(&class)).unwrap());
    });

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    Folder::new(folder.path()).make_signing_key(&mut OsRng).unwrap();
    // No board is asked before publication.
    let config = "url = \"https://vote.example\"\nlisten = \"127.0.0.1:0\"\nboard = \"http://127.0.0.1:9\"\n";
    let config = Config::parse(config).unwrap();
    let authority = Arc::new(Authority::open(config, folder.path(), Arc::new(SystemClock)).unwrap());
    let new = NewKey { account: "eva".into(), role: Role::Owner, election: None, link: false };
    let owner = authority.authenticate(&authority.make_first_key(&new).unwrap().key).unwrap();
    let mut election = 0;
    group.bench_function("read and store", |bench| {
        bench.iter(|| {
            election += 1;
            let slug = format!("election-{election}");
            authority.create(&owner, &NewElection { slug: slug.clone(), from: None }).unwrap();
            let slug = slug.parse().unwrap();
            let loading = authority.load_register(&owner, &slug, list.clone(), Form::Csv, Cause::Manual);
            runtime.block_on(loading).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, reads);
criterion_main!(benches);
