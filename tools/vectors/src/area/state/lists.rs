//! Issuance lists, of which exactly the wrong rows are named.

use serde_json::{Value, json};

use crate::election::{base64, blob, canonical, point};
use crate::fields::{Fields, List};
use crate::log::{Log, per_class, unbase64};
use crate::oracle::{self, G, Scalar};
use crate::vector::Vector;

/// The initial version of the register beside its entry (REG-8, ENT-4); the rows themselves are in `encoding.json`.
pub(super) fn register_version(vectors: &mut Vec<Vector>, log: &Log) {
    let (text, body) = (&log.register, log.register_body());
    let input = |body: &Value, blobs: &[String]| {
        Fields::new().with("blobs", &List(blobs)).with("body", &canonical(body)).with("log", "main")
    };
    let one = std::slice::from_ref(text);
    vectors.push(Vector::accept(
        "check_register",
        "the register and its entry",
        "REG-8",
        "The rows of each class are as many as the entry says.",
        input(&body, one),
        Fields::new(),
    ));
    let counts = |field: &str, count: u64| {
        let mut body = body.clone();
        body["entitled"][field] = json!(count);
        body
    };
    let other = text.replacen("\"replaced\":0", "\"replaced\":1", 1);
    for (name, rule, comment, input) in [
        ("register: more stated than listed", "REG-8", "Three of north.", input(&counts("north", 3), one)),
        (
            "register: fewer stated than listed",
            "REG-8",
            "None of collective.",
            input(&counts("collective", 0), one),
        ),
        ("register: other bytes than the entry names", "ENT-4", "One row differs.", input(&body, &[other])),
        ("register: the blob missing", "ENT-4", "The entry names one.", input(&body, &[])),
        (
            "register: the blob twice",
            "ENT-4",
            "The entry names one.",
            input(&body, &[text.clone(), text.clone()]),
        ),
    ] {
        vectors.push(Vector::reject("check_register", name, rule, comment, input));
    }
}

/// The office's list, changed (ISS-1 to ISS-7).
pub(super) fn issuance(vectors: &mut Vec<Vector>, log: &Log) {
    let text = &log.issuance[0];
    let rows: Vec<Value> = {
        let value: Value = serde_json::from_str(text).unwrap();
        value["rows"].as_array().unwrap().clone()
    };
    let input = |blobs: &[String], issued: &Value| {
        let references: Vec<Value> = blobs.iter().map(|text| blob("issuance_rows", text)).collect();
        Fields::new()
            .with("blobs", &List(blobs))
            .with("body", &canonical(&json!({"issued": issued, "rows": references})))
            .with("issuer", "office")
            .with("log", "main")
    };
    let of = |rows: &[Value]| canonical(&json!({"rows": rows}));
    let same = per_class();
    vectors.push(Vector::accept(
        "check_issuance",
        "the office's issuance list",
        "ISS-6",
        "Every row was asked for by someone on the register, and validly answered.",
        input(std::slice::from_ref(text), &same),
        Fields::new(),
    ));
    let list = |name: &str, rule: &str, comment: &str, rows: &[Value]| {
        Vector::reject("check_issuance", name, rule, comment, input(&[of(rows)], &same))
    };
    let with = |place: usize, change: &dyn Fn(&mut Value)| {
        let mut rows = rows.clone();
        change(&mut rows[place]);
        rows
    };
    let mut exchanged = rows.clone();
    exchanged.swap(1, 2);
    let mut twice = rows.clone();
    twice[3] = rows[2].clone();
    vectors.extend([
        list("issuance: rows exchanged", "ISS-3", "Handles ascend strictly.", &exchanged),
        list("issuance: a handle twice", "ISS-3", "One token per handle.", &twice),
        list(
            "issuance: an unknown class",
            "ISS-4",
            "Not in the manifest.",
            &with(0, &|row| row["class"] = json!("east")),
        ),
        list(
            "issuance: another class",
            "ISS-5",
            "The register has this handle elsewhere.",
            &with(0, &|row| {
                row["class"] = if row["class"] == "north" { json!("south") } else { json!("north") };
            }),
        ),
        list(
            "issuance: another credential",
            "ISS-5",
            "G is on no register.",
            &with(4, &|row| row["credential"] = json!(point(&G))),
        ),
        list(
            "issuance: a handle of nobody",
            "ISS-5",
            "The highest there is, so that the order holds.",
            &with(4, &|row| row["handle"] = json!(base64([0xff; 32]))),
        ),
        list("issuance: a row left out", "ISS-7", "The entry says five.", &rows[..4]),
    ]);
    let mut more = same.clone();
    more["south"] = json!(3);
    vectors.push(Vector::reject(
        "check_issuance",
        "issuance: more stated than listed",
        "ISS-7",
        "The entry says three of south.",
        input(std::slice::from_ref(text), &more),
    ));
    vectors.push(Vector::reject(
        "check_issuance",
        "issuance: two blobs for five rows",
        "ISS-2",
        "Every blob but the last is full.",
        input(&[of(&rows[..3]), of(&rows[3..])], &same),
    ));
    vectors.push(Vector::reject(
        "check_issuance",
        "issuance: an empty blob",
        "ISS-2",
        "At least one row.",
        input(&[of(&[])], &same),
    ));
    let good = input(std::slice::from_ref(text), &same);
    let blobs = |name: &str, comment: &str, blobs: &[String]| {
        Vector::reject("check_issuance", name, "ENT-4", comment, good.clone().with("blobs", &List(blobs)))
    };
    vectors.extend([
        blobs(
            "issuance: other bytes than the entry names",
            "A row less, the entry as before.",
            &[of(&rows[..4])],
        ),
        blobs("issuance: a blob missing", "The entry names one.", &[]),
        blobs("issuance: a blob too many", "The entry names one.", &[text.clone(), text.clone()]),
    ]);
    for (name, rule, comment, find, to) in [
        ("issuance: whitespace", "ENC-1", "Not canonical.", "{\"rows\"", "{ \"rows\""),
        (
            "issuance: a row with a time",
            "ENC-2",
            "Rows carry no times.",
            "\"signature\":",
            "\"time\":0,\"signature\":",
        ),
        (
            "issuance: a row without a session",
            "ENC-2",
            "Every member is there.",
            "\"session\":",
            "\"sessions\":",
        ),
    ] {
        let changed = text.replacen(find, to, 1);
        assert_ne!(changed, *text);
        vectors.push(Vector::reject("check_issuance", name, rule, comment, input(&[changed], &same)));
    }
    // Rows that do not verify: exactly these are named.
    let scalar = |bytes: &[u8], at: usize| {
        let field: [u8; 32] = bytes[at..at + 32].try_into().unwrap();
        oracle::scalar(&field).unwrap()
    };
    let plus = |row: &mut Value, field: &str, at: usize, by: Scalar| {
        let mut bytes = unbase64(&row[field]);
        let sum = scalar(&bytes, at) + by;
        bytes[at..at + 32].copy_from_slice(sum.as_bytes());
        row[field] = json!(base64(bytes));
    };
    let mut cancelling = rows.clone();
    plus(&mut cancelling[1], "answer", 64, Scalar::ONE);
    plus(&mut cancelling[3], "answer", 64, -Scalar::ONE);
    let mut signatures = rows.clone();
    let signature = signatures[0]["signature"].clone();
    signatures[0]["signature"] = signatures[2]["signature"].clone();
    signatures[2]["signature"] = signature;
    let mut zero = rows.clone();
    let mut answer = unbase64(&zero[4]["answer"]);
    answer[32..64].fill(0);
    zero[4]["answer"] = json!(base64(answer));
    let mut whole = rows.clone();
    for field in ["answer", "challenge", "commitment", "session"] {
        whole[0][field] = rows[1][field].clone();
    }
    for (name, comment, rows, bad) in [
        (
            "issuance: z + 1",
            "No valid answer.",
            with(2, &|row| plus(row, "answer", 64, Scalar::ONE)),
            vec![2_u64],
        ),
        ("issuance: b + 1", "No valid answer.", with(2, &|row| plus(row, "answer", 0, Scalar::ONE)), vec![2]),
        (
            "issuance: c + 1",
            "Neither answered nor signed.",
            with(0, &|row| plus(row, "challenge", 0, Scalar::ONE)),
            vec![0],
        ),
        ("issuance: y = 0", "No valid answer.", zero, vec![4]),
        ("issuance: errors that cancel", "z + 1 and z - 1 in two rows.", cancelling, vec![1, 3]),
        ("issuance: signatures exchanged", "Each by the other's credential.", signatures, vec![0, 2]),
        (
            "issuance: another session's moves",
            "The signature is on the session, not the moves alone.",
            whole,
            vec![0],
        ),
        (
            "issuance: another session id",
            "The signature is on the id.",
            with(1, &|row| row["session"] = json!(base64([0; 16]))),
            vec![1],
        ),
    ] {
        vectors.push(list(name, "ISS-6", comment, &rows).naming(Fields::new().with("bad", &List(&bad))));
    }
    let senate = Vector::reject(
        "check_issuance",
        "issuance: another issuer's list",
        "ISS-6",
        "The office's rows as the senate's.",
        good.with("issuer", "senate"),
    );
    vectors.push(senate.naming(Fields::new().with("bad", &List(&[0_u64, 1, 2, 3, 4]))));
}
