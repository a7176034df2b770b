//! A list of voters that a form sends: a file, or a text.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use futures_util::stream;
use multer::Multipart;
use urna_api::server::read_body;
use urna_api::{Problem, ProblemType};
use urna_pages::{Language, Words};

use super::Refusal;
use super::refused::not_read;
use crate::http::Service;
use crate::http::register::LIST;
use crate::import::Form;

const FORM: &str = "multipart/form-data";
/// What stands around a list: boundaries, names, what else was typed.
const AROUND: usize = 16 << 10;

/// A list that a form sends.
pub(super) struct Upload {
    /// The file; where none was chosen, the text.
    pub(super) list: Vec<u8>,
}

impl FromRequest<Service> for Upload {
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, service: &Service) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let words = parts.extensions.get().copied().unwrap_or(Words::new(Language::English));
        let read = async {
            let content_type = parts.headers.get(axum::http::header::CONTENT_TYPE);
            let boundary = content_type.and_then(|value| multer::parse_boundary(value.to_str().ok()?).ok());
            let bytes = read_body(&parts.headers, body, FORM, LIST + AROUND, service.patience).await?;
            let broken =
                |_| Problem::new(ProblemType::Malformed, "The form cannot be read. Nothing was kept.");
            let boundary = boundary.ok_or(multer::Error::NoBoundary).map_err(broken)?;
            let mut form = Multipart::new(stream::iter([Ok::<_, std::io::Error>(bytes)]), boundary);
            let mut list = Vec::new();
            while let Some(field) = form.next_field().await.map_err(broken)? {
                let is_file = field.name() == Some("file");
                let is_list = is_file || field.name() == Some("text");
                let bytes = field.bytes().await.map_err(broken)?;
                if is_list && !bytes.trim_ascii().is_empty() && (is_file || list.is_empty()) {
                    list = bytes.into();
                }
            }
            Ok(Self { list })
        };
        read.await.map_err(|problem| not_read(words, problem))
    }
}

impl Upload {
    /// A list of objects begins with a bracket, and a header in CSV does not.
    pub(super) fn form(&self) -> Form {
        let text = self.list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.list);
        if text.trim_ascii_start().starts_with(b"[") { Form::Json } else { Form::Csv }
    }
}
