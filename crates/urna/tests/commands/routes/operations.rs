//! The routes, as the services describe them themselves.

use std::collections::BTreeMap;

use serde_json::Value;

use super::arbitrary::parameter;
use super::wire::Request;
use super::world::SLUGS;

/// A method at a path.
pub(super) struct Operation {
    /// In upper case.
    pub(super) method: String,
    /// With parameters in braces.
    pub(super) path: String,
    /// Names of headers that belong to it, in lower case.
    pub(super) headers: Vec<String>,
    /// Content types, each with a schema.
    pub(super) bodies: Vec<(String, Value)>,
    /// Requests that were really sent.
    pub(super) heard: Vec<Request>,
}

/// All operations of one listener, and what is known there.
pub(super) struct Operations {
    pub(super) all: Vec<Operation>,
    /// JSON that was sent.
    pub(super) documents: Vec<Value>,
    /// Every text in it.
    pub(super) texts: Vec<String>,
    /// Every value in it, by the name that it had.
    members: BTreeMap<String, Vec<Value>>,
    description: Value,
    values: BTreeMap<String, Vec<String>>,
}

impl Operations {
    /// From a description, and what was sent to this listener.
    pub(super) fn new(description: Value, heard: &[Request]) -> Self {
        let mut all = Vec::new();
        for (path, item) in description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let headers = parameters.filter(|parameter| parameter["in"] == "header");
                // Which the length of a body is, is not left to chance alone.
                let headers = headers.map(|parameter| parameter["name"].as_str().unwrap().to_owned());
                let bodies = operation["requestBody"]["content"].as_object().into_iter().flatten();
                all.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    headers: headers.filter(|name| name != "content-length").collect(),
                    bodies: bodies.map(|(kind, content)| (kind.clone(), content["schema"].clone())).collect(),
                    heard: Vec::new(),
                });
            }
        }
        let mut values = BTreeMap::<String, Vec<String>>::new();
        values.insert("election".to_owned(), SLUGS.map(str::to_owned).into());
        let (mut documents, mut texts, mut members) = (Vec::new(), Vec::new(), BTreeMap::new());
        for request in heard {
            let method = String::from_utf8_lossy(&request.method).into_owned();
            let target = String::from_utf8_lossy(&request.target).into_owned();
            let fitting = all.iter_mut().filter(|operation| operation.method == method);
            for operation in fitting {
                let Some(parameters) = fit(&operation.path, &target) else { continue };
                for (name, value) in parameters {
                    let known = values.entry(name).or_default();
                    if !known.contains(&value) {
                        known.push(value);
                    }
                }
                operation.heard.push(request.clone());
            }
            if let Ok(document) = serde_json::from_slice::<Value>(&request.body) {
                collect(&document, &mut texts, &mut members);
                documents.push(document);
            }
        }
        // What cannot be undone asks for the election's name: no accident is to know it.
        texts.retain(|text| !SLUGS.contains(&text.as_str()));
        texts.sort();
        texts.dedup();
        Self { all, documents, texts, members, description, values }
    }

    /// Values of a member of JSON that were used.
    pub(super) fn members(&self, name: &str) -> &[Value] {
        self.members.get(name).map_or(&[], Vec::as_slice)
    }

    /// Values of a parameter that were used.
    pub(super) fn values(&self, parameter: &str) -> &[String] {
        self.values.get(parameter).map_or(&[], Vec::as_slice)
    }

    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.description.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
            None => schema,
        }
    }
}

/// The parameters with which a path becomes this target.
fn fit(path: &str, target: &str) -> Option<Vec<(String, String)>> {
    let target = target.split('?').next().unwrap();
    let mut parameters = Vec::new();
    let mut rest = target;
    let segments: Vec<_> = path.split('/').collect();
    for (place, segment) in segments.iter().enumerate() {
        let is_last = place + 1 == segments.len();
        // The path of a tile has several segments, and stands at the end.
        let (found, after) = if is_last { (rest, "") } else { rest.split_once('/')? };
        match parameter(segment) {
            Some("path") => parameters.push(("path".to_owned(), found.to_owned())),
            Some(_) if found.contains('/') => return None,
            Some(name) => parameters.push((name.to_owned(), found.to_owned())),
            None if found != *segment => return None,
            None => {}
        }
        rest = after;
    }
    Some(parameters)
}

fn collect(document: &Value, texts: &mut Vec<String>, named: &mut BTreeMap<String, Vec<Value>>) {
    match document {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts, named)),
        Value::Object(members) => {
            for (name, member) in members {
                // The election's name, as above.
                if name != "slug" {
                    named.entry(name.clone()).or_default().push(member.clone());
                }
                collect(member, texts, named);
            }
        }
        _ => {}
    }
}
