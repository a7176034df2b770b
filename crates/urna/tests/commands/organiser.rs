//! Elections by commands only: `urna key`, `urna election`, `urna register`, `urna issuer keys`, `urna voter`, against services that
//! are processes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use urna_api::client::{BoardClient, IssuerClient};
use urna_crypto::ElectionId;
use urna_election::{Plan, Slug};

use crate::running::{Run, urna};
use crate::services::{Organisation, Trustees, filled, links, list, until};

const SLUG: &str = "union-2030";

/// Keys of authority, owner and operator; authority and board run.
async fn founded(name: &str, issuers: &[&'static str]) -> Organisation {
    let mut it = Organisation::new(name, issuers).await;
    let data = it.authority.data();
    it.authority.refuses(1, &["urna key authority"]).await;
    let made = Run::with(&["key", "authority", "--data", &data, "--json"], "").await.expect(0, &[]).json();
    assert_eq!(made["made"], true);
    // Given again, it says what is there.
    let again = Run::with(&["key", "authority", "--data", &data], "").await;
    let again = again.expect(0, &["has had this key before", made["public_key"].as_str().unwrap()]);
    assert_eq!(again.err, "");
    it.board.configure(&format!(
        "name = \"board.example\"\nurl = {:?}\nlisten = \"127.0.0.1:0\"\nauthorities = [{}]\n",
        it.board.gate.url, made["public_key"],
    ));
    it.board.start().await;
    for (account, role) in [("eva", "owner"), ("it", "operator")] {
        let (config, out) = (it.authority.config(), it.file(&format!("{account}.toml")));
        let key = ["key", "api", "--data", &data, "--config", &config, "--account", account, "--role", role];
        let key = [&key[..], &["--out", &out]].concat();
        let made = Run::with(&key, "").await.expect(0, &["Give the file to its owner"]);
        assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
        let file = fs::read_to_string(&out).unwrap();
        let secret = file.split('"').find(|part| part.starts_with("urna_")).unwrap();
        assert!(!made.out.contains(secret) && file.contains(&it.authority.gate.url));
        // No second key where nobody would get it.
        Run::with(&key, "").await.expect(2, &["exists, and is not replaced"]);
    }
    it.authority.start().await;
    it
}

/// From the draft to the keys of everybody.
async fn planned(it: &Organisation, approvers: &[&str]) -> Trustees {
    let preset = it.run("eva", &["election", "new", SLUG, "--from", "meeting", "--json"]).await;
    let preset = preset.expect(0, &[]).json();
    let draft = it.write("draft.json", filled(&preset["draft"], it, approvers).to_string());
    it.run("eva", &["election", "edit", SLUG, &draft]).await.expect(0, &["The draft is edited"]);
    let plan = it.file("plan.json");
    it.run("eva", &["election", "plan", SLUG, "--yes", "--save", &plan]).await.expect(0, &["Plan id"]);
    for (issuer, service) in &it.issuers {
        let keys = Run::with(&issuer_keys(&plan, issuer, &service.data()), "").await.expect(0, &[]);
        let keys = it.write(&format!("{issuer}.json"), keys.out);
        it.run("eva", &["election", "keys", SLUG, "--issuer", issuer, &keys]).await.expect(0, &[]);
    }
    let trustees = Trustees::of(&Plan::parse(&fs::read(&plan).unwrap()).unwrap());
    let keys = it.write("trustees.json", json!(trustees.keys).to_string());
    it.run("eva", &["election", "keys", SLUG, "--trustees", &keys]).await.expect(0, &["trustees' keys"]);
    trustees
}

fn issuer_keys<'a>(plan: &'a str, issuer: &'a str, data: &'a str) -> [&'a str; 11] {
    ["issuer", "keys", plan, "--issuer", issuer, "--class", "north", "--class", "south", "--data", data]
}

/// Published, with everything that has to be there before it.
async fn published(it: &Organisation) -> (Trustees, ElectionId) {
    let trustees = planned(it, &["eva"]).await;
    let voters = it.write("voters.csv", list(6, 5));
    it.run("eva", &["register", "load", SLUG, &voters]).await.expect(0, &["11 people"]);
    it.run("eva", &["election", "approve", SLUG, "--yes"]).await.expect(0, &["Nobody else has to approve"]);
    let done = it.run("eva", &["election", "publish", SLUG, "--yes", "--json"]).await.expect(0, &[]).json();
    (trustees, id_of(&done["election_id"]))
}

fn id_of(hexadecimal: &Value) -> ElectionId {
    let digits = hexadecimal.as_str().unwrap();
    let byte = |place: usize| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).unwrap();
    ElectionId::from_bytes(std::array::from_fn(byte))
}

async fn status(it: &Organisation) -> Value {
    it.run("eva", &["election", "status", SLUG, "--json"]).await.expect(0, &[]).json()
}

/// Who is awaited, with what.
fn steps(status: &Value) -> Vec<String> {
    let awaited = status["awaited"].as_array().unwrap().iter();
    awaited.map(|awaited| format!("{}: {}", awaited["from"], awaited["step"]).replace('"', "")).collect()
}

/// A voter with a link.
async fn vote(it: &Organisation, person: &str, link: &str, choices: &[&str]) -> Run {
    let (file, state) = (it.write(&format!("{person}.link"), link), it.file(&format!("{person}.vote")));
    Run::with(&[&["voter", "cast", "--link", &file, "--state", &state, "--yes"], choices].concat(), "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_election() {
    let mut it = founded("whole-election", &["office", "senate"]).await;
    let slug: Slug = SLUG.parse().unwrap();
    // The office's issuer runs before there is an election.
    it.issuers[0].1.start().await;

    // A draft with problems, all told at once.
    let preset = it.run("eva", &["election", "new", SLUG, "--from", "meeting", "--json"]).await;
    let preset = preset.expect(0, &[]).json();
    it.run("eva", &["election", "list"]).await.expect(0, &[SLUG, "draft"]);
    it.run("eva", &["election", "status", SLUG]).await.expect(
        0,
        &["A draft", "eva, the owner: to fix the plan", "urna election plan union-2030 --save plan.json"],
    );
    let problems = it.run("eva", &["election", "validate", SLUG]).await;
    problems.expect(1, &["title", "organiser.name", "contests[0].options", "issuers[0].url", "trustees"]);
    let mut good = filled(&preset["draft"], &it, &["eva", "bo"]);
    good["policy"]["issuance"] = "with_ballot".into();
    let mut unknown = good.clone();
    unknown["colour"] = "red".into();
    let unknown = it.write("unknown.json", serde_json::to_string_pretty(&unknown).unwrap());
    let refused = it.run("eva", &["election", "edit", SLUG, &unknown]).await;
    refused.expect(2, &["unknown.json:", "unknown field `colour`", "nothing was changed"]);
    let mut bad = good.clone();
    bad["contests"][0]["max"] = 9.into();
    bad["title"] = json!({ "en": "" });
    let bad = it.write("bad.json", bad.to_string());
    it.run("eva", &["election", "edit", SLUG, &bad]).await.expect(0, &["things are missing or wrong"]);
    let validated = it.run("eva", &["election", "validate", SLUG, "--json"]).await.expect(1, &[]).json();
    let fields: Vec<_> = validated["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["field"].as_str().unwrap())
        .collect();
    assert!(
        fields.contains(&"contests[0].max") && fields.iter().any(|f| f.starts_with("title")),
        "{fields:?}"
    );
    let draft = it.write("draft.json", good.to_string());
    it.run("eva", &["election", "edit", SLUG, &draft]).await.expect(0, &["The draft is edited"]);
    it.run("eva", &["election", "edit", SLUG, &draft]).await.expect(0, &["nothing was changed"]);

    // The plan.
    let plan = it.file("plan.json");
    let fix = ["election", "plan", SLUG, "--save", &plan];
    it.run("eva", &fix).await.expect(2, &["2 of 3 trustees", "--yes does it without a question"]);
    let fixed = it.run("eva", &[&fix[..], &["--yes", "--json"]].concat()).await.expect(0, &[]).json();
    let again = it
        .run("eva", &fix)
        .await
        .expect(0, &["urna issuer keys", "--issuer senate --class north --class south"]);
    assert!(again.out.contains(fixed["plan_id"].as_str().unwrap()));
    let awaited = steps(&status(&it).await);
    assert_eq!(awaited[..2], ["issuer office: issuer_keys", "issuer senate: issuer_keys"]);
    assert_eq!(awaited[2..], ["anna", "bert", "cleo"].map(|id| format!("trustee {id}: ceremony_package")));
    let enrol = "urna trustee enrol --file FILE --trustee bert --authority URL --election union-2030; or";
    it.run("eva", &["election", "status", SLUG]).await.expect(0, &["Planned", enrol]);

    // Issuers' keys: the same at every time, and only what is proved.
    for (issuer, service) in &it.issuers {
        let data = service.data();
        let arguments = issuer_keys(&plan, issuer, &data);
        let first = Run::with(&arguments, "").await.expect(0, &[]).json();
        let again = Run::with(&arguments, "").await.expect(0, &[]).json();
        assert_eq!(first["signing_key"], again["signing_key"]);
        it.write(&format!("{issuer}.json"), again.to_string());
        let others = Run::with(&arguments.map(|word| if word == "south" { "west" } else { word }), "").await;
        others.expect(1, &["keys are made once"]);
    }
    let office = it.issuers[0].1.data();
    Run::with(&issuer_keys(&plan, "west", &office), "").await.expect(1, &["west"]);
    let give = async |issuer: &str, file: &str| {
        let (file, url) = (it.file(file), it.authority.gate.url.clone());
        Run::with(&["election", "keys", SLUG, "--issuer", issuer, &file, "--authority", &url], "").await
    };
    give("office", "senate.json").await.expect(1, &["does not prove"]);
    give("office", "plan.json").await.expect(2, &["it should be what `urna issuer keys` prints"]);
    give("west", "senate.json").await.expect(1, &["west"]);
    give("office", "office.json").await.expect(0, &["Compare its signing key"]);
    give("senate", "senate.json").await.expect(0, &[]);
    let remove = ["election", "keys", SLUG, "--remove-issuer", "senate"];
    it.run("eva", &remove).await.expect(2, &["--yes"]);
    it.run("eva", &[&remove[..], &["--yes"]].concat()).await.expect(0, &["can give others"]);
    give("senate", "senate.json").await.expect(0, &[]);

    // The trustees' keys.
    let trustees = Trustees::of(&Plan::parse(&fs::read(&plan).unwrap()).unwrap());
    let keys = it.write("trustees.json", json!(trustees.keys).to_string());
    let approvers = it.run("eva", &["election", "keys", SLUG, "--trustees", &keys]).await;
    approvers.expect(0, &["trustees' keys"]);
    // An approver needs a key.
    it.run("eva", &["election", "validate", SLUG])
        .await
        .expect(1, &["approvers[1]", "no API key with a role"]);
    let bo = it.file("bo.toml");
    let key = ["key", "api", "--account", "bo", "--role", "manager", "--election", SLUG, "--out", &bo];
    it.run("it", &key).await.expect(0, &[]);
    it.run("eva", &["election", "validate", SLUG]).await.expect(0, &["nothing to mend"]);

    // The list of voters.
    let bad = it
        .write("bad.csv", "id,name,e-mail,class\n1,Ada,ada@union.example,north\n2,,x,west\n\n1,Eva,,north\n");
    let refused = it.run("bo", &["register", "load", SLUG, &bad]).await;
    refused.expect(1, &["bad.csv", "line 3", "line 5", "the name is missing", "another name"]);
    let refused = it.run("bo", &["register", "load", SLUG, &bad, "--json"]).await.expect(1, &[]).json();
    assert_eq!(refused["problem"], "invalid-register");
    assert!(refused["problems"].as_array().unwrap().iter().any(|item| item["line"] == 3), "{refused}");
    assert_eq!(it.run("eva", &["register", "show", SLUG, "--json"]).await.expect(0, &[]).json(), json!([]));
    let voters = it.write("voters.csv", list(6, 5));
    it.run("bo", &["register", "load", SLUG, &voters]).await.expect(0, &["11 people", "6 north, 5 south"]);

    // Approval of exact bytes; an edit voids it.
    assert_eq!(steps(&status(&it).await), ["approver eva: approve", "approver bo: approve"]);
    it.run("eva", &["election", "approve", SLUG])
        .await
        .expect(2, &["A TRIAL", "commission's roll", "Council: choose", "--yes"]);
    let approved =
        it.run("eva", &["election", "approve", SLUG, "--yes", "--json"]).await.expect(0, &[]).json();
    assert_eq!(approved["awaited"], json!(["bo"]));
    it.run("eva", &["election", "publish", SLUG, "--yes"]).await.expect(1, &["Approvals are missing: bo"]);
    let mut mended = good.clone();
    mended["title"]["en"] = "Elections of the union 2030".into();
    let mended = it.write("mended.json", mended.to_string());
    it.run("bo", &["election", "edit", SLUG, &mended])
        .await
        .expect(0, &["Approvals are void, and needed again: eva"]);
    let before = approved["sha256"].as_str().unwrap();
    let other = it.run("bo", &["election", "approve", SLUG, "--yes", "--sha256", before]).await;
    other.expect(1, &["not the one you named"]);
    it.run("it", &["election", "approve", SLUG, "--yes"]).await.expect(1, &["does not name \"it\""]);
    for whom in ["bo", "eva"] {
        it.run(whom, &["election", "approve", SLUG, "--yes"]).await.expect(0, &["You have approved"]);
    }
    it.run("eva", &["election", "status", SLUG]).await.expect(
        0,
        &["This is a trial", "Approved by bo, eva", "11 people", "urna election publish union-2030"],
    );

    // Published.
    it.run("bo", &["election", "publish", SLUG, "--yes"]).await.expect(1, &["the role owner"]);
    it.run("eva", &["election", "publish", SLUG]).await.expect(2, &["for good"]);
    let done = it.run("eva", &["election", "publish", SLUG, "--yes", "--json"]).await.expect(0, &[]).json();
    let (election, hexadecimal) = (id_of(&done["election_id"]), done["election_id"].as_str().unwrap());
    it.run("eva", &["election", "publish", SLUG, "--yes"])
        .await
        .expect(0, &["A TRIAL", &hexadecimal[..8], "poster"]);
    it.run("eva", &["election", "edit", SLUG, &draft]).await.expect(1, &["published"]);
    assert_eq!(
        steps(&status(&it).await),
        ["owner: open", "trustee anna: agree", "trustee bert: agree", "trustee cleo: agree"]
    );

    let agree = format!("urna trustee agree --file FILE --election {hexadecimal}");
    it.run("eva", &["election", "status", SLUG]).await.expect(0, &["The trustees agree", &agree]);

    // The issuers: one takes the election in while it runs, the other is started with it.
    let clients: Vec<_> =
        it.issuers.iter().map(|(_, service)| IssuerClient::new(&service.gate.url).unwrap()).collect();
    assert!(clients[0].status(&slug).await.is_err());
    let tables: Vec<_> = it.issuers.iter().map(|(issuer, _)| it.table(issuer, SLUG, hexadecimal)).collect();
    it.issuers[0].1.configure("listen = ?");
    it.issuers[0].1.hang_up().await;
    until(async || it.issuers[0].1.said().contains("the configuration was not read again")).await;
    for (place, table) in tables.iter().enumerate() {
        it.issuers[place].1.configure(table);
    }
    it.issuers[0].1.hang_up().await;
    it.issuers[1].1.start().await;
    until(async || clients[0].status(&slug).await.is_ok() && clients[1].status(&slug).await.is_ok()).await;

    // Nobody runs a second one on the same data.
    it.board.refuses(1, &["another board uses", "stop it"]).await;
    it.issuers[0].1.refuses(1, &["another issuer uses", "stop it"]).await;

    // The trustees agree and rehearse.
    let board = BoardClient::new(&it.board.gate.url).unwrap();
    it.run("eva", &["election", "open", SLUG, "--yes"]).await.expect(1, &[]);
    trustees.agree(&board, &slug, &election).await;
    assert_eq!(
        steps(&status(&it).await)[1..],
        ["anna", "bert", "cleo"].map(|id| format!("trustee {id}: rehearse"))
    );
    it.run("eva", &["election", "status", SLUG])
        .await
        .expect(0, &["urna trustee rehearse --file FILE --backup BACKUP"]);
    trustees.rehearse(&board, &slug, &election).await;
    it.run("eva", &["election", "status", SLUG]).await.expect(0, &["Ready", "urna election open union-2030"]);

    // Invitations: for letters, and by mail.
    let letters = it.file("letters.csv");
    it.run("it", &["register", "invite", SLUG, "--csv", &letters]).await.expect(1, &["owner"]);
    assert!(!fs::exists(&letters).unwrap());
    let written = it.run("eva", &["register", "invite", SLUG, "--csv", &letters]).await;
    written.expect(0, &["11 invitations are in"]);
    assert_eq!(fs::metadata(&letters).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read_to_string(&letters).unwrap().lines().skip(1).all(|row| row.ends_with(",trial")));
    it.run("eva", &["register", "invite", SLUG, "--csv", &letters]).await.expect(2, &["is not replaced"]);
    it.run("bo", &["register", "invite", SLUG, "--yes"]).await.expect(1, &["test mail"]);
    it.run("bo", &["register", "invite", SLUG, "--test", "bo@union.example"]).await.expect(0, &[]);
    assert!(it.mails()[0].contains("[TRIAL]"));
    it.run("bo", &["register", "invite", SLUG]).await.expect(2, &["--yes"]);
    let sent = it.run("bo", &["register", "invite", SLUG, "--yes"]).await;
    sent.expect(0, &["10 mails are sent", "1 people have no address"]);
    let links: std::collections::BTreeMap<_, _> = links(&letters).into_iter().collect();
    let mails = it.mails();
    assert!(
        links
            .iter()
            .all(|(person, link)| mails.iter().any(|mail| mail.contains(link.as_str())) == (person != "n1"))
    );

    // Voting.
    it.run("bo", &["election", "open", SLUG]).await.expect(2, &["--yes"]);
    it.run("bo", &["election", "open", SLUG, "--yes"]).await.expect(0, &["Voting is open"]);
    it.run("bo", &["election", "open", SLUG, "--yes"]).await.expect(0, &["Voting is open"]);
    until(async || {
        let open = async |client: &IssuerClient| client.status(&slug).await.is_ok_and(|status| status.open);
        open(&clients[0]).await && open(&clients[1]).await
    })
    .await;
    for (person, choices) in [
        ("n1", &["council=ada", "auditor=fay"][..]),
        ("n2", &["council=bob", "auditor=blank"]),
        ("s1", &["auditor=gus"]),
    ] {
        vote(&it, person, &links[person], choices).await.expect(0, &["Your ballot is recorded"]);
    }
    it.run("eva", &["election", "status", SLUG])
        .await
        .expect(0, &["Voting is open", "3 of 11 have a ballot"]);

    // The list goes on changing.
    let late = it.write("late.csv", "person,name,class\nn7,Gro,north\nn8,Hal,nowhere\n");
    let refused = it.run("eva", &["register", "add", SLUG, "--file", &late]).await;
    refused.expect(1, &["late.csv", "line 3", "nowhere"]);
    let late = it.write("late.csv", "person,name,class\nn7,Gro,north\nn8,Hal,north\n");
    it.run("eva", &["register", "add", SLUG, "--file", &late]).await.expect(0, &["2 added", "in entry"]);
    let add =
        ["register", "add", SLUG, "n9", "--name", "Ida", "--email", "ida@union.example", "--class", "south"];
    it.run("bo", &add).await.expect(0, &["1 added"]);
    it.run("bo", &add).await.expect(1, &["on the register already"]);
    it.run("bo", &["register", "move", SLUG, "n9", "--to", "north"]).await.expect(0, &["1 moved"]);
    it.run("bo", &["register", "move", SLUG, "n9", "--to", "west"])
        .await
        .expect(1, &["none of the election's classes"]);
    let left = it.write("left.txt", "n8\n\nnobody\n");
    it.run("bo", &["register", "remove", SLUG, "--file", &left])
        .await
        .expect(1, &["remove[1]", "not on the register"]);
    it.run("bo", &["register", "remove", SLUG, "n8"]).await.expect(0, &["1 removed"]);
    let fill =
        it.write("fill.json", json!([{ "credential": "A".repeat(43) + "=", "person": "n7" }]).to_string());
    it.run("bo", &["register", "fill", SLUG, &fill]).await.expect(1, &["fill[0]"]);
    let salts = it.file("salts.json");
    it.run("bo", &["register", "salts", SLUG, "--out", &salts]).await.expect(1, &["owner"]);
    it.run("eva", &["register", "salts", SLUG, "--out", &salts]).await.expect(0, &["salts of 13 people"]);
    assert_eq!(fs::metadata(&salts).unwrap().permissions().mode() & 0o777, 0o600);
    let later = it.file("later.csv");
    it.run("eva", &["register", "invite", SLUG, "--csv", &later]).await.expect(0, &["3 invitations are in"]);
    let later: std::collections::BTreeMap<_, _> = crate::services::links(&later).into_iter().collect();
    // The issuers read the new version now and then.
    until(async || vote(&it, "n7", &later["n7"], &["council=ada", "auditor=fay"]).await.status == 0).await;

    // Reminders to those who took no token. What issuers tell may be a second old here.
    let mut reminded = Value::Null;
    until(async || {
        it.mails();
        reminded = it
            .run("bo", &["register", "invite", SLUG, "--remind", "--yes", "--json"])
            .await
            .expect(0, &[])
            .json();
        reminded["sent"] == 9
    })
    .await;
    assert_eq!(reminded["without_address"], 0);
    let mails = it.mails();
    // n9 was never sent an invitation, and gets it now.
    assert_eq!(mails.iter().filter(|mail| mail.contains("/vote/")).count(), 1);
    assert!(mails.iter().all(|mail| !["n2@", "s1@"].iter().any(|to| mail.contains(to))));

    // Who lost the link gets another one, and everybody sees that.
    let resend = ["register", "invite", SLUG, "--resend", "n3"];
    it.run("bo", &resend).await.expect(2, &["--yes"]);
    it.run("bo", &[&resend[..], &["--yes"]].concat()).await.expect(0, &["new credential", "It is mailed"]);
    let mails = it.mails();
    let link = mails[0].lines().find(|line| line.contains("/vote/")).unwrap().trim().to_owned();
    let rows = it.run("eva", &["register", "show", SLUG, "--json"]).await.expect(0, &[]).json();
    let replaced: Vec<_> = rows.as_array().unwrap().iter().filter(|row| row["replaced"] != 0).collect();
    assert_eq!((replaced.len(), &replaced[0]["person"]), (1, &json!("n3")));
    until(async || vote(&it, "n3", &link, &["council=bob", "auditor=gus"]).await.status == 0).await;
    vote(&it, "n3-again", &links["n3"], &["council=ada", "auditor=gus"]).await.expect(1, &["replaced"]);
    let used = it.run("bo", &["register", "invite", SLUG, "--resend", "n2", "--yes", "--json"]).await;
    assert_eq!(used.expect(1, &[]).json()["problem"], "already-issued");
    it.run("bo", &["register", "invite", SLUG, "--resend", "nobody", "--yes"]).await.expect(1, &["nobody"]);
    // While an issuer cannot be asked, nobody's credential is replaced.
    it.issuers[1].1.stop().await;
    let unknown = it.run("bo", &["register", "invite", SLUG, "--resend", "n4", "--yes"]).await;
    unknown.expect(2, &["senate does not answer"]);
    it.issuers[1].1.start().await;
    it.run("eva", &["register", "invite", SLUG, "--erase"]).await.expect(2, &["--yes"]);
    it.run("eva", &["register", "invite", SLUG, "--erase", "--yes"]).await.expect(0, &["forgotten"]);

    // The close, and what the issuers post then.
    it.run("bo", &["election", "close", SLUG, "--yes"]).await.expect(0, &["Voting is closed"]);
    vote(&it, "s2", &links["s2"], &["auditor=gus"]).await.expect(1, &[]);
    it.run("bo", &["register", "remove", SLUG, "s2"]).await.expect(1, &["Voting has ended"]);
    until(async || !steps(&status(&it).await).iter().any(|step| step.ends_with("post_issuance"))).await;
    assert_eq!(
        steps(&status(&it).await),
        ["anna", "bert", "cleo"].map(|id| format!("trustee {id}: agree_to_open"))
    );
    let ended = it.run("eva", &["election", "status", SLUG]).await;
    let says = ["5 of 13 have a ballot", "trustee ANNA (anna)", "urna trustee open --file FILE"];
    ended.expect(0, &["Voting is closed"]).expect(0, &says);
    it.run("eva", &["election", "audit", SLUG])
        .await
        .expect(0, &["bo (key", "edited the draft", "issuer office: gave its keys"]);

    // The issuers have written their rolls, and the owner puts the names to them.
    for (_, issuer) in &it.issuers {
        until(async || issuer.said().contains("the keys are destroyed")).await;
    }
    crate::roll::joins_names_and_seconds(&it, SLUG, &["n1", "n2", "n3", "n7", "s1"], "s2").await;

    // Keys end when their owner says so.
    let keys = it.run("it", &["key", "list", "--json"]).await.expect(0, &[]).json();
    let of_bo = keys.as_array().unwrap().iter().find(|key| key["account"] == "bo").unwrap();
    let revoke = ["key", "revoke", of_bo["id"].as_str().unwrap(), "--yes"];
    it.run("it", &revoke).await.expect(0, &["is revoked"]);
    it.run("bo", &["election", "status", SLUG]).await.expect(1, &["API key"]);
    it.run("it", &revoke).await.expect(1, &["no API key"]);

    for (_, issuer) in &mut it.issuers {
        issuer.stop().await;
    }
    it.authority.stop().await;
    it.board.stop().await;
}

/// Who is asked for nothing, and what cannot be read, is told so before anything is done.
#[tokio::test(flavor = "multi_thread")]
async fn rejects_what_cannot_be_read_and_whom_nobody_knows() {
    let mut it = founded("refusals", &["office"]).await;
    let (data, config) = (it.authority.data(), it.authority.config());
    // The machine's own key, while the authority runs.
    let key = ["key", "api", "--data", &data, "--config", &config, "--account", "x", "--role", "owner"];
    Run::with(&key, "").await.expect(1, &["another authority uses"]);
    it.authority.refuses(1, &["another authority uses"]).await;

    // Nobody says where, and as whom.
    Run::with(&["election", "list"], "").await.expect(2, &["where is the authority", "--as FILE"]);
    let url = it.authority.gate.url.clone();
    let eva = it.file("eva.toml");
    let list = ["election", "list", "--authority", &url, "--key-file"];
    let file = fs::read_to_string(&eva).unwrap();
    let secret = file.split('"').find(|part| part.starts_with("urna_")).unwrap();
    Run::with(&[&list[..], &["-"]].concat(), &format!("{secret}\n")).await.expect(0, &["no election yet"]);
    for (text, says) in [("", "no API key"), ("x", "no API key"), ("urna_0_x", "needs an API key")] {
        let refused = Run::with(&[&list[..], &["-"]].concat(), text).await;
        let refused = refused.expect(if says.starts_with("no") { 2 } else { 1 }, &[says]);
        assert_eq!(refused.out, "");
    }
    // A file that others may read, and one that is none; the secret is never repeated.
    fs::set_permissions(&eva, fs::Permissions::from_mode(0o644)).unwrap();
    it.run("eva", &["election", "list"]).await.expect(2, &["can be read by others", "chmod 600"]);
    fs::set_permissions(&eva, fs::Permissions::from_mode(0o600)).unwrap();
    let wrong = it.write("wrong.toml", format!("authority = {url:?}\nkey = {secret:?} {secret}\n"));
    fs::set_permissions(&wrong, fs::Permissions::from_mode(0o600)).unwrap();
    let refused = it.run("wrong", &["election", "list"]).await.expect(2, &["wrong.toml:2:"]);
    assert!(!format!("{}{}", refused.out, refused.err).contains(secret));
    // The file that a variable names, or that lies where such files lie.
    let mut named = urna(&["election", "list"]);
    named.env("URNA_ORGANISER", &eva);
    Run::to_end(named, "").await.expect(0, &[]);
    fs::create_dir_all(it.folder.join("config/urna")).unwrap();
    fs::copy(&eva, it.folder.join("config/urna/organiser.toml")).unwrap();
    let mut lying = urna(&["election", "list"]);
    lying.env("XDG_CONFIG_HOME", it.folder.join("config"));
    Run::to_end(lying, "").await.expect(0, &[]);
    // Never over an open way.
    let open = ["election", "list", "--authority", "http://vote.example", "--key-file", "-"];
    Run::with(&open, secret).await.expect(2, &["use https"]);

    // Arguments.
    for arguments in [
        &["election", "keys", SLUG][..],
        &["election", "keys", SLUG, "--trustees"],
        &["register", "add", SLUG],
        &["register", "add", SLUG, "n1"],
        &["register", "move", SLUG, "n1"],
        &["register", "invite", SLUG, "--remind", "--erase"],
        &["key", "api", "--account", "x", "--role", "boss"],
        &["issuer"],
        &["issuer", "keys", "plan.json", "--issuer", "x", "--data", "d"],
    ] {
        Run::with(arguments, "").await.expect(2, &["try '--help'"]);
    }

    Run::with(&["election", "new", "X"], "").await.expect(2, &["a slug is 3 to 40 characters"]);

    // Elections of nobody.
    it.run("eva", &["election", "status", SLUG]).await.expect(1, &["no election \"union-2030\""]);
    let unknown = it.run("eva", &["election", "status", SLUG, "--json"]).await.expect(1, &[]).json();
    assert_eq!(unknown["problem"], "unknown-election");
    it.run("it", &["election", "new", SLUG]).await.expect(1, &["role owner"]);
    it.run("eva", &["election", "new", SLUG, "--from", "nothing"]).await.expect(2, &["nothing"]);
    it.run("eva", &["election", "new", SLUG, "--draft", &it.file("none.json")])
        .await
        .expect(2, &["none.json"]);
    it.run("eva", &["election", "status", SLUG]).await.expect(1, &[]);
    it.run("eva", &["election", "new", SLUG]).await.expect(0, &["is made"]);
    it.run("eva", &["election", "new", SLUG]).await.expect(1, &["choose another slug"]);

    // An editor. What it leaves that cannot be used is kept.
    let edit = async |editor: &str| {
        let mut command = urna(&["election", "edit", SLUG, "--as", &eva]);
        command.env("EDITOR", editor).env_remove("VISUAL").env("TMPDIR", it.folder.join("config"));
        Run::to_end(command, "").await
    };
    let kept = || fs::read_dir(it.folder.join("config")).unwrap().count() - 1;
    edit("sed -i s,Europe.Prague,Europe/Stockholm,").await.expect(0, &["The draft is edited"]);
    let draft = it.run("eva", &["election", "draft", SLUG]).await.expect(0, &["Europe/Stockholm"]).out;
    assert_eq!(kept(), 0);
    edit("sed -i s/{/[/").await.expect(2, &[".json:2:", "nothing was changed"]);
    edit("false").await.expect(2, &["nothing was changed. The draft is in"]);
    assert_eq!(kept(), 2);
    assert_eq!(it.run("eva", &["election", "draft", SLUG]).await.out, draft);

    // Nothing answers.
    it.board.stop().await;
    it.run("eva", &["election", "plan", SLUG, "--yes"]).await.expect(1, &["trustees"]);
    it.authority.stop().await;
    let silent = it.run("eva", &["election", "status", SLUG]).await;
    silent.expect(2, &["cannot be reached"]);
}

/// An election that ends without a result, and an issuer that refuses to start.
#[tokio::test(flavor = "multi_thread")]
async fn cancels_and_keeps_an_issuer_from_a_lost_store() {
    let mut it = founded("cancelled", &["office"]).await;
    let reason = it.write("reason.txt", "The list of voters was wrong.\n");
    let cancel = ["election", "cancel", SLUG, "--reason", &reason, "--yes"];
    it.run("eva", &cancel).await.expect(1, &["no election"]);
    let (_, election) = published(&it).await;
    // Its tokens are taken ahead.
    let out = it.file("commission.csv");
    let roll = ["register", "roll", SLUG, &it.file("voters.csv"), "--out", &out];
    it.run("eva", &roll).await.expect(1, &["has no such roll"]);
    let hexadecimal = election.to_string();
    let table = it.table("office", SLUG, &hexadecimal);

    // Keys of another election, none at all, a store that is lost.
    let issuer = &mut it.issuers[0].1;
    issuer.configure(&table.replace(SLUG, "other-2030"));
    issuer.refuses(1, &["other-2030"]).await;
    issuer.configure(&table);
    issuer.start().await;
    issuer.stop().await;
    let answered = format!("{}/{SLUG}/answered", issuer.data());
    fs::remove_dir_all(&answered).unwrap();
    issuer.refuses(1, &[SLUG, "--accept-loss"]).await;
    let (data, config) = (issuer.data(), issuer.config());
    let accept = ["issuer", "--data", &data, "--config", &config, "--accept-loss", "other-2030"];
    Run::with(&accept, "").await.expect(2, &["no such election"]);
    issuer.start_with(&["--accept-loss", SLUG]).await;
    issuer.stop().await;
    issuer.start().await;

    // By an operator too, with the slug or --yes, and a reason.
    it.run("it", &["election", "cancel", SLUG, "--yes"]).await.expect(2, &["a reason is needed"]);
    let empty = it.write("empty.txt", " \n");
    it.run("it", &["election", "cancel", SLUG, "--reason", &empty, "--yes"]).await.expect(2, &["empty"]);
    it.run("it", &cancel[..5]).await.expect(2, &["The list of voters was wrong", "--yes"]);
    it.run("it", &cancel).await.expect(0, &["is cancelled"]);
    it.run("it", &cancel).await.expect(0, &["is cancelled"]);
    it.run("eva", &["election", "status", SLUG]).await.expect(0, &["Cancelled.", "Nothing is awaited"]);
    it.run("eva", &["election", "open", SLUG, "--yes"]).await.expect(1, &["Voting has ended"]);
    // The issuer destroys its keys then.
    until(async || !fs::exists(format!("{data}/{SLUG}/keys")).unwrap()).await;
}
