//! One scan of the tree gives every metric of the file, its classes and its functions.
use crate::model::{Unit, UnitKind};
use crate::parse::Tree;

/// What was measured of one file.
pub struct Measured {
    /// The first is the file; classes and functions follow in the order of the text.
    pub units: Vec<Unit>,
    /// 1-based, ascending.
    pub executable_lines: Vec<u32>,
}

/// Which of the published readings of cognitive complexity is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    #[default]
    Whitepaper,
    Sonar,
}

pub fn measure(tree: &Tree, _dialect: Dialect) -> Measured {
    let at = tree.span(0, tree.text.len() as u32);
    Measured {
        units: vec![Unit { kind: UnitKind::File, name: String::new(), at, name_at: at, metrics: Default::default() }],
        executable_lines: Vec::new(),
    }
}
