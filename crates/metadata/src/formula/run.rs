//! Runs a checked formula. It cannot loop without end: every step is counted, and past the bound the result is empty.

use super::{Env, Formula, check::Node, val::Val};
use crate::value::Value;
use std::collections::HashMap;

/// Steps of one evaluation; about a millisecond.
const MAX_STEPS: u32 = 20_000;

pub(crate) struct Run<'a> {
    env: &'a Env,
    input: &'a dyn Fn(&str) -> Value,
    steps: u32,
    variables: Vec<(&'a str, Val)>,
    /// Formulas named several times are computed once.
    done: HashMap<*const Formula, Val>,
}
/// More steps than a formula may take.
struct TooLong;

pub(crate) fn run(formula: &Formula, env: &Env, input: &dyn Fn(&str) -> Value) -> Value {
    let mut run = Run { env, input, steps: 0, variables: vec![], done: HashMap::new() };
    match run.node(&formula.root) {
        Ok(value) => value.into_value(&formula.result, env.currency),
        Err(TooLong) => Value::Null,
    }
}

impl<'a> Run<'a> {
    fn count(&mut self, n: usize) -> Result<(), TooLong> {
        self.steps = self.steps.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
        if self.steps > MAX_STEPS { Err(TooLong) } else { Ok(()) }
    }
    fn node(&mut self, node: &'a Node) -> Result<Val, TooLong> {
        self.count(1)?;
        Ok(match node {
            Node::Const(value) => value.clone(),
            Node::Input(path) => Val::of((self.input)(path), self.env.currency),
            Node::Formula(formula) => {
                let key = std::sync::Arc::as_ptr(formula);
                if let Some(value) = self.done.get(&key) {
                    return Ok(value.clone());
                }
                let outer = std::mem::take(&mut self.variables);
                let value = self.node(&formula.root);
                self.variables = outer;
                // What another formula shows is its rounded result.
                let value = Val::of(value?.into_value(&formula.result, self.env.currency), self.env.currency);
                self.done.insert(key, value.clone());
                value
            }
            Node::Part(inner, name) => match self.node(inner)? {
                Val::Parts(parts) => part(&parts, name),
                _ => Val::Null,
            },
            Node::Variable(name) => self.variables.iter().rev().find(|(n, _)| *n == name).map_or(Val::Null, |(_, v)| v.clone()),
            Node::Call(function, nodes) => {
                let mut args = Vec::with_capacity(nodes.len());
                for node in nodes {
                    args.push(self.node(node)?);
                }
                let size = args.iter().map(|a| if let Val::List(items) = a { items.len() } else { 0 }).sum();
                self.count(size)?;
                function.run(&args, self.env)
            }
            // As in CEL: the side that decides, decides, even where the other is empty.
            Node::And(a, b) => match self.node(a)? {
                Val::Bool(false) => Val::Bool(false),
                Val::Bool(true) => self.node(b)?,
                _ => {
                    if self.node(b)? == Val::Bool(false) {
                        Val::Bool(false)
                    } else {
                        Val::Null
                    }
                }
            },
            Node::Or(a, b) => match self.node(a)? {
                Val::Bool(true) => Val::Bool(true),
                Val::Bool(false) => self.node(b)?,
                _ => {
                    if self.node(b)? == Val::Bool(true) {
                        Val::Bool(true)
                    } else {
                        Val::Null
                    }
                }
            },
            Node::If(condition, a, b) => match self.node(condition)? {
                Val::Bool(true) => self.node(a)?,
                Val::Bool(false) => self.node(b)?,
                _ => Val::Null,
            },
            Node::List(nodes) => Val::List(nodes.iter().map(|n| self.node(n)).collect::<Result<_, _>>()?),
            Node::Fold(fold) => {
                let Val::List(items) = self.node(&fold.range)? else { return Ok(Val::Null) };
                let mut accumulated = self.node(&fold.init)?;
                for item in items {
                    let before = self.variables.len();
                    self.variables.push((&fold.accumulator, accumulated.clone()));
                    self.variables.push((&fold.variable, item));
                    let go_on = self.node(&fold.go_on)?;
                    if go_on == Val::Bool(true) {
                        accumulated = self.node(&fold.step)?;
                    }
                    self.variables.truncate(before);
                    if go_on != Val::Bool(true) {
                        break;
                    }
                }
                self.variables.push((&fold.accumulator, accumulated));
                let result = self.node(&fold.result)?;
                self.variables.pop();
                result
            }
        })
    }
}
fn part(parts: &serde_json::Value, name: &str) -> Val {
    match parts.get(name) {
        Some(serde_json::Value::String(text)) => Val::Text(text.clone()),
        Some(serde_json::Value::Number(n)) => n.to_string().parse().map_or(Val::Null, Val::Num),
        _ => Val::Null,
    }
}
