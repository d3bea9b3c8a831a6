//! The conditions as a table, each that did not pass with its repair and its worst files.
use std::io::{self, Write};

use super::{Page, STRONG, counted, outcome_style};
use crate::model::{ConditionVerdict, Form, Metric, ModuleVerdict, On, Outcome, Value, figure, in_hours};
use crate::output::table::{self, Cell, Row, painted};

/// Up to this many conditions are all shown; of more, those that passed are only counted.
const ALL_UP_TO: usize = 20;

/// Places after the point of percentages.
const DECIMALS: u32 = 1;

pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<_> = page.verdict.modules.iter().flat_map(|module| module.conditions.iter().map(move |it| (module, it))).collect();
    if all.is_empty() {
        return Ok(());
    }
    let complete = all.len() <= ALL_UP_TO || page.style.findings.is_none();
    let shown = all.iter().filter(|(_, condition)| complete || condition.outcome != Outcome::Passed);
    let several = page.verdict.modules.len() > 1;
    let rows: Vec<Row> = shown.map(|(module, condition)| row(module, condition, several)).collect();
    let hidden = all.len() - rows.len();
    writeln!(out, "{}", painted("Conditions", STRONG, page.style.color))?;
    table::write(&rows, page.style.color, out)?;
    if hidden > 0 {
        writeln!(out, "  and {} that passed (-v shows all)", counted(hidden, "condition"))?;
    }
    writeln!(out)
}

fn row(module: &ModuleVerdict, judged: &ConditionVerdict, several: bool) -> Row {
    let condition = &judged.condition;
    let on = if condition.on == On::Overall { String::new() } else { format!("on {}", condition.on.name()) };
    let limit = match judged.limit {
        None if judged.actual.is_some() => "too little is new to judge it".to_owned(),
        None => String::new(),
        // A limit that was not hit says what would have been too much; without this word it would read as met.
        Some(limit) if judged.outcome == Outcome::Passed => format!("not {limit}"),
        Some(limit) => limit.to_string(),
    };
    let cells = vec![
        Cell::styled(judged.outcome.name(), outcome_style(judged.outcome)),
        Cell::plain(if several { module.name.as_str() } else { "" }),
        Cell::plain(condition.metric.key()),
        Cell::plain(on),
        Cell::plain(actual(judged)),
        Cell::plain(limit),
        Cell::plain(judged.repair.clone().unwrap_or_default()),
    ];
    Row { cells, notes: worst(judged).into_iter().collect() }
}

fn actual(judged: &ConditionVerdict) -> String {
    let limits: Vec<_> = [judged.condition.warn, judged.condition.fail].into_iter().flatten().collect();
    match (judged.actual, judged.condition.metric.row().form) {
        (None, _) => "no data".to_owned(),
        (Some(Value::Count(minutes)), Form::Minutes) => format!("{minutes} min"),
        (Some(value @ Value::Percent { .. }), _) => format!("{} %", figure(value, DECIMALS, &limits)),
        (Some(value), _) => figure(value, DECIMALS, &limits),
    }
}

fn worst(judged: &ConditionVerdict) -> Option<String> {
    let is_debt = matches!(judged.condition.metric, Metric::Debt | Metric::DebtRatio | Metric::MaintainabilityRating);
    let amount = |amount: i64| if is_debt { in_hours(amount) } else { amount.to_string() };
    let files: Vec<_> = judged.worst.iter().map(|file| format!("{} ({})", file.path, amount(file.amount))).collect();
    (!files.is_empty()).then(|| format!("most in {}", files.join(", ")))
}
