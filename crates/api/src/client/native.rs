//! The transport of programs on a machine of their own.

use std::sync::{Arc, OnceLock};

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

use super::transport::{Call, Carried, Method, NoReply, Reply, Transport};

/// HTTP/1.1 and HTTP/2 over sockets, with TLS by the machine's certificates. Connections are kept for the next request.
#[derive(Debug)]
pub struct Native {
    plain: OnceLock<Client>,
    tls: OnceLock<Client>,
}

impl Native {
    /// Without a connection yet. From now on the process has a cryptography for TLS.
    pub fn new() -> Self {
        // Fails only if a provider is set already, which then is the one to use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { plain: OnceLock::new(), tls: OnceLock::new() }
    }

    fn client(&self, url: &str) -> Result<Client, NoReply> {
        let is_tls = url.starts_with("https:");
        let kept = if is_tls { &self.tls } else { &self.plain };
        if let Some(client) = kept.get() {
            return Ok(client.clone());
        }
        let client = Client::builder().user_agent("urna").redirect(Policy::none());
        // Reading the machine's certificates takes longer than most requests; without TLS none is asked for one.
        let client = if is_tls { client } else { client.tls_certs_only([]) };
        let made = client.build().map_err(|error| NoReply::new(&error))?;
        Ok(kept.get_or_init(|| made).clone())
    }

    fn request(&self, call: Call) -> Result<RequestBuilder, NoReply> {
        let client = self.client(&call.url)?;
        let mut request = match call.method {
            Method::Get => client.get(call.url),
            Method::Post => client.post(call.url),
            Method::Put => client.put(call.url),
            Method::Delete => client.delete(call.url),
        };
        for (name, value) in call.headers {
            let mut value = HeaderValue::from_str(&value).map_err(|error| NoReply::new(&error))?;
            // Nothing prints it, and no connection remembers it.
            value.set_sensitive(name == AUTHORIZATION);
            request = request.header(name, value);
        }
        let request = request.timeout(call.patience);
        Ok(match call.body {
            Some(body) => request.body(body),
            None => request,
        })
    }
}

impl Default for Native {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for Native {
    fn carry(&self, call: Call) -> Carried {
        let limit = call.limit;
        let request = self.request(call);
        Box::pin(async move {
            let response = request?.send().await.map_err(plain)?;
            let headers = response.headers().iter();
            let headers = headers.filter_map(|(name, value)| {
                value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
            });
            let (status, headers) = (response.status().as_u16(), headers.collect());
            Ok(Reply { status, headers, body: body(response, limit).await? })
        })
    }

    fn apart(&self) -> Arc<dyn Transport> {
        Arc::new(Self::new())
    }
}

async fn body(mut response: Response, limit: usize) -> Result<Option<Vec<u8>>, NoReply> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(plain)? {
        if bytes.len() + chunk.len() > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

fn plain(error: reqwest::Error) -> NoReply {
    NoReply::new(&error.without_url())
}
