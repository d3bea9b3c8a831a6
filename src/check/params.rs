//! A rule's parameters and its message.

pub use crate::model::Param;

/// The parameters of one rule by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(pub Vec<(String, Param)>);

impl Params {
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// An integer parameter; 0 if the rule has none of this name.
    pub fn integer(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Param::Integer(value)) => *value,
            _ => 0,
        }
    }

    pub fn boolean(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Param::Boolean(true)))
    }

    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Param::Text(value)) => value,
            _ => "",
        }
    }

    pub fn list(&self, name: &str) -> &[String] {
        match self.get(name) {
            Some(Param::List(values)) => values,
            _ => &[],
        }
    }
}

/// A message with places for values: ``Remove the unused import `{{name}}`.``
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message(pub String);

impl Message {
    /// The longest value shown; code that is quoted in a message is cut.
    const VALUE_AT_MOST: usize = 60;

    /// The names between `{{` and `}}`.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.0.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0))
    }

    /// The text with each `{{name}}` replaced, whole: of names and paths a part is of no use.
    pub fn whole(&self, values: &[(&str, String)]) -> String {
        values.iter().fold(self.0.clone(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    }

    /// The text with each `{{name}}` replaced; unknown names stay as they are.
    pub fn fill(&self, values: &[(&str, &str)]) -> String {
        let mut text = self.0.clone();
        for (name, value) in values {
            let place = format!("{{{{{name}}}}}");
            if text.contains(&place) {
                text = text.replace(&place, &shortened(value));
            }
        }
        text
    }
}

/// Code on one line, cut when long.
fn shortened(value: &str) -> String {
    let mut line = String::new();
    for word in value.split_whitespace() {
        if line.len() > 4 * Message::VALUE_AT_MOST {
            break;
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.extend(word.chars().take(Message::VALUE_AT_MOST + 1));
    }
    match line.char_indices().nth(Message::VALUE_AT_MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
