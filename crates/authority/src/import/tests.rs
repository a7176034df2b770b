use proptest::prelude::*;
use urna_election::manifest::draft::Class;

use super::*;

fn class(id: &str, district: Option<&str>) -> Class {
    let title = [("en".to_owned(), format!("Class {id}")), ("cs".to_owned(), format!("Třída {id}"))];
    Class {
        ballot_style: "all".into(),
        district: district.map(str::to_owned),
        id: id.into(),
        title: title.into(),
        weight: 1_u32.into(),
    }
}

fn classes() -> Vec<Class> {
    vec![
        class("students", None),
        class("staff", None),
        class("law", Some("d-law")),
        class("arts", Some("d-arts")),
    ]
}

fn read(csv: &str) -> Result<Import, RegisterRefused> {
    import(csv.as_bytes(), Form::Csv, &classes())
}

fn taken(csv: &str) -> Vec<Listed> {
    read(csv).unwrap().people
}

fn refused(csv: &str) -> Vec<(u64, LineProblem)> {
    let refused = read(csv).unwrap_err();
    assert_eq!(refused.found, refused.lines.len());
    refused.lines.into_iter().map(|bad| (bad.line, bad.problem)).collect()
}

fn ada() -> Listed {
    Listed {
        person: "1041".into(),
        name: "Ada Lovelace".into(),
        email: Some("ada@uni.example".into()),
        class: "students".parse().unwrap(),
    }
}

#[test]
fn accepts_every_separator_line_end_and_byte_order_mark() {
    for separator in [",", ";", "\t"] {
        for end in ["\n", "\r\n"] {
            for mark in ["", "\u{feff}"] {
                let lines = ["person,name,e-mail,class", "1041,Ada Lovelace,ada@uni.example,students", ""];
                let file = format!("{mark}{}", lines.join(end).replace(',', separator));
                assert_eq!(taken(&file), [ada()], "{file:?}");
                // Excel's own line.
                let file = format!("{mark}sep={separator}{end}{}", lines.join(end).replace(',', separator));
                assert_eq!(taken(&file), [ada()], "{file:?}");
            }
        }
    }
}

#[test]
fn accepts_quoted_separators_quotes_and_line_breaks() {
    let file = "name;person;class\n\"Hopper; \"\"Grace\"\", R.\";7;staff\n";
    assert_eq!(taken(file)[0].name, "Hopper; \"Grace\", R.");
    // A line break inside of quotes ends no line, but no name has one.
    let file = "name;person;class\n\"Ada\nLovelace\";1;staff\nx;2;nobody\n";
    let name = LineProblem::ControlCharacter { column: "name" };
    assert_eq!(refused(file), [(2, name), (4, LineProblem::UnknownClass { found: "nobody".into() })]);
    // A line break in a column that is not read harms nobody.
    let file = "name;note;person;class\nAda;\"a\r\nb\";1;staff\nEva;;2;staff\n";
    assert_eq!(taken(file).len(), 2);
}

#[test]
fn accepts_columns_by_their_names_in_four_languages_and_in_any_order() {
    for header in [
        "E_MAIL,Category,Full name,ID",
        "E-mail,Kategorie,Jméno a příjmení,UČO",
        "e-post,grupp,namn,Användarnamn",
        "Електронна пошта,Категорія,Ім'я,Логін",
        "Пошта,Клас,Ім\u{2bc}я,Номер",
    ] {
        let file = format!("{header}\nada@uni.example,students,Ada Lovelace,1041\n");
        assert_eq!(taken(&file), [ada()], "{header}");
    }
    for header in ["Jméno,Příjmení,id,třída", "first name,surname,id,class", "Förnamn,Efternamn,id,klass"]
    {
        let file = format!("{header}\nAda,Lovelace,1041,students\n");
        assert_eq!(taken(&file)[0].name, "Ada Lovelace", "{header}");
    }
}

#[test]
fn accepts_classes_by_id_title_and_district() {
    for class in ["students", "Class students", "TŘÍDA STUDENTS", " students "] {
        assert_eq!(taken(&format!("id,name,class\n1,A,{class}\n"))[0].class.as_str(), "students", "{class}");
    }
    assert_eq!(taken("id,name,class\n1,A,d-law\n")[0].class.as_str(), "law");
    assert_eq!(taken("id,name,district\n1,A,d-arts\n")[0].class.as_str(), "arts");
    assert_eq!(taken("id,name,class,district\n1,A,arts,d-arts\n2,B,staff,\n")[1].class.as_str(), "staff");
    // A single class needs no column.
    let single = [class("all", None)];
    assert_eq!(import(b"id,name\n1,A\n", Form::Csv, &single).unwrap().people[0].class.as_str(), "all");
}

#[test]
fn rejects_classes_that_are_none_or_not_one() {
    let unknown = |found: &str| LineProblem::UnknownClass { found: found.into() };
    assert_eq!(refused("id,name,class\n1,A,dean\n"), [(2, unknown("dean"))]);
    assert_eq!(refused("id,name,class\n1,A,\n"), [(2, LineProblem::NoClass)]);
    let district = LineProblem::UnknownDistrict { found: "d-x".into() };
    assert_eq!(refused("id,name,district\n1,A,d-x\n"), [(2, district)]);
    let apart = LineProblem::ClassNotInDistrict { class: "law".into(), district: "d-arts".into() };
    assert_eq!(refused("id,name,class,district\n1,A,law,d-arts\n"), [(2, apart)]);
    let two = [class("law-day", Some("law")), class("law-evening", Some("law"))];
    let error = import(b"id,name,district\n1,A,law\n", Form::Csv, &two).unwrap_err();
    assert!(error.to_string().contains("law-day, law-evening"), "{error}");
}

#[test]
fn merges_one_person_of_several_categories_s1_118() {
    let file = "id,name,class,e-mail\n7,Eva Novák,staff,eva@staff.example\n8,Jan,staff,\n7,eva  novák,students,eva@stud.example\n";
    let import = read(file).unwrap();
    assert_eq!(import.merged, 1);
    assert_eq!(import.people.len(), 2);
    // The class that stands first in the manifest, and its line's address.
    assert_eq!(import.people[0].class.as_str(), "students");
    assert_eq!(import.people[0].email.as_deref(), Some("eva@stud.example"));
    assert_eq!(
        import.notices[0].to_string(),
        "line 4: \"7\" is listed in line 2 too, and is one voter, in the class students"
    );
    // The order of the lines decides nothing.
    let file =
        "id,name,class,e-mail\n7,Eva Novák,students,eva@stud.example\n7,Eva Novák,staff,eva@staff.example\n";
    assert_eq!(read(file).unwrap().people[0], import.people[0]);
}

#[test]
fn rejects_two_people_under_one_id() {
    let problem = LineProblem::OtherName { person: "7".into(), line: 2 };
    assert_eq!(refused("id,name,class\n7,Eva,staff\n7,Jan,staff\n"), [(3, problem)]);
}

#[test]
fn rejects_every_bad_line_at_once_with_its_number() {
    let long = "n".repeat(501);
    let file = format!(
        "id,name,e-mail,class\n1,Ada,ada@uni.example,staff\n\n,Bob,bob@uni.example,staff\n3,,eva,staff\n4,D,,staff,more\n5,E\n6,{long},,dean\n{},G,,staff\n",
        "9".repeat(256)
    );
    assert_eq!(
        refused(&file),
        [
            (4, LineProblem::NoPerson),
            (5, LineProblem::NoName),
            (5, LineProblem::NotAnAddress { found: "eva".into() }),
            (6, LineProblem::Fields { found: 5, expected: 4 }),
            (7, LineProblem::Fields { found: 2, expected: 4 }),
            (8, LineProblem::TooLong { column: "name", length: 501, limit: 500 }),
            (8, LineProblem::UnknownClass { found: "dean".into() }),
            (9, LineProblem::TooLong { column: "person", length: 256, limit: 255 }),
        ]
    );
}

#[test]
fn quotes_bad_rows_as_they_stand() {
    let csv = "sep=;\nid;name;e-mail;class\n\n1;\"Ada\nLovelace\";ada;students\n2;=1+1;;staff\n3;B\n";
    let lines = refused(csv).into_iter().map(|(line, _)| line).collect();
    let quoted = quote(csv.as_bytes(), Form::Csv, &lines);
    assert_eq!(quoted.columns, ["id", "name", "e-mail", "class"]);
    let rows: Vec<_> = quoted.rows.iter().map(|(line, row)| (*line, row.join("|"))).collect();
    assert_eq!(rows, [(4, "1|Ada\nLovelace|ada|students".to_owned()), (7, "3|B".to_owned())]);
    let json = r#"[{"id": 1, "name": "Ada", "class": "staff"}, {"id": 2}]"#;
    let quoted = quote(json.as_bytes(), Form::Json, &[2].into());
    assert_eq!((quoted.columns.len(), quoted.rows[&2].join("").as_str()), (0, r#"{"id":2}"#));
    assert_eq!(quote(b"\xff\xfea", Form::Csv, &[1].into()), Quoted::default());
}

#[test]
fn counts_lines_as_editors_do() {
    for (file, line) in [
        ("id,name,class\r\n1,A,staff\r\n\r\n2,B,dean", 4),
        ("id,name,class\r1,A,staff\r2,B,dean\r", 3),
        ("sep=,\r\nid,name,class\r\n\r\n\r\n2,B,dean", 5),
        ("\n\nid,name,class\n1,\"A\n\nC\",dean", 4),
    ] {
        assert_eq!(refused(file)[0].0, line, "{file:?}");
    }
}

#[test]
fn accepts_empty_lines_and_lines_of_separators() {
    assert_eq!(taken("\n\nid,name,class\n\n1,A,staff\n,,\n  ,,\n2,B,staff\n\n").len(), 2);
}

#[test]
fn rejects_files_without_header_people_or_columns() {
    assert_eq!(refused(""), [(1, LineProblem::Empty)]);
    assert_eq!(refused("\u{feff}\n\n"), [(1, LineProblem::Empty)]);
    assert_eq!(refused("id,name,class\n"), [(1, LineProblem::NobodyListed)]);
    for (header, missing) in [("name,class", "person"), ("id,class", "name"), ("id,name", "class")] {
        let [(1, LineProblem::ColumnMissing { column, .. })] = refused(&format!("{header}\n1,2\n"))[..]
        else {
            panic!("{header}")
        };
        assert_eq!(column, missing);
    }
    assert_eq!(refused("id,name,class,E-mail,mail\n"), [(1, LineProblem::ColumnTwice { column: "e-mail" })]);
}

#[test]
fn rejects_other_encodings_with_the_line() {
    let latin_1 = b"id;name;class\n1;Ada;staff\n2;Ren\xe9;staff\n";
    let error = import(latin_1, Form::Csv, &classes()).unwrap_err();
    assert_eq!(error.lines, [BadLine { line: 3, problem: LineProblem::NotUtf8 }]);
    assert!(error.to_string().contains("CSV UTF-8"), "{error}");
    let header = b"id;name;t\xf8\xedda\n1;Ada;staff\n";
    assert_eq!(import(header, Form::Csv, &classes()).unwrap_err().lines[0].problem, LineProblem::NotUtf8);
    let utf_16: Vec<u8> = "\u{feff}id;name".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(import(&utf_16, Form::Csv, &classes()).unwrap_err().lines[0].problem, LineProblem::Utf16);
}

#[test]
fn rejects_what_is_no_address() {
    for good in ["a@b.example", "a.b+c@x-y.example", "žofie@příklad.example", "o'neil@a.b.example"] {
        assert!(email(good).is_ok(), "{good}");
    }
    for bad in [
        "a",
        "@b.example",
        "a@",
        "a@b",
        "a@b@c.example",
        "a b@c.example",
        "a@b..example",
        "a@.example",
        "a@b.example.",
        ".a@b.example",
        "Ada <a@b.example>",
        "a@b.example,c@d.example",
        "a@-b.example",
        "a@[127.0.0.1]",
    ] {
        assert!(email(bad).is_err(), "{bad}");
    }
    assert!(email(&format!("{}@b.example", "a".repeat(65))).is_err());
}

#[test]
fn notices_shared_addresses_and_columns_that_are_not_read() {
    let import =
        read("id,name,class,email,Shoe size\n1,A,staff,x@y.example,38\n2,B,staff,X@Y.example,39\n").unwrap();
    let notices: Vec<_> = import.notices.iter().map(ToString::to_string).collect();
    assert_eq!(notices.len(), 2);
    assert!(
        notices[0].contains("Shoe size") && notices[1].starts_with("line 3: the person of line 2"),
        "{notices:?}"
    );
}

#[test]
fn accepts_json_with_the_same_names() {
    let json = r#"[{"person": 1041, "name": "Ada Lovelace", "e-mail": "ada@uni.example", "class": "students", "tags": []}]"#;
    let import = super::import(json.as_bytes(), Form::Json, &classes()).unwrap();
    assert_eq!(import.people, [ada()]);
    assert_eq!(import.notices.len(), 1);
    for (json, line) in [
        ("{}", 1),
        ("[1]", 1),
        (r#"[{"person":"1","name":"A","class":"staff"},{"person":"2","name":["B"],"class":"staff"}]"#, 2),
        (r#"[{"name":"A","class":"staff"}]"#, 1),
        ("[]", 1),
    ] {
        let error = super::import(json.as_bytes(), Form::Json, &classes()).unwrap_err();
        assert_eq!(error.lines[0].line, line, "{json}: {error}");
    }
}

#[test]
fn lists_the_first_thousand_problems_and_counts_the_rest() {
    let file: String =
        (0..2_000).fold("id,name,class\n".to_owned(), |file, id| file + &format!("{id},A,dean\n"));
    let refused = read(&file).unwrap_err();
    assert_eq!((refused.lines.len(), refused.found), (LISTED, 2_000));
}

/// Row by row, 100,000 of them with all that can happen.
#[test]
fn accepts_or_rejects_each_of_100_000_rows() {
    let mut file = "\u{feff}id;name;e-mail;class\r\n".to_owned();
    for id in 0..100_000 {
        let class = if id % 3 == 0 { "students" } else { "Class staff" };
        file += &format!("{id};\"Person; {id}\";p{id}@uni.example;{class}\r\n");
    }
    let import = read(&file).unwrap();
    assert_eq!((import.people.len(), import.merged, import.noticed), (100_000, 0, 0));
    file += "99999;\"Person; 99999\";p@uni.example;students\r\n\r\n100000;X;x;dean\r\n";
    assert_eq!(refused(&file).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [100_004, 100_004]);
    // The other line is the same person again.
    file.truncate(file.trim_end().rfind('\n').unwrap());
    assert_eq!(read(&file).unwrap().merged, 1);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, form in prop_oneof![Just(Form::Csv), Just(Form::Json)]) {
        let _ = import(&bytes, form, &classes());
        let mut with_header = b"id,name,class,email\n".to_vec();
        with_header.extend_from_slice(&bytes);
        let _ = import(&with_header, Form::Csv, &classes());
    }

    /// What a careful program writes comes back.
    #[test]
    fn round_trips(names in proptest::collection::vec("[^\\p{Cc}\\s][^\\p{Cc}]{0,20}[^\\p{Cc}\\s]", 1..20), separator in prop_oneof![Just(b','), Just(b';'), Just(b'\t')]) {
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
        writer.write_record(["person", "name", "class"]).unwrap();
        for (id, name) in names.iter().enumerate() {
            writer.write_record([&id.to_string(), name, "staff"]).unwrap();
        }
        let import = import(&writer.into_inner().unwrap(), Form::Csv, &classes()).unwrap();
        prop_assert_eq!(import.people.into_iter().map(|person| person.name).collect::<Vec<_>>(), names);
    }
}
