//! Which declaration a use means: a walk along scopes, symbols and references together, all in the order of the text.
//! Knows no syntax.
use super::collect::Names;
use super::{NONE, ScopeId, Scopes, Symbol, SymbolId, SymbolKind, space};
use crate::parse::NodeId;

struct Resolver<'a, 't> {
    found: &'a mut Scopes<'t>,
    /// The innermost visible symbol of each name, in each name space: where it stands in `shown`.
    visible: Vec<[u32; space::COUNT]>,
    /// Visible symbols in the order they became so, with what each hides.
    shown: Vec<(SymbolId, [u32; space::COUNT])>,
    /// Open scopes: how many symbols were shown before, and the first node after.
    open: Vec<(usize, NodeId)>,
    /// Symbols that are seen in their whole scope, grouped by scope.
    hoisted: Vec<(ScopeId, SymbolId)>,
    next_hoisted: usize,
}

pub(super) fn resolve(found: &mut Scopes, names: Names) {
    let hoists = |kind: SymbolKind| found.tree.language.rule_name != "java" || seen_everywhere(kind);
    let with_id = found.symbols.iter().zip(0..);
    let mut hoisted: Vec<_> = with_id.filter(|(symbol, _)| hoists(symbol.kind)).map(|(symbol, id)| (symbol.scope, id)).collect();
    hoisted.sort_unstable();
    let visible = vec![[NONE; space::COUNT]; names.0];
    Resolver { found, visible, shown: Vec::new(), open: Vec::new(), hoisted, next_hoisted: 0 }.run();
}

/// Whether Java sees it before its declaration too.
fn seen_everywhere(kind: SymbolKind) -> bool {
    use SymbolKind::*;
    matches!(kind, Field | Method | Class | Import | EnumConstant | TypeParameter)
}

impl Resolver<'_, '_> {
    fn run(&mut self) {
        let (mut scope, mut symbol) = (0, 0);
        for place in 0..self.found.references.len() {
            let node = self.found.references[place].node;
            // Whatever begins before the reference, in the order of the text; a name and the value it is given share a node.
            loop {
                let next_scope = self.found.scopes.get(scope).map_or(NONE, |scope| scope.node);
                let next_symbol = self.found.symbols.get(symbol).map_or(NONE, |symbol| symbol.node);
                if next_scope.min(next_symbol) > node {
                    break;
                }
                if next_scope <= next_symbol {
                    self.enter(scope as ScopeId);
                    scope += 1;
                } else {
                    self.reach(symbol as SymbolId);
                    symbol += 1;
                }
            }
            self.leave_before(node);
            self.settle(place);
        }
    }

    fn enter(&mut self, scope: ScopeId) {
        let node = self.found.scopes[scope as usize].node;
        self.leave_before(node);
        let end = if scope == 0 { NodeId::MAX } else { self.found.tree.node(node).next_id() };
        self.open.push((self.shown.len(), end));
        while let Some((_, symbol)) = self.hoisted.get(self.next_hoisted).filter(|(of, _)| *of == scope) {
            let symbol = *symbol;
            self.next_hoisted += 1;
            self.show(symbol);
        }
    }

    /// A declaration stands here; those seen in their whole scope are shown already.
    fn reach(&mut self, symbol: SymbolId) {
        let of = &self.found.symbols[symbol as usize];
        if self.found.tree.language.rule_name == "java" && !seen_everywhere(of.kind) {
            self.leave_before(of.node);
            self.show(symbol);
        }
    }

    fn show(&mut self, symbol: SymbolId) {
        let Symbol { id_of_name, spaces, .. } = self.found.symbols[symbol as usize];
        let visible = &mut self.visible[id_of_name as usize];
        let hidden = *visible;
        space::each(spaces).for_each(|space| visible[space] = self.shown.len() as u32);
        self.shown.push((symbol, hidden));
    }

    fn leave_before(&mut self, node: NodeId) {
        while let Some((before, _)) = self.open.last().copied().filter(|(_, end)| *end <= node) {
            for (symbol, hidden) in self.shown.drain(before..).rev() {
                self.visible[self.found.symbols[symbol as usize].id_of_name as usize] = hidden;
            }
            self.open.pop();
        }
    }

    fn settle(&mut self, place: usize) {
        let reference = self.found.references[place];
        let visible = &self.visible[reference.id_of_name as usize];
        let innermost = space::each(reference.spaces).map(|space| visible[space]).filter(|place| *place != NONE).max();
        let Some((id, _)) = innermost.and_then(|place| self.shown.get(place as usize)).copied() else { return };
        let symbol = &mut self.found.symbols[id as usize];
        let last = std::mem::replace(&mut symbol.last, place as u32);
        if last == NONE {
            symbol.first = place as u32;
        }
        let scopes = &self.found.scopes;
        symbol.captured |= scopes[symbol.scope as usize].function != scopes[reference.scope as usize].function;
        self.found.references[place].symbol = id;
        if last != NONE {
            self.found.references[last as usize].next = place as u32;
        }
    }
}
