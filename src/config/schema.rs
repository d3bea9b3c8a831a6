//! The JSON Schema of `gate.toml`, for editors, out of the table of keys. Knows no value.
use serde_json::{Map, Value, json};

use crate::model::Metric;

use super::keys::{EFFORT, Key, MINUTES, ROOT, SETTING, SETTING_WORDS, Shape};

const LIMIT: &str = r"^(worse than [A-D]|\s*(>=?|<=?|==?|!=)\s*-?[0-9]+(\.[0-9]+)?\s*)$";

/// Draft 2020-12.
pub fn schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gate.toml",
        "description": "What gate checks and by which conditions it judges.",
    });
    if let (Some(schema), Value::Object(table)) = (schema.as_object_mut(), table(ROOT)) {
        schema.extend(table);
        schema.insert("$defs".to_owned(), json!({ "setting": setting(), "metric": metric() }));
    }
    schema
}

fn table(keys: &[Key]) -> Value {
    let mut table = json!({ "type": "object", "properties": properties(keys), "additionalProperties": false });
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    if !required.is_empty() {
        table["required"] = json!(required);
    }
    table
}

fn properties(keys: &[Key]) -> Value {
    Value::Object(keys.iter().map(|key| (key.name.to_owned(), described(key))).collect::<Map<_, _>>())
}

fn described(key: &Key) -> Value {
    let mut described = json!({ "description": key.about });
    if let (Some(described), Value::Object(shape)) = (described.as_object_mut(), shape(key.shape)) {
        described.extend(shape);
    }
    described
}

fn shape(shape: Shape) -> Value {
    match shape {
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Text => json!({ "type": "string" }),
        Shape::List => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Texts => either(Shape::Text, Shape::List),
        Shape::Integer { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Size => json!({ "type": ["integer", "string"], "minimum": 1 }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Metric => json!({ "$ref": "#/$defs/metric" }),
        Shape::Limit => json!({ "type": "string", "pattern": LIMIT }),
        Shape::Effort => either(MINUTES, Shape::Table(EFFORT)),
        Shape::Table(keys) => table(keys),
        Shape::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
        Shape::Rules(keys) => {
            json!({ "type": "object", "properties": properties(keys), "additionalProperties": { "$ref": "#/$defs/setting" } })
        }
    }
}

fn either(one: Shape, other: Shape) -> Value {
    json!({ "anyOf": [shape(one), shape(other)] })
}

/// What can be said of a rule: a word, or a table with any parameters.
fn setting() -> Value {
    let param = json!({ "type": ["integer", "boolean", "string", "array"], "items": { "type": "string" } });
    json!({ "anyOf": [
        { "enum": SETTING_WORDS },
        { "type": "object", "properties": properties(SETTING), "additionalProperties": param },
    ] })
}

fn metric() -> Value {
    let names: Vec<&str> = Metric::ALL.iter().flat_map(|row| std::iter::once(row.key).chain(row.aliases.iter().copied())).collect();
    let new = names.iter().map(|name| format!("new_{name}"));
    json!({ "enum": names.iter().map(|name| (*name).to_owned()).chain(new).collect::<Vec<_>>() })
}
