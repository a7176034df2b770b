//! What columns are called.
//!
//! A name is compared without case and without anything but letters and digits, so `E-mail`, `e_mail` and `EMAIL` are one.

use super::LineProblem;

/// How many columns have a meaning.
const COLUMNS: usize = 7;

/// A column with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The organiser's id of the person.
    Person,
    /// The whole name; beside a column of family names, the given name.
    Name,
    GivenName,
    FamilyName,
    Email,
    /// Id or title of the class.
    Class,
    /// Id of the district.
    District,
}

/// Columns and their names: English, Czech, Swedish, Ukrainian.
const NAMES: [(Column, &[&str]); COLUMNS] = [
    (
        Column::Person,
        &[
            "person",
            "personid",
            "id",
            "uid",
            "number",
            "studentid",
            "studentnumber",
            "employeeid",
            "memberid",
            "membernumber",
            "userid",
            "username",
            "login", //
            "osoba",
            "idosoby",
            "osobníčíslo",
            "učo",
            "uco",
            "čísločlena",
            "uživatel", //
            "personid",
            "användare",
            "användarnamn",
            "studentnummer",
            "medlemsnummer",
            "anställningsnummer", //
            "особа",
            "ідентифікатор",
            "номер",
            "табельнийномер",
            "логін",
        ],
    ),
    (
        Column::Name,
        &[
            "name",
            "fullname",
            "displayname", //
            "jméno",
            "celéjméno",
            "jménoapříjmení", //
            "namn",
            "fullständigtnamn", //
            "імя",
            "повнеімя",
            "піб",
        ],
    ),
    (Column::GivenName, &["givenname", "firstname", "forename", "křestníjméno", "förnamn", "власнеімя"]),
    (Column::FamilyName, &["familyname", "lastname", "surname", "příjmení", "efternamn", "прізвище"]),
    (
        Column::Email,
        &[
            "email",
            "mail",
            "emailaddress", //
            "emailováadresa",
            "adresaelektronicképošty", //
            "epost",
            "epostadress",
            "mejl",
            "mejladress", //
            "електроннапошта",
            "пошта",
            "емейл",
            "адресаелектронноїпошти",
        ],
    ),
    (
        Column::Class,
        &[
            "class",
            "voterclass",
            "category",
            "group", //
            "třída",
            "kategorie",
            "skupina", //
            "klass",
            "kategori",
            "grupp", //
            "клас",
            "категорія",
            "група",
        ],
    ),
    (
        Column::District,
        &[
            "district",
            "constituency",
            "ward",
            "faculty", //
            "obvod",
            "volebníobvod",
            "okrsek",
            "fakulta", //
            "distrikt",
            "valkrets",
            "valdistrikt",
            "fakultet", //
            "округ",
            "дільниця",
            "факультет",
        ],
    ),
];

impl Column {
    const fn place(self) -> usize {
        match self {
            Self::Person => 0,
            Self::Name => 1,
            Self::GivenName => 2,
            Self::FamilyName => 3,
            Self::Email => 4,
            Self::Class => 5,
            Self::District => 6,
        }
    }

    /// The name in messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Name => "name",
            Self::GivenName => "given name",
            Self::FamilyName => "family name",
            Self::Email => "e-mail",
            Self::Class => "class",
            Self::District => "district",
        }
    }

    /// The column of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        // U+02BC is a letter to Unicode, and an apostrophe to those who write it.
        let letters = name.chars().filter(|c| c.is_alphanumeric() && *c != '\u{2bc}');
        let name: String = letters.flat_map(char::to_lowercase).collect();
        NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column)
    }
}

/// A value for each column.
pub(super) struct ByColumn<T>([T; COLUMNS]);

#[expect(clippy::indexing_slicing, reason = "places are below COLUMNS")]
impl<T> ByColumn<T> {
    pub(super) const fn get(&self, column: Column) -> &T {
        &self.0[column.place()]
    }

    const fn get_mut(&mut self, column: Column) -> &mut T {
        &mut self.0[column.place()]
    }
}

/// The header of a list: which of its columns is which.
pub(super) struct Header {
    places: ByColumn<Option<usize>>,
    /// Columns that are not read.
    pub(super) unknown: Vec<String>,
}

impl Header {
    /// Finds the columns.
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, LineProblem> {
        let mut header = Self { places: ByColumn([None; COLUMNS]), unknown: Vec::new() };
        for (place, name) in names.into_iter().enumerate() {
            let Some(column) = Column::named(name) else {
                if !name.trim().is_empty() {
                    header.unknown.push(super::shortened(name.trim()));
                }
                continue;
            };
            if header.places.get_mut(column).replace(place).is_some() {
                return Err(LineProblem::ColumnTwice { column: column.name() });
            }
        }
        Ok(header)
    }

    /// The columns that must be there and are not.
    pub(super) fn missing(&self, several_classes: bool) -> Option<LineProblem> {
        let has = |column: Column| self.places.get(column).is_some();
        if !has(Column::Person) {
            Some(LineProblem::ColumnMissing { column: "person", synonyms: "id, number, login" })
        } else if ![Column::Name, Column::GivenName, Column::FamilyName].into_iter().any(has) {
            Some(LineProblem::ColumnMissing {
                column: "name",
                synonyms: "full name, given name and family name",
            })
        } else if several_classes && !has(Column::Class) && !has(Column::District) {
            Some(LineProblem::ColumnMissing { column: "class", synonyms: "category, group, district" })
        } else {
            None
        }
    }

    /// A line's values.
    pub(super) fn values<'v>(&self, value: impl Fn(usize) -> Option<&'v str>) -> super::Values<'v> {
        ByColumn(self.places.0.map(|place| place.and_then(&value)))
    }
}
