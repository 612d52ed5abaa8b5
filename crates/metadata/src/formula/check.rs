//! From the text of a formula to a tree whose fields, functions and types are known to fit.

use super::{
    Analysis, Formula, Wrong, functions,
    ty::{Composite, Ty},
    val::{Val, literal},
};
use crate::{
    definition::{FieldDef, ObjectDef},
    field_type::FieldType,
    query::MeasureFn,
};
use cel::{
    common::ast::{ComprehensionExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators},
    parser::Parser,
};
use rust_decimal::Decimal as Exact;
use std::sync::Arc;

/// Characters of an expression.
const MAX_LENGTH: usize = 2_000;
/// Checking and running recurse as deep as a formula nests, with all that it stands on: a small stack must hold it.
const MAX_DEPTH: usize = 200;
const TOO_DEEP: &str = "it is nested too deep, with the formulas that it names; split it, or name fewer";
/// References a path may follow, as in conditions.
const MAX_STEPS: usize = 5;

#[derive(Debug)]
pub(crate) enum Node {
    Const(Val),
    /// A field of the record, or the end of a path, by its text.
    Input(String),
    /// Another formula of the same object.
    Formula(Arc<Formula>),
    /// A part of a composite value.
    Part(Box<Node>, String),
    /// The variable of a macro.
    Variable(String),
    Call(functions::F, Vec<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    List(Vec<Node>),
    Fold(Box<Fold>),
}
/// What `exists`, `all`, `filter` and `map` become.
#[derive(Debug)]
pub(crate) struct Fold {
    pub(crate) range: Node,
    pub(crate) variable: String,
    pub(crate) accumulator: String,
    pub(crate) init: Node,
    pub(crate) go_on: Node,
    pub(crate) step: Node,
    pub(crate) result: Node,
}

pub(crate) struct Checked {
    pub(crate) node: Node,
    pub(crate) ty: Ty,
    pub(crate) inputs: Vec<String>,
    pub(crate) live: bool,
    pub(crate) depth: usize,
}
pub(crate) fn check(analysis: &mut Analysis, object: &ObjectDef, expression: &str) -> Result<Checked, Wrong> {
    let length = expression.chars().count();
    if length > MAX_LENGTH {
        return Err(Wrong { at: MAX_LENGTH + 1, what: format!("a formula has {MAX_LENGTH} characters at most; this has {length}") });
    }
    // One line, so that a column is a position.
    let text = expression.replace(['\n', '\r', '\t'], " ");
    let (tree, info) = parse(text, length)?;
    let mut checker = Checker { analysis, object, info, inputs: vec![], live: false, depth: 0, deepest: 1, variables: vec![], at: 1 };
    let (node, ty) = checker.node(&tree, 0)?;
    Ok(Checked { node, ty, inputs: checker.inputs, live: checker.live, depth: checker.deepest })
}
/// The parser recurses for every operator of a row, with large frames: it gets a stack that holds the longest text.
fn parse(text: String, length: usize) -> Result<(IdedExpr, SourceInfo), Wrong> {
    let failed = |what: &str| Wrong { at: 1, what: what.to_owned() };
    let work = move || Parser::new().max_recursion_depth(64).parse_with_source_info(&text).map_err(|e| syntax(&e, length));
    let parser = std::thread::Builder::new().name("formula".into()).stack_size(64 << 20).spawn(work);
    parser.map_err(|_| failed("there is no thread to read it at the moment; try again"))?.join().unwrap_or_else(|_| Err(failed("it cannot be read")))
}
fn syntax(errors: &cel::ParseErrors, length: usize) -> Wrong {
    let Some(first) = errors.errors.first() else { return Wrong { at: 1, what: "it cannot be read".into() } };
    let at = usize::try_from(first.pos.1).unwrap_or(1).clamp(1, length + 1);
    let message = first.msg.trim_start_matches("Syntax error: ");
    let message = message.split(" expecting ").next().unwrap_or(message).replace("'<EOF>'", "its end");
    let message = if message.contains("reserved identifier: if") { "\"if\" is written condition ? value : other".to_owned() } else { message };
    Wrong { at, what: format!("it cannot be read: {message}") }
}

struct Checker<'a, 'd> {
    analysis: &'a mut Analysis<'d>,
    object: &'a ObjectDef,
    info: SourceInfo,
    inputs: Vec<String>,
    live: bool,
    /// Of the part being checked, and of the deepest so far.
    depth: usize,
    deepest: usize,
    variables: Vec<(String, Ty)>,
    /// Position of the innermost part seen that has one.
    at: usize,
}
type Typed = (Node, Ty);

impl Checker<'_, '_> {
    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, Wrong> {
        Err(Wrong { at: self.at, what: what.into() })
    }
    fn node(&mut self, tree: &IdedExpr, depth: usize) -> Result<Typed, Wrong> {
        if let Some((start, _)) = self.info.offset_for(tree.id) {
            self.at = usize::try_from(start).unwrap_or(0) + 1;
        }
        if self.analysis.depth + depth > MAX_DEPTH {
            return self.wrong(TOO_DEEP);
        }
        self.depth = depth;
        self.deepest = self.deepest.max(depth + 1);
        match &tree.expr {
            Expr::Literal(value) => self.literal(value),
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => self.select(&select.operand, &select.field, select.test, depth),
            Expr::List(list) => {
                let mut ty = Ty::Null;
                let mut nodes = Vec::new();
                for element in &list.elements {
                    let (node, found) = self.node(element, depth + 1)?;
                    ty = ty.join(&found).unwrap_or(Ty::Any);
                    nodes.push(node);
                }
                Ok((Node::List(nodes), Ty::List(Box::new(if list.elements.is_empty() { Ty::Any } else { ty }))))
            }
            Expr::Call(call) => {
                let at = self.at;
                let mut args = Vec::new();
                for arg in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
                    args.push(self.node(arg, depth + 1)?);
                }
                self.at = at;
                self.call(&call.func_name, args)
            }
            Expr::Comprehension(fold) => self.fold(fold, depth),
            Expr::Map(_) | Expr::Struct(_) => self.wrong("maps and messages cannot be used here"),
            Expr::Unspecified => self.wrong("it cannot be read"),
        }
    }
    fn literal(&self, value: &LiteralValue) -> Result<Typed, Wrong> {
        Ok(match value {
            LiteralValue::Null => (Node::Const(Val::Null), Ty::Null),
            LiteralValue::Boolean(b) => (Node::Const(Val::Bool(*b.inner())), Ty::Bool),
            LiteralValue::Int(n) => (Node::Const(Val::Num(Exact::from(*n.inner()))), Ty::Number),
            LiteralValue::UInt(n) => (Node::Const(Val::Num(Exact::from(*n.inner()))), Ty::Number),
            LiteralValue::Double(n) => match literal(*n.inner()) {
                Some(n) => (Node::Const(Val::Num(n)), Ty::Number),
                None => return self.wrong("this number is too large or too small"),
            },
            LiteralValue::String(text) => (Node::Const(Val::Text(text.inner().to_owned())), Ty::Text),
            LiteralValue::Bytes(_) => return self.wrong("bytes cannot be used here"),
        })
    }
    fn name(&mut self, name: &str) -> Result<Typed, Wrong> {
        if let Some((name, ty)) = self.variables.iter().rev().find(|(n, _)| n == name) {
            return Ok((Node::Variable(name.clone()), ty.clone()));
        }
        let object = self.object;
        match object.fields.iter().find(|f| f.name == name && !f.archived) {
            Some(field) => self.own(field),
            None if matches!(name, "today" | "now" | "me") => self.call(name, vec![]),
            None => self.wrong(format!("{} has no field \"{name}\"", object.name)),
        }
    }
    fn own(&mut self, field: &FieldDef) -> Result<Typed, Wrong> {
        let ty = match &field.kind {
            FieldType::Formula { .. } => {
                let depth = self.depth;
                self.analysis.depth += depth + 1;
                let formula = self.analysis.formula(self.object, field);
                self.analysis.depth -= depth + 1;
                let formula = match formula {
                    Ok(formula) if depth + 1 + formula.depth > MAX_DEPTH => return self.wrong(TOO_DEEP),
                    Ok(formula) => formula,
                    Err(what) => return self.wrong(what),
                };
                self.live |= formula.live;
                self.deepest = self.deepest.max(depth + 1 + formula.depth);
                for input in &formula.inputs {
                    self.input(input);
                }
                let Some(ty) = Ty::of(&field.kind) else { return self.wrong("this formula has no usable result") };
                return Ok((Node::Formula(formula), ty));
            }
            FieldType::RollUp { related, field: measured, function, .. } => {
                self.live = true;
                match function.parse::<MeasureFn>() {
                    Ok(MeasureFn::Count | MeasureFn::CountDistinct) => Ty::Number,
                    _ => self.analysis.object(related).and_then(|o| o.fields.iter().find(|f| Some(&f.name) == measured.as_ref())).and_then(|f| Ty::of(&f.kind)).unwrap_or(Ty::Any),
                }
            }
            kind => match Ty::of(kind) {
                Some(ty) => ty,
                None => return self.wrong(format!("\"{}\" is a list of references, which depends on who looks; it cannot be used", field.name)),
            },
        };
        self.input(&field.name);
        Ok((Node::Input(field.name.clone()), ty))
    }
    fn input(&mut self, text: &str) {
        if !self.inputs.iter().any(|i| i == text) {
            self.inputs.push(text.to_owned());
        }
    }
    fn select(&mut self, operand: &IdedExpr, name: &str, test: bool, depth: usize) -> Result<Typed, Wrong> {
        let found = match self.path(operand, name)? {
            Some(found) => found,
            None => {
                let (node, ty) = self.node(operand, depth + 1)?;
                let ty = match ty {
                    Ty::Parts(Composite::Text) => Ty::Text,
                    Ty::Parts(Composite::Place) if matches!(name, "lat" | "lon") => Ty::Number,
                    other => return self.wrong(format!("{other} has no part \"{name}\"")),
                };
                (Node::Part(Box::new(node), name.to_owned()), ty)
            }
        };
        Ok(if test { (Node::Call(functions::F::Not, vec![Node::Call(functions::F::IsEmpty, vec![found.0])]), Ty::Bool) } else { found })
    }
    /// `account.owner.name`: references, then a field.
    fn path(&mut self, operand: &IdedExpr, last: &str) -> Result<Option<Typed>, Wrong> {
        let mut names = vec![last];
        let mut at = operand;
        let root = loop {
            match &at.expr {
                Expr::Ident(root) if self.variables.iter().any(|(n, _)| n == root) => return Ok(None),
                Expr::Ident(root) => break root.as_str(),
                Expr::Select(select) if !select.test => {
                    names.push(&select.field);
                    at = &select.operand;
                }
                _ => return Ok(None),
            }
        };
        names.push(root);
        names.reverse();
        let text = names.join(".");
        let mut object = self.object;
        for (i, name) in names.iter().enumerate() {
            let Some(field) = object.fields.iter().find(|f| f.name == **name && !f.archived) else {
                return self.wrong(format!("{} has no field \"{name}\"", object.name));
            };
            if i + 1 == names.len() {
                return self.far(field, object, text, i).map(Some);
            }
            let target = match &field.kind {
                FieldType::ManyToMany { .. } => None,
                kind => kind.target(),
            };
            let Some(target) = target.and_then(|t| self.analysis.object(t)) else {
                // The part of a composite at the end of the path, or a mistake that the caller names.
                if i + 2 < names.len() || i == 0 {
                    return Ok(None);
                }
                let (node, ty) = self.far(field, object, names[..=i].join("."), i)?;
                let ty = match ty {
                    Ty::Parts(Composite::Text) => Ty::Text,
                    Ty::Parts(Composite::Place) if matches!(last, "lat" | "lon") => Ty::Number,
                    other => return self.wrong(format!("{other} has no part \"{last}\"")),
                };
                return Ok(Some((Node::Part(Box::new(node), last.to_owned()), ty)));
            };
            if i >= MAX_STEPS {
                return self.wrong(format!("a path may follow {MAX_STEPS} references"));
            }
            object = target;
        }
        Ok(None)
    }
    fn far(&mut self, field: &FieldDef, object: &ObjectDef, text: String, steps: usize) -> Result<Typed, Wrong> {
        if steps == 0 {
            return self.own(field);
        }
        let stored = match &field.kind {
            FieldType::Formula { .. } => match self.analysis.formula(object, field) {
                Ok(formula) => !formula.live,
                Err(what) => return self.wrong(what),
            },
            FieldType::RollUp { .. } => false,
            _ => true,
        };
        let Some(ty) = Ty::of(&field.kind).filter(|_| stored) else {
            return self.wrong(format!("\"{text}\" is computed when it is read and cannot be reached through a reference"));
        };
        self.live = true;
        self.input(&text);
        Ok((Node::Input(text), ty))
    }
    fn call(&mut self, name: &str, mut args: Vec<Typed>) -> Result<Typed, Wrong> {
        if let (operators::CONDITIONAL, 3) = (name, args.len()) {
            let (other, then, condition) = (args.pop(), args.pop(), args.pop());
            let (Some((other, b)), Some((then, a)), Some((condition, c))) = (other, then, condition) else { return self.wrong("it cannot be read") };
            if !c.is(&Ty::Bool) {
                return self.wrong(format!("the part before ? is true or false, not {c}"));
            }
            let Some(ty) = a.join(&b) else { return self.wrong(format!("both sides of : have one type, not {a} and {b}")) };
            return Ok((Node::If(Box::new(condition), Box::new(then), Box::new(other)), ty));
        }
        if let (operators::LOGICAL_AND | operators::LOGICAL_OR, 2) = (name, args.len()) {
            let (b, a) = (args.pop(), args.pop());
            let (Some((b, tb)), Some((a, ta))) = (b, a) else { return self.wrong("it cannot be read") };
            if !ta.is(&Ty::Bool) || !tb.is(&Ty::Bool) {
                return self.wrong(format!("&& and || join true or false, not {ta} and {tb}"));
            }
            let (a, b) = (Box::new(a), Box::new(b));
            return Ok((if name == operators::LOGICAL_AND { Node::And(a, b) } else { Node::Or(a, b) }, Ty::Bool));
        }
        let function = match functions::find(name) {
            Ok(function) => function,
            Err(what) => return self.wrong(what),
        };
        let (nodes, types): (Vec<Node>, Vec<Ty>) = args.into_iter().unzip();
        let ty = match function.check(&types) {
            Ok(ty) => ty,
            Err(what) => return self.wrong(what),
        };
        self.live |= function.is_live();
        Ok((Node::Call(function, nodes), ty))
    }
    fn fold(&mut self, fold: &ComprehensionExpr, depth: usize) -> Result<Typed, Wrong> {
        let (range, ty) = self.node(&fold.iter_range, depth + 1)?;
        let item = match ty {
            Ty::List(item) => *item,
            Ty::Any => Ty::Any,
            other => return self.wrong(format!("only lists have elements, not {other}")),
        };
        if fold.iter_var2.is_some() {
            return self.wrong("one variable is enough for a list");
        }
        let (init, start) = self.node(&fold.accu_init, depth + 1)?;
        let accumulated = if matches!(start, Ty::List(_)) { Ty::List(Box::new(Ty::Any)) } else { start };
        self.variables.push((fold.accu_var.clone(), accumulated.clone()));
        self.variables.push((fold.iter_var.clone(), item));
        let go_on = self.node(&fold.loop_cond, depth + 1)?.0;
        let step = self.node(&fold.loop_step, depth + 1)?.0;
        self.variables.pop();
        let (result, ty) = self.node(&fold.result, depth + 1)?;
        self.variables.pop();
        Ok((Node::Fold(Box::new(Fold { range, variable: fold.iter_var.clone(), accumulator: fold.accu_var.clone(), init, go_on, step, result })), ty))
    }
}
